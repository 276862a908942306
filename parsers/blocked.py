"""Pages that stand in for the real one: challenges, consent shells, captive portals, maintenance."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from parsers.document_names import FILES, extension_of

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


PAGE = (b"<!doctype html", b"<html")
BEFORE_PAGE = {b"<!--": b"-->", b"<?xml": b"?>"}
"""What may stand before a page's first tag, and how it ends."""


def no_document(url: str, body: bytes, cited: str = "", held: bytes | None = None) -> str | None:
    """Why what came is not the document that was asked for: nothing, or a page in its place; None if nothing says so.

    It was `cited` by an address that may have led to this one; `held` is the start of what is held of it. Neither is a
    page where its name ends like a file's, nor where what is held is none. At any other, one counts that is a
    challenge, that a redirect led to and that stands in for another, or the front page that a site leads to for what
    it has not.
    """
    if not body.strip():
        return "an empty body, expected a document"
    if not is_page(body):
        return None
    if extension_of(url) in FILES or extension_of(cited) in FILES:
        return "a page of HTML, expected a document"
    path = urlsplit(url).path
    if cited and path in ("", "/") and urlsplit(cited).path != path:
        return "the front page of a site, expected a document"
    found = blocked(body[: 4 * MAX_CHARACTERS].decode("utf-8", errors="replace"))
    if found and (found.startswith("challenge page") or (cited and _place(url) != _place(cited))):
        return f"{found}, expected a document"
    return "a page of HTML, expected a document as the one that is held" if held and not is_page(held) else None


def _place(url: str) -> tuple[str | None, str, str]:
    """What tells one address from another, however it is escaped."""
    parts = urlsplit(url)
    return parts.hostname, unquote(parts.path) or "/", unquote(parts.query)


def is_page(body: bytes) -> bool:
    """Whether a body begins as a page of HTML does."""
    start = body[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    while opening := next((each for each in BEFORE_PAGE if start.startswith(each)), None):
        _, ended, rest = start.partition(BEFORE_PAGE[opening])
        start = rest.lstrip() if ended else b""
    return start.startswith(PAGE)
