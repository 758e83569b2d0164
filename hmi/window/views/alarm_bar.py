"""The alarm bar: the most urgent alarm in one line with what to do, and how many stand behind it.

Promises: an unacknowledged alarm blinks slowly (one second on, one off) and never vanishes by itself; an acknowledged
one stays until its cause is over. Number, shape and colour tell the priority (ISA-18.2).
May import: PySide6, hmi.window.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from hmi.window.presentation import AlarmLine
from hmi.window.theme import CAPTION, READ, SMALL, TEXT, Look
from hmi.window.views.glyphs import paint_priority
from hmi.window.views.lettering import CENTER, Lettering
from hmi.window.views.painted_view import PaintedView

HEIGHT = 92
TONES = {1: "urgent", 2: "not_ok", 3: "attention", 4: "ink2"}
"""Priority → colour token."""


@dataclass(frozen=True, slots=True)
class Alarms:
    """The lines, most urgent first, and whether the blink is in its bright half."""

    lines: tuple[AlarmLine, ...] = ()
    bright: bool = True

    @property
    def open(self) -> int:
        """How many nobody has acknowledged."""
        return sum(not line.acknowledged for line in self.lines)


class AlarmBar(PaintedView[Alarms]):
    """Shows `Alarms`; its buttons are actions of the window."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, Alarms())
        words = look.words
        self.acknowledge = QPushButton(f"{words.say('action.acknowledge')}  F8", self)
        self.list = QPushButton(f"{words.say('alarm.show_list')}  F10", self)
        self._row = QHBoxLayout(self)
        self._row.addStretch()
        self._row.addWidget(self.list)
        self._row.addWidget(self.acknowledge)
        self._offer()

    def rescale(self) -> None:
        """Follow the window's scale."""
        px = self.look.px
        self._row.setContentsMargins(0, px(12), px(12), px(12))
        self._row.setSpacing(px(8))

    def spoken(self) -> str:
        """The first line."""
        lines = self.content.lines
        return f"{lines[0].what}. {lines[0].todo}" if lines else self.look.words.say("alarm.none")

    def show_content(self, content: Alarms) -> None:
        """As `PaintedView`; buttons only where they would do something."""
        super().show_content(content)
        self._offer()

    def _offer(self) -> None:
        self.acknowledge.setVisible(self.content.open > 0)
        self.list.setVisible(bool(self.content.lines))

    def paint(self, letters: Lettering, room: QRectF) -> None:
        """Priority, what happened, what to do."""
        px, words, lines = self.look.px, self.look.words, self.content.lines
        if not lines:
            self.card(letters, room)
            letters.line(room.adjusted(px(24), 0, 0, 0), words.say("alarm.none"), TEXT, "ink2")
            return
        line = lines[0]
        lit = line.acknowledged or self.content.bright
        self._paint_ground(letters, room, line, lit=lit)
        side = px(60)
        glyph = QRectF(px(20), (room.height() - side) / 2, side, side)
        paint_priority(letters.painter, line.priority, glyph, self.look.colour(TONES[line.priority]), not lit)
        number = "panel" if lit else "ink"
        letters.line(glyph.adjusted(0, px(4), 0, px(4)), str(line.priority), TEXT, number, bold=True, align=CENTER)
        left = glyph.right() + px(20)
        buttons = self.list.x() if self.list.isVisible() else room.right()
        width = buttons - left - px(16)
        head = QRectF(left, px(8), width, px(48))
        letters.line(head, line.what, READ, "ink", bold=True, smallest=TEXT)
        more = f"{line.time} · {line.todo}" + (f" · {line.note}" if line.note else "")
        if len(lines) > 1:
            count = words.say("alarm.count", count=len(lines), open=self.content.open)
            more = f"{count} · {more}"
        letters.line(QRectF(left, px(56), width, px(28)), more, SMALL, "ink", smallest=CAPTION)

    def _paint_ground(self, letters: Lettering, room: QRectF, line: AlarmLine, *, lit: bool) -> None:
        painter, px = letters.painter, self.look.px
        painter.setBrush(self.look.colour("plot"))
        width = px(5) if lit else px(2)
        painter.setPen(QPen(self.look.colour(TONES[line.priority]), width))
        inset = width / 2
        painter.drawRect(room.adjusted(inset, inset, -inset, -inset))
