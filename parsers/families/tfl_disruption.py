"""One disruption of one line, as TfL's Unified API states it."""

from __future__ import annotations

from collections.abc import Iterator

from archive.records import Notification
from parsers.attachments import attachments_and_links
from parsers.compose import compose
from parsers.families.tfl_entry import Disruption
from parsers.families.tfl_times import category_of, disruption_of, instants_of, moment_of
from parsers.json_members import Members
from parsers.lines import Line, fold, typed_lines
from parsers.page import PageChanged
from parsers.source import Source


def record_of(source: Source, entry: Disruption) -> Notification:
    """The record of a disruption; raises PageChanged where a member is not what it was."""
    if entry.problem:
        raise PageChanged(entry.problem)
    line = Members(entry.where, entry.line)
    number, name = line.words("id"), line.words("name")
    kinds = [status.words("statusSeverityDescription") for status in entry.stated]
    starts = instants_of(entry.stated[0], "fromDate")
    ends = [end for status in entry.stated for end in instants_of(status, "toDate")]
    lines = _reasons(entry)
    attachments, links = attachments_and_links(lines, entry.page)
    return compose(
        source,
        entry.page.url,
        "\n".join(line.text for line in lines),
        ref=f"{number} {entry.start}",
        title=fold(f"{name}: {', '.join(dict.fromkeys(kinds))}"),
        issued=starts[0] if starts else None,
        codes=dict.fromkeys(_codes(entry)),
        expires=max(ends, key=moment_of, default=None),
        links=links,
        attachments=attachments,
        evidence={
            "title": "name of the line, statusSeverityDescription",
            "text": "reason, and description of the disruption where it says more",
            "issued": "earliest fromDate of validityPeriods: in force since; no time of issue is stated"
            if starts
            else "",
            "expires": "latest toDate of validityPeriods" if ends else "",
        },
    )


def _reasons(entry: Disruption) -> list[Line]:
    """What the statuses say, each line once; a status without a reason says nothing but its severity."""
    said: dict[str, Line] = {}
    for status in entry.stated:
        disruption = disruption_of(status)
        for holder, name in ((status, "reason"), (disruption, "description"), (disruption, "additionalInfo")):
            for line in typed_lines(holder.words(name, may_lack=True)):
                said.setdefault(line.text, line)
    return list(said.values())


def _codes(entry: Disruption) -> Iterator[tuple[str, str]]:
    for name in ("id", "modeName"):
        yield f"tfl-{'line' if name == 'id' else 'mode'}", Members(entry.where, entry.line).words(name)
    for status in entry.stated:
        yield "tfl-severity", f"{status.number('statusSeverity')} {status.words('statusSeverityDescription')}"
        category = category_of(status)
        if category:
            yield "tfl-category", category
