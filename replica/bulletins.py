"""Invented bulletins with a life of their own: each appears at a step, may be edited in place, and may be withdrawn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from replica.stories import Story, stories

FIRST_STEP_AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LAST_STEP = 40
"""Nothing happens after this step; it is before the last one of the CSSC page."""
BEFORE_ALL = -1
"""The step before which a bulletin was there already."""
LONDON = ZoneInfo("Europe/London")


def at(step: int) -> datetime:
    """When a step is: they are hours of the replica's clock. UTC."""
    return FIRST_STEP_AT + timedelta(hours=step)


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One bulletin from its first day to its last. Steps are None for what never happens to it."""

    number: int
    story: Story
    issued: datetime
    appears: int = BEFORE_ALL
    edited: int | None = None
    withdrawn: int | None = None
    has_document: bool = False

    def at(self, step: int) -> Edition | None:
        """What there is of it at a step; None before it appears."""
        if step < self.appears:
            return None
        is_edited = self.edited is not None and step >= self.edited
        return Edition(self, is_edited, self.withdrawn is not None and step >= self.withdrawn)

    @property
    def slug(self) -> str:
        """Its name in addresses, which stays when the title changes."""
        return re.sub(r"[^a-z0-9]+", "-", self.story.title.lower()).strip("-")

    @property
    def moments(self) -> tuple[int, ...]:
        """The steps at which something happens to it."""
        return tuple(step for step in (self.appears, self.edited, self.withdrawn) if step is not None)


@dataclass(frozen=True, slots=True)
class Edition:
    """A bulletin as it stands at one step."""

    bulletin: Bulletin
    is_edited: bool
    is_withdrawn: bool

    @property
    def number(self) -> int:
        return self.bulletin.number

    @property
    def slug(self) -> str:
        return self.bulletin.slug

    @property
    def title(self) -> str:
        """As first printed; how an edit shows in it is each platform's own."""
        return self.bulletin.story.title

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return self.bulletin.story.paragraphs

    @property
    def addition(self) -> str:
        """The paragraph that an edit has added; empty before it."""
        return self.bulletin.story.addition if self.is_edited else ""

    @property
    def summary(self) -> str:
        return self.addition or self.paragraphs[0]

    @property
    def issued(self) -> datetime:
        return self.bulletin.issued

    @property
    def changed(self) -> datetime:
        """When it was last issued or edited."""
        return at(self.bulletin.edited) if self.is_edited and self.bulletin.edited is not None else self.issued


@dataclass(frozen=True, slots=True)
class Supply:
    """All bulletins that one site ever has."""

    bulletins: tuple[Bulletin, ...]

    def shown(self, step: int, *, halved: bool = False) -> list[Edition]:
        """Those that stand at a step, newest first; with `halved`, half of them."""
        found = [edition for each in self.bulletins if (edition := each.at(step)) and not edition.is_withdrawn]
        found.sort(key=lambda edition: edition.issued, reverse=True)
        return found[: len(found) // 2] if halved else found

    def find(self, name: int | str, step: int) -> Edition | None:
        """The bulletin of that number or name, withdrawn ones too; None where there is none yet."""
        return next((each.at(step) for each in self.bulletins if name in (each.number, each.slug)), None)

    def changed_at(self, step: int) -> datetime:
        """When something last happened on the site."""
        moments = (moment for each in self.bulletins for moment in each.moments if moment <= step)
        return at(max(moments, default=0))


def planned(seed: str, kind: str, *, first: int = 5, later: int = 3, shift: int = 0, documents: int = 1) -> Supply:
    """Bulletins of one kind: `first` were there before the first step, `later` appear, spread by `shift`.

    The second newest of the first is edited early and the third is withdrawn; of the later ones the first is edited
    and the second, where there is one, is withdrawn. `documents` of the first, and every third of the later ones, come
    with a document.
    """
    told = stories(kind)
    first_number = 401_000 + 97 * shift
    drawn = _told_once([told[(shift * 7 + place) % len(told)] for place in range(first + later)], seed)
    before = [
        Bulletin(
            first_number + place,
            story,
            at(0) - timedelta(hours=23 * (first - place), minutes=(place * 13 + shift * 7) % 60),
            edited=3 + shift % 9 if place == first - 2 else None,
            withdrawn=12 + shift % 13 if place == first - 3 else None,
            has_document=place >= first - documents,
        )
        for place, story in enumerate(drawn[:first])
    ]
    return Supply((*before, *_later(drawn[first:], first_number + first, shift)))


def _told_once(chosen: Sequence[Story], seed: str) -> list[Story]:
    """Each story with places of its own, so that no two have one title."""
    told: dict[str, Story] = {}
    for place, story in enumerate(chosen):
        tellings = (story.told(f"{seed} {place} {again}") for again in count())
        one = next(each for each in tellings if each.title not in told)
        told[one.title] = one
    return list(told.values())


def _later(drawn: Sequence[Story], first_number: int, shift: int) -> list[Bulletin]:
    found = []
    for place, story in enumerate(drawn):
        appears = 2 + shift % 9 + place * 10
        found.append(
            Bulletin(
                first_number + place,
                story,
                at(appears) - timedelta(minutes=5 + (place * 7 + shift * 11) % 50),
                appears,
                edited=_in_time(appears + 6) if place % 3 == 0 else None,
                withdrawn=_in_time(appears + 8) if place % 3 == 1 else None,
                has_document=place % 3 == 2,
            )
        )
    return found


def _in_time(step: int) -> int | None:
    return step if step <= LAST_STEP else None
