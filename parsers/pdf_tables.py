"""Ruled tables of a PDF page: pdfplumber's rows, put where they belong in PDFium's text."""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from parsers.pdf_paths import Box, box_of
from parsers.pdf_rulings import MIN_COLUMNS, MIN_ROWS
from parsers.pdf_words import BROKEN_HYPHEN, clean

if TYPE_CHECKING:
    from pdfplumber.page import Page
    from pdfplumber.pdf import PDF
    from pdfplumber.table import Table
    from pypdfium2 import PdfTextPage

UNNAMED_GLYPH = "(cid:"
"""What pdfplumber writes for a glyph whose character it cannot tell."""


Spot = tuple["Grid", tuple[int, int]]
"""A table, and the row and column in it."""


class Tables:
    """The tables of one document, which pdfplumber opens when the first page asks."""

    def __init__(self, body: bytes, page_count: int) -> None:
        self._body = body
        self._page_count = page_count
        self._document: PDF | None = None

    def close(self) -> None:
        """Let go of the document."""
        if self._document is not None:
            self._document.close()

    def weave(self, text_page: PdfTextPage, number: int) -> str | None:
        """The page's text with each table as tab-separated lines where its first character stands.

        None where pdfplumber finds no table, cannot read the page, or reads less than PDFium in the table's cells:
        PDFium's text of the whole page, which lacks nothing, then stands.
        """
        from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

        damage = (PdfminerException, MalformedPDFException, LookupError, TypeError, ValueError, AttributeError)
        try:
            return self._weave(text_page, number)
        except (*damage, ArithmeticError, RecursionError):
            return None

    def _weave(self, text_page: PdfTextPage, number: int) -> str | None:
        layout = self._layout(number)
        if layout is None:
            return None
        try:
            found = layout.find_tables()
            grids = [grid for grid in (Grid(table, layout) for table in found) if grid.is_table()]
        finally:
            layout.close()
        complete = _complete(text_page, grids)
        return woven(text_page, complete) if complete else None

    def _layout(self, number: int) -> Page | None:
        """The page as pdfplumber sees it; None where the two libraries count different pages."""
        import pdfplumber

        if self._document is None:
            self._document = pdfplumber.open(BytesIO(self._body))
        found = self._document.pages
        return found[number - 1] if len(found) == self._page_count else None


class Grid:
    """One table: its rows as pdfplumber reads them, and the characters that PDFium has in its cells."""

    def __init__(self, table: Table, layout: Page) -> None:
        self.rows = [[_folded(cell) for cell in row] for row in table.extract()]
        self._places = [
            (_placed(row.bbox, layout), [cell and _placed(cell, layout) for cell in row.cells]) for row in table.rows
        ]
        self._drawn: dict[tuple[int, int], list[str]] = {}

    def is_table(self) -> bool:
        """Whether at least two rows and two columns say something; less is a frame around text."""
        columns = zip(*self.rows, strict=True)
        return sum(map(any, self.rows)) >= MIN_ROWS and sum(map(any, columns)) >= MIN_COLUMNS

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """The row and column of the cell that holds a point."""
        for row, (bounds, cells) in enumerate(self._places):
            if not _within(bounds, x, y):
                continue
            for column, cell in enumerate(cells):
                if cell and _within(cell, x, y):
                    return row, column
        return None

    def take(self, cell: tuple[int, int], char: str) -> None:
        """Keep a character that PDFium, in its order, has in a cell."""
        self._drawn.setdefault(cell, []).append(char)

    def settle(self) -> bool:
        """Put PDFium's words where pdfplumber's are not words of the cell (turned, overlapping or unnamed letters).

        False when the rows still lack a letter or digit that PDFium has in the cells.
        """
        for (row, column), chars in self._drawn.items():
            drawn = _folded("".join(chars))
            if not _same_words(self.rows[row][column], drawn):
                self.rows[row][column] = drawn
        told = "".join(map("".join, self.rows))
        seen = clean("".join(map("".join, self._drawn.values())))
        return UNNAMED_GLYPH not in told and not _letters(seen) - _letters(told)

    def lines(self) -> str:
        """One line a row, cells separated by tabs; rows without any text are left out."""
        return "\n".join("\t".join(row) for row in self.rows if any(row))


def _folded(cell: str | None) -> str:
    return " ".join(clean(cell or "").split())


def _same_words(told: str, drawn: str) -> bool:
    """Whether at least half of the words told are words drawn, and all of their letters have names."""
    words, known = told.split(), set(drawn.split())
    return UNNAMED_GLYPH not in told and 2 * sum(word in known for word in words) >= len(words)


def _within(box: Box, x: float, y: float) -> bool:
    return box[0] <= x < box[2] and box[1] < y <= box[3]


def _placed(box: Box, layout: Page) -> Box:
    """A box of pdfplumber (left, top, right, bottom, as displayed) in the page's own space, undoing its rotation."""
    left, top, right, bottom = box
    raised = layout.height + layout.mediabox[1]
    first = _unturned(left - layout.mediabox[0], raised - bottom, layout)
    second = _unturned(right - layout.mediabox[0], raised - top, layout)
    return box_of(first, second)


def _unturned(x: float, y: float, layout: Page) -> tuple[float, float]:
    """A point of pdfminer's displayed page in the page's own space (the inverse of its `process_page`)."""
    x0, y0, x1, y1 = layout.page_obj.mediabox
    turns = {90: (x1 - y, y0 + x), 180: (x1 - x, y1 - y), 270: (x0 + y, y1 - x)}
    return turns.get(layout.page_obj.rotate, (x0 + x, y0 + y))


def _complete(text_page: PdfTextPage, grids: Sequence[Grid]) -> list[Grid]:
    """The tables that tell every letter which PDFium has in their cells."""
    for char, spot in _spots(text_page, grids):
        if spot:
            spot[0].take(spot[1], char)
    return [grid for grid in grids if grid.settle()]


def woven(text_page: PdfTextPage, grids: Sequence[Grid]) -> str:
    """The page's characters, with each table once in place of those in its cells."""
    pieces: list[str] = []
    text: list[str] = []
    told: list[Grid] = []
    for char, spot in _spots(text_page, grids):
        if spot is None:
            text.append(char)
        elif spot[0] not in told:
            told.append(spot[0])
            pieces += [clean("".join(text)), spot[0].lines()]
            text = []
    return "\n".join(piece for piece in [*pieces, clean("".join(text))] if piece)


def _spots(text_page: PdfTextPage, grids: Sequence[Grid]) -> Iterator[tuple[str, Spot | None]]:
    """Every character with its table and cell; spaces and line ends go with the character before them."""
    spot: Spot | None = None
    for char, place in _characters(text_page):
        if place is not None:
            spot = _spot(grids, place)
        yield char, spot


def _spot(grids: Sequence[Grid], place: tuple[float, float]) -> Spot | None:
    """The table and the cell at a place."""
    for grid in grids:
        cell = grid.cell_at(*place)
        if cell is not None:
            return grid, cell
    return None


def _characters(text_page: PdfTextPage) -> Iterator[tuple[str, tuple[float, float] | None]]:
    """Every character in PDFium's order with its middle; None for those that PDFium put in (spaces, line ends)."""
    from pypdfium2 import raw

    left, right, low, high = (ctypes.c_double() for _ in range(4))
    for index in range(text_page.count_chars()):
        char = _character(raw.FPDFText_GetUnicode(text_page, index))
        is_drawn = not char.isspace() and raw.FPDFText_GetCharBox(text_page, index, left, right, low, high)
        yield char, ((left.value + right.value) / 2, (low.value + high.value) / 2) if is_drawn else None


def _character(code: int) -> str:
    """The character of a code point; PDFium marks a hyphen at a line end with the control character 2."""
    return BROKEN_HYPHEN if code == 2 else chr(code) if 0 < code < 0x110000 else " "


def _letters(text: str) -> Counter[str]:
    return Counter(char for char in text if char.isalnum())
