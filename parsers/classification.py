"""What our rules read from a bulletin's words: issuers, topics, codes and threat levels, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from parsers import organisations, police_references, states, threat
from parsers.clues import Clues, in_small_letters
from parsers.topics import topics

Pairs = tuple[tuple[str, str], ...]


class Said(NamedTuple):
    """Issuers and topics (classification), codes and threat levels (stated), and the evidence by field."""

    issuers: tuple[str, ...]
    topics: tuple[str, ...]
    codes: Pairs
    threat_levels: Pairs
    evidence: dict[str, str]


CLUES = Clues(
    issuers=organisations.CLUES,
    states=states.CLUES,
    numbers=police_references.CLUES,
    threats=threat.CLUES,
)


def said_by(title: str | None, text: str, stated_topics: Iterable[str] = ()) -> Said:
    """What title and text say by the rules of issuers, topics, states, police references and threat levels.

    Rules without a clue in either are not tried.
    """
    in_text = CLUES.given_by(in_small_letters(text))
    clues = in_text | CLUES.given_by(in_small_letters(title)) if title else in_text
    senders = organisations.issuers(title, text) if "issuers" in clues else ()
    about = topics(title, text, stated_topics)
    codes = [
        *((states.SCHEME, *state) for state in (states.states(title, text) if "states" in clues else ())),
        *(_numbers(text) if "numbers" in in_text else ()),
    ]
    threats = threat.threat_statements(text) if "threats" in in_text else ()
    return Said(
        tuple([slug for slug, _ in senders]),
        tuple([topic for topic, _ in about]),
        tuple([(scheme, value) for scheme, value, _ in codes]),
        tuple([(scope, level) for scope, level, _ in threats]),
        {
            "issuers": _spelled(senders),
            "topics": _spelled(about),
            "codes": "; ".join([f"{scheme} {value}: {words}" for scheme, value, words in codes]),
            "threat_levels": "; ".join([f"{scope} {level}: {words!r}" for scope, level, words in threats]),
        },
    )


def _numbers(text: str) -> Iterator[tuple[str, str, str]]:
    for number, words in police_references.police_references(text):
        yield police_references.SCHEME, number, repr(words)


def _spelled(found: Pairs) -> str:
    return "; ".join([f"{what}: {words}" for what, words in found])
