"""The sources that the replica has sites for: at every step their pages parse, and nothing is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from archive.records import Link, Notification, Reading
from parsers.source import Source, parse, sources
from replica.answers import Answer, Visit
from replica.bulletins import LAST_STEP
from replica.sites import SITES

STEPS = (0, 4, 9, 15, 23, 31, LAST_STEP)
REWRITTEN, KEPT = frozenset({"threat-level"}), frozenset({"threat-level", "uk-emergency-alerts"})
"""Sources to which nothing new comes, and sources from which nothing goes: their bulletins are told on in place."""
UNDATED = frozenset({"npsa", "met-office-warnings"})
"""Sources that do not state when a bulletin was issued."""


SHOWN = sorted(
    slug for slug, source in sources().items() if all(urlsplit(url).hostname in SITES for url in source.start)
)
"""The sources that the replica has a site for: one of each family at least."""


def answer(url: str, step: int) -> Answer:
    parts = urlsplit(url)
    site = SITES[parts.hostname or ""]
    return site.answer(Visit(parts.path, step, serial=1, query=parts.query))


@cache
def read(slug: str, url: str, step: int, role: str, facts: tuple[tuple[str, str], ...] = ()) -> Reading:
    """What a source makes of an address at a step; the same answer is parsed once."""
    found = answer(url, step)
    assert found.status == 200, f"{url} at step {step}: status {found.status}"
    return _parsed(slug, found, url, role, facts)


@cache
def _parsed(slug: str, found: Answer, url: str, role: str, facts: tuple[tuple[str, str], ...]) -> Reading:
    reading = parse(sources()[slug], found.body, url, found.media_type, role, dict(facts))
    assert reading.refused == (), f"{url}: {reading.refused[0].reason if reading.refused else ''}"
    return reading


def facts_of(link: Link) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(link.facts.items()))


def bulletins(source: Source, step: int) -> Iterator[Notification]:
    """Every bulletin that a source shows at a step, details followed, older pages too."""
    waiting, met = [Link(url, "listing") for url in source.start], set()
    while waiting:
        link = waiting.pop(0)
        met.add(link.url)
        role = "detail" if link.role == "detail" else "listing"
        reading = read(source.slug, link.url, step, role, facts_of(link) if role == "detail" else ())
        yield from (entry.notification for entry in reading.read)
        waiting += [
            each for each in reading.links if each.url not in met and (role == "listing" or each.role == "detail")
        ]


def by_ref(slug: str, step: int) -> Mapping[str | None, str]:
    return {each.ref: each.content_hash() for each in bulletins(sources()[slug], step)}


@pytest.mark.parametrize("slug", SHOWN)
@pytest.mark.parametrize("step", STEPS)
def test_a_listing_is_healthy(slug: str, step: int) -> None:
    for url in sources()[slug].start:
        assert read(slug, url, step, "listing").shown in sources()[slug].expect


@pytest.mark.parametrize("slug", SHOWN)
def test_every_bulletin_is_read_with_title_text_and_date(slug: str) -> None:
    for step in STEPS:
        for notification in bulletins(sources()[slug], step):
            assert notification.title or slug == "bsia-cssc"
            assert notification.text, notification
            assert notification.issued or slug in UNDATED


@pytest.mark.parametrize("slug", sorted({*SHOWN} - {"bsia-cssc"}))
def test_every_attachment_is_there(slug: str) -> None:
    """But for the association's, whose dead and damaged ones are planned: see test_documents.py."""
    for notification in bulletins(sources()[slug], LAST_STEP):
        for url, _ in notification.attachments:
            found = answer(url, LAST_STEP)
            assert (found.status, found.media_type, found.body[:5]) == (200, "application/pdf", b"%PDF-"), url


@pytest.mark.parametrize("slug", sorted({*SHOWN} - {"bsia-cssc"}))
def test_bulletins_come_change_and_go(slug: str) -> None:
    shown = [by_ref(slug, step) for step in range(0, LAST_STEP + 1, 1 if slug != "fcdo-travel-advice" else 8)]
    pairs = list(pairwise(shown))
    came = any(after.keys() - before.keys() for before, after in pairs)
    went = any(before.keys() - after.keys() for before, after in pairs)
    changed = any(before[ref] != after[ref] for before, after in pairs for ref in before.keys() & after.keys())
    assert (came, changed, went) == (slug not in REWRITTEN, True, slug not in KEPT)


def test_every_family_has_a_source_that_the_replica_shows() -> None:
    """A further source of a family need not have a site; the first one of a family must."""
    shown = {type(sources()[slug]).__mro__[1] for slug in SHOWN}
    alone = [slug for slug in sources().keys() - {*SHOWN} if type(sources()[slug]).__mro__[1] not in shown]
    assert alone == [], (
        f"source {', '.join(alone)}: the first of its family, expected a site in the replica: give it a platform of "
        "replica/platforms/ in replica/upstreams.py (a force on Single Online Home: a line in replica/forces.txt)"
    )
    assert len(SHOWN) >= 49


def test_travel_advice_of_many_countries_changes() -> None:
    first = by_ref("fcdo-travel-advice", 0)
    last = {
        ref
        for step in (8, 16, 24, 32, 40)
        for ref, words in by_ref("fcdo-travel-advice", step).items()
        if first.get(ref) != words
    }
    assert len(last) >= 8


def test_no_weather_warning_and_no_flood_are_healthy_too() -> None:
    assert by_ref("met-office-warnings", 0) == {}
    assert by_ref("environment-agency-floods", 18) == {}
