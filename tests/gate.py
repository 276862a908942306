"""The whole gate behind one word: formatting, lint, types, tests."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COULD_NOT_RUN = 3

CHECKS: dict[str, Sequence[str]] = {
    "format": ("ruff", "format", "--check", "."),
    "lint": ("ruff", "check", "."),
    "types": ("mypy", "."),
}
TESTS = ("pytest", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
"""Three on two cores, as many a test waits for a process, a browser or a disk; files in the order of `tests.order`."""


def main(argv: Sequence[str]) -> int:
    """Run the gate; with arguments run pytest alone, with these. The exit code: 0, 1, 3, or what pytest gave."""
    missing = [name for name in ("ruff", "mypy", "pytest", "xdist") if importlib.util.find_spec(name) is None]
    if missing:
        _say(f"{', '.join(missing)}: not installed, expected the test set-up that `./bulletins test` makes")
        return COULD_NOT_RUN
    return _run("pytest", *argv) if argv else gate(CHECKS, TESTS)


def gate(checks: dict[str, Sequence[str]], tests: Sequence[str]) -> int:
    """Run every check, then the tests whatever the checks said, so that one run shows all there is to mend.

    Standard output ends with the tests' own summary; a check that failed is named once more on standard error.
    """
    failed = [name for name, command in checks.items() if not _passes(name, command)]
    _say("tests")
    code = _run(*tests)
    if failed:
        print(f"== failed before the tests: {', '.join(failed)}", file=sys.stderr, flush=True)
    return code or int(bool(failed))


def _passes(name: str, command: Sequence[str]) -> bool:
    _say(name)
    return _run(*command) == 0


def _run(module: str, *arguments: str) -> int:
    """Its exit code. The hundreds of processes of the tests keep what they compile for each other, as is usual."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, env=kept).returncode


def _say(text: str) -> None:
    print(f"== {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
