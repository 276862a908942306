"""The Environment Agency's flood-monitoring API: what is in force for each flood area; nothing at all for a while."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from replica.answers import Answer, Visit
from replica.bulletins import LONDON, at
from replica.platforms.site import JSON, PlatformSite, made

FLOODS = "/flood-monitoring/id/floods"
BASE = "http://environment.data.gov.uk/flood-monitoring"
SEVERITIES = {1: "Severe flood warning", 2: "Flood warning", 3: "Flood alert", 4: "Warning no longer in force"}
META = {
    "publisher": "Environment Agency",
    "licence": "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "documentation": f"{BASE}/doc/reference",
    "version": "0.9",
    "comment": "Status: Beta service",
}


class Flood(NamedTuple):
    """One flood area from one step up to another; `since` is the step at which it came to its severity."""

    listed: range
    area: str
    described: str
    river: str
    level: int
    since: int
    message: str


WIBBLE, UPPER, COAST = "099FWFWIB1", "099WAFWIB", "099FWTSEA"
FLOODING = (
    Flood(
        range(10),
        UPPER,
        "Upper Wibble and tributaries",
        "River Wibble, Carrow Brook",
        3,
        -30,
        "Showers may bring rivers up. Low fields may flood.",
    ),
    Flood(
        range(2, 5),
        WIBBLE,
        "River Wibble at Wibbleford",
        "River Wibble",
        3,
        2,
        "River levels are rising after heavy rain.",
    ),
    Flood(
        range(5, 8),
        WIBBLE,
        "River Wibble at Wibbleford",
        "River Wibble",
        2,
        5,
        "River levels rose quickly today.\n\nFlooding of the High Street is expected from 10pm. Move cars"
        " to higher ground.",
    ),
    Flood(
        range(8, 13),
        WIBBLE,
        "River Wibble at Wibbleford",
        "River Wibble",
        2,
        5,
        "The High Street is flooded to a depth of 30 cm. The peak is expected at midnight.",
    ),
    Flood(
        range(13, 17),
        WIBBLE,
        "River Wibble at Wibbleford",
        "River Wibble",
        4,
        13,
        "The river has fallen; no further flooding is expected.",
    ),
    Flood(
        range(22, 30),
        COAST,
        "Coast at Saltmouth",
        "North Sea",
        1,
        22,
        "Danger to life from waves at high tide. Stay away from the promenade.",
    ),
    Flood(
        range(30, 34), COAST, "Coast at Saltmouth", "North Sea", 4, 30, "The tide has turned and the wind has dropped."
    ),
    Flood(
        range(26, 41),
        UPPER,
        "Upper Wibble and tributaries",
        "River Wibble, Carrow Brook",
        3,
        26,
        "The ground is wet, and rivers answer quickly to rain.",
    ),
)


class FloodsSite(PlatformSite):
    """The API, of which the list of floods is answered."""

    def page(self, visit: Visit, step: int) -> Answer | None:
        if visit.path != FLOODS:
            return None
        items = [_item(flood) for flood in FLOODING if step in flood.listed]
        moves = (move for each in FLOODING for move in (each.listed.start, each.listed.stop) if move <= step)
        body = {"@context": f"{BASE}/meta/context.jsonld", "meta": META, "items": items}
        return made(JSON, json.dumps(body), at(max(moves, default=0)))


def _item(flood: Flood) -> dict[str, Any]:
    area = f"{BASE}/id/floodAreas/{flood.area}"
    return {
        "@id": f"{BASE}/id/floods/{flood.area}",
        "description": flood.described,
        "eaAreaName": "Wibble and Carrow",
        "eaRegionName": "No longer used",
        "floodArea": {
            "@id": area,
            "county": "Wibbleshire",
            "notation": flood.area,
            "polygon": f"{area}/polygon",
            "riverOrSea": flood.river,
        },
        "floodAreaID": flood.area,
        "isTidal": flood.area == COAST,
        "message": flood.message,
        "severity": SEVERITIES[flood.level],
        "severityLevel": flood.level,
        "timeMessageChanged": _local(flood.listed.start),
        "timeRaised": _local(flood.listed.start),
        "timeSeverityChanged": _local(flood.since),
    }


def _local(step: int) -> str:
    """UK local time without saying so, as the API states it."""
    return f"{at(step).astimezone(LONDON):%Y-%m-%dT%H:%M:%S}"
