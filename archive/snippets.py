"""The passage of a notification that answers a query, cut from the text as it was published."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from archive.query import Phrase, parse, phrases_to_show
from archive.words import fold, word_spans

AROUND_CHARACTERS = 80
MAX_MATCHES = 5_000
MAX_MATCH_CHARACTERS = 1_000
MOST_CHARACTERS = 500_000
"""After so much text, the best passage until then is the one: a better one is not looked for in the rest."""
REACH_FOR_A_SPACE = 20
REACH_FOR_A_CHARACTER = 32
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage of one line. `matches` are (start, end) in `text`, in order; `where` is the label of its field."""

    text: str
    matches: tuple[tuple[int, int], ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    end: int
    phrase: int


def snippet(
    query: str | None,
    fields: Mapping[str, str] | Iterable[tuple[str, str]],
    around: int = AROUND_CHARACTERS,
) -> Snippet:
    """The passage with the most different phrases of the query, from the first of the fields that has it.

    `fields` are (label, text) in order of preference; `around` is in characters on each side. Where no field matches,
    as much of the beginning of the first that has text. Raises BadQuery.
    """
    labelled = list(fields.items() if isinstance(fields, Mapping) else fields)
    phrases = list(dict.fromkeys(phrases_to_show(parse(query)))) if query is not None else []
    label, text = next(((label, text) for label, text in labelled if text.strip()), ("", ""))
    best, marks, passage, looked_at = 0, list[_Match](), (0, 0), 0
    for candidate, candidate_text in labelled:
        if best and looked_at > MOST_CHARACTERS:
            break
        looked_at += len(candidate_text)
        found = list(islice(_matches(candidate_text, phrases), MAX_MATCHES))
        score, span = _best_passage(found, 2 * around)
        if score > best:
            best, marks, passage, label, text = score, found, span, candidate, candidate_text
        if score and score == len(phrases):
            break
    start = _backwards(text, max(0, passage[0] - around))
    end = _forwards(text, min(len(text), passage[1] + around * (1 if best else 2)))
    return _cut(text, start, end, marks, label)


def _matches(text: str, phrases: Sequence[Phrase]) -> Iterator[_Match]:
    """Where each phrase stands in the text, in order of their beginnings."""
    folded = fold(text)
    possible = [(number, each) for number, each in enumerate(phrases) if all(word in folded for word in each.words)]
    if not possible:
        return
    spans = list(word_spans(text))
    found = [span[0] for span in spans]
    firsts = {each.words[0] for _, each in possible}
    beginnings = tuple(each.words[0] for _, each in possible if each.prefix and len(each.words) == 1)
    for place, (word, start, _) in enumerate(spans):
        if word not in firsts and not word.startswith(beginnings):
            continue
        for number, phrase in possible:
            if _stands_at(phrase, found, place):
                end = spans[place + len(phrase.words) - 1][2]
                yield _Match(start, min(end, start + MAX_MATCH_CHARACTERS), number)


def _stands_at(phrase: Phrase, found: Sequence[str], place: int) -> bool:
    *whole, last = phrase.words
    here = found[place : place + len(phrase.words)]
    if len(here) < len(phrase.words) or here[:-1] != whole:
        return False
    return here[-1].startswith(last) if phrase.prefix else here[-1] == last


def _best_passage(matches: Sequence[_Match], width: int) -> tuple[int, tuple[int, int]]:
    """The number of different phrases in the best run of matches within `width` characters, and where that stands."""
    best, score, first = (0, 0), 0, 0
    inside: Counter[int] = Counter()
    for last, match in enumerate(matches):
        inside[match.phrase] += 1
        while match.end - matches[first].start > width and first < last:
            inside[matches[first].phrase] -= 1
            inside += Counter()
            first += 1
        if len(inside) > score:
            best, score = (matches[first].start, match.end), len(inside)
    return score, best


def _cut(text: str, start: int, end: int, matches: Sequence[_Match], label: str) -> Snippet:
    """The passage with white space folded, and the matches in it as ranges of what is returned."""
    start += len(text[start:]) - len(text[start:].lstrip())
    line = ELLIPSIS if text[:start].strip() else ""
    ranges: list[tuple[int, int]] = []
    done = start
    for match_start, match_end in _merged([match for match in matches if start <= match.start and match.end <= end]):
        line = _joined(line, text[done:match_start])
        opened = len(line)
        line = _joined(line, text[match_start:match_end])
        ranges.append((opened, len(line)))
        done = match_end
    line = _joined(line, text[done:end]).rstrip()
    return Snippet(line + (ELLIPSIS if text[end:].strip() else ""), tuple(ranges), label)


def _merged(matches: Sequence[_Match]) -> Iterator[tuple[int, int]]:
    """The ranges of the matches, those that overlap as one."""
    start, end = -1, -1
    for match in matches:
        if match.start >= end:
            if end >= 0:
                yield start, end
            start = match.start
        end = max(end, match.end)
    if end >= 0:
        yield start, end


def _joined(line: str, piece: str) -> str:
    """The line with the piece behind it, each run of white space as one space."""
    folded = " ".join(piece.split())
    leading = " " if piece[:1].isspace() and not line.endswith(" ") else ""
    trailing = " " if folded and piece[-1:].isspace() else ""
    return line + leading + folded + trailing


def _backwards(text: str, offset: int) -> int:
    """A place at or just before the offset where a passage can begin: behind a space, else not inside a character."""
    for place in range(offset, max(-1, offset - REACH_FOR_A_SPACE), -1):
        if place == 0 or text[place - 1].isspace():
            return place
    places = range(offset, max(0, offset - REACH_FOR_A_CHARACTER), -1)
    return next((place for place in places if not _continues(text, place)), max(0, offset - REACH_FOR_A_CHARACTER))


def _forwards(text: str, offset: int) -> int:
    """A place at or just behind the offset where a passage can end: before a space, else not inside a character."""
    for place in range(offset, min(len(text), offset + REACH_FOR_A_SPACE)):
        if text[place].isspace():
            return place
    places = range(offset, min(len(text), offset + REACH_FOR_A_CHARACTER))
    return next((place for place in places if not _continues(text, place)), places.stop)


def _continues(text: str, offset: int) -> bool:
    """Whether what stands at the offset belongs to the character before it (marks, joiners, selectors)."""
    return unicodedata.category(text[offset]) in ("Mn", "Mc", "Me", "Cf") or text[offset - 1] == "\u200d"
