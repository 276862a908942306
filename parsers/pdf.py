"""The text of a PDF, page by page: bytes in, pages out. Nothing here opens a file or a socket."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from io import BytesIO
from typing import TYPE_CHECKING

from parsers.pdf_rulings import is_ruled
from parsers.pdf_tables import Tables
from parsers.pdf_words import clean

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

RULES_VERSION = 1
EXTRACTOR = f"pypdfium2 {version('pypdfium2')}, pdfplumber {version('pdfplumber')}, rules {RULES_VERSION}"

MAX_PAGES = 500
MAX_CHARS_PER_PAGE = 1_000_000
TAIL_BYTES = 1024
"""Where the header and the end mark of a PDF may stand, from either end (ISO 32000-1, annex H.3.3 and H.3.4)."""
OUTLINED_TEXT_SEGMENTS = 200
"""A textless page with as many path segments (about ten letters) is a picture of text, not an empty page."""


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of one page. `page` counts from 1; `how` is pdfium, pdfplumber (with tables), scan or empty."""

    page: int
    text: str
    how: str


class Unreadable(ValueError):
    """A document, or the rest of one, that cannot be read; pages yielded before it stand.

    `state` is encrypted, not-a-pdf, empty, damaged or too-large; `reason` reads `what, expected what`.
    """

    def __init__(self, state: str, reason: str) -> None:
        super().__init__(f"{state}: {reason}")
        self.state = state
        self.reason = reason


def pages(
    body: bytes, max_pages: int = MAX_PAGES, max_chars_per_page: int = MAX_CHARS_PER_PAGE
) -> Generator[PageText, None, str | None]:
    """Yield the pages of a PDF in order, and return what had to be repaired to read them (None: nothing).

    Raises Unreadable, after the pages that can be read, when any page or part of a page is missing from them.
    """
    document, readable, remark = open_document(body)
    with closing(document), closing(Tables(readable, len(document))) as tables:
        lost: list[int] = []
        cut: list[int] = []
        for number in range(1, min(len(document), max_pages) + 1):
            page = load_page(document, number)
            if page is None:
                lost.append(number)
                continue
            with closing(page):
                text, is_cut = _page_text(page, number, tables, max_chars_per_page)
            if is_cut:
                cut.append(number)
            yield text
        _account(len(document), max_pages, lost, cut, max_chars_per_page)
    return remark


def _account(count: int, max_pages: int, lost: list[int], cut: list[int], max_chars: int) -> None:
    """Raise Unreadable when the pages yielded are not the whole document."""
    if lost:
        raise Unreadable("damaged", f"page {_listed(lost)} of {count:,} cannot be loaded, expected all of them")
    if count > max_pages:
        raise Unreadable("too-large", f"{count:,} pages, expected at most {max_pages:,}: the first ones were read")
    if cut:
        raise Unreadable("too-large", f"page {_listed(cut)} has more than {max_chars:,} characters: cut there")


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:10]))
    return shown if len(numbers) <= 10 else f"{shown} and {len(numbers) - 10:,} more"


# Opening


def open_document(body: bytes) -> tuple[PdfDocument, bytes, str | None]:
    """The open document, the bytes that it was read from, and what was repaired. Raises Unreadable."""
    if not body:
        raise Unreadable("empty", "0 bytes, expected a PDF")
    if b"%PDF-" not in body[:TAIL_BYTES] and not _looks_like_objects(body):
        raise Unreadable("not-a-pdf", f"begins with {_beginning(body)}, expected '%PDF-'")
    document = _load_document(body)
    doubt = _doubt(document, body)
    if document is not None and doubt is None:
        return document, body, None
    return _repaired(document, body, doubt or "no document was found")


def _looks_like_objects(body: bytes) -> bool:
    """Whether bytes without a header are still PDF objects, as when something was put before them."""
    is_markup = body.lstrip()[:1] == b"<"
    return not is_markup and re.search(rb"\b\d+\s+\d+\s+obj\b", body) is not None


def _beginning(body: bytes) -> str:
    """The first words of a body that is something else, for a reader."""
    return repr(" ".join(body[:200].decode("utf-8", "replace").split())[:60])


def _load_document(body: bytes) -> PdfDocument | None:
    """The document as PDFium opens it, None where it does not; raises Unreadable when a password is needed."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        return pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as problem:
        if problem.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise Unreadable("encrypted", "a password is needed, expected a document open to all") from problem
        return None


def _doubt(document: PdfDocument | None, body: bytes) -> str | None:
    """Why the document should be repaired before it is believed; None for a sound one."""
    from pypdfium2 import raw

    if document is None or len(document) < 1:
        return "no page was found"
    if b"%%EOF" not in body[-TAIL_BYTES:]:
        return "the end of the file is missing"
    if not raw.FPDF_DocumentHasValidCrossReferenceTable(document):
        return "its cross-reference table is broken"
    return None


def _repaired(document: PdfDocument | None, body: bytes, doubt: str) -> tuple[PdfDocument, bytes, str | None]:
    """The better of the document as opened and its repaired copy; raises Unreadable where neither has a page."""
    saved, problem = _repair(body, is_open=document is not None)
    repaired = _load_document(saved) if saved else None
    found, salvaged = len(document or ()), len(repaired or ())
    if repaired is not None and salvaged >= max(found, 1):
        if document is not None:
            document.close()
        return repaired, saved, f"{doubt}: repaired"
    if repaired is not None:
        repaired.close()
    if document is not None and found:
        return document, body, f"{doubt}: read as it is"
    if document is not None:
        document.close()
    raise Unreadable("damaged", f"{doubt}, and the repair found {problem or 'none either'}")


def _repair(body: bytes, is_open: bool) -> tuple[bytes, str | None]:
    """The document written anew by qpdf, or no bytes and the reason.

    Raises Unreadable when a password is needed, unless the document is open without (only its attachments are locked).
    """
    import pikepdf

    saved = BytesIO()
    try:
        with pikepdf.open(BytesIO(body)) as document:
            document.save(saved)
    except pikepdf.PasswordError as problem:
        if is_open:
            return b"", _first_line(problem)
        raise Unreadable("encrypted", "a password is needed, expected a document open to all") from problem
    except (pikepdf.PdfError, pikepdf.ForeignObjectError, ValueError, TypeError, KeyError, RuntimeError) as problem:
        return b"", _first_line(problem)
    return saved.getvalue(), None


def _first_line(problem: Exception) -> str:
    line = (str(problem).splitlines() or [type(problem).__name__])[0]
    return re.sub(r"^stream <[^>]*>: ", "", line)[:200]


# Pages


def load_page(document: PdfDocument, number: int) -> PdfPage | None:
    """The page, or None when PDFium cannot load it."""
    import pypdfium2

    try:
        return document[number - 1]
    except pypdfium2.PdfiumError:
        return None


def _page_text(page: PdfPage, number: int, tables: Tables, max_chars: int) -> tuple[PageText, bool]:
    """The text of a loaded page, and whether it had to be cut."""
    with closing(page.get_textpage()) as text_page:
        count = text_page.count_chars()
        text = clean(_raw_text(text_page, min(count, max_chars)))
        if text and count <= max_chars and is_ruled(page, text_page):
            woven = tables.weave(text_page, number)
            if woven is not None:
                return PageText(number, woven, "pdfplumber"), False
    how = "pdfium" if text else "scan" if _is_picture(page) else "empty"
    return PageText(number, text, how), count > max_chars


def _raw_text(text_page: PdfTextPage, count: int) -> str:
    """The first `count` characters as PDFium orders them.

    The call takes whole pages at once: the wrapped `get_text_bounded` joins words over line ends on many pages.
    """
    from pypdfium2 import raw

    if count < 1:
        return ""
    buffer = (ctypes.c_ushort * (2 * count + 2))()
    written = raw.FPDFText_GetText(text_page, 0, count, buffer)
    return bytes(memoryview(buffer)[: max(written - 1, 0)]).decode("utf-16-le", "replace")


def _is_picture(page: PdfPage) -> bool:
    """Whether a page without text shows an image or outlined letters."""
    from pypdfium2 import raw

    segments = 0
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH]):
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            return True
        segments += max(raw.FPDFPath_CountSegments(item), 0)
        if segments >= OUTLINED_TEXT_SEGMENTS:
            return True
    return False
