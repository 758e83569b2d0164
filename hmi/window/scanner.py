"""A scanner is a keyboard that types very fast and ends with Enter: its code is the serial, whatever has the focus.

Promises: what a scanner typed into a field by chance is taken out again, and its Enter confirms nothing.
May import: PySide6.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

FASTEST_HAND_S = 0.05
"""Keys that follow one another quicker than this, several times in a row, no hand has typed."""
FEWEST_KEYS = 4
_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab}
_QUIET_KEYS = {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr}


class Scanner(QObject):
    """An event filter on the application."""

    scanned = Signal(str)

    def __init__(self, parent: QObject, seconds: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._seconds = seconds
        self._typed = ""
        self._last = 0.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at every key press on its way to a widget; True swallows it."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or not watched.isWidgetType():
            return False
        if event.key() in _QUIET_KEYS or watched is not self._target():
            return False
        now = self._seconds()
        quick = now - self._last < FASTEST_HAND_S
        self._last = now
        if event.key() in _ENTER:
            return self._end(quick=quick)
        text = event.text()
        self._typed = ((self._typed if quick else "") + text) if text.isprintable() and text else ""
        return False

    @staticmethod
    def _target() -> QObject | None:
        """The widget a key goes to first: afterwards it is offered to the parents too, and must not count twice."""
        return QApplication.focusWidget() or QApplication.activeWindow()

    def _end(self, *, quick: bool) -> bool:
        typed, self._typed = self._typed, ""
        if not quick or len(typed) < FEWEST_KEYS:
            return False
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit) and field.text()[: field.cursorPosition()].endswith(typed):
            at = field.cursorPosition()
            field.setText(field.text()[: at - len(typed)] + field.text()[at:])
            field.setCursorPosition(at - len(typed))
        self.scanned.emit(typed)
        return True
