"""One control chart with its title, its time axis, and a cursor for mouse, touch and keyboard.

Promises: the newest point is at the right and stays there; panning back pauses that and says so, End goes on.
What hovering shows, the arrow keys show too; click or Enter asks for the part behind a point.
May import: PySide6, pyqtgraph, hmi.window.
"""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.window import chart_figures
from hmi.window.theme import CAPTION, SMALL, Look
from hmi.window.views.chart_item import ChartItem
from hmi.window.views.lettering import RIGHT, Lettering
from inference.pipeline.snapshot import ChartSnapshot

_TITLE, _AXIS, _GUTTER, _SIDE = 30, 22, 112, 8
"""Design pixels: title above, times below, labels at the right, space at the left."""
_POINT_WIDTH = 6
_TWO_TIMES = 150
_MARGIN = 0.6
"""Points of space before the first and after the newest."""
_CLICK_REACH_PX = 24


class ChartView(QWidget):
    """Shows one `ChartSnapshot`."""

    point_chosen = Signal(int)
    """Sequence number of the part behind the point."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.chart: ChartSnapshot | None = None
        self.following = True
        self._range: tuple[float, float] | None = None
        self._hovering = False
        self.cut: tuple[str, ...] = ()
        self._texts: tuple[str, tuple[str, ...]] = ("", ())
        self.item = ChartItem(look)
        self._box = pg.ViewBox(enableMenu=False)
        self._box.setMouseEnabled(x=True, y=False)
        self._box.addItem(self.item)
        self._box.sigRangeChangedManually.connect(self._panned)
        self._box.sigResized.connect(lambda _: self._follow())
        self.view = pg.GraphicsView(background=look.colour("panel"))
        self.view.setCentralItem(self._box)
        self.view.setViewportUpdateMode(pg.GraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.viewport().setMouseTracking(True)
        self.view.viewport().installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setSpacing(0)
        layout.addWidget(self.view)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # --- what is shown

    def show_chart(self, chart: ChartSnapshot) -> None:
        """Move on to this snapshot; nothing happens where it has not changed."""
        before = self.chart
        if before is not None and (before.key, before.version) == (chart.key, chart.version):
            return
        cursor_number = None if before is None or self.item.cursor is None else self._number(before, self.item.cursor)
        marked = self._marked_seqs()
        self.chart = chart
        shown = chart_figures.figures(chart)
        self.item.figures = shown
        self.item.specs = chart_figures.drawn_specs(chart)
        self.item.labels = chart_figures.edge_labels(chart, self._look.words)
        self._range = chart_figures.settle(self._range, shown.low, shown.high)
        if cursor_number is not None:
            self.item.cursor = cursor_number - chart.first_number if cursor_number >= chart.first_number else None
        self.mark(marked)
        self._follow()
        self.item.update()
        self._update_texts()

    def _update_texts(self) -> None:
        """Repaint the title or the times, where they say something else than what was painted."""
        texts = self.readout() or self.title(), self._foot_texts()
        if texts[0] != self._texts[0]:
            self.update(0, 0, self.width(), self._look.px(_TITLE))
        if texts[1] != self._texts[1]:
            self.update(0, self.height() - self._look.px(_AXIS), self.width(), self._look.px(_AXIS))
        self._texts = texts

    def mark(self, seqs: frozenset[int]) -> None:
        """Ring the points of these parts; a subgroup's point stands for all its parts."""
        chart = self.chart
        if chart is None or not seqs:
            found: frozenset[int] = frozenset()
        else:
            reach = chart.subgroup if chart.kind == "p" else 1
            found = frozenset(
                k for k, last in enumerate(chart.seqs.tolist()) if any(last - reach < seq <= last for seq in seqs)
            )
        if found != self.item.marked:
            self.item.marked = found
            self.item.update()

    def title(self) -> str:
        """What the chart is of."""
        return chart_figures.title(self.chart, self._look.words) if self.chart is not None else ""

    def readout(self) -> str:
        """The point under the cursor in words, or that following is paused, or what is missing."""
        chart, words = self.chart, self._look.words
        if chart is None:
            return ""
        k = self.item.cursor
        if k is not None and 0 <= k < len(chart.values):
            text = words.say(
                "chart.point",
                seq=str(chart.seqs[k]),
                time=words.time_of(float(chart.utc_s[k])),
                value=chart_figures.value_text(chart, float(chart.values[k]), words),
            )
            rules = self.item.figures.violated.get(k) if self.item.figures else None
            return f"{text} · {words.say('chart.rules', rules=', '.join(map(str, rules)))}" if rules else text
        return "" if self.following else words.say("chart.paused")

    def _marked_seqs(self) -> frozenset[int]:
        if self.chart is None:
            return frozenset()
        return frozenset(int(self.chart.seqs[k]) for k in self.item.marked if k < len(self.chart.seqs))

    @staticmethod
    def _number(chart: ChartSnapshot, index: int) -> int:
        return chart.first_number + index

    # --- where it looks

    def _follow(self) -> None:
        chart, limits = self.chart, self._range
        if chart is None or limits is None:
            return
        self._box.setYRange(*limits, padding=0)
        if not self.following:
            return
        newest = chart.first_number + len(chart.values) - 1
        span = min(self._most_points(), max(chart_figures.FEWEST_POINTS, len(chart.values)))
        first = max(chart.first_number, newest - span + 1)
        left, right = first - _MARGIN, first + span - 1 + _MARGIN
        self._box.setXRange(left, right + (right - left) * self._gutter_share(), padding=0)

    def _most_points(self) -> int:
        """As many as can be told apart on this plot."""
        plot = self._box.width() - self.item.gutter_px
        fitting = int(plot / self._look.px(_POINT_WIDTH))
        return max(chart_figures.FEWEST_POINTS, min(chart_figures.SHOWN_POINTS, fitting))

    def _gutter_share(self) -> float:
        """Width of the labels as a share of the plot's width."""
        plot = max(1.0, self._box.width() - self.item.gutter_px)
        return self.item.gutter_px / plot

    def _panned(self, *_: object) -> None:
        self.following = False
        self.update()

    def follow(self) -> None:
        """Back to the newest point."""
        self.following = True
        self.item.cursor = None
        self._follow()
        self.item.update()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Margins and labels follow the scale."""
        super().resizeEvent(event)
        px = self._look.px
        self.layout().setContentsMargins(px(_SIDE), px(_TITLE), 1, px(_AXIS))
        self.layout().activate()
        self.item.gutter_px = float(px(_GUTTER))

    # --- title and times

    def paintEvent(self, event: QPaintEvent) -> None:
        """The card with title, readout and times; the view paints the rest."""
        painter = QPainter(self)
        letters = Lettering(painter, self._look)
        px, look = self._look.px, self._look
        painter.setPen(look.colour("focus" if self.hasFocus() else "line"))
        painter.setBrush(look.colour("panel"))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        if self.chart is not None:
            width = self.width() - px(2 * _SIDE)
            head = QRectF(px(_SIDE), 0, width, px(_TITLE))
            foot = QRectF(px(_SIDE), self.height() - px(_AXIS), width, px(_AXIS))
            if event.rect().intersects(head.toRect()):
                self._paint_head(letters, head)
            if event.rect().intersects(foot.toRect()):
                self._paint_foot(letters, foot)
        painter.end()
        self.cut = tuple(letters.cut)

    def _paint_head(self, letters: Lettering, head: QRectF) -> None:
        readout = self.readout()
        if readout:
            letters.line(head, readout, CAPTION, "ink", bold=True, smallest=CAPTION * 0.8)
        else:
            letters.line(head, self.title(), SMALL, "ink", bold=True, smallest=CAPTION * 0.8)

    def _paint_foot(self, letters: Lettering, foot: QRectF) -> None:
        texts = self._foot_texts()
        if len(texts) == 1:
            letters.line(foot, texts[0], CAPTION, "ink", bold=True, smallest=CAPTION * 0.8)
        elif texts:
            times = foot.adjusted(0, 0, -self.item.gutter_px, 0)
            letters.line(times, texts[0], CAPTION, "ink2")
            times.setWidth(max(self._filled() * times.width(), self._look.px(_TWO_TIMES)))
            letters.line(times, texts[1], CAPTION, "ink2", align=RIGHT)

    def _filled(self) -> float:
        """How far the points reach, as a share of the plot's width."""
        chart, ((left, right), _) = self.chart, self._box.viewRange()
        if chart is None or right <= left:
            return 1.0
        share = (chart.first_number + len(chart.values) - 1 + _MARGIN - left) / (right - left)
        return min(1.0, share * self._box.width() / max(1.0, self._box.width() - self.item.gutter_px))

    def _foot_texts(self) -> tuple[str, ...]:
        """A note, or the times of the first and the last point in sight, or nothing."""
        chart, words = self.chart, self._look.words
        if chart is None:
            return ()
        note = chart_figures.note(chart, words)
        if note:
            return (note,)
        (left, right), _ = self._box.viewRange()
        first = max(0, math.ceil(left) - chart.first_number)
        end = right - (right - left) * self.item.gutter_px / max(1.0, self._box.width())
        last = min(len(chart.utc_s) - 1, math.floor(end) - chart.first_number)
        if first > last:
            return ()
        return words.time_of(float(chart.utc_s[first])), words.time_of(float(chart.utc_s[last]))

    # --- cursor

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: ARG002 (Qt's signature)
        """Hover and click on the plot."""
        kind = event.type()
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent) and not event.buttons():
            self._hover(event.position())
        elif kind == QEvent.Type.Leave and self._hovering:
            self._hovering = False
            self._set_cursor(None)
        elif kind == QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            self.setFocus()
            self._hover(event.position())
            self.choose()
        return False

    def _hover(self, at: QPointF) -> None:
        self._hovering = True
        self._set_cursor(self._nearest(at))

    def _nearest(self, at: QPointF) -> int | None:
        chart = self.chart
        if chart is None or not len(chart.values):
            return None
        data = self._box.mapSceneToView(self.view.mapToScene(at.toPoint()))
        k = round(data.x()) - chart.first_number
        spacing_px = self._box.width() / max(1e-9, self._box.viewRange()[0][1] - self._box.viewRange()[0][0])
        k = max(0, min(len(chart.values) - 1, k))
        far_px = abs(data.x() - chart.first_number - k) * spacing_px
        return k if far_px <= _CLICK_REACH_PX else None

    def _set_cursor(self, index: int | None) -> None:
        if index != self.item.cursor:
            self.item.cursor = index
            self.item.update()
            self.update()

    def choose(self) -> None:
        """Ask for the part behind the cursor's point."""
        if self.chart is not None and self.item.cursor is not None and self.item.cursor < len(self.chart.seqs):
            self.point_chosen.emit(int(self.chart.seqs[self.item.cursor]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the cursor, Enter asks for the part, Home and End go to the ends."""
        chart, key = self.chart, event.key()
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key))
        if chart is not None and len(chart.values) and step is not None:
            newest = len(chart.values) - 1
            start = newest + (1 if step < 0 else 0) if self.item.cursor is None else self.item.cursor
            self._set_cursor(max(0, min(newest, start + step)))
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.choose()
        elif key == Qt.Key.Key_End:
            self.follow()
        else:
            super().keyPressEvent(event)
