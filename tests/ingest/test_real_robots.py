"""Real robots.txt files of British sites, read as they plainly say."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import httpx
import pytest

from ingest.politeness import HostRules, Politeness
from ingest.response import Response
from ingest.robots import PRODUCT, Disallowed, RobotsHere, RobotsRules
from parsers.source import sources
from tests.corpus import CORPUS, corpus
from tests.fetching import NOW

HOSTS = sorted(path.name for path in (CORPUS / "robots").glob("*")) or ["absent"]


class Plain:
    """A robots.txt by the letter of RFC 9309, without any of the code that the product uses."""

    def __init__(self, text: str) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        named: list[str] = []
        in_rules = False
        for line in text.lstrip("\ufeff").splitlines():
            key, colon, value = (part.strip() for part in line.partition("#")[0].partition(":"))
            if colon and key.lower() == "user-agent":
                named = [value.lower()] if in_rules else [*named, value.lower()]
                in_rules = False
                groups.setdefault(value.lower(), [])
            elif colon and key.lower() in ("allow", "disallow", "crawl-delay"):
                in_rules = True
                for name in named:
                    groups[name].append((key.lower(), value))
        self.rules = groups.get(PRODUCT, groups.get("*", []))

    def allows(self, path: str) -> bool:
        """The longest pattern decides, and of two of one length the one that allows (2.2.2); `$` is no octet of it."""
        fitting = [
            (len(each.rstrip("$")), kind == "allow") for kind, each in self.rules if each and _fits(kind, each, path)
        ]
        return max(fitting, default=(0, True))[1]

    def probes(self) -> Iterator[str]:
        """Addresses on both sides of every rule."""
        for kind, pattern in self.rules:
            if kind != "crawl-delay" and pattern:
                path = quote(unquote(pattern.rstrip("$").replace("*", "some")), safe="/?&=:;,@!()+~.-_%")
                yield from (path, path + "/further", path[:-1], path + ".pdf")


def _fits(kind: str, pattern: str, path: str) -> bool:
    if kind == "crawl-delay":
        return False
    ended, bare = pattern.endswith("$"), pattern.rstrip("$") if pattern.endswith("$") else pattern
    wanted = ".*".join(re.escape(unquote(each)) for each in bare.split("*"))
    return re.match(wanted + ("$" if ended else ""), unquote(path)) is not None


def rules_of(file: Path) -> RobotsRules:
    return RobotsRules(RobotsHere(), Politeness(lambda host: HostRules(0)), lambda: NOW)


def is_permitted(file: Path, rules: RobotsRules, path: str) -> bool:
    def ask(url: httpx.URL, _conditions: object) -> Response:
        assert url.path == "/robots.txt"
        return Response(str(url), NOW, 200, (("Content-Type", "text/plain"),), file.read_bytes(), "HTTP/1.1", 0.0)

    try:
        rules.permit(httpx.URL(f"https://{file.name}{path}"), ask, time.sleep)
    except Disallowed:
        return False
    return True


@pytest.mark.parametrize("host", HOSTS)
def test_each_is_read_as_it_says(host: str) -> None:
    file = corpus(f"robots/{host}")
    plain, rules = Plain(file.read_bytes().decode("utf-8", errors="replace")), rules_of(file)
    probes = {path for path in ("/", "/news/", *plain.probes()) if path.startswith("/")}
    judged = {path: is_permitted(file, rules, path) for path in sorted(probes)}
    assert judged == {path: plain.allows(path) for path in judged}


def test_none_of_them_keeps_us_from_a_source() -> None:
    corpus("robots")
    kept_from = [
        url
        for source in sources().values()
        for url in source.start
        if (file := CORPUS / "robots" / (urlsplit(url).hostname or "none")).exists()
        and not is_permitted(file, rules_of(file), urlsplit(url).path)
    ]
    assert kept_from == []


def test_both_sides_of_rules_are_asked() -> None:
    files = [corpus(f"robots/{host}") for host in HOSTS]
    found = [
        plain.allows(path)
        for file in files
        for plain in [Plain(file.read_bytes().decode("utf-8", errors="replace"))]
        for path in plain.probes()
    ]
    assert found.count(True) > 500
    assert found.count(False) > 500
