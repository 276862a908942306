"""A small PDF writer (PDF 1.4, ISO 32000-1): Helvetica text, ruled lines, one-bit images; same input, same bytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

PAGE_WIDTH, PAGE_HEIGHT = 595, 842
MARGIN = 48
LEADING = 1.3


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: drawing operators, and the image that it shows or None."""

    operators: tuple[str, ...]
    image: Image | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """A one-bit picture, rows padded to whole bytes, 1 = white."""

    width: int
    height: int
    rows: bytes


def text_at(x: float, y: float, words: str, size: float = 10, bold: bool = False) -> str:
    """The operator that prints one line with its base line at y points from the bottom."""
    printed = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /{'F2' if bold else 'F1'} {size:g} Tf {x:g} {y:g} Td ({printed}) Tj ET"


def column(x: float, top: float, width: float, paragraphs: Sequence[str], size: float = 10) -> tuple[str, ...]:
    """Paragraphs set in a column; lines are broken by a cautious average width of Helvetica."""
    operators, y = [], top
    for paragraph in paragraphs:
        for line in wrap(paragraph, max(8, int(width / (size * 0.55)))):
            operators.append(text_at(x, y, line, size))
            y -= size * LEADING
        y -= size * LEADING / 2
    return tuple(operators)


def table(
    x: float, top: float, widths: Sequence[float], rows: Sequence[Sequence[str]], size: float = 9
) -> tuple[str, ...]:
    """A ruled table; each cell holds one line, the first row is bold. Raises ValueError for a row of another length."""
    height = size * 2
    bottom, right = top - height * len(rows), x + sum(widths)
    across = [_rule(x, top - height * number, right, top - height * number) for number in range(len(rows) + 1)]
    edges = [x + sum(widths[:number]) for number in range(len(widths) + 1)]
    down = [_rule(edge, bottom, edge, top) for edge in edges]
    cells = [
        text_at(edge + 4, top - height * number - size * 1.35, cell, size, bold=number == 0)
        for number, row in enumerate(rows)
        for edge, cell in zip(edges[:-1], row, strict=True)
    ]
    return (*across, *down, *cells)


def _rule(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"0.5 w {x0:g} {y0:g} m {x1:g} {y1:g} l S"


def pdf(title: str, sheets: Sequence[Sheet]) -> bytes:
    """The file that holds these sheets; text is encoded in Windows-1252, which raises for other characters."""
    return _file(list(_objects(title, sheets)))


def _objects(title: str, sheets: Sequence[Sheet]) -> Iterator[bytes]:
    first_page, per_page = 6, 3
    kids = " ".join(f"{first_page + per_page * number} 0 R" for number in range(len(sheets)))
    yield b"<< /Type /Catalog /Pages 2 0 R >>"
    yield f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>".encode("ascii")
    yield _font("Helvetica")
    yield _font("Helvetica-Bold")
    yield f"<< /Title ({title}) /Producer (replica) >>".encode("cp1252")
    for number, sheet in enumerate(sheets):
        page = first_page + per_page * number
        yield (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE_WIDTH} {PAGE_HEIGHT}] /Contents {page + 1} 0 R "
            f"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> /XObject << /Scan {page + 2} 0 R >> >> >>"
        ).encode("ascii")
        yield _stream("", "\n".join(sheet.operators).encode("cp1252"))
        yield _image(sheet.image or Image(1, 1, b"\x80"))


def _font(name: str) -> bytes:
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode("ascii")


def _image(image: Image) -> bytes:
    entries = f"/Type /XObject /Subtype /Image /Width {image.width} /Height {image.height} "
    return _stream(f"{entries}/ColorSpace /DeviceGray /BitsPerComponent 1 ", image.rows)


def _stream(entries: str, data: bytes) -> bytes:
    packed = zlib.compress(data, 9)
    head = f"<< {entries}/Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode("ascii")
    return head + packed + b"\nendstream"


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
