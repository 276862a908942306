"""Flood warnings: what is one warning, what revises it, what ends it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archive.records import Notification, Reading
from parsers.page import PageChanged
from parsers.source import parse, sources

URL = "https://environment.data.gov.uk/flood-monitoring/id/floods"


def item(**members: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"@id": f"{URL}/099FWF1", "description": "River Wibble", "eaAreaName": "Wibble"}
    made |= {"floodArea": {"county": "Wibbleshire", "riverOrSea": "Wibble"}, "floodAreaID": "099FWF1", "isTidal": False}
    made |= {"message": "Water is rising.", "severity": "Flood warning", "severityLevel": 2}
    made |= {"timeMessageChanged": "2026-07-03T16:09:00", "timeRaised": "2026-07-03T16:09:22"}
    return made | {"timeSeverityChanged": "2026-07-02T18:55:00"} | members


def read(*items: Any) -> Reading:
    document = {"@context": "http://environment.data.gov.uk/context.jsonld", "meta": {}, "items": list(items)}
    return parse(sources()["environment-agency-floods"], json.dumps(document).encode(), URL, "application/json")


def record(**members: Any) -> Notification:
    (entry,) = read(item(**members)).read
    return entry.notification


def test_a_new_message_is_a_revision() -> None:
    raised = {"timeRaised": "2026-07-04T09:00:31", "timeMessageChanged": "2026-07-04T09:00:00"}
    before, after = record(), record(message="Water is falling.", **raised)
    assert before.ref == after.ref == "099FWF1 2026-07-02T18:55:00"
    assert before.content_hash() != after.content_hash()


def test_a_message_sent_again_unchanged_is_no_revision() -> None:
    again = record(timeRaised="2026-07-04T09:00:31", timeMessageChanged="2026-07-04T09:00:00")
    assert record().content_hash() == again.content_hash()


@pytest.mark.parametrize(("level", "severity"), [(1, "Severe flood warning"), (2, "Flood warning")])
def test_a_new_severity_and_a_new_raise_are_bulletins_of_their_own(level: int, severity: str) -> None:
    later = record(severityLevel=level, severity=severity, timeSeverityChanged="2026-08-02T18:55:00")
    assert later.ref != record().ref
    assert ("flood-severity", f"{level} {severity}") in later.codes


def test_a_warning_no_longer_in_force_says_so() -> None:
    assert ("action", "cancel") in record(severityLevel=4, severity="Warning no longer in force").codes
    assert ("action", "cancel") not in record().codes


def test_times_without_a_zone_are_of_london_and_the_evidence_says_so() -> None:
    summer, stated = record(), record(timeSeverityChanged="2026-07-02T18:55:00Z")
    assert (summer.issued, stated.issued) == ("2026-07-02T18:55:00+01:00", "2026-07-02T18:55:00+00:00")
    assert summer.evidence["issued"] == "timeSeverityChanged; no zone stated, read as Europe/London"
    assert stated.evidence["issued"] == "timeSeverityChanged"


def test_nothing_in_force_is_healthy() -> None:
    assert read().seen == 0


REFUSED: dict[str, Any] = {
    "severityLevel 0, expected 1 to 4": item(severityLevel=0),
    "severityLevel is '2'": item(severityLevel="2"),
    "floodAreaID is missing": item(floodAreaID=None),
    "timeSeverityChanged is missing": item(timeSeverityChanged=None),
    "timeSeverityChanged: date 'x'": item(timeSeverityChanged="x"),
    "floodArea: a string, expected an object": item(floodArea="http://area.example/"),
    "severity is empty": item(severity=""),
    "message is an array, expected words": item(message=["x"]),
    "expected an object": 7,
}


@pytest.mark.parametrize("why", REFUSED)
def test_an_item_that_cannot_be_read_is_refused_and_its_neighbour_is_whole(why: str) -> None:
    reading = read(REFUSED[why], item(floodAreaID="099FWF2"))
    assert [entry.notification.ref for entry in reading.read] == ["099FWF2 2026-07-02T18:55:00"]
    (refused,) = reading.refused
    assert why in refused.reason


@pytest.mark.parametrize("document", ["[]", "{}", '{"items": []}', '{"@context": "", "items": {}}', "<html>", ""])
def test_what_is_no_answer_of_the_api_is_an_error(document: str) -> None:
    with pytest.raises(PageChanged):
        parse(sources()["environment-agency-floods"], document.encode(), URL)
