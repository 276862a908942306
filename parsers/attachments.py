"""Which links of an entry are its attachments and which are references: by file name, or by what the platform says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urldefrag, urlsplit

from parsers.document_names import DOCUMENTS, extension_of
from parsers.lines import Line
from parsers.page import Page

Pairs = tuple[tuple[str, str], ...]


def attachments_and_links(
    lines: Iterable[Line], page: Page, document_path: re.Pattern[str] | None = None
) -> tuple[Pairs, Pairs]:
    """The (address, title) pairs of the documents linked in these lines, and the (address, words) of the other links.

    Addresses are absolute; an attachment's has no fragment. One address is one pair, with the first words it has.
    Links to a place on the same page, and schemes other than http, https and mailto, are neither.
    """
    attachments: dict[str, str] = {}
    links: dict[str, str] = {}
    for anchor in (anchor for line in lines for anchor in line.anchors):
        address = None if anchor.href.strip().startswith("#") else page.absolute(anchor.href)
        if address is None:
            continue
        if is_document(address, document_path):
            address = urldefrag(address).url
            attachments[address] = attachments.get(address) or anchor.text
        else:
            links[address] = links.get(address) or anchor.text
    return tuple(attachments.items()), tuple(links.items())


@lru_cache(maxsize=2048)
def is_document(address: str, document_path: re.Pattern[str] | None = None) -> bool:
    """Whether the path ends in a document extension, or path and query are the platform's own way to a document."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https"):
        return False
    if extension_of(address) in DOCUMENTS:
        return True
    return bool(document_path and document_path.search(f"{parts.path}?{parts.query}"))
