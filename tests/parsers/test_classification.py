"""Rules that are only tried where there is a clue to them find what they would find if they were always tried."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parsers import police_references, states, threat, topic_words, topics
from parsers.classification import CLUES, said_by
from parsers.clues import ODD_LETTERS, Clues, in_small_letters
from parsers.organisations import CUE as SENDERS
from parsers.organisations import NAMED
from tests.parsers import plain_rules

RULES = sorted({rule for rules in (*topic_words.IN_TEXT.values(), *topic_words.IN_TITLE.values()) for rule in rules})
PATTERNS_OF_STATES = [
    *(pattern.pattern for _, pattern in (*states.TITLE_PHRASES, *states.ANYWHERE_IN_TITLE, *states.LINE_PHRASES)),
    *(pattern.pattern for _, pattern in (*states.FIRST_WORDS, *states.SENTENCE_PHRASES, *states.OWN_LINE_PHRASES)),
    states.EARLIER.pattern,
]
PATTERNS = [
    *PATTERNS_OF_STATES,
    *(pattern.pattern for _, pattern in police_references.PATTERNS),
    *(pattern.pattern for _, pattern in threat.STATED),
    *(topics.STANDING.pattern, SENDERS.pattern),
]


def words_of(pattern: str) -> list[str]:
    """The literal words in a pattern, to make near-misses of."""
    return re.findall(r"[A-Za-z][A-Za-z0-9]+", re.sub(r"\\[a-zA-Z]", " ", pattern))


OWN_WORDS = sorted(set(chain.from_iterable(map(words_of, (*RULES, *PATTERNS)))))
BETWEEN = (
    " ",
    " ",
    " ",
    "\n",
    "\n\n",
    ". ",
    ".\n \n",
    ", ",
    " - ",
    ": ",
    "-",
    "  ",
    "\t",
    "\u00a0",
    "\u2028",
    "’s ",
    "",
)
ODD = (
    "İ",
    "ı",
    "ſ",
    "K",
    "é",
    "Ⅷ",
    "٣",
    "m25",
    "A4",
    "999",
    "0300 123 4567",
    "m٣ closed",
    "6512345/20",
    "M25 is closed",
)
WRITTEN: tuple[Callable[[str], str], ...] = (str, str, str.upper, str.lower, str.title, str.swapcase)


@st.composite
def bulletins(draw: st.DrawFn) -> str:
    """Texts of the rules' own words, whole matches of rules, names and oddities, with anything between them."""
    matching = st.sampled_from(RULES).flatmap(lambda rule: st.from_regex(rule.removeprefix(r"(?<!travel\s)")))
    pieces = st.one_of(
        st.sampled_from(OWN_WORDS),
        st.sampled_from(plain_rules.SPELLINGS),
        st.sampled_from(ODD),
        matching,
        st.text(max_size=4),
    )
    said = draw(st.lists(st.tuples(pieces, st.sampled_from(WRITTEN), st.sampled_from(BETWEEN)), max_size=14))
    return "".join(write(words) + between for words, write, between in said)


@given(st.none() | bulletins(), bulletins())
@example("Update: cloſed", "This message iſ now cloſed. UPDATE: x\n.....\nPrevious statement:\n...")
@example(None, "The M25 is closed. re-cyber attacks on pbx")
@example("re-cyber attacks on pbx", "x" * 2_990 + " phishing. Phishing fraudsters " + "x." * 500)
@example("Hackers", "Call 999.  \n\n Money\n\nlaundering, money\nmules. \ud800 K")
@example(None, "One.\nInitial statement:\nThis is now closed.\nTwo")
@example(None, "One.\n" + "\n" * 1_000 + "x" * 2_490 + " phishing and " + "two " * 300)
@example(None, "\u017ferial number 1234 of 3 May. The U\u212a threat level is SEVERE.")
@example(None, "The UK threat level is SEVERE.")
@example(None, "It rains.\nUPDATE: it stopped.")
def test_clues_change_nothing(title: str | None, text: str) -> None:
    assert said_by(title, text) == plain_rules.said_by(title, text)


@given(bulletins())
def test_names_are_found_as_if_each_was_tried_everywhere(text: str) -> None:
    assert [found.span() for found in NAMED.finditer(text)] == [
        found.span() for found in plain_rules.NAMED.finditer(text)
    ]


@given(bulletins())
def test_sentences_are_cut_where_they_end(text: str) -> None:
    assert [sentence for _, sentence in topics._sentences(text)] == plain_rules.SENTENCE.split(text)
    assert all(text.startswith(sentence, start) for start, sentence in topics._sentences(text))


@pytest.mark.parametrize("rule", RULES)
def test_words_of_a_topic_begin_with_one_of_its_leads(rule: str) -> None:
    leads = tuple(topics._leads(rule))

    @settings(max_examples=15)
    @given(st.from_regex(re.compile(rule.removeprefix(r"(?<!travel\s)")), fullmatch=True))
    def begins(words: str) -> None:
        spaced = re.sub(r"\s", " ", words)
        assert spaced.startswith(leads) if leads else (0, "") in topics._with_roads(words, [])

    begins()


FOUND_BY = [
    *((topics.CLUES, "standing", topics.STANDING.pattern.lower()),),
    *((CLUES, "states", pattern) for pattern in PATTERNS_OF_STATES),
    *((CLUES, "numbers", pattern.pattern) for _, pattern in police_references.PATTERNS),
    *((CLUES, "threats", pattern.pattern) for _, pattern in (*threat.STATED, *threat.IN_CAPITALS)),
]


@pytest.mark.parametrize(
    ("clues", "meaning", "pattern"), FOUND_BY, ids=[f"{each[1]}: {each[2]:.60}" for each in FOUND_BY]
)
def test_whatever_a_rule_finds_has_a_clue(clues: Clues, meaning: str, pattern: str) -> None:
    @settings(max_examples=10)
    @given(st.from_regex(re.compile(pattern, re.IGNORECASE)))
    def has_a_clue(words: str) -> None:
        assert meaning in clues.given_by(in_small_letters(words))

    has_a_clue()


def test_odd_letters_are_all_that_a_pattern_takes_for_one_of_ascii() -> None:
    letters = re.compile("[a-z]", re.IGNORECASE)
    odd = {letter for letter in map(chr, range(128, 0x11000)) if letters.match(letter)}
    assert odd == {letter for letter, _ in ODD_LETTERS}
    for letter, plain in ODD_LETTERS:
        assert re.fullmatch(plain, letter, re.IGNORECASE)
        assert in_small_letters(f"x{letter}x") == f"x{plain}x"


def test_clues_are_found_inside_and_over_each_other() -> None:
    clues = Clues(one=("serial", "log"), other=("logger",))
    assert clues.places("serialogger") == [(0, "serial"), (5, "log"), (5, "logger")]
    assert clues.given_by("a serial") == {"one"}
    assert clues.given_by("\ud800 logger") == {"one", "other"}
    assert clues.given_by("") == frozenset()
