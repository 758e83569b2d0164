"""A row of buttons of which one is chosen: big enough for gloves, moved through by the arrow keys.

May import: PySide6, hmi.window.theme.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QPushButton, QWidget

from hmi.window.theme import GAP, Look


class Choice(QWidget):
    """Value → text; `chosen` is None until a person has chosen."""

    changed = Signal(str)

    def __init__(self, look: Look, texts: Mapping[str, str], columns: int, chosen: str | None = None) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(look.px(GAP))
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        for k, (value, text) in enumerate(texts.items()):
            button = QPushButton(text)
            button.setCheckable(True)
            button.setChecked(value == chosen)
            button.toggled.connect(lambda on, value=value: self.changed.emit(value) if on else None)
            self._group.addButton(button)
            self.buttons[value] = button
            grid.addWidget(button, k // columns, k % columns)

    @property
    def chosen(self) -> str | None:
        """The chosen value."""
        return next((value for value, button in self.buttons.items() if button.isChecked()), None)

    def choose(self, value: str) -> None:
        """Choose for the person."""
        self.buttons[value].setChecked(True)
