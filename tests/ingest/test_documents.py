"""A document costs itself, never the run: limits, deaths, and what is kept of them."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest import documents
from ingest.documents import DocumentReader, DocumentText
from parsers.pdf import EXTRACTOR, PageText
from tests import pdfs
from tests.corpus import corpus

NOTICE = "\n".join(pdfs.NOTICE)


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    with DocumentReader(max_seconds=30) as shared:
        yield shared


def child_of(reader: DocumentReader) -> int:
    """The process id of the reader's child."""
    child = reader._child
    if child is None:
        raise LookupError("the reader has no child, expected one")
    return child.process_id


def is_running(process_id: int) -> bool:
    """Whether a process exists, a zombie included."""
    return Path(f"/proc/{process_id}").exists()


def test_a_document_gives_its_pages_and_one_child_serves_many(reader: DocumentReader) -> None:
    first = reader.read(pdfs.mixed_document())
    child = child_of(reader)
    second = reader.read(pdfs.text_document(pdfs.NOTICE))
    assert [page.how for page in first.pages] == ["pdfium", "scan", "pdfplumber", "empty"]
    assert second == DocumentText("done", None, (PageText(1, NOTICE, "pdfium"),), EXTRACTOR)
    assert child_of(reader) == child


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"", "empty"),
        (b"<html><body>Sorry", "not-a-pdf"),
        (b"%PDF-1.4\n", "damaged"),
        (pdfs.encrypted(pdfs.table_document(), "reader", "keeper"), "encrypted"),
        (pdfs.page_tree_loop(), "damaged"),
        (pdfs.deep_arrays(), "done"),
    ],
    ids=["empty", "html", "header", "password", "loop", "arrays"],
)
def test_states_come_through_the_pipe(reader: DocumentReader, body: bytes, state: str) -> None:
    read = reader.read(body)
    assert read.state == state
    assert bool(read.reason) == (state != "done") or "repaired" in str(read.reason)


def test_what_was_repaired_is_told_of_a_done_document(reader: DocumentReader) -> None:
    read = reader.read(pdfs.text_document(pdfs.NOTICE).replace(b"xref\n0", b"xerf\n0"))
    assert (read.state, read.reason) == ("done", "its cross-reference table is broken: repaired")


def test_too_many_pages_keep_the_first_ones() -> None:
    with DocumentReader(max_pages=3) as reader:
        read = reader.read(pdfs.many_pages(5))
    assert read.state == "too-large"
    assert [page.text for page in read.pages] == ["Page 1", "Page 2", "Page 3"]


def test_too_much_output_keeps_the_pages_before_it() -> None:
    with DocumentReader(max_output_bytes=400_000) as reader:
        read = reader.read(pdfs.many_pages(3).replace(b"Page 3", b"3" * 6) + b"")
        long_lines = [["x" * 90] * 40] * 200
        over = reader.read(pdfs.text_document(*long_lines))
        after = reader.read(pdfs.text_document(pdfs.NOTICE))
    assert read.state == "done"
    assert over.state == "too-large"
    assert 0 < len(over.pages) < 200
    assert after.state == "done"


def test_a_document_that_never_ends_is_stopped_and_its_pages_are_kept() -> None:
    with DocumentReader(max_seconds=1) as reader:
        read = reader.read(pdfs.endless_forms())
        after = reader.read(pdfs.text_document(pdfs.NOTICE))
    assert (read.state, read.reason) == ("timeout", "not read within 1 seconds")
    assert [page.text for page in read.pages] == [NOTICE]
    assert after.state == "done"


def test_a_gigabyte_of_zeros_costs_the_child_alone() -> None:
    with DocumentReader(max_bytes_of_memory=400 << 20) as reader:
        read = reader.read(pdfs.zip_bomb())
        after = reader.read(pdfs.text_document(pdfs.NOTICE))
    assert read.state == "memory"
    assert after.state == "done"


def test_a_child_killed_while_it_reads_keeps_the_pages_it_gave(monkeypatch: pytest.MonkeyPatch) -> None:
    with DocumentReader(max_seconds=30) as reader:
        kill_after(monkeypatch, reader, 1)
        read = reader.read(pdfs.endless_forms())
        after = reader.read(pdfs.text_document(pdfs.NOTICE))
    assert (read.state, read.reason) == ("crashed", "the document child was ended by SIGKILL")
    assert [page.text for page in read.pages] == [NOTICE]
    assert after.state == "done"


def kill_after(monkeypatch: pytest.MonkeyPatch, reader: DocumentReader, pages: int) -> None:
    """Kill the reader's child as soon as so many pages have arrived."""
    page_of = documents._page
    seen: list[PageText] = []

    def counting(line: dict[str, object]) -> PageText:
        seen.append(page_of(line))
        if len(seen) == pages:
            os.kill(child_of(reader), signal.SIGKILL)
        return seen[-1]

    monkeypatch.setattr(documents, "_page", counting)


def test_a_child_that_died_idle_costs_no_document() -> None:
    with DocumentReader() as reader:
        reader.read(pdfs.text_document(pdfs.NOTICE))
        os.kill(child_of(reader), signal.SIGKILL)
        read = reader.read(pdfs.text_document(pdfs.NOTICE))
    assert read.state == "done"


def test_a_child_that_cannot_start_is_a_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with DocumentReader() as reader:
        read = reader.read(pdfs.text_document(pdfs.NOTICE))
    assert (read.state, read.pages) == ("crashed", ())
    assert read.reason == "the document child cannot be started: No such file or directory"


def test_a_child_that_talks_nonsense_is_a_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    babbler = tmp_path / "babbler"
    babbler.write_text('#!/bin/sh\necho \'{"extractor": "x"}\'\nhead -c 1 >/dev/null\necho nonsense\nsleep 60\n')
    babbler.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(babbler))
    with DocumentReader() as reader:
        read = reader.read(pdfs.text_document(pdfs.NOTICE))
    assert read.state == "crashed"
    assert read.reason == "the document child answered b'nonsense', expected JSON"


def test_the_child_is_replaced_after_its_share_of_documents() -> None:
    with DocumentReader(max_documents_per_child=2) as reader:
        reader.read(b"")
        first = child_of(reader)
        reader.read(b"")
        assert not is_running(first)
        reader.read(b"")
        assert child_of(reader) != first


def test_the_child_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BULLETINS_SECRET", "a word for nobody")
    with DocumentReader() as reader:
        reader.read(b"")
        seen = Path(f"/proc/{child_of(reader)}/environ").read_bytes()
    assert b"nobody" not in seen


def test_no_process_and_no_descriptor_is_left() -> None:
    def broken(reader: DocumentReader) -> None:
        os.kill(child_of(reader), signal.SIGKILL)

    def idle(reader: DocumentReader) -> None:
        reader.read(b"%PDF-")

    before = sorted(os.listdir("/proc/self/fd"))
    children = [lived(action) for action in (broken, idle)]
    assert sorted(os.listdir("/proc/self/fd")) == before
    assert [process_id for process_id in children if is_running(process_id)] == []


def lived(action: Callable[[DocumentReader], None]) -> int:
    """The process id of a child that has been through an action and the end of its reader."""
    with DocumentReader() as reader:
        reader.read(pdfs.text_document(pdfs.NOTICE))
        child = child_of(reader)
        action(reader)
        reader.read(b"")
    return child


def test_readers_in_two_threads_do_not_hinder_each_other() -> None:
    states: list[str] = []

    def work() -> None:
        with DocumentReader() as reader:
            states.extend(reader.read(pdfs.mixed_document()).state for _ in range(3))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states == ["done"] * 6


def test_real_hostile_documents_give_a_state(reader: DocumentReader) -> None:
    states = {path.name: reader.read(path.read_bytes()).state for path in corpus("pdf/pdfjs").glob("*.pdf")}
    assert states
    assert set(states.values()) <= {"done", "damaged", "encrypted"}
