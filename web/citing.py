"""How a bulletin is cited: where it stands, what it was when it was retrieved, and the hash that proves it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from web import shown
from web.catalogue import Catalogue

SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    **{mark: f"\\{mark}" for mark in "&%$#_"},
}
"""What BibTeX and TeX take for their own signs; BibTeX counts a brace also behind a backslash."""


def plain_citation(
    row: Mapping[str, Any], revision: Mapping[str, Any], catalogue: Catalogue, address: str | None
) -> str:
    """One paragraph of plain text; without an address where the archive is not known to be served."""
    parts = [
        f"{publisher(row, catalogue)}.",
        f"{title(row)}.",
        f"Issued {shown.issued(dict(row))}." if row["issued"] else "No date stated.",
        f"Revision {revision['revision']}, retrieved {shown.moment(revision['at'])} from {revision['url']}",
        f"(SHA-256 of what was retrieved: {revision['sha256']}).",
        f"Archived as {address}" if address else "Archived",
        f"(id {row['id']}, SHA-256 of what it states: {revision['content_hash']}).",
    ]
    return " ".join(" ".join(parts).split()) + "\n"


def bibtex(row: Mapping[str, Any], revision: Mapping[str, Any], catalogue: Catalogue, address: str) -> str:
    """One entry of type `misc`."""
    fields = {
        "author": "{" + _tex(publisher(row, catalogue)) + "}",
        "title": "{" + _tex(title(row)) + "}",
        "year": str(row["issued"])[:4] if row["issued"] else None,
        "date": str(row["issued"])[:10] if row["issued"] else None,
        "url": _address(str(revision["url"])),
        "urldate": f"{revision['at'].astimezone(UTC):%Y-%m-%d}",
        "note": _tex(
            f"Archived as {address}, revision {revision['revision']}, retrieved {shown.moment(revision['at'])},"
            f" SHA-256 {revision['sha256']}, content {revision['content_hash']}"
        ),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{row['source']}-{row['id']},\n{lines}\n}}\n"


def publisher(row: Mapping[str, Any], catalogue: Catalogue) -> str:
    """Who issued it: the organisations that it names as its own, else who publishes the source."""
    names = [catalogue.organisations.get(slug, slug) for slug in row["issuers"]]
    facts = catalogue.sources.get(row["source"])
    said = facts.publisher if facts else ""
    return "; ".join(names) or catalogue.organisations.get(said, said) or row["source"]


def title(row: Mapping[str, Any]) -> str:
    """The title, or that there is none: a title is never made up."""
    return str(row["title"] or "[no title]")


def _tex(text: str) -> str:
    return "".join(SPECIAL.get(mark, mark) for mark in " ".join(text.split()))


def _address(url: str) -> str:
    return re.sub(r"[{}\\\s]", lambda mark: f"%{ord(mark[0]):02X}", url)
