"""PDFs made for tests, byte by byte, in our own words; the hostile ones are small on disk and large when opened."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from io import BytesIO

import pikepdf

NOTICE = (
    "Green message for the river quarter",
    "Two bicycles were taken from the racks behind the market hall.",
    "Lock frames, not wheels, and report what you see.",
)
TABLE = (("Ward", "Thefts", "Change"), ("Northgate", "14", "+3"), ("Quayside", "9", "-2"), ("Old Mill", "21", "0"))
COLUMNS = (
    ("Left column begins", "with bins and fences,", "and ends at the ford."),
    ("Right column begins", "with locks and lights,", "and ends at the tower."),
)


def assembled(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A whole file of the given objects, numbered from 1, of which the first is the catalogue."""
    body, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += b"trailer\n<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(body)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(data), entries, data)


def paged(contents: Sequence[bytes], extra: Sequence[bytes] = (), resources: bytes = b"") -> bytes:
    """A document with one page for each content stream object; `extra` objects are numbered from 4."""
    first = 4 + len(extra)
    kids = b" ".join(b"%d 0 R" % (first + 2 * index) for index in range(len(contents)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%b]/MediaBox[0 0 595 842]"
        b"/Resources<</Font<</F 3 0 R>>%b>>>>" % (len(contents), kids, resources),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        *extra,
    ]
    for index, content in enumerate(contents):
        objects += [b"<</Type/Page/Parent 2 0 R/Contents %d 0 R>>" % (first + 2 * index + 1), content]
    return assembled(objects)


def written(lines: Sequence[str], left: float = 60, top: float = 780, size: float = 11, lead: float = 16) -> bytes:
    """The operators that write lines, one under the other."""
    parts = [b"BT /F %g Tf %g TL 1 0 0 1 %g %g Tm" % (size, lead, left, top)]
    parts += [b"(%b) Tj T*" % line.encode("cp1252").replace(b"(", b"\\(").replace(b")", b"\\)") for line in lines]
    return b"\n".join([*parts, b"ET"])


def text_document(*pages: Sequence[str]) -> bytes:
    return paged([stream(written(lines)) for lines in pages])


def table_drawn(rows: Sequence[Sequence[str]] = TABLE, top: float = 700) -> bytes:
    """Operators for a ruled table, 100 points a column and 20 a row."""
    parts, bottom, right = [b"0.5 w"], top - 20 * len(rows), 60 + 100 * len(rows[0])
    parts += [b"60 %g m %g %g l S" % (top - 20 * index, right, top - 20 * index) for index in range(len(rows) + 1)]
    parts += [b"%g %g m %g %g l S" % (x, top, x, bottom) for x in range(60, right + 1, 100)]
    for index, row in enumerate(rows):
        parts += [written([cell], 65 + 100 * at, top - 15 - 20 * index) for at, cell in enumerate(row)]
    return b"\n".join(parts)


def table_document() -> bytes:
    """A line of text, a ruled table, a line of text."""
    parts = [
        written(["Thefts by ward in March"], top=720),
        table_drawn(),
        written(["Counted on the last day."], top=590),
    ]
    return paged([stream(b"\n".join(parts))])


def column_document() -> bytes:
    return paged([stream(b"\n".join(written(lines, left) for lines, left in zip(COLUMNS, (60, 320), strict=True)))])


IMAGE = stream(bytes(64), b"/Type/XObject/Subtype/Image/Width 8/Height 8/ColorSpace/DeviceGray/BitsPerComponent 8")
SHOW_IMAGE = b"q 500 0 0 700 50 70 cm /Im Do Q"


def scan_document() -> bytes:
    return paged([stream(SHOW_IMAGE)], [IMAGE], b"/XObject<</Im 4 0 R>>")


def mixed_document() -> bytes:
    """Pages of text, a scan, a table and nothing."""
    contents = [written(NOTICE), SHOW_IMAGE, table_drawn(), b""]
    return paged([stream(content) for content in contents], [IMAGE], b"/XObject<</Im 4 0 R>>")


def encrypted(body: bytes, user: str, owner: str) -> bytes:
    locked = BytesIO()
    with pikepdf.open(BytesIO(body)) as document:
        document.save(locked, encryption=pikepdf.Encryption(user=user, owner=owner))
    return locked.getvalue()


# Hostile


def page_tree_loop() -> bytes:
    """A page tree whose node is its own child."""
    return assembled([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 3/Kids[2 0 R 2 0 R 2 0 R]>>"])


def huge_page_count() -> bytes:
    """A page tree that claims two thousand million pages and has one."""
    return paged([stream(written(NOTICE))]).replace(b"/Count 1", b"/Count 2000000000")


def many_pages(count: int) -> bytes:
    return text_document(*([f"Page {number}"] for number in range(1, count + 1)))


def deep_arrays(depth: int = 200_000) -> bytes:
    return paged([stream(written(NOTICE))], [b"[" * depth + b"]" * depth]).replace(
        b"/Catalog", b"/Catalog/Names 4 0 R", 1
    )


def zip_bomb(mebibytes: int = 1024) -> bytes:
    """A page whose content, packed twice, is a gigabyte of zeros."""
    packer, zeros = zlib.compressobj(9), bytes(1 << 20)
    first = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    adler32 = ((mebibytes << 20) % 65521 << 16 | 1).to_bytes(4)
    packed = first + again * (mebibytes - 1) + packer.flush()[:-4] + adler32
    return paged([stream(zlib.compress(packed, 9), b"/Filter[/FlateDecode/FlateDecode]")])


def endless_forms(levels: int = 30) -> bytes:
    """A notice page, then a page whose form draws two forms that draw two forms …: 2 to the power of `levels`."""
    forms = [
        stream(
            b"/N Do /N Do" if level < levels else b"",
            b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</N %d 0 R>>>>" % (5 + level),
        )
        for level in range(levels + 1)
    ]
    return paged([stream(written(NOTICE)), stream(b"/N Do")], forms, b"/XObject<</N 4 0 R>>")
