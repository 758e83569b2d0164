"""What a supervisor looks into: a button for each, with its key and what it answers.

May import: PySide6, hmi.window.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from hmi.window.panels.panel import Panel
from hmi.window.theme import GAP, Look


class ToolsPanel(Panel):
    """Buttons; `do` is called with the action's name after the panel has closed."""

    def __init__(self, look: Look, tools: Sequence[tuple[str, str]], do: Callable[[str], None]) -> None:
        """`tools`: names of actions and their keys."""
        super().__init__(look, look.words.say("tools.title"), no="panel.close")
        self._do = do
        grid = QGridLayout()
        grid.setSpacing(look.px(GAP))
        grid.setHorizontalSpacing(look.px(2 * GAP))
        self.tools: dict[str, QPushButton] = {}
        for row, (name, key) in enumerate(tools):
            button = QPushButton(f"{self.words.say(f'action.{name}')}  {key}")
            button.clicked.connect(lambda _checked=False, name=name: self._open(name))
            self.tools[name] = button
            grid.addWidget(button, row, 0)
            grid.addWidget(self.label(self.words.say(f"tools.{name}"), "caption"), row, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)
        self.body.addStretch()

    def first_field(self) -> QWidget:
        """The first button."""
        return next(iter(self.tools.values()))

    def confirm(self) -> None:
        """Enter opens what has the focus."""
        name = next((name for name, button in self.tools.items() if button.hasFocus()), None)
        if name is not None:
            self._open(name)

    def _open(self, name: str) -> None:
        self.closed.emit()
        self._do(name)
