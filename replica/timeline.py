"""The scripted life of the CSSC page: what its editor does at each step, and what an archive ought to report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from replica.documents import replacement_path
from replica.messages import Message, messages

FIRST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class PageState:
    """What the site serves: messages newest first, template, documents replaced so far, last step that changed it."""

    shown: tuple[Message, ...]
    template: str = "strong"
    replaced: frozenset[str] = frozenset()
    page_changed_at: int = 0
    replaced_at: int = 0

    def find(self, key: str) -> Message | None:
        return next((message for message in self.shown if message.key == key), None)


Move = Callable[[PageState], PageState]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its moves, and `expected` as (change kind, message key), oldest dated first.

    A `withdrawn` is due at the first poll that missed the message; the rule of two absences is the consumer's.
    `expected_of_attachments` follows when the documents are read again. `rolled_off` gives no change.
    """

    kind: str
    moves: tuple[Move, ...] = ()
    expected: tuple[tuple[str, str], ...] = ()
    expected_of_attachments: tuple[tuple[str, str], ...] = ()
    rolled_off: tuple[str, ...] = ()


def add(key: str) -> Move:
    return lambda state: _with(state, messages()[key])


def edit(key: str, before: str, after: str) -> Move:
    return lambda state: _instead(state, _shown(state, key).edited(before, after))


def retitle(key: str, title: str) -> Move:
    return lambda state: _instead(state, _shown(state, key).retitled(title))


def remove(key: str) -> Move:
    """Take a message off the page, be it withdrawn or rolled off the end."""

    def move(state: PageState) -> PageState:
        gone = _shown(state, key)
        return replace(state, shown=tuple(message for message in state.shown if message is not gone))

    return move


def replace_document(path: str) -> Move:
    return lambda state: replace(state, replaced=state.replaced | {path})


def use_template(template: str) -> Move:
    return lambda state: replace(state, template=template)


def _shown(state: PageState, key: str) -> Message:
    message = state.find(key)
    if message is None:
        raise ValueError(f"timeline: message {key} is not on the page, expected it there")
    return message


def _instead(state: PageState, changed: Message) -> PageState:
    shown = tuple(changed if message.key == changed.key else message for message in state.shown)
    return replace(state, shown=shown)


def _with(state: PageState, message: Message) -> PageState:
    later = sum(other.issued > message.issued for other in state.shown)
    return replace(state, shown=(*state.shown[:later], message, *state.shown[later:]))


def new(*keys: str, off: tuple[str, ...] = ()) -> Step:
    """New messages arrive at the top, and as many or none leave at the end."""
    created = tuple(("created", key) for key in keys)
    return Step("new", (*map(add, keys), *map(remove, off)), created, rolled_off=off)


def _first() -> Step:
    keys = tuple(messages())[:FIRST_SHOWN]
    return Step("first", tuple(map(add, keys)), tuple(("created", key) for key in keys))


def _snow_edit() -> Move:
    return edit("easterly", "by 07:00", "by 06:30")


TIMELINE: tuple[Step, ...] = (
    _first(),
    new("router", off=("parcel-text",)),
    new("water-main", off=("newsletter-january",)),
    Step("second-on-a-day", (add("water-main-clear"),), (("created", "water-main-clear"),)),
    Step("edited", (_snow_edit(),), (("revised", "easterly"),)),
    new("charity-tins", off=("river-walk",)),
    Step("unchanged"),
    Step(
        "retitled",
        (retitle("water-main-clear", "Upper Street has reopened to traffic"),),
        (("revised", "water-main-clear"),),
    ),
    new("marathon-prep", off=("invoice-change",)),
    Step("withdrawn", (remove("drones"),), (("withdrawn", "drones"),)),
    Step("unchanged"),
    new("scam-calls"),
    Step(
        "rolled-off",
        tuple(map(remove, ("depot-fire", "tube-january", "phone-system"))),
        rolled_off=("depot-fire", "tube-january", "phone-system"),
    ),
    Step("late", (add("hotel-lobby"), add("montlune")), (("created", "hotel-lobby"), ("created", "montlune"))),
    Step("template", (use_template("headings"),)),
    Step("reinstated", (add("drones"),), (("reinstated", "drones"),)),
    new("scaffold-theft", off=("port-verano",)),
    Step("late", (add("easter-closures"),), (("created", "easter-closures"),)),
    Step(
        "replaced-document",
        (replace_document(replacement_path),),
        expected_of_attachments=(("revised", "scam-calls"),),
    ),
    new("newsletter-april", off=("lost-passes", "romance")),
    new("ransom-note"),
    Step(
        "edited",
        (edit("ransom-note", "keep the original for thirty days", "keep the original for sixty days"),),
        (("revised", "ransom-note"),),
    ),
    new("embassy-row", "threat-reminder", off=("newsletter-february", "snow")),
    Step("template", (use_template("breaks"),)),
    new("cloned-site", off=("unattended-bags",)),
    new("cup-final", off=("bridge-march",)),
    Step("second-on-a-day", (add("cup-final-late"),), (("created", "cup-final-late"),)),
    new("scanned-poster", off=("santa-rilla", "dry-run", "payroll")),
    Step(
        "several",
        (
            add("early-may"),
            remove("hotel-lobby"),
            retitle("embassy-row", "MPS Bulletin - Demonstration in Knightsbridge on Saturday"),
            edit("charity-tins", "Tins have been swapped", "Collection tins have been swapped"),
        ),
        (
            ("revised", "charity-tins"),
            ("withdrawn", "hotel-lobby"),
            ("revised", "embassy-row"),
            ("created", "early-may"),
        ),
    ),
    Step("unchanged"),
    new("valdemar", off=("easterly",)),
    new("data-day"),
    Step("template", (use_template("strong"),)),
    new("wedding", off=("drones", "newsletter-march")),
    Step("withdrawn", (remove("cloned-site"),), (("withdrawn", "cloned-site"),)),
    new("moped"),
    Step(
        "edited",
        (edit("moped", "Extra patrols are in place.", "Extra patrols will stay in place until Friday."),),
        (("revised", "moped"),),
    ),
    Step("reinstated", (add("cloned-site"),), (("reinstated", "cloned-site"),)),
    new("newsletter-june", off=("router", "water-main", "water-main-clear")),
    new("heat", off=("charity-tins",)),
    new("back-gate"),
    Step("unchanged"),
)


@cache
def state(step: int) -> PageState:
    """The site at `step`, 0 to `len(TIMELINE) - 1`; raises ValueError outside of that."""
    if not 0 <= step < len(TIMELINE):
        raise ValueError(f"timeline: step {step}, expected 0 to {len(TIMELINE) - 1}")
    before = state(step - 1) if step else PageState(())
    after = before
    for move in TIMELINE[step].moves:
        after = move(after)
    if (after.shown, after.template) != (before.shown, before.template):
        after = replace(after, page_changed_at=step)
    return replace(after, replaced_at=step) if after.replaced != before.replaced else after
