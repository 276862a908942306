"""Which known notification an entry is, on pages that give no ids. Pure: words and dates in, a matching out.

Entries and known notifications are paired one to one: word for word first, then, on the same day, by similarity
of their words, best first, ties by position. Below THRESHOLD, or with two candidates within MARGIN, an entry is new:
a false "new" is a link to add, a false match would alter a bulletin.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from rapidfuzz.distance import Indel

from archive.records import Notification

THRESHOLD = 0.75
HEADED_THRESHOLD = 0.6
"""For entries of one day whose headings are the same and the only such ones of that day."""
CITED_THRESHOLD = 0.4
"""For entries of one day that cite the same documents."""
MARGIN = 0.05
WINDOW = timedelta(days=7)
"""How far apart two stated dates of one bulletin may lie, where every word is the same: room for a corrected date."""
MIN_WORDS = 4
"""Fewer words than this say nothing about identity."""
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Wording:
    """What identity looks at in one wording of a bulletin: `words` are those of title and text, `body` of the text.

    They are taken when they are first asked for: most known wordings are met again word for word, by their hash.
    """

    content_hash: str
    issued: date | None
    text: str
    heading: tuple[date | None, str | None, str | None] = (None, None, None)
    documents: frozenset[str] = frozenset()

    @classmethod
    def of(cls, record: Notification, content_hash: str | None = None) -> Wording:
        day = issued_day(record)
        return cls(
            content_hash or record.content_hash(),
            day,
            record.text,
            (day, record.level, record.title),
            frozenset(url for url, _ in record.attachments),
        )

    @cached_property
    def body(self) -> tuple[str, ...]:
        return _words(self.text)

    @cached_property
    def words(self) -> tuple[str, ...]:
        return _words(self.heading[2] or "") + self.body


@dataclass(frozen=True, slots=True)
class Known:
    """A notification that the archive holds: its current wording first, then the earlier ones."""

    notification_id: int
    wordings: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The notification that an entry was taken for; `score` is 1.0 for word for word."""

    notification_id: int
    method: str
    score: float


def issued_day(record: Notification) -> date | None:
    """The stated day of issue, or None where less than a day is stated."""
    if record.issued is None or record.issued_precision in ("year", "month"):
        return None
    return date.fromisoformat(record.issued[:10])


def derived_ref(record: Notification, content_hash: str, taken: Iterable[str] = ()) -> str:
    """A ref for a bulletin whose publisher gives none: its date and the beginning of its first content hash."""
    ref = f"{record.issued or 'undated'}-{content_hash[:8]}"
    in_use = set(taken)
    number = 2
    while ref in in_use:
        ref = f"{record.issued or 'undated'}-{content_hash[:8]}-{number}"
        number += 1
    return ref


def public_id(source: str, ref: str) -> str:
    """The id that is shown and cited: 16 hex digits of the SHA-256 of source and ref when first assigned."""
    return hashlib.sha256(f"{source}\n{ref}".encode()).hexdigest()[:16]


_Pair = tuple[float, int, int]
"""Score, place of the entry, number of the notification."""
_Held = tuple[int, Wording]
"""Number of a notification, one of its wordings."""


def match(entries: Sequence[Wording], known: Sequence[Known]) -> dict[int, Match]:
    """Pair entries (by their place in `entries`) with known notifications, one to one."""
    matched = _match_exactly(entries, known)
    taken = {found.notification_id for found in matched.values()}
    left = [each for each in known if each.notification_id not in taken]
    shown = Counter(entry.heading for entry in entries)
    held = Counter(each.wordings[0].heading for each in known)
    open_entries = {place: entry for place, entry in enumerate(entries) if place not in matched}
    pairs = _similar_pairs(open_entries, left, lambda entry: shown[entry.heading] == 1 and held[entry.heading] == 1)
    matched.update(_pair_greedily(pairs))
    return matched


class _Coder:
    """Each different word as one character, so that texts are compared word by word at the speed of strings."""

    FIRST = 0xE000
    """Beyond the surrogates."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}

    def __call__(self, words: Sequence[str]) -> str:
        codes = self._codes
        return "".join(codes.setdefault(word, chr(self.FIRST + len(codes))) for word in words)


@dataclass(frozen=True, slots=True)
class _Coded:
    """A wording whose words and body are characters."""

    wording: Wording
    words: str
    body: str

    @classmethod
    def of(cls, wording: Wording, code: _Coder) -> _Coded:
        return cls(wording, code(wording.words), code(wording.body))


def similarity(entry: Wording, known: Wording) -> float:
    """Share of words (Indel, in order) that two wordings have in common: of all words, or of the bodies if more."""
    code = _Coder()
    return _similarity(_Coded.of(entry, code), _Coded.of(known, code))


def _similarity(entry: _Coded, known: _Coded) -> float:
    return max(_share(entry.words, known.words), _share(entry.body, known.body))


def _share(one: str, other: str) -> float:
    if min(len(one), len(other)) < MIN_WORDS:
        return 0.0
    return float(Indel.normalized_similarity(one, other, score_cutoff=CITED_THRESHOLD))


def _words(text: str) -> tuple[str, ...]:
    return tuple(WORD.findall(text.casefold()))


def _match_exactly(entries: Sequence[Wording], known: Sequence[Known]) -> dict[int, Match]:
    matched: dict[int, Match] = {}
    taken: set[int] = set()
    for method, holders in (("exact", _by_hash(known, earlier=False)), ("earlier", _by_hash(known, earlier=True))):
        for place, entry in enumerate(entries):
            free = [number for number in holders.get(entry.content_hash, ()) if number not in taken]
            if place not in matched and free:
                matched[place] = Match(free[0], method, 1.0)
                taken.add(free[0])
    return matched


def _by_hash(known: Sequence[Known], *, earlier: bool) -> Mapping[str, list[int]]:
    holders: dict[str, list[int]] = {}
    for each in known:
        for wording in each.wordings[1:] if earlier else each.wordings[:1]:
            holders.setdefault(wording.content_hash, []).append(each.notification_id)
    return holders


def _similar_pairs(
    entries: Mapping[int, Wording], known: Sequence[Known], is_unique: Callable[[Wording], bool]
) -> list[_Pair]:
    """The pairs that may be one bulletin or may make another pair doubtful, best first.

    On one day the words are compared; on different days within WINDOW every word must be the same.
    """
    if not entries:
        return []
    held = [(each.notification_id, wording) for each in known for wording in each.wordings]
    by_words: dict[tuple[str, ...], list[_Held]] = {}
    for number, each in held:
        by_words.setdefault(each.words, []).append((number, each))
    best: dict[tuple[int, int], float] = {}
    for place, number, score in (*_alike(entries, held, is_unique), *_moved(entries, by_words)):
        best[place, number] = max(score, best.get((place, number), 0.0))
    return sorted(
        ((score, place, number) for (place, number), score in best.items()), key=lambda pair: (-pair[0], pair[1])
    )


def _alike(
    entries: Mapping[int, Wording], held: Sequence[_Held], is_unique: Callable[[Wording], bool]
) -> Iterator[tuple[int, int, float]]:
    """Entries and known wordings of the same day whose words are alike enough to matter."""
    code = _Coder()
    days = {entry.issued for entry in entries.values()}
    by_day: dict[date | None, list[tuple[int, _Coded]]] = {}
    for number, each in held:
        if each.issued in days:
            by_day.setdefault(each.issued, []).append((number, _Coded.of(each, code)))
    for place, wording in entries.items():
        if wording.issued not in by_day:
            continue
        entry = _Coded.of(wording, code)
        for number, known in by_day[wording.issued]:
            score = _weighed(entry, known, _similarity(entry, known), is_unique)
            if score >= THRESHOLD - MARGIN:
                yield place, number, score


def _moved(
    entries: Mapping[int, Wording], by_words: Mapping[tuple[str, ...], Sequence[_Held]]
) -> Iterator[tuple[int, int, float]]:
    """Entries and known wordings of different days within WINDOW whose words are the same."""
    for place, entry in entries.items():
        for number, known in by_words.get(entry.words, ()) if len(entry.words) >= MIN_WORDS else ():
            day, other = entry.issued, known.issued
            if other != day and (other is None or day is None or abs(other - day) <= WINDOW):
                yield place, number, 1.0


def _weighed(entry: _Coded, known: _Coded, score: float, is_unique: Callable[[Wording], bool]) -> float:
    """The score, raised to THRESHOLD where the heading or the documents say what fewer shared words leave open."""
    one, other = entry.wording, known.wording
    same_heading = one.issued is not None and one.heading == other.heading and is_unique(one)
    same_documents = bool(one.documents) and one.documents == other.documents
    bodiless = same_heading and one.heading[2] is not None and not (one.body and other.body)
    if bodiless or (same_heading and score >= HEADED_THRESHOLD) or (same_documents and score >= CITED_THRESHOLD):
        return max(score, THRESHOLD)
    return score


def _pair_greedily(pairs: list[_Pair]) -> dict[int, Match]:
    matched: dict[int, Match] = {}
    by_place, by_number = _grouped(pairs, 1), _grouped(pairs, 2)
    gone: set[_Pair] = set()
    for pair in pairs:
        score, place, number = pair
        if pair in gone or score < THRESHOLD:
            continue
        beside = [other for other in by_place[place] + by_number[number] if other != pair and other not in gone]
        rivals = [other for other in beside if score - other[0] < MARGIN]
        gone.add(pair)
        gone.update(rivals or beside)
        if not rivals:
            matched[place] = Match(number, "similar", round(score, 4))
    return matched


def _grouped(pairs: list[_Pair], side: int) -> dict[int, list[_Pair]]:
    groups: dict[int, list[_Pair]] = {}
    for pair in pairs:
        groups.setdefault(int(pair[side]), []).append(pair)
    return groups
