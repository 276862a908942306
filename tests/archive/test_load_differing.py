"""Lines of bulletins that are kept here: what says no more than ours is unchanged, all else is quarantined and told."""

from __future__ import annotations

import json
import secrets
import sqlite3
from typing import Any

import pytest
from sqlalchemy import event

from archive.finding import Asked
from archive.identity import public_id
from archive.records import Notification
from archive.store import Archive
from tests.archive.loads import load, rows_of
from tests.archive.test_export import lines


def worded(row: dict[str, Any], *wordings: tuple[str, int]) -> dict[str, Any]:
    """The bulletin of a line with these wordings, each with its day of July 2018."""
    row = json.loads(json.dumps(row))
    first = row["revisions"][0]
    row["revisions"] = []
    for number, (words, day) in enumerate(wordings, start=1):
        record = {**first["record"], "text": words}
        content_hash = Notification.from_row(record).content_hash()
        stated = {"revision": number, "at": f"2018-07-{day:02}T09:00:00Z", "content_hash": content_hash}
        row["revisions"].append({**first, **stated, "record": record})
    row |= {"text": wordings[-1][0], "revision": len(wordings)}
    span = {"first_at": row["revisions"][0]["at"], "last_at": "2018-07-30T09:00:00Z"}
    row["sightings"] = [{**row["sightings"][0], **span}]
    return row | {"first_seen": span["first_at"], "last_seen": span["last_at"]}


def plain_row(polled: Archive) -> dict[str, Any]:
    """A line of one bulletin that has neither documents nor further wordings."""
    rows = rows_of(lines(polled, Asked(None, {"source": ["bsia-cssc"]})))
    return next(row for row in rows if len(row["revisions"]) == 1 and not row["documents"])


A, B, C = "First words.", "Other words.", "Third words."
HISTORIES: dict[str, tuple[tuple[tuple[str, int], ...], str | None]] = {
    "the same": (((A, 2), (B, 5)), None),
    "a part": (((A, 2),), None),
    "the same seen oftener": (((A, 2), (A, 3), (B, 5)), None),
    "there and back, twice": (((A, 2), (B, 3), (A, 4), (B, 5)), "revision 3 of 2018-07-04T09:00:00Z says what is kept"),
    "the other way round": (((B, 2), (A, 5)), "revision 2 of 2018-07-05T09:00:00Z says what is kept here, but not"),
    "back again": (((A, 2), (B, 3), (A, 5)), "revision 3 of 2018-07-05T09:00:00Z says what is kept here, but not"),
    "something else": (((A, 2), (C, 3), (B, 5)), "revision 2 of 2018-07-03T09:00:00Z says what is not kept here"),
}


@pytest.mark.parametrize("history", HISTORIES)
def test_wordings_in_another_order_are_never_taken_for_what_is_kept(
    polled: Archive, archive: Archive, history: str
) -> None:
    wordings, reason = HISTORIES[history]
    row, told = plain_row(polled), list[str]()
    load(archive, json.dumps(worded(row, (A, 2), (B, 5))).encode(), told)
    here = lines(archive)
    (report,) = load(archive, json.dumps(worded(row, *wordings)).encode(), told).values()
    assert (report.accounts.unchanged, report.accounts.quarantined) == ((1, 0) if reason is None else (0, 1))
    assert len(told) == int(reason is not None) and (reason or "") in "".join(told)
    assert lines(archive) == here


def test_wordings_between_ours_are_a_part_of_ours(polled: Archive, archive: Archive) -> None:
    row, told = plain_row(polled), list[str]()
    load(archive, json.dumps(worded(row, (A, 2), (B, 3), (A, 4), (C, 5))).encode(), told)
    for part in (((A, 2), (A, 4), (C, 5)), ((A, 2), (B, 3), (C, 5)), ((A, 2), (B, 3), (A, 4))):
        (report,) = load(archive, json.dumps(worded(row, *part)).encode(), told).values()
        assert (report.accounts.unchanged, told) == (1, [])


STATED = [
    ("rolled-off", "cancelled", True),
    ("rolled-off", "withdrawn", True),
    ("ended", "superseded", True),
    ("superseded", "cancelled", True),
    ("current", "cancelled", True),
    ("current", "rolled-off", True),
    ("withdrawn", "rolled-off", True),
    ("withdrawn", "withdrawn", False),
    ("withdrawn", "current", False),
    ("cancelled", "rolled-off", False),
]


@pytest.mark.parametrize(("ours", "theirs", "is_told"), STATED)
def test_a_state_that_is_not_ours_is_told_unless_it_is_what_ours_was_before(
    polled: Archive, archive: Archive, ours: str, theirs: str, is_told: bool
) -> None:
    row, told = worded(plain_row(polled), (A, 2)), list[str]()
    load(archive, json.dumps({**row, "state": ours}).encode(), told)
    (report,) = load(archive, json.dumps({**row, "state": theirs}).encode(), told).values()
    assert (report.accounts.unchanged, report.accounts.quarantined) == ((0, 1) if is_told else (1, 0))
    assert [f": {theirs}, and {ours} here, expected" in line for line in told] == [True] * is_told


def test_a_line_that_the_database_refuses_is_quarantined_and_the_next_is_kept(
    polled: Archive, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though each of its fields was checked: an id that is beyond an index of PostgreSQL, and a limit of SQLite."""
    bad, good = plain_row(polled), rows_of(lines(polled, Asked(None, {"source": ["bsia-cssc"]})))[-1]
    assert bad["id"] != good["id"]
    if archive.engine.dialect.name == "postgresql":
        monkeypatch.setattr("archive.exchange.MOST_KEY_BYTES", 10_000)
        bad["ref"] = bad["first_ref"] = secrets.token_hex(4_000)
        bad["id"] = public_id("bsia-cssc", bad["ref"])
    else:
        bad = worded(bad, (300_000 * "x", 2))
        archive.engine.dispose()
        event.listen(archive.engine, "connect", lambda raw, _: raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 200_000))
    told = list[str]()
    (report,) = load(archive, b"\n".join(json.dumps(row).encode() for row in (bad, good)), told).values()
    assert (report.accounts.new, report.accounts.quarantined, report.lossy) == (1, 1, True)
    assert len(told) == 1 and told[0].startswith(f"file, line 1: load:{bad['id']}: ")
    assert ("index row size" in told[0] or "too big" in told[0]) and told[0].endswith(
        "expected what an archive can keep"
    )
    assert lines(archive) == lines(polled, Asked(None, {"source": ["bsia-cssc"]})).splitlines(keepends=True)[-1]
