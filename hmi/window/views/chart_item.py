"""`ChartItem`: one control chart as a single pyqtgraph item: lines, points, violations, labels at the right edge.

One item that paints itself takes 0.4 ms a chart where a curve, two scatter plots and labelled lines took 1.8 ms
(120 points, Qt 6.11): six charts at 10 Hz then leave the Qt thread its time.
Promises: it is created once and only ever told new figures. A gap is a gap: no line crosses it.
May import: PySide6, pyqtgraph, numpy, hmi.window.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyqtgraph as pg
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap, QTransform

from hmi.window.chart_figures import EdgeLabel, Figures
from hmi.window.theme import CAPTION, Look
from hmi.window.views.lettering import Lettering
from inference.pipeline.snapshot import Floats

_RUN = 3
_LIMIT_DASH, _SPEC_DOTS = [6.0, 4.0], [1.5, 3.0]


class ChartItem(pg.GraphicsObject):
    """Draws one `Figures`. x is the point's number, y its value."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.figures: Figures | None = None
        self.specs: tuple[float, ...] = ()
        self.labels: tuple[EdgeLabel, ...] = ()
        self._label_key: tuple[object, ...] = ()
        self._label_layer = QPixmap()
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
        shown = self.figures
        if shown is None:
            return
        to_px = painter.worldTransform()
        box = to_px.mapRect(self.viewRect())
        painter.resetTransform()
        plot = box.adjusted(0, 0, -self.gutter_px, 0)
        first, last = self._visible(shown, to_px, plot)
        painter.fillRect(plot, self.look.colour("plot"))
        if first < last:
            x = (np.arange(first, last) + shown.first) * to_px.m11() + to_px.dx()
            self._paint_limits(painter, shown, slice(first, last), x, to_px)
            self._paint_specs(painter, plot, to_px)
            self._paint_points(painter, shown, slice(first, last), x, to_px)
        painter.setPen(self.look.colour("line"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(plot.adjusted(0, 0, -1, -1))
        self._paint_labels(painter, box, plot, to_px)

    def _visible(self, shown: Figures, to_px: QTransform, plot: QRectF) -> tuple[int, int]:
        left = (plot.left() - to_px.dx()) / to_px.m11() - shown.first
        right = (plot.right() - to_px.dx()) / to_px.m11() - shown.first
        return max(0, int(np.ceil(left))), min(shown.count, int(np.floor(right)) + 1)

    def _paint_limits(self, painter: QPainter, shown: Figures, part: slice, x: Floats, to_px: QTransform) -> None:
        center, upper, lower = shown.center[part], shown.ucl[part], shown.lcl[part]
        sigma = (upper - center) / 3
        look = self.look
        faint = QPen(look.colour("zone"), look.px(2))
        for level in (center + sigma, center + 2 * sigma, *_below(center, sigma, lower)):
            _stroke(painter, faint, x, level, to_px)
        _stroke(painter, QPen(look.colour("data"), look.px(1)), x, center, to_px)
        dashed = QPen(look.colour("ink2"), look.px(1))
        dashed.setDashPattern(_LIMIT_DASH)
        for level in (upper, lower):
            _stroke(painter, dashed, x, level, to_px)

    def _paint_specs(self, painter: QPainter, plot: QRectF, to_px: QTransform) -> None:
        dotted = QPen(self.look.colour("spec"), self.look.px(2))
        dotted.setDashPattern(_SPEC_DOTS)
        painter.setPen(dotted)
        for limit in self.specs:
            y = limit * to_px.m22() + to_px.dy()
            painter.drawLine(QLineF(plot.left(), y, plot.right(), y))

    def _paint_points(self, painter: QPainter, shown: Figures, part: slice, x: Floats, to_px: QTransform) -> None:
        look = self.look
        y = shown.values[part] * to_px.m22() + to_px.dy()
        right = (self.viewRect().right() * to_px.m11() + to_px.dx()) - self.gutter_px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _stroke(painter, QPen(look.colour("data"), look.px(1)), x, shown.values[part], to_px)
        spacing = float(x[1] - x[0]) if len(x) > 1 else 10.0
        dot = min(look.px(7), max(2.0, 0.8 * spacing))
        painter.setPen(QPen(look.colour("data"), dot, c=Qt.PenCapStyle.RoundCap))
        there = np.isfinite(y)
        if there.any():  # an empty polygon has no memory to write to
            painter.drawPoints(arrayToQPolygonF(x[there], y[there]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for at, rules in shown.violated.items():
            k = at - part.start
            if 0 <= k < len(x) and np.isfinite(y[k]):
                last = shown.violated.keys().isdisjoint(range(at + 1, at + 1 + _RUN))
                side = look.px(18 if last else 10)
                inside = min(float(x[k]), right - side / 2)
                self._paint_violation(painter, QPointF(inside, y[k]), side, str(rules[0]) if last else "")
        self._paint_marks(painter, part, x, y)

    def _paint_violation(self, painter: QPainter, at: QPointF, side: float, rule: str) -> None:
        """A square; the last one of a run has the rule's number in it (more would lie on one another)."""
        square = QRectF(at.x() - side / 2, at.y() - side / 2, side, side)
        painter.fillRect(square, self.look.colour("not_ok"))
        if rule:
            painter.setFont(self.look.font(CAPTION, bold=True))
            painter.setPen(self.look.colour("panel"))
            painter.drawText(square, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, rule)

    def _paint_marks(self, painter: QPainter, part: slice, x: Floats, y: Floats) -> None:
        look = self.look
        painter.setBrush(Qt.BrushStyle.NoBrush)
        marks = [(k - part.start, "ink", 9) for k in self.marked]
        if self.cursor is not None:
            marks.append((self.cursor - part.start, "focus", 12))
        for k, tone, radius in marks:
            if 0 <= k < len(x) and np.isfinite(y[k]):
                painter.setPen(QPen(look.colour(tone), look.px(3)))
                painter.drawEllipse(QPointF(x[k], y[k]), look.px(radius), look.px(radius))

    def _paint_labels(self, painter: QPainter, box: QRectF, plot: QRectF, to_px: QTransform) -> None:
        """Labels move only with the limits and the scale: until then they are one picture."""
        ratio = painter.device().devicePixelRatioF()
        room = QRectF(plot.right(), box.top(), box.right() - plot.right(), box.height())
        if room.isEmpty():
            return
        scale = (to_px.m22(), to_px.dy())
        key = (self.labels, scale, room.width(), room.height(), room.top(), ratio, id(self.look), self.look.unit)
        if key != self._label_key:
            self._label_key = key
            self._label_layer = self._new_label_layer(room, plot, to_px, ratio)
        painter.drawPixmap(room.topLeft(), self._label_layer)

    def _new_label_layer(self, room: QRectF, plot: QRectF, to_px: QTransform, ratio: float) -> QPixmap:
        look, height = self.look, self.look.px(18)
        layer = QPixmap(math.ceil(room.width() * ratio), math.ceil(room.height() * ratio))
        layer.setDevicePixelRatio(ratio)
        layer.fill(Qt.GlobalColor.transparent)
        painter = QPainter(layer)
        try:
            letters = Lettering(painter, look)
            for label, y in _apart(self.labels, to_px, plot, height):
                line = QRectF(look.px(6), y - height / 2 - room.top(), room.width() - look.px(8), height)
                letters.line(line, label.text, CAPTION, "spec" if label.spec else "ink2", smallest=CAPTION * 0.8)
        finally:
            painter.end()
        return layer


def _below(center: Floats, sigma: Floats, lower: Floats) -> Iterator[Floats]:
    """Zone lines below the centre, where the statistic can get there."""
    floor = np.where(np.isfinite(lower), lower, 0.0)
    for k in (1, 2):
        level = center - k * sigma
        yield np.where(level > floor, level, np.nan)


def _stroke(painter: QPainter, pen: QPen, x: Floats, level: Floats, to_px: QTransform) -> None:
    """A line through finite neighbours."""
    painter.setPen(pen)
    y = level * to_px.m22() + to_px.dy()
    if len(y) > 2 and y[0] == y[-1] and (y == y[0]).all():
        painter.drawLine(QLineF(x[0], y[0], x[-1], y[0]))
        return
    finite = np.isfinite(y)
    if finite.all():
        painter.drawPolyline(arrayToQPolygonF(x, y))
        return
    for run in np.split(np.arange(len(y)), np.flatnonzero(np.diff(finite)) + 1):
        if finite[run[0]]:
            painter.drawPolyline(arrayToQPolygonF(x[run], y[run]))


def _apart(
    labels: tuple[EdgeLabel, ...], to_px: QTransform, plot: QRectF, height: float
) -> list[tuple[EdgeLabel, float]]:
    """Labels from top to bottom with heights at which they do not lie on one another."""
    low, high = plot.top() + height / 2, plot.bottom() - height / 2
    wanted = sorted(
        ((min(high, max(low, label.value * to_px.m22() + to_px.dy())), label) for label in labels),
        key=lambda pair: (pair[0], -pair[1].value),
    )
    ys: list[float] = []
    for y, _ in wanted:
        ys.append(max(y, ys[-1] + height) if ys else y)
    over = ys[-1] - high if ys else 0.0
    if over > 0:  # pushed out at the bottom: push back from there
        ys[-1] = high
        for k in range(len(ys) - 2, -1, -1):
            ys[k] = min(ys[k], ys[k + 1] - height)
    return [(label, y) for (_, label), y in zip(wanted, ys, strict=True)]
