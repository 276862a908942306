"""TfL line status: what is one disruption, what changes it, and what changes by itself."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from archive.records import Notification, Reading
from parsers.page import PageChanged
from parsers.source import parse, sources

URL = "https://api.tfl.gov.uk/Line/Mode/tube/Status"
START, END = "2026-02-03T15:57:37Z", "2026-02-04T01:29:00Z"


def status(severity: Any = 6, start: str | None = START, category: str = "RealTime", **members: Any) -> dict[str, Any]:
    described = "Good Service" if severity == 10 else f"State {severity}"
    period = {"fromDate": start, "toDate": END, "isNow": True}
    made: dict[str, Any] = {"statusSeverity": severity, "statusSeverityDescription": described}
    made |= {"created": "0001-01-01T00:00:00", "validityPeriods": [period] if start else []}
    return made | {"reason": "Signals failed.", "disruption": {"category": category}} | members


def line(*statuses: dict[str, Any], **members: Any) -> dict[str, Any]:
    made = {"id": "jubilee", "name": "Jubilee", "modeName": "tube", "modified": "2026-02-01T00:00:00Z"}
    return made | {"lineStatuses": list(statuses)} | members


def read(*lines: Any) -> Reading:
    return parse(sources()["tfl"], json.dumps(list(lines)).encode(), URL, "application/json")


def records(*lines: Any) -> list[Notification]:
    reading = read(*lines)
    assert not reading.refused
    return [entry.notification for entry in reading.read]


@pytest.mark.parametrize("severity", [10, 18])
def test_an_ordinary_service_is_healthy_and_no_bulletin(severity: int) -> None:
    assert read(line(status(severity))).seen == 0


@pytest.mark.parametrize("severity", [severity for severity in range(21) if severity not in (10, 18)])
def test_every_other_service_is_a_bulletin(severity: int) -> None:
    assert len(records(line(status(severity), status(10), status(18)))) == 1


def test_a_disruption_keeps_its_ref_while_reason_severity_and_end_change() -> None:
    (first,) = records(line(status()))
    later = status(9, reason="Signals still failed.")
    later["validityPeriods"][0]["toDate"] = "2026-02-04T02:00:00Z"
    (second,) = records(line(later))
    assert first.ref == second.ref == f"jubilee RealTime {START.replace('Z', '+00:00')}"
    assert first.content_hash() != second.content_hash()


def test_what_changes_by_itself_makes_no_revision() -> None:
    before = line(status(5, start=None, category="PlannedWork"), status())
    after = copy.deepcopy(before)
    after["modified"] = after["created"] = "2026-02-03T18:00:00Z"
    after["lineStatuses"][1]["validityPeriods"][0]["isNow"] = False
    after["lineStatuses"][1]["created"] = "2026-02-03T18:00:00Z"
    source = sources()["tfl"]
    hashes = {source.open(json.dumps([each]).encode(), URL).region_hash for each in (before, after)}
    readings = [read(before).read, read(after).read]
    assert len(hashes) == 1
    assert [each.notification for each in readings[0]] == [each.notification for each in readings[1]]
    assert [each.entry_hash for each in readings[0]] == [each.entry_hash for each in readings[1]]


def test_statuses_of_one_beginning_are_one_disruption() -> None:
    (found,) = records(line(status(6), status(3)))
    assert found.title == "Jubilee: State 6, State 3"
    assert found.text == "Signals failed."
    assert [said for scheme, said in found.codes if scheme == "tfl-severity"] == ["6 State 6", "3 State 3"]


def test_another_start_or_category_is_another_disruption() -> None:
    found = records(line(status(), status(start="2026-02-05T00:00:00Z"), status(category="PlannedWork")))
    assert len({each.ref for each in found}) == 3


def test_a_disruption_without_periods_has_no_dates() -> None:
    (found,) = records(line(status(20, start=None, disruption=None)))
    assert (found.ref, found.issued, found.expires) == ("jubilee 20", None, None)


def test_periods_are_read_whatever_their_order() -> None:
    periods = [
        {"fromDate": "2026-03-07T00:00:00Z", "toDate": "2026-03-08T00:00:00Z"},
        {"fromDate": START, "toDate": END},
    ]
    forth, back = (records(line(status(validityPeriods=each)))[0] for each in (periods, periods[::-1]))
    assert forth == back
    assert (forth.issued, forth.expires) == ("2026-02-03T15:57:37+00:00", "2026-03-08T00:00:00+00:00")


REFUSED: dict[str, Any] = {
    "statusSeverity is missing": line(status(statusSeverity=None)),
    "statusSeverity is '6'": line(status(statusSeverity="6")),
    "statusSeverity is true or false": line(status(statusSeverity=True)),
    "reason is a number, expected words": line(status(reason=7)),
    "fromDate: date 'soon'": line(status(start="soon")),
    "validityPeriods: an object, expected an array": line(status(validityPeriods={"fromDate": START})),
    "validityPeriods[0]: a string, expected an object": line(status(validityPeriods=["x"])),
    "disruption: an array, expected an object": line(status(disruption=["x"])),
    "lineStatuses: missing": line(lineStatuses=None),
    "0 statuses, expected at least 1": line(),
    "name is missing": line(status(), name=None),
    "id is empty": line(status(), id=" "),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_line_that_cannot_be_read_is_refused_and_its_neighbour_is_whole(why: str) -> None:
    reading = read(REFUSED[why], line(status(), id="victoria", name="Victoria"))
    assert [entry.notification.title for entry in reading.read] == ["Victoria: State 6"]
    (refused,) = reading.refused
    assert why in refused.reason


@pytest.mark.parametrize("document", ["[]", "{}", "null", "[1]", '[{"message": "no"}]', "<html>", '{"a": NaN}', ""])
def test_what_is_no_list_of_lines_is_an_error(document: str) -> None:
    with pytest.raises(PageChanged):
        parse(sources()["tfl"], document.encode(), URL)
