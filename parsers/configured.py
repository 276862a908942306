"""Sources that a user states in the settings: a family that exists, and the facts of one more site of it."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from parsers.source import LISTING_KINDS, Source, sources

FAMILIES: Mapping[str, str] = {
    "feed": "parsers.families.feed:Feed",
    "wordpress": "parsers.families.wordpress:WordPress",
    "cap": "parsers.families.cap:CapFeed",
    "govuk": "parsers.families.govuk:GovUk",
    "mynewsdesk": "parsers.families.mynewsdesk:Mynewsdesk",
    "single-online-home": "parsers.families.single_online_home:SingleOnlineHome",
}
"""The families that need no more than facts, as `module:class`."""
ARTICLE = "parsers.families.article:Article"
"""What reads the pages that a feed with `follow` points to."""
BASIS = "stated in the settings of this archive, not verified"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+){0,9}")
NEEDED = ("slug", "family", "publisher", "rights")


class BadSource(ValueError):
    """A source of the settings that cannot be one; reads `source SLUG: what, expected what`."""


def configured_sources(stated: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Source], list[str]]:
    """The sources of the settings by slug, and a sentence for each that cannot be one or whose slug is taken."""
    found: dict[str, Source] = {}
    wrong: list[str] = []
    for facts in stated:
        try:
            source = _source(facts)
            if source.slug in found or source.slug in sources():
                raise BadSource(f"source {source.slug}: the slug is taken, expected one of its own")
            found[source.slug] = source
        except BadSource as problem:
            wrong.append(str(problem))
    return found, wrong


def every_source(stated: Iterable[Mapping[str, Any]]) -> dict[str, Source]:
    """The sources of this version and those of the settings, by slug, without those that cannot be one."""
    return {**sources(), **configured_sources(stated)[0]}


def former_names(known: Mapping[str, Source]) -> dict[str, str]:
    """The present slug by each former one. Raises BadSource where a slug is in use again, or claimed twice."""
    found: dict[str, str] = {}
    for slug, source in known.items():
        for former in source.formerly:
            other = former if former in known else found.get(former)
            if other:
                raise BadSource(
                    f"source {slug}: formerly {former!r}, which is a slug of {other}, expected one of its own"
                )
            found[former] = slug
    return found


def _source(facts: Mapping[str, Any]) -> Source:
    where = f"source {facts.get('slug', '?')!s:.60}"
    for name in NEEDED:
        if name not in facts:
            raise BadSource(f"{where}: no {name}, expected {', '.join(NEEDED)} in each")
    for name in facts:
        if name not in READERS:
            raise BadSource(f"{where}: {name!r} is no fact of a source, expected {', '.join(READERS)}")
    read = {name: _read(where, name, value) for name, value in facts.items()}
    if "follow" in read and read["family"] != "feed":
        raise BadSource(f"{where}: follow with family {read['family']!r}, expected it with family 'feed' alone")
    families = [_family(str(read.pop("family")))]
    if read.get("follow"):
        families.append(_family("article"))
        read["has_details"] = True
    about = read.pop("about", f"{read['slug']}, stated in the settings of this archive.")
    own = {"basis": BASIS, **read, "__doc__": about, "__module__": __name__}
    own["configured"] = json.dumps(dict(facts), sort_keys=True, default=str)
    made: type[Source] = type("Configured", tuple(families), own)
    for name in ("start", "listing", "expect", "every_minutes"):
        if not getattr(made, name, None):
            raise BadSource(f"{where}: no {name}, expected it stated here since the family states none")
    return made()


def _family(name: str) -> type[Source]:
    module, _, member = {**FAMILIES, "article": ARTICLE}[name].partition(":")
    return getattr(importlib.import_module(module), member)  # type: ignore[no-any-return]


def _read(where: str, name: str, value: Any) -> Any:
    try:
        return READERS[name](value)
    except (TypeError, ValueError) as problem:
        raise BadSource(f"{where}: {name} {value!r:.120}, expected {problem}") from None


def _words(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 500:
        raise ValueError("a text of at most 500 characters")
    return value.strip()


def _slug(value: Any) -> str:
    if not SLUG.fullmatch(_words(value)):
        raise ValueError("words of lower-case letters and digits with hyphens between them")
    return str(value)


def _one_of(*known: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in known:
            raise ValueError(f"one of {', '.join(known)}")
        return str(value)

    return read


def _addresses(value: Any) -> tuple[str, ...]:
    found = (value,) if isinstance(value, str) else tuple(value if isinstance(value, list) else [value])
    for address in found:
        if not isinstance(address, str) or not _is_address(address):
            raise ValueError("http or https addresses")
    if not found:
        raise ValueError("at least one address")
    return found


def _is_address(printed: str) -> bool:
    """Whether this is an http or https address with a host, without a user's name, white space or an odd port."""
    try:
        parts = urlsplit(printed)
        port = parts.port
    except ValueError:
        return False
    plain = printed.isprintable() and " " not in printed and parts.username is None and port != 0
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname)


def _slugs(value: Any) -> tuple[str, ...]:
    return tuple(_slug(each) for each in (value if isinstance(value, list) else [value]))


def _minutes(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 100_000:
        raise ValueError("a whole number of minutes from 1 to 100,000")
    return value


def _expect(value: Any) -> range:
    if not isinstance(value, list) or len(value) != 2 or not all(type(each) is int for each in value):
        raise ValueError("two numbers, the fewest and the most entries of a healthy listing")
    if not 0 <= value[0] <= value[1]:
        raise ValueError("the fewest entries before the most")
    return range(value[0], value[1] + 1)


def _selector(value: Any) -> str:
    from cssselect import GenericTranslator, SelectorError

    try:
        GenericTranslator().css_to_xpath(_words(value))
    except SelectorError as problem:
        raise ValueError(f"a CSS selector ({problem})") from None
    return str(value).strip()


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


READERS: Mapping[str, Callable[[Any], Any]] = {
    "slug": _slug,
    "family": _one_of(*FAMILIES),
    "formerly": _slugs,
    "publisher": _slug,
    "rights": _words,
    "about": _words,
    "start": _addresses,
    "every_minutes": _minutes,
    "listing": _one_of(*LISTING_KINDS),
    "expect": _expect,
    "region": _selector,
    "organisation": _slug,
    "follow": _flag,
    "speaks_for_itself": _flag,
}
"""What can be stated of a source, and how each is read: a value or a ValueError that says what was expected."""
