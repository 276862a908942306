"""What a message is called: its Message-ID where it has one that can be used, else a ref made from the message."""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple
from urllib.parse import quote

from parsers.mail_headers import Headers, split_message, without_preamble
from parsers.page import PageChanged

IDENTIFIED = re.compile(rb"[ \t]*<?\s*([!-;=?-~]{1,250}?)\s*>?\s*(?:\([^()]{0,200}\)\s*)?")
NO_ID = "no-message-id.invalid"
"""The domain of refs that we make: no host is called so (RFC 2606)."""
SAFE = "@!$'*+,;=:"


class Ref(NamedTuple):
    """A message's ref and how it was had."""

    ref: str
    how: str


def ref_of(message: bytes) -> Ref:
    """The Message-ID without its brackets; never fails.

    A message without one, with several, or with one that cannot be used has a ref made from what transport leaves
    alone: date, sender, subject and body. The same message has it in every mailbox.
    """
    try:
        headers, body = split_message(without_preamble(message))
    except PageChanged:
        return Ref(f"{_digest(Headers(), message)}@{NO_ID}", "derived: the headers cannot be read")
    stated = list(dict.fromkeys(headers.all("message-id")))
    found = IDENTIFIED.fullmatch(stated[0]) if len(stated) == 1 else None
    if found:
        return Ref(found[1].decode("ascii"), "Message-ID")
    what = f"{len(stated)} Message-IDs" if len(stated) > 1 else "unusable Message-ID" if stated else "no Message-ID"
    return Ref(f"{_digest(headers, body)}@{NO_ID}", f"derived from date, sender, subject and body: {what}")


def second_ref(message: bytes) -> str:
    """The ref of a message whose Message-ID stands for another message already."""
    headers, body = split_message(without_preamble(message))
    return f"{_digest(headers, body)}+{ref_of(message).ref}"


def _digest(headers: Headers, body: bytes) -> str:
    parts = [headers.raw(name) for name in ("date", "from", "subject")]
    said = [b" ".join(part.split()) for part in parts] + [b"\n".join(body.splitlines()).strip()]
    return hashlib.sha256(b"\n".join(said)).hexdigest()[:16]


def address_of(ref: str) -> str:
    """The `mid:` address of a message (RFC 2392)."""
    return f"mid:{quote(ref, safe=SAFE)}"


def part_address(address: str, content_id: bytes, section: str, taken: set[str]) -> str:
    """The `mid:` address of a part: by its Content-ID where no other part has it, else by its section."""
    found = IDENTIFIED.fullmatch(content_id)
    named = f"{address}/{quote(found[1].decode('ascii'), safe=SAFE)}" if found else ""
    chosen = named if named and named not in taken else f"{address}/part-{section}"
    taken.add(chosen)
    return chosen
