"""Threat levels, only where a text states them in the publishers' own set phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.clues import Look

LEVELS = ("low", "moderate", "substantial", "severe", "critical")
_NAMES = "LOW|MODERATE|SUBSTANTIAL|SEVERE|CRITICAL"
_QUOTE = r"['‘’\"“”]?"
_LEVEL = (
    r"(?:now\s|currently\s|still\s|unchanged\s|at\s|set\sat\s|remains?\s|assessed\s(?:as|to\sbe)\s){0,3}"
    rf"{_QUOTE}(?P<level>{_NAMES})\b"
)
_FROM = rf"(?:from\s{_QUOTE}(?:{_NAMES}){_QUOTE}\s)?"
_IS = (
    r"\s{1,2}(?:also\s)?(?:is(?:\salso)?:?|remains|stands|"
    rf"has\sbeen\s(?:raised|lowered|changed|increased|reduced)\s{_FROM}to)\s"
)
_MOVED = r"\b(?:raised|lowered|changed|increased|reduced)\s(?:the\s|its\s)?(?:current\s)?"
_UK = r"the\sU(?:K|nited\sKingdom)"
_NI, _GB = r"Northern\sIreland", r"(?:Great\sBritain|Britain|the\smainland)"
_RELATED = r"Northern[\s-]Ireland[-\s]related\sterrorism"
MAX_CHARACTERS = 200_000

SCOPES: tuple[tuple[str, str], ...] = (
    (
        "northern-ireland-related-terrorism-in-northern-ireland",
        rf"threat(?:\slevel)?\s(?:to\s{_NI}\s)?(?:from|for)\s{_RELATED}\s(?:in|to)\s{_NI}",
    ),
    (
        "northern-ireland-related-terrorism-in-great-britain",
        rf"threat(?:\slevel)?\s(?:(?:to\s{_GB}\s)?(?:from|for)\s{_RELATED}\s(?:in|to)\s{_GB}|to\s{_GB}\sfrom\s{_RELATED})",
    ),
    (
        "international-terrorism",
        rf"threat(?:\slevel)?\s(?:to\s{_UK}\s)?(?:from|for)\sinternational\sterrorism(?:\s(?:in|to|for)\s{_UK})?",
    ),
    (
        "uk",
        r"(?:U(?:K|nited\sKingdom)(?:'s|’s)?\s(?:national\s)?(?:terrorism\s)?threat\slevel|"
        rf"(?:national\s)?threat\slevel\s(?:to|in|for)\s{_UK}(?:\sfrom\s(?:all\sforms\sof\s)?terrorism)?|"
        r"national\sthreat\slevel\sfrom\sall\sforms\sof\sterrorism|"
        rf"threat\sto\s{_UK}(?:\s\([^)]{{1,60}}\))?\sfrom\s(?:all\sforms\sof\s)?terrorism)",
    ),
    (
        "northern-ireland",
        rf"(?:threat\slevel\s(?:in|for|to)\s{_NI}|{_NI}(?:'s|’s)?\sthreat\slevel|"
        rf"threat(?:\slevel)?\sto\s{_NI}\sfrom\s{_RELATED})",
    ),
)
STATED = tuple((scope, re.compile(words + _IS + _LEVEL, re.IGNORECASE)) for scope, words in SCOPES) + tuple(
    (scope, re.compile(rf"{_MOVED}{words}\s{_FROM}to\s{_LEVEL}", re.IGNORECASE)) for scope, words in SCOPES
)
_IN_NORTHERN_IRELAND, _MOVING = ("northern",), ("raised", "lowered", "changed", "increased", "reduced")
_NEEDED = {"international-terrorism": ("international",), "uk": ("uk", "united", "national")}
IN_SMALL_LETTERS = tuple(
    (
        scope,
        re.compile(pattern.pattern.lower().replace("(?p<", "(?P<")),
        _NEEDED.get(scope, _IN_NORTHERN_IRELAND),
        _MOVING if pattern.pattern.startswith(_MOVED) else LEVELS,
    )
    for scope, pattern in STATED
)
"""The same for a text in small letters, which is searched several times as fast, and words that each cannot do without.

Of both kinds of words one must be there.
"""
IN_CAPITALS = (("uk", re.compile(rf"\b[Tt]he\s(?:current\s)?national\sthreat\slevel{_IS}(?P<level>{_NAMES})\b")),)
"""Other countries have national threat levels too; MI5 and ProtectUK print ours in capitals."""
SUPPOSED = re.compile(r"\b(?:if|when|whenever|where|unless|should|whether)\s(?:\w{1,12}\s){0,3}$", re.IGNORECASE)
"""Words before a phrase that make it a case to plan for, not a statement."""


CLUES = ("threat",)
"""Without this, in small letters, no level is stated."""


def threat_levels(text: str) -> tuple[tuple[str, str], ...]:
    """The (scope, level) pairs that the text states: see `threat_statements`."""
    return tuple((scope, level) for scope, level, _ in threat_statements(text))


def threat_statements(text: str, seen: Look | None = None) -> tuple[tuple[str, str, str], ...]:
    """Scope, level and words of each threat level that the text states; nothing where it states two for one scope.

    Scopes follow the UK's own division: until July 2019 international and Northern Ireland-related terrorism (in
    Great Britain, in Northern Ireland), since then the national level and Northern Ireland's. `seen`: where all of the
    text was looked at already.
    """
    if "threat" not in text.casefold():
        return ()
    found: dict[str, dict[str, str]] = {}
    small = seen.small if seen and seen.in_place and len(text) <= MAX_CHARACTERS else None
    for scope, level, words in _statements(text[:MAX_CHARACTERS], small):
        found.setdefault(scope, {}).setdefault(level, words)
    return tuple((scope, *levels.popitem()) for scope, levels in found.items() if len(levels) == 1)


def _statements(text: str, small: str | None) -> Iterator[tuple[str, str, str]]:
    for scope, pattern in (*(STATED if small is None else _possible(small)), *IN_CAPITALS):
        is_small = small is not None and (scope, pattern) not in IN_CAPITALS
        for statement in pattern.finditer(small if small is not None and is_small else text):
            start, end = statement.span()
            if not SUPPOSED.search(text, max(0, start - 60), start):
                yield scope, statement["level"].lower(), " ".join(text[start:end].split())


def _possible(small: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    for scope, pattern, scoped, levelled in IN_SMALL_LETTERS:
        if any(word in small for word in scoped) and any(word in small for word in levelled):
            yield scope, pattern
