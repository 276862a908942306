"""The `info` blocks of a CAP alert: words in every language, area, end, resources (CAP-v1.2, 3.2.2 to 3.2.4)."""

from __future__ import annotations

import re
from datetime import datetime

from parsers.addresses import absolute
from parsers.attachments import attachments_and_links, is_document
from parsers.classification import Pairs
from parsers.dates import Stated
from parsers.families.cap_alert import CapAlert, words_of
from parsers.families.cap_codes import areas_of
from parsers.lines import Line, typed_lines
from parsers.page import MARKUP

WORDS = ("headline", "description", "instruction")
DOCUMENTS = re.compile(
    r"application/(?:pdf|msword|rtf|zip|vnd\.(?:ms-|openxmlformats|oasis\.opendocument))|text/csv", re.IGNORECASE
)


def title_of(alert: CapAlert, stated_by_feed: str) -> tuple[str, str]:
    """The first headline, else the first event, else the feed's title, else the kind of message; and which it is."""
    for name in ("headline", "event"):
        for info in alert.members("info"):
            for words in alert.every(name, info)[:1]:
                return words, name
    if stated_by_feed:
        return stated_by_feed, "the feed's title, the alert states none"
    return alert.one("msgType"), "msgType, the alert says no more"


def lines_of(alert: CapAlert) -> list[Line]:
    """Headline, description, instruction of each block in order, then the note; a lone headline is the title."""
    infos = list(alert.members("info"))
    spoken = [member for info in infos for name in WORDS[len(infos) == 1 :] for member in alert.members(name, info)]
    return [line for member in (*spoken, *alert.members("note")) for line in _lines(words_of(member), alert)]


def _lines(words: str, alert: CapAlert) -> list[Line]:
    return list(alert.page.fragment(words).lines()) if MARKUP.search(words) else typed_lines(words)


def region_of(alert: CapAlert) -> str | None:
    """The area, where all blocks together describe one single area."""
    described = {said for area in areas_of(alert) for said in alert.every("areaDesc", area)}
    return described.pop() if len(described) == 1 else None


def language_of(alert: CapAlert) -> str | None:
    """The language that the first block states; CAP's default, American English, is nobody's statement."""
    return next((said for info in alert.members("info") for said in alert.every("language", info)), None)


def expires_of(alert: CapAlert) -> Stated | None:
    """When the last of the blocks expires; None unless each of them says when."""
    infos = list(alert.members("info"))
    ends = [alert.instant(said, "expires") for info in infos for said in alert.every("expires", info)[:1]]
    return max(ends, key=lambda end: datetime.fromisoformat(end.iso)) if infos and len(ends) == len(infos) else None


def documents_of(alert: CapAlert, lines: list[Line]) -> tuple[Pairs, Pairs]:
    """Attachments and links: those in the words, the pages of `web`, and the resources that have an address."""
    found = attachments_and_links(lines, alert.page)
    attachments, links = dict(found[0]), dict(found[1])
    for info in alert.members("info"):
        for said in alert.every("web", info):
            links.setdefault(absolute(said, "") or "", "")
        for resource in alert.members("resource", info):
            address = absolute("".join(alert.every("uri", resource)[:1]), "") or ""
            kind = " ".join(alert.every("mimeType", resource))
            pairs = attachments if is_document(address) or DOCUMENTS.match(kind) else links
            pairs.setdefault(address, " ".join(alert.every("resourceDesc", resource)))
    return tuple(pair for pair in attachments.items() if pair[0]), tuple(pair for pair in links.items() if pair[0])
