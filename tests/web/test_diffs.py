"""What became of a wording, for people: no letter of either text is lost, and none takes a page for ever to compare."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from web.alignment import Effort, aligned
from web.diffs import MOST_SAME, MOST_SHOWN, Change, Piece, compared, difference, differences, shortened


def both(pieces: list[Piece]) -> tuple[str, str]:
    """The two texts that the pieces are made of."""
    old = "".join(each.text for each in pieces if each.kind != "new")
    return old, "".join(each.text for each in pieces if each.kind != "gone")


def test_no_letter_of_either_text_is_lost() -> None:
    chance = random.Random(7)
    for _ in range(3_000):
        old, new = ("".join(chance.choices("ab .\n", k=chance.randrange(14))) for _ in range(2))
        assert both(list(compared(old, new))) == (old, new)


def test_an_alignment_is_a_shortest_one() -> None:
    """As many equal elements as the longest common subsequence has, which is found here by the book."""
    chance = random.Random(11)
    for _ in range(500):
        old, new = (chance.choices("abc", k=chance.randrange(9)) for _ in range(2))
        lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
        for i, one in enumerate(old):
            for j, other in enumerate(new):
                lengths[i + 1][j + 1] = lengths[i][j] + 1 if one == other else max(lengths[i][j + 1], lengths[i + 1][j])
        pairs = aligned(old, new, Effort(10_000)) or []
        assert len(pairs) == lengths[-1][-1]
        assert all(old[i] == new[j] for i, j in pairs)
        assert pairs == sorted(pairs) and len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)


def test_words_are_changed_and_not_crumbs_of_them() -> None:
    assert list(compared("A passport is enough.\nSafe", "New: a form has to be filled in (‘Entry’).\nSafe")) == [
        Piece("gone", "A passport is enough"),
        Piece("new", "New: a form has to be filled in (‘Entry’)"),
        Piece("same", ".\nSafe"),
    ]
    assert [(each.kind, each.text) for each in compared("all but essential travel to X.", "all travel to X, now.")] == [
        *(("same", "all "), ("gone", "but essential "), ("same", "travel to X"), ("new", ", now"), ("same", ".")),
    ]


def test_lines_come_and_go_as_lines() -> None:
    old, new = "One.\nTwo.\nThree.\n", "One.\nTwo.\nTwo and a half.\nThree.\n"
    for before, after, kind in ((old, new, "new"), (new, old, "gone")):
        pieces = [(each.kind, each.text) for each in compared(before, after)]
        assert pieces == [("same", "One.\nTwo.\n"), (kind, "Two and a half.\n"), ("same", "Three.\n")]
    assert list(compared("Here.\n\nThere.\n", "Here.\n")) == [Piece("same", "Here.\n"), Piece("gone", "\nThere.\n")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (". " * 990, "! " * 990),
        ("a\n" * 1_990, "b\na\n" * 990),
        ("a " * 100_000, "b a " * 60_000),
        ("".join(f"{n}\n" for n in range(9_000)), "".join(f"{n}\n" for n in range(8_999, -1, -1))),
    ],
)
def test_what_has_too_little_in_common_is_given_up_in_time(old: str, new: str) -> None:
    """Counted, not timed: all that is looked at is within what is allowed."""
    spent: list[int] = []

    class Counted(Effort):
        def spend(self, many: int) -> bool:
            spent.append(many)
            return super().spend(many)

    assert both(list(compared(old, new, Counted(400_000)))) == (old, new)
    assert sum(spent[:-2]) <= 400_000


def test_long_runs_that_stayed_are_cut_around_what_changed() -> None:
    long = "stays " * MOST_SAME
    pieces = list(shortened([Piece("same", long), Piece("new", "fresh"), Piece("same", long)]))
    assert [each.kind for each in pieces] == ["cut", "same", "new", "same", "cut"]
    assert pieces[1].text and long.endswith(pieces[1].text) and long.startswith(pieces[3].text)
    assert list(shortened([Piece("same", "short"), Piece("gone", long)])) == [
        Piece("same", "short"),
        Piece("gone", long),
    ]


def revision(number: int, **stated: Any) -> dict[str, Any]:
    record = {"text": "words", "issued": "2018-07-02", "issued_precision": "day", "codes": [], "topics": [], **stated}
    return {"revision": number, "at": datetime(2018, 7, 2, tzinfo=UTC), "record": record, "documents": {}}


def test_fields_are_said_in_words() -> None:
    old = revision(1, codes=[{"scheme": "status", "value": "calm"}, {"scheme": "note", "value": "kept"}])
    new = revision(
        2,
        codes=[{"scheme": "note", "value": "kept"}, {"scheme": "status", "value": "grave"}],
        issued="2018-07-03T09:05:00+01:00",
        issued_precision="minute",
        topics=["crime", "fraud"],
        region="London",
    )
    assert difference(old, new).fields == [
        Change("issued", ["2 July 2018"], ["3 July 2018, 09:05 BST"]),
        Change("codes", ["status: calm"], ["status: grave"]),
        Change("topics", [], ["crime", "fraud"]),
        Change("region", [], ["London"]),
    ]


def test_another_precision_and_another_order_are_changes_too() -> None:
    assert difference(revision(1), revision(2, issued_precision="month")).fields == [
        Change("issued", ["2 July 2018"], ["July 2018"])
    ]
    assert difference(revision(1, topics=["a", "b"]), revision(2, topics=["b", "a"])).fields == [
        Change("topics", ["a", "b"], ["b", "a"])
    ]
    assert difference(revision(1), revision(2)).fields == []


def test_the_latest_come_first_and_are_not_all() -> None:
    many = [revision(number, region=str(number)) for number in range(1, MOST_SHOWN + 11)]
    found = differences(many)
    assert [(each.before["revision"], each.after["revision"]) for each in found] == [
        (number - 1, number) for number in range(MOST_SHOWN + 10, 10, -1)
    ]
