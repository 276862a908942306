"""What a capture gave: its books, its revisions, and what of it is in quarantine."""

from __future__ import annotations

from typing import Any

import pytest

from archive import kept
from archive.finding import Asked, search
from archive.kept import outcome
from archive.store import Archive
from tests.archive.pages import Publisher, messages


def outcomes(archive: Archive, count: int) -> list[dict[str, Any]]:
    with archive.reading() as session:
        return [outcome(session, number) for number in range(1, count + 1)]


def test_revisions_are_those_of_the_capture_and_no_other(publisher: Publisher) -> None:
    shown = messages(3)
    publisher.show(shown)
    publisher.show([shown[0].but(body=f"{shown[0].body} Sooner."), *shown[1:]])
    publisher.show(shown[1:])
    first, second, third = outcomes(publisher.archive, 3)
    assert [each["revision"] for each in first["revisions"]] == [1, 1, 1]
    with publisher.archive.reading() as session:
        (edited,) = search(session, Asked("sooner"))
    given = {"notification": edited["id"], "revision": 2, "cause": "capture", "title": edited["title"]}
    assert (second["revisions"], third["revisions"]) == ([given], [])
    assert [(each["accounts"]["new"], each["accounts"]["revised"]) for each in (first, second)] == [(3, 0), (0, 1)]


def test_quarantine_is_told_of_the_first_and_of_the_last_capture_that_had_it(publisher: Publisher) -> None:
    shown = messages(3)
    for count in (1, 2):
        publisher.show([*shown[:count], shown[2].but(day="31/02/2026")])
    publisher.show(shown[:2])
    held = [each["quarantine"] for each in outcomes(publisher.archive, 3)]
    assert held[0] == held[1] and held[2] == []
    assert [(each["what"], each["state"]) for each in held[0]] == [("entry", "waiting")]
    assert "31/02/2026" in held[0][0]["reason"]


def test_a_capture_without_entries_has_no_books(publisher: Publisher) -> None:
    publisher.show(messages(1))
    assert outcomes(publisher.archive, 2)[1] == {"accounts": None, "revisions": [], "quarantine": [], "more": []}


def test_of_very_many_the_first_are_named(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_GIVEN", 2)
    publisher.show(messages(5))
    (found,) = outcomes(publisher.archive, 1)
    assert (len(found["revisions"]), found["accounts"]["new"], found["more"]) == (2, 5, ["revisions"])
