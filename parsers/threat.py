"""Threat levels, only where a text states them in the publishers' own set phrases."""

from __future__ import annotations

import re

LEVELS = ("low", "moderate", "substantial", "severe", "critical")
_LEVEL = (
    r"(?:now\s|currently\s|still\s|at\s|set\sat\s|remains?\s|assessed\s(?:as|to\sbe)\s){0,3}"
    r"['‘\"“]?(LOW|MODERATE|SUBSTANTIAL|SEVERE|CRITICAL)\b"
)
_IS = r"\s{1,2}(?:is|remains|stands|has\sbeen\s(?:raised|lowered|changed|increased|reduced)\s(?:from\s\w{3,12}\s)?to)\s"
MAX_CHARACTERS = 200_000

SCOPES: tuple[tuple[str, str], ...] = (
    (
        "northern-ireland-related-terrorism-in-northern-ireland",
        r"threat(?:\slevel)?\s(?:to\sNorthern\sIreland\s)?from\sNorthern\sIreland[-\s]related\sterrorism\s(?:in|to)\sNorthern\sIreland",
    ),
    (
        "northern-ireland-related-terrorism-in-great-britain",
        r"threat(?:\slevel)?\s(?:to\sGreat\sBritain\s)?from\sNorthern\sIreland[-\s]related\sterrorism\s(?:in|to)\s(?:Great\sBritain|Britain|the\smainland)",
    ),
    (
        "international-terrorism",
        r"threat(?:\slevel)?\s(?:to\sthe\sU(?:K|nited\sKingdom)\s)?from\sinternational\sterrorism(?:\s(?:in|to)\sthe\sU(?:K|nited\sKingdom))?",
    ),
    (
        "uk",
        r"(?:U(?:K|nited\sKingdom)(?:'s|’s)?\s(?:national\s)?(?:terrorism\s)?threat\slevel|(?:national\s)?threat\slevel\s(?:to|in|for)\sthe\sU(?:K|nited\sKingdom)(?:\sfrom\sterrorism)?|threat\sto\sthe\sU(?:K|nited\sKingdom)(?:\s\([^)]{1,60}\))?\sfrom\sterrorism)",
    ),
    (
        "northern-ireland",
        r"(?:threat\slevel\s(?:in|for|to)\sNorthern\sIreland|Northern\sIreland(?:'s|’s)?\sthreat\slevel|threat\sto\sNorthern\sIreland\sfrom\sNorthern\sIreland[-\s]related\sterrorism)",
    ),
)
STATED = tuple((scope, re.compile(words + _IS + _LEVEL, re.IGNORECASE)) for scope, words in SCOPES)


def threat_levels(text: str) -> tuple[tuple[str, str], ...]:
    """The (scope, level) pairs that the text states; nothing where it states two levels for one scope.

    Scopes follow the UK's own division: until July 2019 international and Northern Ireland-related terrorism (in
    Great Britain, in Northern Ireland), since then the national level and Northern Ireland's.
    """
    if "threat" not in text.casefold():
        return ()
    found: dict[str, set[str]] = {}
    for scope, pattern in STATED:
        for statement in pattern.finditer(text[:MAX_CHARACTERS]):
            found.setdefault(scope, set()).add(statement.group(1).lower())
    return tuple((scope, levels.pop()) for scope, levels in found.items() if len(levels) == 1)
