"""What our rules read from a bulletin's words: issuers, topics, codes and threat levels, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from parsers import organisations, police_references, states, threat, topics
from parsers.clues import Clues, Look

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
    **states.OF_STATES,
    **states.OF_SENTENCES,
    earlier=states.OF_EARLIER_TEXT,
    numbers=police_references.CLUES,
    threats=threat.CLUES,
    topics=topics.IN_TEXT_CLUES,
    standing=topics.IN_STANDING,
    leads=topics.LEADS.words,
)
FIELDS = ("issuers", "topics", "codes", "threat_levels")
NOTHING = CLUES.look_at("")


def said_by(title: str | None, text: str, stated_topics: Iterable[str] = ()) -> Said:
    """What title and text say by the rules of issuers, topics, states, police references and threat levels.

    Both are looked at once, for the words that rules cannot do without; rules without one of theirs are not tried.
    """
    seen, of_title = CLUES.look_at(text), CLUES.look_at(title) if title else NOTHING
    clues = seen.meanings | of_title.meanings
    senders = organisations.issuers(title, text, seen) if "issuers" in clues else ()
    about = topics.topics_seen(title or "", of_title, text, seen, stated_topics)
    codes: list[tuple[str, str, str]] = []
    if "states" in clues:
        codes += [(states.SCHEME, *state) for state in states.states(title, text, of_title.meanings, seen.meanings)]
    if "numbers" in seen.meanings:
        codes += _numbers(text, seen)
    threats = threat.threat_statements(text, seen) if "threats" in seen.meanings else ()
    if not (senders or about or codes or threats):
        return Said((), (), (), (), dict.fromkeys(FIELDS, ""))
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


def _numbers(text: str, seen: Look) -> Iterator[tuple[str, str, str]]:
    for number, words in police_references.police_references(text, seen):
        yield police_references.SCHEME, number, repr(words)


def _spelled(found: Pairs) -> str:
    return "; ".join([f"{what}: {words}" for what, words in found])
