"""WARC and WACZ files as a holding: indexed once into the plan, then asked like an archive."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from archive.history import (
    Plan,
    add_rows,
    begin_search,
    drop_index,
    indexed,
    indexed_digest,
    note_search,
    rows_with_ids,
)
from archive.store import Archive
from ingest.holdings import Given, NotGiven, Row, Unusable
from ingest.plan import columns, row_of, url_key
from ingest.wacz import BadPackage, Part, is_package, opened, warcs_in
from ingest.warc import REVISIT, DamagedFile, captures_in, given_in

SUFFIXES = (".warc", ".warc.gz", ".wacz", ".arc", ".arc.gz")
"""ARC files are named, so that they are refused as what they are."""
ROWS_AT_ONCE = 1_000
MAX_RECORDS = 5_000_000
ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)
FILE = "file:"
"""What a file is written down under among the searches, whose own addresses begin otherwise."""


def is_warc(path: Path) -> bool:
    """Whether a file is taken for a WARC or WACZ by its name."""
    return path.name.lower().endswith(SUFFIXES)


class WarcFiles:
    """Files that hold captures. `index` must come before the first `pages`; `at` stands for the records' own times."""

    cause = "import"

    def __init__(self, archive: Archive, source: str, files: Sequence[Path], at: datetime | None = None) -> None:
        self._archive = archive
        self._files = sorted({file.resolve() for file in files})
        self._at = at
        self.name = f"files:{_identity(self._files, at)}"
        self.via = f"warc:{', '.join(file.name for file in self._files[:3])}{' …' if len(self._files) > 3 else ''}"
        self.plan = Plan(source, self.name)
        self._parts: dict[str, Part] = {}
        self._no_addresses = 0
        self._beat: Callable[[], object] = lambda: None

    def index(self, beat: Callable[[], object] = lambda: None) -> Iterator[str]:
        """Write what the files hold into the plan's index; yields a sentence for each file that cannot be read on.

        `beat` is called now and then on the way.
        """
        self._beat = beat
        for file in self._files:
            for part in self._parts_of(file):
                if isinstance(part, str):
                    yield part
                    continue
                self._parts[part.name] = part
                yield from self._index_part(part)

    def _parts_of(self, file: Path) -> Iterator[Part | str]:
        try:
            if not is_package(file):
                yield Part(str(file), file)
                return
            for part in warcs_in(file):
                yield str(part) if isinstance(part, BadPackage) else part
        except (BadPackage, OSError) as problem:
            yield str(problem)

    def _index_part(self, part: Part) -> Iterator[str]:
        """An index that was written to its end, by this plan, is not written again."""
        with self._archive.writing() as session:
            search = begin_search(session, self.plan, f"{FILE}{part.name}", None, ALWAYS)
            number, state, reason = search.id, search.state, search.reason
        if state == "asking":
            reason = self._write_index(part)
            with self._archive.writing() as session:
                note_search(session, number, state="done", reason=reason)
        if reason:
            yield reason

    def _write_index(self, part: Part) -> str | None:
        problems: list[str] = []
        waiting: list[Row] = []
        count = 0
        try:
            with opened(part) as stream, opened(part) as places:
                for row in captures_in(stream, places, part.name):
                    count += 1
                    if count > MAX_RECORDS:
                        raise DamagedFile(f"{part.name}: more than {MAX_RECORDS} captures, expected at most that")
                    if isinstance(row, Unusable):
                        problems.append(row.reason)
                    else:
                        waiting.append(row)
                    if len(waiting) >= ROWS_AT_ONCE:
                        self._keep(waiting)
        except (DamagedFile, OSError) as problem:
            problems.append(str(problem))
        self._keep(waiting)
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return f"{problems[-1]}{more}" if problems else None

    def _keep(self, waiting: list[Row]) -> None:
        rows = [columns(row, key, "indexed") for row in waiting if (key := url_key(row.url)) is not None]
        self._no_addresses += len(waiting) - len(rows)
        with self._archive.writing() as session:
            add_rows(session, self.plan, None, rows)
        self._beat()
        waiting.clear()

    def pages(self, url: str, since: datetime | None, until: datetime) -> Iterator[Sequence[Row | Unusable]]:
        """What the index has of an address since then, oldest first: what is dated later than it may be, too."""
        with self._archive.reading() as session:
            found = indexed(session, self.plan, url_key(url) or "")
        for start in range(0, len(found), ROWS_AT_ONCE):
            with self._archive.reading() as session:
                kept = rows_with_ids(session, found[start : start + ROWS_AT_ONCE])
            some = [self._timed(row_of(each)) for each in kept]
            yield [row for row in some if since is None or row.at >= since]

    def _timed(self, row: Row) -> Row:
        return row if self._at is None else replace(row, at=self._at)

    def fetch(self, row: Row) -> Given:
        """The response in a row's record; that of a revisit is the first response with its payload. Raises NotGiven."""
        if row.media_type != REVISIT:
            return self._read(row)
        with self._archive.reading() as session:
            first = indexed_digest(session, self.plan, row.digest) if row.digest else None
        if first is None:
            raise NotGiven("a revisit of a response that these files do not hold, expected it beside")
        given = self._read(row_of(first))
        return Given(row.url, given.status, given.headers, given.body)

    def _read(self, row: Row) -> Given:
        part = self._parts.get(row.file or "")
        if part is None or row.position is None:
            raise NotGiven(f"{row.file}: not among the files, expected it there")
        try:
            with opened(part, row.position) as stream:
                return given_in(stream, row.url)
        except OSError as problem:
            raise NotGiven(f"{row.file}: {problem}") from problem

    def close(self) -> tuple[int, int]:
        """Forget the index; returns how many addresses were in it, and how many of these no page of the source has."""
        with self._archive.writing() as session:
            count, unwanted = drop_index(session, self.plan)
        return count + self._no_addresses, unwanted + self._no_addresses


def _identity(files: Sequence[Path], at: datetime | None) -> str:
    """The same files, as large and as old as before, are the same holding: a killed import goes on."""
    stats = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return hashlib.sha256(repr((stats, at)).encode()).hexdigest()[:16]
