"""What is said about single points of a chart: violations, points left out, stages, notes, the part looked at.

Promises: a violated point is never hidden: where points are denser than pixels, the farthest violated one of each
pixel column has its square.
May import: PySide6, numpy, hmi.window.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from hmi.window.chart_axis import Axis
from hmi.window.chart_figures import Figures, Marked, Told
from hmi.window.pyramid import Floats, Ints
from hmi.window.theme import CAPTION, Look
from hmi.window.views.chart_strokes import Columns, Plot, Seen, dots, limit_spans
from hmi.window.views.lettering import Lettering

_SQUARE, _NUMBERED, _SMALL_SQUARE = 10, 18, 6
_HOLLOW, _SMALL_HOLLOW, _RING = 10, 6, 2
_NOTE, _STAGE_TEXT, _APART = 9, 18, 3
"""Design pixels: sides of squares, width of hollow dots and their rings, notes, height of a stage's text, least
distance of two stages or notes that are both drawn."""


def paint_violations(painter: QPainter, look: Look, shown: Figures, seen: Seen) -> None:
    """A square at each violated point; the last one of a run has the rule's number in it (more would overlap)."""
    violated, plot = shown.violated, seen.plot
    start, stop = np.searchsorted(violated.at, [seen.first, seen.last]).tolist()
    if start == stop:
        return
    x, y = plot.x(seen.axis.at(violated.at[start:stop])), plot.y(violated.values.values[start:stop])
    room = np.diff(x, append=np.inf) >= look.px(_NUMBERED)
    for k in np.flatnonzero(np.isfinite(y)).tolist():
        side = look.px(_NUMBERED if room[k] else _SQUARE)
        inside = min(float(x[k]), plot.room.right() - side / 2)
        rules = shown.rules[start + k]
        _square(painter, look, QPointF(inside, y[k]), side, str(rules[0]) if room[k] and rules else "")


def _square(painter: QPainter, look: Look, at: QPointF, side: float, rule: str) -> None:
    square = QRectF(at.x() - side / 2, at.y() - side / 2, side, side)
    painter.fillRect(square, look.colour("not_ok"))
    if rule:
        painter.setFont(look.font(CAPTION, bold=True))
        painter.setPen(look.colour("panel"))
        painter.drawText(square, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, rule)


def paint_dense_violations(painter: QPainter, look: Look, shown: Figures, plot: Plot, found: Columns) -> None:
    """One small square a pixel column: the violated point farthest from the centre line."""
    if not shown.rules:
        return
    low, high = _in_columns(shown.violated, found)
    center, _ = limit_spans(shown.limits, shown.limits.center, found)
    upper = ~(center - low > high - center)
    pen = QPen(look.colour("not_ok"), look.px(_SMALL_SQUARE), c=Qt.PenCapStyle.SquareCap)
    dots(painter, pen, found.x, plot.y(np.where(upper, high, low)))


def _in_columns(marked: Marked, found: Columns) -> tuple[Floats, Floats]:
    return marked.values.spans(np.searchsorted(marked.at, found.start), np.searchsorted(marked.at, found.stop))


def paint_excluded(painter: QPainter, look: Look, shown: Figures, seen: Seen) -> None:
    """Points left out are hollow."""
    start, stop = np.searchsorted(shown.excluded.at, [seen.first, seen.last]).tolist()
    if start == stop:
        return
    x = seen.plot.x(seen.axis.at(shown.excluded.at[start:stop]))
    _hollow(painter, look, x, seen.plot.y(shown.excluded.values.values[start:stop]), _HOLLOW)


def paint_dense_excluded(painter: QPainter, look: Look, shown: Figures, plot: Plot, found: Columns) -> None:
    """One small hollow point a pixel column."""
    if not len(shown.excluded.at):
        return
    _, high = _in_columns(shown.excluded, found)
    _hollow(painter, look, found.x, plot.y(high), _SMALL_HOLLOW)


def _hollow(painter: QPainter, look: Look, x: Floats, y: Floats, design_px: float) -> None:
    whole = look.px(design_px)
    for tone, width in (("ink2", whole), ("plot", max(1, whole - 2 * look.px(_RING)))):
        dots(painter, QPen(look.colour(tone), width, c=Qt.PenCapStyle.RoundCap), x, y)


def paint_stages(painter: QPainter, look: Look, stages: Told, plot: Plot, axis: Axis) -> None:
    """A vertical line where a stage begins, its reason beside it as far as the next one leaves room."""
    if not stages.texts:
        return
    x = plot.x(axis.borders(stages.at))
    shown = _spread(x, plot, look.px(_APART))
    letters, height = Lettering(painter, look), look.px(_STAGE_TEXT)
    pen = QPen(look.colour("ink2"), look.px(1.5))
    ends = np.append(x[shown], plot.room.right())[1:]
    for k, end in zip(shown.tolist(), ends.tolist(), strict=True):
        painter.setPen(pen)
        painter.drawLine(QLineF(x[k], plot.room.top(), x[k], plot.room.bottom()))
        room = QRectF(x[k] + look.px(4), plot.room.top() + look.px(1), end - x[k] - look.px(8), height)
        text = stages.texts[k]
        width = min(room.width(), look.metrics(CAPTION).horizontalAdvance(text))
        if text and room.width() > 3 * height:
            room.setWidth(width + look.px(2))
            painter.fillRect(room.adjusted(-look.px(2), 0, look.px(2), 0), look.colour("plot"))
            letters.line(room, text, CAPTION, "ink2")


def paint_notes(painter: QPainter, look: Look, notes: Told, plot: Plot, axis: Axis) -> None:
    """A small arrow at the foot of the plot, under the point that somebody wrote on."""
    if not notes.texts:
        return
    x = plot.x(axis.at(notes.at))
    painter.setPen(QPen(look.colour("plot"), 1))
    painter.setBrush(look.colour("ink"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    foot, half, high = plot.room.bottom() - 1, look.px(_NOTE) / 2, look.px(_NOTE)
    for k in _spread(x, plot, look.px(_APART)).tolist():
        corners = [QPointF(x[k] - half, foot), QPointF(x[k], foot - high), QPointF(x[k] + half, foot)]
        painter.drawPolygon(QPolygonF(corners))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _spread(x: Floats, plot: Plot, apart: float) -> Ints:
    """Indices of those in the plot (x rising), one for each `apart` pixels at most."""
    start, stop = np.searchsorted(x, [plot.room.left(), plot.room.right()]).tolist()
    place = np.floor(x[start:stop] / apart)
    return start + np.flatnonzero(np.diff(place, prepend=-np.inf) > 0)


def paint_rings(painter: QPainter, look: Look, rings: list[tuple[float, float, str, float]]) -> None:
    """Rings round points: x, y (pixels), colour, radius (design pixels)."""
    if not rings:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for x, y, tone, radius in rings:
        painter.setPen(QPen(look.colour(tone), look.px(3)))
        painter.drawEllipse(QPointF(x, y), look.px(radius), look.px(radius))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
