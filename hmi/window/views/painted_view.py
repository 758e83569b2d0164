"""`PaintedView`: base of the views that paint themselves: repaints only when what they show has changed.

Promises: `show_content` with equal content costs one comparison; `cut` names the texts that did not fit.
May import: PySide6, hmi.window.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from hmi.window.theme import Look
from hmi.window.views.lettering import Lettering

Content = TypeVar("Content")


class PaintedView(QWidget, Generic[Content]):
    """A widget that paints one frozen value."""

    def __init__(self, look: Look, content: Content) -> None:
        super().__init__()
        self.look = look
        self.content = content
        self.cut: tuple[str, ...] = ()

    def show_content(self, content: Content) -> None:
        """Show this from now on."""
        if content != self.content:
            self.content = content
            self.setAccessibleName(self.spoken())
            self.update()

    def spoken(self) -> str:
        """What a screen reader says."""
        return ""

    def paint(self, letters: Lettering, room: QRectF) -> None:
        """Paint `content` into `room`."""
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 (Qt's signature)
        """Qt asks for the pixels."""
        painter = QPainter(self)
        letters = Lettering(painter, self.look)
        try:
            self.paint(letters, QRectF(self.rect()))
        finally:
            painter.end()  # an active painter that Python collects later takes the program with it
        self.cut = tuple(letters.cut)

    def card(self, letters: Lettering, room: QRectF, fill: str = "panel", edge: str = "line") -> None:
        """The ground of a card with its hairline."""
        letters.painter.setPen(self.look.colour(edge))
        letters.painter.setBrush(self.look.colour(fill))
        letters.painter.drawRect(room.adjusted(0.5, 0.5, -0.5, -0.5))
