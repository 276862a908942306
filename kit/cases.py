"""A page saved as a fixture: one folder with the document and what is to be known of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.parsing import is_document
from kit.filler import MOST_KEPT, Filler
from kit.redaction import redacted
from kit.secrets_removed import kept_headers, without_secrets
from kit.seen import Seen
from kit.shape import differences, shape_of
from kit.vocabulary import vocabulary
from parsers.mail import is_message
from parsers.source import Source

MAX_PAGE_BYTES = 200_000
MOST_DIFFERENCES = 5


class CannotSave(Exception):
    """A page that cannot become a fixture; a whole sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Case:
    """A document that is fit to be kept, and its `meta.json`."""

    file: str
    body: bytes
    meta: Mapping[str, Any]
    shape: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """What its folder is called by default: by its role, or `refused` where the source cannot read it."""
        return "refused" if self.shape["refused as a whole"] else str(self.meta.get("role", "listing"))


def made_case(source: Source, seen: Seen, *, verbatim: bool) -> Case:
    """The fixture of a page. Raises CannotSave where it is too large, or where other words make another shape."""
    if is_document(seen.role, seen.body):
        raise CannotSave(
            f"{seen.url}: a document, which no parser of a source reads, expected a page that cites it: "
            "`text FILE` prints what is read of it, and `tests/pdfs.py` makes such documents for tests"
        )
    if len(seen.body) > MAX_PAGE_BYTES:
        raise CannotSave(
            f"{seen.url}: {len(seen.body):,} bytes, expected at most {MAX_PAGE_BYTES:,}: "
            "save the page to a file, cut entries out of its middle, and put it into a case folder by hand"
        )
    if is_message(seen.body):
        raise CannotSave(
            f"{seen.url}: a message, which names people in its headers and in its words, expected a page: "
            "write one in its shape by hand, as `tests/fixtures/cssc/mail-*` do"
        )
    role, url = seen.role or source.role_of(seen.url), without_secrets(seen.url)
    before = shape_of(source, seen.body, url, seen.media_type, role, seen.facts)
    problems: list[str] = []
    for filler in _fillers(source, verbatim=verbatim):
        body, facts = redacted(seen.body, seen.media_type, filler), _facts(seen.facts, filler)
        after = shape_of(source, body, url, seen.media_type, role, facts)
        problems = list(differences(before, after))
        if not problems:
            return Case(f"page.{seen.kind}", body, _meta(seen, url, role, facts, verbatim=verbatim), after)
    told = "; ".join(problems[:MOST_DIFFERENCES])
    instead = "what was taken out is part of what it reads" if verbatim else "--verbatim keeps its words"
    raise CannotSave(f"{seen.url}: with other words the parser finds other things ({told:.600}): {instead}")


def _fillers(source: Source, *, verbatim: bool) -> Iterator[Filler | None]:
    if verbatim:
        yield None
    else:
        kept = vocabulary(source)
        yield from (Filler(kept, most) for most in MOST_KEPT)


def _facts(facts: Mapping[str, str], filler: Filler | None) -> dict[str, str]:
    """What a listing stated of a detail, a title's words replaced as they are in the page."""
    return {
        name: without_secrets(filler.fill([value])[0] if filler and name == "title" else value)
        for name, value in facts.items()
    }


def _meta(seen: Seen, url: str, role: str, facts: Mapping[str, str], *, verbatim: bool) -> dict[str, Any]:
    meta: dict[str, Any] = {"url": url}
    if seen.media_type:
        meta["media_type"] = seen.media_type
    if role != "listing":
        meta["role"] = role
    if facts:
        meta["facts"] = facts
    meta["words"] = "the publisher's" if verbatim else "replaced"
    if seen.fetched_at is not None:
        meta["fetched_at"] = seen.fetched_at.isoformat()
    meta["headers"] = kept_headers(seen.headers)
    return meta


def write_case(folder: Path, case: Case) -> None:
    """Write a case into a folder that is not there yet."""
    folder.mkdir(parents=True)
    (folder / case.file).write_bytes(case.body)
    (folder / "meta.json").write_text(json.dumps(case.meta, indent=1, ensure_ascii=False) + "\n", "utf-8")


def free_folder(cases: Path, kind: str) -> Path:
    """The folder of that name, or the next one with a number."""
    names = (kind, *(f"{kind}-{number}" for number in range(2, 1000)))
    return next(cases / name for name in names if not (cases / name).exists())


def meta_beside(file: Path) -> dict[str, Any]:
    """What the `meta.json` beside a fixture's document says of it, nothing where there is none."""
    meta = file.parent / "meta.json"
    if file.stem != "page" or not meta.is_file():
        return {}
    found: dict[str, Any] = json.loads(meta.read_text("utf-8"))
    return found
