"""Files as if they had been fetched: the same captures, the same parse, no socket."""

from __future__ import annotations

import ipaddress
import os
import re
import stat
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO
from urllib.parse import SplitResult, urlsplit

from archive.journal import Arrival, pending
from archive.store import Archive
from archive.targets import find_target
from ingest.report import Report
from ingest.settling import arrive, settle
from ingest.warc_import import import_warcs
from parsers.source import Source

MAX_FILE_BYTES = 50 * 1024 * 1024
STANDARD_INPUT = Path("-")
DEFAULT_PORTS = {"http": 80, "https": 443}
HOST_NAME = re.compile(r"[\w-]{1,63}(\.[\w-]{1,63})*")
USER_INFORMATION = re.compile(r"[^/?#]*//[^/?#]*@")
EXPECTED_ADDRESS = "expected an absolute http or https address like https://www.example.org/page"


def page_address(printed: str) -> str:
    """The address of a page: scheme and host in lower case, without default port and fragment (RFC 3986, 6.2).

    Raises ValueError as `what, expected what` for anything but http and https with a host and nobody's name before it.
    """
    if USER_INFORMATION.match(printed):
        raise ValueError("user information before the host, expected none")
    if not printed.isprintable() or " " in printed or "\\" in printed:
        raise ValueError(f"{printed!r} has characters that no address has, {EXPECTED_ADDRESS}")
    try:
        parts = urlsplit(printed)
        host, port = _host(parts), parts.port
    except ValueError as problem:
        raise ValueError(f"{printed!r}: {problem}, {EXPECTED_ADDRESS}") from problem
    if parts.scheme not in DEFAULT_PORTS or not host or port == 0:
        raise ValueError(f"{printed!r}, {EXPECTED_ADDRESS}")
    stated_port = "" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return parts._replace(netloc=host + stated_port, fragment="").geturl()


def _host(parts: SplitResult) -> str:
    """The host in lower case, an IPv6 address in brackets; empty where it is none. Raises ValueError."""
    host = parts.hostname or ""
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]"
    return host if HOST_NAME.fullmatch(host) else ""


def address_at(source: Source, printed: str) -> str:
    """A page's address as the source writes it: one that differs in its scheme alone is the source's own.

    Raises ValueError like `page_address`.
    """
    address = page_address(printed)
    same = (start for start in source.start if _behind_scheme(page_address(start)) == _behind_scheme(address))
    return address if address in source.start else next(same, address)


def _behind_scheme(address: str) -> str:
    return address.partition("://")[2]


def import_files(
    archive: Archive,
    source: Source,
    files: Iterable[Path],
    url: str,
    at: datetime,
    now: datetime,
    *,
    own_times: bool = False,
) -> Report:
    """Import files as responses of `url` at the time `at` (aware UTC); what was pending is settled first.

    A file that cannot be read is one error and does not stop the others. Folders are walked. WARC records have their
    own addresses, and with `own_times` their own times.
    """
    report = Report(source.slug)
    with archive.reading() as session:
        waiting = pending(session, source.slug)
    for capture_id in waiting:
        report.take(settle(archive, source, capture_id, now))
    for file in import_warcs(archive, source, files, report, at=None if own_times else at):
        _import_file(archive, source, file, url, at, now, report)
    return report


def _import_file(
    archive: Archive, source: Source, file: Path, url: str, at: datetime, now: datetime, report: Report
) -> None:
    try:
        body = read_file(file)
    except OSError as problem:
        report.fail(str(problem))
        return
    role, facts = _role(archive, source, url, body)
    arrival = Arrival(
        source=source.slug,
        role=role,
        target_url=_page_of(source, url) if role == "listing" else url,
        url=url,
        fetched_at=at,
        via="file",
        cause="import",
        status=200,
        headers=(),
        body=body,
        facts=facts,
    )
    report.take(arrive(archive, source, [arrival], now))


def _page_of(source: Source, url: str) -> str:
    """The page that a listing's address stands for: a source that has one page has it under every address."""
    return source.start[0] if len(source.start) == 1 else url


class UnreadableFile(OSError):
    """A file that cannot be taken in, as `file: what, expected what`."""


def read_file(file: Path) -> bytes:
    """The bytes of a regular file, or of standard input for `-`. Raises UnreadableFile; never reads beyond the limit.

    A FIFO or a device is not waited for.
    """
    try:
        if file == STANDARD_INPUT:
            body = _read_input()
        else:
            with open(file, "rb", opener=lambda path, flags: os.open(path, flags | os.O_NONBLOCK)) as opened:
                body = _read_regular(opened)
    except OSError as problem:
        raise _unreadable(file, problem.strerror or str(problem)) from problem
    if len(body) > MAX_FILE_BYTES:
        raise _unreadable(file, "too large")
    return body


def _read_input() -> bytes:
    if sys.stdin is None:
        raise OSError("closed")
    return sys.stdin.buffer.read(MAX_FILE_BYTES + 1)


def _read_regular(opened: IO[bytes]) -> bytes:
    if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
        raise OSError("a FIFO, socket or device")
    return opened.read(MAX_FILE_BYTES + 1)


def _unreadable(file: Path, what: str) -> UnreadableFile:
    name = "standard input" if file == STANDARD_INPUT else file
    return UnreadableFile(f"{name}: {what}, expected a readable, regular file of at most {MAX_FILE_BYTES:,} bytes")


def _role(archive: Archive, source: Source, url: str, body: bytes) -> tuple[str, Mapping[str, str]]:
    """What the archive knows the address as, and its facts; an unknown one is what the source takes it for, or an
    attachment if it holds a PDF.
    """
    with archive.reading() as session:
        target = find_target(session, source.slug, url)
    if target is not None:
        return target.role, target.facts
    return "attachment" if body.startswith(b"%PDF") else source.role_of(url), {}
