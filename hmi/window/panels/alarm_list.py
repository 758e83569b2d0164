"""All alarms on show, most urgent first, each with what to do.

May import: PySide6, hmi.window.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidgetItem, QWidget

from hmi.window.panels.panel import Panel, list_of_texts
from hmi.window.presentation import AlarmLine
from hmi.window.theme import Look


class AlarmList(Panel):
    """Shows `AlarmLine`s; one that is clicked, or chosen by Enter, may ask for its cause."""

    alarm_chosen = Signal(str)
    """Id of the alarm."""
    cause_asked = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look, look.words.say("alarm.list"), no="panel.close")
        self.list = list_of_texts()
        self.list.itemClicked.connect(self._choose)
        self.body.addWidget(self.list, 1)
        cause = self.button(look.words.say("action.cause"), self.cause_asked.emit)
        self.buttons.removeWidget(cause)
        self.buttons.insertWidget(0, cause)
        self._shown: tuple[AlarmLine, ...] | None = None

    def first_field(self) -> QWidget:
        """The list."""
        return self.list

    def confirm(self) -> None:
        """Enter: the chosen alarm; without one the list closes."""
        if self.list.currentItem() is None:
            self.closed.emit()
        else:
            self._choose(self.list.currentItem())

    def _choose(self, item: QListWidgetItem) -> None:
        if item.data(Qt.ItemDataRole.UserRole):
            self.alarm_chosen.emit(item.data(Qt.ItemDataRole.UserRole))

    def show_lines(self, lines: tuple[AlarmLine, ...]) -> None:
        """These alarms are on show."""
        if lines == self._shown:
            return
        self._shown = lines
        self.list.clear()
        for line in lines:
            note = line.note or self.words.say("alarm.open")
            item = QListWidgetItem(f"{line.priority}  {line.time}  {line.what}\n{line.todo}\n{note}")
            item.setData(Qt.ItemDataRole.UserRole, line.id)
            self.list.addItem(item)
        if not lines:
            self.list.addItem(self.words.say("alarm.list.empty"))
