"""Who is let in, and what every answer carries: other sites reach no page by a name of theirs that leads here."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import httpx
import pytest

from web.answers import HEADERS
from web.door import is_this_machine

EVERYWHERE = ("/", "/search", "/search.atom", "/search.csv", "/changes", "/sources", "/captures/1/body", "/status.json")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8750", "127.8.8.8", "localhost", "LocalHost:1", "localhost.", "localhost:", "[::1]:80"],
)
def test_names_of_this_machine(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host",
    [
        *(
            "evil.example",
            "evil.example:8750",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1",
            "0.0.0.0",
        ),
        *("", ":80", "[::1", "::1", "[::]", "[fe80::1]", "localhost:80:80", "localhost@evil.example", "evil localhost"),
        *("localhost,evil.example", "127.0.0.1\t", "[localhost]", "xn--localhost-", "localhost:999999"),
    ],
)
def test_names_of_others(host: str) -> None:
    assert not is_this_machine(host)


@pytest.mark.parametrize("path", [*EVERYWHERE, "/api/v1/notifications", "/static/desk.css", "/nowhere", "/sources/"])
def test_another_host_is_refused_everywhere(site: httpx.Client, path: str) -> None:
    answer = site.get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert "evil.example, expected localhost" in answer.text
    assert "bsia-cssc" not in answer.text
    is_api = path.startswith("/api/")
    assert answer.headers["Content-Type"].startswith("application/problem+json" if is_api else "text/html")


def test_another_host_marks_nothing_as_seen(site: httpx.Client) -> None:
    answer = site.post("/seen", data={"cursor": "3"}, headers={"Host": "evil.example", "Origin": "http://evil.example"})
    assert answer.status_code == 421
    assert "Set-Cookie" not in answer.headers


def test_redirects_carry_the_headers_too(site: httpx.Client) -> None:
    answer = site.get("/sources/")
    assert answer.status_code == 307
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert urlsplit(answer.headers["Location"]).netloc == site.base_url.netloc.decode()


def test_a_form_is_not_read_for_ever(address: str) -> None:
    """A reader that goes on sending is told after a hundred bytes, however much it says that it will send."""
    parts = urlsplit(address)
    with socket.create_connection((str(parts.hostname), parts.port or 0), timeout=20) as connection:
        head = f"POST /seen HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: 99999999999\r\n\r\n"
        connection.sendall(head.encode() + b"cursor=" + b"1" * 500)
        assert connection.recv(200).startswith(b"HTTP/1.1 413 ")


def test_bytes_that_a_reader_has_are_not_sent_again(site: httpx.Client, public_id: str) -> None:
    (document,) = site.get(f"/api/v1/notifications/{public_id}/attachments").json()["items"]
    for path in ("/captures/1/body", f"/attachments/{document['sha256']}"):
        first = site.get(path)
        again = site.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
        assert site.get(path, headers={"If-None-Match": '"another"'}).content == first.content
