"""The picture of a page of a PDF: bytes in, PNG out, no larger than asked for whatever the page claims to be."""

from __future__ import annotations

from contextlib import closing
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING

from parsers.pdf import Unreadable, load_page, open_document

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

HIGHEST = 2
"""A picture is at most so many times as high as it may be wide."""
LARGEST_SCALE = 4.0
"""Pixels to a point of a page that is smaller than its picture may be."""


def picture(body: bytes, number: int, max_width: int) -> bytes:
    """Page `number` (from 1) as PNG, at most `max_width` pixels wide and twice as high. Raises Unreadable."""
    document, _, _ = open_document(body)
    with closing(document):
        if not 1 <= number <= len(document):
            raise Unreadable("missing", f"page {number:,}, expected one of {len(document):,}")
        page = load_page(document, number)
        if page is None:
            raise Unreadable("damaged", f"page {number:,} cannot be loaded, expected a page")
        with closing(page):
            return _png(page, scale_of(page.get_width(), page.get_height(), max_width))


def _png(page: PdfPage, scale: float) -> bytes:
    drawn = BytesIO()
    with closing(page.render(scale=scale)) as bitmap:
        bitmap.to_pil().convert("RGB").save(drawn, "PNG")
    return drawn.getvalue()


def scale_of(width: float, height: float, max_width: int) -> float:
    """Pixels to a point at which a page of so many points fits. Raises Unreadable where it has no size."""
    if not (isfinite(width) and isfinite(height) and width > 0 and height > 0):
        raise Unreadable("damaged", f"a page of {width:g} × {height:g} points, expected one with a size")
    most_pixels_across, most_pixels_down = max_width - 0.5, HIGHEST * max_width - 0.5  # what is begun is a pixel
    return min(most_pixels_across / width, most_pixels_down / height, LARGEST_SCALE)
