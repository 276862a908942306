"""A record says what its rules read, with the words, beside what the source states."""

from __future__ import annotations

import pytest

from archive.records import Notification
from parsers.compose import compose
from parsers.page import PageChanged
from parsers.source import Source


class Cascade(Source):
    """Invented: a source with levels that speaks for others."""

    publisher = "cssc"
    levels = ("green", "amber", "red")
    topics = ("travel",)
    speaks_for_itself = False


class Force(Source):
    """Invented: a force."""

    publisher = "kent-police"


TEXT = "Road closures are in place. Call 101 quoting CAD 12 of 3 June.\nThe UK threat level is SEVERE."


def record(source: Source, title: str | None, text: str = TEXT) -> Notification:
    return compose(source, "https://x.example/1", text, ref="1", title=title)


def test_the_rules_leave_their_words() -> None:
    made = record(Cascade(), "London Amber Message – Update: crash")
    assert (made.level, made.region, made.issuers) == ("amber", "London", ())
    assert made.topics == ("transport", "travel")
    assert made.codes == (("state", "update"), ("police-reference", "CAD 12 of 3 June"))
    assert made.threat_levels == (("uk", "severe"),)
    assert made.evidence == {
        "level": "title 'London Amber Message'",
        "region": "title 'London Amber Message'",
        "topics": "transport: 'road closures'; travel: stated by the source",
        "codes": "state update: title 'Update:'; police-reference CAD 12 of 3 June: 'CAD 12 of 3 June'",
        "threat_levels": "uk severe: 'UK threat level is SEVERE'",
    }


def test_what_the_source_states_comes_first() -> None:
    codes = (("severity", "Minor"), ("state", "update"))
    made = compose(
        Force(),
        "https://x.example/1",
        TEXT,
        ref="1",
        title="UPDATE: crash",
        level="red",
        codes=codes,
        stated_threats=(("uk", "low"),),
        evidence={"codes": "JSON severity", "level": "JSON"},
    )
    assert made.codes == (*codes, ("police-reference", "CAD 12 of 3 June"))
    assert made.evidence["codes"].startswith("JSON severity; state update: title 'UPDATE:'; police-reference")
    assert (made.level, made.evidence["level"]) == ("red", "JSON")
    assert (made.threat_levels, made.evidence["threat_levels"]) == ((("uk", "low"),), "stated by the source")
    assert (made.issuers, made.evidence["issuers"]) == (("kent-police",), "kent-police: the publisher of the source")


def test_a_force_states_no_level_in_titles() -> None:
    assert record(Force(), "London Amber Message – crash").level is None


def test_a_level_that_the_source_states_is_not_read_from_the_title() -> None:
    made = compose(Cascade(), "https://x.example/1", TEXT, ref="1", title="London Amber Message – crash", level="red")
    assert (made.level, made.region) == ("red", None)


def test_an_unknown_level_is_loud() -> None:
    with pytest.raises(
        PageChanged, match="https://x.example/1: title 'London Purple Message': level 'purple', expected"
    ):
        record(Cascade(), "London Purple Message – crash")


def test_topics_are_no_part_of_the_content() -> None:
    assert record(Cascade(), None).content_hash() == record(Force(), None).content_hash()
