"""The messages that the replica's CSSC page shows: our own words, in the publisher's shape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random

MESSAGES_FILE = Path(__file__).parent / "bsia_messages.txt"
LINK = re.compile(r"\[([^\[\]]*)\]\(([^()\s]*)\)")
BULLET = "* "


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `key` is ours and is never printed. A paragraph that starts with `* ` is a list item."""

    key: str
    issued: date
    level: str
    region: str | None
    title: str | None
    paragraphs: tuple[str, ...]
    dash_before_title: bool = True

    @property
    def heading(self) -> str:
        """The printed heading, `DD/MM/YYYY - CSSC [London] Green Message[ - title]`."""
        scope = f"CSSC {self.region}" if self.region else "CSSC"
        dash = " - " if self.dash_before_title else " "
        return f"{self.issued:%d/%m/%Y} - {scope} {self.level} Message" + (f"{dash}{self.title}" if self.title else "")

    @property
    def lines(self) -> tuple[str, ...]:
        """The words of the body, one line per paragraph or list item, without addresses."""
        return tuple(LINK.sub(r"\1", paragraph).removeprefix(BULLET) for paragraph in self.paragraphs)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that the body links to, as printed."""
        return tuple(found[1] for paragraph in self.paragraphs for found in LINK.findall(paragraph))

    def edited(self, before: str, after: str) -> Message:
        """This message with one sentence changed; raises ValueError where `before` does not stand in it once."""
        joined = "\n".join(self.paragraphs)
        if joined.count(before) != 1:
            raise ValueError(f"message {self.key}: {before!r} stands {joined.count(before)} times, expected 1")
        return replace(self, paragraphs=tuple(joined.replace(before, after).split("\n")))

    def retitled(self, title: str) -> Message:
        return replace(self, title=title)


@cache
def messages() -> Mapping[str, Message]:
    """Every scripted message by key, oldest first; raises ValueError naming the file's line where one is malformed."""
    found: dict[str, Message] = {}
    for number, head, paragraphs in _blocks(MESSAGES_FILE.read_text(encoding="utf-8")):
        message = _message(f"{MESSAGES_FILE.name}:{number}", head, paragraphs)
        if message.key in found:
            raise ValueError(f"{MESSAGES_FILE.name}:{number}: key {message.key} again, expected a new one")
        found[message.key] = message
    return found


def _blocks(text: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    for block in re.finditer(r"^== (.*)\n((?:(?!==).+\n?)*)", text, re.MULTILINE):
        yield text.count("\n", 0, block.start()) + 1, block[1], tuple(block[2].splitlines())


def _message(where: str, head: str, paragraphs: tuple[str, ...]) -> Message:
    parts = [part.strip() for part in head.split("|")]
    if len(parts) != 5 or not paragraphs:
        raise ValueError(f"{where}: {len(parts)} parts and {len(paragraphs)} paragraphs, expected 5 and at least 1")
    key, issued, level, region, title = parts
    day, month, year = map(int, issued.split("/"))
    return Message(
        key,
        date(year, month, day),
        level,
        region or None,
        title.removeprefix("^") or None,
        paragraphs,
        not title.startswith("^"),
    )


def synthetic_messages(count: int, seed: int = 1) -> tuple[Message, ...]:
    """`count` messages of seeded words, newest first, two on every third day; the same for the same seed."""
    newest = date(2018, 6, 29)
    return tuple(
        Message(
            key=f"synthetic-{number:06d}",
            issued=newest - timedelta(days=number - number // 3),
            level=("Green", "Amber", "Red")[number % 7 // 3],
            region=None if number % 5 == 0 else "London",
            title=None if number % 6 == 0 else seeded_words(f"{seed}-title-{number}", 6).capitalize(),
            paragraphs=tuple(seeded_sentence(f"{seed}-{number}-{line}") for line in range(3)),
        )
        for number in range(count)
    )


VOCABULARY = """
    about access advice after alarm area arrive assembly barrier before bridge briefing building business caller
    camera closed contact control cordon courier crowd delivery depot diversion early email entrance evening event
    exercise expected fence footway fraud gate guard harbour incident indoors invoice known later level lighting
    loading local manager market message monitor morning night notice number officer open organiser owner parcel
    password patrol pavement payment platform police poster premises public queue radio receive reception report
    resident review road route safety service shopkeeper shutter signal staff station street supplier support
    telephone theft ticket traffic traveller update vehicle visitor warning weather website weekend witness"""
WORDS = tuple(VOCABULARY.split())


def seeded_words(seed: str, count: int) -> str:
    """`count` words that depend on nothing but the seed."""
    return " ".join(Random(seed).choices(WORDS, k=count))


def seeded_sentence(seed: str) -> str:
    words = seeded_words(seed, 12 + Random(f"length of {seed}").randrange(24))
    return f"{words.capitalize()}."
