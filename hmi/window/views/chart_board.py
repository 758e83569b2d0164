"""All charts of the recipe, side by side: one column up to three, two columns from four on.

Promises: views are made once a recipe and then only updated.
May import: PySide6, hmi.window.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from hmi.window.theme import CAPTION, GAP, SMALL, Look
from hmi.window.views.chart_view import ChartView
from hmi.window.views.lettering import CENTER, Lettering
from inference.pipeline.snapshot import ChartSnapshot

_ONE_COLUMN = 3


class ChartBoard(QWidget):
    """Shows a tuple of `ChartSnapshot`."""

    point_chosen = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.charts: dict[str, ChartView] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)

    def show_charts(self, charts: tuple[ChartSnapshot, ...]) -> None:
        """Move all charts on."""
        keys = [chart.key for chart in charts]
        if keys != list(self.charts):
            self._lay_out(keys)
        for chart in charts:
            self.charts[chart.key].show_chart(chart)

    def mark(self, seq: int | None) -> None:
        """Ring the points of this part on every chart."""
        for view in self.charts.values():
            view.mark(frozenset() if seq is None else frozenset({seq}))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 (Qt's signature)
        """An empty board says what will be there."""
        if self.charts:
            return
        painter = QPainter(self)
        room = QRectF(self.rect())
        painter.setPen(self._look.colour("line"))
        painter.setBrush(self._look.colour("panel"))
        painter.drawRect(room.adjusted(0.5, 0.5, -0.5, -0.5))
        text = self._look.words.say("chart.none_yet")
        inner = room.adjusted(GAP, GAP, -GAP, -GAP)
        Lettering(painter, self._look).line(inner, text, SMALL, "ink2", align=CENTER, smallest=CAPTION)
        painter.end()

    def rescale(self) -> None:
        """Follow the window's scale."""
        self._grid.setSpacing(self._look.px(GAP))

    def _lay_out(self, keys: list[str]) -> None:
        for view in self.charts.values():
            self._grid.removeWidget(view)
            view.deleteLater()
        self.charts = {key: ChartView(self._look) for key in keys}
        columns = 1 if len(keys) <= _ONE_COLUMN else 2
        for k, view in enumerate(self.charts.values()):
            view.point_chosen.connect(self.point_chosen)
            self._grid.addWidget(view, k // columns, k % columns)
        self.rescale()
