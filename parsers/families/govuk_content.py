"""One item of the GOV.UK Content API: what it is, where it stands, what it states besides its words.

The schemas are those of https://github.com/alphagov/publishing-api, content_schemas.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

from parsers.data import JsonPage
from parsers.families.govuk_departures import refuse_departed
from parsers.families.govuk_rows import item_path
from parsers.json_members import Members
from parsers.lines import fold
from parsers.page import Page, PageChanged

NO_BULLETINS = frozenset(
    "organisation person role ministerial_role worldwide_organisation world_location topical_event taxon finder "
    "travel_advice_index mainstream_browse_page homepage".split()
)
"""Schemas of pages that are about somebody or only lead to others."""
SAID = ("title", "description", "details", "withdrawn_notice", "locale", "first_published_at", "public_updated_at")
"""What an entry is known by: the rest (links to others, identifiers of the request) moves while this stays."""


@dataclass(frozen=True)
class Item:
    """A content item and the page that carries it; `raw` is what it says, without what the platform adds."""

    page: Page
    members: Members
    raw: str

    @cached_property
    def details(self) -> Members:
        return self.members.object("details")

    @property
    def ref(self) -> str:
        """The content id, which stays when the path changes. Translations share it: theirs has the locale behind it."""
        content_id, locale = self.members.required("content_id"), self.members.string("locale")
        return content_id if locale in (None, "en") else f"{content_id}:{locale}"

    @property
    def url(self) -> str:
        """The public page, on the host that was asked."""
        written = self.members.required("base_path")
        path = item_path(self.page, written)
        address = self.page.absolute(path) if path else None
        if address is None:
            raise PageChanged(f"{self.page.url}: base_path {written[:200]!r}, expected a path")
        return address

    @property
    def title(self) -> str:
        words = fold(self.members.required("title"))
        if not words:
            raise PageChanged(f"{self.page.url}: a title without words, expected one")
        return words

    @property
    def organisations(self) -> str:
        """Those the item is tagged with, as evidence."""
        return ", ".join(
            fold(each.string("title") or "") for each in self.members.object("links").objects("organisations")
        )


def open_item(page: Page) -> Item:
    """The item of a detail page; raises PageGone for one that is gone, PageChanged for what is no bulletin."""
    if not isinstance(page, JsonPage):
        raise PageChanged(f"{page.url}: no JSON, expected a content item")
    members = Members.of(page.url, page.json)
    schema = members.string("schema_name") or members.required("document_type")
    refuse_departed(page, members, schema)
    if schema in NO_BULLETINS:
        raise PageChanged(f"{page.url}: schema {schema[:100]}, expected a bulletin")
    return Item(page, members, _raw(page, members))


def _raw(page: Page, members: Members) -> str:
    said = {name: members.values[name] for name in SAID if name in members.values}
    try:
        return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8", "replace").decode()
    except RecursionError as problem:
        raise PageChanged(f"{page.url}: nested too deeply, expected a content item") from problem
