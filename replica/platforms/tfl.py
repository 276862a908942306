"""TfL's Unified API: the status of every line, most of them good, some with a disruption for a while."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from replica.answers import Answer, Visit
from replica.bulletins import at
from replica.platforms.site import JSON, PlatformSite, made

STATUS = "/Line/Mode/tube,overground,dlr,elizabeth-line/Status"
ENTITIES = "Tfl.Api.Presentation.Entities"
LINES = (
    ("bakerloo", "Bakerloo", "tube"),
    ("central", "Central", "tube"),
    ("circle", "Circle", "tube"),
    ("district", "District", "tube"),
    ("dlr", "DLR", "dlr"),
    ("elizabeth", "Elizabeth line", "elizabeth-line"),
    ("jubilee", "Jubilee", "tube"),
    ("mildmay", "Mildmay", "overground"),
    ("northern", "Northern", "tube"),
    ("piccadilly", "Piccadilly", "tube"),
    ("victoria", "Victoria", "tube"),
    ("windrush", "Windrush", "overground"),
)
GOOD = (10, "Good Service")


class Disrupted(NamedTuple):
    """What a line states from one step up to another; a disruption goes on where `began` is the same."""

    line: str
    stated: range
    began: int
    until: int
    severity: int
    described: str
    category: str
    reason: str


DISRUPTED = (
    Disrupted(
        "central",
        range(7),
        -20,
        30,
        5,
        "Part Closure",
        "PlannedWork",
        "Central line: No service between Ruislip Fields and Ongar Green until the weekend ends, while "
        "tracks are renewed. Replacement buses operate.",
    ),
    Disrupted(
        "elizabeth",
        range(2, 6),
        2,
        8,
        6,
        "Severe Delays",
        "RealTime",
        "Elizabeth line: Severe delays while we repair a signalling fault at Eastwick.",
    ),
    Disrupted(
        "elizabeth",
        range(6, 9),
        2,
        10,
        9,
        "Minor Delays",
        "RealTime",
        "Elizabeth line: Minor delays. The signalling fault at Eastwick has been repaired and trains "
        "return to their times.",
    ),
    Disrupted(
        "dlr",
        range(8, 14),
        8,
        14,
        9,
        "Minor Delays",
        "RealTime",
        "DLR: Minor delays due to an earlier faulty train at Quay Street.",
    ),
    Disrupted(
        "northern",
        range(15, 22),
        15,
        23,
        3,
        "Part Suspended",
        "RealTime",
        "Northern line: No service between Northgate and Mill Lane after a trespasser on the track. GOOD "
        "SERVICE on the rest of the line.",
    ),
    Disrupted(
        "mildmay",
        range(20, 33),
        20,
        60,
        7,
        "Reduced Service",
        "PlannedWork",
        "Mildmay line: A reduced service runs because of a strike. Last trains leave at 8pm.",
    ),
    Disrupted(
        "victoria",
        range(30, 37),
        30,
        37,
        6,
        "Severe Delays",
        "RealTime",
        "Victoria line: Severe delays while the emergency services deal with an incident at Station Road.",
    ),
)


class TflSite(PlatformSite):
    """The API, of which one address is answered."""

    def page(self, visit: Visit, step: int) -> Answer | None:
        if visit.path != STATUS:
            return None
        stated = {each.line: each for each in DISRUPTED if step in each.stated}
        lines = [_line(*line, stated.get(line[0])) for line in LINES]
        moves = (move for each in DISRUPTED for move in (each.stated.start, each.stated.stop) if move <= step)
        return made(JSON, json.dumps(lines), at(max(moves, default=0)))


def _line(number: str, name: str, mode: str, disrupted: Disrupted | None) -> dict[str, Any]:
    return {
        "$type": f"{ENTITIES}.Line, {ENTITIES}",
        "id": number,
        "name": name,
        "modeName": mode,
        "disruptions": [],
        "created": "2026-02-01T10:00:13.093Z",
        "modified": "2026-02-01T10:00:13.093Z",
        "lineStatuses": [_disruption(disrupted) if disrupted else _status(*GOOD)],
        "routeSections": [],
        "crowding": {"$type": f"{ENTITIES}.Crowding, {ENTITIES}"},
    }


def _status(severity: int, described: str) -> dict[str, Any]:
    return {
        "$type": f"{ENTITIES}.LineStatus, {ENTITIES}",
        "id": 0,
        "statusSeverity": severity,
        "statusSeverityDescription": described,
        "created": "0001-01-01T00:00:00",
        "validityPeriods": [],
    }


def _disruption(disrupted: Disrupted) -> dict[str, Any]:
    period = {
        "$type": f"{ENTITIES}.ValidityPeriod, {ENTITIES}",
        "fromDate": f"{at(disrupted.began):%Y-%m-%dT%H:%M:%SZ}",
        "toDate": f"{at(disrupted.until):%Y-%m-%dT%H:%M:%SZ}",
        "isNow": True,
    }
    disruption = {
        "$type": f"{ENTITIES}.Disruption, {ENTITIES}",
        "category": disrupted.category,
        "categoryDescription": disrupted.category,
        "description": disrupted.reason,
        "affectedRoutes": [],
        "affectedStops": [],
    }
    return {
        **_status(disrupted.severity, disrupted.described),
        "lineId": disrupted.line,
        "reason": disrupted.reason,
        "validityPeriods": [period],
        "disruption": disruption,
    }
