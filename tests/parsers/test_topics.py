"""Topics come from stated words; what every bulletin appends classifies none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.source import sources
from parsers.topic_words import IN_TITLE
from parsers.topics import TOPICS, topics

CONTACTS = (
    "Advice & Further Information\n"
    "The threat from International Terrorism is SEVERE, meaning an attack is highly likely.\n"
    "In an emergency call 999\nFor non-emergencies call 101\n"
    "For the Anti Terrorist Hotline call 0800 789 321\n"
    "Report fraud and cyber crime to Action Fraud on 0300 123 2040.\n"
    "Crimestoppers: 0800 555 111. Run, hide, tell."
)
CASES = [
    ("Counter terrorism week", "", "terrorism: title 'counter terrorism'"),
    (None, "Emails are phishing for details.", "fraud: 'phishing'"),
    ("NFIB Alert", "Fraudsters send ransomware.", "cyber: 'ransomware'; fraud: 'fraudsters'"),
    ("Planned demonstration in Whitehall", "", "public-order: title 'planned demonstration'"),
    ("TfL Bulletin RE Tube Strike", "", "transport: title 'tube strike'"),
    ("Travel advice ahead of a Tube strike", "", "transport: title 'tube strike'"),
    ("Turkey travel advice", "", "travel: title 'travel advice'"),
    (None, "The FCDO advises against all but essential travel to it.", "travel: 'against all but essential travel'"),
    ("Storm Eunice", "", "weather: title 'storm eunice'"),
    (None, "Yellow warning of wind and rain for London.", "weather: 'yellow warning of wind and rain'"),
    ("Man jailed", "", "crime: title 'man jailed'"),
    ("Guidance for theatres", "", "guidance: title 'guidance'"),
    (None, "Call 101 about courier fraud.", "fraud: 'courier fraud'"),
    ("Be aware", "Please ring police on 101 regarding the burglaries in Ambridge.", "crime: 'burglaries'"),
]
NONE = [
    ("Incident at London Bridge", "Officers are on the scene.\n" + CONTACTS),
    ("NFIB Alert", "National Fraud Intelligence Bureau and National Cyber Security Centre."),
    ("Counter Terrorism Policing and British Transport Police", ""),
    (None, "The incident is not being treated as terrorism."),
    (None, "There is no link to terrorism."),
    (None, "Officers storm the building."),
    (None, "Call 101 to report courier fraud."),
    (None, "For advice about courier fraud call 0300 123 2040."),
    (None, "Call 101 about the hoax, which had no link to terrorism."),
    (None, "We demonstrate our weathered fraudulence."),
    (None, "See @scams and #phishing-week."),
    (None, ""),
]


@pytest.mark.parametrize(("title", "text", "evidence"), CASES)
def test_topics(title: str | None, text: str, evidence: str) -> None:
    assert "; ".join(f"{topic}: {words}" for topic, words in topics(title, text)) == evidence


@pytest.mark.parametrize(("title", "text"), NONE)
def test_no_topics(title: str | None, text: str) -> None:
    assert topics(title, text) == ()


@pytest.mark.parametrize(("title", "text", "evidence"), CASES)
def test_contacts_change_nothing(title: str | None, text: str, evidence: str) -> None:
    assert topics(title, f"{text}\n{CONTACTS}") == topics(title, text)


def test_a_source_states_topics() -> None:
    assert topics("Man jailed", "", ("travel",)) == (
        ("crime", "title 'man jailed'"),
        ("travel", "stated by the source"),
    )


def test_topics_are_the_nine() -> None:
    assert set(IN_TITLE) == set(TOPICS)
    assert " ".join(TOPICS) == "crime cyber fraud guidance public-order terrorism transport travel weather"
    assert all(set(source.topics) <= set(TOPICS) for source in sources().values())


@given(st.text(max_size=80), st.text(max_size=300))
def test_any_text_has_known_topics(title: str, text: str) -> None:
    assert {topic for topic, _ in topics(title, text)} <= set(TOPICS)


@pytest.mark.parametrize("text", ["yellow warning of " * 20_000, "not " * 50_000, "1" * 200_000, "a.b " * 50_000])
def test_long_texts_cost_bounded_work(text: str) -> None:
    assert topics(text, text) == topics(text, text)
