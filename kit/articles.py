"""Pages of news on a platform of their own: which of their links are articles, and where these print their date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from kit.platforms import Platform
from kit.seen import Seen

FEWEST_ARTICLES = 3
YEAR = re.compile(r"20[0-9]{2}")
NUMBER = re.compile(r"[0-9]{1,8}")
MONTH = re.compile(r"(?:january|february|march|april|may|june|july|august|september|october|november|december)")
PRINTED = (
    r"(?:(?:Published|Posted|Issued|Date)(?: on)?:? ?)?([0-9]{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8} 20[0-9]{2})",
    ("%d %B %Y", "%d %b %Y"),
)
"""How most sites print a date that only people can read."""


def articles(seen: Seen) -> Iterator[Platform]:
    """The page as a list of articles, those that state a date for machines first, then those that print one."""
    found = _groups(seen)
    if not found or len(found[0][1]) < FEWEST_ARTICLES:
        return
    pattern, paths = found[0]
    region = "main" if seen.root is not None and seen.root.find(".//main") is not None else "body"
    facts = {"region": f'"{region}"', "is_dated": "True", "article_path": f're.compile(r"{pattern}")'}
    signs = (f"{len(paths)} links like {paths[0]}", f"{pattern} fits them")
    yield Platform("article", seen.url, (*signs, "their pages state a date for machines"), facts)
    printed, formats = PRINTED
    further = {
        "label": '"0"',
        "printed": f're.compile(r"{printed}")',
        "printed_formats": "(" + ", ".join(f'"{form}"' for form in formats) + ")",
    }
    yield Platform("article", seen.url, (*signs, "their pages print a date by the heading"), {**facts, **further})
    del facts["is_dated"]
    yield Platform(
        "article", seen.url, (*signs, "their pages state no date that is known: say where in `printed`"), facts
    )


def _groups(seen: Seen) -> list[tuple[str, list[str]]]:
    """The links of the page's own host by the pattern of their paths, the largest group with long names first."""
    groups: dict[str, dict[str, None]] = {}
    for url in seen.anchors():
        parts = urlsplit(url)
        name = parts.path.rstrip("/").rpartition("/")[2]
        if parts.hostname == seen.host and name.count("-") >= 1 and parts.path.rstrip("/") != seen.path.rstrip("/"):
            groups.setdefault(_pattern(parts.path), {})[parts.path] = None
    return sorted(
        ((pattern, list(paths)) for pattern, paths in groups.items()), key=lambda group: len(group[1]), reverse=True
    )


def _pattern(path: str) -> str:
    *folders, _name = [part for part in path.split("/") if part]
    return "^/" + "".join(f"{_folder(part)}/" for part in folders) + "[^/]+/?$"


def _folder(part: str) -> str:
    if YEAR.fullmatch(part):
        return "20[0-9]{2}"
    if MONTH.fullmatch(part):
        return "[a-z]+"
    return "[0-9]+" if NUMBER.fullmatch(part) else re.escape(part).replace(r"\-", "-")
