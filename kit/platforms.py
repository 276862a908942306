"""How each publishing platform is known: by what it says of itself, each sign named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urljoin, urlsplit

from kit.seen import Seen
from parsers.families.govuk_listings import search_address
from parsers.families.single_online_home import SingleOnlineHome

CAP_NAMESPACE = "urn:oasis:names:tc:emergency:cap"
FEED_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(rss|rdf|feed)[\s>]", re.IGNORECASE)
GENERATOR = re.compile(r"<generator[^>]{0,200}>([^<]{1,200})</generator>", re.IGNORECASE)
FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
PRESSROOM_FEED = re.compile(r"/rss/current_news/[0-9]+")
API_LINK = re.compile(r"<([^<>]{1,500})>;\s*rel=\"?https://api\.w\.org/")
POSTS = "wp/v2/posts?per_page=100"
ORGANISATION = re.compile(r"^/government/organisations/([a-z0-9-]+?)(?:\.atom)?/?$")
SINGLE_ONLINE_HOME_SIGNS = ("/SysSiteAssets/", "/ro/report/", "/hyg/")
MOST_LINKED_FEEDS = 3


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform that a page may be of: the family that reads it, where to start, and the signs that say so.

    `facts` are further facts of the source, as Python expressions.
    """

    family: str
    start: str
    signs: tuple[str, ...]
    facts: Mapping[str, str] = field(default_factory=dict)


def cap(seen: Seen) -> Iterator[Platform]:
    if CAP_NAMESPACE in seen.characters or "application/cap+xml" in seen.characters:
        yield Platform("cap", seen.url, (f"names {CAP_NAMESPACE} or links to application/cap+xml",))


def mynewsdesk(seen: Seen) -> Iterator[Platform]:
    if seen.kind == "xml" and PRESSROOM_FEED.search(seen.path):
        yield Platform("mynewsdesk", seen.url, (f"path {seen.path} is that of a pressroom's feed",))
    elif seen.kind == "html" and "mynewsdesk" in seen.characters.lower():
        for feed in _pressroom_feeds(seen):
            yield Platform("mynewsdesk", feed, ("the page names Mynewsdesk", f"links to the feed {feed}"))


def _pressroom_feeds(seen: Seen) -> list[str]:
    found = [url for url, _ in seen.links("alternate")] + list(seen.anchors())
    return list(dict.fromkeys(url for url in found if PRESSROOM_FEED.search(urlsplit(url).path)))[:1]


def wordpress(seen: Seen) -> Iterator[Platform]:
    first = seen.value[0] if isinstance(seen.value, list) and seen.value else None
    if isinstance(first, dict) and {"guid", "date_gmt", "content"} <= first.keys():
        yield Platform("wordpress", seen.url, ("a list of posts with guid, date_gmt and content",))
        return
    generator = _generator(seen)
    if "wordpress" in generator.lower() and seen.kind == "xml":
        yield Platform("wordpress", urljoin(seen.url, "/wp-json/" + POSTS), (f"generator {generator!r}",))
        yield Platform("wordpress", seen.url, (f"generator {generator!r}",))
    yield from _wordpress_pages(seen, generator)


def _wordpress_pages(seen: Seen, generator: str) -> Iterator[Platform]:
    stated = API_LINK.search(seen.header("link"))
    apis = [url for url, _ in seen.links("https://api.w.org/")] + ([stated[1]] if stated else [])
    signs = [f"generator {generator!r}"] if "wordpress" in generator.lower() else []
    signs += [f"addresses under {name}" for name in ("/wp-content/", "/wp-includes/") if name in seen.characters]
    for api in apis[:1]:
        yield Platform("wordpress", urljoin(seen.url, api) + POSTS, (f"API endpoint {api}", *signs))
    if seen.kind == "html" and (apis or signs):
        if not apis:
            yield Platform("wordpress", urljoin(seen.url, "/wp-json/" + POSTS), tuple(signs))
        feed = next((url for url, kind in seen.links("alternate") if kind in FEED_TYPES), urljoin(seen.url, "/feed/"))
        yield Platform("wordpress", feed, (*(signs or ["API endpoint"]), f"its feed {feed}"))


def _generator(seen: Seen) -> str:
    if seen.kind == "html":
        return seen.meta("generator")
    found = GENERATOR.search(seen.characters)
    return found[1].strip() if found else ""


def govuk(seen: Seen) -> Iterator[Platform]:
    if seen.host != "www.gov.uk":
        return
    found = ORGANISATION.match(seen.path)
    named = found[1] if found else "".join(parse_qs(urlsplit(seen.url).query).get("filter_organisations", [])[:1])
    if named:
        sign = f"host {seen.host}, organisation {named} in the address"
        yield Platform("govuk", search_address(named), (sign,), {"organisation": repr(named)})


def single_online_home(seen: Seen) -> Iterator[Platform]:
    signs = [f"addresses under {sign}" for sign in SINGLE_ONLINE_HOME_SIGNS if f'"{sign}' in seen.characters]
    articles = [url for url in seen.anchors() if SingleOnlineHome.article_path.search(urlsplit(url).path)]
    if seen.path.startswith("/news/") and signs and articles:
        yield Platform("single-online-home", seen.url, (*signs, f"articles like {urlsplit(articles[0]).path}"))


def feed(seen: Seen) -> Iterator[Platform]:
    root = FEED_ROOT.search(seen.characters[:4000])
    if seen.kind == "xml" and root:
        yield Platform("feed", seen.url, (f"root element {root[1]}",))
    elif isinstance(seen.value, dict) and "jsonfeed.org" in str(seen.value.get("version", "")):
        yield Platform("feed", seen.url, ("JSON Feed by its version",))
    linked = [(url, kind) for url, kind in seen.links("alternate") if kind in FEED_TYPES]
    for url, kind in linked[:MOST_LINKED_FEEDS]:
        yield Platform("feed", url, (f"feed link of type {kind}: {url}",))


PLATFORMS: Mapping[str, Callable[[Seen], Iterator[Platform]]] = {
    "cap": cap,
    "mynewsdesk": mynewsdesk,
    "wordpress": wordpress,
    "govuk": govuk,
    "single-online-home": single_online_home,
    "feed": feed,
}
"""How each family is known, in the order in which they are asked: what says more of a page first."""
LOOKED_FOR = (
    "the namespace of CAP alerts; a Mynewsdesk pressroom and its /rss/current_news/ feed; WordPress by its generator, "
    "its https://api.w.org/ link, /wp-content/ or a list of posts; an organisation of www.gov.uk; the addresses of "
    "Single Online Home under /news/; an RSS, Atom or JSON feed, or a link to one; three or more articles of this "
    "host below one path, each with a title and a date for machines, or one printed by its heading"
)
