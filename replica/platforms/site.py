"""What every site of the replica does alike: robots.txt, validators, pages that are gone, documents."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from html import escape
from itertools import groupby
from urllib.parse import parse_qs

from replica.answers import Answer, Visit, digest, not_found
from replica.bulletins import LAST_STEP, at
from replica.documents import alert

ROBOTS = "User-agent: *\nDisallow: /search\n"
HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
BULLET = "* "


class PlatformSite(ABC):
    """A site on its own host name. A subclass says what stands under a path at a step."""

    last_step = LAST_STEP

    def __init__(self, host: str) -> None:
        self.host = host

    def answer(self, visit: Visit) -> Answer:
        if visit.path == "/robots.txt":
            return made("text/plain", ROBOTS, at(0))
        return self.page(visit, min(visit.step, self.last_step)) or not_found(visit.path)

    @abstractmethod
    def page(self, visit: Visit, step: int) -> Answer | None:
        """The answer at this path; None where nothing is."""


def made(media_type: str, body: str | bytes, changed_at: datetime) -> Answer:
    """A whole answer with both validators."""
    content = body.encode() if isinstance(body, str) else body
    return Answer(200, media_type, content, f'"{digest(content)}"', changed_at.replace(microsecond=0))


def gone(reason: str = "This page has been removed.") -> Answer:
    """Gone for good (RFC 9110, 15.5.11)."""
    page = f"<!DOCTYPE html><html><head><title>Gone</title></head><body><p>{escape(reason)}</p></body></html>"
    return Answer(410, HTML, page.encode())


def document(title: str, paragraphs: Sequence[str], changed_at: datetime) -> Answer:
    """One page of PDF."""
    return made("application/pdf", _pdf(title, tuple(paragraphs)), changed_at)


@lru_cache(maxsize=256)
def _pdf(title: str, paragraphs: tuple[str, ...]) -> bytes:
    return alert(title, tuple(words.removeprefix(BULLET) for words in paragraphs))


def asked(query: str, name: str, otherwise: str) -> str:
    """The last value of a parameter."""
    return parse_qs(query).get(name, [otherwise])[-1]


def asked_number(query: str, name: str, otherwise: int) -> int:
    """The same as a number; what is none counts as not asked."""
    words = asked(query, name, "")
    return int(words) if words.isdecimal() and len(words) < 7 else otherwise


def as_html(paragraphs: Sequence[str]) -> str:
    """Paragraphs as HTML; those that start with `* ` are items of a list."""
    pieces = []
    for is_list, lines in groupby(paragraphs, key=lambda words: words.startswith(BULLET)):
        if is_list:
            items = "".join(f"<li>{escape(words.removeprefix(BULLET), quote=False)}</li>" for words in lines)
            pieces.append(f"<ul>{items}</ul>")
        else:
            pieces += (f"<p>{escape(words, quote=False)}</p>" for words in lines)
    return "\n".join(pieces)
