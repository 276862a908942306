"""A record put together the same way for every source: what the page states, then what our rules say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from archive.records import Notification
from parsers.dates import Stated
from parsers.organisations import issuers
from parsers.threat import threat_levels

if TYPE_CHECKING:
    from parsers.source import Source

Pairs = tuple[tuple[str, str], ...]


def compose(
    source: Source,
    url: str,
    text: str,
    *,
    ref: str,
    title: str | None = None,
    issued: Stated | None = None,
    level: str | None = None,
    codes: Iterable[tuple[str, str]] = (),
    expires: Stated | None = None,
    region: str | None = None,
    stated_threats: Pairs | None = None,
    links: Pairs = (),
    attachments: Pairs = (),
    references: Iterable[str] = (),
    language: str | None = None,
    evidence: Mapping[str, str] | None = None,
) -> Notification:
    """The record of one bulletin whose publisher gives it an id.

    `evidence` says of the stated fields how they were obtained; that of the classification is added here. A source
    whose publisher speaks for itself is the issuer where neither heading nor opening names another.
    """
    how = dict(evidence or {})
    senders = issuers(title, text) or (
        ((source.publisher, "the publisher of the source"),) if source.speaks_for_itself else ()
    )
    if senders:
        how["issuers"] = "; ".join(f"{slug}: {reason}" for slug, reason in senders)
    return Notification(
        source=source.slug,
        url=url,
        text=text,
        ref=ref,
        title=title,
        level=level,
        codes=tuple(codes),
        issued=issued.iso if issued else None,
        issued_precision=issued.precision if issued else None,
        expires=expires.iso if expires else None,
        region=region,
        threat_levels=threat_levels(text) if stated_threats is None else stated_threats,
        links=links,
        attachments=attachments,
        references=tuple(references),
        language=language,
        issuers=tuple(slug for slug, _ in senders),
        evidence={name: reason for name, reason in how.items() if reason},
    )
