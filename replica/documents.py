"""The PDFs that the replica's CSSC page links to, made in code: newsletters, alerts, a scan, a damaged file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from replica.pdf import MARGIN, PAGE_HEIGHT, PAGE_WIDTH, Image, Sheet, column, pdf, table, text_at

FOLDER = "/Portals/4/CSSC/"
dead_path = FOLDER + "26-03-2018-cssc-london-amber-message-montlune-incident-0.pdf"
damaged_path = FOLDER + "01-06-2018-cssc-london-green-message-london-protect-edition-16-0.pdf"
scan_path = FOLDER + "26-04-2018-cssc-green-message-poster-for-staff-rooms-0.pdf"
replacement_path = FOLDER + "20-03-2018-cssc-green-message-nfib-alert-1.pdf"
"""The document that the timeline replaces under its address."""
twin_paths = (
    FOLDER + "11-05-2018-cssc-london-green-message-mps-cyber-bulletin-0.pdf",
    FOLDER + "11-05-2018-cssc-london-green-message-mps-cyber-bulletin-1.pdf",
)
"""Two addresses of one document, byte for byte."""

WORDS_FILE = Path(__file__).parent / "document_words.txt"
SCAN_WIDTH, SCAN_HEIGHT = 850, 1100
TABLE_WIDTHS = (70, 190, 110, 120)


@cache
def words(name: str) -> tuple[str, ...]:
    """The paragraphs of one document; raises ValueError for a name that the file does not hold."""
    for block in WORDS_FILE.read_text(encoding="utf-8").split("\n\n"):
        head, *paragraphs = block.strip().splitlines()
        if head == f"== {name}":
            return tuple(paragraphs)
    raise ValueError(f"{WORDS_FILE.name}: no document {name!r}, expected it there")


def newsletter(edition: int, month: str) -> bytes:
    """Two pages: two columns on the first; a ruled table above two columns on the second."""
    half = (PAGE_WIDTH - 3 * MARGIN) / 2
    top, left, right = PAGE_HEIGHT - MARGIN, MARGIN, MARGIN * 2 + half
    advice = words("protect-advice")
    turned = advice[edition % 6 :] + advice[: edition % 6]
    front = Sheet(
        (
            text_at(MARGIN, top, f"London Protect - Edition {edition}", 20, bold=True),
            text_at(MARGIN, top - 22, f"London Region Counter Terrorism Security Update, {month} 2018", 11),
            *column(left, top - 60, half, turned[:3]),
            *column(right, top - 60, half, turned[3:]),
        )
    )
    back = Sheet(
        (
            text_at(MARGIN, top, "Training dates", 14, bold=True),
            *table(MARGIN, top - 20, TABLE_WIDTHS, _training(edition, month)),
            *column(left, top - 160, half, turned[2:4]),
            *column(right, top - 160, half, turned[:2]),
        )
    )
    return pdf(f"London Protect {edition}", (front, back))


def _training(edition: int, month: str) -> tuple[tuple[str, str, str, str], ...]:
    courses = ("Searching a building", "Suspicious behaviour", "Post room", "Briefing in ten minutes")
    places = ("Southwark", "Holborn", "Stratford", "Croydon")
    rows = (
        (f"{3 + number * 5} {month[:3]}", course, places[(number + edition) % 4], f"{12 + edition + number} places")
        for number, course in enumerate(courses)
    )
    return (("Date", "Course", "Where", "Room for"), *rows)


def alert(title: str, paragraphs: tuple[str, ...]) -> bytes:
    """One page: a title and its paragraphs."""
    top = PAGE_HEIGHT - MARGIN
    body = column(MARGIN, top - 40, PAGE_WIDTH - 2 * MARGIN, paragraphs, 11)
    return pdf(title, (Sheet((text_at(MARGIN, top, title, 18, bold=True), *body)),))


def scan(lines: tuple[str, ...]) -> bytes:
    """One page that is a picture of words and holds no text."""
    from PIL import Image as Picture
    from PIL import ImageDraw, ImageFont

    paper = Picture.new("1", (SCAN_WIDTH, SCAN_HEIGHT), 1)
    pen, font = ImageDraw.Draw(paper), ImageFont.load_default(size=64)
    for number, line in enumerate(lines):
        pen.text((80, 120 + number * 170), line, fill=0, font=font)
    picture = Image(SCAN_WIDTH, SCAN_HEIGHT, paper.tobytes())
    return pdf("scan", (Sheet((f"q {PAGE_WIDTH} 0 0 {PAGE_HEIGHT} 0 0 cm /Scan Do Q",), picture),))


def damaged() -> bytes:
    """A newsletter whose last third, with the table of contents of the file, never arrived."""
    whole = newsletter(16, "June")
    return whole[: len(whole) * 2 // 3]


DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    FOLDER + "10-01-2018-cssc-london-green-message-london-protect-edition-11-0.pdf": lambda: newsletter(11, "January"),
    FOLDER + "05-02-2018-cssc-london-green-message-police-london-protect-newsletter-0.pdf": (
        lambda: newsletter(12, "February")
    ),
    FOLDER + "05-03-2018-cssc-london-green-message-0.pdf": lambda: newsletter(13, "March"),
    FOLDER + "06-04-2018-cssc-london-green-message-london-protect-edition-14-0.pdf": lambda: newsletter(14, "April"),
    FOLDER + "23-01-2018-cssc-green-message-mps-cyber-bulletin-re-telephone-systems-0.pdf": (
        lambda: alert("Hijacked telephone exchanges", words("phone-alert"))
    ),
    FOLDER + "16-02-2018-cssc-london-amber-message-incident-update-re-santa-rilla-0.pdf": (
        lambda: alert("Incident update: Santa Rilla", words("ferry-update"))
    ),
    replacement_path: lambda: alert("Callers who want you to install a program", words("caller-alert")),
    twin_paths[0]: lambda: alert("What a genuine notice looks like", words("consent-letter")),
    twin_paths[1]: lambda: alert("What a genuine notice looks like", words("consent-letter")),
    scan_path: lambda: scan(words("poster")),
    damaged_path: damaged,
    "/Portals/4/membership.pdf": lambda: alert("Membership pack", ("How to join, and what it costs.",)),
    "/Portals/4/privacy.pdf": lambda: alert("Privacy policy", ("We keep what you send us, and little else.",)),
}
REPLACEMENTS: Mapping[str, Callable[[], bytes]] = {
    replacement_path: lambda: alert("Callers who want you to install a program", words("caller-alert-corrected")),
}


@cache
def document(path: str, replaced: bool = False) -> bytes | None:
    """The bytes under an address of the site, before or after they were replaced; None where nothing is there."""
    make = REPLACEMENTS.get(path) if replaced else None
    make = make or DOCUMENTS.get(path)
    return make() if make else None
