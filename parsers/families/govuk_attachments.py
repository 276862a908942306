"""The documents that come with a GOV.UK item, the pages it states as attachments, and what it links to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archive.records import Link
from parsers.attachments import Pairs, attachments_and_links
from parsers.families.govuk_rows import api_address, item_path
from parsers.lines import fold
from parsers.page import Page, PageChanged

if TYPE_CHECKING:
    from parsers.families.govuk_content import Item
    from parsers.json_members import Members


def documents_and_links(item: Item, words: Page, beside: Pairs = ()) -> tuple[Pairs, Pairs]:
    """Attachments: those the item states, then those its words link to. Links: those of its words, the pages that it
    states as attachments, and a collection's documents."""
    stated, pages = stated_attachments(item)
    found, links = attachments_and_links(words.lines(), words)
    collected = item.members.object("links").objects("documents")
    gathered = tuple((address_of(item, each, "base_path"), fold(each.string("title") or "")) for each in collected)
    return _distinct(stated + beside + found), _distinct(links + pages + gathered)


def stated_attachments(item: Item) -> tuple[Pairs, Pairs]:
    """The (address, title) pairs of `details.attachments` that are files, and of those that are pages."""
    files: list[tuple[str, str]] = []
    pages: list[tuple[str, str]] = []
    for each in item.details.objects("attachments"):
        is_file = (each.string("attachment_type") or "file") == "file"
        (files if is_file else pages).append((address_of(item, each, "url"), fold(each.string("title") or "")))
    return tuple(files), tuple(pages)


def details_of(item: Item) -> Iterator[Link]:
    """The items that an item states as its attachments (HTML publications): its words stand there.

    They are asked again when the item was updated.
    """
    updated = item.members.string("public_updated_at")
    for address, title in stated_attachments(item)[1]:
        path = item_path(item.page, address)
        if path:
            facts = {"title": title, "updated": updated}
            yield Link(
                api_address(item.page, path), "detail", None, {name: said for name, said in facts.items() if said}
            )


def address_of(item: Item, members: Members, name: str) -> str:
    """The absolute address of a member; PageChanged where it is none."""
    written = members.required(name)
    address = item.page.absolute(written)
    if address is None:
        raise PageChanged(f"{members.where}: {name} {written[:200]!r}, expected an http or https address")
    return address


def _distinct(pairs: Pairs) -> Pairs:
    first: dict[str, str] = {}
    for address, title in pairs:
        first[address] = first.get(address) or title
    return tuple(first.items())
