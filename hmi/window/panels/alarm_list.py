"""All alarms on show, most urgent first, each with what to do.

May import: PySide6, hmi.window.
"""

from __future__ import annotations

from PySide6.QtWidgets import QListWidget, QWidget

from hmi.window.panels.panel import Panel
from hmi.window.presentation import AlarmLine
from hmi.window.theme import Look


class AlarmList(Panel):
    """Shows `AlarmLine`s."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, look.words.say("alarm.list"), no="panel.close")
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.body.addWidget(self.list, 1)
        self._shown: tuple[AlarmLine, ...] | None = None

    def first_field(self) -> QWidget:
        """The list."""
        return self.list

    def show_lines(self, lines: tuple[AlarmLine, ...]) -> None:
        """These alarms are on show."""
        if lines == self._shown:
            return
        self._shown = lines
        self.list.clear()
        for line in lines:
            note = line.note or self.words.say("alarm.open")
            self.list.addItem(f"{line.priority}  {line.time}  {line.what}\n{line.todo}\n{note}")
        if not lines:
            self.list.addItem(self.words.say("alarm.list.empty"))
