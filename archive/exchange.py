"""What a line of an export may be: each field with its type and bounds, so that nothing else is ever taken for one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from archive.export import FORMAT, moment_as_text
from archive.facets import LEVELS, STATES
from archive.records import HASH_VERSION, PRECISIONS, UNKEPT, Notification, check_issued

MOST_LINE_BYTES = 32 * 1024 * 1024
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before it there was no web to retrieve anything from."""
MOST = 10_000
"""So many revisions, sightings and attachments has one bulletin at most."""


class BadLine(ValueError):
    """A line that is none of an export, as `field: what, expected what`."""


def read_line(line: bytes, now: datetime) -> dict[str, Any]:
    """The bulletin that a line states. Raises BadLine; nothing in it lies beyond `now`."""
    row = _json(line)
    if not isinstance(row, dict) or row.get("format") != FORMAT:
        stated = row.get("format") if isinstance(row, dict) else row
        raise BadLine(f"format: {_brief(stated)}, expected {FORMAT!r}")
    try:
        checked = Line.model_validate(row)
    except ValidationError as problem:
        raise BadLine(_first(problem)) from problem
    except RecursionError as problem:
        raise BadLine("brackets too deep, expected a bulletin") from problem
    _check_times(checked, now)
    _check_records(checked)
    return row


def _json(line: bytes) -> Any:
    if len(line) > MOST_LINE_BYTES:
        raise BadLine(f"more than {MOST_LINE_BYTES:,} bytes, expected a bulletin")
    try:
        return json.loads(line.decode("utf-8"), object_pairs_hook=_object, parse_constant=_constant)
    except RecursionError as problem:
        raise BadLine("brackets too deep, expected a bulletin") from problem
    except UnicodeDecodeError as problem:
        raise BadLine(f"byte {problem.start + 1}: no UTF-8, expected UTF-8") from problem
    except json.JSONDecodeError as problem:
        raise BadLine(f"character {problem.colno}: {problem.msg}, expected one JSON object") from problem
    except BadLine:
        raise
    except ValueError as problem:
        raise BadLine(f"{str(problem)[:80]}, expected one JSON object") from problem


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadLine(f"{twice[:60]!r} is stated twice in one object, expected it once")
    return found


def _constant(name: str) -> Any:
    raise BadLine(f"{name} is no JSON, expected a number that is one")


def _whole(text: str) -> str:
    if UNKEPT.search(text):
        raise ValueError("a text without NUL and halves of characters")
    return text


def _is_moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise ValueError("a time in UTC like 2018-07-02T09:00:00Z") from problem
    if moment.tzinfo is None or moment_as_text(moment) != text:
        raise ValueError("a time in UTC like 2018-07-02T09:00:00Z")
    return text


Text = Annotated[str, AfterValidator(_whole)]
Moment = Annotated[str, AfterValidator(_is_moment)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Number = Annotated[int, Field(ge=1, le=MOST)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Code(_Strict):
    scheme: Text
    value: Text


class ThreatLevel(_Strict):
    scope: Text
    level: Text


class Link(_Strict):
    url: Text
    text: Text


class Attached(_Strict):
    url: Text
    title: Text


class Record(_Strict):
    """The record of one revision. A field that a later version adds needs a default: older exports lack it."""

    source: Text
    ref: Text | None
    url: Text
    title: Text | None
    level: Literal[LEVELS] | None  # type: ignore[valid-type]
    codes: list[Code]
    issued: Text | None
    issued_precision: Literal[PRECISIONS] | None  # type: ignore[valid-type]
    expires: Text | None
    region: Text | None
    threat_levels: list[ThreatLevel]
    text: Text
    links: list[Link]
    attachments: Annotated[list[Attached], Field(max_length=MOST)]
    references: list[Text]
    language: Text | None
    issuers: list[Text]
    topics: list[Text]
    handling: Text | None
    evidence: dict[Text, Text]


class StatedRevision(_Strict):
    """One wording, and the capture that the exporting archive had it by."""

    revision: Number
    at: Moment
    matched: Annotated[str, Field(pattern=r"^[a-z]{1,20} [01]\.[0-9]{2}$")]
    reparsed: bool
    content_hash: Sha256
    hash_version: Literal[HASH_VERSION]  # type: ignore[valid-type]
    url: Text
    status: Annotated[int, Field(ge=100, le=599)] | None
    sha256: Sha256 | None
    parser: Text
    documents: dict[Text, Sha256]
    record: Record


class StatedSighting(_Strict):
    url: Text
    first_at: Moment
    last_at: Moment


class Recognised(_Strict):
    series: Text
    issuer: Text | None
    edition: Text | None
    issued: Text | None
    evidence: Text


class StatedDocument(_Strict):
    url: Text
    title: Text
    cited: bool
    recognised: Recognised | None
    sha256: Sha256 | None


class Line(Record):
    """One bulletin: its current record, and all that is known of it."""

    format: Literal[FORMAT]  # type: ignore[valid-type]
    invented: Literal[False]
    id: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    ref: Annotated[Text, Field(min_length=1)]
    first_ref: Annotated[Text, Field(min_length=1)]
    rights: Text | None
    state: Literal[STATES]  # type: ignore[valid-type]
    revision: Number
    first_seen: Moment
    last_seen: Moment
    revisions: Annotated[list[StatedRevision], Field(min_length=1, max_length=MOST)]
    sightings: Annotated[list[StatedSighting], Field(min_length=1, max_length=MOST)]
    documents: Annotated[list[StatedDocument], Field(max_length=MOST)]


def _first(problem: ValidationError) -> str:
    """The first thing that is wrong, where it stands."""
    found = problem.errors(include_url=False)[0]
    where = ".".join(map(str, found["loc"]))[:120]
    if found["type"] == "missing":
        return f"{where}: not there, expected it"
    if found["type"] == "extra_forbidden":
        return f"{where}: not known, expected the fields of {FORMAT}"
    expected = found["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return f"{where}: {_brief(found['input'])}, expected {expected}"


def _brief(value: object) -> str:
    return re.sub(r"[^ -~]", "?", repr(value))[:80]


def _times(line: Line) -> Iterator[tuple[str, str]]:
    for place, revision in enumerate(line.revisions):
        yield f"revisions.{place}.at", revision.at
    for place, sighting in enumerate(line.sightings):
        yield f"sightings.{place}.first_at", sighting.first_at
        yield f"sightings.{place}.last_at", sighting.last_at


def _check_times(line: Line, now: datetime) -> None:
    for where, stated in _times(line):
        if not EARLIEST <= datetime.fromisoformat(stated) <= now:
            raise BadLine(f"{where}: {stated}, expected a time from 1990 until now")
    for place, sighting in enumerate(line.sightings):
        if datetime.fromisoformat(sighting.first_at) > datetime.fromisoformat(sighting.last_at):
            raise BadLine(f"sightings.{place}: ends before it begins, expected {sighting.first_at} or later")


def _check_records(line: Line) -> None:
    numbers = [each.revision for each in line.revisions]
    if len(set(numbers)) != len(numbers) or line.revision not in numbers:
        raise BadLine(f"revisions: {sorted(numbers)[:20]}, expected each once, {line.revision} among them")
    for place, revision in enumerate(line.revisions):
        where = f"revisions.{place}"
        record = Notification.from_row(revision.record.model_dump())
        if record.source != line.source:
            raise BadLine(f"{where}.record.source: {_brief(record.source)}, expected {line.source!r}")
        if record.content_hash() != revision.content_hash:
            raise BadLine(f"{where}.content_hash: not that of its record, expected {record.content_hash()}")
        try:
            check_issued(record)
        except (ValueError, OverflowError) as problem:
            raise BadLine(f"{where}.record.issued: {_brief(record.issued)}, expected an ISO 8601 date") from problem
