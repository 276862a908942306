"""The rules of classification applied plainly, every rule at every place: slow, and what the fast way must give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from parsers import organisations, police_references, states, threat, topic_words, topics
from parsers.classification import Said
from parsers.lines import DIVIDER

SPELLINGS = [spelling for each in organisations.ORGANISATIONS.values() for spelling in (each.name, *each.aliases)]


def _named() -> re.Pattern[str]:
    forms = [(spelling, spelling.upper()) if " " in spelling else (spelling,) for spelling in SPELLINGS]
    spelled = [r"\s".join(map(re.escape, form.split())) for each in forms for form in each]
    spelled.sort(key=len, reverse=True)
    others = r"\s(?:Federation|Authority|Museum|Station|Headquarters|Training|Cadets?|Road)\b"
    bodies = rf"(?!{others}|(?:,\sFire)?\s(?:and|&)\sCrime\sCommissioner\b)"
    return re.compile(rf"(?<![\w@#./-])(?:{'|'.join(spelled)})(?![\w@/]|\.\w|-\w){bodies}")


NAMED = _named()
SENTENCE = re.compile(r"\n+|(?<=[.!?])\s+")
BEFORE = re.compile(r"[\w@#-]")
CUE = re.compile("|".join(police_references.BY_CUE))


def said_by(title: str | None, text: str) -> Said:
    """All rules tried, whatever the words."""
    senders = organisations.issuers(title, text)
    about = plain_topics(title, text)
    codes = [
        *((states.SCHEME, value, words) for value, words in plain_states(title or "", text)),
        *((police_references.SCHEME, number, repr(words)) for number, words in plain_references(text)),
    ]
    threats = threat.threat_statements(text)
    return Said(
        tuple(slug for slug, _ in senders),
        tuple(topic for topic, _ in about),
        tuple((scheme, value) for scheme, value, _ in codes),
        tuple((scope, level) for scope, level, _ in threats),
        {
            "issuers": "; ".join(f"{slug}: {words}" for slug, words in senders),
            "topics": "; ".join(f"{topic}: {words}" for topic, words in about),
            "codes": "; ".join(f"{scheme} {value}: {words}" for scheme, value, words in codes),
            "threat_levels": "; ".join(f"{scope} {level}: {words!r}" for scope, level, words in threats),
        },
    )


def plain_topics(title: str | None, text: str) -> list[tuple[str, str]]:
    heading = _classifying(" ".join((title or "")[: topics.TITLE_CHARACTERS].split()))
    opening = _classifying(_opening(text))
    found: dict[str, str] = {}
    for topic, words in topic_words.IN_TITLE.items():
        if said := _first((*topic_words.IN_TEXT[topic], *words), heading):
            found[topic] = f"title {said!r}"
        elif said := _first_by_itself(topic_words.IN_TEXT[topic], opening):
            found[topic] = repr(said)
    return sorted(found.items())


def _classifying(words: str) -> str:
    return topics.NO_NAMED_STORM.sub(" ", NAMED.sub(" ", words)).lower()


def _opening(text: str) -> str:
    said, length = [], 0
    for sentence in SENTENCE.split(text[: topics.MAX_CHARACTERS]):
        if length > topics.OPENING_CHARACTERS:
            break
        if not topics.STANDING.search(sentence[:1_000].lower()):
            said.append(sentence)
            length += len(sentence) + 1
        elif (about := topics.ABOUT.match(sentence[:1_000])) and not topics.STANDING.search(about[1].lower()):
            said.append(about[1])
            length += len(about[1]) + 1
    return "\n".join(said)[: topics.OPENING_CHARACTERS]


def _first(rules: Iterable[str], words: str) -> str | None:
    for found in re.finditer(rf"(?:{'|'.join(rules)})(?![\w-])", words):
        if not found.start() or not BEFORE.match(words[found.start() - 1]):
            return " ".join(found.group().split())
    return None


def _first_by_itself(rules: Iterable[str], words: str) -> str | None:
    found = re.search(rf"(?<![\w@#-])(?:{'|'.join(rules)})(?![\w-])", words)
    return " ".join(found.group().split()) if found else None


def plain_states(title: str, text: str) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for value, evidence in _stated(title, text):
        found.setdefault(value, evidence)
    return sorted(found.items())


def _stated(title: str, text: str) -> Iterator[tuple[str, str]]:
    below = _earlier_text(title, text)
    current = text if below is None else text[:below]
    yield from _in_title(title)
    yield from _at_the_top(current)
    for line in current.split("\n"):
        for value, pattern in (*states.LINE_PHRASES, *states.OWN_LINE_PHRASES):
            if phrase := pattern.match(line.strip()):
                yield value, f"text {states._words(phrase)!r}"
    for value, pattern in states.SENTENCE_PHRASES:
        for sentence in pattern.finditer(current) if value in current.casefold() else ():
            yield value, f"text {states._words(sentence)!r}"
    if below is not None:
        divider = current.rstrip("\n").rsplit("\n", 1)[-1]
        yield "update", f"earlier text below {divider[:60]!r}"


def _earlier_text(title: str, text: str) -> int | None:
    says_update = any(value == "update" for value, _ in (*_in_title(title), *_at_the_top(text)))
    place = 0
    for line in text.split("\n"):
        below = place + len(line) + 1
        if place and (states.EARLIER.match(line) or (says_update and DIVIDER.fullmatch(line.strip()))):
            return below if text[below:].strip() else None
        place = below
    return None


def _in_title(title: str) -> Iterator[tuple[str, str]]:
    title = " ".join(title[: states.TITLE_CHARACTERS].split())
    starts = [0, *(part.end() for part in states.PART.finditer(title))]
    for value, pattern in states.TITLE_PHRASES:
        for phrase in filter(None, (pattern.match(title, start) for start in starts)):
            yield value, f"title {states._words(phrase)!r}"
    for value, pattern in states.ANYWHERE_IN_TITLE:
        if found := pattern.search(title):
            yield value, f"title {states._words(found)!r}"


def _at_the_top(text: str) -> Iterator[tuple[str, str]]:
    for value, pattern in (*states.FIRST_WORDS, *states.LINE_PHRASES):
        if phrase := pattern.match(text.lstrip()):
            yield value, f"first words {states._words(phrase)!r}"


def plain_references(text: str) -> tuple[tuple[str, str], ...]:
    found: dict[tuple[int, int], tuple[str, str]] = {}
    for cue in CUE.finditer(police_references.lowered(text)):
        for pattern in police_references.BY_CUE[cue.group()]:
            stated = pattern.match(text, cue.start())
            before = (text, max(0, stated.start() - 40), stated.start()) if stated else ("", 0, 0)
            if stated and not police_references.OF_SOMETHING_ELSE.search(*before):
                words = (" ".join(each.split()) for each in (stated["value"], stated.group()))
                found.setdefault(stated.span("value"), (next(words), next(words)))
    return police_references._in_order(found)
