"""A publisher of notes for tests: a JSON listing of some pages that points to JSON details."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from archive.records import Link, Notification
from parsers.compose import compose
from parsers.data import JsonPage
from parsers.dates import read_date
from parsers.page import PageChanged, PageGone
from parsers.source import Source
from replica.answers import Answer, Visit, digest

HOST = "notes.example.org"
LISTING = f"https://{HOST}/notes"


@dataclass(frozen=True)
class Note:
    """One note as its publisher writes it."""

    number: int
    title: str
    text: str = "Please be careful."
    updated: str = "2018-07-01"
    state: str = ""
    action: str = ""
    about: tuple[int, ...] = ()
    gone: bool = False
    heading: str = ""
    """What the detail is headed, where that is not the title that the listing states."""
    issued: str = "2018-07-01"
    id: int | None = None
    """The id that the publisher states, where that is not the number."""

    @property
    def path(self) -> str:
        return f"/notes/{self.number}"

    def document(self) -> dict[str, Any]:
        if self.gone:
            return {"gone": True}
        said = {"id": self.id or self.number, "title": self.heading or self.title, "text": self.text}
        said["issued"] = self.issued
        return {**said, "state": self.state, "action": self.action, "about": list(self.about)}


@dataclass(frozen=True)
class Candidate:
    """One note as its page states it."""

    page: JsonPage
    note: dict[str, Any]

    @property
    def raw(self) -> str:
        return json.dumps(self.note, sort_keys=True)


class Notes(Source):
    """Notes of nobody."""

    slug = "notes"
    publisher = "cssc"
    rights = "ours"
    basis = "invented"
    start = (LISTING,)
    every_minutes = 15
    listing = "window"
    expect = range(1, 20)
    acts = has_details = True

    def page(self, body: bytes, url: str, media_type: str | None = None) -> JsonPage:
        return JsonPage(body, url)

    def entries(self, page: Any) -> Iterator[Candidate]:
        if page.role == "detail":
            if page.json.get("gone"):
                raise PageGone(f"{page.url}: gone, expected a note")
            yield Candidate(page, page.json)

    def links(self, page: Any) -> Iterator[Link]:
        if page.role == "listing":
            for note in page.json["notes"]:
                facts = {"title": note["title"], "updated": note["updated"]}
                yield Link(f"https://{HOST}{note['path']}", "detail", str(note["id"]), facts)
            if page.json.get("older"):
                yield Link(f"https://{HOST}{page.json['older']}", "listing")

    def notification(self, entry: Candidate) -> Notification:
        note, page = entry.note, entry.page
        if note["title"] != page.facts["title"]:
            raise PageChanged(f"{page.url}: title {note['title']!r}, expected {page.facts['title']!r}")
        codes = [(scheme, note[scheme]) for scheme in ("state", "action") if note[scheme]]
        return compose(
            self,
            page.url,
            note["text"],
            ref=str(note["id"]),
            title=note["title"],
            issued=read_date(note["issued"], ("%Y-%m-%d",)),
            codes=codes,
            references=[str(number) for number in note["about"]],
        )


@dataclass
class NotesSite:
    """The publisher's site: `shown` on the first page, `behind` on older ones, `missing` answer 404.

    `paths` are other addresses that the listing gives, `alias` says whose they are; with `loops` the last page leads
    to itself.
    """

    shown: list[Note]
    behind: list[list[Note]] = field(default_factory=list)
    missing: set[int] = field(default_factory=set)
    known: dict[str, Note] = field(default_factory=dict)
    alias: dict[str, str] = field(default_factory=dict)
    paths: dict[int, str] = field(default_factory=dict)
    missing_paths: set[str] = field(default_factory=set)
    loops: bool = False
    host: str = HOST
    last_step: int = 0

    def answer(self, visit: Visit) -> Answer:
        pages = [self.shown, *self.behind]
        self.known.update({note.path: note for page in reversed(pages) for note in page})
        if visit.path.startswith("/notes/page"):
            return self._listing(int(visit.path.removeprefix("/notes/page")), pages)
        if visit.path == "/notes":
            return self._listing(0, pages)
        note = self.known.get(self.alias.get(visit.path, visit.path))
        if note is None or note.number in self.missing or visit.path in self.missing_paths:
            return Answer(404, "application/json", b"{}")
        return _as_json(note.document())

    def _path(self, note: Note) -> str:
        return self.paths.get(note.number, note.path)

    def _listing(self, number: int, pages: list[list[Note]]) -> Answer:
        notes = [
            {"id": note.id or note.number, "title": note.title, "updated": note.updated, "path": self._path(note)}
            for note in pages[number]
        ]
        older = f"/notes/page{number + 1}" if number + 1 < len(pages) else None
        if self.loops and number:
            older = f"/notes/page{number}"
        return _as_json({"notes": notes, "older": older})


def _as_json(value: Any) -> Answer:
    body = json.dumps(value).encode()
    return Answer(200, "application/json", body, f'"{digest(body)}"')
