"""Who speaks in these bulletins: organisations with their true spellings, what they belong to, from when to when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from parsers.clues import Look
from parsers.forces import FORCES


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation, bureau, service or platform. `since` and `until` are ISO dates, `until` its last day.

    `aliases` are spellings of this very organisation; they match as written, those of several words in capitals too.
    """

    slug: str
    name: str
    aliases: tuple[str, ...] = ()
    part_of: str | None = None
    run_by: str | None = None
    succeeded_by: str | None = None
    since: str | None = None
    until: str | None = None


ORGANISATIONS: Mapping[str, Organisation] = MappingProxyType(
    {
        each.slug: each
        for each in (
            Organisation(
                slug="met-police",
                name="Metropolitan Police Service",
                aliases=("MPS", "Metropolitan Police", "Met Police"),
            ),
            Organisation(
                slug="falcon", name="Fraud and Linked Crime Online", aliases=("FALCON",), part_of="met-police"
            ),
            Organisation(
                slug="cyber-protect",
                name="MPS Cyber Protect",
                aliases=("Metropolitan Police Cyber Protect", "Met Police Cyber Protect"),
                part_of="met-police",
            ),
            Organisation(slug="city-of-london-police", name="City of London Police", aliases=("CoLP", "COLP")),
            Organisation(slug="btp", name="British Transport Police", aliases=("BTP",)),
            Organisation(slug="london-protect", name="London Protect", run_by="met-police"),
            Organisation(
                slug="ncpp",
                name="National Coordinator Protect and Prepare",
                aliases=(
                    "NCPP",
                    "National Coordinator for Protect and Prepare",
                    "National Coordinator Protect & Prepare",
                ),
                part_of="counter-terrorism-policing",
            ),
            Organisation(
                slug="nactso",
                name="National Counter Terrorism Security Office",
                aliases=("NaCTSO", "NACTSO", "National Counter-Terrorism Security Office"),
                part_of="ncpp",
            ),
            Organisation(slug="protectuk", name="ProtectUK", aliases=("Protect UK",), run_by="nactso"),
            Organisation(
                slug="counter-terrorism-policing",
                name="Counter Terrorism Policing",
                aliases=("Counter-Terrorism Policing", "National Counter Terrorism Policing Headquarters", "NCTPHQ"),
            ),
            Organisation(
                slug="nfib",
                name="National Fraud Intelligence Bureau",
                aliases=("NFIB",),
                part_of="city-of-london-police",
            ),
            Organisation(
                slug="action-fraud",
                name="Action Fraud",
                aliases=("ActionFraud",),
                run_by="nfib",
                succeeded_by="report-fraud",
                until="2025-12-03",
            ),
            Organisation(slug="report-fraud", name="Report Fraud", run_by="city-of-london-police", since="2025-12-04"),
            Organisation(slug="tfl", name="Transport for London", aliases=("TfL", "TFL")),
            Organisation(
                slug="fco",
                name="Foreign and Commonwealth Office",
                aliases=("FCO", "Foreign & Commonwealth Office"),
                succeeded_by="fcdo",
                until="2020-09-01",
            ),
            Organisation(
                slug="fcdo",
                name="Foreign, Commonwealth and Development Office",
                aliases=("FCDO", "Foreign, Commonwealth & Development Office"),
                since="2020-09-02",
            ),
            Organisation(slug="mi5", name="Security Service", aliases=("MI5",)),
            Organisation(
                slug="jtac",
                name="Joint Terrorism Analysis Centre",
                aliases=("JTAC",),
                part_of="mi5",
                since="2003-06-01",
            ),
            Organisation(
                slug="cpni",
                name="Centre for the Protection of National Infrastructure",
                aliases=("CPNI",),
                part_of="mi5",
                succeeded_by="npsa",
                until="2023-03-12",
            ),
            Organisation(
                slug="npsa",
                name="National Protective Security Authority",
                aliases=("NPSA",),
                part_of="mi5",
                since="2023-03-13",
            ),
            Organisation(slug="ncsc", name="National Cyber Security Centre", aliases=("NCSC",)),
            Organisation(slug="nca", name="National Crime Agency", aliases=("NCA",)),
            Organisation(slug="home-office", name="Home Office"),
            Organisation(slug="cabinet-office", name="Cabinet Office"),
            Organisation(slug="civil-nuclear-constabulary", name="Civil Nuclear Constabulary"),
            Organisation(slug="met-office", name="Met Office"),
            Organisation(slug="environment-agency", name="Environment Agency"),
            Organisation(slug="cssc", name="Cross-sector Safety and Security Communications"),
            Organisation(slug="bsia", name="British Security Industry Association", aliases=("BSIA",)),
            *(Organisation(slug=slug, name=name, aliases=aliases) for slug, name, aliases in FORCES),
        )
    }
)

OPENING_CHARACTERS = 1_500
OPENING_SENTENCES = 3


def _pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    """Any name as a word of its own, and whose each is. Names are tried by their capital, which is found fast."""
    slugs: dict[str, str] = {}
    spelled: list[str] = []
    for each in ORGANISATIONS.values():
        for spelling in (each.name, *each.aliases):
            slugs[spelling.casefold()] = each.slug
            forms = (spelling, spelling.upper()) if " " in spelling else (spelling,)
            spelled.extend(r"\s".join(map(re.escape, form.split())) for form in forms)
    spelled.sort(key=len, reverse=True)
    capitals = dict.fromkeys(form[0] for form in spelled)
    rests = {first: "|".join(form[1:] for form in spelled if form[0] == first) for first in capitals}
    names = "|".join(rf"{first}(?<![\w@#./-]{first})(?:{rest})" for first, rest in rests.items())
    others = r"\s(?:Federation|Authority|Museum|Station|Headquarters|Training|Cadets?|Road)\b"
    bodies = rf"(?!{others}|(?:,\sFire)?\s(?:and|&)\sCrime\sCommissioner\b)"
    return re.compile(rf"(?:{names})(?![\w@/]|\.\w|-\w){bodies}"), slugs


NAMED, SLUGS = _pattern()
CLUES = tuple(SLUGS)
"""Without one of these, in small letters, nobody is named."""

BESIDE_THE_POINT = re.compile(
    r"\b(?:re|regarding|about|concerning|at|near|outside|inside|on|in|after|following|involving|against|targeting|"
    r"impersonat\w{1,5}|purporting|pretending|posing|fake|bogus|for|to)\b",
    re.IGNORECASE,
)
"""Words of a heading after which an organisation is its subject, not its sender, up to the next dash."""
ITS_PEOPLE = re.compile(
    r"(?:['’]s)?\s(?:officers?|constables?|sergeants?|inspectors?|detectives?|staff|dogs?)\b", re.IGNORECASE
)
"""Words after a name in a heading that make it say whose people it is about, not who sends it."""
DASH = re.compile(r"\s[-–—|]\s|\s?[–—]\s|:\s")
SENTENCE_END = re.compile(r"\s(?:(?<=\n)|(?<=[.!?]\s)(?=[A-Z‘'\"“]))")
PUBLICATION = (
    "message|messages|alert|alerts|bulletin|bulletins|update|updates|advice|notice|newsletter|information|statement|"
    "briefing|communication|guidance|edition|publication|warning|report"
)
_CUE = (
    rf"\bon\sbehalf\sof|\b(?:{PUBLICATION})\s(?:is\s|comes\s)?(?:from|of|by)\b|\b(?:produced|issued|published|prepared|"
    r"written|created|compiled|provided|released|circulated|developed|sent|shared)\s(?:jointly\s)?(?:by|"
    r"in\s(?:partnership|conjunction|association|collaboration)\swith)\b"
)
CUE, CUE_IN_SMALL_LETTERS = re.compile(_CUE, re.IGNORECASE), re.compile(_CUE)
DISGUISE = re.compile(
    r"\b(?:purport\w{0,5}|pretend\w{0,5}|claim\w{0,5}|appear\w{0,5}|pos(?:e|es|ing)|fake|bogus|spoof\w{0,3})\b", re.I
)
BETWEEN = re.compile(
    r"(?:[\s,/&()'\"‘’“”]|\b(?:and|the|office|of|both|together|along|as\swell\sas|with|jointly|its|partners|"
    r"in\s(?:partnership|conjunction|association|collaboration))\b){0,24}"
)
"""What may stand between the names of one list."""
LEAD = re.compile(
    r"(?:[\s'\"‘“]|\b(?:the|office|of|this|is|a|both|latest|new|joint|from|by|\w{1,9}\sedition\sof)\b){0,12}", re.I
)


def issuers(title: str | None, text: str, seen: Look | None = None) -> tuple[tuple[str, str], ...]:
    """The organisations that heading or opening say a bulletin is from or on behalf of: (slug, evidence), sorted.

    From the heading: those named, unless they are what it is about (after re, at, near, …, up to the next dash).
    From the first sentence: the list of names it starts with, when the heading names nobody or one of these.
    From the first three sentences: the list of names after on behalf of, produced by, message from, edition of, ….
    `seen`: where all of the text was looked at for `issuers` already.
    """
    found: dict[str, str] = {}
    for slug, name in _heading(title or ""):
        found.setdefault(slug, f"heading {name!r}")
    if seen and "issuers" not in seen.meanings:
        return tuple(sorted(found.items()))
    sentences = SENTENCE_END.split(text[:OPENING_CHARACTERS], OPENING_SENTENCES)[:OPENING_SENTENCES]
    speakers = list(_speakers(sentences[0])) if sentences else []
    if not found or any(slug in found for slug, _ in speakers):
        for slug, name in speakers:
            found.setdefault(slug, f"first words {name!r}")
    for sentence in sentences:
        for slug, evidence in _cued(sentence, sentence.lower() if seen and seen.in_place else None):
            found.setdefault(slug, evidence)
    return tuple(sorted(found.items()))


def _slug(name: str) -> str:
    return SLUGS[" ".join(name.casefold().split())]


def _heading(title: str) -> Iterator[tuple[str, str]]:
    for segment in DASH.split(title[:400]) if NAMED.search(title[:400]) else ():
        named = [(found.start(), found.end(), found.group()) for found in NAMED.finditer(segment)]
        cut = len(segment)
        for beside in BESIDE_THE_POINT.finditer(segment):
            if not any(start <= beside.start() < end for start, end, _ in named):
                cut = beside.start()
                break
        for start, end, name in named:
            if start < cut and not ITS_PEOPLE.match(segment, end):
                yield _slug(name), name


def _speakers(sentence: str) -> Iterator[tuple[str, str]]:
    """The names that a sentence, or after a name each of its dashed parts, starts with."""
    for place, segment in enumerate(DASH.split(sentence)):
        lead = LEAD.match(segment)
        names = list(_list_of_names(segment, lead.end() if lead else 0))
        if place == 0 and not names:
            return
        yield from names


def _cued(sentence: str, small: str | None) -> Iterator[tuple[str, str]]:
    """The names after a cue; `small` is the sentence in small letters, where each stands at its place in it."""
    if not NAMED.search(sentence):
        return
    for cue in CUE.finditer(sentence) if small is None else CUE_IN_SMALL_LETTERS.finditer(small):
        start, end = cue.span()
        for slug, name in _list_of_names(sentence, end):
            if not DISGUISE.search(sentence, max(0, start - 60), end):
                yield slug, f"opening '{' '.join(sentence[start:end].split())} … {name}'"


def _list_of_names(words: str, start: int) -> Iterator[tuple[str, str]]:
    """The names from a place on, as long as only commas, conjunctions and the like stand between them."""
    while True:
        between = BETWEEN.match(words, start)
        named = NAMED.match(words, between.end() if between else start)
        if named is None:
            return
        yield _slug(named.group()), named.group()
        start = named.end()
