"""The rulings of a PDF page, as PDFium draws them: a cheap answer to whether a page can hold a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from parsers.pdf_paths import STRAIGHT_POINTS, Box, Path, Paths

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

Ruling = tuple[float, float, float]
"""Where a ruling stands across its direction, and its start and end along it, in points."""

THIN_POINTS = 4.0
SMALL_POINTS = 12.0
"""A path of many segments within this is a letter or an icon."""
SIMPLE_SEGMENTS = 5
"""Paths of so few segments are lines and boxes: their bounds say where they draw."""
REACH_POINTS = 6.0
"""How far rulings may miss each other and still count as crossing: wider than pdfplumber's 3, never narrower."""
MAX_SEGMENTS = 20_000
MAX_CROSSINGS = 250_000
"""Pages with more of either are drawings: pdfplumber's search grows with their square."""
MIN_ROWS = 2
MIN_COLUMNS = 2
FEWEST_SEGMENTS = 6
"""Two rows by two columns have three upright and three level lines."""


def is_ruled(page: PdfPage, text_page: PdfTextPage) -> bool:
    """Whether the lines and boxes drawn on the page could bound at least two rows by two columns of text."""
    paths = Paths(page)
    drawn = [[path for path in held if path[1] > 1] for held in paths.by_holder()]
    if sum(count for held in drawn for _, count in held) > MAX_SEGMENTS:
        return False
    return any(_makes_a_grid(paths, held, None if index else text_page) for index, held in enumerate(drawn))


def _makes_a_grid(paths: Paths, held: Sequence[Path], text_page: PdfTextPage | None) -> bool:
    """Whether paths close cells in two rows and two columns: first by counting, then as pdfplumber does it.

    With a text page, in whose coordinates the paths then are, the cells must touch characters too.
    """
    if sum(count for _, count in held) < FEWEST_SEGMENTS:
        return False
    simple = [path for path in held if path[1] <= SIMPLE_SEGMENTS]
    drawn = [stroke for path in held if path[1] > SIMPLE_SEGMENTS for stroke in _strokes(paths, path)]
    strokes = drawn + [stroke for path in simple for stroke in paths.straight_strokes(path)]
    if not _has_enough(strokes) or not _may_cross(chain(map(paths.bounds, simple), drawn)):
        return False
    edges = [edge for stroke in strokes for edge in _edges(stroke)]
    return any(_is_two_by_two(cells, text_page) for cells in _cells(edges))


def _strokes(paths: Paths, path: Path) -> Sequence[Box]:
    """The level and upright strokes of a path of many segments; none of a letter, an icon or a dash."""
    left, low, right, high = paths.bounds(path)
    is_small = right - left < SMALL_POINTS and high - low < SMALL_POINTS
    return () if is_small else paths.straight_strokes(path)


def _has_enough(strokes: Sequence[Box]) -> bool:
    """Whether strokes stand in three places in each direction: merging them, as pdfplumber does, gives no more."""
    upright = {left for left, low, right, high in strokes if right - left < STRAIGHT_POINTS <= high - low}
    if len(upright) <= MIN_COLUMNS:
        return False
    return len({low for left, low, right, high in strokes if high - low < STRAIGHT_POINTS <= right - left}) > MIN_ROWS


def _may_cross(boxes: Iterable[Box]) -> bool:
    """Whether the sides of boxes cross often enough for a grid."""
    upright: list[Ruling] = []
    level: list[Ruling] = []
    for left, low, right, high in boxes:
        upright += [(x, low, high) for x in _sides(left, right)]
        level += [(y, left, right) for y in _sides(low, high)]
    return _cross_enough(_joined(upright), _joined(level))


def _cross_enough(upright: Sequence[Ruling], level: Sequence[Ruling]) -> bool:
    if len(upright) < 3 or len(level) < 3 or len(upright) * len(level) > MAX_CROSSINGS:
        return False
    return _crossing(upright, level) and _crossing(level, upright)


def _edges(stroke: Box) -> Iterator[dict[str, Any]]:
    """A stroke in pdfplumber's terms, none for a slanted one; the page is upside down here, which changes no cell."""
    left, low, right, high = stroke
    extent = {"x0": left, "x1": right, "top": low, "bottom": high, "width": right - left, "height": high - low}
    if right - left < STRAIGHT_POINTS:
        yield {"object_type": "line", "orientation": "v", **extent, "x1": left}
    elif high - low < STRAIGHT_POINTS:
        yield {"object_type": "line", "orientation": "h", **extent, "bottom": low}


def _cells(edges: list[dict[str, Any]]) -> list[list[Box]]:
    """The cells that the edges close, by table, with pdfplumber's own tolerances."""
    from pdfplumber import table
    from pdfplumber.utils.geometry import filter_edges

    settings = table.TableSettings()
    merged = table.merge_edges(
        filter_edges(edges, min_length=settings.edge_min_length_prefilter),
        snap_x_tolerance=settings.snap_x_tolerance,
        snap_y_tolerance=settings.snap_y_tolerance,
        join_x_tolerance=settings.join_x_tolerance,
        join_y_tolerance=settings.join_y_tolerance,
    )
    reach = (settings.intersection_x_tolerance, settings.intersection_y_tolerance)
    long_enough = filter_edges(merged, min_length=settings.edge_min_length)
    return table.cells_to_tables(table.intersections_to_cells(table.edges_to_intersections(long_enough, *reach)))


def _is_two_by_two(cells: Sequence[Box], text_page: PdfTextPage | None) -> bool:
    """Whether the cells make two rows and two columns, counting only cells with characters when a text page says."""
    lefts: set[float] = set()
    lows: set[float] = set()
    for left, low, right, high in cells:
        if (left in lefts and low in lows) or (text_page and not _has_text(text_page, (left, low, right, high))):
            continue
        lefts.add(left)
        lows.add(low)
    return len(lefts) >= MIN_COLUMNS and len(lows) >= MIN_ROWS


def _has_text(text_page: PdfTextPage, box: Box) -> bool:
    """Whether PDFium has any character in a box of the page."""
    from pypdfium2 import raw

    left, low, right, high = box
    return bool(raw.FPDFText_GetBoundedText(text_page, left, high, right, low, None, 0) > 0)


def _sides(start: float, end: float) -> tuple[float, ...]:
    """The two sides of a box, one where they are so near each other that they draw one line."""
    return ((start + end) / 2,) if end - start <= THIN_POINTS else (start, end)


def _joined(rulings: list[Ruling]) -> list[Ruling]:
    """Rulings on one line and near each other made one; what stays shorter than a letter is dropped."""
    lines: list[Ruling] = []
    places: dict[int, list[Ruling]] = {}
    for ruling in rulings:
        places.setdefault(round(ruling[0] / THIN_POINTS), []).append(ruling)
    for group in places.values():
        run: Ruling | None = None
        for at, start, end in sorted(group, key=lambda ruling: (ruling[1], ruling[0], ruling[2])):
            if run and start <= run[2] + THIN_POINTS:
                run = (run[0], run[1], max(run[2], end))
                continue
            lines += [run] if run else []
            run = (at, start, end)
        lines += [run] if run else []
    return [line for line in lines if line[2] - line[1] > THIN_POINTS]


def _crossing(rulings: Sequence[Ruling], others: Sequence[Ruling]) -> bool:
    """Whether rulings in three distinct places cross two or more of the others."""
    places: set[int] = set()
    for at, start, end in rulings:
        place = round(at / THIN_POINTS)
        if place in places:
            continue
        crossed = {
            round(other[0] / THIN_POINTS)
            for other in others
            if start - REACH_POINTS <= other[0] <= end + REACH_POINTS
            and other[1] - REACH_POINTS <= at <= other[2] + REACH_POINTS
        }
        if len(crossed) >= 2:
            places.add(place)
            if len(places) >= 3:
                return True
    return False
