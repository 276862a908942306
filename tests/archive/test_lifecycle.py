"""What becomes of bulletins on a page without ids: `changes` says exactly that and no more."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from archive.derived import NotificationRow
from archive.finding import Asked, search
from archive.overview import gaps
from archive.reading import history, number_of, sightings
from archive.tables import Capture, Check, Delta
from ingest.accepting import accept
from tests.archive.pages import BODIES, Message, Publisher, messages, page

TWELVE = messages(12)


@pytest.fixture
def settled(publisher: Publisher) -> Publisher:
    """A publisher whose twelve messages the archive has."""
    publisher.show(TWELVE)
    assert len(publisher.news()) == 12
    return publisher


def test_the_first_reading_creates_oldest_first(publisher: Publisher) -> None:
    found = publisher.show(TWELVE).accounts
    assert (found.seen, found.new) == (12, 12)
    assert publisher.news() == [("created", f"Notice {number}", 1) for number in range(12)]


def test_an_identical_body_is_a_check(settled: Publisher) -> None:
    body = page(TWELVE, nonce="0")
    found = settled.read(body).accounts
    assert (found.seen, found.unchanged, found.new) == (12, 12, 0)
    with settled.archive.reading() as session:
        assert len(session.scalars(select(Capture)).all()) == 1
        assert [check.kind for check in session.scalars(select(Check))] == ["identical"]
    assert settled.news() == []


@pytest.mark.parametrize("template", ["h3", "strong"])
def test_view_state_stamps_and_another_template_change_nothing(settled: Publisher, template: str) -> None:
    found = settled.read(page(TWELVE, nonce="another", template=template)).accounts
    assert (found.seen, found.unchanged) == (12, 12)
    assert settled.news() == []


def test_what_differs_only_outside_the_region_is_not_parsed_and_kept_as_a_delta(settled: Publisher) -> None:
    padding = [message.but(body=message.body + " " + " ".join(BODIES)) for message in TWELVE]
    settled.read(page(padding, nonce="one"))
    settled.read(page(padding, nonce="two"))
    with settled.archive.reading() as session:
        last = session.scalars(select(Capture).order_by(Capture.id.desc()).limit(1)).one()
        assert last.repeats is not None
        delta = session.get_one(Delta, last.sha256)
        assert len(delta.frame) < delta.size / 10


def test_an_edited_sentence_is_a_revision(settled: Publisher) -> None:
    edited = [TWELVE[0].but(body=TWELVE[0].body.replace("blue", "green")), *TWELVE[1:]]
    found = settled.show(edited).accounts
    assert (found.revised, found.unchanged) == (1, 11)
    assert settled.news() == [("revised", "Notice 11", 2)]


def test_a_corrected_title_is_a_revision(settled: Publisher) -> None:
    settled.show([TWELVE[0].but(title="Notice eleven, corrected"), *TWELVE[1:]])
    assert settled.news() == [("revised", "Notice eleven, corrected", 2)]


def test_a_corrected_level_and_date_is_a_revision(settled: Publisher) -> None:
    settled.show([TWELVE[0].but(level="Amber", day="13/02/2026"), *TWELVE[1:]])
    assert settled.news() == [("revised", "Notice 11", 2)]


def test_a_new_message_on_a_day_that_has_one(settled: Publisher) -> None:
    settled.show([Message(TWELVE[0].day, "Another", "Fairground rides on the common are inspected."), *TWELVE])
    assert settled.news() == [("created", "Another", 1)]


def test_a_removed_message_is_withdrawn_at_the_second_absence(settled: Publisher) -> None:
    rest = [*TWELVE[:4], *TWELVE[5:]]
    assert settled.show(rest).accounts.withdrawn == 0
    assert settled.news() == []
    assert settled.show(rest).accounts.withdrawn == 1
    assert settled.news() == [("withdrawn", "Notice 7", 1)]
    settled.show(rest)
    assert settled.news() == []


def test_absences_closer_than_the_polling_interval_count_once(settled: Publisher) -> None:
    rest = TWELVE[1:]
    settled.show(rest)
    settled.show(rest, hour=settled.hour + 0.1)
    assert settled.news() == []


def test_three_that_rolled_off_the_end_change_nothing(settled: Publisher) -> None:
    fresh = [Message(f"{13 + number}/02/2026", f"Fresh {number}", BODIES[number][::-1]) for number in range(3)]
    rolled = [*fresh[::-1], *TWELVE[:-3]]
    settled.show(rolled)
    settled.show(rolled)
    assert [kind for kind, _, _ in settled.news()] == ["created"] * 3
    assert {settled.states()[f"Notice {number}"] for number in range(3)} == {"rolled-off"}


def test_a_message_that_comes_back_is_reinstated(settled: Publisher) -> None:
    rest = TWELVE[1:]
    settled.show(rest)
    settled.show(rest)
    settled.news()
    settled.show(TWELVE)
    assert settled.news() == [("reinstated", "Notice 11", 1)]
    assert settled.states()["Notice 11"] == "current"


def test_a_message_that_comes_back_edited_is_reinstated_and_revised(settled: Publisher) -> None:
    for _ in range(2):
        settled.show(TWELVE[1:])
    settled.news()
    settled.show([TWELVE[0].but(title="Notice 11 again"), *TWELVE[1:]])
    assert [(kind, revision) for kind, _, revision in settled.news()] == [("reinstated", 1), ("revised", 2)]


def test_a_blink_is_neither_withdrawn_nor_reinstated_but_two_sightings(settled: Publisher) -> None:
    settled.show(TWELVE[1:])
    settled.show(TWELVE)
    assert settled.news() == []
    with settled.archive.reading() as session:
        row = next(search(session, Asked("lost dog")))
        spans = sightings(session, number_of(session, row["id"]))
    assert [(span["first_at"], span["still_shown"]) for span in spans] == [
        (settled.at(1), False),
        (settled.at(3), True),
    ]


def test_an_older_state_imported_later_changes_nothing_current(settled: Publisher) -> None:
    old = [message.but(body="Once this read differently: " + message.body) for message in TWELVE[:1]]
    settled.show([*old, *TWELVE[1:], Message("01/01/2026", "Older", BODIES[3][::-1])], hour=-24, cause="import")
    assert settled.news() == [("created", "Older", 1), ("revised", "Notice 11", 2)]
    assert settled.texts()["Notice 11"] == TWELVE[0].body
    assert settled.states()["Older"] == "rolled-off"
    with settled.archive.reading() as session:
        row = next(search(session, Asked("lost dog")))
        revisions = history(session, number_of(session, row["id"]))
        assert row["revision"] == 1
        assert row["first_seen"] == settled.at(-24)
    assert [(each["revision"], each["cause"]) for each in revisions] == [(2, "import"), (1, "capture")]


def test_an_older_state_neither_withdraws_nor_reinstates(settled: Publisher) -> None:
    for _ in range(2):
        settled.show(TWELVE[1:])
    settled.news()
    settled.show(TWELVE, hour=0.5, cause="import")
    settled.show(TWELVE[2:], hour=0.2, cause="import")
    settled.show(TWELVE[2:], hour=0.7, cause="import")
    assert settled.news() == []
    assert settled.states()["Notice 11"] == "withdrawn"


def test_a_reverted_edit_is_a_revision_with_the_first_words(settled: Publisher) -> None:
    settled.show([TWELVE[0].but(title="Changed"), *TWELVE[1:]])
    settled.show(TWELVE)
    assert settled.news() == [("revised", "Changed", 2), ("revised", "Notice 11", 3)]


def test_half_gone_withdraws_nothing_until_a_human_accepts(settled: Publisher) -> None:
    half = [TWELVE[0], *TWELVE[7:], Message("14/02/2026", "Newcomer", BODIES[2][::-1])]
    for _ in range(3):
        found = settled.show(half)
        assert found.lossy and "missing" in str(found.notice)
    assert settled.news() == [("created", "Newcomer", 1)]
    assert accept(settled.archive, settled.source, settled.at(9)) == 6
    assert [kind for kind, _, _ in settled.news()] == ["withdrawn"] * 6
    assert settled.show(half).notice is None
    assert settled.news() == []


def test_a_page_that_shares_nothing_leaves_a_gap(settled: Publisher) -> None:
    later = [message.but(day=message.day.replace("/02/", "/05/"), body=message.body[::-1]) for message in TWELVE]
    found = settled.show(later)
    assert found.lossy
    with settled.archive.reading() as session:
        (gap,) = gaps(session)
    assert (gap["since"], gap["until"]) == (settled.at(1), settled.at(2))
    assert {kind for kind, _, _ in settled.news()} == {"created"}


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body><div id=main><p>nothing today</p></div></body></html>", b"<title>Just a moment...</title>"],
)
def test_an_empty_or_blocked_page_removes_nothing(settled: Publisher, body: bytes) -> None:
    for _ in range(3):
        found = settled.read(body)
        assert found.lossy and found.accounts.errors == 1
    assert settled.news() == []
    assert set(settled.states().values()) == {"current"}


def test_an_error_status_removes_nothing(settled: Publisher) -> None:
    for status in (500, 404, 410, 403):
        assert settled.read(b"gone", status=status).accounts.errors == 1
    assert settled.news() == []


def test_an_unreadable_date_is_quarantined_and_counts_no_absence(settled: Publisher) -> None:
    broken = [TWELVE[0].but(day="31/02/2026"), *TWELVE[1:]]
    for _ in range(3):
        found = settled.show(broken).accounts
        assert (found.quarantined, found.unchanged, found.seen) == (1, 11, 12)
    assert settled.news() == []
    assert settled.states()["Notice 11"] == "current"


def test_the_same_entry_twice_on_a_page_is_repeated(settled: Publisher) -> None:
    found = settled.show([*TWELVE, TWELVE[3]]).accounts
    assert (found.seen, found.unchanged, found.repeated) == (13, 12, 1)


def test_the_same_bad_entry_is_one_row(settled: Publisher) -> None:
    from archive.quarantine import list_quarantine

    broken = [TWELVE[0].but(day="XX/02/2026"), *TWELVE[1:]]
    settled.show(broken)
    settled.show([*broken[:1], broken[1].but(title="Other"), *broken[2:]])
    with settled.archive.reading() as session:
        (row,) = list_quarantine(session)
    assert "XX/02/2026" in row["raw"]
    assert (row["capture"], row["last_capture"]) == (2, 3)


def test_two_that_are_alike_are_new_rather_than_guessed(publisher: Publisher) -> None:
    twins = [
        Message("01/02/2026", "Alert", BODIES[0] + " Ring the first number."),
        Message("01/02/2026", "Alert", BODIES[0] + " Ring the second number."),
    ]
    publisher.show([*messages(6, 5), *twins])
    publisher.news()
    publisher.show([*messages(6, 5), Message("01/02/2026", "Alert", BODIES[0] + " Ring the third number.")])
    assert [kind for kind, _, _ in publisher.news()] == ["created"]


def test_a_page_of_fewer_entries_than_healthy_is_kept_but_counts_no_absence(settled: Publisher) -> None:
    few = [TWELVE[0], TWELVE[1], Message("14/02/2026", "New", BODIES[5][::-1]), TWELVE[-1]]
    for _ in range(3):
        assert settled.show(few).notice
    assert [kind for kind, _, _ in settled.news()] == ["created"]
    with settled.archive.reading() as session:
        states = set(session.scalars(select(NotificationRow.state)))
    assert states == {"current"}
