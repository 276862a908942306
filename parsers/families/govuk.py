"""GOV.UK: what an organisation publishes, listed by the search API or its feed, each read from the Content API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from archive.records import Link, Notification
from parsers.attachments import Pairs
from parsers.compose import compose
from parsers.dates import Stated
from parsers.families.govuk_attachments import details_of, documents_and_links
from parsers.families.govuk_codes import Code, change_note, evidence_of, updated, withdrawal
from parsers.families.govuk_content import Item, open_item
from parsers.families.govuk_dates import first_issued
from parsers.families.govuk_documents import document_of
from parsers.families.govuk_listings import listing_links, rows_of, search_address
from parsers.families.govuk_rows import Listed
from parsers.families.govuk_words import words_of
from parsers.page import Page, PageChanged
from parsers.source import Source


class GovUk(Source):
    """What one GOV.UK organisation publishes. A source states `organisation` alone, or `start` for another listing."""

    has_details = True
    organisation: ClassVar[str] = ""
    rights = "Open Government Licence v3.0"
    basis = "modelled on GOV.UK's published examples, not yet verified against the live site"
    every_minutes = 60
    listing = "window"
    region = "main"
    expect = range(1, 501)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.organisation and "start" not in cls.__dict__:
            cls.start = (search_address(cls.organisation),)
        if cls.organisation and not hasattr(cls, "publisher"):
            cls.publisher = cls.organisation

    def page(self, body: bytes, url: str, media_type: str | None = None) -> Page:
        return document_of(body, url) or super().page(body, url, media_type)

    def entries(self, page: Page) -> Iterator[Item | Listed]:
        """A detail's item; of a listing only the rows that lead to no item, which are refused."""
        if page.role == "detail":
            yield open_item(page)
        else:
            yield from (row for row in rows_of(page) if row.path is None)

    def links(self, page: Page) -> Iterator[Link]:
        return details_of(open_item(page)) if page.role == "detail" else listing_links(page)

    def notification(self, entry: Item | Listed) -> Notification:
        if isinstance(entry, Listed):
            raise PageChanged(f"{entry.where}: leads to {entry.raw[:200]!r}, expected an item of this site")
        words, (issued, dated), codes = words_of(entry), self.issued(entry), self.codes(entry)
        attachments, links = documents_and_links(entry, words, self.stated_documents(entry))
        return compose(
            self,
            entry.url,
            words.text,
            ref=entry.ref,
            title=entry.title,
            issued=issued,
            codes=[(code.scheme, code.value) for code in codes],
            region=self.place(entry),
            attachments=attachments,
            links=links,
            language=entry.members.string("locale"),
            evidence=evidence_of(entry, dated, codes),
        )

    def issued(self, item: Item) -> tuple[Stated | None, str]:
        """When the item was issued, and how that is stated."""
        return first_issued(item)

    def codes(self, item: Item) -> list[Code]:
        return [*withdrawal(item), *updated(item, self.issued(item)[0]), *change_note(item)]

    def place(self, item: Item) -> str | None:
        """The country or region that the item as a whole is about, where its type states one."""
        return None

    def stated_documents(self, item: Item) -> Pairs:
        """Documents beside those of `details.attachments`."""
        return ()
