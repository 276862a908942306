"""A document as it was fetched, and what can be asked of it before any parser is chosen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import html as lxml_html

from kit.redaction import kind_of
from parsers.decoding import decode
from parsers.page import MAX_BYTES

MAX_ELEMENTS_ASKED = 20_000


@dataclass(frozen=True)
class Seen:
    """One answer: its address after redirects, its headers as they came, its body. `fetched_at` is UTC."""

    url: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    fetched_at: datetime | None = None
    role: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    def header(self, name: str) -> str:
        """The first header of that name, empty where there is none."""
        return next((value for each, value in self.headers if each.lower() == name.lower()), "")

    @property
    def media_type(self) -> str | None:
        return self.header("content-type") or None

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @cached_property
    def characters(self) -> str:
        return decode(self.body[:MAX_BYTES], self.media_type)

    @cached_property
    def kind(self) -> str:
        """html, xml, json or txt."""
        return kind_of(self.body[:MAX_BYTES], self.media_type)

    @cached_property
    def value(self) -> Any:
        """What a JSON document says; None where it is none."""
        try:
            return json.loads(self.characters) if self.kind == "json" else None
        except (ValueError, RecursionError):
            return None

    @cached_property
    def root(self) -> Any:
        """The tree of an HTML page; None where it is none."""
        if self.kind != "html" or not self.characters.strip():
            return None
        characters = re.sub(r"^\s*<\?xml[^>]*>", "", self.characters)
        return lxml_html.document_fromstring(characters)

    def metas(self) -> Iterator[tuple[str, str]]:
        """Name and content of the page's meta elements."""
        for meta in self._all("meta"):
            yield (meta.get("name") or meta.get("property") or "").lower(), meta.get("content") or ""

    def meta(self, name: str) -> str:
        """The content of the first meta element of that name, empty where there is none."""
        return next((content for each, content in self.metas() if each == name), "")

    def links(self, relation: str) -> Iterator[tuple[str, str]]:
        """Address and type of each `<link>` of that relation; a relation may be an address."""
        for link in self._all("link"):
            if relation in (link.get("rel") or "").split() and link.get("href"):
                yield urljoin(self.url, link.get("href").strip()), (link.get("type") or "").lower()

    def anchors(self) -> Iterator[str]:
        """The addresses that the page's body links to, in its order."""
        for anchor in self._all("a"):
            if anchor.get("href"):
                try:
                    yield urljoin(self.url, anchor.get("href").strip())
                except ValueError:
                    continue

    def _all(self, tag: str) -> Iterator[Any]:
        if self.root is not None:
            for place, element in enumerate(self.root.iter(tag)):
                if place >= MAX_ELEMENTS_ASKED:
                    return
                yield element
