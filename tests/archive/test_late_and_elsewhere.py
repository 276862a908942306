"""Captures that come late, from another address, or over damaged blobs: nothing newer is altered, nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from archive.blobs import path_of
from archive.derived import Target
from archive.journal import Arrival, body_of
from archive.tables import Capture
from ingest.settling import arrive
from tests.archive.pages import URL, Publisher, messages, page

TWELVE = messages(12)
EDITED = [TWELVE[0].but(body=TWELVE[0].body + " It has gone home."), *TWELVE[1:]]
OTHER = URL + "?page=all"


def read_at(publisher: Publisher, body: bytes, hour: float, url: str = URL) -> None:
    moment = publisher.at(hour)
    arrival = Arrival(publisher.source.slug, "listing", url, url, moment, "file", "import", 200, (), body)
    arrive(publisher.archive, publisher.source, [arrival], moment)


def test_an_edit_that_an_import_showed_first_is_current_when_the_page_shows_it(publisher: Publisher) -> None:
    publisher.read(page(TWELVE), hour=1)
    publisher.read(page(TWELVE), hour=3)
    publisher.news()
    read_at(publisher, page(EDITED), hour=2)
    assert publisher.news() == [("revised", "Notice 11", 2)]
    assert publisher.texts()["Notice 11"] == TWELVE[0].body
    publisher.read(page(EDITED, nonce="live"), hour=4)
    assert publisher.texts()["Notice 11"] == EDITED[0].body
    assert [kind for kind, _, _ in publisher.news()] == ["revised"]


def test_an_older_state_under_another_address_changes_nothing_current(publisher: Publisher) -> None:
    publisher.read(page(TWELVE), hour=1)
    for hour in (2, 3):
        publisher.read(page([EDITED[1].but(title="New title"), *TWELVE[2:]]), hour=hour)
    publisher.news()
    read_at(publisher, page(TWELVE), hour=1.5, url=OTHER)
    assert publisher.news() == []
    assert publisher.states()["Notice 11"] == "withdrawn"
    assert "New title" in publisher.states()


def test_what_another_page_still_shows_is_not_withdrawn(publisher: Publisher) -> None:
    read_at(publisher, page(TWELVE), hour=1)
    read_at(publisher, page(TWELVE), hour=2, url=OTHER)
    for hour in (3, 4, 5):
        read_at(publisher, page(TWELVE[1:]), hour=hour, url=OTHER)
    read_at(publisher, page(TWELVE), hour=6)
    assert [kind for kind, _, _ in publisher.news()] == ["created"] * 12


def test_an_address_that_is_only_imported_is_never_asked(publisher: Publisher) -> None:
    read_at(publisher, page(TWELVE), hour=1, url=OTHER)
    with publisher.archive.reading() as session:
        assert session.scalars(select(Target.next_check_at).where(Target.url == OTHER)).all() == [None]


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_to_nowhere_is_an_error(publisher: Publisher, status: int) -> None:
    publisher.show(TWELVE)
    found = publisher.read(b"moved", status=status)
    assert found.lossy and found.accounts.errors == 1


def damage(publisher: Publisher, tmp_path: Path) -> None:
    with publisher.archive.reading() as session:
        sha256 = session.scalars(select(Capture.sha256)).first()
    (place,) = tmp_path.glob(f"blobs/{path_of(str(sha256))}*")
    place.write_bytes(b"damaged")


def test_a_damaged_blob_stands_in_the_way_of_no_new_page(publisher: Publisher, tmp_path: Path) -> None:
    long = [message.but(body=" ".join([message.body] * 9)) for message in TWELVE]
    publisher.show(long)
    damage(publisher, tmp_path)
    found = publisher.show([long[0].but(title="Another"), *long[1:]])
    assert (found.accounts.seen, found.accounts.revised) == (12, 1)


def test_a_damaged_blob_is_mended_when_its_body_comes_again(publisher: Publisher, tmp_path: Path) -> None:
    body = page(TWELVE)
    publisher.read(body)
    damage(publisher, tmp_path)
    publisher.read(body)
    with publisher.archive.reading() as session:
        sha256 = session.scalars(select(Capture.sha256)).first()
        assert body_of(session, publisher.archive.blobs, str(sha256)) == body


def test_a_page_of_thousands_is_settled(publisher: Publisher) -> None:
    many = [
        message.but(title=f"{message.title} of {number}", body=f"{message.body} Number {number}.")
        for number, message in enumerate(messages(12) * 100)
    ]
    assert publisher.show(many).accounts.new == 1_200
    assert publisher.show([many[0].but(title="First"), *many[1:]]).accounts.unchanged >= 1_199 - 1


def test_one_that_is_over_by_its_own_words_stays_so_when_it_is_met_late(publisher: Publisher) -> None:
    old, *newer = messages(12)[::-1]
    over = old.but(body="This message is now closed. The road is open again.")
    publisher.show([*newer[::-1]], hour=5)
    publisher.show([*newer[::-1], over], hour=2)
    assert publisher.states()[over.title] == "ended"
    assert set(publisher.states().values()) == {"ended", "current"}
