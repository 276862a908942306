"""Plain feeds: the NCSC's of all it publishes, MI5's threat level, the Met Office's warnings (none is healthy)."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import NamedTuple

from replica.answers import Answer, Visit
from replica.bulletins import LONDON, Edition, Supply, at
from replica.platforms.site import PlatformSite, as_html, document, made

NCSC_FEED = "/api/1/services/v1/all-rss-feed.xml"
NCSC = """<?xml version="1.0" encoding="UTF-8"?>
<rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>\
<title><![CDATA[NCSC Feed]]></title><description><![CDATA[The latest from the NCSC]]></description>\
<link>https://{host}</link><generator>RSS for Node</generator>\
<lastBuildDate>{built}</lastBuildDate>{items}</channel></rss>
"""
NCSC_ITEM = """<item><title><![CDATA[{title}]]></title><description><![CDATA[{words}]]></description>\
<link>{link}</link><guid isPermaLink="true">{link}</guid><pubDate>{date}</pubDate></item>
"""
SECTIONS = ("news", "report", "guidance")

THREAT_FEED = "/UKThreatLevel/UKThreatLevel.xml"
THREAT = """<?xml version="1.0" encoding="utf-8" ?>
<rss version="2.0" xml:base="https://{host}{path}" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
  <title>UK Threat Level</title>
  <link>https://{host}{path}</link>
  <description>The threat levels in force, as the replica invents them</description>
  <language>en</language>
  <item>
    <title>Current Threat Level: {level}</title>
    <link>https://{host}/threat-levels</link>
    <description>&lt;p&gt;The current national threat level is {level}.&amp;nbsp;The threat to Northern Ireland from \
Northern Ireland-related terrorism is {northern}.&lt;/p&gt;</description>
    <pubDate>{printed}</pubDate>
  </item>
</channel>
</rss>
"""
THREATS = ((0, "SUBSTANTIAL", "SUBSTANTIAL"), (9, "SEVERE", "SUBSTANTIAL"), (24, "SEVERE", "MODERATE"))
"""From which step on which levels are in force: the national one, and Northern Ireland's."""

WARNINGS_FEED = "/public/data/PWSCache/WarningsRSS/Region/UK"
WARNINGS = """<?xml version="1.0" encoding="UTF-8"?>
<rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">
  <channel>
    <title>Met Office warnings for UK</title>
    <link>https://{host}/weather/warnings-and-advice/uk-warnings</link>
    <description>Warnings of severe weather, as the replica invents them</description>
    <language>en-gb</language>
    <copyright>(c) Crown copyright</copyright>
    <pubDate>{built}</pubDate>
    <dc:creator>enquiries@metoffice.gov.uk</dc:creator>
{items}  </channel>
</rss>
"""
WARNING = """    <item>
      <title>{title}</title>
      <link>https://{host}/weather/warnings-and-advice/uk-warnings#?date={day:%Y-%m-%d}&amp;id={number}</link>
      <description>{title}: {areas} valid from {start:%H%M %a %d %b} to {end:%H%M %a %d %b}</description>
    </item>
"""


class NcscSite(PlatformSite):
    """The NCSC: its feed, and the documents that items point to."""

    def __init__(self, host: str, supply: Supply) -> None:
        super().__init__(host)
        self.supply = supply

    def page(self, visit: Visit, step: int) -> Answer | None:
        if visit.path == NCSC_FEED:
            changed_at = self.supply.changed_at(step)
            items = "".join(map(self._item, self.supply.shown(step, halved=visit.halved)))
            return made(
                "application/xml", NCSC.format(host=self.host, built=_rfc_822(at(step)), items=items), changed_at
            )
        edition = self.supply.find(visit.path.rpartition("/")[2].removesuffix(".pdf"), step)
        if edition is None or edition.is_withdrawn or visit.path != _annex(edition):
            return None
        return document(edition.title, edition.paragraphs, edition.issued)

    def _item(self, edition: Edition) -> str:
        link = f"https://{self.host}/{SECTIONS[edition.number % len(SECTIONS)]}/{edition.slug}"
        words = as_html([*edition.paragraphs, edition.addition] if edition.addition else edition.paragraphs)
        if edition.bulletin.has_document:
            words += f'<p>The figures are in <a href="{_annex(edition)}">the annex</a>.</p>'
        return NCSC_ITEM.format(title=edition.title, words=words, link=link, date=_rfc_822(edition.issued))


class ThreatLevelSite(PlatformSite):
    """MI5: one item, which is rewritten when a level changes."""

    def page(self, visit: Visit, step: int) -> Answer | None:
        if visit.path != THREAT_FEED:
            return None
        since, level, northern = [each for each in THREATS if each[0] <= step][-1]
        changed_at = at(since) - timedelta(minutes=10)
        printed = changed_at.astimezone(LONDON).strftime("%A, %B %d, %Y -  %H:%M")
        body = THREAT.format(host=self.host, path=THREAT_FEED, level=level, northern=northern, printed=printed)
        return made("text/xml; charset=utf-8", body, changed_at)


class Warned(NamedTuple):
    """A warning of weather: listed from one step up to another; valid for hours from a step on."""

    listed: range
    number: str
    level: str
    weather: str
    region: str
    areas: str
    valid: range


RAIN = "0b7c5d1e-3f2a-4c6b-9d8e-112233445566"
WIND = "7f6e5d4c-aaaa-4bbb-8ccc-665544332211"
SNOW = "7f6e5d4c-bbbb-4bbb-8ccc-665544332211"
WARNED = (
    Warned(range(3, 12), RAIN, "Yellow", "rain", "Wales", "Gwynedd", range(5, 23)),
    Warned(range(3, 9), RAIN, "Yellow", "rain", "North West England", "Cumbria, Lancashire", range(5, 23)),
    Warned(range(9, 15), RAIN, "Amber", "rain", "North West England", "Cumbria", range(8, 16)),
    Warned(range(20, 36), WIND, "Yellow", "wind", "Grampian", "Moray", range(22, 40)),
    Warned(range(27, 41), SNOW, "Red", "snow &amp; ice", "Orkney &amp; Shetland", "Orkney Islands", range(30, 50)),
)
"""None at first; a yellow one that becomes amber where it is worst; none again; then wind and snow."""


class WarningsSite(PlatformSite):
    """The Met Office: warnings in force, one item for each region of a warning."""

    def page(self, visit: Visit, step: int) -> Answer | None:
        if visit.path != WARNINGS_FEED:
            return None
        items = "".join(self._item(each) for each in WARNED if step in each.listed)
        moves = {moment for each in WARNED for moment in (each.listed.start, each.listed.stop) if moment <= step}
        changed_at = at(max(moves, default=0))
        return made(
            "application/rss+xml;charset=UTF-8",
            WARNINGS.format(host=self.host, built=_rfc_822(changed_at), items=items),
            changed_at,
        )

    def _item(self, warned: Warned) -> str:
        start, end = (at(hour).astimezone(LONDON) for hour in (warned.valid.start, warned.valid.stop))
        title = f"{warned.level} warning of {warned.weather} affecting {warned.region}"
        return WARNING.format(
            host=self.host, title=title, day=start, number=warned.number, areas=warned.areas, start=start, end=end
        )


def _annex(edition: Edition) -> str:
    return f"/files/{edition.slug}.pdf"


def _rfc_822(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)
