"""Originals that a message forwards inline: the block of headers that Outlook, Gmail, Apple Mail and others set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from parsers import mail_languages as languages
from parsers.lines import Line
from parsers.mail_languages import field_of, one_of

MAX_BLOCK_LINES = 60
MARKS = r"(?:\[[^\[\]]{1,40}\]\s*)*"
_FORWARD, _REPLY = "fwd?|fw|wg|tr|rv|pd|enc|(?-i:I(?=: ))", "re|aw|sv|odp|antw|rif|(?-i:R(?=: ))"
"""One capital letter is what Outlook writes in Italian."""
FORWARD = re.compile(rf"{MARKS}(?:{_FORWARD})\s*:\s*", re.IGNORECASE)
REPLY = re.compile(rf"{MARKS}(?:{_REPLY})\s*:\s*", re.IGNORECASE)
PREFIXES = re.compile(rf"(?:\[[^\[\]]{{1,40}}\]\s*|(?:{_FORWARD}|{_REPLY})\s*:\s*)+", re.IGNORECASE)
"""What mail programs and lists put before a subject: `FW:`, `Re:`, the tag of a list."""
FORWARDED = re.compile(
    rf"(?:-{{3,}}\s?)?(?:{one_of(languages.FORWARDED)})(?:\s?-{{3,}})?|(?:{one_of(languages.BEGINNINGS)})\s?:",
    re.IGNORECASE,
)
ORIGINAL = re.compile(rf"-{{3,}}\s?(?:{one_of(languages.ORIGINAL)})\s?-{{3,}}", re.IGNORECASE)
QUOTE = re.compile(r"(?:>\s?)*")
FIELD = re.compile(rf"\*?({one_of(languages.FIELDS)}|resent-\w{{2,5}})\s?:\*?(?:\s+(.*)|$)", re.IGNORECASE | re.DOTALL)
PERSON = re.compile(r"[^<>@\s]{1,64}@[^<>@\s]{1,255}|[^<>@]{0,100}<[^<>@\s]{1,64}@[^<>@\s]{1,255}>|")
RECIPIENTS = ("to", "cc", "bcc")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of headers in the words of a message: its fields, and where it stands in the lines.

    `start` is the line that announces it, where there is one; `end` the line after it. `announces` says that the
    program called it a forwarded message, not only an original one.
    """

    fields: Mapping[str, str]
    start: int
    end: int
    announces: bool
    quoted: int
    """How many marks of quotation stand before its lines."""

    def rest(self, lines: Sequence[Line]) -> list[Line]:
        """The lines of the original, without the marks of quotation that the block has."""
        return [_unquoted(line, self.quoted) for line in lines[self.end :]]


def is_forward(subject: str) -> bool:
    """Whether a subject says itself that it is of a forwarded message."""
    return bool(FORWARD.match(subject))


def is_reply(subject: str) -> bool:
    return bool(REPLY.match(subject))


def without_prefixes(subject: str) -> str:
    """A subject without what mail programs and lists put before it; itself where it is nothing else."""
    found = PREFIXES.match(subject)
    return subject[found.end() :].strip() or subject if found else subject


def blocks(lines: Sequence[Line]) -> Iterator[Block]:
    """The blocks of headers in these lines, in their order: each names a sender, a date and a subject."""
    end = 0
    for place, line in enumerate(lines):
        block = _block(lines, place) if place >= end and FIELD.match(_bare(line.text)) else None
        if block is not None:
            end = block.end
            yield block


def _block(lines: Sequence[Line], place: int) -> Block | None:
    fields: dict[str, str] = {}
    last, end = "", place
    for number in range(place, min(place + MAX_BLOCK_LINES, len(lines))):
        bare = _bare(lines[number].text)
        found = FIELD.match(bare)
        name = field_of(found[1]) if found else ""
        if found and name not in fields:
            fields[name], last, end = (found[2] or "").strip(), name, number + 1
        elif found or not _goes_on(last, fields[last], bare, lines, number):
            break
        else:
            fields[last], end = f"{fields[last]} {bare}".strip(), number + 1
    if not {"from", "date", "subject"} <= set(fields):
        return None
    above = place - 1 if place and _announced(lines[place - 1].text) else place
    announces = above < place and bool(FORWARDED.fullmatch(_bare(lines[above].text)))
    return Block(fields, above, end, announces, _depth(lines[place].text))


def _goes_on(last: str, value: str, bare: str, lines: Sequence[Line], number: int) -> bool:
    """Whether a line that names no field goes on the one before: its cell, more recipients, or a wrapped line."""
    line, before = lines[number], lines[number - 1]
    if not value and line.row and line.row == before.row:
        return True
    if last in (*RECIPIENTS, "from", "reply-to") and (_are_people(bare) or value.endswith((";", ","))):
        return True
    following = lines[number + 1].text if number + 1 < len(lines) else ""
    return bool(FIELD.match(_bare(following)) and FIELD.match(_bare(before.text)))


def _are_people(bare: str) -> bool:
    """Whether a line is nothing but addresses, with names or without."""
    return "@" in bare and all(PERSON.fullmatch(each.strip()) for each in re.split("[;,]", bare))


def _announced(text: str) -> bool:
    bare = _bare(text)
    return bool(FORWARDED.fullmatch(bare) or ORIGINAL.fullmatch(bare))


def _bare(text: str) -> str:
    found = QUOTE.match(text)
    return text[found.end() :].strip() if found else text


def _depth(text: str) -> int:
    found = QUOTE.match(text)
    return found.group().count(">") if found else 0


def _unquoted(line: Line, quoted: int) -> Line:
    if not quoted or not line.text.startswith(">"):
        return line
    return line._replace(text=re.sub(rf"^(?:>\s?){{1,{quoted}}}", "", line.text))


def without_recipients(lines: Sequence[Line]) -> tuple[list[Line], list[Mapping[str, str]]]:
    """Lines without the recipients that blocks of headers in them name, and the fields of those blocks."""
    kept: list[Line] = []
    found = list(blocks(lines))
    place = 0
    for block in found:
        kept += lines[place : block.start]
        kept += _without_named(lines[block.start : block.end])
        place = block.end
    return [*kept, *lines[place:]], [block.fields for block in found]


def _without_named(lines: Sequence[Line]) -> list[Line]:
    """The lines of a block but those of its recipients."""
    kept, is_named = [], False
    for line in lines:
        found = FIELD.match(_bare(line.text))
        is_named = field_of(found[1]) in RECIPIENTS if found else is_named
        if not is_named:
            kept.append(line)
    return kept
