"""One word runs everything, and nothing that failed is hidden by what passed after it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests import gate, order

PASSES = ("timeit", "-n", "1", "-r", "1", "pass")
FAILS = ("timeit", "-n", "1", "-r", "1", "raise OSError")


@pytest.mark.parametrize(
    ("checks", "tests", "code"),
    [
        ({"format": PASSES, "types": PASSES}, PASSES, 0),
        ({"format": FAILS, "types": PASSES}, PASSES, 1),
        ({"format": PASSES, "types": FAILS}, PASSES, 1),
        ({"format": PASSES, "types": PASSES}, FAILS, 1),
    ],
)
def test_any_failure_fails_the_gate(checks: dict[str, tuple[str, ...]], tests: tuple[str, ...], code: int) -> None:
    assert gate.gate(dict(checks), tests) == code


def test_a_failed_check_does_not_hide_the_others(capfd: pytest.CaptureFixture[str]) -> None:
    gate.gate({"format": FAILS, "lint": PASSES, "types": FAILS}, PASSES)
    printed = capfd.readouterr()
    begun = [line for line in printed.out.splitlines() if line.startswith("==")]
    assert begun == ["== format", "== lint", "== types", "== tests"]
    assert printed.err.splitlines()[-1] == "== failed before the tests: format, types"


def test_arguments_go_to_pytest_alone() -> None:
    command = [sys.executable, "-m", "tests.gate", "--version"]
    done = subprocess.run(command, cwd=gate.ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout + done.stderr).startswith("pytest ")


def test_missing_tools_are_named(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert gate.main([]) == 3
    assert "ruff, mypy, pytest, xdist: not installed" in capfd.readouterr().out


def test_the_longest_files_are_there() -> None:
    assert [name for name in order.LONGEST if not (gate.ROOT / "tests" / name).is_file()] == []


def test_what_is_compiled_is_kept_whatever_the_shell_says(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    said = ("timeit", "-n", "1", "-r", "1", "import sys; print(sys.dont_write_bytecode)")
    assert gate.gate({}, said) == 0
    assert "False" in capfd.readouterr().out.splitlines()
