"""What lies in the repository: locks with hashes and no address, nothing private, nothing of one machine."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.house.code import AROUND, ROOMS, ROOT

PRIVATE: dict[str, re.Pattern[str]] = {
    "a registry's address": re.compile(r"(pypi|pythonhosted|npmjs|registry\.npm)\.(org|com)"),
    "a path of one machine": re.compile(r"(?<![\w.])/(work|root|home/\w+|Users/\w+|opt/pypi)/"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "an access key": re.compile(r"\b(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[abprs]-[A-Za-z0-9-]{10,})\b"),
}
LOCKS = ("requirements.lock", "requirements-dev.lock")
EXECUTABLE = {"bulletins", ".ci/run"}
MUST_EXIST = {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", ".gitattributes", *LOCKS}


def tracked() -> list[str]:
    """What git tracks, or would with `git add .`; skips where this is no git checkout."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout, or no git")
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    """The text files among them."""
    read: dict[str, str] = {}
    for name in tracked():
        body = (ROOT / name).read_bytes()
        if b"\0" not in body and not name.endswith(".pdf"):
            read[name] = body.decode("utf-8", errors="replace")
    return read


def private(files: Mapping[str, str]) -> Iterator[str]:
    """Addresses, paths and secrets that have no place in a repository."""
    for name, text in files.items():
        for number, line in enumerate(text.splitlines(), 1):
            for what, pattern in PRIVATE.items():
                if pattern.search(line):
                    yield f"{name}:{number}: {what}, expected none"


def unhashed(lock: str) -> Iterator[str]:
    """Requirements of a lock that are not pinned and hashed, and lines that are no requirement."""
    for entry in re.split(r"(?<!\\)\n", lock):
        if entry.startswith(("#", " ")) or not entry.strip():
            continue
        pinned = re.match(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==[^\s;]+( ; [^\\]+)? \\\n", entry)
        if not pinned or not re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry):
            yield f"{entry.splitlines()[0]}: expected NAME==VERSION with a SHA-256"


def test_nothing_private_is_tracked() -> None:
    found = list(private(texts()))
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://py|pi.org/simple",
        "url = 'https://files.python|hosted.org/packages/x.whl'",
        "CORPUS = '/wo|rk/shared/corpus'",
        "open('/ro|ot/.netrc')",
        "-----BEGIN RSA |PRIVATE KEY-----",
        "key = 'AKI|AABCDEFGHIJKLMNOP'",
    ],
)
def test_what_is_private_is_found(line: str) -> None:
    planted = line.replace("|", "")
    assert len(list(private({"a": f"first\n{planted}\n"}))) == 1


def test_our_own_words_are_not_private() -> None:
    assert list(private({"a": "homework/exercises https://www.bsia.co.uk/homes/page /network/x"})) == []


@pytest.mark.parametrize("name", LOCKS)
def test_locks_have_hashes_and_no_address(name: str) -> None:
    lock = (ROOT / name).read_text(encoding="utf-8")
    assert lock.count("--hash=sha256:") > 10
    assert list(unhashed(lock)) == []
    assert "://" not in lock
    assert "file:" not in lock


@pytest.mark.parametrize(
    "lock", ["one==1\n", "one>=1 \\\n    --hash=sha256:" + "0" * 64 + "\n", "-e .\n", "one==1 \\\n    --hash=md5:00\n"]
)
def test_a_requirement_without_hash_is_found(lock: str) -> None:
    assert len(list(unhashed(lock))) == 1


def test_the_lock_holds_every_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for name, declared in zip(
        LOCKS, (project["project"]["dependencies"], project["dependency-groups"]["dev"]), strict=True
    ):
        lock = (ROOT / name).read_text(encoding="utf-8")
        missing = [each for each in map(_name, declared) if not re.search(rf"^{re.escape(each)}==", lock, re.M)]
        assert missing == [], name


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower()


def test_no_second_lock_and_no_leavings_are_tracked() -> None:
    unwanted = re.compile(r"(^|/)(uv\.lock|\.venv|__pycache__|.*\.egg-info|.*_cache|\.env)(/|$)|\.(pyc|sqlite3?)$")
    assert [name for name in tracked() if unwanted.search(name)] == []


def test_what_must_be_there_is_there() -> None:
    assert {name for name in MUST_EXIST if not (ROOT / name).read_text(encoding="utf-8").strip()} == set()


def test_the_starters_are_executable() -> None:
    assert {name for name in EXECUTABLE if os.access(ROOT / name, os.X_OK)} == EXECUTABLE


def test_the_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "./bulletins serve --replica" in readme
    assert "./bulletins test" in readme


def test_the_wheel_holds_every_room() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    held = {Path(name).stem for name in project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]}
    present = {name for name in ROOMS if (ROOT / name).is_dir() or (ROOT / f"{name}.py").is_file()}
    assert held == present - {*AROUND, "environment"}
