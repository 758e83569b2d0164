"""The strip of the last parts, newest at the left. Choosing one shows it and marks its points on the charts.

Promises: each part carries its verdict as a shape beside its number.
May import: PySide6, inference, hmi.window.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPen

from hmi.window.painter import Painted
from hmi.window.presentation import Shape
from hmi.window.shown import ShownPart
from hmi.window.theme import CAPTION, SMALL, Look
from hmi.window.views.glyphs import paint_shape
from hmi.window.views.lettering import CENTER, Lettering
from hmi.window.views.painted_view import PaintedView
from inference.inspection import Verdict

CELLS = 12
HEIGHT = 128
_PICTURE, _GLYPH = 66, 24
_SHAPE: dict[Verdict, tuple[Shape, str, bool]] = {
    Verdict.OK: (Shape.CHECK, "ok", False),
    Verdict.NOT_OK: (Shape.CROSS, "not_ok", True),
    Verdict.NOT_DECIDABLE: (Shape.QUESTION, "attention", True),
}


@dataclass(frozen=True, slots=True)
class Strip:
    """Thumbnails, newest first, and which part is looked at."""

    thumbs: tuple[Painted, ...] = ()
    chosen: str = ""


class PartStrip(PaintedView[Strip]):
    """Shows one `Strip`."""

    part_chosen = Signal(object)
    """The `ShownPart`."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, Strip())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._cursor = 0

    @property
    def room(self) -> tuple[int, int]:
        """A thumbnail's room in device pixels."""
        ratio = self.devicePixelRatioF()
        cell = self._cell(0)
        return max(1, int((cell.width() - 4) * ratio)), max(1, int(self.look.px(_PICTURE) * ratio))

    def spoken(self) -> str:
        """The numbers."""
        return ", ".join(str(thumb.part.seq) for thumb in self.content.thumbs)

    def paint(self, letters: Lettering, room: QRectF) -> None:  # noqa: ARG002 (cells know their place)
        """Cell by cell."""
        for k in range(CELLS):
            cell = self._cell(k)
            if k >= len(self.content.thumbs):
                self.card(letters, cell)
                continue
            self._paint_cell(letters, cell, self.content.thumbs[k], k)

    def _cell(self, k: int) -> QRectF:
        gap = self.look.px(8)
        width = (self.width() - gap * (CELLS - 1)) / CELLS
        return QRectF(k * (width + gap), 0, width, self.height())

    def _paint_cell(self, letters: Lettering, cell: QRectF, thumb: Painted, k: int) -> None:
        painter, px, part = letters.painter, self.look.px, thumb.part
        verdict = part.inspection.verdict if part.inspection else Verdict.UNDEFINED
        shape, tone, filled = _SHAPE.get(verdict, (Shape.DOTS, "ink2", False))
        self.card(letters, cell)
        ratio = self.devicePixelRatioF()
        width, height = thumb.image.width() / ratio, thumb.image.height() / ratio
        picture = QRectF(cell.left() + 2, cell.top() + 2, cell.width() - 4, px(_PICTURE))
        painter.fillRect(picture, self.look.colour("well"))
        if part.frame is not None:
            place = QRectF(0, 0, min(width, picture.width()), min(height, picture.height()))
            place.moveCenter(picture.center())
            painter.drawImage(place, thumb.image)
        side = px(_GLYPH)
        glyph = QRectF(cell.center().x() - side / 2, picture.bottom() + px(4), side, side)
        mark, fill = ("on_strong", self.look.colour(tone)) if filled else (tone, None)
        paint_shape(painter, shape, glyph, self.look.colour(mark), fill)
        text = QRectF(cell.left() + px(5), glyph.bottom(), cell.width() - px(10), cell.bottom() - glyph.bottom())
        letters.line(text, str(part.seq), SMALL, "ink", smallest=CAPTION, align=CENTER)
        self._paint_edge(letters, cell, part, tone if filled else "", k)

    def _paint_edge(self, letters: Lettering, cell: QRectF, part: ShownPart, tone: str, k: int) -> None:
        painter, px = letters.painter, self.look.px
        painter.setBrush(Qt.BrushStyle.NoBrush)
        chosen = part.id == self.content.chosen
        if tone or chosen:
            painter.setPen(QPen(self.look.colour("ink" if chosen else tone), px(4 if chosen else 3)))
            painter.drawRect(cell.adjusted(2, 2, -2, -2))
        if self.hasFocus() and k == self._cursor:
            painter.setPen(QPen(self.look.colour("focus"), px(3), Qt.PenStyle.DashLine))
            painter.drawRect(cell.adjusted(5, 5, -5, -5))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A touch or click chooses."""
        at = event.position()
        for k in range(len(self.content.thumbs)):
            if self._cell(k).contains(at):
                self._choose(k)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right move, Enter chooses."""
        move = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if move is not None:
            self._cursor = max(0, min(len(self.content.thumbs) - 1, self._cursor + move))
            self.update()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._choose(self._cursor)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the cursor."""
        super().focusInEvent(event)
        self.update()

    def _choose(self, k: int) -> None:
        if k < len(self.content.thumbs):
            self._cursor = k
            self.part_chosen.emit(self.content.thumbs[k].part)
