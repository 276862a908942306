"""What one wording of a bulletin has that another had not, word by word, for people to read."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from web import shown
from web.alignment import Effort, aligned, shared_beginning

PIECES = re.compile(r"\s+|[^\W_]+|[\W_]", re.UNICODE)
MOST_COMPARISONS = 3_000_000
"""What a page may take to compare wordings; what it does not come to is shown whole, as gone and as new."""
MOST_SHOWN = 20
MOST_SAME = 600
"""Of a longer run that is in both wordings only its ends are shown where there are several differences on a page."""
AROUND = 200
MOST_CRUMB = 8
"""So many characters that two changes have between them may be shown as a part of one."""
LEFT_OUT = ("text", "evidence", "issued_precision")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a text; `kind` is `same`, `gone` or `new`, or `cut` for what stands between the ends of a long one."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after: of a list only what it has not in common."""

    name: str
    gone: Sequence[str]
    new: Sequence[str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a revision changed: fields, documents as (address, before, after), and the text where it is another."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    fields: Sequence[Change]
    text: Sequence[Piece]
    documents: Sequence[tuple[str, str | None, str | None]]


def differences(revisions: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """What each of the last revisions changed of the one before, the newest first; long runs of what stayed are cut."""
    effort, latest = Effort(MOST_COMPARISONS), revisions[: -MOST_SHOWN - 2 : -1]
    found = [difference(before, after, effort) for after, before in itertools.pairwise(latest)]
    return [replace(each, text=list(shortened(each.text))) for each in found]


def difference(before: Mapping[str, Any], after: Mapping[str, Any], effort: Effort | None = None) -> Difference:
    """What `after` changed of `before`, two revisions as `archive.reading.history` gives them."""
    old, new = before["record"], after["record"]
    documents = [
        (url, before["documents"].get(url), after["documents"].get(url))
        for url in sorted({*before["documents"], *after["documents"]})
        if before["documents"].get(url) != after["documents"].get(url)
    ]
    text = list(compared(old["text"], new["text"], effort)) if old["text"] != new["text"] else []
    return Difference(before, after, list(_changes(old, new)), text, documents)


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in new:
        if name in LEFT_OUT or (name != "issued" and old.get(name) == new[name]):
            continue
        before, after = shown.field(name, old), shown.field(name, new)
        gone, fresh = [each for each in before if each not in after], [each for each in after if each not in before]
        if gone or fresh:
            yield Change(name, gone, fresh)
        elif old.get(name) != new[name]:  # in another order, or the same in words only
            yield Change(name, *((before, after) if before != after else ([str(old.get(name))], [str(new[name])])))


def compared(old: str, new: str, effort: Effort | None = None) -> Iterator[Piece]:
    """Both texts as one, in pieces: what is in both, what is gone, what is new."""
    allowed = effort or Effort(MOST_COMPARISONS)
    for split in (PIECES.findall, lambda text: text.splitlines(keepends=True)):
        ours, theirs = split(old), split(new)
        pairs = aligned(ours, theirs, allowed)
        if pairs is not None:
            return _pieces(_by_lines(list(_readable(_blocks(ours, theirs, pairs)))))
    return _pieces([Block("", old, new)])


@dataclass(frozen=True, slots=True)
class Block:
    """What both have, and what then is gone and what is new."""

    same: str
    gone: str
    new: str

    @property
    def length(self) -> int:
        """How long its change is."""
        return max(len(self.gone), len(self.new))


def _blocks(ours: Sequence[str], theirs: Sequence[str], pairs: Sequence[tuple[int, int]]) -> Iterator[Block]:
    begun = old = new = 0
    for place, other in (*pairs, (len(ours), len(theirs))):
        if (place, other) != (old, new) or place == len(ours):
            yield Block("".join(ours[begun:old]), "".join(ours[old:place]), "".join(theirs[new:other]))
            begun = place
        old, new = place + 1, other + 1


def _readable(blocks: Iterator[Block]) -> Iterator[Block]:
    """Changes with less in common between them than either is long are one: words are changed, not crumbs of them."""
    held = next(blocks)
    for each in blocks:
        if "\n" not in each.same and len(each.same) <= min(held.length, each.length, MOST_CRUMB):
            held = Block(held.same, held.gone + each.same + each.gone, held.new + each.same + each.new)
        else:
            yield held
            held = each
    yield held


def _by_lines(blocks: list[Block]) -> list[Block]:
    """What only came or only went begins with a line where it may as well: `a.[\\nb].` is `a.\\n[b.]`."""
    for place in range(len(blocks) - 1):
        each, after = blocks[place], blocks[place + 1]
        change = each.gone or each.new
        if (each.gone and each.new) or not each.same or each.same.endswith("\n"):
            continue
        alike = shared_beginning(change, after.same)
        moved = change.rfind("\n", 0, alike) + 1
        other = change[moved:] + after.same[:moved]
        same = each.same + change[:moved]
        blocks[place] = Block(same, other, "") if each.gone else Block(same, "", other)
        blocks[place + 1] = replace(after, same=after.same[moved:])
    return blocks


def _pieces(blocks: Iterable[Block]) -> Iterator[Piece]:
    for each in blocks:
        for kind, text in (("same", each.same), ("gone", each.gone), ("new", each.new)):
            if text:
                yield Piece(kind, text)


def shortened(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The same with only the ends of long runs that stayed, next to what changed."""
    for place, piece in enumerate(pieces):
        if piece.kind != "same" or len(piece.text) <= MOST_SAME:
            yield piece
            continue
        if place > 0:
            yield Piece("same", piece.text[:AROUND])
        yield Piece("cut", "")
        if place < len(pieces) - 1:
            yield Piece("same", piece.text[-AROUND:])
