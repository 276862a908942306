"""One article before it is a record."""

from __future__ import annotations

from dataclasses import dataclass

from parsers.families.article_page import ArticlePage
from parsers.families.article_text import Text


@dataclass(frozen=True, slots=True)
class ArticleEntry:
    """The one bulletin of a page: its address in words, its title as stated, and its text."""

    page: ArticlePage
    text: Text

    @property
    def raw(self) -> str:
        """What the page states of the bulletin, its text, and the addresses in it."""
        stated = self.page.stated
        said = [words for _, words in (*stated.titles[:1], *stated.dates[:1])]
        addresses = (f"<{address}>" for address, _ in (*self.text.attachments, *self.text.links))
        return "\n".join((*said, stated.printed or "", self.text.text, *addresses)).strip()
