"""What the pages are told of sources and organisations: they are read where parsers are broken, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What a source says of itself. `basis` is how sure we are of its shape, `ended` why it is not polled any more."""

    slug: str
    publisher: str = ""
    rights: str = ""
    basis: str = ""
    url: str = ""
    every_minutes: int = 0
    ended: str | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The sources by slug, and the names of organisations by theirs. `banner` is a line for the top of every page.

    `invented` says that the bulletins are the replica's.
    """

    sources: Mapping[str, SourceFacts]
    organisations: Mapping[str, str] = field(default_factory=dict)
    banner: str = ""
    invented: bool = False
    former: Mapping[str, str] = field(default_factory=dict)
    """The present slugs of sources by those that they had before."""

    def label(self, facet: str, value: str) -> str:
        """How a value of a filter is shown to people."""
        if facet == "issuer":
            return self.organisations.get(value, value)
        return value if facet == "source" else value[:1].upper() + value[1:].replace("-", " ")

    def rights_of(self, slug: str) -> str:
        """Whose words the bulletins of a source are; empty where nobody says."""
        return self.sources[slug].rights if slug in self.sources else ""
