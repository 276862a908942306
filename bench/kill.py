"""Random SIGKILLs: lives of an archive whose runs are killed again and again, beside one that is left in peace.

    python -m bench.kill [KILLS] [SEED] [sqlite|postgres]        (default: 200 1 sqlite)

The replica is served here; the runs are processes of their own, killed at a random moment after they began to poll and
started again, until they have seen the whole timeline. Every archive must then hold what the undisturbed one holds.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from archive.migrate import open_archive
from replica.answers import Answer, Visit
from replica.app import Replica
from replica.server import serve
from replica.sites import BsiaSite
from replica.timeline import TIMELINE
from tests.databases import fresh_postgres_database, postgres_binaries, running_postgres
from tests.lifecycle.dumps import differences, dump

ROOT = Path(__file__).resolve().parents[1]
POLLS = len(TIMELINE)
LONGEST_LIFE_SECONDS = 1.2
"""A process is killed at a random moment up to this long after its first poll began: some polls, on this machine."""


class SteadySite(BsiaSite):
    """The association's site whose volatile parts move with the timeline, not with each request."""

    def answer(self, visit: Visit) -> Answer:
        return super().answer(replace(visit, serial=visit.step))


@dataclass
class Kills:
    """How many kills are still to come, when they come, and how many have been."""

    left: int
    chance: random.Random
    done: int = 0

    def within(self) -> float | None:
        """Seconds from now to the next kill; None where there are no more."""
        return self.chance.uniform(0.0, LONGEST_LIFE_SECONDS) if self.done < self.left else None


def main(kills: Kills, kind: str) -> int:
    """Print a line for each life and one for all; the exit code is 1 where an archive differs."""
    replica, began, lives, wrong = Replica({SteadySite.host: SteadySite()}), time.monotonic(), 0, 0
    with ExitStack() as stack:
        port = stack.enter_context(serve(replica))
        database_port = stack.enter_context(_postgres()) if kind == "postgres" else None
        undisturbed = _life(replica, port, Kills(0, random.Random(0)), database_port)
        while kills.done < kills.left:
            before = kills.done
            found = differences(undisturbed, _life(replica, port, kills, database_port))
            lives, wrong = lives + 1, wrong + bool(found)
            print(
                f"life {lives}: {kills.done - before} kills, {len(found)} differences", *found, sep="\n  ", flush=True
            )
    seconds = time.monotonic() - began
    held = f"{len(undisturbed['notifications'])} notifications, {len(undisturbed['changes'])} changes"
    print(
        f"{kills.done} SIGKILLs in {lives} lives of {POLLS} polls on {kind}: "
        f"{lives - wrong} of {lives} archives equal the undisturbed one ({held}; {seconds:.0f} s)"
    )
    return int(bool(wrong))


@contextmanager
def _postgres() -> Iterator[int]:
    binaries = postgres_binaries()
    if isinstance(binaries, str):
        raise SystemExit(binaries)
    with tempfile.TemporaryDirectory() as folder, running_postgres(binaries, Path(folder).resolve()) as port:
        yield port


def _life(replica: Replica, port: int, kills: Kills, database_port: int | None) -> dict[str, Any]:
    """One archive from its first poll to its last, and what it holds then."""
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder, url = Path(place), f"sqlite:///{place}/archive.sqlite"
        if database_port is not None:
            url = stack.enter_context(fresh_postgres_database(database_port))
        while not _process(replica, [url, place, str(port), str(POLLS)], kills):
            kills.done += 1
        with open_archive(url, str(folder / "blobs")) as archive:
            return _without_dates(dump(archive))


def _without_dates(held: dict[str, Any]) -> dict[str, Any]:
    """The Date header says when the server answered, which is another moment in every life."""
    for row in held["captures"]:
        row["headers"] = [pair for pair in row["headers"] if pair[0].lower() != "date"]
    held["captures"].sort(key=repr)
    return held


def _process(replica: Replica, arguments: list[str], kills: Kills) -> bool:
    """One process; whether it came to the end of its polls. The replica moves to each poll that it announces."""
    command = [sys.executable, "-m", "bench.kill_driver", *arguments]
    timer: threading.Timer | None = None
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        for line in process.stdout or ():
            replica.go_to(int(line.split()[1]))
            seconds = kills.within() if timer is None else None
            if seconds is not None:
                timer = threading.Timer(seconds, process.kill)
                timer.start()
            _let_go(process)
    if timer is not None:
        timer.cancel()
    if process.returncode not in (0, -9):
        raise SystemExit(f"a run ended with exit code {process.returncode}, expected 0 or SIGKILL")
    return process.returncode == 0


def _let_go(process: subprocess.Popen[str]) -> None:
    """Answer the announcement of a poll; a process that was killed meanwhile does not hear it."""
    if process.stdin is None:
        raise RuntimeError("the run has no input, expected a pipe")
    try:
        process.stdin.write("go\n")
        process.stdin.flush()
    except BrokenPipeError:
        process.wait()


if __name__ == "__main__":
    given = [*sys.argv[1:], *("200", "1", "sqlite")[len(sys.argv) - 1 :]]
    sys.exit(main(Kills(int(given[0]), random.Random(int(given[1]))), given[2]))
