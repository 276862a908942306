"""Doing something again whenever a file is saved, each time in a process of its own that imports everything anew."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

POLL_SECONDS = 0.3
PROGRAM = "import sys; sys.path.insert(0, {root!r}); import cli; cli.main()"

State = dict[Path, tuple[int, int]]


def watch(
    places: Sequence[Path],
    act: Callable[[Sequence[Path]], None],
    *,
    sleep: Callable[[float], None] = time.sleep,
    goes_on: Callable[[], bool] = lambda: True,
) -> None:
    """Act at once, then whenever one of the files has changed, with those; folders stand for the Python files in them.

    What is saved while it acts is acted on next. Ends by KeyboardInterrupt.
    """
    known = _state(places)
    act(())
    while goes_on():
        sleep(POLL_SECONDS)
        now = _state(places)
        changed = [path for path in {**known, **now} if known.get(path) != now.get(path)]
        known = now
        if changed:
            act(changed)


def _state(places: Sequence[Path]) -> State:
    found: State = {}
    for path in _files(places):
        try:
            stated = path.stat()
        except FileNotFoundError:
            continue
        found[path] = (stated.st_mtime_ns, stated.st_size)
    return found


def _files(places: Sequence[Path]) -> Iterator[Path]:
    for place in places:
        yield from sorted(place.rglob("*.py")) if place.is_dir() else (place,)


def command_anew(root: Path, arguments: Sequence[str]) -> int:
    """Run a command of ours in a fresh process on the checkout at `root`; its output is ours. Returns its exit code."""
    sys.stdout.flush()
    return subprocess.run([sys.executable, "-I", "-B", "-c", PROGRAM.format(root=str(root)), *arguments]).returncode
