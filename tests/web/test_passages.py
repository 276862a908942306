"""What a hit shows beside its title: words of the bulletin, never the title once more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.web.stated import desk_of

TITLE = "Callers who claim to be officers"
TEXT = "Residents were rung by a man who asks for cards. Hang up, and call 101."


@pytest.mark.parametrize(
    ("query", "headline", "passage"),
    [
        ("callers", f"<mark>Callers</mark>{TITLE[7:]}", TEXT),
        ("officers 101", TITLE.replace("officers", "<mark>officers</mark>"), TEXT.replace("101", "<mark>101</mark>")),
        ("101", TITLE, TEXT.replace("101", "<mark>101</mark>")),
    ],
)
def test_a_title_is_marked_and_not_said_again(tmp_path: Path, query: str, headline: str, passage: str) -> None:
    stated = {"ref": "1", "title": TITLE, "text": TEXT, "issued": "2018-07-02", "issued_precision": "day"}
    with desk_of(tmp_path, [stated]) as site:
        page = site.get("/search", params={"q": query}).text
        (row,) = site.get("/api/v1/notifications", params={"q": query}).json()["items"]
    assert re.findall(r'<h3><a href="[^"]+">\s*(.*?)</a>', page) == [headline]
    assert re.findall(r'<p class="passage">\s*(.*?)\s*</p>', page) == [passage]
    assert row["snippet"] == TEXT


def test_filters_that_leave_nothing_can_be_left_at_once(tmp_path: Path) -> None:
    stated = {"ref": "1", "title": TITLE, "text": TEXT, "issued": "2018-07-02", "issued_precision": "day"}
    with desk_of(tmp_path, [stated]) as site:
        assert (
            '<a href="/search?q=callers">Without the filters: 1 bulletin</a>'
            in site.get("/search?q=callers&level=red&since=2026-01-01").text
        )
        for asked in ("q=nowhere&level=red", "q=nowhere", "q=callers"):
            assert "Without the filters" not in site.get(f"/search?{asked}").text
