"""The forms in which GOV.UK answers machines: JSON and Atom, told apart by how they begin."""

from __future__ import annotations

from parsers.data import JsonPage, XmlPage

VOLATILE = frozenset(
    "updated_at publishing_request_id govuk_request_id payload_version max_cache_time analytics_identifier es_score "
    "_id popularity related ordered_related_items suggested_ordered_related_items available_translations taxons".split()
)
"""What the platform counts, caches and suggests: it changes while the item says the same."""


def document_of(body: bytes, url: str) -> JsonPage | XmlPage | None:
    """The answer as JSON or XML; None where it begins like neither."""
    opening = body[:2000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if opening[:1] in (b"{", b"["):
        return JsonPage(body, url, volatile=VOLATILE)
    if opening.startswith(b"<feed") or (opening.startswith(b"<?xml") and b"<feed" in opening):
        return XmlPage(body, url)
    return None
