"""What a page is made of, and all of it that should not be there."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from web.shown import is_web

MARK = re.compile(r"zq\d\dx", re.I)
ELEMENTS = frozenset(
    "html head meta title link script body a header form label input button nav p main footer article h1 h2 h3 h4 div"
    " section ul ol li dl dt dd span time table thead tbody tr th td code pre details summary ins del mark q aside"
    " fieldset legend svg rect strong br img style select option".split()
)
VOID = frozenset("meta link input br img".split())
ATTRIBUTES = frozenset(
    "lang charset name content rel href src defer class id for action method role value placeholder autocomplete type"
    " tabindex aria-label aria-labelledby aria-hidden aria-current scope colspan datetime download title viewbox"
    " preserveaspectratio x y width height http-equiv alt loading".split()
)
OURS = re.compile(r"#[a-z0-9-]*|/(?![/\\])[!-~]*")
"""An address of this server, as it stands in a page: no blank, no control, nothing beyond ASCII."""
NAMES = ("class", "id", "name", "type", "rel", "role", "http-equiv")
"""Attributes that only words of ours may stand in."""
FOREIGN = ("rel", "noreferrer noopener nofollow")


class Structure(HTMLParser):
    """What a page is made of, and all that should not be in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        if self._open:
            self.wrong.append(f"never closed: {self._open}")

    @property
    def text(self) -> str:
        return bare("".join(self.words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append(tag)
        self._look(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._look(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._open and self._open[-1] in ("script", "style") and MARK.search(data):
            self.wrong.append(f"in {self._open[-1]}: {data[:80]}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"a comment: {data[:80]}")

    def handle_pi(self, data: str) -> None:
        self.wrong.append(f"an instruction: {data[:80]}")

    def unknown_decl(self, data: str) -> None:
        self.wrong.append(f"a declaration: {data[:80]}")

    def handle_decl(self, decl: str) -> None:
        if decl.lower() != "doctype html":
            self.wrong.append(f"a declaration: {decl[:80]}")

    def _look(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in ELEMENTS or len(given) < len(attrs) or not given.keys() <= ATTRIBUTES:
            self.wrong.append(f"<{tag} {attrs}>")
        if tag == "script" and given != {"src": "/static/desk.js", "defer": None}:
            self.wrong.append(f"a script: {attrs}")
        for name, value in given.items():
            is_foreign = name in ("href", "src", "action") and not self._is_expected(str(value), attrs)
            if is_foreign or (name in NAMES and MARK.search(str(value))):
                self.wrong.append(f"<{tag} {name}={value!r}>")

    def _is_expected(self, value: str, attrs: list[tuple[str, str | None]]) -> bool:
        """Whether an address is one of ours, or a publisher's own one that is a web page and marked as foreign."""
        return bool(OURS.fullmatch(value)) or (is_web(value) and FOREIGN in attrs)


def bare(text: str) -> str:
    """A text without blanks, which pages may add and take away."""
    return "".join(text.split())
