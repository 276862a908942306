"""The environment as it is really made: by venv and pip, from wheels of our own, without a network."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from tests.house.checkouts import BASE, DEV, begin, new_checkout, offline, served, start, wheel


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wheels")


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home, cache and scratch folder of those who set up."""
    return tmp_path_factory.mktemp("outside")


def all_in(folder: Path) -> dict[str, str]:
    """Settings under which programs keep caches and temporary files in `folder`."""
    return dict.fromkeys(("HOME", "XDG_CACHE_HOME", "TMPDIR"), str(folder))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, wheels: Path, outside: Path) -> Path:
    """A checkout that two processes set up at once."""
    checkout = new_checkout(tmp_path_factory.mktemp("made") / "a check out", {BASE: wheel(wheels, "sample", "first")})
    with served(wheels) as address:
        surroundings = {
            **offline(wheels),
            **all_in(outside),
            "PIP_FIND_LINKS": address,
            "PIP_TRUSTED_HOST": "127.0.0.1",
        }
        both = [begin(checkout / "bulletins", "hello", env=surroundings, cwd=wheels) for _ in range(2)]
        outputs = [process.communicate() for process in both]
    for process, (printed, said) in zip(both, outputs, strict=True):
        assert process.returncode == 0, said
        assert printed == f"first ['hello'] 1 {wheels}\n"
    assert sum("making .venv" in said for _, said in outputs) == 1
    return checkout


def test_two_at_once_then_nothing_to_do(made: Path, wheels: Path) -> None:
    done = start(made / "bulletins", "again", env=offline(wheels), cwd=wheels)
    assert (done.stdout, done.stderr) == (f"first ['again'] 1 {wheels}\n", "")


def test_modules_of_the_working_folder_are_not_ours(made: Path, wheels: Path, tmp_path: Path) -> None:
    (tmp_path / "cli.py").write_text("print('someone else')", encoding="utf-8")
    (tmp_path / "sample.py").write_text("WORDS = 'someone else'", encoding="utf-8")
    surroundings = {**offline(wheels), "PYTHONPATH": str(tmp_path)}
    assert start(made / "bulletins", env=surroundings, cwd=tmp_path).stdout == f"first [] 1 {tmp_path}\n"


def test_a_checkout_may_move(made: Path, wheels: Path) -> None:
    moved = made.with_name("moved")
    made.rename(moved)
    done = start(moved / "bulletins", env=offline(wheels), cwd=wheels)
    moved.rename(made)
    assert (done.stdout, done.stderr) == (f"first [] 1 {wheels}\n", "")


def test_nothing_is_written_outside_the_checkout(made: Path, outside: Path) -> None:
    assert list(outside.iterdir()) == []
    assert not (made / ".venv" / "tmp").exists()


def test_what_does_not_match_stops_and_leaves_the_older_environment_usable(made: Path, wheels: Path) -> None:
    right = wheel(wheels, "checks", "second")
    for wrong, reason in (
        (right[:-9] + "00000000\n", "DO NOT MATCH THE HASHES"),
        ("checks==1.0\n", "Hashes are required"),
    ):
        (made / DEV).write_text(wrong, encoding="utf-8")
        done = start(made / "bulletins", "test", env=offline(wheels), cwd=wheels)
        assert (done.returncode, done.stdout) == (3, "")
        assert reason in done.stderr
        assert start(made / "bulletins", "status", env=offline(wheels), cwd=wheels).stderr == ""
    (made / DEV).write_text(right, encoding="utf-8")
    done = start(made / "bulletins", "test", env=offline(wheels), cwd=wheels)
    assert (done.stdout, done.returncode) == (f"first ['test'] 1 {wheels}\n", 0)
    assert "making .venv from requirements-dev.lock" in done.stderr
    assert (made / ".venv" / DEV).read_text(encoding="utf-8") == right


def test_killed_half_way_is_repaired_once_its_pip_has_ended(made: Path, wheels: Path, tmp_path: Path) -> None:
    (made / DEV).write_text(wheel(wheels, "late", "third"), encoding="utf-8")
    (made / ".venv" / "half-made").touch()
    with socket.create_server(("127.0.0.1", 0)) as silent_index:
        address = f"http://127.0.0.1:{silent_index.getsockname()[1]}/simple"
        asks = {**offline(wheels), **all_in(tmp_path), "PIP_INDEX_URL": address, "PIP_FIND_LINKS": ""}
        del asks["PIP_NO_INDEX"]
        python = os.path.realpath(sys.executable)
        with begin(python, "-I", made / "environment.py", BASE, DEV, env=asks, cwd=wheels) as first:
            pip_waits, _ = silent_index.accept()
            first.kill()
        with pip_waits, begin(made / "bulletins", env=offline(wheels), cwd=wheels) as second:
            assert second.stderr is not None
            assert second.stderr.readline() == "bulletins: waiting for another start that makes .venv\n"
            os.killpg(first.pid, signal.SIGKILL)
            printed, said = second.communicate()
    assert printed == f"first [] 1 {wheels}\n", said
    assert not (made / ".venv" / "half-made").exists()
    assert list(tmp_path.iterdir()) == []


def test_a_checkout_that_cannot_be_written_to_is_named(wheels: Path, tmp_path: Path) -> None:
    checkout = new_checkout(tmp_path / "barred", {BASE: wheel(wheels, "sample", "first")})
    (checkout / ".venv.lock").mkdir()
    done = start(checkout / "bulletins", env=offline(wheels), cwd=wheels)
    assert done.returncode == 3
    assert done.stderr.startswith(f"bulletins: {checkout}/.venv.lock: ")
    assert "expected a checkout that can be written to" in done.stderr
