"""Flood warnings of the Environment Agency's flood-monitoring API (environment.data.gov.uk/flood-monitoring)."""

from __future__ import annotations

from collections.abc import Iterator

from archive.records import Notification
from parsers.addresses import absolute
from parsers.attachments import attachments_and_links
from parsers.compose import compose
from parsers.data import JsonPage
from parsers.families.flood_item import LEVELS, Warned, codes_of
from parsers.json_members import Members
from parsers.lines import fold, typed_lines
from parsers.page import Page, PageChanged
from parsers.source import Source

TIMES = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z")
"""Read as Europe/London, unverified: the answers that were seen state no zone (`2021-03-31T15:21:00`, summer time), and
what could be read of the API's reference names none. The agency's other service, for partners, states `Z`."""


class FloodWarnings(Source):
    """What is in force for each flood area. The ref is the area and when it came to this severity.

    `timeRaised` follows every message (items seen: seconds after `timeMessageChanged`, months after
    `timeSeverityChanged`), so it is no identity: a new message at one severity is a revision, a change of severity
    and a new raise are bulletins of their own, and what they replace ends because the list no longer shows it.
    """

    acts = True

    def page(self, body: bytes, url: str, media_type: str | None = None) -> JsonPage:
        return JsonPage(body, url)

    def entries(self, page: Page) -> Iterator[Warned]:
        items = page.json.get("items") if isinstance(page, JsonPage) and isinstance(page.json, dict) else None
        if not isinstance(page, JsonPage) or not isinstance(items, list) or "@context" not in page.json:
            raise PageChanged(f"{page.url}: no list of items with @context, expected the API's answer")
        yield from (Warned(page, item) for item in items)

    def notification(self, entry: Warned) -> Notification:
        item, where = entry.members, entry.where
        area = Members.of(f"{where}: floodArea", item.values.get("floodArea") or {})
        number, level = item.words("floodAreaID"), item.number("severityLevel")
        if level not in LEVELS:
            raise PageChanged(f"{where}: severityLevel {level}, expected 1 to 4")
        severity, described = item.words("severity"), item.words("description")
        since = item.instant("timeSeverityChanged", TIMES)
        region = fold(item.words("eaAreaName", may_lack=True))
        lines = typed_lines(item.words("message", may_lack=True))
        attachments, links = attachments_and_links(lines, entry.page)
        return compose(
            self,
            absolute(item.words("@id"), entry.page.url) or entry.page.url,
            "\n".join(line.text for line in lines),
            ref=f"{number} {item.words('timeSeverityChanged')}",
            title=fold(f"{severity}: {described}"),
            issued=since,
            codes=codes_of(item, area, f"{level} {severity}"),
            region=region or None,
            links=links,
            attachments=attachments,
            evidence={
                "title": "severity, description",
                "text": f"message, as changed {item.words('timeMessageChanged', may_lack=True)[:40]}",
                "issued": "timeSeverityChanged"
                + ("" if "%z" in since.format else "; no zone stated, read as Europe/London"),
                "region": "eaAreaName" if region else "",
            },
        )
