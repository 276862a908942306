"""What our rules read from a bulletin's words: issuers, topics, codes and threat levels, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from parsers import police_references, states
from parsers.organisations import issuers
from parsers.threat import threat_statements
from parsers.topics import topics

Pairs = tuple[tuple[str, str], ...]


class Said(NamedTuple):
    """Issuers and topics (classification), codes and threat levels (stated), and the evidence by field."""

    issuers: tuple[str, ...]
    topics: tuple[str, ...]
    codes: Pairs
    threat_levels: Pairs
    evidence: dict[str, str]


def said_by(title: str | None, text: str, stated_topics: Iterable[str] = ()) -> Said:
    """What title and text say by the rules of issuers, topics, states, police references and threat levels."""
    senders = issuers(title, text)
    about = topics(title, text, stated_topics)
    given = tuple((states.SCHEME, value, words) for value, words in states.states(title, text))
    numbers = tuple(
        (police_references.SCHEME, number, repr(words)) for number, words in police_references.police_references(text)
    )
    threats = threat_statements(text)
    return Said(
        tuple(slug for slug, _ in senders),
        tuple(topic for topic, _ in about),
        tuple((scheme, value) for scheme, value, _ in (*given, *numbers)),
        tuple((scope, level) for scope, level, _ in threats),
        {
            "issuers": _spelled(senders),
            "topics": _spelled(about),
            "codes": "; ".join(f"{scheme} {value}: {words}" for scheme, value, words in (*given, *numbers)),
            "threat_levels": "; ".join(f"{scope} {level}: {words!r}" for scope, level, words in threats),
        },
    )


def _spelled(found: Pairs) -> str:
    return "; ".join(f"{what}: {words}" for what, words in found)
