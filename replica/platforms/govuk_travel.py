"""Travel advice on GOV.UK: an index of countries that do not exist, each page re-issued as a whole when it changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from replica.answers import Answer
from replica.bulletins import BEFORE_ALL, at
from replica.platforms.govuk_items import ASSETS, Row, atom_feed, index_item, item, stated
from replica.platforms.site import document, gone

INDEX = "/foreign-travel-advice"
DEPARTMENT = "Foreign, Commonwealth & Development Office"
STEMS = (
    "Ald Bor Cald Dor El Fard Gal Hild Ist Jor Kar Lor Mor Ner Ord Pel Quar Ros Syld Tor Ul Vel Wend Yar Zend".split()
)
ENDINGS = "avia enza imar onda uria ovar esk ithia".split()
FURTHER = ("Ruritania", "Graustark", "Orsinia", "Brobdingnia", "Lutha", "Zembla")
MAPPED = 5
"""So many of the countries that change come with a map as PDF."""
STATUSES = (
    (),
    ("avoid_all_but_essential_travel_to_parts",),
    ("avoid_all_travel_to_parts", "avoid_all_but_essential_travel_to_parts"),
    ("avoid_all_travel_to_whole_country",),
)
"""How grave the advice is, from nothing to all travel."""
NOTES = (
    "FCDO no longer advises against travel to parts of {name}.",
    "FCDO advises against all but essential travel to the border valleys of {name}.",
    "FCDO now advises against all travel to the border valleys of {name}, where roads are mined.",
    "FCDO now advises against all travel to {name}. Its airports are closed.",
)
ENTRY_NOTE = "New information about entry requirements: a form has to be filled in before the flight (‘Entry’ page)."
RISKS = "FCDO provides advice about risks of travel to help British nationals make informed decisions."


@dataclass(frozen=True, slots=True)
class Issue:
    """The advice as it was issued at a step: how grave, and the note of its change."""

    step: int
    grave: int
    note: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country and the issues of its advice, oldest first; at the step `left` its page goes from the site."""

    name: str
    issues: tuple[Issue, ...]
    left: int | None = None
    has_map: bool = False

    @property
    def path(self) -> str:
        return f"{INDEX}/{self.name.lower()}"

    @property
    def map_path(self) -> str:
        return f"/media/{len(self.name):012x}/{self.name}_map.pdf"

    def issued(self, step: int) -> Issue | None:
        """The advice that stands; None where the page is not there yet, or is gone."""
        if self.left is not None and step >= self.left:
            return None
        return next((issue for issue in reversed(self.issues) if issue.step <= step), None)


@cache
def countries() -> tuple[Country, ...]:
    """All countries; every seventeenth changes over the timeline, one of them arrives late, and one goes."""
    names = sorted((*(stem + ending for stem in STEMS for ending in ENDINGS), *FURTHER))
    return tuple(_country(place, name) for place, name in enumerate(names))


def _country(place: int, name: str) -> Country:
    first = Issue(BEFORE_ALL - place, 0, "Editorial changes.")
    if place % 17:
        return Country(name, (first,))
    turn = place // 17
    issues = (first, *(Issue(moment, grave, _note(grave, name)) for moment, grave in _course(turn)))
    if turn == 11:
        return Country(name, (Issue(11, 1, NOTES[1].format(name=name)),))
    return Country(name, issues, left=26 if turn == 10 else None, has_map=turn < MAPPED)


def _course(turn: int) -> Iterator[tuple[int, int]]:
    """When the advice of a country that changes is issued again, and how grave it then is."""
    yield 1 + turn * 2, 1 + turn % 3
    yield 8 + turn * 2, (2 + turn) % 4
    yield 15 + turn * 2, 0


def _note(grave: int, name: str) -> str:
    return NOTES[grave].format(name=name)


def index(step: int, *, halved: bool = False) -> Answer:
    """The index of all countries, or of half of them."""
    rows = _rows(step)
    return index_item(INDEX, "Foreign travel advice", rows[: len(rows) // 2] if halved else rows, _changed_at(rows))


def feed(step: int) -> Answer:
    """The latest issues as a feed."""
    return atom_feed(f"{INDEX}.atom", "Travel Advice Summary", _rows(step), _changed_at(_rows(step)))


def _rows(step: int) -> list[Row]:
    return [_row(country, issue) for country in countries() if (issue := country.issued(step))]


def _changed_at(rows: list[Row]) -> datetime:
    return max(row.updated for row in rows)


def advice(path: str, step: int) -> Answer | None:
    """The page of a country; 410 once it has gone, None where there never was one."""
    country = next((country for country in countries() if country.path == path), None)
    if country is None:
        return None
    issue = country.issued(step)
    if issue is None:
        return gone() if country.left is not None else None
    details = {
        "country": {"slug": country.name.lower(), "name": country.name},
        "alert_status": list(STATUSES[issue.grave]),
        "change_description": issue.note,
        "reviewed_at": stated(at(issue.step)),
        "email_signup_link": f"{country.path}/email-signup",
        "change_history": [{"public_timestamp": stated(at(issue.step)), "note": issue.note}],
        "parts": list(_parts(country, issue)),
    }
    if country.has_map:
        address = f"https://{ASSETS}{country.map_path}"
        details["document"] = {
            "attachment_type": "file",
            "id": "m",
            "url": address,
            "filename": f"{country.name}_map.pdf",
        }
    issued = at(0) - timedelta(days=4_000)
    return item(_row(country, issue), "travel_advice", details, issued=issued, organisation=DEPARTMENT)


def country_map(path: str) -> Answer | None:
    """The map of a country, a PDF that never changes."""
    found = (country for country in countries() if country.has_map and country.map_path == path)
    return next((document(f"Map of {each.name}", ("The border valleys are hatched.",), at(0)) for each in found), None)


def _row(country: Country, issue: Issue) -> Row:
    return Row(country.path, f"{country.name} travel advice", "travel_advice", at(issue.step), issue.note)


def _parts(country: Country, issue: Issue) -> Iterator[dict[str, str]]:
    warning = NOTES[issue.grave].format(name=country.name)
    body = f"<p>{RISKS}</p>\n<h2>Border valleys</h2>\n<p>{warning}</p>" if issue.grave else f"<p>{RISKS}</p>"
    yield {"slug": "warnings-and-insurance", "title": "Warnings and insurance", "body": body}
    entry = f"<p>{ENTRY_NOTE}</p>" if issue.step > BEFORE_ALL else "<p>A passport is enough.</p>"
    yield {"slug": "entry-requirements", "title": "Entry requirements", "body": entry}
    crime = f"<p>Pickpockets work at the main station of {country.name}.</p>"
    yield {"slug": "safety-and-security", "title": "Safety and security", "body": crime}
