"""What a GOV.UK item states beside its words, as codes: withdrawn, updated, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from parsers.dates import Stated
from parsers.families.govuk_content import Item
from parsers.families.govuk_dates import change_notes, last_updated, moment, read_instant


class Code(NamedTuple):
    """A code, and the member that states it."""

    scheme: str
    value: str
    where: str


def withdrawal(item: Item) -> list[Code]:
    """The state of a withdrawn item, when it was withdrawn and why; nothing of another."""
    notice = item.members.object("withdrawn_notice")
    at, why = notice.string("withdrawn_at"), notice.string("explanation")
    if not at and not why:
        return []
    codes = [Code("state", "withdrawn", f"withdrawn_notice{f' of {at}' if at else ''}")]
    if at:
        read = read_instant(notice.where, "withdrawn_at", at)
        codes.append(Code("withdrawn-at", read.iso, "withdrawn_notice.withdrawn_at"))
    words = item.page.fragment(why).text.replace("\n", " ") if why else ""
    return [*codes, Code("withdrawal-note", words, "withdrawn_notice.explanation")] if words else codes


def updated(item: Item, issued: Stated | None) -> list[Code]:
    """When the item last changed, where that is not when it was issued."""
    last = last_updated(item)
    same = last is None or (issued is not None and moment(last) == moment(issued))
    return [] if last is None or same else [Code("updated", last.iso, "public_updated_at")]


def change_note(item: Item) -> list[Code]:
    """The newest of its change notes."""
    newest = next(iter(change_notes(item)), None)
    if newest is None or not newest.words:
        return []
    return [Code("change-note", newest.words, f"details.change_history of {newest.printed}")]


def evidence_of(item: Item, issued: str, codes: Sequence[Code]) -> dict[str, str]:
    """How the stated fields were obtained."""
    return {
        "title": "title",
        "issued": issued,
        "language": "locale" if item.members.string("locale") else "",
        "codes": "; ".join(f"{code.scheme}: {code.where}" for code in codes),
        "organisations": item.organisations,
    }
