"""One bulletin: what it says, how we know, what became of it, and how to cite it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from archive import showing
from archive.changes import changes_of
from archive.indexing import all_pages_of
from archive.kept import captures
from archive.provenance import in_force
from archive.reading import NotFound, number_of
from archive.store import Archive
from web import shown
from web.answers import HEADERS, page, written
from web.catalogue import Catalogue
from web.citing import bibtex, plain_citation
from web.diffs import difference, differences
from web.wanted import BIGGEST, BadRequest, number_in

MOST_PAGE_CHARACTERS = 200_000
"""How much text of one attachment stands in the page; the rest is in the file."""


FACTS = {
    "threat_levels": "Threat levels",
    "expires": "In force until",
    "codes": "The publisher’s codes",
    "references": "References",
    "handling": "Handling",
    "language": "Language",
    "ref": "The publisher’s id",
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of an attachment; `is_cut` where its text did not fit."""

    number: int
    text: str
    is_cut: bool


def bulletin_page(
    archive: Archive, catalogue: Catalogue, request: Request, public_id: str, has_pictures: bool
) -> Response:
    """The page of a bulletin; the beginning of an id, and a publisher's own one, lead to it."""
    with archive.reading() as session:
        found, number = showing.shown(session, public_id), number_of(session, public_id)
        pages = all_pages_of(session, [number])
        became = changes_of(session, number)
        kept = captures(session, [each["capture"] for each in found["revisions"]])
    if found["id"] != public_id:
        return RedirectResponse(f"/bulletins/{found['id']}", 302, headers=HEADERS)
    return page(
        "bulletin.html",
        catalogue=catalogue,
        row=found,
        evidence=in_force(found)["record"].get("evidence", {}),
        newest=in_force(found),
        leaves=_leaves(next(iter(pages.values()), [])),
        has_pictures=has_pictures,
        captures=kept,
        differences=differences(found["revisions"]),
        became=became,
        since=next((each["at"] for each in reversed(became) if each["state"] == found["state"]), None),
        facts=_facts({**found, "ref": in_force(found)["record"].get("ref")}),
        citation=plain_citation(found, catalogue, address_of(request, found)),
        bibtex=bibtex(found, catalogue, address_of(request, found)),
    )


def _facts(found: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[str]]]:
    """What it states besides its words, named for people; an id that we derived is not its publisher's."""
    for name, label in FACTS.items():
        if said := shown.field(name, found):
            yield label, said


def _leaves(pages: Iterable[tuple[str, int, str]]) -> dict[str, list[Leaf]]:
    """The pages of each attachment by its address, with as much text of all of them as there is room for."""
    leaves: dict[str, list[Leaf]] = {}
    for address, number, text in pages:
        those = leaves.setdefault(address, [])
        room = MOST_PAGE_CHARACTERS - sum(len(each.text) for each in those)
        those.append(Leaf(number, text[:room], len(text) > room))
    return leaves


def compare_page(
    archive: Archive, catalogue: Catalogue, request: Request, public_id: str, before: int, after: int
) -> Response:
    """Any two revisions beside each other, and the later as it was, to be cited as it was."""
    with archive.reading() as session:
        found = showing.shown(session, public_id)
    revisions = {each["revision"]: each for each in found["revisions"]}
    for number in (before, after):
        if number not in revisions:
            raise NotFound(f"revision {number} of {public_id}: there is none, expected one of {sorted(revisions)}")
    between = difference(revisions[before], revisions[after])
    until_then = [each for number, each in revisions.items() if number <= after]
    then = {**found, **revisions[after]["record"], "source": found["source"]}
    then |= {"revision": after, "revisions": until_then}
    cited = plain_citation(then, catalogue, address_of(request, found))
    return page("compare.html", catalogue=catalogue, row=found, between=between, citation=cited)


def comparison(request: Request, public_id: str) -> Response:
    """To the page that compares the two revisions which a form names."""
    numbers = [number_in(request.query_params, name, 1, BIGGEST - 1) for name in ("old", "new")]
    if None in numbers:
        raise BadRequest("old, new: not given, expected the numbers of two revisions")
    return RedirectResponse(f"/bulletins/{quote(public_id)}/compare/{numbers[0]}/{numbers[1]}", 302, headers=HEADERS)


def citation(archive: Archive, catalogue: Catalogue, request: Request, public_id: str, form: str) -> Response:
    """The citation as plain text or as BibTeX."""
    with archive.reading() as session:
        found = showing.shown(session, public_id)
    write = bibtex if form == "bib" else plain_citation
    text = write(found, catalogue, address_of(request, found))
    media_type = "application/x-bibtex" if form == "bib" else "text/plain"
    return PlainTextResponse(written(text), headers=HEADERS, media_type=media_type)


def address_of(request: Request, found: Mapping[str, Any]) -> str:
    """The stable address of a bulletin on this server."""
    return f"{request.url.scheme}://{request.url.netloc}/bulletins/{found['id']}"
