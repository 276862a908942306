"""When it was learnt what became of a bulletin, on its page, for programs, in its citations and in a terminal."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from web.shown import recognised


def words_of(page: str) -> str:
    """The words of a page, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def withdrawn(site: httpx.Client) -> dict[str, Any]:
    """The bulletin that left its page."""
    params = {"state": "withdrawn", "source": "bsia-cssc"}
    (row,) = site.get("/api/v1/notifications", params=params).json()["items"]
    found: dict[str, Any] = site.get(f"/api/v1/notifications/{row['id']}").json()
    return found


def test_a_page_says_when_its_bulletin_was_withdrawn(site: httpx.Client, withdrawn: dict[str, Any]) -> None:
    created, gone = withdrawn["changes"]
    assert [(each["kind"], each["state"]) for each in (created, gone)] == [
        ("created", "current"),
        ("withdrawn", "withdrawn"),
    ]
    (listed,) = site.get("/api/v1/changes", params={"kind": "withdrawn", "source": "bsia-cssc"}).json()["items"]
    assert (gone["at"], gone["cursor"]) == (listed["at"], listed["cursor"])
    page = words_of(site.get(f"/bulletins/{withdrawn['id']}").text)
    at = f"{gone['at'][:10]} {gone['at'][11:19]} UTC"
    assert f"its publisher does not show it any more. Learnt from the capture of {at} ." in page
    assert f"{at} : withdrawn, by capture {gone['capture']}" in page
    assert re.search(rf"{created['at'][:10]} \S+ UTC : created, revision 1, by capture {created['capture']}", page)


def test_a_citation_says_that_its_bulletin_is_not_in_force(site: httpx.Client, withdrawn: dict[str, Any]) -> None:
    for ending in ("txt", "bib"):
        assert "Withdrawn when cited." in site.get(f"/bulletins/{withdrawn['id']}/cite.{ending}").text
    for state in ("current", "rolled-off"):
        for row in site.get("/api/v1/notifications", params={"state": state}).json()["items"]:
            assert "when cited" not in site.get(f"/bulletins/{row['id']}/cite.txt").text


def test_a_capture_that_only_points_to_bulletins_says_so(site: httpx.Client, withdrawn: dict[str, Any]) -> None:
    page = words_of(site.get(f"/captures/{withdrawn['changes'][0]['capture']}").text)
    assert "6 entries seen, 6 new, 1 attachment " in page and "pages of their own" not in page


@pytest.mark.parametrize(
    ("matched", "said"),
    [("first 1.00", "first met here"), ("similar 0.91", "alike words (0.91)"), ("odd 1.00", "odd")],
)
def test_how_a_bulletin_was_recognised_is_said_in_words(matched: str, said: str) -> None:
    assert recognised(matched) == said


def test_a_document_that_is_wanted_is_said_to_be_missing_here(site: httpx.Client) -> None:
    row = site.get("/api/v1/notifications?source=hostile&has=attachment").json()["items"][0]
    (document,) = site.get(f"/api/v1/notifications/{row['id']}/attachments").json()["items"]
    page = words_of(site.get(f"/bulletins/{row['id']}").text)
    assert document["state"] == "wanted" and "not fetched yet · from" in page and "wanted ·" not in page
