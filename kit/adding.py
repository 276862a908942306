"""A new source from an address: its platform recognised, its file written, its first fixtures saved."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from archive.records import Link, Reading
from kit.articles import articles
from kit.cases import CannotSave, made_case, write_case
from kit.places import Checkout
from kit.platforms import LOOKED_FOR, PLATFORMS, Platform
from kit.seen import Seen
from kit.source_file import Draft, read_back, written
from parsers.configured import SLUG
from parsers.page import PageChanged
from parsers.source import Source, parse

INVENTED = (".example", ".test", ".invalid", ".localhost", "example.org", "example.com", "example.net")
"""Hosts that nobody has (RFC 2606)."""
BLOCKED = """<!DOCTYPE html>
<html lang="en-US"><head><title>Just a moment...</title></head>
<body><div role="main"><h1>{host}</h1><p>Verify you are human, which may take some seconds.</p>
<noscript>Enable JavaScript and cookies to continue</noscript></div>
<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>
"""
FAMILIES_KNOWN = (*PLATFORMS, "article")
SUBJECTS = frozenset("news home latest news press releases alerts feed posts bulletins".split())
TITLE = re.compile(r"<title[^>]{0,200}>(?:<!\[CDATA\[)?\s*([^<\]]{1,200})", re.IGNORECASE)


class CannotAdd(Exception):
    """No source came of an address; a whole sentence that says what to do. `tried` are the platforms that failed."""

    def __init__(self, message: str, tried: Collection[str] = ()) -> None:
        super().__init__(message)
        self.tried = tuple(tried)


@dataclass(frozen=True, slots=True)
class Tried:
    """A platform that reads the page: its draft, the listing and a detail (where there is one) as they came."""

    draft: Draft
    text: str
    listing: Seen
    detail: Seen | None
    reading: Reading


@dataclass(frozen=True, slots=True)
class Added:
    """What was written, and a sentence for each fixture that could not be."""

    draft: Draft
    reading: Reading
    files: tuple[Path, ...]
    problems: tuple[str, ...]


Get = Callable[[str], Seen]
"""Fetches one address; raises where no answer comes."""


def refuse_slug(slug: str, taken: Collection[str], checkout: Checkout) -> None:
    """Raise CannotAdd for what cannot be the slug of a new source."""
    if not SLUG.fullmatch(slug) or len(slug) > 60 or not slug[0].isalpha():
        raise CannotAdd(f"slug {slug[:60]!r}: expected words of lower-case letters and digits, with hyphens between")
    if slug in taken:
        raise CannotAdd(f"slug {slug}: a source is or was called so, expected one that was never used")
    for path in (checkout.source_file(slug), checkout.cases(slug)):
        if path.exists():
            raise CannotAdd(f"slug {slug}: {checkout.named(path)} is there already, expected a new one")


def add_source(checkout: Checkout, get: Get, slug: str, url: str, family: str | None, today: datetime) -> Added:
    """Write the file and the first fixtures of a source. Raises CannotAdd, and what `get` raises for the address."""
    get = cache(get)
    seen = get(url)
    found, tried = None, []
    for platform in _candidates(seen, family):
        outcome = _try(get, seen, platform, slug, today)
        if isinstance(outcome, Tried):
            found = outcome
            break
        tried.append(f"{platform.family} ({'; '.join(platform.signs)}): {outcome}")
    if found is None:
        raise CannotAdd(_nothing(seen, family, tried), tried)
    file = checkout.source_file(slug)
    file.write_text(found.text, "utf-8")
    source = _loaded(file, found.draft)
    folders, problems = [], []
    for name, each in (("listing", found.listing), ("detail", found.detail), ("blocked", _blocked(found.draft))):
        if each is None:
            continue
        try:
            folders.append(_saved(checkout, source, slug, name, each))
        except CannotSave as problem:
            problems.append(str(problem))
    return Added(found.draft, found.reading, (file, *folders), tuple(problems))


def _candidates(seen: Seen, family: str | None) -> Iterator[Platform]:
    """The platforms that the page may be of; with a family named, that one, also where no sign of it is seen."""
    for name in (family,) if family else FAMILIES_KNOWN:
        recognise = articles if name == "article" else PLATFORMS[name]
        yield from recognise(seen)
    if family and family != "article":
        yield Platform(family, seen.url, (f"--family {family}",))


def _nothing(seen: Seen, family: str | None, tried: list[str]) -> str:
    if seen.body and not tried:
        return (
            f"{seen.url}: no {family or 'platform'} recognised. Looked for {LOOKED_FOR}. Give the address of a feed or "
            "of the page that lists the bulletins; or name a family with --family; or write the parser by hand: "
            "CONTRIBUTING, 'A source that is like no other'"
        )
    return f"{seen.url}: what was recognised cannot be read: " + " | ".join(tried)


def _try(get: Get, seen: Seen, platform: Platform, slug: str, today: datetime) -> Tried | str:
    """The platform as a source that reads the listing and a detail, or why it does not."""
    draft = Draft(slug, _name(seen), platform, _basis(platform.start, today), range(5_000))
    try:
        listing = seen if platform.start == seen.url else get(platform.start)
        source = read_back(draft, written(draft))
        reading = parse(source, listing.body, source.start[0], listing.media_type)
        if reading.refused or not (reading.read or reading.links):
            reason = reading.refused[0].reason if reading.refused else "nothing"
            return f"{platform.start}: {reason}, expected entries that can be read"
        detail = _detail(get, source, reading)
    except PageChanged as problem:
        return str(problem)
    except Exception as problem:
        return f"{platform.start}: {type(problem).__name__}: {problem}"
    draft = replace(draft, expect=range(1, 3 * max(reading.shown, 5) + 1))
    return Tried(draft, written(draft), replace(listing, url=source.start[0]), detail, reading)


def _detail(get: Get, source: Source, reading: Reading) -> Seen | None:
    """The first detail of a listing that has any; raises PageChanged where it cannot be read."""
    link = next((each for each in reading.links if each.role == "detail"), None)
    if link is None:
        return None
    answer = get(link.url)
    seen = replace(answer, url=link.url, role="detail", facts=_facts(link))
    read = parse(source, seen.body, seen.url, seen.media_type, "detail", seen.facts)
    if read.refused or not read.read:
        reason = read.refused[0].reason if read.refused else "no entry"
        raise PageChanged(f"{link.url}: {reason}, expected one bulletin")
    return seen


def _facts(link: Link) -> dict[str, str]:
    return {**link.facts, **({"ref": link.ref} if link.ref else {})}


def _name(seen: Seen) -> str:
    """The publisher's name as the site states it: the longest part of the page's title that is not its subject."""
    found = TITLE.search(seen.characters[:20_000])
    parts = [part.strip() for part in re.split(r"\s[|–-]\s", found[1])] if found else []
    title = max((part for part in parts if part.casefold() not in SUBJECTS), key=len, default="")
    return seen.meta("og:site_name") or title or seen.host.removeprefix("www.")


def _basis(url: str, today: datetime) -> str:
    host = url.split("/")[2].split(":")[0]
    if host.endswith(INVENTED):
        return "modelled on an invented site, not yet verified against a live one"
    return f"verified against a real capture of {today:%Y-%m-%d}"


def _blocked(draft: Draft) -> Seen:
    """A page that stands in for the listing, in our own words."""
    url = draft.platform.start
    body = BLOCKED.format(host=url.split("/")[2]).encode()
    return Seen(url, body, (("Content-Type", "text/html; charset=utf-8"),), role="listing")


def _loaded(file: Path, draft: Draft) -> Source:
    """The source that the written file defines, imported from where it lies."""
    name = f"parsers.sources.{draft.module}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file}: expected a module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    made: Source = getattr(module, draft.class_name)()
    return made


def _saved(checkout: Checkout, source: Source, slug: str, name: str, seen: Seen) -> Path:
    folder = checkout.cases(slug) / name
    if name == "blocked":
        seen = replace(seen, url=source.start[0])
    case = made_case(source, seen, verbatim=name == "blocked")
    write_case(folder, case)
    if name == "blocked":
        with suppress(PageChanged):
            parse(source, case.body, seen.url, seen.media_type)
            raise CannotSave(f"{checkout.named(folder)}: the parser took a challenge page for a healthy one")
        (folder / "expected_error.txt").write_text(_refusal(source, case.body, seen), "utf-8")
    return folder


def _refusal(source: Source, body: bytes, seen: Seen) -> str:
    try:
        parse(source, body, seen.url, seen.media_type)
    except PageChanged as problem:
        return f"{problem}\n"
    return ""
