"""A SQLite database as the migrations make it, copied from one that they made once in this process."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from archive.migrate import SHAPE, open_archive


def shaped_sqlite(place: Path) -> str:
    """The address of the SQLite database in that file, which gets its shape by a copy where there is none."""
    if not place.exists():
        place.write_bytes(_sqlite_as_migrated(SHAPE))
    return f"sqlite:///{place}"


@cache
def _sqlite_as_migrated(_shape: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="bulletins-shape-") as folder:
        place = Path(folder, "archive.sqlite")
        open_archive(f"sqlite:///{place}", folder).close()
        return place.read_bytes()
