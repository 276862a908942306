"""Lines that are none of an export, or not as they were exported: told, and at their own cost alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.exchange import MOST_LINE_BYTES, BadLine, read_line
from archive.finding import Asked
from archive.records import Notification
from archive.store import Archive
from ingest.loading import BATCH_LINES
from tests.archive.loads import load, rows_of
from tests.archive.test_export import LATER, lines

LONG = "x" * 1_999 + "\N{POUND SIGN}"
Wrong = Callable[[dict[str, Any]], Any]
WRONG: dict[str, Wrong] = {
    "format: 'bulletins/2', expected 'bulletins/1'": lambda row: row.update(format="bulletins/2"),
    "format: None, expected": lambda row: row.pop("format"),
    "invented: True, expected False": lambda row: row.update(invented=True),
    "source: 'nowhere', expected one that this version reads": lambda row: (
        row.update(source="nowhere"),
        [each["record"].update(source="nowhere") for each in row["revisions"]],
    ),
    "revisions.0.record.source: 'hostile', expected 'bsia-cssc'": lambda row: row["revisions"][0]["record"].update(
        source="hostile"
    ),
    "id: 0123456789abcdef, expected": lambda row: row.update(id="0123456789abcdef"),
    "expected": lambda row: row.update(first_ref="another"),
    "id: 7, expected a valid string": lambda row: row.update(id=7),
    "text: not there, expected it": lambda row: row.pop("text"),
    "more: not known, expected the fields of bulletins/1": lambda row: row.update(more=1),
    "revisions.0.record.more: not known": lambda row: row["revisions"][0]["record"].update(more=1),
    "level: 'orange', expected 'green'": lambda row: row.update(level="orange"),
    "state: 'gone', expected 'current'": lambda row: row.update(state="gone"),
    "title: 'a\\x00', expected a text without NUL": lambda row: row.update(title="a\0"),
    "title: '\\ud800', expected a text without NUL and halves": lambda row: row.update(title="\ud800"),
    "revisions.0.at: 2999-01-01T00:00:00Z, expected a time from 1990": lambda row: row["revisions"][0].update(
        at="2999-01-01T00:00:00Z"
    ),
    "revisions.0.at: '0001-01-01T00:00:00+14:00', expected a time in UTC": lambda row: row["revisions"][0].update(
        at="0001-01-01T00:00:00+14:00"
    ),
    "last_seen: '9999-12-31T23:59:59-14:00', expected a time in UTC": lambda row: row.update(
        last_seen="9999-12-31T23:59:59-14:00"
    ),
    "first_seen: '2018', expected a time in UTC": lambda row: row.update(first_seen="2018"),
    "sightings.0: ends before it begins": lambda row: row["sightings"][0].update(last_at="1999-01-01T00:00:00Z"),
    "sightings: [], expected": lambda row: row.update(sightings=[]),
    "revisions.0.content_hash: not that of its record": lambda row: row["revisions"][0]["record"].update(text="x"),
    "revisions: [1, 1": lambda row: row["revisions"].append(row["revisions"][0]),
    "expected each once, 9 among them": lambda row: row.update(revision=9),
    "record.issued: '2018-99-99', expected an ISO 8601 date": lambda row: dated(row, "2018-99-99"),
    "record.issued: '2018', expected an ISO 8601 date": lambda row: dated(row, "2018", "day"),
    "record.issued: '2018-07', expected an ISO 8601 date": lambda row: dated(row, "2018-07", "day"),
    "record.issued: '2018-07-02', expected an ISO 8601 date": lambda row: dated(row, "2018-07-02", "minute"),
    "text not as its revisions": lambda row: row.update(text="Other words."),
    "first_seen not as its revisions": lambda row: row.update(first_seen="1999-01-01T00:00:00Z"),
    "documents not as its revisions": lambda row: row["documents"].append(
        {"url": "https://example.org/x.pdf", "title": "", "cited": True, "recognised": None, "sha256": "0" * 64}
    ),
    "first_ref: 'xxx": lambda row: row.update(first_ref=LONG),
    "ref: 'xxx": lambda row: row.update(ref=LONG),
    "url: 'xxx": lambda row: row.update(url=LONG),
    "region: 'xxx": lambda row: row.update(region=LONG),
    "issuers.0: 'xxx": lambda row: row.update(issuers=[LONG]),
    "topics.0: 'xxx": lambda row: row.update(topics=[LONG]),
    "attachments.0.url: 'xxx": lambda row: row.update(attachments=[{"url": LONG, "title": ""}]),
    "revisions.0.record.ref: 'xxx": lambda row: row["revisions"][0]["record"].update(ref=LONG),
    "sightings.0.url: 'xxx": lambda row: row["sightings"][0].update(url=LONG),
    "documents.0.url: 'xxx": lambda row: row.update(
        documents=[{"url": LONG, "title": "", "cited": False, "recognised": None, "sha256": None}]
    ),
    "codes.0.value: not there": lambda row: row.update(codes=[{"scheme": "x"}]),
}


def dated(row: dict[str, Any], issued: str, precision: str = "day") -> None:
    record = row["revisions"][0]["record"]
    record["issued"], record["issued_precision"] = issued, precision
    row["revisions"][0]["content_hash"] = Notification.from_row(record).content_hash()


def test_a_line_that_is_wrong_is_told_and_costs_itself(
    polled: Archive, on_sqlite: Callable[[str], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    good, victim = rows_of(lines(polled, Asked(None, {"source": ["bsia-cssc"]})))[:2]
    bad = [json.loads(json.dumps(victim)) for _ in WRONG]
    for row, wrong in zip(bad, WRONG.values(), strict=True):
        wrong(row)
    monkeypatch.setattr("ingest.loading.MOST_TOLD", len(WRONG))
    made, told = on_sqlite("made"), list[str]()
    reports = load(made, "\n\n".join(map(json.dumps, [*bad, good])).encode(), told)
    kept = sum(said.endswith("not as its revisions") for said in WRONG)
    assert (reports["-"].accounts.errors, reports["bsia-cssc"].accounts.quarantined) == (len(WRONG) - kept, kept)
    assert all(report.lossy for report in reports.values())
    by_line = {int(line.partition(": ")[0].rpartition(" ")[2]): line for line in told}
    for place, said in enumerate(WRONG):
        assert said in by_line[2 * place + 1], said
        assert "'xxx" not in said or by_line[2 * place + 1].endswith("expected at most 2,000 bytes")
    assert [each["id"] for each in rows_of(lines(made))] == [good["id"]]


BYTES = {
    "character 1: Expecting value": b"id,source,title",
    "byte 13: no UTF-8": b'{"format": "\xff"}',
    "'id' is stated twice": b'{"id": 1, "id": 2}',
    "NaN is no JSON": b'{"format": NaN}',
    "brackets too deep": b"[" * 200_000,
    "format: [], expected": b"[]",
    "format: '9', expected": b'"9"',
    "expected one JSON object": b"9" * 5_000,
    "more than 33,554,432 bytes": b'"' + b"x" * (MOST_LINE_BYTES + 100) + b'"',
}


def test_what_is_no_line_of_an_export_is_told(polled: Archive, on_sqlite: Callable[[str], Archive]) -> None:
    made, told = on_sqlite("made"), list[str]()
    body = b"\xef\xbb\xbf" + b"\r\n".join([*BYTES.values(), *lines(polled).splitlines()])
    reports = load(made, body, told)
    assert reports["-"].accounts.errors == len(BYTES)
    for place, (said, line) in enumerate(zip(BYTES, told, strict=True), start=1):
        assert line.startswith(f"file, line {place}: ") and said in line
    assert lines(made) == lines(polled)
    many = list[str]()
    load(made, b"x\n" * 50, many)
    assert len(many) == 21 and many[-1] == "file: 30 more lines like these"


def test_what_stands_before_an_error_that_nobody_foresaw_is_kept(
    polled: Archive, on_sqlite: Callable[[str], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = lines(polled).splitlines()
    assert len(good) < BATCH_LINES

    def failing(line: bytes, now: datetime) -> dict[str, Any]:
        if line == good[-1]:
            raise OverflowError("date value out of range")
        return read_line(line, now)

    monkeypatch.setattr("ingest.loading.read_line", failing)
    made = on_sqlite("made")
    with pytest.raises(OverflowError, match="date value out of range"):
        load(made, b"\n".join(good))
    assert lines(made).splitlines() == good[:-1]


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=3), inner, max_size=2)),
    max_leaves=4,
)


@pytest.fixture(scope="session")
def sample(polled: Archive) -> str:
    """The shortest line of an export."""
    return min(lines(polled).splitlines(), key=len).decode()


@settings(max_examples=60)
@given(st.data())
def test_no_value_in_the_place_of_another_does_more_than_be_refused(sample: str, data: st.DataObject) -> None:
    row = place = json.loads(sample)
    while place:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], (dict, list)) or data.draw(st.booleans()):
            place[key] = data.draw(VALUES)
            break
        place = place[key]
    try:
        read_line(json.dumps(row).encode(), LATER)
    except BadLine as problem:
        assert ", expected " in str(problem)
