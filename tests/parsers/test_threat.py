"""Threat levels are taken only from the publishers' set phrases."""

from __future__ import annotations

import pytest

from parsers.threat import threat_levels


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
    ],
)
def test_threat_levels(text: str, levels: tuple[tuple[str, str], ...]) -> None:
    assert threat_levels(text) == levels
