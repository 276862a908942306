"""The rulings of a PDF page, as PDFium draws them: a cheap answer to whether a page can hold a table."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdfium2 import PdfObject, PdfPage, PdfTextPage

Box = tuple[float, float, float, float]
"""Left, low, right, high in points."""
Ruling = tuple[float, float, float]
"""Where a ruling stands across its direction, and its start and end along it, in points."""

THIN_POINTS = 4.0
STRAIGHT_POINTS = 0.05
REACH_POINTS = 6.0
"""How far rulings may miss each other and still count as crossing: wider than pdfplumber's 3, never narrower."""
MAX_SEGMENTS = 20_000
MAX_CROSSINGS = 250_000
"""Pages with more of either are drawings: pdfplumber's search grows with their square."""
MIN_ROWS = 2
MIN_COLUMNS = 2


def is_ruled(page: PdfPage, text_page: PdfTextPage) -> bool:
    """Whether the lines and boxes drawn on the page could bound at least two rows by two columns of text."""
    from pypdfium2 import raw

    paths: dict[PdfObject | None, list[PdfObject]] = {}
    segments = 0
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH]):
        segments += max(raw.FPDFPath_CountSegments(item), 0)
        if segments > MAX_SEGMENTS:
            return False
        paths.setdefault(item.container, []).append(item)
    return any(_makes_a_grid(found, None if container else text_page) for container, found in paths.items())


def _makes_a_grid(paths: Sequence[PdfObject], text_page: PdfTextPage | None) -> bool:
    """Whether paths close cells in two rows and two columns: first by counting, then as pdfplumber does it.

    With a text page, in whose coordinates the paths then are, the cells must touch characters too.
    """
    upright: list[Ruling] = []
    level: list[Ruling] = []
    for path in paths:
        for left, low, right, high in _boxes(path):
            upright += [(x, low, high) for x in _sides(left, right)]
            level += [(y, left, right) for y in _sides(low, high)]
    if not _cross_enough(_joined(upright), _joined(level)):
        return False
    edges = [edge for path in paths for stroke in _strokes(path) for edge in _edges(stroke)]
    return any(_is_two_by_two(cells, text_page) for cells in _cells(edges))


def _boxes(path: PdfObject) -> Iterable[Box]:
    """Where a path draws: a simple one (line, box) within its bounds, another one stroke by stroke."""
    from pypdfium2 import raw

    return [path.get_bounds()] if raw.FPDFPath_CountSegments(path) <= 5 else _strokes(path)


def _strokes(path: PdfObject) -> Iterator[Box]:
    """The straight strokes of a path, closing ones included."""
    from pypdfium2 import raw

    matrix = path.get_matrix()
    start = before = (0.0, 0.0)
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(raw.FPDFPath_CountSegments(path)):
        segment = raw.FPDFPath_GetPathSegment(path, index)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = matrix.on_point(x.value, y.value)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield box_of(before, point)
        if raw.FPDFPathSegment_GetClose(segment):
            yield box_of(point, start)
        before = point


def _cross_enough(upright: Sequence[Ruling], level: Sequence[Ruling]) -> bool:
    if len(upright) < 3 or len(level) < 3 or len(upright) * len(level) > MAX_CROSSINGS:
        return False
    return _crossing(upright, level) >= 3 and _crossing(level, upright) >= 3


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
    for _, group in groupby(sorted(rulings), key=lambda ruling: round(ruling[0] / THIN_POINTS)):
        run: Ruling | None = None
        for at, start, end in sorted(group, key=lambda ruling: ruling[1]):
            if run and start <= run[2] + THIN_POINTS:
                run = (run[0], run[1], max(run[2], end))
                continue
            lines += [run] if run else []
            run = (at, start, end)
        lines += [run] if run else []
    return [line for line in lines if line[2] - line[1] > THIN_POINTS]


def _crossing(rulings: Sequence[Ruling], others: Sequence[Ruling]) -> int:
    """How many distinct places have a ruling that crosses two or more of the others."""
    places: set[int] = set()
    for at, start, end in rulings:
        crossed = (
            round(other[0] / THIN_POINTS)
            for other in others
            if start - REACH_POINTS <= other[0] <= end + REACH_POINTS
            and other[1] - REACH_POINTS <= at <= other[2] + REACH_POINTS
        )
        if len(set(crossed)) >= 2:
            places.add(round(at / THIN_POINTS))
    return len(places)


def box_of(start: tuple[float, float], end: tuple[float, float]) -> Box:
    """The box with two points as opposite corners."""
    return (min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1]))
