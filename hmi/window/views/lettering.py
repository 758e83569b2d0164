"""Text painted to fit: squeezed a little, then made smaller down to a limit, then cut with an ellipsis, and it says so.

Promises: nothing is ever painted beyond its rectangle; the answer tells whether something had to be cut.
May import: PySide6, hmi.window.theme.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from hmi.window.theme import Look

_SQUEEZE = 0.8
LEFT, RIGHT, CENTER = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter


class Lettering:
    """Paints lines of text with one look; `cut` collects the texts that had to be cut since it was made."""

    def __init__(self, painter: QPainter, look: Look) -> None:
        self.painter = painter
        self.look = look
        self.cut: list[str] = []

    def line(
        self,
        room: QRectF,
        text: str,
        design_px: float,
        colour: QColor | str,
        *,
        bold: bool = False,
        smallest: float | None = None,
        align: Qt.AlignmentFlag = LEFT,
    ) -> float:
        """One line, its capitals in the middle of `room`. Returns the width used.

        `smallest`: down to which size it may shrink before it is cut.
        """
        size = self._size(room.width(), text, design_px, smallest or design_px, bold=bold)
        font = self.look.font(size, bold=bold)
        metrics = self.look.metrics(size, bold=bold)
        width = metrics.horizontalAdvance(text)
        squeeze = min(1.0, room.width() / width) if width else 1.0
        if squeeze < _SQUEEZE:
            self.cut.append(text)
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width() / _SQUEEZE)
            width, squeeze = metrics.horizontalAdvance(text), _SQUEEZE
        self.painter.setFont(font)
        self.painter.setPen(self.look.colour(colour) if isinstance(colour, str) else colour)
        left = _left(room, width * squeeze, align)
        self._put(QPointF(left, room.center().y() + metrics.capHeight() / 2), text, squeeze)
        return width * squeeze

    def _size(self, room: float, text: str, design_px: float, smallest: float, *, bold: bool) -> float:
        """The largest size at which the text fits with a little squeeze."""
        size = design_px
        while size > smallest:
            width = self.look.metrics(size, bold=bold).horizontalAdvance(text)
            if width * _SQUEEZE <= room:
                return size
            size = max(smallest, min(size - 1, size * room / (width * _SQUEEZE)))
        return smallest

    def _put(self, at: QPointF, text: str, squeeze: float) -> None:
        painter = self.painter
        if squeeze >= 1.0:
            painter.drawText(at, text)
            return
        painter.save()
        painter.translate(at)
        painter.scale(squeeze, 1.0)
        painter.drawText(QPointF(0, 0), text)
        painter.restore()


def _left(room: QRectF, width: float, align: Qt.AlignmentFlag) -> float:
    if align == RIGHT:
        return room.right() - width
    return room.left() if align == LEFT else room.center().x() - width / 2
