"""How whatever fits a pattern begins is known as far as the pattern spells it out."""

from __future__ import annotations

import pytest

from parsers.beginnings import beginnings


@pytest.mark.parametrize(
    ("pattern", "known"),
    [
        ("scams?", ("scam",)),
        (r"public\sorder", ("public order",)),
        (r"zero[-\s]day", ("zero-day", "zero day")),
        (r"(?:tube|rail)\s(?:strikes?|services?)", ("tube strike", "tube service", "rail strike", "rail service")),
        (r"our\sadvice\s(?:to\syou\s)?is", ("our advice to you is", "our advice is")),
        (r"martyn['’]s", ("martyn's", "martyn’s")),
        (r"rap(?:e|ist)", ("rape", "rapist")),
        (r"terror\w{0,7}", ("terror",)),
        (r"storm\s[a-z]{3,12}", ("storm ",)),
        (r"(?:amber|red)(?:\s\w{3,12}){0,2}\swarning", ("amber", "red")),
        (r"(?:m\d{1,3}|a\d{1,4}(?:\(m\))?)\sclosed", ("m", "a")),
        (r"travel\sadvice(?!\sahead)", ("travel advice",)),
        ("ab*c", ("a",)),
        ("ab|cd", ("ab", "cd")),
        ("a?b", ("ab", "b")),
        (r"\d+", ("",)),
    ],
)
def test_beginnings(pattern: str, known: tuple[str, ...]) -> None:
    assert beginnings(pattern) == known
