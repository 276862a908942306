"""Pages are drawn where documents are read: in the child, within its limits, at its own cost."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.documents import PNG, DocumentReader, PagePicture
from tests import pdfs
from tests.corpus import corpus
from tests.ingest.test_documents import child_of, is_running


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    with DocumentReader(max_seconds=30) as shared:
        yield shared


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height as the header of a PNG states them."""
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def test_one_child_reads_and_draws(reader: DocumentReader) -> None:
    body = pdfs.mixed_document()
    reader.read(body)
    child = child_of(reader)
    pictures = [reader.draw(body, number, 160) for number in (1, 2, 3, 4)]
    assert [(each.state, each.reason, size_of(each.png)) for each in pictures] == [("done", None, (160, 226))] * 4
    assert len({each.png for each in pictures}) == 4
    assert reader.read(body).state == "done"
    assert child_of(reader) == child


@pytest.mark.parametrize(
    ("body", "page", "state"),
    [
        (pdfs.mixed_document(), 9, "missing"),
        (pdfs.mixed_document(), 2**32 - 1, "missing"),
        (b"<html>", 1, "not-a-pdf"),
        (b"%PDF-1.4\n", 1, "damaged"),
        (pdfs.encrypted(pdfs.table_document(), "reader", "keeper"), 1, "encrypted"),
    ],
    ids=["beyond", "far beyond", "html", "header", "password"],
)
def test_what_cannot_be_drawn_has_a_state_and_costs_no_child(
    reader: DocumentReader, body: bytes, page: int, state: str
) -> None:
    reader.read(b"")
    child = child_of(reader)
    drawn = reader.draw(body, page, 160)
    assert (drawn.state, drawn.png) == (state, b"") and drawn.reason
    assert child_of(reader) == child


def test_a_page_that_never_ends_costs_one_child() -> None:
    with DocumentReader(max_seconds=1) as reader:
        reader.read(b"")
        child = child_of(reader)
        drawn = reader.draw(pdfs.endless_forms(), 2, 160)
        assert not is_running(child)
        after = reader.draw(pdfs.endless_forms(), 1, 160)
    assert drawn == PagePicture("timeout", "not read within 1 seconds", b"")
    assert after.png.startswith(PNG)


def test_a_page_of_a_gigabyte_costs_one_child() -> None:
    with DocumentReader(max_bytes_of_memory=400 << 20) as reader:
        drawn = reader.draw(pdfs.zip_bomb(), 1, 160)
        after = reader.draw(pdfs.table_document(), 1, 160)
    assert (drawn.state, drawn.png) == ("memory", b"")
    assert after.state == "done"


def test_an_image_of_more_pixels_than_memory_costs_the_child_alone() -> None:
    image = b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceRGB/BitsPerComponent 8"
    body = pdfs.paged([pdfs.stream(pdfs.SHOW_IMAGE)], [pdfs.stream(b"", image)], b"/XObject<</Im 4 0 R>>")
    with DocumentReader(max_bytes_of_memory=400 << 20) as reader:
        drawn = reader.draw(body, 1, 160)
        after = reader.draw(pdfs.table_document(), 1, 160)
    assert drawn.state in ("done", "memory") and size_of(drawn.png or bytes(24)) in ((160, 226), (0, 0))
    assert after.state == "done"


def test_a_child_that_ended_while_nobody_asked_costs_no_picture() -> None:
    with DocumentReader(max_idle_seconds=1) as reader:
        reader.read(b"")
        child = child_of(reader)
        deadline = time.monotonic() + 20
        while Path(f"/proc/{child}/stat").read_text().split()[2] != "Z" and time.monotonic() < deadline:
            time.sleep(0.05)
        drawn = reader.draw(pdfs.table_document(), 1, 160)
        assert not is_running(child)
    assert drawn.state == "done"


@pytest.mark.parametrize("answer", ['{"png": "aGVsbG8="}', '{"png": "?"}', "{}", '{"page": 1}'])
def test_a_child_that_draws_something_else_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: str
) -> None:
    liar = tmp_path / "liar"
    liar.write_text(f"#!/bin/sh\necho '{{\"extractor\": \"x\"}}'\nhead -c 1 >/dev/null\necho '{answer}'\nsleep 60\n")
    liar.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(liar))
    with DocumentReader() as reader:
        drawn = reader.draw(pdfs.table_document(), 1, 160)
    assert drawn.state == "crashed" and "expected a picture or a state" in str(drawn.reason)


def test_a_killed_child_is_replaced() -> None:
    with DocumentReader() as reader:
        reader.read(b"")
        os.kill(child_of(reader), signal.SIGKILL)
        assert reader.draw(pdfs.table_document(), 1, 160).state == "done"


def test_real_hostile_documents_are_drawn_or_refused(reader: DocumentReader) -> None:
    pictures = [reader.draw(path.read_bytes(), 1, 160) for path in sorted(corpus("pdf/pdfjs").glob("*.pdf"))[:12]]
    assert pictures
    assert {each.state for each in pictures} <= {"done", "damaged", "encrypted", "missing"}
    assert all(bool(each.png) == (each.state == "done") for each in pictures)
