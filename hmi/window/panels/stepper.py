"""A whole number with a button for less and one for more: big enough for gloves, typed by nobody.

May import: PySide6, hmi.window.theme.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from hmi.window.theme import GAP, Look

_STEP = {Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1, Qt.Key.Key_PageDown: -10, Qt.Key.Key_PageUp: 10}


class Stepper(QWidget):
    """From `least` to `most`; Up, Down and the page keys where it has the focus."""

    changed = Signal(int)

    def __init__(self, look: Look, caption: str, value: int, span: tuple[int, int]) -> None:
        super().__init__()
        self._caption, self._span, self.value = caption, span, value
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(GAP))
        self.text = QLabel()
        self.less, self.more = QPushButton("−"), QPushButton("+")
        row.addWidget(self.less)
        row.addWidget(self.text, 1, Qt.AlignmentFlag.AlignCenter)
        row.addWidget(self.more)
        for button, by in ((self.less, -1), (self.more, 1)):
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _checked=False, by=by: self.set_value(self.value + by))
        self._show()

    def set_value(self, value: int) -> None:
        """Go to this value, or as near as may be."""
        value = min(max(value, self._span[0]), self._span[1])
        if value != self.value:
            self.value = value
            self._show()
            self.changed.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """More and less."""
        step = _STEP.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.set_value(self.value + step)

    def _show(self) -> None:
        self.text.setText(f"{self._caption}: {self.value}")
        self.setAccessibleName(self.text.text())
