"""Documents for machines, JSON and XML: parsed within limits, and the hash of what they say."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from parsers.page import MAX_ELEMENTS, MAX_TAGS, Page, PageChanged

if TYPE_CHECKING:
    from lxml.etree import _Element


SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class JsonPage(Page):
    """A JSON document. `volatile` names members, at any depth, that change while what is said does not."""

    def __init__(self, body: bytes, url: str, *, volatile: frozenset[str] = frozenset()) -> None:
        super().__init__(body, url, media_type="text/plain; charset=utf-8")
        self.is_markup, self.states_links = False, True
        self._volatile = volatile

    @cached_property
    def json(self) -> Any:
        """The document's value; raises PageChanged where it is no JSON."""
        try:
            value = json.loads(self.characters, parse_constant=self._refuse)
            return _mended(value) if SURROGATE.search(self.characters) else value
        except (ValueError, RecursionError) as problem:
            raise PageChanged(f"{self.url}: not JSON ({problem}), expected a JSON document") from problem

    def _refuse(self, name: str) -> None:
        raise ValueError(f"{name} is no number of JSON")

    @cached_property
    def region_hash(self) -> str:
        """SHA-256 (hex) of the value with sorted members, volatile ones left out."""
        said = json.dumps(_without(self.json, self._volatile), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _mended(value: Any) -> Any:
    """The value with U+FFFD for each half of a character, which no archive can hold."""
    said = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass")
    return json.loads(said.decode("utf-16", "replace"))


class XmlPage(Page):
    """An XML document, read without entities and without network.

    `volatile` names elements (local names) that change while what is said does not.
    """

    def __init__(self, body: bytes, url: str, *, volatile: frozenset[str] = frozenset()) -> None:
        super().__init__(body, url, media_type="text/plain; charset=utf-8")
        self.is_markup, self.states_links = False, True
        self._body, self._volatile = body, volatile

    @cached_property
    def xml(self) -> _Element:
        """The root element; raises PageChanged where the document is not well-formed, declares a type of its own,
        floods, or is nested beyond the 256 levels that libxml2 reads.
        """
        from lxml import etree

        if self.characters.count("<") > MAX_TAGS:
            raise PageChanged(f"{self.url}: {self.characters.count('<')} tags, expected at most {MAX_TAGS}")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        try:
            root = etree.fromstring(self._body, parser)
        except (etree.XMLSyntaxError, ValueError) as problem:
            raise PageChanged(f"{self.url}: not XML ({problem}), expected an XML document") from problem
        if root.getroottree().docinfo.internalDTD is not None:
            raise PageChanged(f"{self.url}: a document type of its own, expected plain XML")
        elements = sum(1 for _ in root.iter())
        if elements > MAX_ELEMENTS:
            raise PageChanged(f"{self.url}: {elements} elements, expected at most {MAX_ELEMENTS}")
        return root

    @cached_property
    def region_hash(self) -> str:
        """SHA-256 (hex) of names, attributes in order of name and folded words, volatile elements left out."""
        said = "\n".join(_said(self.xml, self._volatile))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _without(value: Any, volatile: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(each, volatile) for name, each in value.items() if name not in volatile}
    if isinstance(value, list):
        return [_without(each, volatile) for each in value]
    return value


def _said(root: _Element, volatile: frozenset[str]) -> list[str]:
    from lxml import etree

    said: list[str] = []
    skipping = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        is_volatile = isinstance(element.tag, str) and etree.QName(element).localname in volatile
        if event == "end":
            skipping -= is_volatile
            said.append("" if skipping else f"/ {' '.join((element.tail or '').split())}")
            continue
        skipping += is_volatile
        if not skipping:
            attributes = " ".join(f"{name}={value}" for name, value in sorted(element.attrib.items()))
            said.append(f"{element.tag} {attributes} {' '.join((element.text or '').split())}")
    return said
