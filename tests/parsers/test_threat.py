"""Threat levels are taken only from the publishers' set phrases."""

from __future__ import annotations

import pytest

from parsers.threat import threat_levels, threat_statements


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("The threat from International Terrorism is SEVERE, meaning", (("international-terrorism", "severe"),)),
        (
            "The threat level to the UK from international terrorism remains at substantial.",
            (("international-terrorism", "substantial"),),
        ),
        ("The UK national threat level is currently SUBSTANTIAL.", (("uk", "substantial"),)),
        ("The UK threat level has been raised from substantial to 'severe'.", (("uk", "severe"),)),
        ("The threat level in Northern Ireland is MODERATE", (("northern-ireland", "moderate"),)),
        (
            "The threat from Northern Ireland-related terrorism in Great Britain is moderate. "
            "The threat from Northern Ireland-related terrorism in Northern Ireland is severe.",
            (
                ("northern-ireland-related-terrorism-in-northern-ireland", "severe"),
                ("northern-ireland-related-terrorism-in-great-britain", "moderate"),
            ),
        ),
        ("The UK threat level is SEVERE. The UK threat level is CRITICAL.", ()),
        ("The threat of severe weather is low.", ()),
        ("Threat levels range from LOW to CRITICAL.", ()),
        ("", ()),
        ("The national threat level from all forms of terrorism is: SUBSTANTIAL – likely.", (("uk", "substantial"),)),
        (
            "The current national threat level is SEVERE. The threat to Northern Ireland from Northern Ireland-related "
            "terrorism is SUBSTANTIAL.",
            (("northern-ireland", "substantial"), ("uk", "severe")),
        ),
        (
            "The threat to the UK (England, Wales, Scotland and Northern Ireland) from all forms of terrorism is low.",
            (("uk", "low"),),
        ),
        (
            "the threat to the UK from international terrorism remains unchanged at SEVERE",
            (("international-terrorism", "severe"),),
        ),
        ("JTAC has raised the UK national terrorism threat level from SUBSTANTIAL to SEVERE.", (("uk", "severe"),)),
        ("The UK threat level has been raised from 'substantial' to 'severe'.", (("uk", "severe"),)),
        ("The Dutch national threat level is substantial.", ()),
        ("The national threat level is substantial, the Dutch say.", ()),
        ("When the UK threat level is CRITICAL, close the doors.", ()),
    ],
)
def test_threat_levels(text: str, levels: tuple[tuple[str, str], ...]) -> None:
    assert threat_levels(text) == levels


def test_statements_come_with_their_words() -> None:
    assert threat_statements("The UK threat\nlevel is SEVERE.") == (("uk", "severe", "UK threat level is SEVERE"),)
