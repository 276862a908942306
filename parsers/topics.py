"""What a bulletin is about, by stated words in its title and opening; precision before recall."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from parsers.beginnings import beginnings
from parsers.clues import Clues, Look, in_small_letters, is_gap
from parsers.organisations import CLUES as NAMES
from parsers.organisations import NAMED
from parsers.topic_words import IN_TEXT, IN_TITLE

TITLE_CHARACTERS = 400
OPENING_CHARACTERS = 3_000
"""How much of a text classifies it, contact blocks and standing sentences not counted."""
MAX_CHARACTERS = 20_000

STANDING = re.compile(
    r"\b(?:999|101|112|61016|7726|116\s?123)\b|\b0[378]00\s?\d{2,3}[\s\d]{3,9}\b|crimestoppers|anti[-\s]terrorist\shotline|"
    r"\bthreat(?:\slevel)?\s(?:to|from|in|for)\b|\bthreat\slevel|act\.campaign|gov\.uk/act|actionfraud|"
    r"report@phishing|action\scounters\sterrorism|run,?\shide,?\s(?:and\s)?tell|see\sit[.,]?\ssay\sit|"
    r"\bnot\b.{0,60}\bterror|\bno\b.{0,40}\bterror",
)
"""In small letters: sentences that many bulletins append (contacts, the threat level, campaigns) or that deny."""
IN_STANDING = (
    *("999", "101", "112", "61016", "7726", "116", "0300", "0700", "0800", "crimestoppers", "threat", "terror"),
    *("act.campaign", "gov.uk/act", "actionfraud", "report@phishing", "action counters", "hide", "see it"),
)
"""Without one of these, in small letters, no sentence is a standing one."""
ABOUT = re.compile(
    r"(?:please\s)?(?:call|ring|phone|contact)\b[^.]{0,40}?\b(?:101|0[378]00\s?[\s\d]{6,9})\s"
    r"(?:about|regarding|concerning)\s(.+)",
    re.IGNORECASE | re.DOTALL,
)
"""`Call 101 about courier fraud`: what a number is to be called about is the news, the call itself is not."""
SENTENCE_END = re.compile(r"[.!?](?:\n+|\s+)|\n+")
NO_NAMED_STORM = re.compile(r"\bstorm\b|\bStorm\b(?!\s[A-Z][a-z])")
OTHER_SPACE = re.compile(r"[^\S ]")
ROAD, CLOSED = re.compile(r"[ma](?=\d)"), re.compile(r"closed(?<=(?:is|as|ns|en|ow|ly)\sclosed)")
BEFORE_CLOSED = 60
"""How many characters before `closed` the number of a road that is, was, remains or has been closed stands at most."""


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Any of these, in small letters; what stands before is looked at by itself, which is many times faster."""
    return re.compile(rf"(?:{'|'.join(words)})(?![\w-])")


@cache
def _leads(rule: str) -> tuple[str, ...]:
    """What the words of a rule begin with; nothing for a road's number."""
    leads = beginnings(rule.removeprefix(r"(?<!travel\s)"))
    return leads if all(len(lead) > 1 for lead in leads) else ()


def _all_leads(rules: Mapping[str, Iterable[str]]) -> list[str]:
    return [*dict.fromkeys(lead for words in rules.values() for rule in words for lead in _leads(rule))]


@cache
def _begun_by(lead: str, in_title: bool, /) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The topics whose words may begin with these letters (none: a road's number), with the rules that may."""
    rules = IN_EITHER if in_title else IN_TEXT
    begun = {topic: [rule for rule in words if _may_begin(rule, lead)] for topic, words in rules.items()}
    return tuple((topic, _any_of(words)) for topic, words in begun.items() if words)


def _may_begin(rule: str, lead: str) -> bool:
    leads = tuple(_leads(rule))
    return any(each.startswith(lead) or lead.startswith(each) for each in leads) if lead else not leads


IN_EITHER = {topic: (*IN_TEXT[topic], *words) for topic, words in IN_TITLE.items()}
TITLE_PATTERNS = {topic: _any_of(words) for topic, words in IN_EITHER.items()}
IN_TEXT_CLUES = (*_all_leads(IN_TEXT), "closed")
"""Without one of these, in small letters, no text gives a topic."""
LEADS = Clues(leads=_all_leads(IN_EITHER))
STANDING_CLUES = Clues(standing=IN_STANDING)
CLUES = Clues(
    leads=LEADS.words,
    topics=IN_TEXT_CLUES,
    standing=IN_STANDING,
    issuers=NAMES,
)
TOPICS = tuple(sorted(IN_TEXT))


def topics(title: str | None, text: str, stated: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """The (topic, evidence) pairs of a bulletin, sorted; `stated` are those that its source gives to all its bulletins.

    Names of organisations do not classify, nor do contact blocks and the standing sentence on the threat level.
    """
    return topics_seen(title or "", CLUES.look_at(title or ""), text, CLUES.look_at(text), stated)


def topics_seen(
    title: str, of_title: Look, text: str, seen: Look, stated: Iterable[str] = ()
) -> tuple[tuple[str, str], ...]:
    """The same of a title and a text that were looked at for `leads`, `topics`, `standing` and `issuers` already."""
    found = dict.fromkeys(stated, "stated by the source")
    for topic, words in _in_title(title, of_title):
        found.setdefault(topic, f"title {words!r}")
    if "topics" in seen.meanings:
        for topic, words in _in_text(text, seen).items():
            found.setdefault(topic, repr(words))
    return tuple(sorted(found.items()))


def _in_title(title: str, seen: Look) -> Iterator[tuple[str, str]]:
    """The topics of a title, each with the first words that give it. Without names and storms there are no others."""
    if seen.meanings.isdisjoint(("leads", "topics")):
        return
    heading = " ".join(title[:TITLE_CHARACTERS].split())
    named, words = "issuers" in seen.meanings, seen.small
    if seen.in_place and heading == title:
        given = _given(words, _with_roads(words, seen.beginnings("leads")))
        if given and (named or "torm" in words):
            words = _classifying(heading, named=named)
            given = _given(words, _beginnings(words))
    else:
        words = _classifying(heading, named=named)
        given = _given(words, _beginnings(words))
    for topic in given:
        if found := _first(TITLE_PATTERNS[topic], words):
            yield topic, found


def _given(words: str, places: Iterable[tuple[int, str]]) -> set[str]:
    """The topics that words at these places of a title give."""
    begun = ((start, each) for start, lead in places for each in _begun_by(lead, True))
    return {topic for start, (topic, pattern) in begun if pattern.match(words, start)}


def _in_text(text: str, seen: Look) -> dict[str, str]:
    """By topic, the first words of the opening that give it. Without names and storms there are the same or fewer."""
    opening = _opening(text, seen)
    if opening is text and seen.in_place:
        found = _first_words(seen.small, _with_roads(seen.small, seen.beginnings("topics")))
    else:
        words = opening.lower()
        found = _first_words(words, _beginnings(words))
    if not found or not ("issuers" in seen.meanings or "torm" in opening):
        return found
    words = _classifying(opening, named=True)
    return _first_words(words, _beginnings(words))


def _opening(text: str, seen: Look) -> str:
    """The first sentences of the text, standing ones left out."""
    may_stand = "standing" in seen.meanings
    if not may_stand and len(text) <= OPENING_CHARACTERS and "\n\n" not in text:
        return text
    if not may_stand:
        return _joined(text)
    said, length = [], 0
    places = [start for start, _ in seen.places("standing")] if seen.in_place else None
    for start, sentence in _sentences(text[:MAX_CHARACTERS]):
        if length > OPENING_CHARACTERS:
            break
        clued = places is None or bisect_left(places, start) < bisect_left(places, start + len(sentence))
        if not (clued and _is_standing(sentence[:1_000])):
            said.append(sentence)
            length += len(sentence) + 1
        elif (about := ABOUT.match(sentence[:1_000])) and not _is_standing(about[1]):
            said.append(about[1])
            length += len(about[1]) + 1
    return "\n".join(said)[:OPENING_CHARACTERS]


def _joined(text: str) -> str:
    """The first sentences, a line each: of so much of the text as gives so many characters."""
    joined = SENTENCE_END.sub(_as_line, text[: OPENING_CHARACTERS + 500])
    if len(joined) < OPENING_CHARACTERS + 9:  # the last sentence may have been cut
        joined = SENTENCE_END.sub(_as_line, text[:MAX_CHARACTERS])
    return joined[:OPENING_CHARACTERS]


def _as_line(end: re.Match[str]) -> str:
    return "\n" if end.group()[0] == "\n" else f"{end.group()[0]}\n"


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """The sentences and lines of a text without the white space between them, and where they begin."""
    start = 0
    for end in SENTENCE_END.finditer(text):
        yield start, text[start : end.start() + (text[end.start()] != "\n")]
        start = end.end()
    yield start, text[start:]


def _is_standing(sentence: str) -> bool:
    return "standing" in STANDING_CLUES.given_by(in_small_letters(sentence)) and bool(STANDING.search(sentence.lower()))


def _classifying(words: str, *, named: bool) -> str:
    """The words in small letters, without names of organisations (`named`: there may be some) and unnamed storms."""
    small = NAMED.sub(" ", words) if named else words
    return (NO_NAMED_STORM.sub(" ", small) if "torm" in small else small).lower()


def _beginnings(words: str) -> list[tuple[int, str]]:
    """Where words that begin a rule's stand by themselves, and which, in order."""
    return _with_roads(words, LEADS.beginnings(OTHER_SPACE.sub(" ", words)))


def _with_roads(words: str, places: list[tuple[int, str]]) -> list[tuple[int, str]]:
    if "closed" not in words:
        return places
    ends = [closed.start() for closed in CLOSED.finditer(words)]
    roads = {road.start() for end in ends for road in ROAD.finditer(words, max(0, end - BEFORE_CLOSED), end)}
    return sorted([*places, *[(start, "") for start in roads if not start or is_gap(words[start - 1])]])


def _first_words(words: str, places: Iterable[tuple[int, str]]) -> dict[str, str]:
    """By topic, the first words that give it, at these places."""
    found: dict[str, str] = {}
    for start, lead in places:
        for topic, pattern in _begun_by(lead, False):
            if topic not in found and (these := pattern.match(words, start)):
                found[topic] = " ".join(these.group().split())
    return found


def _first(pattern: re.Pattern[str], words: str) -> str | None:
    """The first match that starts a word of its own, white space folded."""
    for found in pattern.finditer(words):
        if not found.start() or is_gap(words[found.start() - 1]):
            return " ".join(found.group().split())
    return None
