"""The record of one CAP alert, all of its languages in one."""

from __future__ import annotations

from archive.records import Notification
from parsers.compose import compose
from parsers.families.cap_alert import BULLETINS, SIGNATURE, STATUSES, VERSIONS, CapAlert
from parsers.families.cap_codes import codes_of
from parsers.families.cap_index import ITEMS, Item
from parsers.families.cap_infos import documents_of, expires_of, language_of, lines_of, region_of, title_of
from parsers.source import Source


def record_of(source: Source, alert: CapAlert) -> Notification:
    """The record of an alert. Raises PageChanged where its identity, status, kind or an instant cannot be read.

    What CAP requires beyond that (scope, category, …) is not missed: a warning is not held back for it.
    """
    for name, known in (("status", STATUSES), ("msgType", BULLETINS)):
        alert.one(name, known)
    title, found = title_of(alert, alert.page.facts.get("title", ""))
    lines, expires, region = lines_of(alert), expires_of(alert), region_of(alert)
    attachments, links = documents_of(alert, lines)
    return compose(
        source,
        _address(alert),
        "\n".join(line.text for line in lines if line.text),
        ref=alert.ref,
        title=title,
        issued=alert.instant(alert.one("sent"), "sent"),
        codes=codes_of(alert),
        expires=expires,
        region=region,
        links=links,
        attachments=attachments,
        references=" ".join(alert.every("references")).split(),
        language=language_of(alert),
        evidence={
            "document": f"CAP {VERSIONS[alert.namespace]}{_how_read(alert)}",
            "title": found,
            "text": "headline, description and instruction of each info block in order, then the note",
            "issued": "sent",
            "expires": "expires, the last where info blocks differ" if expires else "",
            "region": "the only areaDesc" if region else "",
        },
    )


def _address(alert: CapAlert) -> str:
    """The page for people that a feed states beside an alert which it carries whole, else the document."""
    beside = next(alert.element.iterancestors(*ITEMS), None)
    return alert.page.url if beside is None else Item(alert.page, beside).page_address()


def _how_read(alert: CapAlert) -> str:
    signed = next(alert.element.iterchildren(SIGNATURE), None) is not None
    older = "" if VERSIONS[alert.namespace] == "1.2" else ", read by the rules of 1.2"
    return older + (", with an enveloped XML signature that was not verified" if signed else "")
