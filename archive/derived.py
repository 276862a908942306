"""The derived tables: what settling the journal gives, and replay gives again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from archive.tables import DERIVED, Table


class Counter(Table):
    """The counter rows from which journal places and change cursors are taken, last in each transaction."""

    __tablename__ = "counters"
    __table_args__ = ({"info": DERIVED},)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class SourceRow(Table):
    """A source that this archive has met; its row is the lock of every transaction that settles a capture of it."""

    __tablename__ = "sources"
    __table_args__ = ({"info": DERIVED},)
    slug: Mapped[str] = mapped_column(primary_key=True)
    first_settled_at: Mapped[datetime | None]
    published: Mapped[str] = mapped_column(server_default="")
    """When something new of it was seen, as `archive.publications` writes it."""


class Target(Table):
    """One address that a source reads, with what is known of it and when to ask again."""

    __tablename__ = "targets"
    __table_args__ = (
        UniqueConstraint("source", "url", "role"),
        Index(None, "next_check_at"),
        Index(None, "last_tried_at"),
        Index(None, "role", "source", "state"),
        Index(None, "source", "role", "sha256", "next_check_at", "last_tried_at"),
        Index(None, "sha256"),
        {"info": DERIVED},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    role: Mapped[str]
    url: Mapped[str]
    facts: Mapped[dict[str, Any]]
    state: Mapped[str]
    first_seen_at: Mapped[datetime]
    next_check_at: Mapped[datetime | None]
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    newest_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    capture_id: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    held_reason: Mapped[str | None]
    failures: Mapped[int]
    last_error: Mapped[str | None]
    last_status: Mapped[int | None]
    last_tried_at: Mapped[datetime | None]
    moved_to: Mapped[str | None]
    """Where the address was redirected to for good; asked in its place."""
    confirmed_polls: Mapped[int] = mapped_column(server_default="0")
    """How many answers in a row were 304, which shows nothing of a page, or came from where it had moved to."""
    stated_minutes: Mapped[int | None]
    """After how many minutes its last body says to ask again: the ttl of a feed, or its update period."""
    gone_looks: Mapped[int] = mapped_column(server_default="0")
    """How many answers in a row were 404 or 410."""
    links_wait: Mapped[str | None]
    """Why what a listing points to waits for its host's turn, since the listing answered last."""
    forbidden: Mapped[bool] = mapped_column(server_default=false())
    """Whether its last failure was that the robots.txt of its host forbids it."""


class Listed(Table):
    """A detail that a listing points to, or used to; while it does, the times are empty.

    `missed_at` is the first look that did not show it, `absent_at` the first healthy one, `gone_at` the one by which
    it has left the list (`archive.listed`).
    """

    __tablename__ = "listed"
    __table_args__ = (Index(None, "target_id"), {"info": DERIVED})
    listing_id: Mapped[int] = mapped_column(ForeignKey("targets.id"), primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("targets.id"), primary_key=True)
    missed_at: Mapped[datetime | None]
    absent_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]


class Alias(Table):
    """A further ref of a bulletin: its publisher's id, learnt after it had been numbered by its address."""

    __tablename__ = "aliases"
    __table_args__ = (Index(None, "notification_id", unique=True), Index(None, "ref"), {"info": DERIVED})
    source: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(primary_key=True)
    notification_id: Mapped[int] = mapped_column(ForeignKey("identities.notification_id"))
    capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"))


class NotificationRow(Table):
    """The present state of one bulletin; what it says is in its revisions."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index(None, "source", "state"),
        Index(None, "source", "issued_sort"),
        Index(None, "target_id", "state"),
        {"info": DERIVED},
    )
    id: Mapped[int] = mapped_column(ForeignKey("identities.notification_id"), primary_key=True)
    source: Mapped[str]
    state: Mapped[str]
    revision: Mapped[int]
    target_id: Mapped[int] = mapped_column(ForeignKey("targets.id"))
    issued_sort: Mapped[datetime]
    issued_stated: Mapped[bool]
    absences: Mapped[int]
    absent_at: Mapped[datetime | None]


class Revision(Table):
    """One wording of a bulletin. `number` is the order in which we learnt of it, `at` the time of its capture."""

    __tablename__ = "revisions"
    __table_args__ = (
        Index(None, "content_hash"),
        Index(None, "entry_hash"),
        Index(None, "capture_id"),
        {"info": DERIVED},
    )
    notification_id: Mapped[int] = mapped_column(ForeignKey("notifications.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    hash_version: Mapped[int]
    record: Mapped[dict[str, Any]]
    documents: Mapped[dict[str, Any]]
    capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"))
    position: Mapped[int | None]
    entry_hash: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]
    cause: Mapped[str]
    method: Mapped[str]
    score: Mapped[float]
    parser_version: Mapped[str]


class Sighting(Table):
    """A span in which a target showed a notification; `last_at` is empty while the target still shows it."""

    __tablename__ = "sightings"
    __table_args__ = (Index(None, "notification_id", "first_at"), {"info": DERIVED})
    id: Mapped[int] = mapped_column(primary_key=True)
    notification_id: Mapped[int] = mapped_column(ForeignKey("notifications.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("targets.id"))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime | None]


class Attachment(Table):
    """A document that a notification cites or has cited; `cited` says whether its current revision does.

    `recognised` says of a document known by sight its `series`, `issuer`, `edition`, `issued` and the `evidence`.
    """

    __tablename__ = "attachments"
    __table_args__ = (Index(None, "target_id"), {"info": DERIVED})
    notification_id: Mapped[int] = mapped_column(ForeignKey("notifications.id"), primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("targets.id"), primary_key=True)
    title: Mapped[str]
    cited: Mapped[bool]
    recognised: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Document(Table):
    """The text state of one blob. Outside the equality of replay: it depends on the extractor's version."""

    __tablename__ = "documents"
    __table_args__ = (Index(None, "state"), {"info": DERIVED})
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str]
    reason: Mapped[str | None]
    extractor: Mapped[str | None]


class DocumentPage(Table):
    """The text of one page, and how it was had."""

    __tablename__ = "document_pages"
    __table_args__ = ({"info": DERIVED},)
    sha256: Mapped[str] = mapped_column(ForeignKey("documents.sha256"), primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    how: Mapped[str]


class Quarantined(Table):
    """An entry or document that could not be parsed, kept with the reason until a parser can read it."""

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("source", "entry_hash"), {"info": DERIVED})
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    entry_hash: Mapped[str] = mapped_column(String(64))
    what: Mapped[str]
    reason: Mapped[str]
    raw: Mapped[str]
    position: Mapped[int | None]
    capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"))
    last_capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"))
    parser_version: Mapped[str]
    state: Mapped[str]


class Gap(Table):
    """A time that we cannot speak for, from when to when and why."""

    __tablename__ = "gaps"
    __table_args__ = ({"info": DERIVED},)
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str]
    capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"))


class AccountRow(Table):
    """The books of one capture: seen = new + revised + unchanged + repeated + quarantined."""

    __tablename__ = "accounts"
    __table_args__ = ({"info": DERIVED},)
    capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"), primary_key=True)
    seen: Mapped[int]
    new: Mapped[int]
    revised: Mapped[int]
    unchanged: Mapped[int]
    repeated: Mapped[int]
    quarantined: Mapped[int]
    withdrawn: Mapped[int]
    attachments: Mapped[int]


class Change(Table):
    """One row of the change feed. Cursors have no holes and never change."""

    __tablename__ = "changes"
    __table_args__ = (Index(None, "notification_id"), {"info": DERIVED})
    cursor: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    notification_id: Mapped[int] = mapped_column(ForeignKey("notifications.id"))
    revision: Mapped[int]
    cause: Mapped[str]
    at: Mapped[datetime]
    capture_id: Mapped[int | None]
    state: Mapped[str | None]
    """Into which state it came, where the kind is `state`; None where nobody noted it, before the ninth shape."""


class Host(Table):
    """What all processes must know of a host that is asked: when it may be asked again, and how it fared."""

    __tablename__ = "hosts"
    __table_args__ = ({"info": DERIVED},)
    name: Mapped[str] = mapped_column(primary_key=True)
    free_at: Mapped[datetime]
    failures: Mapped[int]
    closed_until: Mapped[datetime | None]
    last_error: Mapped[str | None]


class HostTurn(Table):
    """One request to a host that is under way, in whichever process; there are as many slots as connections."""

    __tablename__ = "host_turns"
    __table_args__ = ({"info": DERIVED},)
    host: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner: Mapped[str]
    until: Mapped[datetime]


class RobotsFile(Table):
    """The robots.txt of an origin as it was last had, with the headers that validate it (RFC 9309)."""

    __tablename__ = "robots"
    __table_args__ = ({"info": DERIVED},)
    origin: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    good_until: Mapped[datetime]
    had_at: Mapped[datetime | None]
    status: Mapped[int | None]
    headers: Mapped[list[Any]]
    text: Mapped[str | None]
