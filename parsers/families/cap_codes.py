"""What a CAP alert states in the words of CAP's own lists, or of its sender's (OASIS CAP-v1.2, 3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from parsers.families.cap_alert import CapAlert

if TYPE_CHECKING:
    from lxml.etree import _Element

ALERT_CODES = ("status", "msgType", "scope", "code", "incidents")
INFO_CODES = (
    *("language", "senderName", "category", "event", "responseType", "urgency", "severity", "certainty"),
    *("audience", "effective", "onset"),
)
ACTIONS = {"Update": "update", "Cancel": "cancel"}


def codes_of(alert: CapAlert) -> list[tuple[str, str]]:
    """What an alert states in words of CAP's own lists or of its sender's, once each."""
    return list(dict.fromkeys(_codes(alert)))


def _codes(alert: CapAlert) -> Iterator[tuple[str, str]]:
    for name in ALERT_CODES:
        yield from ((f"cap-{name.lower()}", said) for said in alert.every(name))
    action = ACTIONS.get(alert.one("msgType"))
    if action:
        yield "action", action
    for info in alert.members("info"):
        for name in INFO_CODES:
            yield from ((f"cap-{name.lower()}", said) for said in alert.every(name, info))
        yield from _named(alert, "eventCode", info)
    for area in areas_of(alert):
        yield from (("cap-area", said) for said in alert.every("areaDesc", area))
        yield from _named(alert, "geocode", area)


def _named(alert: CapAlert, name: str, of: _Element) -> Iterator[tuple[str, str]]:
    for member in alert.members(name, of):
        for said in alert.every("value", member):
            yield f"cap-{name.lower()}", f"{' '.join(alert.every('valueName', member))}={said}"


def areas_of(alert: CapAlert) -> Iterator[_Element]:
    """The areas of all blocks, in order."""
    return (area for info in alert.members("info") for area in alert.members("area", info))
