"""Rows of captions with values: the header, the counters and the health panel.

Promises: values stand in figures of equal width; a value that needs attention has a mark besides its colour.
May import: PySide6, hmi.window.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from hmi.window.presentation import Fact, Header
from hmi.window.theme import CAPTION, LARGE, READ, SMALL, TEXT, Look
from hmi.window.views.lettering import RIGHT, Lettering
from hmi.window.views.painted_view import PaintedView

HEADER_HEIGHT, COUNTERS_HEIGHT, FOOT_HEIGHT = 68, 96, 72
_GIVES_WAY = (1, 3, 2, 4)
"""Places of the health figures that give way in a narrow row: rate, queues, time, recorded."""
Facts = tuple[Fact, ...]


class HeaderView(PaintedView[Header]):
    """Station, product, lot, serial, operator at the left; state and clock at the right."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, Header((), "", running=False, clock=""))

    def spoken(self) -> str:
        """The state."""
        return self.content.state

    def paint(self, letters: Lettering, room: QRectF) -> None:
        """One line of facts, each as wide as it needs, product and station cut last."""
        px, shown = self.look.px, self.content
        self.card(letters, room)
        right = self._paint_state(letters, room)
        free = right - px(16) - px(16)
        widths = self._widths(shown.facts, free)
        left = float(px(16))
        for fact, width in zip(shown.facts, widths, strict=True):
            column = QRectF(left, 0, width, room.height())
            letters.line(column.adjusted(0, px(8), 0, -px(38)), fact.caption, CAPTION, "ink2")
            letters.line(column.adjusted(0, px(28), 0, -px(8)), fact.value, TEXT, "ink", bold=True, smallest=CAPTION)
            left += width + px(24)

    def _widths(self, facts: Facts, free: float) -> list[float]:
        """Wanted widths; where they do not fit, the widest give way first."""
        bold, small = self.look.metrics(TEXT, bold=True), self.look.metrics(CAPTION)
        wanted = [max(bold.horizontalAdvance(f.value), small.horizontalAdvance(f.caption)) + 2 for f in facts]
        free -= self.look.px(24) * max(0, len(facts) - 1)
        limit = max(wanted, default=0.0)
        while sum(min(w, limit) for w in wanted) > free and limit > 1:
            limit *= 0.95
        return [min(w, limit) for w in wanted]

    def _paint_state(self, letters: Lettering, room: QRectF) -> float:
        px, shown = self.look.px, self.content
        clock = QRectF(room.right() - px(132), 0, px(116), room.height())
        letters.line(clock, shown.clock, TEXT, "ink2", align=RIGHT)
        word = QRectF(clock.left() - px(330), 0, px(314), room.height())
        used = letters.line(word, shown.state, LARGE, "ink", bold=True, align=RIGHT, smallest=TEXT)
        side = px(22)
        mark = QRectF(word.right() - used - side - px(12), room.center().y() - side / 2, side, side)
        _paint_run_mark(letters.painter, mark, self.look, running=shown.running)
        return mark.left()


def _paint_run_mark(painter: QPainter, room: QRectF, look: Look, *, running: bool) -> None:
    if not running:
        painter.fillRect(room.adjusted(1, 1, -1, -1), look.colour("ink2"))
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(look.colour("ink2"))
    painter.setBrush(look.colour("ink2"))
    tip = QPointF(room.right(), room.center().y())
    painter.drawPolygon(QPolygonF([room.topLeft(), tip, room.bottomLeft()]))
    painter.restore()


class CountersView(PaintedView[Facts]):
    """Tiles: inspected, not OK, yield, not decided, and missed where something was."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, ())

    def spoken(self) -> str:
        """All counts."""
        return ", ".join(f"{fact.caption} {fact.value}" for fact in self.content)

    def paint(self, letters: Lettering, room: QRectF) -> None:
        """Tiles side by side."""
        px, count = self.look.px, max(1, len(self.content))
        gap = px(8)
        width = (room.width() - gap * (count - 1)) / count
        for k, fact in enumerate(self.content):
            tile = QRectF(k * (width + gap), 0, width, room.height())
            urgent = bool(fact.tone)
            self.card(letters, tile, "attention_tint" if urgent else "panel", "attention" if urgent else "line")
            inner = tile.adjusted(px(12), 0, -px(8), 0)
            letters.line(inner.adjusted(0, px(8), 0, -px(60)), fact.caption, SMALL, "ink2", smallest=CAPTION)
            value = inner.adjusted(0, px(36), 0, -px(8))
            letters.line(value, fact.value, READ, "ink", bold=True, smallest=TEXT)


class HealthView(PaintedView[Facts]):
    """The machine in a few figures."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, ())

    def spoken(self) -> str:
        """All figures."""
        return ", ".join(f"{fact.caption} {fact.value}" for fact in self.content)

    def paint(self, letters: Lettering, room: QRectF) -> None:
        """Captions above values; the first (what it runs on) may be long."""
        px = self.look.px
        self.card(letters, room)
        shown = self.fitting(room.width() - px(16))
        needs = [self._need(fact) for fact in shown]
        spare = (room.width() - px(16) - sum(needs)) / max(1, len(shown))
        left = float(px(16))
        for fact, need in zip(shown, needs, strict=True):
            column = QRectF(left, 0, need + spare - px(12), room.height())
            letters.line(column.adjusted(0, px(8), 0, -px(40)), fact.caption, CAPTION, "ink2")
            value = column.adjusted(0, px(30), 0, -px(10))
            if fact.tone:
                self._paint_mark(letters, value)
                value.setLeft(value.left() + px(24))
            letters.line(value, fact.value, SMALL, "ink", bold=True, smallest=CAPTION)
            left += need + spare

    def fitting(self, width: float) -> Facts:
        """Where the row of buttons leaves too little room, figures that only inform give way to those that warn."""
        shown = list(self.content)
        for place in _GIVES_WAY:
            if sum(map(self._need, shown)) <= width:
                break
            fact = self.content[place] if place < len(self.content) else None
            if fact in shown and not fact.tone:
                shown.remove(fact)
        return tuple(shown)

    def _need(self, fact: Fact) -> float:
        """The width a column takes, its texts squeezed as far as they may be."""
        px, look = self.look.px, self.look
        caption = look.metrics(CAPTION).horizontalAdvance(fact.caption)
        value = look.metrics(CAPTION, bold=True).horizontalAdvance(fact.value) + (px(24) / 0.8 if fact.tone else 0)
        return 0.82 * max(caption, value) + px(12)

    def _paint_mark(self, letters: Lettering, room: QRectF) -> None:
        side = self.look.px(18)
        mark = QRectF(room.left(), room.center().y() - side / 2, side, side)
        painter = letters.painter
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.look.colour("attention"))
        painter.setBrush(self.look.colour("attention"))
        top = QPointF(mark.center().x(), mark.top())
        painter.drawPolygon(QPolygonF([top, mark.bottomRight(), mark.bottomLeft()]))
        painter.restore()
