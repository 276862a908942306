"""HTML and XML with other words in it: every tag stays where it is, character by character."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from kit.filler import Filler, words_in
from kit.secrets_removed import REMOVED, SECRET_NAME

TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)|<![^>]*+(?:>|\Z)|"
    r"</?[A-Za-z](?:\"[^\"]*+\"|'[^']*+'|[^\"'>])*+(?:>|\Z)",
    re.DOTALL,
)
NAME = re.compile(r"</?([A-Za-z][^\s/>]*)")
ATTRIBUTE = re.compile(r"""([^\s=>/"'<]++)(\s*+=\s*+)("[^"]*+"|'[^']*+'|[^\s>"']++)""")
RAW = frozenset(("script", "style"))
INLINE = frozenset("a abbr b bdi bdo big cite code em font i ins mark q s small span strong sub sup u var wbr".split())
STRUCTURE = frozenset(
    "class id style href src srcset sizes rel type name property itemprop itemtype role d points viewbox transform "
    "action method lang dir datetime width height target media charset http-equiv for value".split()
)
"""Attributes that are not prose whatever they hold."""
MAX_DATA_CHARACTERS = 200
MIN_HIDDEN_CHARACTERS = 16
JSON_SCRIPT = re.compile(r"""\btype\s*=\s*["']?application/(?:[\w.-]+\+)?json""", re.IGNORECASE)
SCRIPT_LEFT_OUT = "/* a script of {count} characters */"
ADDRESSES_IN_SCRIPT = re.compile(
    r"/cdn-cgi/challenge-platform|_Incapsula_Resource|captcha-delivery\.com|awswaf\.com", re.I
)


@dataclass(slots=True)
class Text:
    """A part of a document between two tags; `run` counts the blocks before it."""

    words: str
    run: int


def refilled(document: str, filler: Filler | None, json_filled: Callable[[str], str], *, is_xml: bool = False) -> str:
    """The document without secrets, scripts and comments; with a filler, with its words in place of the prose."""
    parts = list(_parts(document, filler, json_filled, is_xml))
    runs: dict[int, list[Text]] = {}
    for part in parts:
        if isinstance(part, Text):
            runs.setdefault(part.run, []).append(part)
    if filler is not None:
        for run in runs.values():
            for part, words in zip(run, _filled_run(run, filler, json_filled, is_xml), strict=True):
                part.words = words
    return "".join(part.words if isinstance(part, Text) else part for part in parts)


def _filled_run(run: list[Text], filler: Filler, json_filled: Callable[[str], str], is_xml: bool) -> list[str]:
    if is_xml and len(run) == 1 and "&lt;" in run[0].words:
        inner = refilled(html.unescape(run[0].words), filler, json_filled)
        return [escape(inner)]
    return filler.fill([part.words for part in run])


def _parts(
    document: str, filler: Filler | None, json_filled: Callable[[str], str], is_xml: bool
) -> Iterator[str | Text]:
    """The document in pieces: tags (rewritten) and texts."""
    place, run = 0, 0
    while found := TAG.search(document, place):
        if found.start() > place:
            yield Text(document[place : found.start()], run)
        tag, place = found[0], found.end()
        named = NAME.match(tag)
        name = named[1].lower() if named else ""
        if is_xml or name not in INLINE:
            run += 1
        yield _tag(tag, name, filler, json_filled)
        if not is_xml and name in RAW and not tag.startswith("</"):
            end = re.compile(rf"</{name}\b", re.IGNORECASE).search(document, place)
            stop = end.start() if end else len(document)
            yield _raw(document[place:stop], tag, name, json_filled)
            place = stop
    if place < len(document):
        yield Text(document[place:], run + 1)


def _tag(tag: str, name: str, filler: Filler | None, json_filled: Callable[[str], str]) -> str:
    if tag.startswith("<![CDATA["):
        inner = tag.removeprefix("<![CDATA[").removesuffix("]]>")
        end = "]]>" if tag.endswith("]]>") else ""
        return f"<![CDATA[{refilled(inner, filler, json_filled)}{end}"
    if tag.startswith("<!--"):
        return "<!-- -->" if len(words_in(tag)) > 2 and tag.endswith("-->") else tag
    if not name or tag.startswith("</"):
        return tag
    is_secret = _is_secret_field(tag, name)
    return ATTRIBUTE.sub(lambda found: _attribute(found, filler, is_secret=is_secret), tag)


def _is_secret_field(tag: str, name: str) -> bool:
    """Whether a form field or a statement of the head holds a secret."""
    if name not in ("input", "meta"):
        return False
    stated = {found[1].lower(): found[3].strip("\"'") for found in ATTRIBUTE.finditer(tag)}
    named = any(SECRET_NAME.fullmatch(stated.get(key, "")) for key in ("name", "id", "property"))
    hidden = stated.get("type", "").lower() == "hidden" and len(stated.get("value", "")) >= MIN_HIDDEN_CHARACTERS
    return named or hidden


def _attribute(found: re.Match[str], filler: Filler | None, *, is_secret: bool) -> str:
    name, between, quoted = found[1], found[2], found[3]
    quote = quoted[0] if quoted[0] in "\"'" else ""
    value = quoted.strip(quote) if quote else quoted
    return f"{name}{between}{quote}{_value(name.lower(), value, filler, is_secret=is_secret)}{quote}"


def _value(name: str, value: str, filler: Filler | None, *, is_secret: bool) -> str:
    if is_secret and name in ("value", "content"):
        return REMOVED
    if name == "nonce" or (name.startswith("data-") and SECRET_NAME.fullmatch(name.removeprefix("data-"))):
        return REMOVED
    if name.startswith("on") or (name.startswith("data-") and len(value) > MAX_DATA_CHARACTERS):
        return ""
    if filler is None or name in STRUCTURE or len(value.split()) <= 2:
        return value
    return filler.fill([value])[0]


def _raw(text: str, tag: str, name: str, json_filled: Callable[[str], str]) -> str:
    """What stands in a script or a style: data are kept as data, scripts are left out."""
    if name == "style" or not text.strip():
        return text
    if JSON_SCRIPT.search(tag):
        return json_filled(text)
    left = " ".join(dict.fromkeys(found[0] for found in ADDRESSES_IN_SCRIPT.finditer(text)))
    return SCRIPT_LEFT_OUT.format(count=len(text)) + (f" /* {left} */" if left else "")
