"""Makes `.venv` from the locks: run by the launcher under the system's own Python, with the standard library only."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

COULD_NOT_RUN = 3
INTERRUPTED = 130


class CommandFailed(Exception):
    """A command of the set-up failed; the message ends with what the command printed."""


def main(locks: Sequence[str]) -> int:
    """Make `.venv` beside this file hold what `locks` say, the first of them the base. The exit code: 0, 3 or 130."""
    root = Path(__file__).resolve().parent
    try:
        with _turn(root / ".venv.lock") as turn:
            make(root, locks, turn)
    except CommandFailed as problem:
        _say(str(problem))
        return COULD_NOT_RUN
    except OSError as problem:
        _say(f"{problem.filename or root}: {problem.strerror}, expected a checkout that can be written to for set-up")
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        _say("set-up interrupted, the next start makes .venv again")
        return INTERRUPTED
    return 0


def make(root: Path, locks: Sequence[str], turn: int) -> None:
    """Install the locks that are not in place. `turn` is the descriptor of the lock file that this process holds.

    The copy of the base lock is away while pip works: a process killed in here leaves a `.venv` that the next start
    makes from nothing. A pip that fails by itself has changed nothing, so an older environment stays usable.
    """
    base, fresh = locks[0], not is_made(root, locks[0])
    wanted = [lock for lock in locks if fresh or not is_made(root, lock)]
    if not wanted:
        return
    started = time.monotonic()
    _say(f"making .venv from {' and '.join(wanted)}, this happens once")
    if fresh:
        _create(root, turn)
    else:
        os.replace(_kept(root, base), _unfinished(root, base))
    try:
        for lock in wanted:
            _install(root, lock, turn)
    except CommandFailed:
        if not fresh:
            os.replace(_unfinished(root, base), _kept(root, base))
        raise
    for lock in (*(lock for lock in wanted if lock != base), base):
        os.replace(_unfinished(root, lock), _kept(root, lock))
    shutil.rmtree(_scratch(root), ignore_errors=True)
    _say(f".venv is ready after {time.monotonic() - started:.0f} s")


def is_made(root: Path, lock: str) -> bool:
    """Whether `.venv` was made, to the end, from this very lock."""
    kept = _kept(root, lock)
    return os.access(_python(root), os.X_OK) and kept.is_file() and kept.read_bytes() == (root / lock).read_bytes()


def _python(root: Path) -> Path:
    return root / ".venv" / "bin" / "python"


def _create(root: Path, turn: int) -> None:
    """An empty environment in which the checkout's modules are importable, wherever the checkout moves to.

    It is tied to the real file of the interpreter (`python3.11`, not `python3`): when the system moves on to another
    version, the link dangles and the next start makes the environment again.
    """
    home = str(root / ".venv")
    if os.path.lexists(home):
        shutil.rmtree(home)
    _run([os.path.realpath(sys.executable), "-I", "-m", "venv", home], root, turn)
    modules = Path(sysconfig.get_path("purelib", scheme="venv", vars={"base": home, "platbase": home}))
    (modules / "bulletins.pth").write_text(f"{os.path.relpath(root, modules)}\n", encoding="utf-8")


def _install(root: Path, lock: str, turn: int) -> None:
    """Install a lock with pip, from a copy, so that what is kept is what was installed.

    A lock names everything there is to install: pip is not to look for more.
    """
    shutil.copyfile(root / lock, _unfinished(root, lock))
    quietly = ["--quiet", "--no-input", "--no-cache-dir", "--disable-pip-version-check"]
    hashed = ["--require-hashes", "--no-deps", "--requirement", str(_unfinished(root, lock))]
    _run([str(_python(root)), "-I", "-m", "pip", "install", *quietly, *hashed], root, turn)


def _kept(root: Path, lock: str) -> Path:
    return root / ".venv" / lock


def _unfinished(root: Path, lock: str) -> Path:
    return root / ".venv" / f"{lock}.unfinished"


def _scratch(root: Path) -> Path:
    return root / ".venv" / "tmp"


def _run(command: Sequence[str], root: Path, turn: int) -> None:
    """Run a command that writes in `.venv` only, and silently; raises CommandFailed with what it printed.

    The command inherits the lock file: if this process is killed, nobody else begins before the command has ended.
    """
    _scratch(root).mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        command,
        env={**os.environ, "TMPDIR": str(_scratch(root))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        pass_fds=(turn,),
        check=False,
    )
    if done.returncode:
        line = " ".join(command)
        raise CommandFailed(f"{line}: exit code {done.returncode}, expected 0. It printed:\n{done.stdout.rstrip()}")


@contextmanager
def _turn(path: Path) -> Iterator[int]:
    """The descriptor of the lock file, once no other process makes the environment."""
    turn = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("waiting for another start that makes .venv")
            fcntl.flock(turn, fcntl.LOCK_EX)
        yield turn
    finally:
        os.close(turn)


def _say(text: str) -> None:
    print(f"bulletins: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
