"""What a fixture never holds: cookies, keys, tokens, the ids of sessions."""

from __future__ import annotations

import re
from collections.abc import Iterable

REMOVED = "removed"
KEPT_HEADERS = frozenset(
    (
        *("content-type", "content-language", "last-modified", "date", "link", "generator", "x-generator"),
        *("x-powered-by", "server", "x-wp-total", "x-wp-totalpages", "x-drupal-cache"),
    )
)
"""The headers that say something of a page; any other may name a visitor."""
_NAMES = (
    r"(?:[\w.-]*(?:csrf|xsrf|nonce|token|session|secret|password|passwd|api-?_?key|app-?_?key|subscription-key|"
    r"signature|credential|viewstate|eventvalidation|authorization|authenticity)[\w.-]*|"
    r"sid|sig|auth|key|phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken|x-amz-[\w-]+|x-goog-[\w-]+)"
)
SECRET_NAME = re.compile(rf"_*{_NAMES}", re.IGNORECASE)
"""Names whose values are secrets, wherever they stand: parameters, form fields, attributes, members of JSON."""
_PARAMETER = re.compile(rf"((?:[?&;]|&amp;|\\u0026)_*{_NAMES}=)(?!{REMOVED}\b)[^&#;\s\"'<>\\]+", re.IGNORECASE)
_PATH_PARAMETER = re.compile(r"(;jsessionid=)[^?#\s\"'<>&]+|(/\(S\()[a-z0-9]{20,}(?=\)\)/)", re.IGNORECASE)
_JSON_WEB_TOKEN = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?")
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{12,}")


def without_secrets(text: str) -> str:
    """Text of any kind without the secrets in its addresses, and without JSON Web Tokens."""
    text = _PARAMETER.sub(rf"\1{REMOVED}", text)
    text = _PATH_PARAMETER.sub(lambda found: f"{found[1] or found[2]}{REMOVED}", text)
    text = _BEARER.sub(rf"\1 {REMOVED}", text)
    return _JSON_WEB_TOKEN.sub(REMOVED, text)


def kept_headers(headers: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The headers that a fixture keeps, in their order."""
    return [[name, without_secrets(value)] for name, value in headers if name.lower() in KEPT_HEADERS]
