"""The replica's page is one that the source's parser reads: every entry, the same from every template."""

from __future__ import annotations

import pytest

from archive.records import Notification
from parsers.source import parse, sources
from replica.messages import Message, messages
from replica.page import TEMPLATES, page_of
from replica.sites import CSSC_PATH
from replica.timeline import TIMELINE, state

ADDRESS = "https://www.bsia.co.uk" + CSSC_PATH
NEWEST_FIRST = sorted(messages().values(), key=lambda message: message.issued, reverse=True)


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_message_is_read_as_it_was_written(template: str) -> None:
    read = _read(page_of(NEWEST_FIRST, template=template))
    assert [_facts(notification) for notification in read] == [_written(message) for message in NEWEST_FIRST]


def test_every_template_gives_equal_records() -> None:
    hashes = {tuple(each.content_hash() for each in _read(page_of(NEWEST_FIRST, template=name))) for name in TEMPLATES}
    assert len(hashes) == 1


def test_every_step_of_the_timeline_is_read_whole() -> None:
    for step in range(len(TIMELINE)):
        now = state(step)
        assert len(_read(page_of(now.shown, template=now.template, serial=step))) == len(now.shown)


def _read(page: bytes) -> list[Notification]:
    reading = parse(sources()["bsia-cssc"], page, ADDRESS)
    assert reading.refused == ()
    return [entry.notification for entry in reading.read]


def _facts(read: Notification) -> tuple[object, ...]:
    return read.issued, read.level, read.region, read.title, [line for line in read.text.splitlines() if line]


def _written(message: Message) -> tuple[object, ...]:
    return message.issued.isoformat(), message.level.lower(), message.region, message.title, list(message.lines)
