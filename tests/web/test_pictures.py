"""Pictures of the pages of attachments: what they cost, how many are kept, and what stands where there is none."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
import pytest

from archive.attachments import Page, ensure_documents, store_text
from archive.kept import captures, has_page
from archive.store import Archive, ArchiveUnusable, Session
from desk import drawn_by
from ingest.documents import PNG, DocumentReader
from tests import pdfs
from tests.lifecycle.world import START, Clock, SmallSite, Upstream, opened, run, shown, with_document
from tests.web.conftest import CATALOGUE
from tests.web.test_pages import Tags
from web.answers import AT_ONCE
from web.app import make_app
from web.pictures import FAILURE_SECONDS, CannotDraw, Draw, Pictures
from web.server import serving

NEWSLETTER, BROKEN = "/Portals/4/CSSC/newsletter.pdf", "/Portals/4/CSSC/broken.pdf"
TEXTS = ("Green message", "", "Ward, thefts, change", "")
BODY = pdfs.mixed_document()
SHA256 = hashlib.sha256(BODY).hexdigest()


@dataclass
class Counted:
    """Draws as told, and notes what was asked of it and how many did so at once."""

    draw: Draw
    asked: list[tuple[int, int]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def __call__(self, body: bytes, page: int, width: int) -> bytes:
        self.asked.append((page, width))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return self.draw(body, page, width)
        finally:
            self.at_once -= 1


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """A bulletin with a document of four pages, and one with a document that nothing can open."""
    first, second = shown("snow", "depot-fire")
    site = SmallSite(
        [[with_document(first, NEWSLETTER), with_document(second, BROKEN)]],
        {(NEWSLETTER, 0): BODY, (BROKEN, 0): b"%PDF-1.4 broken"},
    )
    place = tmp_path_factory.mktemp("pictures")
    with opened(f"sqlite:///{place / 'archive.sqlite'}", place) as archive:
        run(archive, Upstream(site), Clock(START))
        pages = [Page(number, text, "pdfium") for number, text in enumerate(TEXTS, 1)]
        with archive.writing() as session:
            store_text(session, SHA256, "done", None, "a test", pages)
            listing = captures(session, [1])[1]["sha256"]
            ensure_documents(session, [listing])
            store_text(session, listing, "done", None, "a test", pages)
        yield archive


@pytest.fixture(scope="module")
def counted() -> Iterator[Counted]:
    with DocumentReader(max_seconds=30) as documents:
        yield Counted(drawn_by(documents))


@pytest.fixture(scope="module")
def pages_at(held: Archive, counted: Counted) -> Iterator[httpx.Client]:
    with (
        serving(make_app(held, CATALOGUE, draw=counted), "127.0.0.1", 0) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        yield client


def leaves(site: httpx.Client, name: str) -> tuple[Tags, list[dict[str, str | None]]]:
    """The page of the bulletin that cites a document of that name, and the pictures on it."""
    for row in site.get("/api/v1/notifications").json()["items"]:
        page = Tags(site.get(f"/bulletins/{row['id']}").text)
        if name in page.text:
            return page, [given for tag, given in page.found if tag == "img"]
    raise LookupError(f"no bulletin cites {name}, expected one")


def test_every_page_is_shown_beside_its_text(pages_at: httpx.Client) -> None:
    page, pictures = leaves(pages_at, "newsletter.pdf")
    assert [each["alt"] for each in pictures] == [f"Page {number} of newsletter.pdf" for number in (1, 2, 3, 4)]
    assert {(each["width"], each["height"], each["loading"]) for each in pictures} == {("160", "226", "lazy")}
    large = [str(given["href"]) for tag, given in page.found if tag == "a" and "/pages/" in str(given.get("href"))]
    small = [str(each["src"]) for each in pictures]
    assert small == [address.replace(".png", "-small.png") for address in large]
    for text in ("Green message", "p. 2 has no text", "Ward, thefts, change", "p. 4 has no text"):
        assert text in page.text
    sizes = set()
    for address in (*small, *large):
        answer = pages_at.get(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
        assert answer.content.startswith(PNG)
        sizes.add((int.from_bytes(answer.content[16:20]), int.from_bytes(answer.content[20:24])))
    assert sizes == {(320, 453), (800, 1132)}


def test_more_text_than_a_page_has_room_for_is_in_the_file(
    pages_at: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.bulletins.MOST_PAGE_CHARACTERS", 16)
    page, pictures = leaves(pages_at, "newsletter.pdf")
    assert "Green message" in page.text and "War" in page.text and "Ward" not in page.text
    assert "p. 3: the rest of its text is in the file" in page.text and "p. 4 has no text" in page.text
    assert len(pictures) == 4


def test_a_picture_is_for_good_and_in_a_sandbox(pages_at: httpx.Client) -> None:
    address = str(leaves(pages_at, "newsletter.pdf")[1][0]["src"])
    answer = pages_at.get(address)
    assert "immutable" in answer.headers["Cache-Control"]
    policy = answer.headers["Content-Security-Policy"]
    assert {"sandbox allow-same-origin", "script-src 'none'", "frame-ancestors 'none'"} <= set(policy.split("; "))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = pages_at.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("number", ["0", "5", "999999999", "9" * 18, str(2**63), "9" * 5_000, "-1", "1.5", "x"])
def test_a_page_that_is_not_there_is_404_and_not_drawn(
    pages_at: httpx.Client, counted: Counted, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_postgresql_does(session: Session, sha256: str, page: int) -> bool:
        if page >= 2**31:
            raise OverflowError(page)
        return has_page(session, sha256, page)

    monkeypatch.setattr("web.kept.has_page", as_postgresql_does)
    address = str(leaves(pages_at, "newsletter.pdf")[1][0]["src"])
    before = len(counted.asked)
    answer = pages_at.get(address.replace("/1-small.png", f"/{number}.png"))
    assert answer.status_code == 404 and "expected" in answer.text
    assert len(counted.asked) == before


def test_only_what_a_bulletin_cites_is_drawn(pages_at: httpx.Client, counted: Counted) -> None:
    listing = str(pages_at.get("/api/v1/captures/1").json()["sha256"])
    before = len(counted.asked)
    for sha256 in (listing, "0" * 64, "x", "..%2f..%2fx"):
        assert pages_at.get(f"/attachments/{sha256}/pages/1.png").status_code == 404
    assert len(counted.asked) == before


def test_what_cannot_be_drawn_is_said_and_costs_one_attempt(pages_at: httpx.Client, counted: Counted) -> None:
    address = str(leaves(pages_at, "broken.pdf")[1][0]["src"])
    before = len(counted.asked)
    for each in (address, address, address.replace("-small", "")):
        answer = pages_at.get(each)
        assert answer.status_code == 404
        assert "damaged" in answer.text and "expected one that can be drawn" in answer.text
        assert "immutable" not in answer.headers["Cache-Control"]
    assert len(counted.asked) == before + 1


def test_without_one_who_draws_there_is_the_text_alone(held: Archive) -> None:
    with (
        serving(make_app(held, CATALOGUE), "127.0.0.1", 0) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as site,
    ):
        page, pictures = leaves(site, "newsletter.pdf")
        assert pictures == [] and "Ward, thefts, change" in page.text
        assert site.get(f"/attachments/{SHA256}/pages/1.png").status_code == 404


def slowly(body: bytes, page: int, width: int) -> bytes:
    time.sleep(0.05)
    return body * page


def test_those_who_ask_at_once_wait_for_one_picture() -> None:
    counted = Counted(slowly)
    pictures = Pictures(counted)
    with ThreadPoolExecutor(8) as readers:
        keys = [("a", page, 320) for page in (1, 2)] * 4
        found = list(readers.map(lambda key: pictures.picture(key, lambda: b"x"), keys))
    assert found == [b"x" * page for _, page, _ in keys]
    assert sorted(counted.asked) == [(1, 320), (2, 320)]
    assert counted.most_at_once == 1


def test_as_many_are_kept_as_there_is_room_for() -> None:
    counted = Counted(lambda body, page, width: bytes(width))
    few, small = Pictures(counted, most=2), Pictures(counted, most_bytes=100)
    for pages in (few, small):
        counted.asked.clear()
        for number in (1, 2, 1, 3, 1, 2):
            assert len(pages.picture(("a", number, 50), lambda: b"")) == 50
        assert [page for page, _ in counted.asked] == [1, 2, 3, 2]
    assert len(small.picture(("a", 1, 101), lambda: b"")) == 101
    assert (len(small._kept), small._bytes) == (0, 0)


def test_what_could_not_be_drawn_is_tried_again_in_a_while() -> None:
    def fail(body: bytes, page: int, width: int) -> bytes:
        raise CannotDraw("timeout: not read within 10 seconds")

    now, counted = [1_000.0], Counted(fail)
    pictures = Pictures(counted, most=3, clock=lambda: now[0])
    for later, tries in ((0, 1), (FAILURE_SECONDS - 1, 1), (2, 2), (FAILURE_SECONDS - 1, 2)):
        now[0] += later
        with pytest.raises(CannotDraw, match="timeout"):
            pictures.picture(("a", 1, 320), lambda: b"")
        assert len(counted.asked) == tries
    for number in range(20):
        with pytest.raises(CannotDraw):
            pictures.picture(("a", number, 320), lambda: b"")
    assert len(pictures._failed) == 3


def test_nobody_waits_behind_too_many_or_too_long() -> None:
    going_on, begun = threading.Event(), threading.Event()

    def hang(body: bytes, page: int, width: int) -> bytes:
        begun.set()
        going_on.wait(20)
        return b"drawn"

    pictures = Pictures(hang, most_waiting=2, wait_seconds=0.05)
    with ThreadPoolExecutor(2) as readers:
        first = readers.submit(pictures.picture, ("a", 1, 320), lambda: b"")
        assert begun.wait(20)
        with pytest.raises(ArchiveUnusable, match="others are still being drawn"):
            pictures.picture(("a", 2, 320), lambda: b"")
        pictures._places.acquire()
        with pytest.raises(ArchiveUnusable, match="too many are asked for at once"):
            pictures.picture(("a", 2, 320), lambda: b"")
        pictures._places.release()
        going_on.set()
        assert first.result() == b"drawn"
    assert pictures.picture(("a", 2, 320), lambda: b"") == b"drawn"


def test_readers_of_pages_do_not_wait_for_pictures(held: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    going_on, come = threading.Event(), threading.Semaphore(0)

    def hang(body: bytes, page: int, width: int) -> bytes:
        going_on.wait(20)
        return PNG

    def counted(session: Session, sha256: str, page: int) -> bool:
        come.release()
        return has_page(session, sha256, page)

    monkeypatch.setattr("web.kept.has_page", counted)

    with (
        serving(make_app(held, CATALOGUE, draw=hang), "127.0.0.1", 0) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as site,
        ThreadPoolExecutor(AT_ONCE + 1) as readers,
    ):
        addresses = [f"/attachments/{SHA256}/pages/{number}.png" for number in (1, 2, 3, 4, 1)]
        waiting = [readers.submit(httpx.get, f"{site.base_url}{address}") for address in addresses]
        try:
            assert all(come.acquire(timeout=20) for _ in range(AT_ONCE))
            assert site.get("/").status_code == 200
            assert not any(each.done() for each in waiting)
        finally:
            going_on.set()
        assert [each.result().status_code for each in waiting] == [200] * 5
