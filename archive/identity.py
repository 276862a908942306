"""Which known notification an entry is, on pages that give no ids. Pure: words and dates in, a matching out.

Entries and known notifications are paired one to one: word for word first, then by similarity of their
words, best first, ties by position. Below THRESHOLD, or with two candidates within MARGIN, an entry is new:
a false "new" is a link to add, a false match would alter a bulletin.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rapidfuzz.distance import Indel

from archive.records import Notification

THRESHOLD = 0.75
MARGIN = 0.05
WINDOW = timedelta(days=7)
"""How far apart two stated dates of one bulletin may lie: room for a corrected date, not for next month's edition."""
MIN_WORDS = 4
"""Fewer words than this say nothing about identity."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What identity looks at in one wording of a bulletin."""

    content_hash: str
    issued: date | None
    words: tuple[str, ...]
    body: tuple[str, ...]

    @classmethod
    def of(cls, record: Notification, content_hash: str | None = None) -> Wording:
        body = _words(record.text)
        return cls(content_hash or record.content_hash(), issued_day(record), _words(record.title or "") + body, body)


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


def match(entries: Sequence[Wording], known: Sequence[Known]) -> dict[int, Match]:
    """Pair entries (by their place in `entries`) with known notifications, one to one."""
    matched = _match_exactly(entries, known)
    taken = {found.notification_id for found in matched.values()}
    left = [each for each in known if each.notification_id not in taken]
    pairs = _similar_pairs({place: entry for place, entry in enumerate(entries) if place not in matched}, left)
    matched.update(_pair_greedily(pairs))
    return matched


def similarity(entry: Wording, known: Wording) -> float:
    """Share of words (Indel, in order) that two wordings have in common; on one day, of the bodies if that is more."""
    score = _share(entry.words, known.words)
    if entry.issued is not None and entry.issued == known.issued:
        score = max(score, _share(entry.body, known.body))
    return score


def _share(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    if min(len(one), len(other)) < MIN_WORDS:
        return 0.0
    return float(Indel.normalized_similarity(one, other, score_cutoff=THRESHOLD - MARGIN))


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))


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


def _near(one: date | None, other: date | None) -> bool:
    return one is None or other is None or abs(one - other) <= WINDOW


def _similar_pairs(entries: Mapping[int, Wording], known: Sequence[Known]) -> list[tuple[float, int, int]]:
    pairs = []
    for place, entry in entries.items():
        for each in known:
            near = [wording for wording in each.wordings if _near(entry.issued, wording.issued)]
            score = max((similarity(entry, wording) for wording in near), default=0.0)
            if score >= THRESHOLD - MARGIN:
                pairs.append((score, place, each.notification_id))
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1]))


def _pair_greedily(pairs: list[tuple[float, int, int]]) -> dict[int, Match]:
    matched: dict[int, Match] = {}
    by_place, by_number = _grouped(pairs, 1), _grouped(pairs, 2)
    gone: set[tuple[float, int, int]] = set()
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


def _grouped(pairs: list[tuple[float, int, int]], side: int) -> dict[int, list[tuple[float, int, int]]]:
    groups: dict[int, list[tuple[float, int, int]]] = {}
    for pair in pairs:
        groups.setdefault(int(pair[side]), []).append(pair)
    return groups
