"""Mail as arrivals: messages in files, mailboxes and Maildirs, oldest first, each with its attachments."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.blobs import name_of
from archive.journal import Arrival, body_of, find_capture, first_capture, record_all
from archive.settle import Settled
from archive.store import Archive, ArchiveUnusable, Session
from archive.tables import Capture
from archive.targets import find_target
from ingest.files import STANDARD_INPUT, UnreadableFile, open_file, read_file
from ingest.mbox import message_in, spans
from ingest.progress import counted
from ingest.report import Report
from ingest.settling import settle, settled_before
from parsers.mail import MAX_MESSAGE_BYTES, MEDIA_TYPE, Attached, MailPage, own_domains
from parsers.mail_dates import sent_at
from parsers.mail_headers import MAX_HEADER_BYTES
from parsers.mail_refs import address_of, ref_of, second_ref
from parsers.source import Source

UNDATED = 2**63 - 1
"""Sorts messages without a readable date after all others."""
PLACE = struct.Struct(">QIQQ")
"""Seconds since year 1, number of the file, first and last byte; packed, so that millions of messages fit in memory."""
WHOLE_FILE = 0
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Mail:
    """Messages that are to be imported, and where they stand."""

    files: list[Path] = field(default_factory=list)
    _places: list[bytes] = field(default_factory=list)

    def add_message(self, file: Path) -> None:
        """Add a file that is one message. Raises UnreadableFile."""
        if file == STANDARD_INPUT:
            head = b""
        else:
            with open_file(file) as opened:
                head = opened.read(MAX_HEADER_BYTES + 1)
        self.files.append(file)
        self._add(head, 0, WHOLE_FILE)

    def add_mailbox(self, file: Path) -> int:
        """Add the messages of a mailbox, and say how many there are. Raises UnreadableFile."""
        before = len(self)
        self.files.append(file)
        for span in spans(file):
            self._add(span.head, span.start, span.end)
        return len(self) - before

    def _add(self, head: bytes, start: int, end: int) -> None:
        moment = sent_at(head)
        seconds = UNDATED if moment is None else int((moment - BEGINNING) / timedelta(seconds=1))
        self._places.append(PLACE.pack(seconds, len(self.files) - 1, start, end))

    def __len__(self) -> int:
        return len(self._places)

    def messages(self, report: Report) -> Iterator[bytes]:
        """The messages, oldest first by what they state; one that cannot be read is an error of the report."""
        self._places.sort()
        for place in self._places:
            _, number, start, end = PLACE.unpack(place)
            try:
                yield self._read(self.files[number], start, end)
            except OSError as problem:
                report.fail(str(problem))

    def _read(self, file: Path, start: int, end: int) -> bytes:
        if end == WHOLE_FILE:
            return read_file(file)
        if end - start > MAX_MESSAGE_BYTES:
            raise UnreadableFile(
                f"{file}: message at byte {start}: {end - start:,} bytes, expected at most {MAX_MESSAGE_BYTES:,}"
            )
        with open_file(file) as opened:
            return message_in(opened, start, end)


def import_mail(
    archive: Archive,
    source: Source,
    mail: Mail,
    at: datetime | None,
    now: datetime,
    report: Report,
    say: Callable[[str], None] = lambda line: None,
) -> None:
    """Import messages; the time of each capture is `at`, else when the message states that it was sent."""
    for message in counted(mail.messages(report), len(mail), f"{source.slug}: messages", say):
        report.take(take_message(archive, source, message, at, now))


def take_message(
    archive: Archive, source: Source, message: bytes, at: datetime | None, now: datetime
) -> Settled | None:
    """Keep one message and its attachments in one transaction, bodies first, then settle what is new of them."""
    capture = _arrival(archive, source, message, at, now)
    documents = [_document(capture, each) for each in _attached(source, capture)]
    before = settled_before(archive, source, [capture])
    with archive.reading() as session:
        fresh = [each for each in documents if not _is_held(session, each)]
    arrivals = fresh if before is not None else [capture, *fresh]
    if not arrivals:
        return before
    names = archive.blobs.put_all([each.body for each in arrivals])
    with archive.writing() as session:
        numbers = record_all(session, list(zip(arrivals, names, strict=True)), now)
    settled = [settle(archive, source, number, now) for number in numbers]
    return before if before is not None else settled[0]


def _arrival(archive: Archive, source: Source, message: bytes, at: datetime | None, now: datetime) -> Arrival:
    """The message as a capture under its address: its own, or another where that is of another message.

    One that is held already keeps the time that it has; one that states none, or one to come, came now.
    """
    ref = ref_of(message).ref
    first = _first(archive, source, ref)
    facts = {}
    if first is not None and not _is_same(archive, source, first, message):
        ref = second_ref(message)
        first, facts = _first(archive, source, ref), {"ref": ref}
    held = first.fetched_at if first is not None and first.sha256 == name_of(message) else None
    sent = sent_at(message)
    return Arrival(
        source=source.slug,
        role="detail",
        target_url=address_of(ref),
        url=address_of(ref),
        fetched_at=at or held or (sent if sent is not None and sent <= now else now),
        via="mail",
        cause="import",
        status=200,
        headers=(("Content-Type", MEDIA_TYPE),),
        body=message,
        facts=facts,
    )


def _first(archive: Archive, source: Source, ref: str) -> Capture | None:
    with archive.reading() as session:
        return first_capture(session, source.slug, address_of(ref))


def _is_same(archive: Archive, source: Source, first: Capture, message: bytes) -> bool:
    """Whether a message says what the one says that is held under its id, however either was transported.

    One that cannot be read is the same only byte for byte.
    """
    if first.sha256 == name_of(message):
        return True
    try:
        with archive.reading() as session:
            held = body_of(session, archive.blobs, first.sha256 or "")
        pages = [MailPage(each, first.url, own_domains(source)) for each in (held, message)]
        return pages[0].region_hash == pages[1].region_hash
    except ArchiveUnusable:
        raise
    except Exception:
        return False


def _attached(source: Source, capture: Arrival) -> Sequence[Attached]:
    """The files of a message; none of one that cannot be read, whose settling says why."""
    try:
        return MailPage(capture.body, capture.url, own_domains(source)).attached
    except Exception:
        return ()


def _document(capture: Arrival, attached: Attached) -> Arrival:
    return Arrival(
        source=capture.source,
        role="attachment",
        target_url=attached.url,
        url=attached.url,
        fetched_at=capture.fetched_at,
        via="mail",
        cause="import",
        status=200,
        headers=(("Content-Type", attached.media_type),),
        body=attached.body,
    )


def _is_held(session: Session, document: Arrival) -> bool:
    sha256 = name_of(document.body)
    target = find_target(session, document.source, document.role, document.target_url)
    if target is not None and target.sha256 == sha256:
        return True
    return find_capture(session, document, sha256) is not None
