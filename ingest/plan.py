"""Rows of holdings as the plan in the database keeps them."""

from __future__ import annotations

from typing import Any

from archive.history import digest_of
from ingest.holdings import EMPTY_DIGEST, Row, address_key

MOST_CHARACTERS = 200


def url_key(url: str) -> str | None:
    """The key under which all spellings of an address stand in a plan; None for what is no web address."""
    try:
        return digest_of(address_key(url))
    except ValueError:
        return None


def columns(row: Row, key: str, state: str = "waiting") -> dict[str, Any]:
    """The row as columns of the plan."""
    return {
        "url_key": key,
        "url": row.url,
        "at": row.at,
        "digest": row.digest[:MOST_CHARACTERS],
        "status": row.status,
        "media_type": row.media_type[:MOST_CHARACTERS],
        "file": row.file,
        "position": row.position,
        "length": row.length,
        "state": state,
        "reason": row.problem,
    }


def row_of(kept: Any) -> Row:
    """The row that columns of the plan stand for."""
    return Row(
        url=kept.url,
        at=kept.at,
        digest=kept.digest,
        status=kept.status,
        media_type=kept.media_type,
        file=kept.file,
        position=kept.position,
        length=kept.length,
        problem=kept.reason,
    )


def shares_body(row: Row) -> bool:
    """Whether a row's digest may stand for a body that was fetched: not that of nothing, nor of a redirect."""
    return bool(row.digest) and row.digest != EMPTY_DIGEST and (row.status is None or row.status == 200)
