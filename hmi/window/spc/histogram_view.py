"""Histogram of the readings with their spec limits and, where it is plausible, the normal curve.

Promises: spec limits are always in sight; one colour for data, another and dotted for spec limits.
May import: PySide6, numpy, hmi.station.history_analysis, hmi.window.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

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
        plot = room.adjusted(px(8), px(24), -px(8), -px(4))
        sheet = _Sheet(letters.painter, self.look, plot, *_span(analysis.histogram, spec))
        peak = _peak(analysis)
        most = max(float(analysis.histogram.counts.max()), peak)
        _bars(sheet, analysis.histogram, most)
        if peak and analysis.process is not None:
            _curve(sheet, analysis.process, peak / most)
        for code, value in (("LSL", spec and spec.lower), ("USL", spec and spec.upper)):
            if value is not None:
                _spec_line(letters, sheet, code, value)


class _Sheet(NamedTuple):
    """Where the histogram is painted, and which values its width stands for."""

    painter: QPainter
    look: Look
    plot: QRectF
    low: float
    high: float

    def x(self, value: float) -> float:
        """Where a value stands."""
        return self.plot.left() + self.plot.width() * (value - self.low) / (self.high - self.low)


def _span(histogram: Histogram, spec: SpecLimits | None) -> tuple[float, float]:
    """All readings and both spec limits, with a margin."""
    ends = [float(histogram.edges[0]), float(histogram.edges[-1])]
    if spec is not None:
        ends += [limit for limit in (spec.lower, spec.upper) if limit is not None]
    low, high = min(ends), max(ends)
    margin = _MARGIN * (high - low) or 1.0
    return low - margin, high + margin


def _spec_line(letters: Lettering, sheet: _Sheet, code: str, value: float) -> None:
    """A dotted line with its name: that of the lower limit stands right of it, that of the upper one left."""
    look, plot, lower = sheet.look, sheet.plot, code == "LSL"
    px, x = look.px, sheet.x(value)
    sheet.painter.setPen(QPen(look.colour("spec"), px(2), Qt.PenStyle.DotLine))
    sheet.painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
    text = look.words.say(f"chart.{code}", value=texts.number(value, look.words, sheet.high - sheet.low))
    left = x if lower else x - plot.width() / 2
    place = QRectF(max(plot.left(), left), plot.top() - px(22), plot.width() / 2, px(20))
    letters.line(place, text, CAPTION, "spec", align=LEFT if lower else RIGHT)


def _bars(sheet: _Sheet, histogram: Histogram, most: float) -> None:
    painter, look, plot = sheet.painter, sheet.look, sheet.plot
    painter.setPen(QPen(look.colour("plot"), 1))
    painter.setBrush(look.colour("data"))
    edges = histogram.edges.tolist()
    for (left, right), count in zip(pairwise(edges), histogram.counts.tolist(), strict=True):
        a, b = sheet.x(left), sheet.x(right)
        height = plot.height() * count / most
        painter.drawRect(QRectF(a, plot.bottom() - height, max(b - a, look.px(6)), height))


def _peak(analysis: Analysis) -> float:
    """Height of the normal curve of as many readings, in readings a bin; 0 where it is not plausible."""
    process, histogram = analysis.process, analysis.histogram
    if not analysis.normal or process is None or histogram is None or not process.sigma_overall:
        return 0.0
    width = float(histogram.edges[1] - histogram.edges[0])
    return process.n * width / (process.sigma_overall * math.sqrt(2.0 * math.pi))


def _curve(sheet: _Sheet, process: Process, height: float) -> None:
    """The normal curve by the sigma overall; `height`: of its peak, as a share of the plot."""
    painter, plot, sigma = sheet.painter, sheet.plot, process.sigma_overall or 0.0
    z = np.linspace(-4.0, 4.0, _CURVE)
    heights = (plot.height() * height * np.exp(-0.5 * z * z)).tolist()
    points = [
        QPointF(sheet.x(process.mean + at * sigma), plot.bottom() - up)
        for at, up in zip(z.tolist(), heights, strict=True)
    ]
    painter.save()
    painter.setPen(QPen(sheet.look.colour("ink"), sheet.look.px(2)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setClipRect(plot)
    painter.drawPolyline(QPolygonF(points))
    painter.restore()
