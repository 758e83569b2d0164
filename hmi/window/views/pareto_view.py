"""A Pareto chart: a row for each kind, its bar, count and share, and the line of the shares added up.

Rows lie across, so that a name of any language has room and a row is high enough for a finger.
Promises: what does not fit is summed up in one last row, never left out; Up and Down move the choice.
May import: PySide6, hmi.window.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen

from hmi.window.theme import CAPTION, SMALL, Look
from hmi.window.views.lettering import CENTER, RIGHT, Lettering
from hmi.window.views.painted_view import PaintedView

_ROW, _HIGHEST, _AXIS, _MARK = 48, 72, 26, 8
"""Design pixels: least and greatest height of a row, the scale above, a point of the line."""
_NAME, _FIGURES = 0.29, 0.29
"""Shares of the width: names at the left, figures at the right."""
_FEW = 0.8
"""Juran's share of the vital few."""
_STEP = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


@dataclass(frozen=True, slots=True)
class ParetoBar:
    """One kind."""

    name: str
    count: int
    share: float
    """Of the total, 0 to 1."""
    cumulative: float
    """This share and all above it."""
    seqs: tuple[int, ...]
    """The parts behind it, ascending."""


@dataclass(frozen=True, slots=True)
class ParetoContent:
    """All kinds by falling count, and which is chosen. `empty`: what stands there while there is none."""

    bars: tuple[ParetoBar, ...] = ()
    chosen: int | None = None
    empty: str = ""


class ParetoView(PaintedView[ParetoContent]):
    """Shows `ParetoContent`."""

    bar_asked = Signal()
    """A bar was clicked; it is `chosen` now."""
    moved = Signal()
    """Another bar was chosen."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, ParetoContent())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(look.px(_AXIS + 2 * _ROW))

    def spoken(self) -> str:
        """The chosen bar, or all."""
        bars = self.bars()
        chosen = self.chosen
        told = bars if chosen is None else (chosen,)
        return ", ".join(f"{bar.name} {bar.count}" for bar in told) or self.content.empty

    @property
    def chosen(self) -> ParetoBar | None:
        """The bar that is chosen."""
        bars, k = self.bars(), self.content.chosen
        return bars[k] if k is not None and k < len(bars) else None

    def choose(self, k: int | None) -> None:
        """Choose a bar by its place."""
        if k != self.content.chosen:
            self.show_content(ParetoContent(self.content.bars, k, self.content.empty))
            self.moved.emit()

    def bars(self) -> tuple[ParetoBar, ...]:
        """What has room: the rest is summed up in the last row."""
        bars = self.content.bars
        room = max(2, int((self.height() - self.look.px(_AXIS)) // self.look.px(_ROW)))
        if len(bars) <= room:
            return bars
        head, tail = bars[: room - 1], bars[room - 1 :]
        rest = ParetoBar(
            self.look.words.say("pareto.rest", count=len(tail)),
            sum(bar.count for bar in tail),
            sum(bar.share for bar in tail),
            1.0,
            tuple(sorted({seq for bar in tail for seq in bar.seqs})),
        )
        return (*head, rest)

    # --- hands

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down."""
        step, bars = _STEP.get(Qt.Key(event.key())), self.bars()
        if step is None or not bars:
            super().keyPressEvent(event)
            return
        now = self.content.chosen
        self.choose(0 if now is None else min(max(now + step, 0), len(bars) - 1))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click or a touch on a row."""
        k = int((event.position().y() - self.look.px(_AXIS)) // self._height())
        if event.position().y() >= self.look.px(_AXIS) and 0 <= k < len(self.bars()):
            self.choose(k)
            self.bar_asked.emit()

    def row(self, k: int) -> QRectF:
        """Where row k is."""
        height = self._height()
        return QRectF(0, self.look.px(_AXIS) + k * height, self.width(), height)

    def _height(self) -> float:
        room = self.height() - self.look.px(_AXIS)
        return min(float(self.look.px(_HIGHEST)), room / max(1, len(self.bars())))

    # --- paint

    def paint(self, letters: Lettering, room: QRectF) -> None:
        """Rows, bars, the scale of the shares, the line."""
        self.card(letters, room, "plot", "focus" if self.hasFocus() else "line")
        bars, px = self.bars(), self.look.px
        if not bars:
            inner = room.adjusted(px(16), 0, -px(16), 0)
            letters.line(inner, self.content.empty, SMALL, "ink2", align=CENTER, smallest=CAPTION)
            return
        field = self._field(room)
        self._paint_scale(letters, field, len(bars))
        for k, bar in enumerate(bars):
            self._paint_row(letters, field, k, bar)
        self._paint_line(letters, field, bars)

    def _field(self, room: QRectF) -> QRectF:
        """The bars' ground: its width is 100 %."""
        left, right = room.width() * _NAME, room.width() * (1 - _FIGURES)
        return QRectF(left, self.look.px(_AXIS), right - left, room.height() - self.look.px(_AXIS))

    def _paint_scale(self, letters: Lettering, field: QRectF, rows: int) -> None:
        look, painter, bottom = self.look, letters.painter, self.row(rows - 1).bottom()
        for share in (0.0, 0.5, _FEW, 1.0):
            x = field.left() + share * field.width()
            few = share == _FEW
            style = Qt.PenStyle.DotLine if few else Qt.PenStyle.SolidLine
            painter.setPen(QPen(look.colour("spec" if few else "line"), look.px(2 if few else 1), style))
            painter.drawLine(QLineF(x, field.top(), x, bottom))
            width = look.px(64)
            place = QRectF(x - width / 2, 0, width, field.top())
            text = look.words.say("unit.percent.whole", value=100 * share)
            letters.line(place, text, CAPTION, "spec" if few else "ink2", align=CENTER, smallest=CAPTION * 0.8)

    def _paint_row(self, letters: Lettering, field: QRectF, k: int, bar: ParetoBar) -> None:
        look, px, row = self.look, self.look.px, self.row(k)
        chosen = k == self.content.chosen
        if chosen:
            letters.painter.fillRect(row.adjusted(2, 1, -2, -1), look.colour("zone"))
            letters.painter.setPen(QPen(look.colour("focus"), px(3)))
            letters.painter.setBrush(Qt.BrushStyle.NoBrush)
            letters.painter.drawRect(row.adjusted(2, 2, -2, -2))
        name = QRectF(px(10), row.top(), field.left() - px(20), row.height())
        letters.line(name, bar.name, SMALL, "ink", bold=chosen, smallest=CAPTION * 0.8)
        inset = row.height() * 0.22
        width = max(float(px(2)), bar.share * field.width())
        place = QRectF(field.left(), row.top() + inset, width, row.height() - 2 * inset)
        letters.painter.fillRect(place, look.colour("data"))
        figures = QRectF(field.right() + px(64), row.top(), row.right() - field.right() - px(74), row.height())
        text = look.words.say("pareto.figures", count=bar.count, percent=100 * bar.share)
        letters.line(figures, text, SMALL, "ink", bold=chosen, smallest=CAPTION * 0.8, align=RIGHT)

    def _paint_line(self, letters: Lettering, field: QRectF, bars: tuple[ParetoBar, ...]) -> None:
        look, side, painter = self.look, self.look.px(_MARK), letters.painter
        points = [
            QPointF(field.left() + bar.cumulative * field.width(), self.row(k).center().y())
            for k, bar in enumerate(bars)
        ]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("focus"), look.px(2)))
        painter.setBrush(look.colour("focus"))
        painter.drawPolyline([QPointF(field.left(), field.top()), *points])
        for point in points:
            painter.drawEllipse(point, side / 2, side / 2)
        painter.restore()
        for bar, point in zip(bars, points, strict=True):
            place = QRectF(point.x() + side, point.y() - look.px(12), look.px(60), look.px(24))
            text = look.words.say("unit.percent.whole", value=100 * bar.cumulative)
            letters.line(place, text, CAPTION, "focus", smallest=CAPTION * 0.8)
