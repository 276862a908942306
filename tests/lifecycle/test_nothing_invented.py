"""No field of a record comes from our clock; what cannot be read is quarantined, never guessed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.derived import NotificationRow, Quarantined, Revision
from archive.store import Archive
from ingest.settling import arrive
from replica.page import page_of
from tests.lifecycle.world import arrival, bsia, opened, shown

KEYS = ("phone-system", "depot-fire", "tube-january", "port-verano", "lost-passes", "romance")
FAR_OFF = datetime(2071, 11, 23, 4, 5, 6, tzinfo=UTC)
"""A time that no message, parser or library has any reason to name."""


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


def records(archive: Archive) -> list[dict[str, object]]:
    with archive.reading() as session:
        return [dict(record) for record in session.scalars(select(Revision.record))]


def test_no_time_of_ours_stands_in_a_record(archive: Archive) -> None:
    arrive(archive, bsia(), [arrival(page_of(shown(*KEYS)), FAR_OFF)], FAR_OFF)
    printed = json.dumps(records(archive))
    today = datetime.now(UTC).date()
    assert len(records(archive)) == 6
    for ours in ("2071", "23/11", "11-23", str(today), f"{today:%d/%m/%Y}"):
        assert ours not in printed
    assert {str(record["issued"])[:4] for record in records(archive)} == {"2018"}


def test_what_is_not_stated_is_null(archive: Archive) -> None:
    arrive(archive, bsia(), [arrival(page_of(shown(*KEYS)), FAR_OFF)], FAR_OFF)
    for record in records(archive):
        assert record["issued_precision"] == "day"
        assert record["expires"] is None
        assert record["ref"] is None
        assert record["language"] is None


@pytest.mark.parametrize("printed", ["31/02/2018", "??/01/2018", "2018", "18/13/2018", "undated", ""])
def test_a_date_that_cannot_be_read_quarantines_its_entry(archive: Archive, printed: str) -> None:
    body = page_of(shown(*KEYS)).replace(b"18/01/2018 - ", f"{printed} - ".encode() if printed else b"", 1)
    found = arrive(archive, bsia(), [arrival(body, FAR_OFF)], FAR_OFF)
    assert (found.accounts.new, found.accounts.quarantined) == (5, 1)
    with archive.reading() as session:
        row = session.scalars(select(Quarantined)).one()
        titles = session.scalars(select(Revision.record["title"].as_string())).all()
    assert row.reason.startswith("https://www.bsia.co.uk/")
    assert "expected" in row.reason
    assert "Smoke in the Park Royal area" in row.raw
    assert not [title for title in titles if title and "Smoke" in title]


def test_an_order_that_we_choose_is_marked_as_ours(archive: Archive) -> None:
    arrive(archive, bsia(), [arrival(page_of(shown(*KEYS)), FAR_OFF)], FAR_OFF)
    with archive.reading() as session:
        rows = session.scalars(select(NotificationRow)).all()
    assert all(row.issued_stated for row in rows)
    assert max(row.issued_sort for row in rows) < FAR_OFF - timedelta(days=365)
