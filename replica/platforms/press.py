"""Sites of news in HTML: a page that lists the latest articles, older ones behind it, and a page for each."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from replica.answers import Answer, Visit, not_found
from replica.bulletins import Edition, Supply
from replica.platforms.site import HTML, PlatformSite, asked_number, document, gone, made

REMOVED = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>This page has been removed | {name}</title></head>
<body><main><h1>This page has been removed</h1><p>Please see our latest news.</p></main></body></html>
"""


class PressSite(PlatformSite):
    """A site of news. `withdrawal` is how it answers for what it took back: `404`, `410` or a page that says so."""

    size = 5
    """How many articles one page lists; the others are on older pages."""
    withdrawal = "404"

    def __init__(self, host: str, name: str, start: str, supply: Supply) -> None:
        super().__init__(host)
        self.name, self.start, self.supply = name, start, supply

    @abstractmethod
    def path_of(self, edition: Edition) -> str: ...

    @abstractmethod
    def document_path_of(self, edition: Edition) -> str: ...

    @abstractmethod
    def listing(self, editions: Sequence[Edition], older: str) -> str:
        """The page with these articles; `older` is the address of the next one, empty for none."""

    @abstractmethod
    def article(self, edition: Edition, others: Sequence[Edition]) -> str:
        """The page of one article, beside which others are shown."""

    def page(self, visit: Visit, step: int) -> Answer | None:
        if visit.path == self.start:
            return self._listing(visit, step)
        edition = self.supply.find(visit.path.rstrip("/").rpartition("/")[2].removesuffix(".pdf"), step)
        if edition is None:
            return None
        if visit.path == self.document_path_of(edition) and edition.bulletin.has_document:
            return document(edition.title, edition.paragraphs, edition.issued)
        if visit.path != self.path_of(edition):
            return None
        if edition.is_withdrawn:
            return self._removed(visit.path, edition)
        others = [other for other in self.supply.shown(step) if other.number != edition.number][:2]
        return made(HTML, self.article(edition, others), edition.changed)

    def _listing(self, visit: Visit, step: int) -> Answer | None:
        shown, number = self.supply.shown(step, halved=visit.halved), max(1, asked_number(visit.query, "page", 1))
        here = shown[(number - 1) * self.size : number * self.size]
        older = f"{self.start}?page={number + 1}" if number * self.size < len(shown) else ""
        return made(HTML, self.listing(here, older), self.supply.changed_at(step)) if here else None

    def _removed(self, path: str, edition: Edition) -> Answer:
        if self.withdrawal == "410":
            return gone()
        if self.withdrawal == "404":
            return not_found(path)
        return made(HTML, REMOVED.format(name=self.name), edition.issued)


def title_now(edition: Edition) -> str:
    """The title as police forces print it: `Update: ` before it once the text goes on."""
    return f"Update: {edition.title}" if edition.is_edited else edition.title
