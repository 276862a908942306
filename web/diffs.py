"""What one wording of a bulletin has that another had not, word by word, for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

PIECES = re.compile(r"\s+|[^\W_]+|[\W_]", re.UNICODE)
MOST_PIECES = 4_000
"""Texts of more pieces are compared line by line: the time that a comparison takes grows with their square."""
LEFT_OUT = ("text", "evidence")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a text; `kind` is `same`, `gone` or `new`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What a revision changed: fields as (name, before, after), and the text in pieces where it is another."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    fields: Sequence[tuple[str, Any, Any]]
    text: Sequence[Piece]
    documents: Sequence[tuple[str, str | None, str | None]]


def differences(revisions: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """What each revision changed of the one before it."""
    return [difference(before, after) for before, after in pairwise(revisions)]


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """What `after` changed of `before`, two revisions as `archive.reading.history` gives them."""
    old, new = before["record"], after["record"]
    names = [name for name in new if name not in LEFT_OUT and old.get(name) != new[name]]
    documents = [
        (url, before["documents"].get(url), after["documents"].get(url))
        for url in sorted({*before["documents"], *after["documents"]})
        if before["documents"].get(url) != after["documents"].get(url)
    ]
    fields = [(name, old.get(name), new[name]) for name in names]
    text = list(compared(old["text"], new["text"])) if old["text"] != new["text"] else []
    return Difference(before, after, fields, text, documents)


def compared(old: str, new: str) -> Iterator[Piece]:
    """Both texts as one, in pieces: what is in both, what is gone, what is new."""
    ours, theirs = _pieces(old), _pieces(new)
    if len(ours) + len(theirs) > MOST_PIECES:
        ours, theirs = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if len(ours) + len(theirs) > MOST_PIECES:
        yield from (Piece("gone", old), Piece("new", new))
        return
    for kind, start, end, since, until in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(ours[start:end]))
            continue
        if start < end:
            yield Piece("gone", "".join(ours[start:end]))
        if since < until:
            yield Piece("new", "".join(theirs[since:until]))


def _pieces(text: str) -> list[str]:
    return PIECES.findall(text)
