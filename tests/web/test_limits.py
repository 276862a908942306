"""What is asked for is bounded: no address makes a page that takes a minute, or the memory of the machine."""

from __future__ import annotations

import httpx
import pytest

from web.door import MOST_PARAMETERS
from web.wanted import MOST_CHARACTERS, MOST_VALUES

SEARCHES = ("/search", "/search.atom", "/search.json", "/search.csv", "/api/v1/notifications", "/api/v1/export")


@pytest.mark.parametrize("path", SEARCHES)
def test_so_many_filters_and_no_more(site: httpx.Client, path: str) -> None:
    most: list[tuple[str, str | int | float | bool | None]] = [("region", str(number)) for number in range(MOST_VALUES)]
    assert site.get(path, params=most).status_code == 200
    refused = site.get(path, params=[*most, ("level", "green")])
    assert refused.status_code == 400
    assert f"{MOST_VALUES + 1} values, expected at most {MOST_VALUES}" in refused.text
    assert site.get(path, params=[("level", "green")] * 2_000).status_code == 400


@pytest.mark.parametrize("path", ["/changes", "/changes.atom", "/changes.json", "/api/v1/changes", "/", "/nowhere"])
def test_so_many_parameters_and_no_more(site: httpx.Client, path: str) -> None:
    most = "&".join(f"source=s{number}" for number in range(MOST_PARAMETERS))
    assert site.get(f"{path}?{most}").status_code == (404 if path == "/nowhere" else 200)
    refused = site.get(f"{path}?{most}&source=cssc")
    assert refused.status_code == 400
    assert f"{MOST_PARAMETERS + 1} parameters, expected at most {MOST_PARAMETERS}" in refused.text


@pytest.mark.parametrize("path", SEARCHES)
def test_filters_so_long_and_no_longer(site: httpx.Client, path: str) -> None:
    half = "x" * (MOST_CHARACTERS // 2)
    assert site.get(path, params={"region": half, "topic": half}).status_code == 200
    refused = site.get(path, params={"region": half, "topic": f"{half}y"})
    assert refused.status_code == 400
    assert f"{MOST_CHARACTERS + 1:,} characters" in refused.text


def test_nobody_on_this_machine_is_a_proxy(site: httpx.Client, public_id: str) -> None:
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Host": "evil.example"}
    plain, odd = (site.get(f"/bulletins/{public_id}/cite.txt", headers=headers) for headers in ({}, said))
    assert odd.text == plain.text
    assert f"{site.base_url}/bulletins/{public_id}".replace("///", "/") in plain.text
    assert "Server" not in plain.headers
