"""The pages as a client gets them: what they say, what they refuse, what they never become."""

from __future__ import annotations

import hashlib
import html
import re
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

import web
from archive.finding import LONDON
from archive.store import Archive
from archive.tally import Bar, Histogram
from tests.web.conftest import HOSTILE, NOTE_BODY
from web.charts import columns
from web.front import cookie_of

PAGES = (
    "/",
    "/search",
    "/search?q=the",
    "/search?q=nowhere",
    "/search?level=green&has=attachment",
    "/changes",
    "/sources",
)


def every_page(site: httpx.Client) -> list[str]:
    """The addresses of all kinds of pages, those of all bulletins and captures among them."""
    rows = site.get("/api/v1/notifications").json()["items"]
    captures = {each["capture"] for row in rows for each in revisions(site, row["id"])}
    found = [*PAGES, "/sources/bsia-cssc", "/sources/hostile", *(f"/bulletins/{row['id']}" for row in rows)]
    return found + [f"/captures/{number}" for number in sorted(captures)]


def revisions(site: httpx.Client, public_id: str) -> list[dict[str, int]]:
    found: list[dict[str, int]] = site.get(f"/api/v1/notifications/{public_id}/revisions").json()["items"]
    return found


class Tags(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_front_page_tells_what_is_new_and_what_needs_a_look(site: httpx.Client) -> None:
    page = site.get("/")
    assert page.status_code == 200
    text = " ".join(Tags(page.text).text.split())
    assert "What was new last" in text and "withdrawn" in text and "revised" in text
    assert "hostile" in text and "1 in quarantine" in text
    assert "a banner" in text


def test_what_was_marked_as_seen_is_not_new(address: str) -> None:
    with httpx.Client(base_url=address, trust_env=False) as reader:
        newest = re.search(r'name="cursor" value="([0-9]+)"', reader.get("/").text)
        assert newest is not None
        done = reader.post("/seen", data={"cursor": newest[1]})
        assert (done.status_code, done.headers["Location"]) == (303, "/")
        assert "HttpOnly" in done.headers["Set-Cookie"] and "SameSite=strict" in done.headers["Set-Cookie"]
        assert "Nothing since your last visit" in reader.get("/").text
        assert reader.post("/seen", data={"cursor": str(int(newest[1]) - 1)}).status_code == 303
        assert reader.get("/").text.count('<span class="kind') == 1


@pytest.mark.parametrize(
    "said",
    [
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_cannot_mark_anything(site: httpx.Client, said: dict[str, str]) -> None:
    done = site.post("/seen", data={"cursor": "1"}, headers=said)
    assert done.status_code == 403 and "Set-Cookie" not in done.headers
    ours = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert site.post("/seen", data={"cursor": "1"}, headers=ours).status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "-1", "9" * 30, "9" * 5_000, "1; x", "٣"])
def test_a_cookie_that_nobody_set_is_no_cookie(site: httpx.Client, filled: Archive, cookie: str) -> None:
    page = site.get("/", headers=[(b"Cookie", f"{cookie_of(filled)}={cookie}".encode())])
    assert page.status_code == 200
    assert ("New since your last visit" if cookie.startswith("1;") else "What was new last") in page.text


def test_hits_are_marked_counted_and_continued(site: httpx.Client) -> None:
    page = site.get("/search", params={"q": "document"})
    assert "1 bulletin for" in " ".join(Tags(page.text).text.split())
    assert "<mark>document</mark>" in page.text and "p. 1 of note.pdf" in page.text
    first = site.get("/search", params={"limit": "5"})
    onward = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert onward is not None
    ids = re.findall(r'<h3><a href="/bulletins/([0-9a-f]+)"', first.text)
    second = site.get(html.unescape(onward[1])).text
    following = re.findall(r'<h3><a href="/bulletins/([0-9a-f]+)"', second)
    assert (len(ids), set(ids) & set(following)) == (5, set())
    assert '<a href="/search?limit=5">Back to the newest</a>' in second and "Back to the newest" not in first.text


def test_each_filter_offered_leads_to_as_many_as_it_says(site: httpx.Client) -> None:
    offered = re.findall(
        r'<li><a href="(/search[^"]*)"[^>]*><span class="label">[^<]*</span> <span class="many">([0-9,]+)</span>',
        site.get("/search", params={"q": "the OR a"}).text,
    )
    assert len(offered) > 10
    for address, many in offered:
        found = " ".join(Tags(site.get(html.unescape(address)).text).text.split())
        assert re.search(rf"\b{many} bulletins? for", found), address


def test_each_bar_leads_to_as_many_as_it_says(site: httpx.Client) -> None:
    bars = re.findall(r'<a href="(/search[^"]*)" aria-label="[^"]*: ([0-9,]+) bulletins?"', site.get("/search").text)
    assert sum(int(many) for _, many in bars) == 12
    for address, many in bars:
        assert re.search(rf"<h1>{many} bulletins?</h1>", site.get(html.unescape(address)).text)


@pytest.mark.parametrize(
    ("unit", "until", "label", "last"),
    [
        ("day", datetime(2016, 2, 2, tzinfo=LONDON), "1 February 2016", "2016-02-01"),
        ("month", datetime(2016, 3, 1, tzinfo=LONDON), "February 2016", "2016-02-29"),
        ("year", datetime(2017, 2, 1, tzinfo=LONDON), "2016", "2017-01-31"),
    ],
)
def test_a_bar_stands_for_all_days_of_its_time(unit: str, until: datetime, label: str, last: str) -> None:
    bars = [Bar(datetime(2016, 2, 1, tzinfo=LONDON), until, count, count > 4) for count in (0, 1, 1_000)]
    none, one, many = columns(Histogram(unit, bars))
    assert [bar.label.partition(": ")[2] for bar in (none, one, many)] == [
        "0 bulletins",
        "1 bulletin",
        "more than 1,000 bulletins",
    ]
    assert [(bar.y, bar.height) for bar in (none, one, many)] == [(100, 0), (98, 2), (0, 100)]
    assert {(bar.label.partition(":")[0], bar.since, bar.until) for bar in (none, one, many)} == {
        (label, "2016-02-01", last)
    }


def test_nothing_that_a_publisher_writes_becomes_markup(site: httpx.Client) -> None:
    for path in every_page(site):
        page = site.get(path)
        assert page.status_code == 200, path
        tags = Tags(page.text)
        assert not [tag for tag, _ in tags.found if tag in ("iframe", "object", "embed", "base", "style")], path
        assert [given.get("src") for tag, given in tags.found if tag == "script"] == ["/static/desk.js"], path
        shown = [str(given.get("src")) for tag, given in tags.found if tag == "img"]
        assert all(re.fullmatch(r"/attachments/[0-9a-f]{64}/pages/[0-9]+-small\.png", each) for each in shown), path
        for tag, given in tags.found:
            assert not [name for name in given if name.startswith("on") or name in ("style", "srcdoc")], (path, tag)
            for name in ("href", "src", "action"):
                value = given.get(name)
                assert value is None or re.match(r"(/|https?://|#)", value), (path, tag, value)
    assert HOSTILE in Tags(site.get("/sources/bsia-cssc").text).text


def test_no_template_takes_words_for_markup() -> None:
    for template in (Path(web.__file__).parent / "templates").iterdir():
        text = template.read_text().replace("<style>{{ style | safe }}</style>", "")
        assert not re.search(r"\bsafe\b|autoescape|Markup", text), template


def test_every_answer_carries_the_headers(site: httpx.Client, public_id: str) -> None:
    asked = [*every_page(site), "/nothing", "/search?q=%22", "/search.atom", "/search.json", "/api/v1/changes"]
    asked += ["/search.jsonl", "/search.csv", "/search/briefing", "/api/v1/export", "/search.csv?q=%22"]
    for path in [*asked, "/api/v1/nothing", "/static/desk.css", f"/bulletins/{public_id}/cite.txt", "/status.json"]:
        headers = site.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, path
        assert "unsafe" not in policy and "*" not in policy, path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "DENY", path
        assert headers["Referrer-Policy"] == "no-referrer", path


def test_bodies_are_downloads_in_a_sandbox(site: httpx.Client, public_id: str) -> None:
    (document,) = site.get(f"/api/v1/notifications/{public_id}/attachments").json()["items"]
    revision = site.get(f"/api/v1/notifications/{public_id}/revisions").json()["items"][0]
    kept = {
        f"/attachments/{document['sha256']}": document["sha256"],
        f"/captures/{revision['capture']}/body": revision["sha256"],
    }
    for path, sha256 in kept.items():
        answer = site.get(path)
        assert answer.status_code == 200
        assert hashlib.sha256(answer.content).hexdigest() == sha256
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert site.get(f"/attachments/{document['sha256']}").content == NOTE_BODY


def test_a_capture_tells_what_it_gave(site: httpx.Client, public_id: str) -> None:
    _, edited = site.get(f"/api/v1/notifications/{public_id}/revisions").json()["items"]
    page = site.get(f"/captures/{edited['capture']}").text
    assert f'<a href="/bulletins/{public_id}">{html.escape(edited["record"]["title"])}</a>, revision 2' in page
    assert "6 entries seen, 1 revised, 5 unchanged" in " ".join(Tags(page).text.split())
    document = site.get(f"/api/v1/notifications/{public_id}").json()["documents"][0]
    numbers = range(1, 12)
    rows = [site.get(f"/api/v1/captures/{number}").json() for number in numbers]
    (held,) = [row for row in rows if row.get("quarantine")]
    assert held["quarantine"][0]["what"] == "entry" and "31/02/2018" in held["quarantine"][0]["reason"]
    said = " ".join(Tags(site.get(f"/captures/{held['id']}").text).text.split())
    assert "In quarantine entry, waiting: " in said and "31/02/2018" in said
    (fetched,) = [row for row in rows if row.get("sha256") == document["sha256"]]
    assert fetched["accounts"] is None
    assert "No entries were read from it." in site.get(f"/captures/{fetched['id']}").text


def test_a_bulletin_tells_all_that_is_known_of_it(site: httpx.Client, public_id: str) -> None:
    page = site.get(f"/bulletins/{public_id}")
    text = " ".join(Tags(page.text).text.split())
    assert "Revision 1 → 2" in text and "<ins>" in page.text and "An update follows at noon." in text
    for said in ("How each field was obtained", "SHA-256", "still shown", "Cite", "@misc{bsia-cssc-", "Rights: © BSIA"):
        assert said in text, said
    made, edited = site.get(f"/api/v1/notifications/{public_id}/revisions").json()["items"]
    for each in (made, edited):
        assert f'<a href="/captures/{each["capture"]}">' in page.text
        assert f"<code>{each['sha256'][:16]}</code>" in page.text
    evidence = edited["record"]["evidence"]
    assert {"title", "issued"} <= set(evidence)
    for how in evidence.values():
        assert " ".join(str(how).split()) in text, how
    assert site.get(f"/bulletins/{public_id}/compare/2/1").status_code == 200
    assert site.get(f"/bulletins/{public_id}/compare/1/9").status_code == 404


def test_the_beginning_of_an_id_leads_to_the_stable_address(site: httpx.Client, public_id: str) -> None:
    answer = site.get(f"/bulletins/{public_id[:8]}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/bulletins/{public_id}")


def test_a_withdrawn_bulletin_says_so(site: httpx.Client) -> None:
    (row,) = site.get("/api/v1/notifications", params={"state": "withdrawn"}).json()["items"]
    assert "its publisher does not show it any more" in site.get(f"/bulletins/{row['id']}").text
