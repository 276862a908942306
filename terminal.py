"""How rows are printed: tables for people, JSON Lines for pipes, CSV guarded against formulas."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from archive.spreadsheet import guarded

Row = Mapping[str, Any]
FORMATS = ("table", "jsonl", "csv")
PROSE = (
    *("title", "snippet", "value", "from", "reason", "problem", "issuers"),
    *("attachments", "url", "basis", "text", "sample", "about"),
)
"""Columns that may be folded; the others keep to one line."""
INVENTED = " (invented: from the built-in replica)"
LEAST_PROSE, LEAST_OF_SEVERAL = 34, 22
"""What is folded into fewer columns than that cannot be read; where several columns are, each may be narrower."""
SECRETS = (
    (re.compile(r"((?<![\w+.-])(?!https?:)[A-Za-z][\w+.-]*://[^:/@\s]*):\S*@"), r"\1:***@"),
    (re.compile(r"(://[^:/@\s]*):[^@/\s]*@"), r"\1:***@"),
    (re.compile(r"(\w*password=)[^&\s'\")]+", re.IGNORECASE), r"\1***"),
)
"""Where passwords stand: before the host of an address (a database's may hold `/` and `@`), or as a parameter."""


class OutputFailed(Exception):
    """What a command printed did not arrive: the disk is full, or standard output is closed."""


class _Stream(io.FileIO):
    """A standard stream. A pipe whose reader has left takes everything quietly: that is how `head` works.

    With `must_arrive`, any other failure raises OutputFailed, once.
    """

    def __init__(self, descriptor: int, *, must_arrive: bool) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self.has_ended = False
        self._must_arrive = must_arrive

    def write(self, data: Any, /) -> int:
        if self.has_ended:
            return memoryview(data).nbytes
        try:
            return super().write(data)
        except OSError as problem:
            self.has_ended = True
            if self._must_arrive and not isinstance(problem, BrokenPipeError):
                reason = f"standard output: {problem.strerror}, expected one that can be written"
                raise OutputFailed(reason) from problem
            return memoryview(data).nbytes


@contextmanager
def standard_streams() -> Iterator[None]:
    """Output that ends well: see `_Stream`. Streams that were closed are held, lest a database takes their number."""
    found = sys.stdout, sys.stderr
    held = [os.open(os.devnull, os.O_RDONLY) for stream in (sys.stdin, *found) if stream is None]
    closed = held[-1] if held else -1
    sys.stdout, sys.stderr = _over(found[0], closed, must_arrive=True), _over(found[1], closed, must_arrive=False)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = found
        for descriptor in held:
            os.close(descriptor)


def _over(stream: TextIO | None, closed: int, *, must_arrive: bool) -> TextIO:
    descriptor = closed if stream is None else stream.fileno()
    raw = _Stream(descriptor, must_arrive=must_arrive)
    encoding = "utf-8" if stream is None else stream.encoding
    errors = "strict" if must_arrive else "backslashreplace"
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, errors, line_buffering=raw.isatty())


def is_read() -> bool:
    """Whether there is still a reader for what is printed."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return not (isinstance(raw, _Stream) and raw.has_ended)


def print_rows(
    rows: Iterable[Row],
    columns: Sequence[str],
    format_name: str | None,
    *,
    keys: Sequence[str] = (),
    narrow: Sequence[str] = (),
) -> None:
    """Print rows in the format asked for; by default a table on a terminal and JSON Lines elsewhere.

    `columns` are what a table shows, `narrow` the same where those do not fit into the terminal; JSON Lines and CSV
    carry every key (`keys` where there is no row to show them).
    """
    chosen = format_name or ("table" if sys.stdout.isatty() else "jsonl")
    if chosen == "jsonl":
        for row in rows:
            print(json.dumps(row, ensure_ascii=False, default=_plain), flush=True)
            if not is_read():
                return
    elif chosen == "csv":
        _print_csv(list(rows), keys or columns)
    else:
        _print_table(list(rows), columns, narrow)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)


def _print_csv(rows: Sequence[Row], keys: Sequence[str]) -> None:
    names = list(rows[0]) if rows else list(keys)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([guarded(_cell(row.get(name))) for name in names])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return _plain(value)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return str(value)


def _print_table(rows: Sequence[Row], columns: Sequence[str], narrow: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False)
    if not rows:
        console.print("nothing")
        return
    if narrow and _is_too_wide(rows, columns, console.width):
        columns = narrow
    if _is_too_wide(rows, columns, console.width):
        _print_upright(rows, columns)
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        free = _is_prose(rows, column)
        justify: Literal["left", "right"] = "right" if _is_number(rows, column) else "left"
        table.add_column(
            _heading(rows, column), overflow="fold", justify=justify, no_wrap=not free, ratio=1 if free else None
        )
    for row in rows:
        table.add_row(*(Text(printable(_lines(row, column))) for column in columns))
    console.print(table)


def _heading(rows: Sequence[Row], column: str) -> str:
    return "\n".join(_label(rows, name) for name in column.split("/"))


def _label(rows: Sequence[Row], name: str) -> str:
    """The name of a column, with the zone of its times."""
    return name.replace("_", " ") + (" UTC" if any(isinstance(row.get(name), datetime) for row in rows) else "")


def _is_prose(rows: Sequence[Row], column: str) -> bool:
    return any(name in PROSE and not _is_number(rows, name) for name in column.split("/"))


def _is_too_wide(rows: Sequence[Row], columns: Sequence[str], width: int) -> bool:
    """Whether columns that may not be folded leave too little of the terminal for those that may."""
    fixed = [column for column in columns if not _is_prose(rows, column)]
    cells = ([_heading(rows, column), *(_lines(row, column) for row in rows)] for column in fixed)
    widest = (max(len(line) for cell in column for line in cell.split("\n")) for column in cells)
    folded = len(columns) - len(fixed)
    return sum(widest) + 2 * (len(columns) - 1) + folded * (LEAST_PROSE if folded == 1 else LEAST_OF_SEVERAL) > width


def _print_upright(rows: Sequence[Row], columns: Sequence[str]) -> None:
    """One line a value, for terminals that are too narrow for a line a row."""
    names = [name for column in columns for name in column.split("/")]
    labels = {name: _label(rows, name) for name in names}
    width = max(map(len, labels.values()))
    for number, row in enumerate(rows):
        print("\n" * bool(number), end="")
        for name, label in labels.items():
            print(f"{label:{width}}  {printable(_short(row.get(name)))}")


def _lines(row: Row, column: str) -> str:
    """A cell; a column named `a/b` has the values of both, one below the other."""
    names = column.split("/")
    cells = [_short(row.get(name)) for name in names]
    return "\n".join(cell for cell in cells if cell or (len(names) > 1 and not set(names) & set(PROSE)))


def _is_number(rows: Sequence[Row], name: str) -> bool:
    return bool(rows) and all(isinstance(row.get(name), int) for row in rows)


def _short(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return ", ".join(" ".join(str(part).rsplit("/", 1)[-1] for part in item.values()) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _cell(value)


def printable(text: str) -> str:
    """Text without control characters, so that no bulletin can steer a terminal."""
    return "".join(mark if mark.isprintable() or mark == "\n" else "\N{REPLACEMENT CHARACTER}" for mark in text)


def say(line: str) -> None:
    """A line for the operator, on standard error, without passwords."""
    print(printable(without_secrets(line)), file=sys.stderr, flush=True)


def without_secrets(line: str) -> str:
    """A line with the passwords of addresses masked."""
    for pattern, masked in SECRETS:
        line = pattern.sub(masked, line)
    return line


def print_fields(found: Row, format_name: str | None) -> None:
    """Print one thing: a line for each of its fields on a terminal, else as one JSON object or CSV row."""
    if format_name in ("jsonl", "csv") or (format_name is None and not sys.stdout.isatty()):
        print_rows([found], list(found), format_name or "jsonl")
        return
    for name, value in found.items():
        lines = value if isinstance(value, list) and all(isinstance(each, str) for each in value) else [_short(value)]
        indented = "\n".join(lines).replace("\n", "\n    ")
        print(printable(f"{name.replace('_', ' ')}: {indented}" if len(lines) == 1 else f"{name}:\n    {indented}"))


def print_shown(found: Row, format_name: str | None) -> None:
    """Print one notification, with its `differences` if it has them: for people on a terminal, else as one object."""
    if format_name in ("jsonl", "csv") or (format_name is None and not sys.stdout.isatty()):
        print_rows([found], list(found), format_name or "jsonl")
        return
    for line in _shown_lines(found):
        print(printable(line))


def _shown_lines(found: Row) -> Iterator[str]:
    level = f"{str(found['level']).upper()}  " if found["level"] else ""
    yield f"{level}{found['title'] or '(no title)'}{INVENTED if found['invented'] else ''}"
    about = f"{found['source']}  {found['state']}  id {found['id']}  revision {found['revision']}"
    yield f"{found['issued'] or 'undated'}  {about}"
    for name in ("region", "issuers", "codes", "threat_levels", "expires", "references", "url"):
        if found[name]:
            yield f"{name.replace('_', ' ')}: {_short(found[name])}"
    yield f"seen: {_short(found['first_seen'])} to {_short(found['last_seen'])} UTC"
    for name, words in found["evidence"].items():
        yield f"    {name} from {words}"
    yield from ("", found["text"], "")
    for each in found["documents"]:
        yield f"attachment: {each['title']} <{each['url']}> {each['state']} {each['sha256'] or each['problem'] or ''}"
        if each["recognised"]:
            known = {name: value for name, value in each["recognised"].items() if value}
            yield f"    known by sight: {', '.join(f'{name} {value}' for name, value in known.items())}"
    for each in found["sightings"]:
        yield f"shown: {_short(each['first_at'])} to {_short(each['last_at'])} UTC on {each['url']}"
    for each in found["changes"]:
        became = (each["state"] or "new state") if each["kind"] == "state" else each["kind"]
        yield f"{became}: {_short(each['at'])} UTC, {each['cause']}"
    for each in found["revisions"]:
        yield (
            f"revision {each['revision']}: {_short(each['at'])} UTC, {each['cause']}, {each['matched']},"
            f" capture {each['capture']} ({(each['sha256'] or '')[:16]}), content {each['content_hash'][:16]}"
        )
    if "differences" in found:
        yield from ("", *(found["differences"] or ["one revision, nothing to compare"]))
