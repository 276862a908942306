"""The replica's whole timeline as an archive lives through it, with trouble on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from archive.store import Archive
from ingest.settling import arrive
from replica.answers import Answer
from replica.documents import replacement_path
from replica.faults import Fault, challenge, empty, half, html_as_pdf, redirect, reset, status
from replica.page import page_of
from replica.sites import BsiaSite
from replica.timeline import TIMELINE, Step, state
from tests.lifecycle.dumps import feed
from tests.lifecycle.world import PAGE, Clock, Upstream, arrival, bsia, run

MINUTES_APART = 20
Told = tuple[str, str]
"""A change as the timeline tells it: its kind, and the title or else the date of the message."""


def _damage(answer: Answer) -> Answer:
    return replace(answer.without_validators(), body=answer.body.replace(b"/2018 - CSSC", b"/20?? - CSSC", 1))


DAMAGED = Fault("a heading without a year", _damage)
TROUBLE: Mapping[int, Fault] = {
    2: challenge(),
    5: status(503),
    7: DAMAGED,
    8: half(),
    11: empty(),
    14: reset(),
    17: DAMAGED,
    20: challenge(403),
    23: redirect("/elsewhere"),
    26: half(),
    30: DAMAGED,
}
"""What the first poll of a step meets instead of the page."""
IMPORTED: Mapping[int, int] = {10: 6, 22: 3, 35: 34}
"""After these steps, the page of an earlier step is imported, as seen between its two polls."""


def told_by(step: Step, number: int) -> list[Told]:
    """What the change feed ought to say of one step, apart from replaced documents."""
    return [(kind, _name_of(key, number)) for kind, key in step.expected]


def _name_of(key: str, number: int) -> str:
    message = state(number).find(key) or state(number - 1).find(key)
    if message is None:
        raise ValueError(f"step {number}: message {key} is not shown, expected it there or a step before")
    return message.title or message.issued.isoformat()


def live_through(archive: Archive, steps: int = len(TIMELINE)) -> Iterator[tuple[int, list[Told]]]:
    """Poll every step twice, 20 minutes apart, after a poll that meets trouble; yield what the feed got by each."""
    upstream, clock, seen = Upstream(BsiaSite()), Clock(), 0
    for number in range(steps):
        upstream.step = number
        for fault in (TROUBLE.get(number), None, None):
            if fault is None or number in TROUBLE:
                upstream.faults = {PAGE: fault} if fault else {}
                run(archive, upstream, clock)
                clock.forward(MINUTES_APART)
        if number in IMPORTED:
            _import_step(archive, clock, IMPORTED[number])
        told = [(kind, name) for kind, _cause, name in feed(archive)]
        yield number, told[seen:]
        seen = len(told)


def _import_step(archive: Archive, clock: Clock, step: int) -> None:
    """The page of an earlier step, as somebody else saved it between the polls of that step."""
    polls = 2 * step + sum(number <= step for number in TROUBLE)
    seen_at = Clock().at + timedelta(minutes=polls * MINUTES_APART + 7)
    body = page_of(state(step).shown, template=state(step).template, serial=9_000 + step)
    arrive(archive, bsia(), [arrival(body, seen_at)], clock.at)


def _thinned(step: int) -> Fault:
    body = page_of(state(step).shown[::3], serial=7)
    return Fault("two of three entries are missing", lambda answer: replace(answer.without_validators(), body=body))


def end_in_confusion(archive: Archive, last: int) -> None:
    """More than the timeline has: half a page accepted, its return, a bad document, a bulletin only imported, a gap."""
    upstream, clock = Upstream(BsiaSite(), step=last), Clock(Clock().at + timedelta(days=9))
    for fault, accept in ((_thinned(last), False), (_thinned(last), True), (None, False), (None, False)):
        upstream.faults = {PAGE: fault} if fault else {}
        run(archive, upstream, clock, accept=accept)
        clock.forward(MINUTES_APART)
    clock.forward(60 * 24 * 40)
    upstream.faults = {replacement_path: html_as_pdf()}
    run(archive, upstream, clock)
    lost = replace(state(4).shown[0], title="Told once and never again", paragraphs=("Nobody polled that day.",))
    page = page_of([lost, *state(4).shown[1:]], serial=1)
    arrive(archive, bsia(), [arrival(page, Clock().at + timedelta(hours=3))], clock.at)
    upstream.faults = {PAGE: Fault("another decade", _another_decade)}
    run(archive, upstream, clock)


def _another_decade(answer: Answer) -> Answer:
    """A page that shares nothing with the last one: a gap."""
    strangers = [replace(m, issued=m.issued + timedelta(days=3650), title=None) for m in state(0).shown[:8]]
    unlike = [replace(m, paragraphs=(f"{m.key} {m.level} " * 9,)) for m in strangers]
    return replace(answer.without_validators(), body=page_of(unlike, serial=2))
