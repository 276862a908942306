"""The words of a GOV.UK item as one piece of HTML."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from parsers.page import Page, PageChanged

if TYPE_CHECKING:
    from parsers.families.govuk_content import Item
    from parsers.json_members import Members
WORDED = (
    *("roll_call_introduction", "summary", "introduction", "introductory_paragraph", "body", "more_information"),
    *("final_outcome_detail", "public_feedback_detail"),
)
"""Members of `details` that carry HTML, in the order in which pages show them."""
SECTIONS = ("parts", "collection_groups")


def words_of(item: Item) -> Page:
    """Description, body and sections under their headings."""
    return item.page.fragment("\n".join(_pieces(item)))


def _pieces(item: Item) -> Iterator[str]:
    yield f"<p>{escape(item.members.string('description') or '')}</p>"
    for name in WORDED:
        yield _html(item.details, name)
    for name in SECTIONS:
        for section in item.details.objects(name):
            yield f"<h2>{escape(section.string('title') or '')}</h2>{_html(section, 'body')}"
    if item.details.has("documents", list):
        yield from item.details.strings("documents")


def _html(members: Members, name: str) -> str:
    """The member's HTML, which may be one of several renderings (`{content_type, content}`)."""
    if not members.has(name, list):
        return members.string(name) or ""
    renderings = members.objects(name)
    found = [each for each in renderings if each.string("content_type") == "text/html"]
    if renderings and len(found) != 1:
        raise PageChanged(f"{members.where}: {name} has {len(found)} renderings as text/html, expected 1")
    return (found[0].string("content") or "") if found else ""
