"""`ChartItem`: one control chart as a single pyqtgraph item: lines, points, violations, labels at the right edge.

One item that paints itself takes 0.4 ms a chart where a curve, two scatter plots and labelled lines took 1.8 ms
(120 points, Qt 6.11): six charts at 10 Hz then leave the Qt thread its time. Where points are denser than pixels it
draws pixel columns instead, so that a million points cost what the plot's width costs.
Promises: it is created once and only ever told new figures. A gap is a gap: no line crosses it.
May import: PySide6, pyqtgraph, numpy, hmi.window.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from hmi.window.chart_axis import Axis
from hmi.window.chart_figures import Figures, Limits
from hmi.window.pyramid import Floats
from hmi.window.theme import Look
from hmi.window.views import chart_marks as marks
from hmi.window.views.chart_labels import EdgeLabels
from hmi.window.views.chart_strokes import (
    Columns,
    Plot,
    Seen,
    band,
    columns,
    dots,
    limit_spans,
    steps,
    straight,
    stroke,
)

_LIMIT_DASH, _SPEC_DOTS = [6.0, 4.0], [1.5, 3.0]
_DENSE = 0.7
"""More points a pixel than this are drawn as columns."""
_BAND_SHARE, _FADING = 0.62, 0.12
"""How much of the data's colour a band of columns has, so that limits are seen on it; how fast it gets there, a point
a pixel."""
_LIMIT_BAND = 70
"""Opacity, of 255, of limits that change from pixel to pixel."""
_DASHED_RUN = 8
"""Shorter runs of limits (pixels) are drawn solid: dashes round corners are no line any more."""
_REACH_PX = 10_000
"""A line to a point further outside would ask too much of Qt's numbers."""
_DOT, _LEAST_SPACING = 7, 3.0
"""Dot of a point (design pixels); points nearer than so many pixels are a line with small dots."""


class ChartItem(pg.GraphicsObject):
    """Draws one `Figures` along one `Axis`."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.figures: Figures | None = None
        self.axis = Axis(1, 0)
        self.edge = EdgeLabels(look)
        self.gutter_px = 0.0
        """Pixels at the right that belong to the labels."""
        self.marked: frozenset[int] = frozenset()
        """Indices of the points whose part is looked at."""
        self.cursor: int | None = None

    def boundingRect(self) -> QRectF:
        """All that the view box shows."""
        return self.viewRect()

    def viewRangeChanged(self) -> None:
        """The view box was moved or made larger: everything is drawn anew."""
        self.prepareGeometryChange()
        self.update()

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw in pixels: data coordinates would stretch pens, dashes and letters."""
        if self.figures is None:
            return
        to_px = painter.worldTransform()
        box = to_px.mapRect(self.viewRect())
        painter.resetTransform()
        plot = self._plot(to_px, box)
        painter.fillRect(plot.room, self.look.colour("plot"))
        painter.setClipRect(plot.room)
        self._paint_data(painter, self.figures, plot)
        painter.setClipping(False)
        painter.setPen(self.look.colour("line"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(plot.room.adjusted(0, 0, -1, -1))
        self.edge.paint(painter, box, plot)

    def _plot(self, to_px: QTransform, box: QRectF) -> Plot:
        room = box.adjusted(0, 0, -self.gutter_px, 0)
        return Plot(room, to_px.m11(), to_px.dx(), to_px.m22(), to_px.dy())

    def _paint_data(self, painter: QPainter, shown: Figures, plot: Plot) -> None:
        left, right = plot.figure_x(np.array([plot.room.left(), plot.room.right()])).tolist()
        first, last = self.axis.visible(left, right)
        seen = Seen(plot, self.axis, first, last)
        if first == last:
            self._paint_specs(painter, shown, plot)
        elif last - first > _DENSE * plot.room.width():
            self._paint_dense(painter, shown, seen)
        else:
            self._paint_limits(painter, shown, seen, None)
            self._paint_specs(painter, shown, plot)
            marks.paint_stages(painter, self.look, shown.stages, plot, self.axis)
            self._paint_points(painter, shown, seen)
        marks.paint_notes(painter, self.look, shown.notes, plot, self.axis)
        self._paint_rings(painter, shown, seen)

    # --- limits

    def _paint_limits(self, painter: QPainter, shown: Figures, seen: Seen, found: Columns | None) -> None:
        """Runs of equal limits as steps; `found`: where points are denser than pixels, in these columns."""
        limits, look, plot = shown.limits, self.look, seen.plot
        start, stop = limits.runs(seen.first, seen.last)
        solid, dashed = self._limit_pens(on_band=found is not None)
        if found is not None and stop - start > plot.room.width() / 2:
            self._paint_limit_bands(painter, limits, plot, found, (solid, dashed))
            return
        center, upper, lower = (p.values[start:stop] for p in (limits.center, limits.ucl, limits.lcl))
        levels = [(solid, center), (dashed, upper), (dashed, lower)]
        if shown.zoned and found is None:
            faint = QPen(look.colour("zone"), look.px(2))
            levels = [*((faint, level) for level in _zones(center, upper, lower)), *levels]
        if stop - start == 1:  # nearly always, on the live board
            left, right = self._ends(plot, seen)
            for pen, level in levels:
                straight(painter, pen, left, right, float(level[0]) * plot.scale_y + plot.offset_y)
            return
        end = int(limits.starts[stop]) if stop < len(limits.starts) else shown.count
        x = steps(plot, seen.axis, limits.starts[start:stop], end)
        short = plot.room.width() < _DASHED_RUN * (stop - start)
        for pen, level in levels:
            corners = short and pen is dashed and (level != level[0]).any()
            stroke(painter, QPen(pen.brush(), pen.widthF()) if corners else pen, x, plot.y(np.repeat(level, 2)))

    @staticmethod
    def _ends(plot: Plot, seen: Seen) -> tuple[float, float]:
        """Pixels from where to where the limits of all points in sight reach."""
        first, last = seen.axis.at(np.array([seen.first, seen.last - 1])).tolist()
        half = seen.axis.beat / 2
        left, right = (x * plot.scale_x + plot.offset_x for x in (first - half, last + half))
        return max(plot.room.left(), left), min(plot.room.right(), right)

    def _limit_pens(self, *, on_band: bool) -> tuple[QPen, QPen]:
        look = self.look
        solid = QPen(look.colour("ink" if on_band else "data"), look.px(1))
        dashed = QPen(look.colour("ink" if on_band else "ink2"), look.px(1))
        dashed.setDashPattern(_LIMIT_DASH)
        return solid, dashed

    def _paint_limit_bands(
        self, painter: QPainter, limits: Limits, plot: Plot, found: Columns, pens: tuple[QPen, QPen]
    ) -> None:
        """Each limit from its lowest to its highest in a column; one that stays the same is a line."""
        veil = QColor(self.look.colour("ink"))
        veil.setAlpha(_LIMIT_BAND)
        for pyramid, pen in ((limits.center, pens[0]), (limits.ucl, pens[1]), (limits.lcl, pens[1])):
            low, high = limit_spans(limits, pyramid, found)
            if np.array_equal(low, high, equal_nan=True):
                stroke(painter, pen, found.x, plot.y(low))
            else:
                band(painter, QPen(veil, 1), found, plot.y(low), plot.y(high))

    def _paint_specs(self, painter: QPainter, shown: Figures, plot: Plot) -> None:
        dotted = QPen(self.look.colour("spec"), self.look.px(2))
        dotted.setDashPattern(_SPEC_DOTS)
        painter.setPen(dotted)
        for limit in shown.specs:
            y = limit * plot.scale_y + plot.offset_y
            painter.drawLine(QLineF(plot.room.left(), y, plot.room.right(), y))

    # --- points

    def _paint_dense(self, painter: QPainter, shown: Figures, seen: Seen) -> None:
        plot = seen.plot
        found = columns(plot, seen.axis)
        share = max(_BAND_SHARE, 1 + _FADING * (_DENSE - (seen.last - seen.first) / plot.room.width()))
        pen = QPen(_mixed(self.look.colour("data"), self.look.colour("plot"), share), 1)
        for trace in filter(None, (shown.trace, shown.lower)):
            low, high = trace.spans(found.start, found.stop)
            band(painter, pen, found, plot.y(low), plot.y(high))
        self._paint_limits(painter, shown, seen, found)
        self._paint_specs(painter, shown, plot)
        marks.paint_stages(painter, self.look, shown.stages, plot, seen.axis)
        marks.paint_dense_excluded(painter, self.look, shown, plot, found)
        marks.paint_dense_violations(painter, self.look, shown, plot, found)

    def _paint_points(self, painter: QPainter, shown: Figures, seen: Seen) -> None:
        """Points with lines between them; the lines go on to the next point on either side."""
        plot, axis = seen.plot, seen.axis
        start, stop = max(0, seen.first - 1), min(shown.count, seen.last + 1)
        x = plot.x(axis.x(start, stop))
        far = int(x[0] < plot.room.left() - _REACH_PX), int(x[-1] > plot.room.right() + _REACH_PX)
        start, stop, x = start + far[0], stop - far[1], x[far[0] : len(x) - far[1]]
        cuts = axis.breaks_in(start + 1, stop) - start
        line, dot = self._pens(seen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for trace in filter(None, (shown.trace, shown.lower)):
            y = plot.y(trace.values[start:stop])
            if len(cuts):
                stroke(painter, line, np.insert(x, cuts, np.nan), np.insert(y, cuts, np.nan))
            else:
                stroke(painter, line, x, y)
            dots(painter, dot, x, y)
        marks.paint_excluded(painter, self.look, shown, seen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        marks.paint_violations(painter, self.look, shown, seen)

    def _pens(self, seen: Seen) -> tuple[QPen, QPen]:
        look = self.look
        spacing = seen.plot.room.width() / max(1, seen.last - seen.first)
        dot = min(look.px(_DOT), max(2.0, 0.8 * spacing))
        line = QPen(look.colour("data"), look.px(1) if spacing > _LEAST_SPACING else 1)
        return line, QPen(look.colour("data"), dot, c=Qt.PenCapStyle.RoundCap)

    def _paint_rings(self, painter: QPainter, shown: Figures, seen: Seen) -> None:
        wanted = [(k, "ink", 9) for k in self.marked]
        if self.cursor is not None:
            wanted.append((self.cursor, "focus", 12))
        rings = list[tuple[float, float, str, float]]()
        for k, tone, radius in wanted:
            if seen.first <= k < seen.last and np.isfinite(shown.values[k]):
                at = np.array([k])
                rings.append((seen.plot.x(seen.axis.at(at))[0], seen.plot.y(shown.values[at])[0], tone, radius))
        marks.paint_rings(painter, self.look, rings)


def _zones(center: Floats, upper: Floats, lower: Floats) -> Iterator[Floats]:
    """Lines at one and two sigma; below the centre only where the statistic can get there."""
    sigma = (upper - center) / 3
    floor = np.where(np.isfinite(lower), lower, 0.0)
    for k in (1, 2):
        yield center + k * sigma
        level = center - k * sigma
        yield np.where(level > floor, level, np.nan)


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    pairs = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)
    return QColor(*(round(share * a + (1 - share) * b) for a, b in pairs))
