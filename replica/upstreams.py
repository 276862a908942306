"""The sites of the upstreams beside the CSSC page: which platform stands under which host name, with which stories."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from replica.answers import Site
from replica.bulletins import planned
from replica.platforms.feeds import NcscSite, ThreatLevelSite, WarningsSite
from replica.platforms.floods import FloodsSite
from replica.platforms.govuk import AssetsSite, GovUkSite
from replica.platforms.govuk_organisation import Organisation
from replica.platforms.mynewsdesk import MynewsdeskSite
from replica.platforms.own_press import Habits, OwnPressSite
from replica.platforms.practice import practice_sites
from replica.platforms.single_online_home import SingleOnlineHomeSite
from replica.platforms.tfl import TflSite
from replica.platforms.wordpress import WordPressSite

FORCES_FILE = Path(__file__).parent / "forces.txt"
DOCUMENT_EVERY = 4
"""Every fourth force has a document from the first step on: each costs the reader of documents a process."""
LEAFLET = "/files/{slug}.pdf"
PUBLISHED = '<p class="date">Published {issued.day} {issued:%B %Y}</p>'
OWN_PRESS = (
    (
        "www.avonandsomerset.police.uk",
        "Avon and Somerset Police",
        "/news/",
        "police",
        Habits(
            "/news/{issued:%Y}/{issued:%m}/{slug}/",
            LEAFLET,
            head=(
                '<meta property="article:published_time" content="{issued_iso}">'
                '<meta property="article:modified_time" content="{changed_iso}">'
            ),
        ),
    ),
    (
        "www.scotland.police.uk",
        "Police Scotland",
        "/what-s-happening/news/",
        "police",
        Habits("/what-s-happening/news/{issued:%Y}/{month}/{slug}/", LEAFLET, dateline=PUBLISHED),
    ),
    (
        "www.psni.police.uk",
        "PSNI",
        "/latest-news",
        "police",
        Habits("/latest-news/{slug}", LEAFLET, dateline='<div class="news-date">{issued.day} {issued:%B %Y}</div>'),
    ),
    (
        "www.reportfraud.police.uk",
        "Report Fraud",
        "/news/",
        "fraud",
        Habits("/news/{slug}/", LEAFLET, dateline=PUBLISHED, withdrawal="says so"),
    ),
    (
        "www.protectuk.police.uk",
        "ProtectUK",
        "/news",
        "security",
        Habits(
            "/news-views/{slug}",
            "/sites/default/files/{slug}.pdf",
            dateline=(
                '<div>ProtectUK publication date</div><div><time datetime="{issued_iso}">{issued:%d/%m/%Y}</time></div>'
            ),
            card='<time datetime="{issued_iso}">{issued.day} {issued:%B %Y}</time>',
            withdrawal="410",
        ),
    ),
    (
        "www.npsa.gov.uk",
        "NPSA",
        "/news",
        "security",
        Habits("/news/{slug}", "/system/files/documents/{slug}.pdf", dateline="<p>Last Updated {changed:%d %B %Y}</p>"),
    ),
)
"""Host, name, start, kind of stories, and habits."""


def upstream_sites() -> Iterator[Site]:
    """Every site but the CSSC page's, each with bulletins of its own."""
    yield from _forces()
    for place, (host, name, start, kind, habits) in enumerate(OWN_PRESS):
        yield OwnPressSite(host, name, start, habits, planned(host, kind, shift=40 + place, documents=place % 2))
    met = planned("met", "police", first=6, later=4, shift=3)
    yield MynewsdeskSite("news.met.police.uk", "Metropolitan Police", "/rss/current_news/66871", met)
    yield WordPressSite("www.thecssc.com", "CSSC", planned("cssc", "desk", first=8, later=4, shift=2))
    yield NcscSite("www.ncsc.gov.uk", planned("ncsc", "cyber", first=8, later=4, shift=1))
    yield ThreatLevelSite("www.mi5.gov.uk")
    yield WarningsSite("www.metoffice.gov.uk")
    yield TflSite("api.tfl.gov.uk")
    yield FloodsSite("environment.data.gov.uk")
    govuk = GovUkSite(tuple(_organisations()))
    yield govuk
    yield AssetsSite(govuk)
    yield from practice_sites()


def _forces() -> Iterator[Site]:
    lines = FORCES_FILE.read_text(encoding="utf-8").splitlines()
    stated = [line for line in lines if line and not line.startswith("#")]
    for place, line in enumerate(stated):
        host, area, name, kind = (part.strip() for part in line.split("|"))
        supply = planned(host, kind, shift=place, documents=int(place % DOCUMENT_EVERY == 0))
        yield SingleOnlineHomeSite(host, area, name, supply, is_dated=place % 2 == 0)


def _organisations() -> Iterator[Organisation]:
    home = planned("home-office", "home", first=22, later=4, shift=5)
    yield Organisation("home-office", "Home Office", home)
    nactso = planned("nactso", "counter", first=6, later=4, shift=7)
    yield Organisation(
        "national-counter-terrorism-security-office", "National Counter Terrorism Security Office", nactso
    )
