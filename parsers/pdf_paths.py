"""The paths that a PDF page draws, by PDFium's own calls; every page pays for these loops, so handles are numbers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

Box = tuple[float, float, float, float]
"""Left, low, right, high in points."""
Point = tuple[float, float]
Path = tuple[int, int]
"""PDFium's handle of a path, and the number of its segments."""

MAX_FORM_DEPTH = 15
STRAIGHT_POINTS = 0.05
LINE_TO, MOVE_TO = 0, 2
"""Kinds of segments (fpdf_edit.h)."""


class _Calls(NamedTuple):
    """PDFium's calls for handles as plain numbers: a third of the time that pypdfium2's typed pointers take."""

    objects_of_page: Callable[[int], int]
    object_of_page: Callable[[int, int], int]
    objects_of_form: Callable[[int], int]
    object_of_form: Callable[[int, int], int]
    kind: Callable[[int], int]
    segments: Callable[[int], int]
    segment: Callable[[int, int], int]
    segment_kind: Callable[[int], int]
    closes: Callable[[int], int]
    point: Callable[[int, int, int], int]
    bounds: Callable[[int, int, int, int, int], int]
    matrix: Callable[[int, int], int]


@cache
def _calls() -> _Calls:
    from pypdfium2 import raw

    handle, number = ctypes.c_void_p, ctypes.c_int
    return _Calls(
        _untyped(raw.FPDFPage_CountObjects, number, handle),
        _untyped(raw.FPDFPage_GetObject, handle, handle, number),
        _untyped(raw.FPDFFormObj_CountObjects, number, handle),
        _untyped(raw.FPDFFormObj_GetObject, handle, handle, ctypes.c_ulong),
        _untyped(raw.FPDFPageObj_GetType, number, handle),
        _untyped(raw.FPDFPath_CountSegments, number, handle),
        _untyped(raw.FPDFPath_GetPathSegment, handle, handle, number),
        _untyped(raw.FPDFPathSegment_GetType, number, handle),
        _untyped(raw.FPDFPathSegment_GetClose, number, handle),
        _untyped(raw.FPDFPathSegment_GetPoint, number, handle, handle, handle),
        _untyped(raw.FPDFPageObj_GetBounds, number, *[handle] * 5),
        _untyped(raw.FPDFPageObj_GetMatrix, number, handle, handle),
    )


def _untyped(function: Any, *types: Any) -> Callable[..., int]:
    """A call of the library by its address: the type of its result, then those of its arguments."""
    return ctypes.PYFUNCTYPE(*types)(ctypes.cast(function, ctypes.c_void_p).value or 0)


class Paths:
    """The paths of one page, and where they draw."""

    def __init__(self, page: PdfPage) -> None:
        self._calls = _calls()
        self._page = ctypes.cast(page.raw, ctypes.c_void_p).value or 0
        self._numbers = (ctypes.c_float * 6)()
        start, step = ctypes.addressof(self._numbers), ctypes.sizeof(ctypes.c_float)
        self._places = [start + step * index for index in range(4)]

    def by_holder(self) -> list[list[Path]]:
        """The paths of the page itself, then those of each form in it."""
        return self._contents(self._page, self._calls.objects_of_page, self._calls.object_of_page, 0)

    def _contents(
        self, holder: int, count: Callable[[int], int], item: Callable[[int, int], int], depth: int
    ) -> list[list[Path]]:
        from pypdfium2 import raw

        calls = self._calls
        kind_of, segments = calls.kind, calls.segments
        path_kind, form_kind = raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_FORM
        paths: list[Path] = []
        forms: list[list[Path]] = []
        for index in range(count(holder)):
            handle = item(holder, index)
            kind = kind_of(handle)
            if kind == path_kind:
                paths.append((handle, segments(handle)))
            elif kind == form_kind and depth < MAX_FORM_DEPTH:
                forms += self._contents(handle, calls.objects_of_form, calls.object_of_form, depth + 1)
        return [paths, *forms]

    def bounds(self, path: Path) -> Box:
        """Where a path draws, its line width included."""
        self._numbers[:4] = [0.0] * 4
        self._calls.bounds(path[0], *self._places)
        left, low, right, high, _, _ = self._numbers
        return left, low, right, high

    def straight_strokes(self, path: Path) -> list[Box]:
        """The level and upright strokes of a path on the page, closing ones included."""
        self._calls.matrix(path[0], self._places[0])
        a, b, c, d, e, f = self._numbers
        return [
            box_of((a * x0 + c * y0 + e, b * x0 + d * y0 + f), (a * x1 + c * y1 + e, b * x1 + d * y1 + f))
            for x0, y0, x1, y1 in self._lines(path)
            if -STRAIGHT_POINTS < x1 - x0 < STRAIGHT_POINTS or -STRAIGHT_POINTS < y1 - y0 < STRAIGHT_POINTS
        ]

    def _lines(self, path: Path) -> list[Box]:
        """The straight segments of a path in its own space, each from its start to its end."""
        handle, count = path
        _, _, _, _, _, _, segment_at, kind_of, closes, point_of, _, _ = self._calls
        numbers, (to_x, to_y, _, _) = self._numbers, self._places
        lines: list[Box] = []
        start_x = start_y = x0 = y0 = 0.0
        for index in range(count):
            segment = segment_at(handle, index)
            point_of(segment, to_x, to_y)
            x, y = numbers[:2]
            kind = kind_of(segment)
            if kind == MOVE_TO:
                start_x, start_y = x, y
            elif kind == LINE_TO:
                lines.append((x0, y0, x, y))
            if (x != start_x or y != start_y) and closes(segment):
                lines.append((x, y, start_x, start_y))
            x0, y0 = x, y
        return lines


def box_of(start: Point, end: Point) -> Box:
    """The box with two points as opposite corners."""
    (x0, y0), (x1, y1) = start, end
    left, right = (x0, x1) if x0 <= x1 else (x1, x0)
    return (left, y0, right, y1) if y0 <= y1 else (left, y1, right, y0)
