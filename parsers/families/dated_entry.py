"""One message of a page of dated messages, before it is a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parsers.dates import Stated, read_date
from parsers.families.dated_headings import Heading
from parsers.lines import Line
from parsers.page import Page, PageChanged


@dataclass(frozen=True, slots=True)
class DatedEntry:
    """One candidate: its heading line, its body lines, and the page they stand on."""

    page: Page
    heading: Line
    body: tuple[Line, ...]

    @property
    def where(self) -> str:
        return f"{self.page.url}: heading {self.heading.text[:200]!r}"

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.body if line.text)

    @property
    def raw(self) -> str:
        """The entry as the page has it: heading, body, and the addresses of its links."""
        anchors = (anchor for line in (self.heading, *self.body) for anchor in line.anchors)
        addresses = (f"<{anchor.href}>" for anchor in anchors)
        return "\n".join(part for part in (self.heading.text, self.text, *addresses) if part)


def evidence_of(heading: Heading, issued: Stated, said: dict[str, str]) -> dict[str, str]:
    """How the fields of the heading were obtained, with what our rules say of theirs."""
    found = {
        "issued": f"heading {heading.date!r} as {issued.format}",
        "level": f"heading {heading.words!r}",
        "region": f"heading {heading.words!r}" if len(heading.words.split()) > 1 else "",
        "title": "heading, after the label" if heading.title else "",
        **said,
    }
    return {name: how for name, how in found.items() if how}


def issued_of(entry: DatedEntry, heading: Heading, formats: Sequence[str], corrections: Mapping[str, str]) -> Stated:
    """The date of a heading; raises PageChanged where there is none that can be read."""
    if not heading.date:
        raise PageChanged(f"{entry.where}: no date, expected {' or '.join(formats)}")
    try:
        return read_date(heading.date, formats, corrections)
    except ValueError as problem:
        raise PageChanged(f"{entry.where}: {problem}") from problem
