"""The values at a chart's right edge: limits and spec limits, kept from lying on one another.

Promises: they move only with the limits and the scale; until then they are one picture.
May import: PySide6, hmi.window.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from hmi.window.chart_texts import EdgeLabel
from hmi.window.theme import CAPTION, Look
from hmi.window.views.chart_strokes import Plot
from hmi.window.views.lettering import Lettering

_LINE = 18
"""Design pixels from label to label."""


class EdgeLabels:
    """Paints `labels` into the room right of the plot."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.labels: tuple[EdgeLabel, ...] = ()
        self._key: tuple[object, ...] = ()
        self._layer = QPixmap()

    def paint(self, painter: QPainter, box: QRectF, plot: Plot) -> None:
        """`box`: the plot and the room right of it, pixels."""
        ratio = painter.device().devicePixelRatioF()
        room = QRectF(plot.room.right(), box.top(), box.right() - plot.room.right(), box.height())
        if room.isEmpty():
            return
        place = (plot.scale_y, plot.offset_y, room.width(), room.height(), room.top())
        key = (self.labels, *place, ratio, id(self.look), self.look.unit)
        if key != self._key:
            self._key = key
            self._layer = self._new_layer(room, plot, ratio)
        painter.drawPixmap(room.topLeft(), self._layer)

    def _new_layer(self, room: QRectF, plot: Plot, ratio: float) -> QPixmap:
        look, height = self.look, self.look.px(_LINE)
        layer = QPixmap(math.ceil(room.width() * ratio), math.ceil(room.height() * ratio))
        layer.setDevicePixelRatio(ratio)
        layer.fill(Qt.GlobalColor.transparent)
        painter = QPainter(layer)
        try:
            letters = Lettering(painter, look)
            for label, y in _apart(self.labels, plot, height):
                line = QRectF(look.px(6), y - height / 2 - room.top(), room.width() - look.px(8), height)
                letters.line(line, label.text, CAPTION, "spec" if label.spec else "ink2", smallest=CAPTION * 0.8)
        finally:
            painter.end()
        return layer


def _apart(labels: tuple[EdgeLabel, ...], plot: Plot, height: float) -> list[tuple[EdgeLabel, float]]:
    """Labels from top to bottom with heights at which they do not lie on one another."""
    low, high = plot.room.top() + height / 2, plot.room.bottom() - height / 2
    wanted = sorted(
        ((min(high, max(low, label.value * plot.scale_y + plot.offset_y)), label) for label in labels),
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
