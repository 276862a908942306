"""Milliseconds of processor time a page: our PDF text beside bare pypdfium2 and pdfplumber, in one run.

    python -m bench.pdf [FOLDER]        (default: ../shared/corpus/pdf beside the checkout)

Text pages are those that hold no table; each document is read once to warm up, then timed: best of `ROUNDS`
for the two fast ones, by turns; once for pdfplumber and for documents with tables.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pdfplumber
import pypdfium2

from parsers.pdf import EXTRACTOR, Unreadable, pages

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "pdf"
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of processor time for all pages of one document, best of the rounds."""

    pages: int
    ours: float
    pdfium: float
    pdfplumber: float
    has_tables: bool


def main(folder: Path) -> None:
    """Time every readable document of a folder and print the ratios for text and for tables."""
    logging.disable(logging.CRITICAL)
    timings = [timing for path in sorted(folder.rglob("*.pdf")) if (timing := timed(path.read_bytes()))]
    print(EXTRACTOR)
    show("text", [timing for timing in timings if not timing.has_tables])
    show("with tables", [timing for timing in timings if timing.has_tables])


def show(name: str, timings: list[Timing]) -> None:
    """One line: documents, pages, ms a page of the three, and the two ratios."""
    count = sum(timing.pages for timing in timings)
    if not count:
        print(f"{name}: no documents")
        return
    ours = sum(timing.ours for timing in timings) * 1000 / count
    bare = sum(timing.pdfium for timing in timings) * 1000 / count
    plumber = sum(timing.pdfplumber for timing in timings) * 1000 / count
    print(
        f"{name}: {len(timings)} documents, {count} pages, ms a page: ours {ours:.2f}, pypdfium2 {bare:.2f}, "
        f"pdfplumber {plumber:.2f}; ours/pypdfium2 {ours / bare:.2f}, pdfplumber/ours {plumber / ours:.1f}"
    )


def timed(body: bytes) -> Timing | None:
    """The timing of one document; None for one that one of the three cannot read."""
    try:
        hows = [page.how for page in pages(body)]
        plumber = seconds_of(lambda: by_pdfplumber(body))
    except (Unreadable, pdfplumber.utils.exceptions.PdfminerException):
        return None
    has_text = any(how in ("pdfium", "pdfplumber") for how in hows)
    if not has_text:
        return None
    has_tables = "pdfplumber" in hows
    ours, bare = [], []
    for _ in range(1 if has_tables else ROUNDS):
        bare.append(seconds_of(lambda: by_pdfium(body)))
        ours.append(seconds_of(lambda: sum(len(page.text) for page in pages(body))))
    return Timing(len(hows), min(ours), min(bare), plumber, has_tables)


def seconds_of(work: Callable[[], int]) -> float:
    """The processor time of some work, which other work on the machine disturbs less than the clock's."""
    start = time.process_time()
    work()
    return time.process_time() - start


def by_pdfium(body: bytes) -> int:
    """The characters that bare pypdfium2 reads, as its documentation shows."""
    count = 0
    with closing(pypdfium2.PdfDocument(body)) as document:
        for page in document:
            with closing(page), closing(page.get_textpage()) as text_page:
                count += len(text_page.get_text_bounded())
    return count


def by_pdfplumber(body: bytes) -> int:
    """The characters that pdfplumber reads, text and tables."""
    count = 0
    with pdfplumber.open(BytesIO(body)) as document:
        for page in document.pages:
            count += len(page.extract_text()) + len(page.extract_tables())
            page.close()
    return count


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS)
