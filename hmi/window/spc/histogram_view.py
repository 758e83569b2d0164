"""Histogram of the readings with their spec limits and, where it is plausible, the normal curve.

Promises: spec limits are always in sight; one colour for data, another and dotted for spec limits.
May import: PySide6, numpy, hmi.station.history_analysis, hmi.window.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from hmi.station.history_analysis import Analysis, Histogram
from hmi.window.spc import texts
from hmi.window.theme import CAPTION, Look
from hmi.window.views.lettering import LEFT, RIGHT, Lettering
from hmi.window.views.painted_view import PaintedView
from inference.spc.capability.sample import Process
from inference.spc.capability.specification import SpecLimits

_CURVE = 64
_MARGIN = 0.06


@dataclass(frozen=True, slots=True, eq=False)
class HistogramShown:
    """What is painted; `analysis` None: nothing."""

    analysis: Analysis | None = None


class HistogramView(PaintedView[HistogramShown]):
    """Bars from left to right."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, HistogramShown())

    def spoken(self) -> str:
        """Its name."""
        return self.look.words.say("spc.hist")

    def paint(self, letters: Lettering, room: QRectF) -> None:
        """Bars, curve, spec limits with their names."""
        analysis = self.content.analysis
        letters.painter.fillRect(room, self.look.colour("plot"))
        if analysis is None or analysis.histogram is None:
            return
        px = self.look.px
        spec = analysis.capability.limits if analysis.capability is not None else None
        span = _span(analysis.histogram, spec)
        plot = room.adjusted(px(8), px(24), -px(8), -px(4))
        peak = _peak(analysis)
        most = max(float(analysis.histogram.counts.max()), peak)
        _bars(letters.painter, self.look, plot, analysis.histogram, span, most)
        if peak and analysis.process is not None:
            _curve(letters.painter, self.look, plot, analysis.process, span, peak / most)
        if spec is not None:
            self._paint_spec(letters, plot, spec, span)

    def _paint_spec(self, letters: Lettering, plot: QRectF, spec: SpecLimits, span: tuple[float, float]) -> None:
        px, painter = self.look.px, letters.painter
        pen = QPen(self.look.colour("spec"), px(2), Qt.PenStyle.DotLine)
        for code, value, right in (("LSL", spec.lower, True), ("USL", spec.upper, False)):
            if value is None:
                continue
            x = _x(plot, value, span)
            painter.setPen(pen)
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            text = self.look.words.say(f"chart.{code}", value=texts.number(value, self.look.words, span[1] - span[0]))
            left = x if right else x - plot.width() / 2
            place = QRectF(max(plot.left(), left), plot.top() - px(22), plot.width() / 2, px(20))
            letters.line(place, text, CAPTION, "spec", align=LEFT if right else RIGHT)


def _span(histogram: Histogram, spec: SpecLimits | None) -> tuple[float, float]:
    """What the width stands for: all readings and both spec limits, with a margin."""
    ends = [float(histogram.edges[0]), float(histogram.edges[-1])]
    if spec is not None:
        ends += [limit for limit in (spec.lower, spec.upper) if limit is not None]
    low, high = min(ends), max(ends)
    margin = _MARGIN * (high - low) or 1.0
    return low - margin, high + margin


def _x(plot: QRectF, value: float, span: tuple[float, float]) -> float:
    return plot.left() + plot.width() * (value - span[0]) / (span[1] - span[0])


def _bars(
    painter: QPainter, look: Look, plot: QRectF, histogram: Histogram, span: tuple[float, float], most: float
) -> None:
    painter.setPen(QPen(look.colour("plot"), 1))
    painter.setBrush(look.colour("data"))
    edges = histogram.edges.tolist()
    for left, right, count in zip(edges, edges[1:], histogram.counts.tolist(), strict=False):
        a, b = _x(plot, left, span), _x(plot, right, span)
        height = plot.height() * count / most
        painter.drawRect(QRectF(a, plot.bottom() - height, max(b - a, look.px(6)), height))


def _peak(analysis: Analysis) -> float:
    """Height of the normal curve of as many readings, in readings a bin; 0 where it is not plausible."""
    process, histogram = analysis.process, analysis.histogram
    if not analysis.normal or process is None or histogram is None or not process.sigma_overall:
        return 0.0
    width = float(histogram.edges[1] - histogram.edges[0])
    return process.n * width / (process.sigma_overall * math.sqrt(2.0 * math.pi))


def _curve(
    painter: QPainter, look: Look, plot: QRectF, process: Process, span: tuple[float, float], height: float
) -> None:
    """The normal curve by the sigma overall; `height`: of its peak, as a share of the plot."""
    z = np.linspace(-4.0, 4.0, _CURVE)
    heights = (plot.height() * height * np.exp(-0.5 * z * z)).tolist()
    sigma = process.sigma_overall or 0.0
    points = [
        QPointF(_x(plot, process.mean + at * sigma, span), plot.bottom() - up)
        for at, up in zip(z.tolist(), heights, strict=True)
    ]
    painter.save()
    painter.setPen(QPen(look.colour("ink"), look.px(2)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setClipRect(plot)
    painter.drawPolyline(QPolygonF(points))
    painter.restore()
