"""All keys but those that the menu of tools shows itself, and language and theme of the screen.

May import: PySide6, hmi.window.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout

from hmi.window.actions import ACTIONS, MORE_KEYS
from hmi.window.panels.choice import Choice
from hmi.window.panels.panel import Panel
from hmi.window.theme import GAP, PALETTES, Look
from hmi.window.words import LANGUAGES, texts_of

_COLUMNS = 2


class HelpPanel(Panel):
    """Keys and choices."""

    language_asked = Signal(str)
    theme_asked = Signal(str)

    def __init__(self, look: Look, theme: str, *, manual: bool) -> None:
        super().__init__(look, look.words.say("help.title"), no="panel.close")
        grid = QGridLayout()
        grid.setHorizontalSpacing(look.px(2 * GAP))
        grid.setVerticalSpacing(look.px(2))
        for k, (key, text) in enumerate(self._keys(manual=manual)):
            row, column = divmod(k, _COLUMNS)
            grid.addWidget(self.label(key, "key"), row, 2 * column)
            grid.addWidget(self.label(text, "caption"), row, 2 * column + 1)
            grid.setColumnStretch(2 * column + 1, 1)
        self.body.addLayout(grid)
        self.body.addWidget(self.label(self.words.say("help.scanner"), "caption"))
        row = QHBoxLayout()
        row.setSpacing(look.px(2 * GAP))
        names = {code: texts_of(code)["language.name"] for code in LANGUAGES}
        self.language = Choice(look, names, len(names), self.words.language)
        self.language.changed.connect(self.language_asked)
        self.theme = Choice(look, {name: self.words.say(f"help.{name}") for name in PALETTES}, len(PALETTES), theme)
        self.theme.changed.connect(self.theme_asked)
        row.addWidget(self.language)
        row.addWidget(self.theme)
        self.body.addLayout(row)
        self.body.addStretch()

    def _keys(self, *, manual: bool) -> list[tuple[str, str]]:
        words = self.words
        texts = {a.name: f"action.{a.name}" for a in ACTIONS} | {"start": "help.start"}
        listed = [a for a in ACTIONS if not a.in_menu and (manual or not a.manual_only)]
        shown = [(a.key, words.say(texts[a.name])) for a in listed]
        more = [
            (words.say(key) if words.knows(key) else key, words.say(text))
            for text, key in MORE_KEYS
            if manual or text != "action.trigger"
        ]
        return shown + more
