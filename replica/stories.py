"""The stories that the replica's sites tell, and the invented places and days that they are filled in with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

STORIES_FILE = Path(__file__).parent / "stories.txt"
ADDED = "+ "
PLACES = tuple(
    """Wibbleford;Saltmouth;Ambleton;Nether Ostley;Hexworth Green;Quarne;Tarnwick;Overmere;Pellbury;Carrow Heath;
    Lower Dunning;Brindlecombe;Stoke Farthing;Marrowby;Innisholt;Glenarrow;Thistleport;Upper Wend;Castle Orme;
    Fennimore;Longstrake;Whitlow Bay;Ravensey;Dapplewood;Kettlebrook;St Osric;Millgarth;Eastwick Moor""".replace(
        "\n    ", ""
    ).split(";")
)
STREETS = ("Mill Lane", "Harbour Road", "Tanner Street", "High Street", "Quay Street", "Station Road", "Beacon Hill")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = ("7.15am", "9am", "11.40am", "2pm", "5.40pm", "8pm", "10.30pm")


@dataclass(frozen=True, slots=True)
class Story:
    """A title, its paragraphs, and the paragraph that an edit adds."""

    title: str
    paragraphs: tuple[str, ...]
    addition: str

    def told(self, seed: str) -> Story:
        """This story with a place, a street, a day, an hour and a number that depend on nothing but the seed."""
        chance = Random(seed)
        filled = {
            "place": chance.choice(PLACES),
            "street": chance.choice(STREETS),
            "day": chance.choice(DAYS),
            "hour": chance.choice(HOURS),
            "count": str(chance.randrange(3, 60)),
        }
        told = (words.format(**filled) for words in (self.title, self.addition, *self.paragraphs))
        title, addition, *paragraphs = told
        return Story(title, tuple(paragraphs), addition)


@cache
def stories(kind: str) -> tuple[Story, ...]:
    """The stories of one kind in the order of the file; raises ValueError where it has none."""
    found = tuple(story for kinds, story in _stories() if kind in kinds)
    if not found:
        raise ValueError(f"{STORIES_FILE.name}: no story of the kind {kind!r}, expected at least 1")
    return found


def _stories() -> Iterator[tuple[list[str], Story]]:
    for block in STORIES_FILE.read_text(encoding="utf-8").split("\n== ")[1:]:
        head, title, *lines = block.strip().splitlines()
        paragraphs = tuple(line for line in lines if not line.startswith(ADDED))
        additions = [line.removeprefix(ADDED) for line in lines if line.startswith(ADDED)]
        if not paragraphs or len(additions) != 1:
            raise ValueError(f"{STORIES_FILE.name}: story {title!r}, expected paragraphs and one line that is added")
        yield head.split(), Story(title, paragraphs, additions[0])
