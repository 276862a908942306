"""A page as a picture: as large as asked for at most, whatever the page says of itself."""

from __future__ import annotations

from io import BytesIO
from math import ceil, inf, nan

import pytest
from PIL import Image

from parsers.pdf import Unreadable
from parsers.pdf_pictures import HIGHEST, LARGEST_SCALE, picture, scale_of
from tests import pdfs

A4 = b"0 0 595 842"


def drawn(body: bytes, number: int = 1, max_width: int = 200) -> Image.Image:
    image = Image.open(BytesIO(picture(body, number, max_width)))
    image.load()
    return image


def inked(image: Image.Image) -> int:
    """How many pixels are not the paper's."""
    return sum(image.convert("L").histogram()[:250])


def test_each_page_is_drawn_as_it_looks() -> None:
    body = pdfs.mixed_document()
    pages = [drawn(body, number) for number in (1, 2, 3, 4)]
    assert {page.size for page in pages} == {(200, 283)}
    notice, scan, table, nothing = map(inked, pages)
    assert scan > table > 0 and scan > notice > 0 and nothing == 0


def test_the_same_page_is_the_same_picture() -> None:
    assert picture(pdfs.table_document(), 1, 320) == picture(pdfs.table_document(), 1, 320)


@pytest.mark.parametrize(
    ("box", "size"),
    [
        (b"0 0 842 595", (200, 141)),
        (b"0 0 1000000 1000000", (200, 200)),
        (b"0 0 1000000 1", (200, 1)),
        (b"0 0 1 1000000", (1, 400)),
        (b"0 0 10 10", (40, 40)),
        (b"-300 -300 295 542", (200, 283)),
    ],
    ids=["wide", "huge", "flat", "thin", "tiny", "shifted"],
)
def test_a_picture_has_its_bound_whatever_the_page_claims(box: bytes, size: tuple[int, int]) -> None:
    assert drawn(pdfs.paged([pdfs.stream(pdfs.written(pdfs.NOTICE))]).replace(A4, box)).size == size


@pytest.mark.parametrize("max_width", [1, 199, 320, 800])
def test_no_page_is_a_pixel_too_large(max_width: int) -> None:
    for width in (0.001, 0.3, 1, 594.96, 595, 595.276, 612, 841.89, 14_400, 1e6, 1e30):
        for height in (0.001, 1, 595.276, 842, 1e6, 1e30):
            scale = scale_of(width, height, max_width)
            assert scale <= LARGEST_SCALE
            assert ceil(width * scale) <= max_width and ceil(height * scale) <= HIGHEST * max_width


@pytest.mark.parametrize("size", [(0.0, 10.0), (10.0, 0.0), (-1.0, 10.0), (nan, 10.0), (10.0, inf)])
def test_a_page_without_a_size_is_damaged(size: tuple[float, float]) -> None:
    with pytest.raises(Unreadable, match=r"damaged: a page of .* points, expected one with a size"):
        scale_of(*size, 800)


@pytest.mark.parametrize(("number", "count"), [(0, 4), (5, 4), (1_000_000, 4)])
def test_a_page_that_is_not_there_is_missing(number: int, count: int) -> None:
    with pytest.raises(Unreadable, match=f"missing: page {number:,}, expected one of {count}"):
        picture(pdfs.mixed_document(), number, 100)


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"", "empty"),
        (b"<html>", "not-a-pdf"),
        (b"%PDF-1.4\n", "damaged"),
        (pdfs.encrypted(pdfs.table_document(), "reader", "keeper"), "encrypted"),
        (pdfs.page_tree_loop(), "damaged"),
    ],
    ids=["empty", "html", "header", "password", "loop"],
)
def test_what_has_no_text_has_no_picture(body: bytes, state: str) -> None:
    with pytest.raises(Unreadable) as refused:
        picture(body, 1, 100)
    assert refused.value.state == state


def test_a_repaired_document_is_drawn() -> None:
    body = pdfs.text_document(pdfs.NOTICE)
    assert picture(body.replace(b"xref\n0", b"xerf\n0"), 1, 200) == picture(body, 1, 200)
