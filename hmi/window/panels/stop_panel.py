"""Asks before a stop, with its consequence in words.

Promises: nothing happens but by its button or Enter.
May import: PySide6, hmi.window.
"""

from __future__ import annotations

from PySide6.QtCore import Signal

from hmi.window.panels.panel import Panel
from hmi.window.theme import Look


class StopPanel(Panel):
    """`kind` is `stop` or `quit`."""

    agreed = Signal()

    def __init__(self, look: Look, kind: str, consequence: str) -> None:
        super().__init__(look, look.words.say(f"{kind}.title"), yes=f"{kind}.yes", no="stop.no")
        self.why = self.label(consequence, "why")
        self.body.addWidget(self.why)
        self.body.addStretch()

    def confirm(self) -> None:
        """Yes."""
        self.agreed.emit()
        self.closed.emit()
