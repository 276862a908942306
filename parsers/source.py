"""The contract of a source: facts first, then at most three short methods."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import ModuleType
from typing import Any, ClassVar
from urllib.parse import urlsplit

from archive.records import Link, Notification, ReadEntry, Reading, RefusedEntry
from parsers.blocked import blocked
from parsers.packages import imported, place_of, stated_modules
from parsers.page import Page, PageChanged
from parsers.recognised import recognised
from parsers.versions import version_of
from parsers.well_formed import fault_of, fault_of_texts, mended

MAX_CANDIDATES = 5_000
LISTING_KINDS = ("window", "complete", "current", "increment")
"""What absence from a listing means; a source that states another kind is refused."""


class Source:
    """One series of bulletins by one publisher. A subclass in `parsers/sources/` is registered by existing."""

    slug: ClassVar[str] = ""
    formerly: ClassVar[tuple[str, ...]] = ()
    """Slugs that it had before: what is kept under them goes on under the present one, cited addresses stay."""
    publisher: ClassVar[str]
    rights: ClassVar[str]
    basis: ClassVar[str]
    """How sure we are of the shape: `verified against a real capture of DATE` or `modelled, …`."""
    start: ClassVar[tuple[str, ...]]
    every_minutes: ClassVar[int]
    listing: ClassVar[str]
    region: ClassVar[str] = "body"
    expect: ClassVar[range]
    ended: ClassVar[str | None] = None
    succeeded_by: ClassVar[str | None] = None
    speaks_for_itself: ClassVar[bool] = True
    """Whether bulletins that name no sender are the publisher's own; a cascade of others' messages is not."""
    topics: ClassVar[tuple[str, ...]] = ()
    """Topics (slugs of `parsers.topics`) that every bulletin of this source has."""
    acts: ClassVar[bool] = False
    """Whether its bulletins cancel or update others (codes of the scheme `action`, and `references`)."""
    has_details: ClassVar[bool] = False
    """Whether the listing points to pages that hold the bulletins."""
    levels: ClassVar[tuple[str, ...]] = ()
    """The levels that the titles of this source state (`London Amber Message – …`); none where they state no level."""
    landmark: ClassVar[re.Pattern[str] | None] = None
    """Words that mark an entry: a region that leaves some out is widened, furniture that holds some is content."""
    corrections: ClassVar[Mapping[str, str]] = {}
    """The publisher's own typos: what was printed → what was meant. Each has a fixture."""

    configured: ClassVar[str] = ""
    """The facts that the settings state of this source, where they state it."""

    def page(self, body: bytes, url: str, media_type: str | None = None) -> Page:
        """The document as this source looks at it; raises PageChanged where it is beyond the limits."""
        return Page(body, url, media_type=media_type, region=self.region, landmark=self.landmark)

    def open(
        self,
        body: bytes,
        url: str,
        media_type: str | None = None,
        role: str = "listing",
        facts: Mapping[str, str] | None = None,
    ) -> Page:
        """The document in the role it was asked in, with the facts that its listing stated of it."""
        page = self.page(body, url, media_type)
        page.role, page.facts = role, facts or {}
        return page

    def reader(self, media_type: str | None) -> Source:
        """What reads a document of that type: the source itself, or for a message its mail."""
        if media_type and media_type.lower().startswith("message/rfc822"):
            from parsers.mail import Mail

            return Mail(self)
        return self

    def titled(self, where: str, title: str) -> Mapping[str, Any]:
        """What a title states by the source's own rules (level, region), as arguments of `compose`; evidence is added.

        Nothing where `levels` says it all. Raises PageChanged for a title that breaks the rules.
        """
        return {}

    def role_of(self, url: str) -> str:
        """What an address of this source is taken for where nothing says it: one that it starts from is a listing."""
        places = {_place(start) for start in self.start}
        return "detail" if self.has_details and _place(url) not in places else "listing"

    def entries(self, page: Page) -> Iterable[Any]:
        """Yield every candidate of the page; raise PageChanged where the page is not what it was.

        A candidate has `raw`, its own words as the page has them. `page.role` tells a listing from a detail: one that
        points to its bulletins yields nothing here and the details in `links`.
        """
        raise PageChanged(f"{page.url}: {type(self).__name__} defines no entries")

    def notification(self, entry: Any) -> Notification:
        """The record of one candidate; raise PageChanged where it cannot be read."""
        raise PageChanged(f"{type(self).__name__} defines no notification")

    def links(self, page: Page) -> Iterable[Link]:
        """Yield the details that the page points to, each with the facts it states of them.

        A link of the role `listing` is the next older page, which is asked when the page shares nothing with the last.
        """
        return ()

    def no_bulletin(self, page: Page) -> str | None:
        """Why a document that was understood rightly holds no bulletin, as it says itself; None where it should."""
        return None

    def read(self, page: Page) -> Reading:
        """Every candidate of the page as a record or a refusal; PageChanged when the page as a whole is unreadable.

        An entry on which the parser itself fails is refused like any other.
        """
        read: list[ReadEntry] = []
        refused: list[RefusedEntry] = []
        candidates = list(self.entries(page))
        if len(candidates) > MAX_CANDIDATES:
            raise PageChanged(f"{page.url}: {len(candidates)} candidates, expected at most {MAX_CANDIDATES}")
        for position, entry in enumerate(candidates):
            raw, where = mended(entry.raw), f"{page.url}: entry {position + 1}"
            try:
                read.append(ReadEntry(position, raw, self._record(entry, where)))
            except PageChanged as problem:
                refused.append(RefusedEntry(position, raw, mended(str(problem))))
            except Exception as problem:
                reason = f"{where}: {type(problem).__name__}: {mended(str(problem))}, expected a record"
                refused.append(RefusedEntry(position, raw, reason))
        links = tuple(self._links(page))
        nothing = None if read or refused or links else self.no_bulletin(page)
        if not (read or refused or links or nothing):
            self._refuse_empty(page)
        return Reading(
            tuple(read),
            tuple(refused),
            links,
            states_links=page.states_links,
            recognised=_known_by_sight(read),
            nothing=nothing,
        )

    def _record(self, entry: Any, where: str) -> Notification:
        record = self.notification(entry)
        fault = fault_of(record)
        if fault:
            raise PageChanged(f"{where}: {fault}")
        return record

    def _links(self, page: Page) -> Iterator[Link]:
        for link in self.links(page):
            ref = () if link.ref is None else (link.ref,)
            fault = fault_of_texts((link.url, link.role, *ref, *link.facts.keys(), *link.facts.values()))
            if fault:
                raise PageChanged(f"{page.url}: a link: {fault}")
            yield link

    def _refuse_empty(self, page: Page) -> None:
        """Raise PageChanged for a page without entries where that is not a healthy one."""
        low, high = (1, MAX_CANDIDATES) if page.role == "detail" else (self.expect.start, self.expect.stop - 1)
        found = blocked(page.characters)
        if found or low > 0:
            raise PageChanged(f"{page.url}: {found or '0 entries'}, expected {low} to {high} entries")


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/")


def _known_by_sight(entries: Sequence[ReadEntry]) -> dict[str, dict[str, str | None]]:
    """The attachments of these entries that belong to a known series, by address."""
    found: dict[str, dict[str, str | None]] = {}
    for url, title in (pair for entry in entries for pair in entry.notification.attachments):
        known = recognised(url, title)
        if known is not None:
            issued = known.issued.iso if known.issued else None
            stated = {"series": known.series, "issuer": known.issuer, "edition": known.edition, "issued": issued}
            found[url] = {**stated, "evidence": known.evidence}
    return found


def parse(
    source: Source,
    body: bytes,
    url: str,
    media_type: str | None = None,
    role: str = "listing",
    facts: Mapping[str, str] | None = None,
) -> Reading:
    """Parse one document of a source. Raises PageChanged when the document as a whole cannot be read."""
    reader = source.reader(media_type)
    return reader.read(reader.open(body, url, media_type, role, facts))


@cache
def sources() -> Mapping[str, Source]:
    """Every source by slug: those of `parsers/sources/`, then those of installed packages.

    Raises ValueError naming both classes when a slug clashes there; a module that cannot be imported, and a package
    that brings what cannot be a source, cost their own sources only: see `broken_sources`.
    """
    return _registry()[0]


def broken_sources() -> Mapping[str, str]:
    """Why modules of sources cannot be used, by their place; none in a healthy installation."""
    return _registry()[1]


@cache
def _registry() -> tuple[Mapping[str, Source], Mapping[str, str]]:
    modules, broken = _modules()
    found: dict[str, Source] = {}
    for module in modules:
        found |= _sources_in(module, found)
    problems = {f"parsers/sources/{name}.py": problem for name, problem in broken.items()}
    for stated in stated_modules():
        try:
            found |= _sources_in(imported(stated), found)
        except Exception as problem:
            problems[place_of(stated)] = f"{type(problem).__name__}: {problem}"
    return found, problems


def _sources_in(module: ModuleType, taken: Mapping[str, Source]) -> dict[str, Source]:
    """The sources of one module by slug; raises ValueError where one states no known listing, or a slug clashes."""
    found: dict[str, Source] = {}
    for candidate in _own_sources(module):
        if getattr(candidate, "listing", None) not in LISTING_KINDS:
            raise ValueError(f"{candidate}: no known kind of listing, expected one of {LISTING_KINDS}")
        clash = taken.get(candidate.slug) or found.get(candidate.slug)
        if clash:
            raise ValueError(f"slug {candidate.slug!r}: {type(clash)} and {candidate} both use it, expected one")
        found[candidate.slug] = candidate()
    return found


@cache
def _modules() -> tuple[Sequence[ModuleType], Mapping[str, str]]:
    import parsers.sources as package

    healthy: list[ModuleType] = []
    broken: dict[str, str] = {}
    for name in sorted(info.name for info in pkgutil.iter_modules(package.__path__)):
        try:
            healthy.append(importlib.import_module(f"{package.__name__}.{name}"))
        except Exception as problem:
            broken[name] = f"{type(problem).__name__}: {problem}"
    return healthy, broken


def _own_sources(module: Any) -> Iterator[type[Source]]:
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Source) and value.slug and value.__module__ == module.__name__:
            yield value


def parser_version(source: type[Source]) -> str:
    """Twelve hex digits that change when code or facts that read this source change (comments and layout apart)."""
    modules = tuple(cls.__module__ for cls in source.__mro__ if issubclass(cls, Source))
    return version_of(modules, source.configured)
