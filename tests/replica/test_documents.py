"""The documents are what they claim to be, and the same bytes in every process."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys

import pdfplumber
import pikepdf
import pypdfium2
import pytest

from replica.documents import (
    DOCUMENTS,
    FOLDER,
    damaged_path,
    dead_path,
    document,
    replacement_path,
    scan_path,
    twin_paths,
    words,
)
from replica.pdf import Sheet, pdf, text_at

NEWSLETTER = FOLDER + "10-01-2018-cssc-london-green-message-london-protect-edition-11-0.pdf"
ALERT = FOLDER + "16-02-2018-cssc-london-amber-message-incident-update-re-santa-rilla-0.pdf"
READABLE = sorted(set(DOCUMENTS) - {damaged_path})
DIGESTS = """
import hashlib
from replica.documents import DOCUMENTS
for path in sorted(DOCUMENTS):
    print(hashlib.sha256(DOCUMENTS[path]()).hexdigest())
"""


def test_another_process_makes_the_same_bytes() -> None:
    there = subprocess.run([sys.executable, "-c", DIGESTS], capture_output=True, text=True, check=True).stdout.split()
    assert there == [hashlib.sha256(DOCUMENTS[path]()).hexdigest() for path in sorted(DOCUMENTS)]


@pytest.mark.parametrize("path", READABLE)
def test_a_strict_reader_finds_nothing_to_repair(path: str) -> None:
    with pikepdf.open(io.BytesIO(_bytes(path))) as read:
        assert read.check_pdf_syntax() == []


def test_an_alert_is_one_page_of_its_words() -> None:
    pages = _text(_bytes(ALERT))
    assert len(pages) == 1
    assert " ".join(words("ferry-update")) in " ".join(pages[0].split())


def test_a_newsletter_has_columns_and_a_ruled_table() -> None:
    with pdfplumber.open(io.BytesIO(_bytes(NEWSLETTER))) as read:
        assert len(read.pages) == 2
        assert read.pages[0].extract_tables() == []
        (table,) = read.pages[1].extract_tables()
        half = read.pages[0].width / 2
        assert "people who open doors" not in (read.pages[0].crop((half, 90, half * 2, 800)).extract_text())
    assert table[0] == ["Date", "Course", "Where", "Room for"]
    assert len(table) == 5
    assert all(cell for row in table for cell in row)


def test_the_scan_shows_a_picture_and_holds_no_text() -> None:
    assert _text(_bytes(scan_path)) == [""]
    with pdfplumber.open(io.BytesIO(_bytes(scan_path))) as read:
        (picture,) = read.pages[0].images
    assert picture["srcsize"] == (850, 1100)


def test_the_damaged_file_has_lost_its_end() -> None:
    assert _bytes(damaged_path).startswith(b"%PDF-")
    assert b"startxref" not in _bytes(damaged_path)


def test_the_replaced_document_says_something_else_under_its_address() -> None:
    before, after = document(replacement_path), document(replacement_path, replaced=True)
    assert before is not None
    assert after is not None
    assert "£310,000." in _text(before)[0]
    assert "not £310,000" in " ".join(_text(after)[0].split())


def test_twins_are_equal_and_all_others_differ() -> None:
    assert document(twin_paths[0]) == document(twin_paths[1])
    assert len({_bytes(path) for path in DOCUMENTS}) == len(DOCUMENTS) - 1


def test_the_dead_address_has_nothing() -> None:
    assert document(dead_path) is None


def test_brackets_and_pounds_survive_the_writer() -> None:
    made = pdf("trial", [Sheet((text_at(50, 700, r"a (b) \c £5 ’"),))])
    assert _text(made) == [r"a (b) \c £5 ’"]


def test_an_unknown_set_of_words_is_refused() -> None:
    with pytest.raises(ValueError, match="no document 'nothing'"):
        words("nothing")


def _bytes(path: str) -> bytes:
    return document(path) or b""


def _text(content: bytes) -> list[str]:
    read = pypdfium2.PdfDocument(content)
    try:
        return [read[number].get_textpage().get_text_range() for number in range(len(read))]
    finally:
        read.close()
