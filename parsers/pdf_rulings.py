"""The rulings of a PDF page, as PDFium draws them: a cheap answer to whether a page can hold a table."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

Box = tuple[float, float, float, float]
"""Left, low, right, high in points."""
Ruling = tuple[float, float, float]
"""Where a ruling stands across its direction, and its start and end along it, in points."""

Point = tuple[float, float]
Paths = list[tuple[Any, int]]
"""PDFium's handles of paths, with the number of their segments."""

THIN_POINTS = 4.0
SMALL_POINTS = 12.0
"""A path of many segments within this is a letter or an icon."""
SIMPLE_SEGMENTS = 5
"""Paths of so few segments are lines and boxes: their bounds say where they draw."""
MAX_FORM_DEPTH = 15
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

    contents = _contents(page.raw, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject)
    drawn = [[path for path in paths if path[1] > 1] for paths in contents]
    if sum(count for paths in drawn for _, count in paths) > MAX_SEGMENTS:
        return False
    return any(_makes_a_grid(paths, None if index else text_page) for index, paths in enumerate(drawn))


def _contents(holder: Any, count: Callable[[Any], int], item: Callable[[Any, int], Any], depth: int = 0) -> list[Paths]:
    """The paths of a page or form, then those of each form in it; raw handles, for every page pays for this loop."""
    from pypdfium2 import raw

    kind_of, path_kind, form_kind = raw.FPDFPageObj_GetType, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_FORM
    paths: Paths = []
    forms: list[Paths] = []
    for index in range(count(holder)):
        handle = item(holder, index)
        kind = kind_of(handle)
        if kind == path_kind:
            paths.append((handle, raw.FPDFPath_CountSegments(handle)))
        elif kind == form_kind and depth < MAX_FORM_DEPTH:
            forms += _contents(handle, raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject, depth + 1)
    return [paths, *forms]


def _makes_a_grid(paths: Paths, text_page: PdfTextPage | None) -> bool:
    """Whether paths close cells in two rows and two columns: first by counting, then as pdfplumber does it.

    With a text page, in whose coordinates the paths then are, the cells must touch characters too.
    """
    simple = [path for path in paths if path[1] <= SIMPLE_SEGMENTS]
    strokes = [stroke for path in paths if path[1] > SIMPLE_SEGMENTS for stroke in _strokes(path)]
    upright: list[Ruling] = []
    level: list[Ruling] = []
    for left, low, right, high in chain(map(_bounds, simple), strokes):
        upright += [(x, low, high) for x in _sides(left, right)]
        level += [(y, left, right) for y in _sides(low, high)]
    if not _cross_enough(_joined(upright), _joined(level)):
        return False
    strokes += [stroke for path in simple for stroke in _strokes(path)]
    edges = [edge for stroke in strokes for edge in _edges(stroke)]
    return any(_is_two_by_two(cells, text_page) for cells in _cells(edges))


def _bounds(path: tuple[Any, int]) -> Box:
    """Where a path draws, its line width included."""
    from pypdfium2 import raw

    sides = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(path[0], *sides)
    left, low, right, high = (side.value for side in sides)
    return left, low, right, high


def _strokes(path: tuple[Any, int]) -> Iterator[Box]:
    """The level and upright strokes of a path, closing ones included; none of a letter, an icon or a dash."""
    from pypdfium2 import raw

    handle, count = path
    if count > SIMPLE_SEGMENTS and _is_small(_bounds(path)):
        return
    frame = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(handle, frame)
    a, b, c, d, e, f = frame.a, frame.b, frame.c, frame.d, frame.e, frame.f
    for (x0, y0), (x1, y1) in _lines(handle, count):
        if abs(x1 - x0) < STRAIGHT_POINTS or abs(y1 - y0) < STRAIGHT_POINTS:
            yield box_of((a * x0 + c * y0 + e, b * x0 + d * y0 + f), (a * x1 + c * y1 + e, b * x1 + d * y1 + f))


def _is_small(box: Box) -> bool:
    """Whether a many-sided path is too low and too narrow for rulings of its own."""
    return box[2] - box[0] < SMALL_POINTS and box[3] - box[1] < SMALL_POINTS


def _lines(handle: Any, count: int) -> Iterator[tuple[Point, Point]]:
    """The straight segments of a path in its own space."""
    from pypdfium2 import raw

    segment_at, point_of, kind_of = (
        raw.FPDFPath_GetPathSegment,
        raw.FPDFPathSegment_GetPoint,
        raw.FPDFPathSegment_GetType,
    )
    start = before = (0.0, 0.0)
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(count):
        segment = segment_at(handle, index)
        point_of(segment, x, y)
        point = (x.value, y.value)
        kind = kind_of(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield before, point
        if point != start and raw.FPDFPathSegment_GetClose(segment):
            yield point, start
        before = point


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


def box_of(start: tuple[float, float], end: tuple[float, float]) -> Box:
    """The box with two points as opposite corners."""
    return (min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1]))
