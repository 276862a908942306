"""The launcher once set up, and how it decides that something is to be set up; no environment is made here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.house.checkouts import BASE, DEV, new_checkout, pretend_made, script, start, tools

MADE = "exit 0"
REFUSED = 'echo "has no venv" >&2; exit 1'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    made = new_checkout(tmp_path / "a check out", {BASE: "one==1\n", DEV: "two==2\n"})
    pretend_made(made, BASE)
    return made


@pytest.fixture
def path(tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tools(tmp_path / "tools"))}


def python(path: dict[str, str], name: str, fitness: str = MADE) -> None:
    """Put a Python on PATH that is fit or not, and that only says what it was asked to set up."""
    text = f'case $2 in -c) {fitness} ;; esac; echo "{name} makes $(shift; echo "$@")" >&2'
    script(Path(path["PATH"]) / name, text)


def test_arguments_and_exit_code_pass_through(checkout: Path, path: dict[str, str]) -> None:
    done = start(checkout / "bulletins", "search", "two words", "", "*", "-x", '"', env=path)
    assert done.stdout.splitlines() == ["<-I>", "<-m>", "<cli>", "<search>", "<two words>", "<>", "<*>", "<-x>", '<">']
    assert (done.returncode, done.stderr) == (7, "")


def test_started_from_anywhere(checkout: Path, path: dict[str, str], tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    (elsewhere / "absolute").symlink_to(checkout / "bulletins")
    (elsewhere / "relative").symlink_to("../a check out/bulletins")
    (elsewhere / "chain").symlink_to("relative")
    for command in (elsewhere / "absolute", elsewhere / "relative", elsewhere / "chain", "./chain"):
        assert start(command, env=path, cwd=elsewhere).returncode == 7, command
    on_path = {"PATH": f"{elsewhere}:{path['PATH']}"}
    for shell_line in ("chain", "sh chain", "cd /; relative"):
        assert start("/bin/sh", "-c", shell_line, env=on_path, cwd=elsewhere).returncode == 7, shell_line
    assert start("/bin/sh", "bulletins", env=path, cwd=checkout).returncode == 7


def test_nothing_is_written_once_set_up(checkout: Path, path: dict[str, str]) -> None:
    def state() -> dict[Path, int]:
        return {found: found.stat().st_mtime_ns for found in [checkout, *checkout.rglob("*")]}

    before = state()
    checkout.chmod(0o555)
    assert start(checkout / "bulletins", env=path).returncode == 7
    checkout.chmod(0o755)
    assert state() == before


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [(["status"], ""), (["test"], f"{BASE} {DEV}"), (["search", "test"], ""), ([], "")],
)
def test_the_test_set_up_is_made_for_the_word_test_only(
    arguments: list[str], asked: str, checkout: Path, path: dict[str, str]
) -> None:
    python(path, "python3")
    done = start(checkout / "bulletins", *arguments, env=path)
    assert done.stderr == (f"python3 makes {checkout}/environment.py {asked}\n" if asked else "")
    assert done.returncode == 7


@pytest.mark.parametrize("change", ["lock", "half made", "python gone"])
def test_a_changed_lock_or_a_broken_environment_is_made_again(
    change: str, checkout: Path, path: dict[str, str]
) -> None:
    python(path, "python3")
    if change == "lock":
        (checkout / BASE).write_text("one==2\n", encoding="utf-8")
        os.utime(checkout / BASE, ns=(0, 0))
    elif change == "half made":
        (checkout / ".venv" / BASE).unlink()
    else:
        (checkout / ".venv/bin/python").unlink()
        (checkout / ".venv/bin/python").symlink_to("/nowhere/python3.10")
    done = start(checkout / "bulletins", "status", env=path)
    assert f"python3 makes {checkout}/environment.py {BASE}\n" in done.stderr


def test_a_failed_set_up_starts_nothing(checkout: Path, path: dict[str, str]) -> None:
    (checkout / ".venv" / BASE).unlink()
    script(Path(path["PATH"]) / "python3", "case $2 in -c) exit 0 ;; esac; exit 3")
    done = start(checkout / "bulletins", env=path)
    assert (done.returncode, done.stdout) == (3, "")


def test_no_python_at_all(checkout: Path, path: dict[str, str]) -> None:
    (checkout / ".venv" / BASE).unlink()
    done = start(checkout / "bulletins", env=path)
    assert done.stderr == "bulletins: python3 not found, expected Python 3.11 or newer\n"
    assert done.returncode == 3


def test_an_unfit_python_is_named(checkout: Path, path: dict[str, str]) -> None:
    (checkout / ".venv" / BASE).unlink()
    python(path, "python3", REFUSED)
    done = start(checkout / "bulletins", env=path)
    assert (done.stderr, done.returncode) == ("bulletins: python3 has no venv\n", 3)


def test_another_python_is_taken_where_the_first_is_unfit(checkout: Path, path: dict[str, str]) -> None:
    (checkout / ".venv" / BASE).unlink()
    python(path, "python3", REFUSED)
    python(path, "python3.12")
    done = start(checkout / "bulletins", env=path)
    assert done.stderr == f"python3.12 makes {checkout}/environment.py {BASE}\n"
