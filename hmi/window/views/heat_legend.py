"""The heat map's scale with its limit marked, and how strongly it is laid over the picture.

Promises: the scale is fixed by the limit; it is the one that `hmi.window.shrink` paints with.
May import: PySide6, numpy, hmi.window.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSlider, QWidget

from hmi.window.shrink import FULL_SCALE, heat_colours
from hmi.window.theme import CAPTION, Look
from hmi.window.views.lettering import LEFT, RIGHT, Lettering

STEPS = (0.0, 0.4, 0.7)
"""What the key steps through."""
_WHITE, _PLATE = QColor("#FFFFFF"), QColor(12, 14, 16, 220)


class HeatLegend(QWidget):
    """A plate over the picture's lower right corner."""

    opacity_changed = Signal(float)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._threshold: float | None = None
        ramp = np.ascontiguousarray(heat_colours(np.linspace(0, 1, 256, dtype=np.float32)[None])[:, :, ::-1])
        self._ramp = QImage(ramp.data, 256, 1, 768, QImage.Format.Format_RGB888).copy()
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, 100)
        self.slider.setValue(40)
        self.slider.setAccessibleName(look.words.say("picture.heat"))
        self.slider.valueChanged.connect(self._slid)
        self.hide()

    @property
    def opacity(self) -> float:
        """0 to 1."""
        return self.slider.value() / 100

    def set_opacity(self, opacity: float) -> None:
        """Lay it over this strongly."""
        self.slider.setValue(round(100 * opacity))

    def step(self) -> None:
        """The next of `STEPS`, in a circle."""
        later = [step for step in STEPS if step > self.opacity + 1e-6]
        self.set_opacity(later[0] if later else STEPS[0])

    def show_threshold(self, threshold: float | None) -> None:
        """The limit to mark; None where the picture has no heat map."""
        if threshold != self._threshold:
            self._threshold = threshold
            self.update()
        self.setVisible(threshold is not None)

    def place(self, room: QSize) -> None:
        """Keep to the lower right corner."""
        px = self._look.px
        self.resize(px(300), px(88))
        self.move(room.width() - self.width() - px(8), room.height() - self.height() - px(8))
        self.slider.setGeometry(px(12), px(2), self.width() - px(24), px(32))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 (Qt's signature)
        """Ramp, mark and figures."""
        px, words, threshold = self._look.px, self._look.words, self._threshold or 0.0
        painter = QPainter(self)
        letters = Lettering(painter, self._look)
        painter.fillRect(self.rect(), _PLATE)
        ramp = QRectF(px(12), px(40), self.width() - px(24), px(14))
        painter.drawImage(ramp, self._ramp)
        mark = ramp.left() + ramp.width() / FULL_SCALE
        painter.setPen(_WHITE)
        painter.setBrush(_WHITE)
        half = px(5)
        tip = QPointF(mark, ramp.bottom() - px(4))
        foot = ramp.bottom() + half
        painter.drawPolygon(QPolygonF([tip, QPointF(mark - half, foot), QPointF(mark + half, foot)]))
        text = QRectF(px(12), px(62), self.width() - px(24), px(20))
        letters.line(text, f"{words.say('picture.heat')} {words.number(100 * self.opacity, 0)} %", CAPTION, _WHITE)
        limit = words.say("picture.limit", threshold=threshold)
        letters.line(
            QRectF(mark - px(24), text.top(), text.right() - mark + px(24), text.height()),
            limit,
            CAPTION,
            _WHITE,
            align=RIGHT if threshold else LEFT,
        )
        painter.end()

    def _slid(self, value: int) -> None:
        self.update()
        self.opacity_changed.emit(value / 100)
