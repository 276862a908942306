"""What is taken away: all that is known of a bulletin, in bytes that depend on nothing but what the archive holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from archive.export import FORMAT, exported, json_line, numbers_by_id
from archive.finding import Asked, search
from archive.journal import Arrival, body_of, get_capture, get_check
from archive.query import BadQuery
from archive.showing import shown
from archive.store import Archive, Session
from archive.transfer import journal
from ingest.replay import replay_into
from ingest.settling import arrive
from tests.lifecycle.world import START, bsia, opened

SOURCES = {slug: bsia(slug) for slug in ("bsia-cssc", "hostile")}
LATER = datetime(2026, 1, 1, tzinfo=UTC)


def lines(archive: Archive, asked: Asked | None = None) -> bytes:
    """An archive as it is exported."""
    with archive.reading() as session:
        rows = exported(session, numbers_by_id(session, asked or Asked()), lambda slug: f"© {slug}")
        return b"".join(map(json_line, rows))


def test_replayed_and_imported_archives_export_the_bytes_of_the_polled_one(
    polled: Archive, database_url: str, tmp_path: Path
) -> None:
    expected = lines(polled)
    ids = [json.loads(line)["id"] for line in expected.splitlines()]
    assert ids == sorted(ids) and len(ids) == 12
    with opened(database_url, tmp_path) as other:
        replay_into(polled, other, SOURCES, LATER)
        assert lines(other) == expected
        _empty(other)
        _import_all(polled, other)
        assert lines(other) == expected


def _empty(archive: Archive) -> None:
    """Take everything out of an archive but its shape."""
    from archive.tables import Table

    with archive.writing() as session:
        for name in ("search_keys", "search_entries"):
            session.execute(text(f"DELETE FROM {name}"))
        session.execute(text("DELETE FROM facet_values"))
        for table in reversed(Table.metadata.sorted_tables):
            session.execute(table.delete())


def _import_all(old: Archive, new: Archive) -> None:
    """Bring all that one archive asked, in its order, as files to another."""
    with old.reading() as session:
        for _, kind, number in journal(session):
            source, came = _arrival(session, old, kind, number)
            arrive(new, SOURCES[source], [came], LATER)


def _arrival(session: Session, archive: Archive, kind: str, number: int) -> tuple[str, Arrival]:
    check = get_check(session, number) if kind == "check" else None
    capture = get_capture(session, check.capture_id if check else number)
    return capture.source, Arrival(
        capture.source,
        capture.role,
        capture.target_url,
        capture.url,
        check.at if check else capture.fetched_at,
        "file",
        "import",
        capture.status,
        [("Content-Type", "text/html; charset=utf-8")],
        body_of(session, archive.blobs, capture.sha256 or ""),
    )


def test_a_line_says_what_show_says(polled: Archive) -> None:
    with polled.reading() as session:
        for row in exported(session, numbers_by_id(session, Asked()), lambda slug: ""):
            seen = json.loads(json.dumps(shown(session, row["id"]), default=_moment))
            line = json.loads(json_line(row))
            assert (line["format"], line["invented"], line["rights"]) == (FORMAT, False, None)
            for name in set(seen) - {"documents", "revisions", "sightings"}:
                assert line[name] == seen[name], name
            for name in ("documents", "revisions", "sightings"):
                for one, other in zip(line[name], seen[name], strict=True):
                    assert {key: other[key] for key in other if key in one} == {
                        key: one[key] for key in one if key in other
                    }
            assert [each["sha256"] for each in line["documents"]] == [each["sha256"] for each in seen["documents"]]


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    "asked",
    [
        Asked("update"),
        Asked("the -update"),
        Asked(None, {"level": ["green"]}),
        Asked("the", {"source": ["hostile"]}),
        Asked(None, {}, since=START),
        Asked("nowhere"),
    ],
)
def test_any_search_is_exported_whole_and_by_id(polled: Archive, asked: Asked) -> None:
    with polled.reading() as session:
        found = {row["id"] for row in search(session, Asked(**asked.scope, limit=100))}
    rows = [json.loads(line) for line in lines(polled, asked).splitlines()]
    assert [row["id"] for row in rows] == sorted(found)


def test_a_query_that_cannot_be_read_is_refused_before_the_first_line(polled: Archive) -> None:
    with polled.reading() as session, pytest.raises(BadQuery):
        numbers_by_id(session, Asked('"open'))


def test_what_is_not_in_the_index_is_not_lost(polled: Archive, tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'archive.sqlite'}", tmp_path) as other:
        replay_into(polled, other, SOURCES, LATER)
        with other.writing() as session:
            session.execute(text("DELETE FROM search_keys"))
        assert lines(other) == lines(polled)


def test_a_line_is_canonical() -> None:
    row: dict[str, Any] = {"b": "é\u2028<", "a": [datetime(2020, 1, 2, 3, 4, 5, 678, UTC), None]}
    assert json_line(row) == '{"a":["2020-01-02T03:04:05.000678Z",null],"b":"é\u2028<"}\n'.encode()
    assert json_line({"a": "\ud800"}) == b'{"a":"\\ud800"}\n'
