"""Lines that cannot start a heading are passed over: with the same outcome as looking at each."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from parsers.families import heading_labels
from parsers.families.dated_headings import heading_grammar
from parsers.lines import Line

GRAMMAR = heading_grammar("CSSC", "Message")
PIECES = (
    *(
        "12/04/2017",
        "XX/??/2017",
        "1st",
        "of",
        "September",
        "2017?",
        "Wednesday,",
        "Sept.",
        "#",
        "-",
        "–",
        ":",
        "CSSC",
        "cssc",
    ),
    *(
        "London",
        "Amber",
        "Message",
        "Messages",
        "Alert",
        "today",
        "undated",
        "words that run on",
        "Green",
        "3",
        "\u017f",
    ),
)
LINES = st.builds(
    lambda words, emphasis, row: Line(" ".join(words), emphasis=emphasis, heading=emphasis == 2, row=row),
    st.lists(st.sampled_from(PIECES), max_size=7),
    st.sampled_from([0, 0, 1, 2]),
    st.sampled_from([0, 0, 3]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, min_size=1, max_size=5))
@example(lines=[Line("Wednesday, September 1st 2017 – CSSC Message")])
@example(lines=[Line("12/04/2017"), Line("CSSC Amber Message")])
@example(lines=[Line("1st September 2017 - Amber Message")])
def test_no_heading_is_passed_over(lines: list[Line], monkeypatch: pytest.MonkeyPatch) -> None:
    found = [heading_labels.label_size(lines, place, GRAMMAR) for place in range(len(lines))]
    with monkeypatch.context() as patched:
        patched.setattr(heading_labels, "_may_start", lambda *_: True)
        assert found == [heading_labels.label_size(lines, place, GRAMMAR) for place in range(len(lines))]
