"""What became of bulletins, as a page and as feeds, and any search as a feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from archive.changes import KINDS, Which, newest_changes, newest_in_full
from archive.finding import find_page
from archive.reading import times_of, worded_at
from archive.store import Archive
from web.answers import page
from web.catalogue import Catalogue
from web.citing import publisher, title
from web.feeds import Entry, Feed, Form, fed
from web.shown import issued
from web.wanted import BIGGEST, BadRequest, number_in, wanted

MOST = 50
INVENTED = " (invented: from the built-in replica)"


def search_feed(archive: Archive, catalogue: Catalogue, request: Request, form: Form) -> Response:
    """The newest bulletins of a search."""
    asked_for = wanted(request.query_params, catalogue.former, per_page=MOST)
    with archive.reading() as session:
        hits = find_page(session, asked_for.asked).hits
        worded = worded_at(session, [hit.row["id"] for hit in hits])
    name = f"bulletins: {asked_for.asked.query or 'all'}" if asked_for.is_narrowed else "bulletins"
    entries = [_of_bulletin(hit.row, worded[hit.row["id"]], catalogue) for hit in hits]
    name += INVENTED if catalogue.invented else ""
    return fed(Feed(name, asked_for.address("/search"), asked_for.address(f"/search.{form}"), entries), request, form)


def changes_page(archive: Archive, catalogue: Catalogue, request: Request) -> Response:
    """What became of bulletins, the newest first, of chosen kinds and sources."""
    chosen = Chosen.of(request.query_params, catalogue.former)
    before = number_in(request.query_params, "before", 1, BIGGEST - 1)
    with archive.reading() as session:
        rows = newest_changes(session, 0, MOST + 1, before, chosen.which)
    following = rows[MOST - 1]["cursor"] if len(rows) > MOST else None
    return page("changes.html", catalogue=catalogue, chosen=chosen, kinds=KINDS, rows=rows[:MOST], next=following)


def changes_feed(archive: Archive, catalogue: Catalogue, request: Request, form: Form) -> Response:
    """The newest changes: each is an entry of its own, so that a reader hears of an old bulletin's withdrawal too."""
    chosen = Chosen.of(request.query_params, catalogue.former)
    with archive.reading() as session:
        found = list(newest_in_full(session, 0, MOST, which=chosen.which))
        times = times_of(session, [row["notification"] for row, _ in found])
    entries = [_of_change(row, record, times[row["notification"]], catalogue) for row, record in found]
    name = f"bulletins: changes {urlencode(chosen.pairs)}".strip() + (INVENTED if catalogue.invented else "")
    return fed(Feed(name, chosen.address("/changes"), chosen.address(f"/changes.{form}"), entries), request, form)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The kinds and sources of changes that an address asks for."""

    which: Which

    @classmethod
    def of(cls, params: QueryParams, former: Mapping[str, str]) -> Chosen:
        """What the parameters `kind` and `source` choose, each given any number of times. Raises BadRequest.

        `former` gives the present slugs of sources by those that they had.
        """
        kinds, sources = (
            list(dict.fromkeys(value for each in params.getlist(name) if (value := each.strip().lower())))
            for name in ("kind", "source")
        )
        if any("\0" in each for each in sources):
            raise BadRequest("source: a name with NUL, expected that of a source")
        for kind in kinds:
            if kind not in KINDS:
                raise BadRequest(f"kind: {kind[:40]!r}, expected one of {', '.join(KINDS)}")
        return cls(Which(kinds, list(dict.fromkeys(former.get(each, each) for each in sources))))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [("kind", each) for each in self.which.kinds] + [("source", each) for each in self.which.sources]

    def address(self, path: str, **more: str) -> str:
        """An address that asks for the same."""
        pairs = self.pairs + list(more.items())
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def toggled(self, name: str, value: str) -> str:
        """The page with one kind or source more, or less where it is chosen."""
        pair = (name, value)
        pairs = [each for each in self.pairs if each != pair] + [pair] * (pair not in self.pairs)
        return f"/changes?{urlencode(pairs)}" if pairs else "/changes"


def _of_bulletin(row: Mapping[str, Any], worded: datetime, catalogue: Catalogue) -> Entry:
    return Entry(
        id=row["id"],
        path=f"/bulletins/{row['id']}",
        published_at=row["url"],
        title=_headline(row) + ("" if row["state"] == "current" else f" ({row['state']})"),
        appeared=row["first_seen"],
        updated=max(row["first_seen"] or worded, worded),
        author=publisher(row, catalogue),
        tags=_tags(row, catalogue),
        text=row["text"],
        summary=_summary(row),
    )


def _of_change(
    row: Mapping[str, Any], record: Mapping[str, Any], times: Sequence[tuple[datetime, int]], catalogue: Catalogue
) -> Entry:
    kind, path = row["kind"], f"/bulletins/{row['notification']}"
    if kind == "revised":
        before, is_late = _place(times, row["revision"])
        kind = "an earlier wording" if is_late else kind
        path += "" if before is None else f"/compare/{before}/{row['revision']}"
    elif kind == "state":
        kind = row["state"] or "new state"
    return Entry(
        id=f"{row['notification']}:{row['cursor']}",
        path=path,
        published_at=record["url"],
        title=f"{kind}: {_headline(record)}",
        appeared=row["at"],
        updated=row["at"],
        author=publisher(record, catalogue),
        tags=[row["kind"], *_tags(record, catalogue)],
        text=record["text"],
        summary=_summary(record),
    )


def _place(times: Sequence[tuple[datetime, int]], number: int) -> tuple[int | None, bool]:
    """The wording before that one in time, and whether a later one was known before it was."""
    numbers = [each for _, each in times]
    place = numbers.index(number)
    return (numbers[place - 1] if place else None), any(each < number for each in numbers[place + 1 :])


def _summary(row: Mapping[str, Any]) -> str:
    """The publisher's date, which is not that of the entry, and where it was read."""
    return f"{f'Issued {issued(row)}' if row['issued'] else 'No date stated'}, read from {row['source']}."


def _headline(row: Mapping[str, Any]) -> str:
    level = f"{str(row['level']).upper()}: " if row["level"] else ""
    return f"{level}{title(row)}"


def _tags(row: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
    return [*(["invented"] if catalogue.invented else []), *row["topics"], *([row["level"]] if row["level"] else [])]
