"""Files as if they had been fetched: the same captures, the same parse, no socket."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from archive.journal import Arrival, pending
from archive.records import MOST_KEY_BYTES
from archive.store import Archive
from archive.targets import roles_at
from ingest.files import STANDARD_INPUT, read_file
from ingest.folders import each_file, kind_of
from ingest.mailboxes import Mail, import_mail, take_message
from ingest.mbox import is_mailbox
from ingest.merging import merge_index
from ingest.progress import counted
from ingest.report import Report
from ingest.saved import Saved, stated_beside
from ingest.settling import arrive, settle
from ingest.warc_import import Alone, import_warcs
from parsers.mail import is_message
from parsers.source import Source

PAGES = ("listing", "detail", "older")
"""The roles of pages; an address that is known in several is imported as the first of them."""


@dataclass(slots=True)
class Found:
    """What there is to import: pages, by the time they were fetched, WARC and WACZ files, and mail."""

    pages: list[Saved] = field(default_factory=list)
    warcs: list[Path] = field(default_factory=list)
    mail: Mail = field(default_factory=Mail)


def import_files(
    archive: Archive,
    source: Source,
    files: Iterable[Path],
    now: datetime,
    *,
    url: str | None,
    at: datetime | None,
    say: Callable[[str], None] = lambda line: None,
) -> Report:
    """Import files, and folders of them, each kind in its way; what was pending is settled first.

    `url` and `at` (aware UTC) are the address and the time of all that is imported, where they are stated. Else a page
    has those of the `meta.json` beside it, or the source's own address and now; messages and the records of WARC files
    have their own. When a file was
    written says nothing about when its page was fetched, so file times are not looked at. A file that cannot be read is
    one error and does not stop the others. `say` is told how far it has come.
    """
    report = Report(source.slug)
    with archive.reading() as session:
        waiting = pending(session, source.slug)
    for capture_id in waiting:
        report.take(settle(archive, source, capture_id, now))
    found = _gather(source, files, report)
    if found.warcs:
        import_warcs(archive, source, found.warcs, report, at=at, around=Alone(say=say))
    pages = sorted(found.pages, key=lambda page: at or page.at or now)
    for page in counted(pages, len(pages), f"{source.slug}: pages", say):
        _import_page(archive, source, page.but(url, at), now, report)
    import_mail(archive, source, found.mail, at, now, report, say)
    merge_index(archive, report.notices.append)
    return report


def _gather(source: Source, files: Iterable[Path], report: Report) -> Found:
    """What the files and folders hold, by kind; what is left out is told."""
    found = Found()
    for file in each_file(files, report):
        try:
            kind = kind_of(file)
            if kind == "mailbox":
                if not found.mail.add_mailbox(file):
                    report.notices.append(f"{file}: a mailbox without a message")
            elif kind == "warc":
                found.warcs.append(file)
            elif kind == "message":
                found.mail.add_message(file)
            else:
                found.pages.append(stated_beside(source, file))
        except (OSError, ValueError) as problem:
            report.fail(str(problem))
    return found


def _import_page(archive: Archive, source: Source, page: Saved, now: datetime, report: Report) -> None:
    try:
        body = read_file(page.file)
        if page.file == STANDARD_INPUT and is_mailbox(body):
            raise ValueError("standard input: a mailbox, expected it as a file")
        if page.file == STANDARD_INPUT and is_message(body):
            report.take(take_message(archive, source, body, page.at, now))
            return
        arrival = _arrival(archive, source, page, body, now)
    except (OSError, ValueError) as problem:
        report.fail(str(problem))
        return
    report.take(arrive(archive, source, [arrival], now))


def _arrival(archive: Archive, source: Source, page: Saved, body: bytes, now: datetime) -> Arrival:
    """A saved page as a capture; raises ValueError where it has no place or no time in the archive."""
    is_document = body.startswith(b"%PDF")
    if is_document and page.url is None:
        raise ValueError(f"{page.file}: a PDF without its address, expected --url or a meta.json beside it")
    if page.at is not None and page.at > now:
        raise ValueError(
            f"{page.file}: fetched at {page.at.isoformat()}, which lies in the future, expected a time that has been"
        )
    url = page.url or source.start[0]
    role, facts = _role(archive, source, url, page, is_document)
    target_url = _page_of(source, url) if role == "listing" else url
    size = len(target_url.encode())
    if size > MOST_KEY_BYTES:
        raise ValueError(f"{page.file}: an address of {size:,} bytes, expected at most {MOST_KEY_BYTES:,}")
    return Arrival(
        source=source.slug,
        role=role,
        target_url=target_url,
        url=url,
        fetched_at=page.at or now,
        via="file",
        cause="import",
        status=200,
        headers=(("Content-Type", page.media_type),) if page.media_type else (),
        body=body,
        facts=facts,
    )


def _page_of(source: Source, url: str) -> str:
    """The page that a listing's address stands for: a source that has one page has it under every address."""
    return source.start[0] if len(source.start) == 1 else url


def _role(archive: Archive, source: Source, url: str, page: Saved, is_document: bool) -> tuple[str, Mapping[str, str]]:
    """What the archive knows the address as, and its facts; an unknown one is what the file beside it says, what the
    source takes it for, or an attachment if it holds a PDF.
    """
    with archive.reading() as session:
        known = roles_at(session, source.slug, url)
    order = ("attachment", *PAGES) if is_document else (*PAGES, "attachment")
    target = next((known[role] for role in order if role in known), None)
    if target is not None:
        return target.role, target.facts
    return page.role or ("attachment" if is_document else source.role_of(url)), page.facts
