"""The sources of the soak: pages of messages to which new ones come at random moments, and all that they showed."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from parsers.source import Source
from replica.answers import Answer as Shown
from replica.answers import digest
from replica.messages import Message
from replica.page import entries_of, page_of
from tests.fetching import NOW
from tests.upstreams.stage import moved_here

HOSTS = 20
SHOWN = 12
"""So many messages a page shows."""
HOURS_BETWEEN = 6.0
"""A source publishes something new about so often."""
WORDS = [
    first + last
    for first in "bal cor den fal gim hul jas kel lom mur nid pol".split()
    for last in "ad en ock ish um or".split()
]


@dataclass
class Publisher:
    """One source with its page, newest message first, and the titles and texts of all that it has published.

    Tuples of words are no objects that Python's collector follows, so that what is published does not count as grown.
    """

    number: int
    source: Source
    random: random.Random
    next_at: datetime
    shown: deque[Message] = field(default_factory=lambda: deque(maxlen=SHOWN))
    published: list[tuple[str, str]] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/{self.number}/messages"

    def publish_until(self, now: datetime) -> None:
        while self.next_at <= now:
            message = self._message(self.next_at.date())
            self.shown.appendleft(message)
            self.published.append((str(message.title), "\n".join(message.lines)))
            self.next_at += timedelta(hours=self.random.expovariate(1 / HOURS_BETWEEN))

    def _message(self, issued: date) -> Message:
        said = " ".join(self.random.choices(WORDS, k=30)).capitalize()
        title = f"Notice {len(self.published) + 1} of {self.number}, {' '.join(self.random.choices(WORDS, k=3))}"
        return Message(title, issued, "Green", "London", title, (f"{said}.",))

    def page(self) -> Shown:
        messages = list(self.shown)
        etag = digest(entries_of(messages, "strong").encode())
        return Shown(200, "text/html; charset=utf-8", page_of(messages, serial=len(self.published)), f'"{etag}"')


def publishers(count: int, seed: int) -> list[Publisher]:
    """Sources of one page each, spread over the hosts, each with a page full of messages before the first poll."""
    made = []
    for number in range(count):
        source = moved_here("bsia-cssc", "")
        vars(source).update(slug=f"soak-{number}", start=(f"http://h{number % HOSTS}.test/{number}/messages",))
        each = Publisher(
            number, source, random.Random(seed * 1_000 + number), NOW - timedelta(hours=HOURS_BETWEEN * SHOWN)
        )
        each.publish_until(NOW)
        del each.published[:-SHOWN]
        made.append(each)
    return made
