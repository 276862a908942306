"""Pages that stand in for the real one: challenges, consent shells, captive portals, maintenance."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

MAX_CHARACTERS = 300_000

SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        (
            "challenge page of Cloudflare",
            r"/cdn-cgi/challenge-platform|cf-browser-verification|cf[-_]chl[-_]|<title>just a moment\.{3}|"
            r"attention required! \| cloudflare|cf-error-details",
        ),
        ("challenge page of Incapsula", r"_incapsula_resource|incapsula incident id|request unsuccessful\. incapsula"),
        (
            "challenge page of Radware",
            r"validate\.perfdrive\.com|radware (?:bot|captcha|page)|perfdrive|rdwr-challenge",
        ),
        (
            "challenge page of Akamai",
            r"errors\.edgesuite\.net|_abck|ak_bmsc|akam/1[0-9]/|"
            r"<title>access denied</title>(?s:.){0,600}reference\s?(?:#|&#35;)",
        ),
        ("challenge page of DataDome", r"captcha-delivery\.com|geo\.datadome"),
        ("challenge page of PerimeterX", r"px-captcha|perimeterx"),
        ("challenge page of AWS WAF", r"awswaf\.com|aws-waf-token"),
        ("challenge page", r"g-recaptcha|h-captcha|verify (?:that )?you are (?:a )?human|are you a robot"),
        (
            "captive portal",
            r"captive[\s_-]?portal|<wispaccessgatewayparam|"
            r"(?:connect|log ?in|sign in) to (?:the |our |this )?(?:free |guest )?wi-?fi",
        ),
        (
            "maintenance page",
            r"(?:down|closed|unavailable|undergoing|offline) (?:for )?"
            r"(?:scheduled |planned |essential |routine )?maintenance|"
            r"<title>[^<]{0,80}(?:maintenance|temporarily unavailable)|"
            r"be back (?:soon|shortly)|site is (?:currently|temporarily) unavailable",
        ),
        (
            "consent page",
            r"<title>[^<]{0,80}(?:consent|before you continue)|consent\.(?:google|youtube|yahoo)\.com|"
            r"(?:accept|agree to) (?:all |our |the )?cookies (?:to|before you) (?:continue|proceed|view)|"
            r"__tcfapi|onetrust-consent-sdk|cookiebot",
        ),
        (
            "page without content that asks for scripts",
            r"(?:enable|turn on|requires?) javascript|javascript (?:is|to be|must be) (?:disabled|enabled|required)",
        ),
        ("access refused", r"<title>[^<]{0,40}(?:access denied|forbidden|403|blocked)|you have been blocked"),
        ("log-in page", r"""<input[^>]{0,200}type\s?=\s?["']?password"""),
        ("error page", r"<title>[^<]{0,60}(?:server error|service unavailable|bad gateway|not found|runtime error)"),
    )
)
"""Searched for in small letters: a search that need not ignore case is four times faster."""


def blocked(characters: str) -> str | None:
    """What kind of page stands in for the real one, or None. Only to be asked where no entry was found."""
    start = characters[:MAX_CHARACTERS].lower()
    for name, sign in SIGNS:
        if sign.search(start):
            return name
    return None


DOCUMENT = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|zip|png|jpe?g|gif|csv|kml|gpx|mp[34])$", re.IGNORECASE)
PAGE = (b"<!doctype html", b"<html")
BEFORE_PAGE = {b"<!--": b"-->", b"<?xml": b"?>"}
"""What may stand before a page's first tag, and how it ends."""


def no_document(url: str, body: bytes, cited: str = "") -> str | None:
    """Why what came is not the document that was asked for: nothing, or a page in its place; None if nothing says so.

    It was `cited` by an address that may have led to this one. Neither is a page where its name ends like a document's;
    at any other, one counts that is a challenge, or the front page that a site leads to for what it has not.
    """
    if not body.strip():
        return "an empty body, expected a document"
    if not _is_page(body):
        return None
    path = urlsplit(url).path
    if DOCUMENT.search(path) or DOCUMENT.search(urlsplit(cited).path):
        return "a page of HTML, expected a document"
    if cited and path in ("", "/") and urlsplit(cited).path != path:
        return "the front page of a site, expected a document"
    found = blocked(body[: 4 * MAX_CHARACTERS].decode("utf-8", errors="replace"))
    return f"{found}, expected a document" if found and found.startswith("challenge page") else None


def _is_page(body: bytes) -> bool:
    start = body[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    while opening := next((each for each in BEFORE_PAGE if start.startswith(each)), None):
        _, ended, rest = start.partition(BEFORE_PAGE[opening])
        start = rest.lstrip() if ended else b""
    return start.startswith(PAGE)
