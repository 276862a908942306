"""What stands inside an article's block and is not its text: shares, related stories, comments, lists of tags."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from parsers.attachments import is_document
from parsers.lines import fold

NAMES = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|social\w{0,9}|addthis|comments?|comment-?list|disqus|respond|reply|related\w{0,9}|"
    r"recommend\w{0,9}|recirc\w{0,9}|outbrain|taboola|promo|promos|promoted|sponsor\w{0,4}|advert\w{0,8}|ads?|ad-slot|"
    r"newsletter\w{0,9}|subscri\w{1,9}|sign-?up|cookies?|consent|gdpr|breadcrumbs?|pagination|pager|tags?|taglist|"
    r"tag-?cloud|byline|author-?bio|about-author|author-box|most-?(?:read|popular|viewed)|popular|trending|also-like|"
    r"more-?(?:news|stories|from|articles)|read-?(?:more|next)|see-?also|up-?next|latest-?\w{0,9}|teasers?|"
    r"print-?(?:button|link|page)|back-to\w{0,4}|skip\w{0,4}|feedback|was-this-helpful|rating|paywall|modal|popup|"
    r"toolbar|foot|bottom|colophon|copyright|disclaimer|sidebar|side-bar|rail|widget-area|masthead|menu|nav|navbar|footer|site-header)(?=$|[\s_-])",
    re.IGNORECASE,
)
PHRASES = re.compile(
    r"(?:you (?:may|might) (?:also )?(?:like|be interested in).{0,30}|(?:view |see )?(?:related|other|more|latest|"
    r"recent|similar|popular|top|trending|further)(?: \w{1,12}){0,2} "
    r"(?:articles?|news|stories|content|links|posts|topics|reading|items|pages|headlines)"
    r"(?: (?:from|on|in|about) .{1,60})?|related|more (?:from|like this|on this).{0,60}|read (?:more|next|also)"
    r"|most (?:read|popular|viewed|shared)|share(?: .{1,40})?|(?:\d{1,5} )?comments?(?: ?\(\d{1,5}\))?|(?:leave|post|"
    r"add) a (?:comment|reply)|recommended(?: for you)?|trending(?: now)?|tags?|topics|categories|follow us.{0,40}|"
    r"(?:sign up|subscribe)\b.{0,60}|(?:our )?newsletters?|about the author|advertisement|in this section|contents|"
    r"back to .{1,30}|(?:was this|is this) page (?:helpful|useful).{0,20}|skip to .{1,30}|print(?: .{1,30})?|email|"
    r"tweet|facebook|twitter|linkedin|whatsapp|x|copy link|like this|send|pin(?: it)?|loading.{0,10}|save|listen|"
    r"\d{1,3} min(?:ute)?s? read|reading time.{0,20}):?",
    re.IGNORECASE,
)
"""Whole lines that only lead elsewhere, or do something."""
LINK_SHARE = 0.6
MAX_NAME_CHARACTERS = 300
MAX_PIECES = 12


def is_beside(element: Any) -> bool:
    """Whether names or heading of a block say that it is not the article's text."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:MAX_NAME_CHARACTERS]
    return bool(names != " " and element.tag not in ("body", "html", "main", "article") and NAMES.search(names))


def is_phrase(element: Any) -> bool:
    """Whether the words of an element, a heading mostly, are such a line."""
    words = fold("".join(islice(element.itertext(), MAX_PIECES)))
    return bool(words and len(words) <= 90 and PHRASES.fullmatch(words.rstrip(" .:»›>")))


def is_links(element: Any) -> bool:
    """Whether most of the words of an element are linked, none of them to a document."""
    words = len(fold("".join(element.itertext())))
    anchors = [each for each in element.iter("a") if each.get("href")]
    linked = sum(len(fold("".join(each.itertext()))) for each in anchors)
    return bool(anchors) and linked >= LINK_SHARE * words and not any(is_document(a.get("href")) for a in anchors)
