"""A briefing: bulletins as one document to print or to send, which loads nothing and says where each comes from."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from archive.export import Head, exported, heads
from archive.facets import FACETS, LEVELS
from archive.finding import LONDON, Asked
from archive.provenance import in_force
from archive.store import Session
from web.answers import HEADERS, pieces_of
from web.catalogue import Catalogue
from web.citing import plain_citation

STYLE = (Path(__file__).parent / "static" / "briefing.css").read_text("utf-8")
POLICY = (
    "default-src 'none'; style-src 'sha256-"
    f"{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; base-uri 'none'; form-action 'none'"
)
"""What the document itself asks browsers for, wherever it is opened: its own style and nothing else."""
BRIEFING_HEADERS = {**HEADERS, "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'"}
MOST_BRIEFED = 5_000
"""Nobody prints more, and its contents are in memory as a whole."""
MOST_URGENT_FIRST = (*reversed(LEVELS), None)


@dataclass(frozen=True, slots=True)
class Group:
    """The bulletins of one level, the newest first; the last group is of those that state none."""

    level: str | None
    heads: Sequence[Head]


def briefing(
    session: Session, numbers: Sequence[int], catalogue: Catalogue, title: str, base: str | None
) -> Iterator[str]:
    """The document in pieces, contents first. `base` is where the archive is served, if anywhere."""
    groups = _groups(session, numbers)

    def articles(group: Group) -> Iterator[dict[str, Any]]:
        for row in exported(session, [head.number for head in group.heads], catalogue.rights_of):
            yield {**row, "newest": in_force(row), "citation": _citation(row, catalogue, base)}

    return pieces_of(
        "briefing.html",
        title=title,
        policy=POLICY,
        style=STYLE,
        groups=groups,
        count=len(numbers),
        articles=articles,
        catalogue=catalogue,
        base=base,
    )


def described(asked: Asked) -> str:
    """A search in words: its query, its filters and its span."""
    said = [f"“{asked.query}”"] if asked.query else []
    said += [f"{name} {' or '.join(asked.facets[name])}" for name in FACETS if asked.facets.get(name)]
    if asked.since:
        said.append(f"issued from {asked.since.astimezone(LONDON):%Y-%m-%d}")
    if asked.until:
        said.append(f"issued to {asked.until.astimezone(LONDON) - timedelta(days=1):%Y-%m-%d}")
    return "; ".join(said) or "all bulletins"


def _groups(session: Session, numbers: Sequence[int]) -> list[Group]:
    by_level: dict[str | None, list[Head]] = {}
    for head in heads(session, numbers):
        by_level.setdefault(head.level, []).append(head)
    for those in by_level.values():
        those.sort(key=lambda head: head.public_id)
        those.sort(key=lambda head: head.issued_sort, reverse=True)
    others = sorted(level for level in by_level if level is not None and level not in MOST_URGENT_FIRST)
    return [Group(level, by_level[level]) for level in (*others, *MOST_URGENT_FIRST) if level in by_level]


def _citation(row: dict[str, Any], catalogue: Catalogue, base: str | None) -> str:
    address = None if base is None else f"{base.rstrip('/')}/bulletins/{row['id']}"
    return plain_citation(row, catalogue, address)
