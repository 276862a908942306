"""How a bulletin is cited: where it stands, what it was when it was retrieved, and the hash that proves it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from archive.provenance import in_force, retrieval
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


NOT_IN_FORCE = ("withdrawn", "ended", "cancelled", "superseded")
INVENTED = "Invented, by the built-in replica."


def plain_citation(row: Mapping[str, Any], catalogue: Catalogue, address: str | None) -> str:
    """One paragraph of plain text on the revision in force; without an address where no desk is known to serve it."""
    revision, page = in_force(row), retrieval(row)
    parts = [
        f"{publisher(row, catalogue)}.",
        f"{title(row)}.",
        f"Issued {shown.issued(dict(row))}." if row["issued"] else "No date stated.",
        f"Revision {revision['revision']}, retrieved {shown.moment(page.at)} from {page.url}",
        f"(SHA-256 of what was retrieved: {page.sha256}).",
        *(f"With {url} (SHA-256 {sha256})." for url, sha256 in sorted(revision["documents"].items())),
        f"Archived as {address}" if address else "Archived",
        f"(id {row['id']}, SHA-256 of what it states: {revision['content_hash']}).",
        *_gone(row),
        *([INVENTED] if catalogue.invented else []),
    ]
    return " ".join(" ".join(parts).split()) + "\n"


def bibtex(row: Mapping[str, Any], catalogue: Catalogue, address: str | None) -> str:
    """The same as one entry of type `misc`."""
    revision, page = in_force(row), retrieval(row)
    documents = [f"with {url}, SHA-256 {sha256}" for url, sha256 in sorted(revision["documents"].items())]
    said = [*_gone(row), *([INVENTED] if catalogue.invented else [])]
    archived = f"Archived as {address}, revision" if address else "Archived, revision"
    fields = {
        "author": "{" + _tex(publisher(row, catalogue)) + "}",
        "title": "{" + _tex(title(row)) + "}",
        "year": str(row["issued"])[:4] if row["issued"] else None,
        "date": str(row["issued"])[:10] if row["issued"] else None,
        "url": _address(page.url),
        "urldate": f"{page.at.astimezone(UTC):%Y-%m-%d}",
        "note": _tex(
            f"{archived} {revision['revision']}, retrieved {shown.moment(page.at)},"
            f" SHA-256 {page.sha256}, content {revision['content_hash']}"
            + "".join(f", {each}" for each in documents)
            + (f". {' '.join(said)}" if said else "")
        ),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{row['source']}-{row['id']},\n{lines}\n}}\n"


def _gone(row: Mapping[str, Any]) -> list[str]:
    """That a bulletin is not in force any more; what its page has outgrown still is."""
    return [f"{row['state'].capitalize()} when cited."] if row["state"] in NOT_IN_FORCE else []


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
