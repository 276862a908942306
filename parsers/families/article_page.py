"""A page of news, with what it states for machines and beside its heading, taken before furniture is cut away."""

from __future__ import annotations

import hashlib
import re
from dataclasses import astuple
from functools import cached_property
from itertools import islice
from typing import Any

from parsers.families.article_statements import Statements, statements
from parsers.page import Page

SAID_OF_ITSELF = ("canonical", "og:url", "og:type")
MAX_HEAD = 1_000


class ArticlePage(Page):
    """A page of news. `printed` (which the words must match whole, group 1 the date) finds a date by the heading."""

    def __init__(
        self,
        body: bytes,
        url: str,
        *,
        media_type: str | None = None,
        region: str = "body",
        label: str = "",
        printed: re.Pattern[str] | None = None,
    ) -> None:
        super().__init__(body, url, media_type=media_type, region=region)
        self.label, self._printed = label, printed

    @cached_property
    def stated(self) -> Statements:
        """What the page states, nothing where it is no markup."""
        return statements(self._tree, self.url, self.label, self._printed) if self.is_markup else Statements()

    @cached_property
    def about_itself(self) -> tuple[tuple[str, str], ...]:
        """What the head says the page is: its `canonical` address, `og:url` and `og:type`."""
        head = self._tree.find("head") if self.is_markup else None
        links = () if head is None else islice(head.iter("link", "meta"), MAX_HEAD)
        found = (
            ("canonical", each.get("href")) if each.tag == "link" else (each.get("property") or "", each.get("content"))
            for each in links
            if each.tag == "meta" or "canonical" in (each.get("rel") or "").lower().split()
        )
        return tuple((name.lower(), said.strip()) for name, said in found if said and name.lower() in SAID_OF_ITSELF)

    @cached_property
    def root(self) -> Any:
        """The content region; what the page states is taken first, as the furniture takes some of it away."""
        _ = self.stated
        return super().root

    @cached_property
    def region_hash(self) -> str:
        """The region's hash with what the page states outside it."""
        said = f"{super().region_hash} {astuple(self.stated)!r} {self.about_itself!r}"
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
