"""One CAP alert message as its sender states it: identity, kind, instants (OASIS CAP-v1.2, 3.2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parsers.data import XmlPage
from parsers.dates import Stated, read_date
from parsers.page import PageChanged

if TYPE_CHECKING:
    from lxml.etree import _Element

VERSIONS = {"urn:oasis:names:tc:emergency:cap:1.2": "1.2", "urn:oasis:names:tc:emergency:cap:1.1": "1.1"}
ALERTS = tuple(f"{{{namespace}}}alert" for namespace in VERSIONS)
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
BULLETINS = ("Alert", "Update", "Cancel")
REPLIES = ("Ack", "Error")
"""Messages between systems about a message: they tell the public nothing."""
INSTANTS = ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z")


def words_of(element: _Element) -> str:
    """All characters of an element, as they stand."""
    return "".join(str(words) for words in element.itertext())


@dataclass(frozen=True, slots=True)
class CapAlert:
    """An `alert` element of a document. Its members are read by name, in its own namespace only."""

    page: XmlPage
    element: _Element

    @property
    def raw(self) -> str:
        from lxml import etree

        return etree.tostring(self.element, encoding="unicode", with_tail=False)

    @property
    def where(self) -> str:
        return f"{self.page.url}: alert {' '.join(self.every('identifier'))[:200]!r}"

    @property
    def namespace(self) -> str:
        return str(self.element.tag)[1:].partition("}")[0]

    def members(self, name: str, of: _Element | None = None) -> Iterator[_Element]:
        parent = self.element if of is None else of
        return parent.iterchildren(f"{{{self.namespace}}}{name}")

    def every(self, name: str, of: _Element | None = None) -> list[str]:
        """What each of the members says, white space folded, those that say nothing left out."""
        said = (" ".join(words_of(member).split()) for member in self.members(name, of))
        return [words for words in said if words]

    def one(self, name: str, known: tuple[str, ...] = ()) -> str:
        """What the only member of that name says; raises PageChanged where there are none or more, or it is unknown."""
        found = self.every(name)
        if len(found) != 1:
            raise PageChanged(f"{self.where}: {len(found)} times {name}, expected 1")
        if known and found[0] not in known:
            raise PageChanged(f"{self.where}: {name} {found[0][:200]!r}, expected {', '.join(known)}")
        return found[0]

    @property
    def is_reply(self) -> bool:
        return self.every("msgType")[:1] in ([reply] for reply in REPLIES)

    @property
    def ref(self) -> str:
        """`sender,identifier,sent`: how CAP names a message in the references of later ones."""
        parts = [self.one(name) for name in ("sender", "identifier", "sent")]
        for part in parts:
            if set(part) & set(" ,"):
                raise PageChanged(f"{self.where}: {part[:200]!r} has a space or comma, expected a name without them")
        return ",".join(parts)

    def instant(self, printed: str, name: str) -> Stated:
        """An instant as stated, `-00:00` (CAP's UTC) too; raises PageChanged where it is none or has no zone."""
        try:
            read = read_date(printed, INSTANTS)
        except ValueError as problem:
            raise PageChanged(f"{self.where}: {name}: {problem}") from problem
        return read._replace(iso=printed) if len(printed) == len(read.iso) == 25 else read
