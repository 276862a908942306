"""The timeline shows all messages, says what it does, and keeps the invariants of a page with a window."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from rapidfuzz.fuzz import ratio

from replica.documents import DOCUMENTS, dead_path
from replica.messages import Message, messages
from replica.timeline import TIMELINE, PageState, Step, add, edit, state

STEPS = range(1, len(TIMELINE))
KINDS = {
    "first", "new", "edited", "retitled", "second-on-a-day", "withdrawn", "rolled-off", "reinstated", "late",
    "replaced-document", "template", "several", "unchanged",
}  # fmt: skip


def test_the_script_is_long_enough_and_holds_every_kind_of_step() -> None:
    assert len(TIMELINE) >= 30
    assert {step.kind for step in TIMELINE} == KINDS


def test_every_message_appears_and_there_are_at_least_forty() -> None:
    seen = {message.key for step in range(len(TIMELINE)) for message in state(step).shown}
    assert seen == set(messages())
    assert len(seen) >= 40


@pytest.mark.parametrize("step", range(len(TIMELINE)))
def test_the_page_is_newest_first_and_holds_about_twenty(step: int) -> None:
    shown = state(step).shown
    assert 18 <= len(shown) <= 23
    assert [message.issued for message in shown] == sorted((message.issued for message in shown), reverse=True)
    assert len({message.key for message in shown}) == len(shown)


@pytest.mark.parametrize("step", STEPS)
def test_the_note_of_a_step_is_the_difference_of_its_pages(step: int) -> None:
    assert sorted(TIMELINE[step].expected) == sorted(_difference(step))


@pytest.mark.parametrize("step", STEPS)
def test_what_rolled_off_was_the_end_of_the_page(step: int) -> None:
    gone = TIMELINE[step].rolled_off
    end = state(step - 1).shown[len(state(step - 1).shown) - len(gone) :]
    assert {message.key for message in end} == set(gone)


@pytest.mark.parametrize("step", STEPS)
def test_what_is_withdrawn_is_newer_than_the_oldest_of_two_pages(step: int) -> None:
    following = min(step + 1, len(TIMELINE) - 1)
    for kind, key in TIMELINE[step].expected:
        if kind == "withdrawn":
            oldest = max(state(step).shown[-1].issued, state(following).shown[-1].issued)
            assert messages()[key].issued > oldest
            assert state(following).find(key) is None


def test_a_page_changes_its_date_exactly_when_it_changes() -> None:
    for step in STEPS:
        before, after = state(step - 1), state(step)
        same = (before.shown, before.template) == (after.shown, after.template)
        assert after.page_changed_at == (before.page_changed_at if same else step)


def test_edits_stay_alike_and_different_messages_do_not() -> None:
    for step in STEPS:
        for kind, key in TIMELINE[step].expected:
            before = state(step - 1).find(key)
            if kind == "revised" and before:
                assert _alike(before, _shown(state(step), key)) > 0.9
    assert max(_alike(one, other) for one, other in combinations(messages().values(), 2)) < 0.65


def test_the_words_hold_the_traps_of_the_real_page() -> None:
    every = messages().values()
    citing = [message for message in every if any(address.endswith(".pdf") for address in message.addresses)]
    days = [message.issued for message in every]
    assert len(citing) >= 9
    assert len(days) - len(set(days)) >= 2
    assert any(message.title is None for message in every)
    assert any(message.region is None for message in every)
    assert any(not message.dash_before_title for message in every)
    assert any("CSSC London Amber Message" in line for message in every for line in message.lines)
    assert {message.level for message in every} == {"Green", "Amber", "Red"}


def test_every_cited_document_is_there_but_the_dead_one() -> None:
    cited = {address for message in messages().values() for address in message.addresses if address.startswith("/")}
    assert cited - set(DOCUMENTS) == {dead_path}


def test_a_heading_is_printed_as_the_publisher_does() -> None:
    assert (
        messages()["port-verano"].heading
        == "26/01/2018 - CSSC London Amber Message - MPS / NCPP - Port Verano Incident"
    )
    assert messages()["invoice-change"].heading == "16/01/2018 - CSSC London Green Message"
    assert (
        messages()["phone-system"].heading == "23/01/2018 - CSSC Green Message MPS Cyber Bulletin re Telephone Systems"
    )


def test_a_step_outside_of_the_timeline_is_refused() -> None:
    for step in (-1, len(TIMELINE)):
        with pytest.raises(ValueError, match=f"step {step}, expected 0 to {len(TIMELINE) - 1}"):
            state(step)


def test_a_move_that_does_not_fit_the_page_is_refused() -> None:
    with pytest.raises(ValueError, match="snow is not on the page"):
        edit("snow", "Snow", "Rain")(PageState(()))
    with pytest.raises(ValueError, match="stands 0 times, expected 1"):
        edit("snow", "Hail", "Rain")(add("snow")(PageState(())))


def _difference(step: int) -> list[tuple[str, str]]:
    before, after, note = state(step - 1), state(step), TIMELINE[step]
    old, new = {message.key for message in before.shown}, {message.key for message in after.shown}
    earlier = {message.key for past in range(step) for message in state(past).shown}
    kept = [("revised", key) for key in old & new if before.find(key) != after.find(key)]
    arrived = [("reinstated" if key in earlier else "created", key) for key in new - old]
    return kept + arrived + [("withdrawn", key) for key in _withdrawn(old - new, note)]


def _withdrawn(gone: set[str], note: Step) -> set[str]:
    return gone - set(note.rolled_off)


def _shown(page: PageState, key: str) -> Message:
    message = page.find(key)
    return message if message else replace(messages()[key], paragraphs=())


def _alike(one: Message, other: Message) -> float:
    return ratio("\n".join(one.lines), "\n".join(other.lines)) / 100
