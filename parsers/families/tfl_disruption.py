"""One disruption of one line, as TfL's Unified API states it."""

from __future__ import annotations

from collections.abc import Iterator

from archive.records import Notification
from parsers.attachments import attachments_and_links
from parsers.compose import compose
from parsers.families.json_members import number_of, object_of, words_of
from parsers.families.tfl_entry import Disruption
from parsers.families.tfl_times import category_of, instants_of, moment_of
from parsers.lines import Line, fold, typed_lines
from parsers.page import PageChanged
from parsers.source import Source


def record_of(source: Source, entry: Disruption) -> Notification:
    """The record of a disruption; raises PageChanged where a member is not what it was."""
    if entry.problem:
        raise PageChanged(entry.problem)
    number, name = (words_of(entry.line, member, entry.where) for member in ("id", "name"))
    kinds = [words_of(status, "statusSeverityDescription", entry.where) for status in entry.statuses]
    starts = instants_of(entry.statuses[0], "fromDate", entry.where)
    ends = [end for status in entry.statuses for end in instants_of(status, "toDate", entry.where)]
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
    for status in entry.statuses:
        disruption = object_of(status.get("disruption") or {}, entry.where)
        for holder, name in ((status, "reason"), (disruption, "description"), (disruption, "additionalInfo")):
            for line in typed_lines(words_of(holder, name, entry.where, may_lack=True)):
                said.setdefault(line.text, line)
    return list(said.values())


def _codes(entry: Disruption) -> Iterator[tuple[str, str]]:
    for name in ("id", "modeName"):
        yield f"tfl-{'line' if name == 'id' else 'mode'}", words_of(entry.line, name, entry.where)
    for status in entry.statuses:
        severity = number_of(status, "statusSeverity", entry.where)
        yield "tfl-severity", f"{severity} {words_of(status, 'statusSeverityDescription', entry.where)}"
        category = category_of(status, entry.where)
        if category:
            yield "tfl-category", category
