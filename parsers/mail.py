"""A message (RFC 5322) as a page of a source: one bulletin, under the id that its sender gave it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar
from urllib.parse import urlsplit

from archive.records import Link, Notification
from parsers.attachments import attachments_and_links
from parsers.compose import compose
from parsers.lines import Line
from parsers.mail_headers import NAMED, without_preamble
from parsers.mail_parts import read_message
from parsers.mail_refs import address_of, part_address, ref_of
from parsers.mail_stated import Discretion, Statement, state
from parsers.mail_words import attachments
from parsers.page import Page, PageChanged
from parsers.source import Source

T = TypeVar("T")
MEDIA_TYPE = "message/rfc822"
MAX_MESSAGE_BYTES = 50 * 1024 * 1024
MAX_ATTACHMENTS = 100
REPORTS = re.compile(r"auto-(?:replied|generated)", re.IGNORECASE)
TELLING = frozenset((b"from", b"date", b"subject", b"message-id", b"received", b"mime-version", b"return-path", b"to"))
ENOUGH = 3
"""So many headers of mail at its beginning make a document a message."""


def is_message(body: bytes) -> bool:
    """Whether a document that nobody says the type of begins as a message does."""
    return len(headers_of_mail(body)) >= ENOUGH


def headers_of_mail(body: bytes) -> set[bytes]:
    """Which headers that tell a message stand at the beginning of a document."""
    found: set[bytes] = set()
    for line in without_preamble(body[:65_536]).split(b"\n")[:200]:
        named = NAMED.match(line)
        if named:
            found.add(named[1].lower())
        elif not line.startswith((b" ", b"\t", b"From ", b">From ")):
            break
    return found & TELLING


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a message: its `mid:` address, its name, what it is said to be, and its bytes."""

    url: str
    title: str
    media_type: str
    body: bytes


class MailPage(Page):
    """A message. Its hash is blind to how it was transported: to all headers but those that state something."""

    def __init__(self, body: bytes, url: str, own_domains: Collection[str] = ()) -> None:
        if len(body) > MAX_MESSAGE_BYTES:
            raise PageChanged(f"{url}: {len(body):,} bytes, expected at most {MAX_MESSAGE_BYTES:,}")
        self.message_ref = ref_of(body)
        super().__init__(b"", url if url.startswith("mid:") else address_of(self.message_ref.ref))
        self.states_links = True
        self.tree = self._located(lambda: read_message(body))
        self._own_domains = own_domains

    def _located(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except PageChanged as problem:
            raise PageChanged(f"{self.url}: {problem}") from problem

    @cached_property
    def statement(self) -> Statement:
        return self._located(lambda: state(self.tree, self.url, self._own_domains))

    @cached_property
    def discretion(self) -> Discretion:
        return Discretion(self.statement.private)

    @cached_property
    def _lines(self) -> tuple[Line, ...]:
        return tuple(self.discretion.lines(self.statement.lines))

    @cached_property
    def attached(self) -> tuple[Attached, ...]:
        """Its files that hold anything, each under an address of its own."""
        taken: set[str] = set()
        found = []
        for part in attachments(self.tree):
            address = part_address(self.url, part.headers.raw("content-id"), part.section, taken)
            if part.content[0]:
                found.append(Attached(address, part.filename or part.kind, part.kind, part.content[0]))
        if len(found) > MAX_ATTACHMENTS:
            raise PageChanged(f"{self.url}: {len(found)} attachments, expected at most {MAX_ATTACHMENTS}")
        return tuple(found)

    @cached_property
    def region_hash(self) -> str:
        """SHA-256 (hex) of what is stated: ref, dates, subject, words, links, and attachments by name and bytes."""
        stated, headers = self.statement, self.tree.headers
        parts = [self.message_ref.ref, headers.words("date"), stated.subject, stated.date, *stated.senders]
        for line in self.lines():
            parts += [line.text, *(f"<{anchor.href}>" for anchor in line.anchors)]
        parts += [f"{each.url} {each.title} {hashlib.sha256(each.body).hexdigest()}" for each in self.attached]
        return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class MailEntry:
    """The one candidate of a message."""

    page: MailPage

    @property
    def raw(self) -> str:
        """Ref, date, subject and words; whoever it was sent to is left out."""
        stated = self.page.statement
        parts = (self.page.message_ref.ref, stated.date, stated.title, self.page.text)
        return "\n".join(part for part in parts if part)


class Mail(Source):
    """The messages of a source, read by its own rules of titles."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def open(
        self,
        body: bytes,
        url: str,
        media_type: str | None = None,
        role: str = "detail",
        facts: Mapping[str, str] | None = None,
    ) -> Page:
        page = MailPage(body, url, own_domains(self.source))
        page.role, page.facts = "detail", facts or {}
        return page

    def entries(self, page: Page) -> Iterator[MailEntry]:
        if not isinstance(page, MailPage):
            raise PageChanged(f"{page.url}: no message, expected one")
        kind, answers = page.tree.kind, page.tree.headers.words("auto-submitted")
        if kind == "multipart/report" or REPORTS.match(answers):
            raise PageChanged(f"{page.url}: {answers or kind}, expected a message that somebody wrote")
        yield MailEntry(page)

    def notification(self, entry: MailEntry) -> Notification:
        page, stated = entry.page, entry.page.statement
        where = f"{page.url}: subject {stated.title[:80]!r}"
        text = page.text
        if not stated.title and not text:
            raise PageChanged(f"{page.url}: neither subject nor text, expected words")
        try:
            issued = stated.issued()
        except ValueError as problem:
            raise PageChanged(f"{where}: {stated.where}: {problem}") from problem
        linked, links = attachments_and_links(page.lines(), page, getattr(self.source, "document_path", None))
        said = dict(self.source.titled(where, stated.title))
        evidence = {**_evidence(page, stated, issued.format), **said.pop("evidence", {})}
        return compose(
            self.source,
            page.url,
            text,
            ref=page.facts.get("ref") or page.message_ref.ref,
            title=stated.title or None,
            issued=issued,
            links=links,
            attachments=(*((each.url, each.title) for each in page.attached), *linked),
            references=stated.references,
            evidence=evidence,
            **said,
        )

    def links(self, page: Page) -> Iterable[Link]:
        return ()


def own_domains(source: Source) -> set[str]:
    """The domains of the hosts that a source starts from: mail from these is the publisher's own."""
    hosts = ((urlsplit(start).hostname or "").removeprefix("www.") for start in getattr(source, "start", ()))
    return {host for host in hosts if host}


def _evidence(page: MailPage, stated: Statement, date_format: str) -> dict[str, str]:
    """How the fields were had. Of people it names only the domains of the senders."""
    domains = sorted({sender.rpartition("@")[2] for sender in stated.senders})
    how = page.message_ref.how
    if page.facts.get("ref"):
        how = f"derived: Message-ID {page.message_ref.ref!r} stands for another message"
    left_out = page.discretion.count
    attached = f"{stated.attached} messages within it after its own words" if stated.attached else ""
    left = f"addresses of recipients left out: {left_out}" if left_out else ""
    words = "; ".join(filter(None, (*stated.taken_from, attached, left)))
    return {
        "ref": how,
        "title": f"{stated.where} Subject" if stated.title else "",
        "issued": f"{stated.where} date {stated.date!r} as {date_format}",
        "text": words,
        "sender": f"{stated.where} From: {', '.join(domains)}" if domains else "",
        "forwarded": "; ".join(stated.forwarded),
        "references": "Message-ID of the forwarded original" if stated.references else "",
    }
