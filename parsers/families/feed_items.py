"""One item of a feed, whatever the format: what it states, and its words as lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from parsers.addresses import absolute
from parsers.attachments import Pairs, attachments_and_links, is_document
from parsers.dates import Stated
from parsers.families.feed_dates import read_instant
from parsers.families.feed_words import Words
from parsers.page import Page, PageChanged

DOCUMENT_TYPES = re.compile(
    r"application/(?:pdf|msword|rtf|zip|vnd\.(?:ms-|openxmlformats|oasis))|text/csv", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One candidate of a feed. `dates` are as printed, by the name of the element; `problem` is why it has none."""

    page: Page
    kind: str
    position: int
    id: str = ""
    link: str = ""
    title: Words = field(default_factory=Words)
    dates: Mapping[str, str] = field(default_factory=dict)
    content: Words = field(default_factory=Words)
    summary: Words = field(default_factory=Words)
    enclosures: Sequence[tuple[str, str, str]] = ()
    """(address, media type, title) of what is attached."""
    language: str = ""
    base: str | None = None
    problem: str = ""

    @property
    def raw(self) -> str:
        """The item's own words, one statement a line."""
        dates = [f"{name} {printed}" for name, printed in self.dates.items()]
        words = [self.id, self.link, self.title.value, *dates, self.content.value]
        said = [*words, *(f"<{address}>" for address, _, _ in self.enclosures), self.problem]
        return "\n".join(part for part in said if part)

    @property
    def where(self) -> str:
        return f"{self.page.url}: item {self.position + 1} {(self.title.line or self.id)[:80]!r}"

    @property
    def url(self) -> str | None:
        """The address of the item, absolute; None where it states none."""
        return absolute(self.link, self.base or self.page.url) if self.link else None

    def stated(self, names: Sequence[str], formats: Sequence[str]) -> tuple[Stated | None, str]:
        """The first stated one of these dates and how it was read; raises PageChanged where it is unreadable."""
        for name in names:
            if printed := self.dates.get(name, "").strip():
                try:
                    found = read_instant(printed, formats)
                except ValueError as problem:
                    raise PageChanged(f"{self.where}: {name}: {problem}") from problem
                return found, f"{self.kind} {name} {printed!r} as {found.format}"
        return None, ""

    def ref(self, form: re.Pattern[str] | None) -> str:
        """The publisher's id, else the address; raises PageChanged where there is none, or none of the form."""
        ref = self.id or self.link
        if self.problem or not ref:
            raise PageChanged(f"{self.where}: {self.problem or 'neither id nor link, expected one'}")
        if form and not form.search(ref):
            raise PageChanged(f"{self.where}: id {ref!r}, expected one like {form.pattern}")
        return ref

    def words(self, document_path: re.Pattern[str] | None) -> tuple[str, Pairs, Pairs]:
        """The text, the attachments and the links, those of the enclosures among them."""
        piece = self.content.page(self.page, self.base)
        attachments, links = map(dict, attachments_and_links(piece.lines(), piece, document_path))
        for url, title, is_one in self._enclosed(document_path):
            (attachments if is_one else links).setdefault(url, title)
        return piece.text, tuple(attachments.items()), tuple(links.items())

    def _enclosed(self, document_path: re.Pattern[str] | None) -> Iterator[tuple[str, str, bool]]:
        """(address, title, whether it is a document) of the enclosures; pictures are neither documents nor links."""
        for href, media_type, title in self.enclosures:
            url = absolute(href, self.base or self.page.url)
            if url and not media_type.lower().startswith("image/"):
                yield url, title, bool(DOCUMENT_TYPES.match(media_type)) or is_document(url, document_path)
