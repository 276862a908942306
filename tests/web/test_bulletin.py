"""A bulletin's page says all that its publisher states, and any two of its wordings can be read beside each other."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.web.stated import desk_of, only_id
from web.diffs import MOST_SHOWN

WARNING = {
    "ref": "warning-7",
    "title": "Yellow warning of wind",
    "text": "Gusts of 60 mph.",
    "level": "yellow",
    "issued": "2018-07-02T08:00:00+01:00",
    "issued_precision": "minute",
    "expires": "2018-07-03T10:00:00+01:00",
    "language": "cy",
    "codes": [["met-office-warning", "wind"], ["tfl-severity", "6 Severe Delays"]],
    "threat_levels": [["northern-ireland", "severe"], ["uk", "substantial"]],
    "handling": "TLP:GREEN",
}


def words_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """One bulletin that was reworded more often than is shown at once."""
    many = MOST_SHOWN + 3
    readings = [[{**WARNING, "text": f"Gusts of {60 + number} mph."}] for number in range(many)]
    with desk_of(tmp_path_factory.mktemp("by-hand"), *readings) as client:
        yield client


def test_all_that_is_stated_is_said(site: httpx.Client) -> None:
    page = site.get(f"/bulletins/{only_id(site)}").text
    words = words_of(page)
    for said in (
        "In force until 3 July 2018, 10:00 BST",
        "met-office-warning: wind",
        "tfl-severity: 6 Severe Delays",
        "Northern Ireland: severe",
        "UK: substantial",
        "TLP:GREEN",
        "warning-7",
        "Published at https://www.bsia.co.uk/warning-7",
    ):
        assert said in words
    assert '<div class="text" lang="cy">' in page


def test_only_the_latest_changes_are_on_the_page_and_all_can_be_reached(site: httpx.Client) -> None:
    public_id = only_id(site)
    page = site.get(f"/bulletins/{public_id}").text
    assert page.count('<div class="between">') == MOST_SHOWN
    assert f"The {MOST_SHOWN} latest changes of {MOST_SHOWN + 2}" in page
    assert f'<a href="#revisions">{MOST_SHOWN + 3} revisions</a>' in page and '<a href="#cite">Cite</a>' in page
    assert page.count("<option>") == 2 * (MOST_SHOWN + 3)
    chosen = site.get(f"/bulletins/{public_id}/compare?old=1&new=4", follow_redirects=True)
    assert chosen.url.path == f"/bulletins/{public_id}/compare/1/4"
    assert "What revision 4 says Gusts of 63 mph." in words_of(chosen.text)
    cited = words_of(chosen.text).partition("Cite revision 4")[2]
    capture = site.get(f"/api/v1/notifications/{public_id}/revisions").json()["items"][3]
    assert "Revision 4, retrieved" in cited and capture["sha256"] in cited and capture["content_hash"] in cited
    assert re.search(r"<del>60</del><ins>63</ins>", chosen.text)


@pytest.mark.parametrize("query", ["", "?old=1", "?old=1&new=x", "?old=1&new=0", "?old=1&old=2&new=3"])
def test_a_comparison_that_names_no_two_revisions_is_told(site: httpx.Client, query: str) -> None:
    assert site.get(f"/bulletins/{only_id(site)}/compare{query}").status_code == 400


@pytest.mark.parametrize("name", ["..", "%2e%2e", "%0d%0aX-Bad:%201", "%F0%9F%98%80", "x%3fy", "//evil.example"])
def test_a_comparison_of_what_there_is_not_leads_nowhere_else(site: httpx.Client, name: str) -> None:
    answer = site.get(f"/bulletins/{name}/compare?old=1&new=2")
    assert answer.status_code in (302, 404, 307)
    assert "X-Bad" not in answer.headers
    assert answer.headers.get("Location", "/bulletins/").startswith(("/bulletins/", str(site.base_url)))
    assert site.get(f"/bulletins/{name}/compare/1/2").status_code == 404


def test_a_revision_that_changed_nothing_stated_says_so(site: httpx.Client) -> None:
    page = site.get(f"/bulletins/{only_id(site)}/compare/2/2").text
    assert "Nothing that they state is different." in page


def test_a_page_compares_no_lines_as_the_command_line_does(site: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """That takes a minute for two lists of 20,000 lines, most of which stand there often."""

    def compared(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(difflib, "unified_diff", compared)
    monkeypatch.setattr(difflib, "SequenceMatcher", compared)
    public_id = only_id(site)
    for path in ("", "/cite.txt", "/cite.bib", "/compare/1/2"):
        assert site.get(f"/bulletins/{public_id}{path}").status_code == 200


def test_an_id_that_we_derived_is_not_called_its_publishers(tmp_path: Path) -> None:
    without = {name: value for name, value in WARNING.items() if name != "ref"}
    with desk_of(tmp_path, [{**without, "url": "https://www.bsia.co.uk/x"}]) as client:
        row = client.get(f"/api/v1/notifications/{only_id(client)}").json()
        page = client.get(f"/bulletins/{row['id']}").text
    assert row["ref"] and "The publisher’s id" not in page


def test_a_withdrawal_that_is_stated_is_not_called_a_disappearance(tmp_path: Path) -> None:
    """GOV.UK goes on showing what it has withdrawn, and says so."""
    row = {**WARNING, "codes": [["state", "withdrawn"], ["withdrawal-note", "This advice is elsewhere now."]]}
    with desk_of(tmp_path, [row]) as client:
        page = words_of(client.get(f"/bulletins/{only_id(client)}").text)
    assert "This bulletin is withdrawn: its publisher says so." in page
    assert "withdrawal-note: This advice is elsewhere now." in page


def test_a_wording_that_came_back_is_cited_as_it_was_the_first_time(tmp_path: Path) -> None:
    other = {**WARNING, "text": "Gusts of 99 mph."}
    with desk_of(tmp_path, [WARNING], [other], [WARNING, {**other, "ref": "warning-8"}]) as client:
        (row,) = (each for each in client.get("/api/v1/notifications").json()["items"] if each["ref"] == "warning-7")
        first, _, last = client.get(f"/api/v1/notifications/{row['id']}/revisions").json()["items"]
        cited = client.get(f"/bulletins/{row['id']}/compare/3/1").text.partition("Cite revision 1")[2]
    assert first["content_hash"] == last["content_hash"] and first["sha256"] != last["sha256"]
    assert first["sha256"] in cited and last["sha256"] not in cited
