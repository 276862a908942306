"""Whatever pages come in whatever order, every entry of every page stands in one account."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from archive.derived import AccountRow, NotificationRow, Quarantined
from archive.settle import Accounts, BooksDoNotBalance
from archive.store import Archive
from archive.tables import Capture
from ingest.settling import arrive
from replica.messages import Message, messages
from replica.page import TEMPLATES, page_of
from tests.lifecycle.dumps import counts
from tests.lifecycle.world import START, arrival, bsia, opened

KNOWN = list(messages().values())[:24]
DAMAGES = (b"/2018 - CSSC", b"/20?? - CSSC"), (b" Green Message", b" Mauve Message"), (b"London", b"Narnia")
LONG = 400 * (os.environ.get("BULLETINS_TEST_PROFILE") == "long")
numbers = itertools.count(1)


@st.composite
def pages(draw: st.DrawFn) -> tuple[bytes, int]:
    """A page of some messages in some order, some twice, some edited, some damaged; and how many entries it has."""
    chosen = draw(st.lists(st.sampled_from(KNOWN), min_size=1, max_size=9))
    edits = draw(st.lists(st.sampled_from(("", "Further advice follows.", "This is over.")), min_size=9, max_size=9))
    shown = [_edited(message, words) for message, words in zip(chosen, edits, strict=False)]
    body = page_of(shown, template=draw(st.sampled_from(TEMPLATES)), serial=draw(st.integers(0, 3)))
    for before, after in draw(st.lists(st.sampled_from(DAMAGES), max_size=2)):
        body = body.replace(before, after, draw(st.integers(1, 2)))
    return body, len(shown)


def _edited(message: Message, words: str) -> Message:
    return replace(message, paragraphs=(*message.paragraphs, words)) if words else message


@pytest.fixture
def archive(database_url: str, tmp_path: Path) -> Iterator[Archive]:
    with opened(database_url, tmp_path) as archive:
        yield archive


def books(archive: Archive, slug: str) -> Sequence[AccountRow]:
    with archive.reading() as session:
        query = select(AccountRow).join(Capture, Capture.id == AccountRow.capture_id).where(Capture.source == slug)
        return session.scalars(query.order_by(Capture.id)).all()


def stored(archive: Archive, slug: str) -> tuple[int, int]:
    """How many notifications of a source there are, and how many entries wait in quarantine."""
    with archive.reading() as session:
        kept = session.scalar(select(func.count()).where(NotificationRow.source == slug))
        bad = session.scalar(select(func.count()).where(Quarantined.source == slug, Quarantined.what == "entry"))
        return kept or 0, bad or 0


@settings(max_examples=LONG or 10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(pages(), min_size=1, max_size=4))
def test_entries_seen_are_new_revised_unchanged_repeated_or_quarantined(
    archive: Archive, series: list[tuple[bytes, int]]
) -> None:
    source = bsia(f"books-{next(numbers)}")
    new = 0
    for place, (body, entries) in enumerate(series):
        at = START + timedelta(minutes=20 * place)
        found = arrive(archive, source, [arrival(body, at, source.slug)], at).accounts
        assert found.seen == entries
        assert found.seen == found.new + found.revised + found.unchanged + found.repeated + found.quarantined
        new += found.new
    assert stored(archive, source.slug)[0] == new
    for row in books(archive, source.slug):
        assert row.seen == row.new + row.revised + row.unchanged + row.repeated + row.quarantined
    before = counts(archive)
    arrive(archive, source, [arrival(series[-1][0], at + timedelta(hours=1), source.slug)], at + timedelta(hours=1))
    grown = {name: count - before[name] for name, count in counts(archive).items() if count != before[name]}
    assert set(grown) <= {"checks", "changes"}, "the same page again is a check, and a second absence at most"
    assert grown.get("changes", 0) <= new


def test_books_that_do_not_balance_end_the_run() -> None:
    Accounts(seen=3, new=1, repeated=1, quarantined=1).check("capture 1")
    with pytest.raises(BooksDoNotBalance, match="capture 1: 4 entries seen, 3 accounted for, expected the same"):
        Accounts(seen=4, new=1, repeated=1, quarantined=1).check("capture 1")


def test_the_same_bad_entry_seen_again_is_one_row(archive: Archive) -> None:
    source = bsia("books-twice")
    body = page_of(KNOWN[:6], serial=1).replace(b"/2018 - CSSC", b"/20?? - CSSC", 1)
    for place, serial in enumerate((b"", b"<!-- another -->")):
        at = START + timedelta(minutes=20 * place)
        found = arrive(archive, source, [arrival(body + serial, at, source.slug)], at).accounts
        assert (found.seen, found.quarantined) == (6, 1)
    assert stored(archive, source.slug) == (5, 1)
