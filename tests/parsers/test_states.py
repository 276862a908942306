"""States come from set phrases about the message itself, never from what it is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.states import earlier_text, states

TITLES = [
    ("UPDATE: Man charged", "update", "title 'UPDATE:'"),
    ("Update: Man charged", "update", "title 'Update:'"),
    ("Update 2 - Man charged", "update", "title 'Update 2 -'"),
    ("UPDATED APPEAL: missing man", "update", "title 'UPDATED'"),
    ("Gas leak - UPDATE", "update", "title 'UPDATE'"),
    ("Incident update RE Paris, France on 20/04/2017", "update", "title 'Incident update RE'"),
    ("London Amber Message – Incident update RE Paris", "update", "title 'Incident update RE'"),
    ("Update RE Lisbon", "update", "title 'Update RE'"),
    ("Road closed (updated)", "update", "title '(updated)'"),
    ("Missing boy (corrected)", "corrected", "title '(corrected)'"),
    ("CORRECTION: time of death", "corrected", "title 'CORRECTION:'"),
    ("Message closed", "closed", "title 'Message closed'"),
    ("M4 crash – this alert is now closed.", "closed", "title 'this alert is now closed.'"),
    ("WITHDRAWN: bulletin of 3 June", "withdrawn", "title 'WITHDRAWN:'"),
    ("[Withdrawn] Guidance on crowds", "withdrawn", "title '[Withdrawn]'"),
]
NO_STATE_TITLES = [
    "Update your software now",
    "UPDATE YOUR SOFTWARE NOW",
    "Fraud Threat Update for January",
    "M4 closed",
    "CLOSED: A40 at Hanger Lane",
    "Road closed (both ways)",
    "Withdrawn bank notes",
    "Offer (withdrawn) of a reward",
    "Cash withdrawn: man sought",
    "Corrected vision and driving",
    "",
]
BODIES = [
    ("All clear. This message is now closed.", "closed", "text 'This message is now closed'"),
    (
        "Please note that this alert is now closed\nThanks.",
        "closed",
        "text 'Please note that this alert is now closed'",
    ),
    ("This bulletin has been withdrawn.", "withdrawn", "text 'This bulletin has been withdrawn.'"),
    ("One.\nThis notification was withdrawn on 3 June 2017.", "withdrawn", None),
    ("Update: the road is open.", "update", "first words 'Update:'"),
    ("UPDATE 14:30: open.", "update", "first words 'UPDATE 14:30:'"),
    ("One.\nUPDATE – two.", "update", "text 'UPDATE –'"),
    ("CORRECTION: it was Tuesday.", "corrected", "first words 'CORRECTION:'"),
    ("New words.\nPrevious statement:\nOld words.", "update", "earlier text below 'Previous statement:'"),
]
NO_STATE_BODIES = [
    "The road is now closed.",
    "The incident has now been stood down.",
    "This incident is now closed.",
    "This station is now closed.",
    "This alert is now closed to replies.",
    "If so, this message is now closed.",
    "Once this message is now closed, go.",
    "“This message is now closed.”",
    "A fake reads: This message is now closed.",
    "The alert of 3 June was wrong. This alert has been withdrawn.",
    "Cyber tips\nUpdate: install what is new",
    "Updated: 12 May 2020",
    "Original release date: 1 October 2020",
    "One.\n..........\nTwo.",
]


@pytest.mark.parametrize(("title", "state", "evidence"), TITLES)
def test_titles(title: str, state: str, evidence: str) -> None:
    assert states(title, "") == ((state, evidence),)


@pytest.mark.parametrize("title", NO_STATE_TITLES)
def test_titles_about_something_else(title: str) -> None:
    assert states(title, "") == ()


@pytest.mark.parametrize(("text", "state", "evidence"), BODIES)
def test_bodies(text: str, state: str, evidence: str | None) -> None:
    ((value, words),) = states(None, text)
    assert value == state
    assert evidence in (None, words)


@pytest.mark.parametrize("text", NO_STATE_BODIES)
def test_bodies_about_something_else(text: str) -> None:
    assert states(None, text) == ()


@pytest.mark.parametrize("divider", [".....", ". . . . . .", "______", "-----------", "………………"])
def test_a_divider_in_an_update_has_the_earlier_text_below(divider: str) -> None:
    text = f"He is charged.\n{divider}\nHe is sought. This message is now closed."
    place = earlier_text("Update: man charged", text)
    assert place is not None
    assert text[place:].startswith("He is sought.")
    assert [value for value, _ in states("Update: man charged", text)] == ["update"]
    assert earlier_text("Man charged", text) is None


def test_a_divider_at_the_end_has_nothing_below() -> None:
    assert earlier_text("UPDATE: x", "Words.\n.....\n") is None


@given(st.text(max_size=60), st.text(alphabet="UPDATEupdate:.-_ \nThismessagecod()[]", max_size=400))
def test_any_text_has_states_or_none(title: str, text: str) -> None:
    place = earlier_text(title, text)
    assert place is None or text[place:].strip()
    assert {value for value, _ in states(title, text)} <= {"update", "corrected", "closed", "withdrawn"}


@pytest.mark.parametrize(
    "text", ["Please note " * 20_000, "UPDATE " * 30_000, ". " * 100_000, "this message is " * 12_000]
)
def test_long_texts_cost_linear_work(text: str) -> None:
    assert states(text, text) == states(text, text)
