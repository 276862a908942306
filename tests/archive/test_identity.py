"""Which known bulletin an entry is: never guessed, and not lost to a small edit."""

from __future__ import annotations

import pytest

from archive.identity import THRESHOLD, Known, Wording, match, similarity
from archive.records import Notification
from parsers.source import parse, sources
from tests.corpus import corpus

TEXT = "Thieves dressed as couriers collected parcels from reception desks in three offices this week."
OTHER = "A parade closes roads around the cathedral on Sunday between ten and four in the afternoon."


def wording(
    text: str = TEXT, title: str | None = "Alert", issued: str | None = "2017-04-05", pdf: str | None = None
) -> Wording:
    attachments = ((f"https://example.org/{pdf}", "click here"),) if pdf else ()
    precision = "day" if issued else None
    return Wording.of(
        Notification(
            source="s",
            url="u",
            text=text,
            title=title,
            issued=issued,
            issued_precision=precision,
            attachments=attachments,
        )
    )


def taken_for(entry: Wording, *known: Wording) -> int | None:
    found = match([entry], [Known(number, (each,)) for number, each in enumerate(known)])
    return found[0].notification_id if found else None


def test_word_for_word_comes_before_anything_alike() -> None:
    assert taken_for(wording(), wording(TEXT + " Ring us."), wording()) == 1


@pytest.mark.parametrize(
    "edited",
    [
        wording(TEXT.replace("three", "four")),
        wording(title="Alert, corrected"),
        wording(title=None),
        wording(issued="2017-04-06"),
        wording(TEXT + " Guards should ask for a name and ring the sender before anything leaves the building."),
    ],
    ids=["word", "title", "no title", "date", "longer"],
)
def test_an_edit_is_the_same_bulletin(edited: Wording) -> None:
    assert taken_for(edited, wording()) == 0


def test_another_text_is_another_bulletin() -> None:
    assert taken_for(wording(OTHER, title="Parade"), wording()) is None


def test_next_months_edition_is_another_bulletin() -> None:
    april = wording("Monthly threat update for April 2017, with the figures of all regions and a table.")
    may = wording(
        "Monthly threat update for May 2017, with the figures of all regions and a table.", issued="2017-04-09"
    )
    assert taken_for(may, april) is None


def test_the_only_heading_of_its_kind_that_day_says_more_than_a_short_text() -> None:
    short, edited = "Click here for the newsletter of the police, third edition.", "Click here for the newsletter."
    assert similarity(wording(edited), wording(short)) < THRESHOLD
    assert taken_for(wording(edited), wording(short)) == 0
    assert taken_for(wording(edited, title="Other"), wording(short)) is None


def test_a_heading_that_is_there_twice_says_nothing() -> None:
    short, edited = "Click here for the newsletter of the police, third edition.", "Click here for the newsletter."
    found = match([wording(edited), wording(OTHER)], [Known(0, (wording(short),))])
    assert found == {}


def test_the_same_heading_over_other_words_is_another_bulletin() -> None:
    assert taken_for(wording(OTHER), wording()) is None


def test_the_same_document_of_one_day_says_more_than_half_the_words() -> None:
    edited = "Thieves dressed as couriers were arrested after a tip by reception desks in the same street."
    assert similarity(wording(edited), wording()) < 0.6
    assert taken_for(wording(edited, "New title", pdf="a.pdf"), wording(pdf="a.pdf")) == 0
    assert taken_for(wording(edited, "New title", pdf="b.pdf"), wording(pdf="a.pdf")) is None


def test_a_message_that_gets_its_text_later_is_the_same() -> None:
    assert taken_for(wording(), wording("")) == 0
    assert taken_for(wording(title=None), wording("", title=None)) is None


def test_two_candidates_within_the_margin_are_doubtful() -> None:
    first, second = wording(TEXT + " Ring the first number."), wording(TEXT + " Ring the second number.")
    assert taken_for(wording(TEXT + " Ring the third number."), first, second) is None


def test_an_earlier_wording_counts_too() -> None:
    known = Known(7, (wording(OTHER), wording()))
    assert match([wording()], [known])[0].method == "earlier"


def test_each_notification_is_taken_once() -> None:
    found = match([wording(), wording()], [Known(1, (wording(),))])
    assert list(found) == [0]


def test_the_real_bulletins_are_far_apart() -> None:
    body = corpus("bsia/a-headings.html").read_bytes()
    read = parse(sources()["bsia-cssc"], body, "https://www.bsia.co.uk/").read
    words = [Wording.of(entry.notification) for entry in read]
    pairs = [(one, other) for place, one in enumerate(words) for other in words[:place]]
    assert max(similarity(one, other) for one, other in pairs) < 0.6
    for place, entry in enumerate(words):
        known = [Known(number, (each,)) for number, each in enumerate(words) if number != place]
        assert match([entry], known) == {}
