"""Documents known by sight: newsletters and bulletins that only ever arrive as attachments of other sources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from parsers.dates import Stated, read_date

MAX_CHARACTERS = 2_000
FIRST_LINES = 6
"""How many lines of a document's first page are its masthead."""
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
EDITION = re.compile(
    rf"\b(?:edition|issue)\s(?:no\.?\s|number\s)?(?P<number>[0-9]{{1,3}})\b|\b(?P<ordinal>{'|'.join(ORDINALS)})\s(?:edition|issue)\b|"
    r"\b(?P<counted>[0-9]{1,3})(?:st|nd|rd|th)\s(?:edition|issue)\b",
    re.IGNORECASE,
)
DATED = re.compile(
    rf"\b(?:(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?\s)?(?P<month>{_MONTH})\s(?P<year>20[0-9]{{2}})\b", re.I
)


@dataclass(frozen=True, slots=True)
class Series:
    """A series of documents: how its name is spelled, and what else must be said before a document counts as one."""

    slug: str
    issuer: str
    name: re.Pattern[str]
    kind: re.Pattern[str]


SERIES = (
    Series(
        "london-protect",
        "london-protect",
        re.compile(r"\bLondon\s?Protect\b", re.IGNORECASE),
        re.compile(
            rf"\b(?:newsletters?|edition|issue\s[0-9]|Security\sUpdate|{_MONTH}\s20[0-9]{{2}})\b", re.IGNORECASE
        ),
    ),
    Series(
        "met-police-falcon",
        "falcon",
        re.compile(r"\b(?:(?:MPS|Met(?:ropolitan)?\s?Police(?:\sService)?)[\s–-]{1,4})?Falcon\b", re.IGNORECASE),
        re.compile(r"\b(?:cyber|MPS|Met(?:ropolitan)?\sPolice)\b", re.IGNORECASE),
    ),
    Series(
        "met-police-falcon",
        "cyber-protect",
        re.compile(r"\b(?:MPS|Met(?:ropolitan)?\sPolice(?:\sService)?)\b[\s–-]{0,4}Cyber\s?Protect\b", re.IGNORECASE),
        re.compile(r"\b(?:Cyber\s?Protect)\b", re.IGNORECASE),
    ),
)
INCIDENT = re.compile(r"\b(?:incident|statement)\b", re.IGNORECASE)
"""London Protect also sends messages on incidents; those are no editions of its newsletter."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A document of a known series. `edition` and `issued` only where stated; `evidence`: words and their place."""

    series: str
    issuer: str
    edition: str | None
    issued: Stated | None
    evidence: str


def recognised(url: str, title: str, first_page: str = "") -> Recognised | None:
    """The series, issuer, edition and date of a document, from its link's words, its file name and its first lines.

    `title` is what the link says, or the heading of the bulletin that links it. Name and kind of the series must stand
    in one of these places; edition and date come from the first place that states exactly one.
    """
    places = tuple(_places(url, title, first_page))
    for series in SERIES:
        for where, words in places:
            name = series.name.search(words)
            if name and series.kind.search(words) and not INCIDENT.search(words):
                edition, number = _edition(places)
                issued, day = _issued(places)
                how = "; ".join(filter(None, (f"{where} {name.group()!r}", number, day)))
                return Recognised(series.slug, series.issuer, edition, issued, how)
    return None


def _places(url: str, title: str, first_page: str) -> Iterator[tuple[str, str]]:
    yield "link", " ".join(title[:MAX_CHARACTERS].split())
    name = unquote(urlsplit(url[:MAX_CHARACTERS]).path).rsplit("/", 1)[-1].rsplit(".", 1)[0]
    yield "file name", " ".join(re.sub(r"[-_+.]|(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Z])", " ", name).split())
    lines = [line for line in first_page[:MAX_CHARACTERS].split("\n") if line.strip()]
    yield "first page", " ".join(" ".join(lines[:FIRST_LINES]).split())


def _edition(places: tuple[tuple[str, str], ...]) -> tuple[str | None, str]:
    for where, words in places:
        found = {_number(stated): stated.group() for stated in EDITION.finditer(words)}
        if len(found) == 1:
            ((number, printed),) = found.items()
            return number, f"edition: {where} {printed!r}"
    return None, ""


def _number(stated: re.Match[str]) -> str:
    if stated["ordinal"]:
        return str(ORDINALS.index(stated["ordinal"].lower()) + 1)
    return str(int(stated["number"] or stated["counted"]))


def _issued(places: tuple[tuple[str, str], ...]) -> tuple[Stated | None, str]:
    """The date that a place states; the number of an edition before a month is no day (`Issue 7 September 2017`)."""
    for where, words in places:
        found = {stated.group(): stated for stated in DATED.finditer(EDITION.sub(";", words))}
        if len(found) == 1:
            ((printed, stated),) = found.items()
            try:
                issued = read_date(printed, ("%d %B %Y",) if stated["day"] else ("%B %Y",))
            except ValueError:
                continue
            return issued, f"issued: {where} {printed!r}"
    return None, ""
