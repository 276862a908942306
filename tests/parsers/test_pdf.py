"""What a PDF says, page by page, and what is said of one that cannot be read."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pdfplumber
import pypdfium2
import pytest

from parsers.pdf import EXTRACTOR, PageText, Unreadable, pages
from parsers.pdf_words import clean
from tests import pdfs
from tests.corpus import corpus

STATES = {"encrypted", "not-a-pdf", "empty", "damaged", "too-large"}
ROOT = Path(__file__).resolve().parents[2]


def refused(body: bytes, **limits: int) -> tuple[list[PageText], Unreadable]:
    """The pages before the refusal, and the refusal."""
    read: list[PageText] = []
    with pytest.raises(Unreadable) as caught:
        read.extend(pages(body, **limits))  # extend keeps what came before the exception
    return read, caught.value


def remark(body: bytes) -> str | None:
    """What reading the document had to repair."""
    reading = pages(body)
    while True:
        try:
            next(reading)
        except StopIteration as end:
            return end.value if end.value is None else str(end.value)


def squeezed(text: str) -> str:
    return "".join(clean(text).split())


def test_pages_keep_their_lines_and_numbers() -> None:
    first, second = pages(pdfs.text_document(pdfs.NOTICE, ["The second page – “quoted” £5."]))
    assert first == PageText(1, "\n".join(pdfs.NOTICE), "pdfium")
    assert second == PageText(2, "The second page – “quoted” £5.", "pdfium")
    assert remark(pdfs.text_document(pdfs.NOTICE)) is None


def test_a_ruled_table_stands_in_place_as_rows() -> None:
    rows = ["\t".join(row) for row in pdfs.TABLE]
    [page] = pages(pdfs.table_document())
    assert page.how == "pdfplumber"
    assert page.text.split("\n") == ["Thefts by ward in March", *rows, "Counted on the last day."]


@pytest.mark.parametrize(
    ("degrees", "matrix"),
    [(90, b"0 1 -1 0 900 0 cm "), (180, b"-1 0 0 -1 900 900 cm "), (270, b"0 -1 1 0 0 900 cm ")],
)
def test_a_turned_page_gives_the_same_rows(degrees: int, matrix: bytes) -> None:
    drawn = b"\n".join([matrix, pdfs.table_drawn(), pdfs.written(["Counted on the last day."], top=590)])
    turned = pdfs.paged([pdfs.stream(drawn)]).replace(b"/Type/Page/", b"/Rotate %d/Type/Page/" % degrees)
    [page] = pages(turned.replace(b"595 842", b"900 900"))
    assert page.how == "pdfplumber"
    assert page.text.split("\n") == ["\t".join(row) for row in pdfs.TABLE] + ["Counted on the last day."]


def test_a_frame_around_text_is_no_table() -> None:
    framed = pdfs.stream(pdfs.table_drawn([["Only one cell says something", ""], ["", ""]]))
    [page] = pages(pdfs.paged([framed]))
    assert (page.how, page.text) == ("pdfium", "Only one cell says something")


def test_text_pages_never_reach_pdfplumber(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object) -> None:
        raise AssertionError("pdfplumber was opened for a page without rulings")

    monkeypatch.setattr(pdfplumber, "open", opened)
    underlined = pdfs.written(pdfs.NOTICE) + b"\n60 770 m 300 770 l S 60 750 200 20 re S"
    assert [page.how for page in pages(pdfs.paged([pdfs.stream(underlined)]))] == ["pdfium"]


def test_columns_are_read_one_after_the_other() -> None:
    [page] = pages(pdfs.column_document())
    assert page.text.split("\n") == [*pdfs.COLUMNS[0], *pdfs.COLUMNS[1]]


def test_each_page_says_how_it_was_read() -> None:
    assert [page.how for page in pages(pdfs.mixed_document())] == ["pdfium", "scan", "pdfplumber", "empty"]
    assert list(pages(pdfs.scan_document())) == [PageText(1, "", "scan")]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("  two \t\u00a0 words  ", "two words"),
        ("o\ufb03ce \ufb01re", "office fire"),
        ("co\u00adoperate", "cooperate"),
        ("co\u00ad\r\noperate", "co-\noperate"),
        ("exam\ufffeple", "exam-\nple"),
        ("e\u0301", "\u00e9"),
        ("nul\x00and\x07bell", "nul and bell"),
        ("\uf0b7 item", "• item"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("a\n\n\n\nb\n", "a\n\nb"),
        ("bad \ud800 half", "bad \ufffd half"),
        ("one\x1cline\x1ehere", "one line here"),
        ("a\r\x85b\x0bc\x0cd", "a\n\nb\nc\nd"),
        ("co\u00adoperate\u00ad", "cooperate"),
    ],
)
def test_characters_become_what_a_reader_sees(raw: str, expected: str) -> None:
    assert clean(raw) == expected


def test_a_hyphen_at_a_line_end_stays() -> None:
    [page] = pages(pdfs.text_document(["the ser-", "vice road"]))
    assert page.text == "the ser-\nvice road"


def test_an_owner_password_locks_nothing_and_a_user_password_all() -> None:
    plain = pdfs.mixed_document()
    assert list(pages(pdfs.encrypted(plain, "", "keeper"))) == list(pages(plain))
    read, problem = refused(pdfs.encrypted(plain, "reader", "keeper"))
    assert (read, problem.state) == ([], "encrypted")
    assert "password" in problem.reason


def test_no_bytes_and_other_formats_are_named() -> None:
    assert refused(b"")[1].state == "empty"
    html = refused(b"<!DOCTYPE html><title>Page not found</title> 1 0 obj")[1]
    assert html.state == "not-a-pdf"
    assert html.reason == "begins with '<!DOCTYPE html><title>Page not found</title> 1 0 obj', expected '%PDF-'"
    assert refused(b"PK\x03\x04")[1].state == "not-a-pdf"


def test_a_header_alone_is_damaged() -> None:
    read, problem = refused(b"%PDF-1.7\n")
    assert (read, problem.state) == ([], "damaged")


def test_junk_before_the_header_and_a_broken_cross_reference_are_repaired() -> None:
    sound = pdfs.text_document(pdfs.NOTICE)
    for broken in (b"junk\n" * 1000 + sound, sound.replace(b"xref\n0", b"xerf\n0")):
        assert [page.text for page in pages(broken)] == ["\n".join(pdfs.NOTICE)]
        assert "repaired" in str(remark(broken))


def test_a_truncated_file_is_read_with_a_remark_or_refused() -> None:
    sound = pdfs.many_pages(20)
    whole = list(pages(sound))
    for tenth in range(1, 10):
        body = sound[: len(sound) * tenth // 10]
        read: list[PageText] = []
        try:
            read.extend(pages(body))
            told: object = remark(body)
        except Unreadable as problem:
            assert problem.state in STATES
            told = problem.reason
        assert told
        assert [page for page in read if page.text] == whole[: len([page for page in read if page.text])]


def test_a_long_document_gives_its_first_pages_and_says_so() -> None:
    read, problem = refused(pdfs.many_pages(7), max_pages=5)
    assert [page.text for page in read] == [f"Page {number}" for number in range(1, 6)]
    assert problem.state == "too-large"
    assert problem.reason == "7 pages, expected at most 5: the first ones were read"


def test_a_long_page_is_cut_and_says_so() -> None:
    read, problem = refused(pdfs.text_document(["0123456789"], ["short"]), max_chars_per_page=8)
    assert [page.text for page in read] == ["01234567", "short"]
    assert (problem.state, problem.reason) == ("too-large", "page 1 has more than 8 characters: cut there")


def test_a_page_tree_that_contains_itself_is_damaged() -> None:
    read, problem = refused(pdfs.page_tree_loop())
    assert (read, problem.state) == ([], "damaged")


@pytest.mark.parametrize("hostile", [pdfs.huge_page_count(), pdfs.deep_arrays()], ids=["count", "arrays"])
def test_a_lie_beside_the_text_does_not_hide_the_text(hostile: bytes) -> None:
    assert [page.text for page in pages(hostile)] == ["\n".join(pdfs.NOTICE)]


def test_the_extractor_names_what_changes_the_text() -> None:
    assert EXTRACTOR.startswith("pypdfium2 ")
    assert "pdfplumber " in EXTRACTOR
    assert "rules " in EXTRACTOR


def test_importing_it_loads_no_library() -> None:
    check = "import sys, parsers.pdf; print(*{'pypdfium2', 'pdfplumber', 'pikepdf', 'httpx'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


# Real documents

TEXT_FILES = (
    "pdf/whitehall/simple.pdf",
    "pdf/pdfplumber/2023-06-20-PV.pdf",
    "pdf/pypdf-sample-files/026-latex-multicolumn_multicolumn.pdf",
    "pdf/pdfminer/contrib_issue-1061-colour-space-stack.pdf",
)
TABLE_FILES = (
    "pdf/pdfplumber/la-precinct-bulletin-2014-p1.pdf",
    "pdf/pdfplumber/word365_structure.pdf",
    "pdf/pdfplumber/issue-466-example.pdf",
    "pdf/pdfplumber/nics-background-checks-2015-11-rotated.pdf",
)


@pytest.mark.parametrize("path", TEXT_FILES)
def test_real_text_is_that_of_pdfium(path: str) -> None:
    body = corpus(path).read_bytes()
    with closing(pypdfium2.PdfDocument(body)) as document:
        bare = [page.get_textpage().get_text_range().replace("\ufffe", "-") for page in document]
    assert [squeezed(page.text) for page in pages(body)] == list(map(squeezed, bare))


def letters(cells: Iterable[str | None]) -> str:
    """A row by the letters of its cells: pdfplumber and PDFium differ in the spaces and the order of some."""
    return "\t".join("".join(sorted(squeezed(cell or ""))) for cell in cells)


def plumbed(body: bytes) -> Iterator[tuple[int, str]]:
    """The page and the letters of each row of pdfplumber's tables of two rows and two columns or more."""
    with pdfplumber.open(BytesIO(body)) as document:
        for page in document.pages:
            for table in page.extract_tables():
                if sum(map(any, table)) >= 2 and sum(map(any, zip(*table, strict=True))) >= 2:
                    yield from ((page.page_number, letters(row)) for row in table if any(row))
            page.close()


@pytest.mark.parametrize("path", TABLE_FILES)
def test_real_tables_are_those_of_pdfplumber(path: str) -> None:
    body = corpus(path).read_bytes()
    ours = {(page.page, letters(line.split("\t"))) for page in pages(body) for line in page.text.split("\n")}
    rows = list(plumbed(body))
    assert len(rows) >= 3
    assert [row for row in rows if row not in ours] == []


def test_dates_in_real_tables_are_not_torn_apart() -> None:
    body = corpus("pdf/pdfplumber/WARN-Report-for-7-1-2015-to-03-25-2016.pdf").read_bytes()
    first = next(pages(body))
    assert first.how == "pdfplumber"
    assert re.search(r"\t\d\d/\d\d/2015\t", first.text)
    assert "/ 2 0 15" not in first.text


def test_every_real_document_gives_pages_or_a_state(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    small = [path for path in corpus("pdf").rglob("*.pdf") if path.stat().st_size < 20_000]
    assert small
    for path in small:
        read: list[PageText] = []
        try:
            read.extend(pages(path.read_bytes()))
        except Unreadable as problem:
            assert problem.state in STATES and problem.reason, path
        else:
            assert read, path
        assert all(page.how in {"pdfium", "pdfplumber", "scan", "empty"} for page in read), path
        assert all(bool(page.text) == (page.how in {"pdfium", "pdfplumber"}) for page in read), path


def test_locked_attachments_do_not_lock_the_text_around_them() -> None:
    [page] = pages(corpus("pdf/pdfjs/encrypted-attachment.pdf").read_bytes())
    assert page.how == "pdfium"
