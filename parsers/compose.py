"""A record put together the same way for every source: what the page states, then what our rules say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from archive.records import Notification
from parsers.classification import Pairs, said_by
from parsers.dates import Stated
from parsers.levels import level_of_title
from parsers.page import PageChanged

if TYPE_CHECKING:
    from parsers.source import Source


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

    `evidence` says of the stated fields how they were obtained; that of what our rules read from title and text is
    added here: issuers, topics, threat levels, and codes for states and police references, after those given. A source
    whose publisher speaks for itself is the issuer where neither heading nor opening names another. A source with
    `levels` states them in its titles: raises PageChanged where a title states one that is none of them.
    """
    said = said_by(title, text, source.topics)
    how = {**said.evidence, **(evidence or {})}
    senders = said.issuers
    if not senders and source.speaks_for_itself:
        senders, how["issuers"] = (source.publisher,), f"{source.publisher}: the publisher of the source"
    if said.evidence["codes"]:
        how["codes"] = "; ".join(filter(None, ((evidence or {}).get("codes"), said.evidence["codes"])))
    if level is None and source.levels:
        level, region = _level_and_region(source, url, title, region, how)
    if stated_threats is not None and "threat_levels" not in (evidence or {}):
        how["threat_levels"] = "stated by the source" if stated_threats else ""
    return Notification(
        source=source.slug,
        url=url,
        text=text,
        ref=ref,
        title=title,
        level=level,
        codes=tuple(dict.fromkeys((*codes, *said.codes))),
        issued=issued.iso if issued else None,
        issued_precision=issued.precision if issued else None,
        expires=expires.iso if expires else None,
        region=region,
        threat_levels=said.threat_levels if stated_threats is None else stated_threats,
        links=links,
        attachments=attachments,
        references=tuple(references),
        language=language,
        issuers=senders,
        topics=said.topics,
        evidence={name: reason for name, reason in how.items() if reason},
    )


def _level_and_region(
    source: Source, url: str, title: str | None, region: str | None, how: dict[str, str]
) -> tuple[str | None, str | None]:
    """Level and region of a title with a label, their evidence put into `how`; a region that is stated stays."""
    try:
        stated = level_of_title(title, source.levels)
    except ValueError as problem:
        raise PageChanged(f"{url}: {problem}") from problem
    if stated is None:
        return None, region
    how["level"] = f"title {stated.words!r}"
    if region is None and stated.region:
        region, how["region"] = stated.region, how["level"]
    return stated.level, region
