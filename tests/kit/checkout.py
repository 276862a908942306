"""A copy of this checkout in which a maintainer may write, and its command line on the replica."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(
    *(".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis", "build", "*.egg-info", "bench")
)


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Copy:
    """The copy at `root`, with an archive beside it."""

    root: Path
    surroundings: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str) -> Ran:
        """`./bulletins` in the copy, on the replica."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("BULLETINS_", "PYTEST_"))}
        done = subprocess.run(
            [sys.executable, "-m", "tests.practice", *arguments],
            cwd=self.root,
            env={**kept, "BULLETINS_HOME": str(self.root.parent / "data"), **self.surroundings},
            capture_output=True,
            text=True,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def files(self) -> dict[str, str]:
        """Every file by its name, with the digest of what it holds."""
        return {
            str(path.relative_to(self.root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not {"__pycache__", ".pytest_cache", ".hypothesis"} & {*path.parts}
        }

    def rewrite(self, name: str, before: str, after: str) -> None:
        """Change the one place in a file that reads `before`."""
        text = (self.root / name).read_text("utf-8")
        if text.count(before) != 1:
            raise ValueError(f"{name}: {before!r} stands {text.count(before)} times, expected 1")
        (self.root / name).write_text(text.replace(before, after), "utf-8")


def copied(folder: Path) -> Copy:
    """A copy of this checkout below `folder`."""
    shutil.copytree(ROOT, folder / "checkout", ignore=LEFT_OUT)
    return Copy(folder / "checkout")
