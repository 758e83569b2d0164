"""Lines, bands and dots of a chart in pixels: every array here is bounded by the plot's width.

Promises: a gap is a gap: no line crosses it. A pixel column that holds many points is drawn from their lowest to their
highest, nothing between two points is made up.
May import: PySide6, pyqtgraph, numpy, hmi.window.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyqtgraph.functions import arrayToQPath, arrayToQPolygonF
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPen

from hmi.window.chart_axis import Axis
from hmi.window.chart_figures import Limits
from hmi.window.pyramid import Floats, Ints, Pyramid

_PIECE = 48
"""Points a piece of a wide line: Qt's time for a line wider than a pixel grows with the square of its length."""
_FEWEST_PX = 1.0
"""Height of a column of one point: a line of no length is not painted."""


@dataclass(frozen=True, slots=True)
class Plot:
    """The plot's rectangle in pixels, and how figures get there: pixels = figure · scale + offset."""

    room: QRectF
    scale_x: float
    offset_x: float
    scale_y: float
    offset_y: float

    def x(self, x: Floats) -> Floats:
        """Pixels from the left."""
        return x * self.scale_x + self.offset_x

    def y(self, values: Floats) -> Floats:
        """Pixels from the top."""
        return values * self.scale_y + self.offset_y

    def figure_x(self, pixels: Floats) -> Floats:
        """What stands at these pixels."""
        return (pixels - self.offset_x) / self.scale_x


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The points first … last-1 of an axis, on their plot."""

    plot: Plot
    axis: Axis
    first: int
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The pixel columns that hold points, from left to right. Column k holds the points start[k] … stop[k]-1."""

    x: Floats
    """Middle of the column, pixels."""
    start: Ints
    stop: Ints
    cut: npt.NDArray[np.bool_]
    """True where idle time lies between this column and the one before."""


def columns(plot: Plot, axis: Axis) -> Columns:
    """Which points lie in which pixel column."""
    left = math.floor(plot.room.left())
    pixels = np.arange(left, math.ceil(plot.room.right()) + 1, dtype=np.float64)
    edges = axis.before(plot.figure_x(pixels))
    there = edges[:-1] < edges[1:]
    start, stop = edges[:-1][there], edges[1:][there]
    cut = np.zeros(len(start), np.bool_)
    if len(axis.breaks):
        breaks = np.searchsorted(axis.breaks, start, side="right")
        cut[1:] = breaks[1:] != np.searchsorted(axis.breaks, stop[:-1] - 1, side="right")
    return Columns(pixels[:-1][there] + 0.5, start, stop, cut)


def band(painter: QPainter, pen: QPen, found: Columns, low: Floats, high: Floats) -> None:
    """Each column from `low` to `high` (pixels), joined to its neighbour: up, down, up … in one line one pixel wide."""
    if not np.isfinite(low).any():
        return
    top, bottom = np.fmin(low, high), np.fmax(low, high)
    bottom = np.where(bottom - top < _FEWEST_PX, top + _FEWEST_PX, bottom)
    y = np.column_stack([top, bottom])
    y[1::2] = y[1::2, ::-1]
    x, flat = np.repeat(found.x, 2), y.ravel()
    if found.cut.any():
        at = 2 * np.flatnonzero(found.cut)
        x, flat = np.insert(x, at, np.nan), np.insert(flat, at, np.nan)
    painter.setPen(pen)
    painter.drawPath(arrayToQPath(x, flat, connect="finite"))


def straight(painter: QPainter, pen: QPen, left: float, right: float, y: float) -> None:
    """A level line; none where y is a gap."""
    if math.isfinite(y):
        painter.setPen(pen)
        painter.drawLine(QLineF(left, y, right, y))


def stroke(painter: QPainter, pen: QPen, x: Floats, y: Floats) -> None:
    """A line through these points (pixels), interrupted at gaps: straight ones cost one call."""
    if not len(y):
        return
    painter.setPen(pen)
    if len(y) > 1 and y[0] == y[-1] and (y == y[0]).all():
        painter.drawLine(QLineF(x[0], y[0], x[-1], y[0]))
        return
    finite = np.isfinite(y)
    if finite.all():
        _whole(painter, pen, x, y)
        return
    for run in np.split(np.arange(len(y)), np.flatnonzero(np.diff(finite)) + 1):
        if finite[run[0]]:
            _whole(painter, pen, x[run], y[run])


def _whole(painter: QPainter, pen: QPen, x: Floats, y: Floats) -> None:
    piece = len(y) if pen.widthF() <= 1 else _PIECE
    for begin in range(0, max(1, len(y) - 1), piece):
        part = slice(begin, begin + piece + 1)
        painter.drawPolyline(arrayToQPolygonF(x[part], y[part]))


def steps(plot: Plot, axis: Axis, starts: Ints, stop: int) -> Floats:
    """Pixels from where to where each run of limits holds, shape [2 runs]: left, right, left, right …

    They end a little outside the plot: Qt would paint every dash of a line that reaches far beyond it.
    """
    borders = plot.x(axis.borders(np.append(starts, stop)))
    borders = np.clip(borders, plot.room.left() - 20, plot.room.right() + 20)
    return np.repeat(borders, 2)[1:-1]


def limit_spans(limits: Limits, of: Pyramid, found: Columns) -> tuple[Floats, Floats]:
    """Lowest and highest limit in each column."""
    first = np.searchsorted(limits.starts, found.start, side="right") - 1
    return of.spans(first, np.searchsorted(limits.starts, found.stop - 1, side="right"))


def dots(painter: QPainter, pen: QPen, x: Floats, y: Floats) -> None:
    """A dot in the pen's shape at each point that is no gap."""
    there = np.isfinite(y)
    if there.any():  # an empty polygon has no memory to write to
        painter.setPen(pen)
        painter.drawPoints(arrayToQPolygonF(x[there], y[there]))
