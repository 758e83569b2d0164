"""One control chart with its title, its time axis, and a cursor for mouse, touch and keyboard.

Promises: the newest point is at the right and stays there; panning back pauses that and says so, End goes on.
What hovering shows, the arrow keys show too; click or Enter asks for the part behind a point. A scanner that types
while the chart has the focus moves nothing.
May import: PySide6, pyqtgraph, hmi.window.
"""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from hmi.window import chart_texts
from hmi.window.chart_figures import points_of
from hmi.window.theme import Look
from hmi.window.views import chart_card
from hmi.window.views.chart_card import Foot, Head, Rooms
from hmi.window.views.chart_hand import Hand
from hmi.window.views.chart_item import ChartItem
from hmi.window.views.chart_sight import AXES, Sight
from hmi.window.views.lettering import Lettering
from inference.pipeline.snapshot import ChartSnapshot

_TITLE, _AXIS, _GUTTER, _SIDE = 30, 22, 112, 8
"""Design pixels: title above, times below, labels at the right, space at the left."""
_TOUCH, _TALL = 48, 300
"""Design pixels: height of what a finger finds, height from which the axis button always shows."""
_PAN, _ZOOM = 0.8, 2.0
Key = Qt.Key


class ChartView(QWidget):
    """Shows one `ChartSnapshot`."""

    point_chosen = Signal(int)
    """Sequence number of the part behind the point."""

    def __init__(self, look: Look, *, live: bool = True) -> None:
        """`live`: new points may come while somebody looks elsewhere, and the title then says so."""
        super().__init__()
        self._look, self._live = look, live
        self.chart: ChartSnapshot | None = None
        self._hovering = False
        self._pressed = QPointF()
        self.cut: tuple[str, ...] = ()
        self._texts: tuple[object, ...] = ()
        self.item = ChartItem(look)
        self.sight = Sight(look, self.item, self.update)
        self._hand = Hand(self.sight)
        self._box = self.sight.box
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
        marked = self._marked_seqs()
        self.chart = chart
        if before is not None and self.item.cursor is not None:
            moved = self.item.cursor + before.first_number - chart.first_number
            self.item.cursor = moved if before.key == chart.key and moved >= 0 else None
        self.item.edge.labels = chart_texts.edge_labels(chart, self._look.words)
        self.sight.show(chart)
        self.mark(marked)
        self.item.update()
        self._update_texts()

    def _update_texts(self) -> None:
        """Repaint the title or the times, where they say something else than what was painted."""
        texts = self._head(), self._foot()
        if texts[:1] != self._texts[:1]:
            self.update(0, 0, self.width(), self._look.px(_TITLE))
        if texts != self._texts:
            self.update(0, self.height() - self._look.px(_AXIS), self.width(), self._look.px(_AXIS))
        self._texts = texts

    def mark(self, seqs: frozenset[int]) -> None:
        """Ring the points of these parts; a subgroup's point stands for all its parts."""
        chart = self.chart
        found = points_of(chart, seqs) if chart is not None else frozenset[int]()
        if found != self.item.marked:
            self.item.marked = found
            self.item.update()

    def _marked_seqs(self) -> frozenset[int]:
        if self.chart is None:
            return frozenset()
        return frozenset(int(self.chart.seqs[k]) for k in self.item.marked if k < len(self.chart.seqs))

    def title(self) -> str:
        """What the chart is of."""
        return chart_texts.title(self.chart, self._look.words) if self.chart is not None else ""

    def readout(self) -> str:
        """The point under the cursor in words, or that following is paused, or what is missing."""
        if self.chart is None:
            return ""
        k = self._point()
        if k is not None:
            rules = self.item.figures.rules_of(k) if self.item.figures else ()
            return chart_texts.point(self.chart, k, rules, self._look.words)
        return "" if self.following or not self._live else self._look.words.say("chart.paused")

    def _point(self) -> int | None:
        """Index of the point under the cursor."""
        k = self.item.cursor
        return k if k is not None and self.chart is not None and 0 <= k < len(self.chart.values) else None

    # --- where it looks

    @property
    def following(self) -> bool:
        """True while the newest point stays in sight."""
        return self.sight.following

    @property
    def axis(self) -> str:
        """`part`: points side by side; `time`: at their times. Raises ValueError for another."""
        return self.sight.axis

    @axis.setter
    def axis(self, axis: str) -> None:
        self.sight.turn_to(axis)
        self.update()

    def follow(self) -> None:
        """Back to the newest point."""
        self.item.cursor = None
        self.sight.follow()
        self.item.update()
        self.update()

    def show_all(self) -> None:
        """The whole history."""
        self.sight.show_all()

    def turn_axis(self) -> None:
        """To the other axis."""
        self.axis = AXES[1 - AXES.index(self.axis)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Margins and labels follow the scale."""
        super().resizeEvent(event)
        px = self._look.px
        self.layout().setContentsMargins(px(_SIDE), px(_TITLE), 1, px(_AXIS))
        self.item.gutter_px = float(px(_GUTTER))
        self.layout().activate()

    # --- title and times

    def paintEvent(self, event: QPaintEvent) -> None:
        """The card with title, readout and times; the view paints the rest."""
        painter = QPainter(self)
        letters, look = Lettering(painter, self._look), self._look
        painter.setPen(look.colour("focus" if self.hasFocus() else "line"))
        painter.setBrush(look.colour("panel"))
        chart_card.paint_card(letters, look, self._rooms(), (self._head(), self._foot()), event.rect())
        painter.end()
        self.cut = tuple(letters.cut)

    def _rooms(self) -> Rooms:
        px = self._look.px
        width, gutter = self.width() - px(2 * _SIDE), self.item.gutter_px
        head = QRectF(px(_SIDE), 0, width, px(_TITLE))
        foot = QRectF(px(_SIDE), self.height() - px(_AXIS), self._box.width() - gutter, px(_AXIS))
        corner = QRectF(
            foot.right() + px(_SIDE), foot.top(), self.width() - foot.right() - px(2 * _SIDE), foot.height()
        )
        return Rooms(QRectF(self.rect()), head, foot, corner)

    def _head(self) -> Head:
        badge = self._look.words.say("chart.flagged") if self.chart is not None and self.chart.flagged else ""
        return Head(self.title(), self.readout(), self._point() is None, badge)

    def _foot(self) -> Foot:
        """A note, or times: of the first and the last point in sight, or round ones."""
        chart, words, sight = self.chart, self._look.words, self.sight
        if chart is None:
            return Foot()
        axis = f"{words.say(f'chart.axis.{self.axis}')} · T" if self._axis_shown() else ""
        note = chart_texts.note(chart, words)
        if note:
            return Foot(note=note, axis=axis)
        left, right = sight.span()
        if self.axis == "time":
            return Foot(ticks=tuple(sight.ticks()), axis=axis)
        filled = min(1.0, (self.item.axis.whole()[1] - left) / max(1e-9, right - left))
        return Foot(ends=chart_texts.ends(chart, *sight.points(), words), filled=filled, axis=axis)

    def _foot_texts(self) -> tuple[str, ...]:
        """The texts below the plot."""
        foot = self._foot()
        return (foot.note,) if foot.note else foot.ends or tuple(text for _, text in foot.ticks or ())

    # --- cursor

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: ARG002 (Qt's signature)
        """Hover and click on the plot."""
        kind = event.type()
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent) and not event.buttons():
            self._hover(event.position())
        elif kind == QEvent.Type.Leave and self._hovering:
            self._hovering = False
            self._set_cursor(None)
        elif kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            self._pressed = event.position()
        elif kind == QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            self._released(event.position())
        return False

    def _released(self, at: QPointF) -> None:
        self.setFocus()
        if self._on_axis_button(self.view.mapTo(self, at.toPoint())):
            self.turn_axis()
            return
        self._hover(at)
        if (at - self._pressed).manhattanLength() < QApplication.startDragDistance():  # else it was a pan
            self.choose()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click below the plot. One on the plot comes here too, after the filter has seen it."""
        at = event.position().toPoint()
        if self._on_axis_button(at) and not self.view.geometry().contains(at):
            self.setFocus()
            self.turn_axis()

    def _axis_shown(self) -> bool:
        """In a small chart only while somebody deals with it: the board stays calm."""
        busy = self.hasFocus() or self._hovering or not self.following
        return busy or self.height() >= self._look.px(_TALL)

    def _on_axis_button(self, at: QPoint) -> bool:
        px = self._look.px
        return (
            self._axis_shown() and at.x() > self.width() - px(_SIDE + _GUTTER) and at.y() > self.height() - px(_TOUCH)
        )

    def _hover(self, at: QPointF) -> None:
        self._hovering = True
        self._set_cursor(self.sight.nearest(self.view.mapToScene(at.toPoint())))

    def _set_cursor(self, index: int | None) -> None:
        if index != self.item.cursor:
            self.item.cursor = index
            self.item.update()
            self.update()

    def choose(self) -> None:
        """Ask for the part behind the cursor's point."""
        k = self._point()
        if self.chart is not None and k is not None:
            self.point_chosen.emit(int(self.chart.seqs[k]))

    # --- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the cursor, Enter asks for the part; Page, +, -, Home, End move the sight, T turns the axis."""
        keys = {
            Key.Key_Left: lambda: self._step(-1),
            Key.Key_Right: lambda: self._step(1),
            Key.Key_Return: self.choose,
            Key.Key_Enter: self.choose,
            Key.Key_PageUp: lambda: self.sight.pan(-_PAN),
            Key.Key_PageDown: lambda: self.sight.pan(_PAN),
            Key.Key_Home: self.show_all,
            Key.Key_End: self.follow,
            Key.Key_Plus: lambda: self.sight.zoom(1 / _ZOOM),
            Key.Key_Equal: lambda: self.sight.zoom(1 / _ZOOM),
            Key.Key_Minus: lambda: self.sight.zoom(_ZOOM),
            Key.Key_T: self.turn_axis,
        }
        act = keys.get(event.key())
        if not self._hand.types(event.text()) or act is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        elif self.chart is not None:
            act()

    def _step(self, step: int) -> None:
        """Move the cursor, and what is seen with it."""
        k = self.sight.next(self._point(), step)
        if k is not None:
            self._set_cursor(k)
            self.sight.reveal(k)
