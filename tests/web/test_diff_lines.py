"""What a terminal shows of the differences between revisions: the same as the desk, in the order of time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from web.diff_lines import lines_of
from web.diffs import MOST_SHOWN

WHEN = datetime(2018, 7, 2, 9, 5, tzinfo=UTC)


def revision(number: int, documents: dict[str, str] | None = None, **stated: Any) -> dict[str, Any]:
    record = {"text": "words", "level": "green", "issued": None, "topics": ["crime"], **stated}
    return {"revision": number, "at": WHEN, "cause": "capture", "record": record, "documents": documents or {}}


def test_fields_documents_and_words_are_said_in_lines() -> None:
    revisions = [
        revision(1, {"https://a.example/old.pdf": "1" * 64, "https://a.example/same.pdf": "2" * 64}),
        revision(
            2,
            {"https://a.example/new.pdf": "3" * 64, "https://a.example/same.pdf": "4" * 64},
            level="amber",
            topics=["crime", "fraud"],
            text="words\nand more of them\n\nto the end",
        ),
        revision(3, level="amber", topics=[], text="other words\nand more of them\n\nto the end"),
    ]
    assert list(lines_of(revisions)) == [
        "revision 1 → 2 (capture, 2018-07-02 09:05 UTC)",
        "  - level: green",
        "  + level: amber",
        "  + topics: fraud",
        f"  + document: https://a.example/new.pdf {'3' * 16}",
        f"  - document: https://a.example/old.pdf {'1' * 16}",
        f"  - document: https://a.example/same.pdf {'2' * 16}",
        f"  + document: https://a.example/same.pdf {'4' * 16}",
        "    words",
        "    {+and more of them+}",
        "    ",
        "    {+to the end+}",
        "revision 2 → 3 (capture, 2018-07-02 09:05 UTC)",
        "  - topics: crime",
        "  - topics: fraud",
        f"  - document: https://a.example/new.pdf {'3' * 16}",
        f"  - document: https://a.example/same.pdf {'4' * 16}",
        "    {+other +}words",
        "    and more of them",
        "    ",
        "    to the end",
    ]


def test_line_breaks_that_came_or_went_are_marked() -> None:
    old, new = revision(1, text="one\n\ntwo\nthree"), revision(2, text="one\ntwo\nthree\n")
    (_, *lines) = lines_of([old, new])
    assert lines == ["    one[-¶¶-]{+¶+}", "    two", "    three{+¶+}"]


def test_no_words_of_a_publisher_stand_where_a_line_of_ours_begins() -> None:
    forged = "words\n  + level: red\nrevision 7 → 8 (capture, 2018-07-02 09:05 UTC)"
    old = revision(1, {}, title="words", text="words")
    new = revision(2, {f"https://a.example/{forged}": "1" * 64}, title=forged, topics=[forged], text=forged)
    lines = list(lines_of([old, new]))
    assert [line for line in lines if not line.startswith("    ")] == [
        "revision 1 → 2 (capture, 2018-07-02 09:05 UTC)",
        "  - topics: crime",
        f"  + topics: {forged.replace(chr(10), '¶')}",
        "  - title: words",
        f"  + title: {forged.replace(chr(10), '¶')}",
        f"  + document: https://a.example/{forged.replace(chr(10), '¶')} {'1' * 16}",
    ]


def test_the_middle_of_what_stayed_is_left_out_and_told() -> None:
    long = " ".join(f"word{number}" for number in range(400))
    lines = list(lines_of([revision(1, text=f"{long} end"), revision(2, text=f"{long} beginning")]))
    assert lines[1:3] == ["    ", "    […]"]
    assert lines[-1].endswith("word399 [-end-]{+beginning+}")
    assert len("".join(lines)) < len(long)


def test_of_many_revisions_the_latest_are_compared_and_the_others_counted() -> None:
    lines = list(lines_of([revision(number, region=str(number)) for number in range(1, MOST_SHOWN + 11)]))
    assert lines[0] == f"the {MOST_SHOWN} latest changes of {MOST_SHOWN + 9}"
    assert [line for line in lines if line.startswith("revision")] == [
        f"revision {number} → {number + 1} (capture, 2018-07-02 09:05 UTC)" for number in range(10, MOST_SHOWN + 10)
    ]
    assert list(lines_of([revision(1)])) == []
