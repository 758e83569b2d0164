"""The start page: no station yet, and what to do first.

Promises: three large choices, each with its key and what it does; closing the page chooses nothing.
May import: PySide6, hmi.window.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from hmi.window.app import application
from hmi.window.theme import PALETTES, Look, stylesheet
from hmi.window.words import Words


class Choice(Enum):
    """What a person may do first."""

    DEMO = "demo"
    OPEN = "open"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choice, and the station file that belongs to it."""

    choice: Choice
    file: Path | None = None


_KEYS = {Choice.DEMO: "F5", Choice.OPEN: "F6", Choice.NEW: "F7"}
_TOML = "station.toml (*.toml)"


class StartPage(QDialog):
    """Shown where no station file is known."""

    def __init__(self, language: str = "en", theme: str = "light", note: str = "") -> None:
        super().__init__()
        self.chosen: Chosen | None = None
        self._look = Look(PALETTES[theme], Words(language, "UTC"))
        self.resize(1100, 760)
        self._look.fit(1360, 864)
        self.setStyleSheet(stylesheet(self._look) + f"QDialog {{ background: {self._look.palette.ground}; }}")
        self.setWindowTitle("Loupe")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(64, 48, 64, 48)
        layout.setSpacing(8)
        say = self._look.words.say
        layout.addWidget(self._text(say("startpage.title"), 44, bold=True))
        layout.addWidget(self._text(note or say("startpage.why"), 24))
        layout.addStretch(1)
        for choice in Choice:
            layout.addWidget(self._button(choice))
            layout.addWidget(self._text(say(f"startpage.{choice.value}.why"), 20))
            layout.addStretch(1)

    def _text(self, text: str, size_px: int, *, bold: bool = False) -> QLabel:
        label = QLabel(text)
        label.setWordWrap(True)
        weight = "bold" if bold else "normal"
        label.setStyleSheet(f"font-size: {self._look.px(size_px)}px; font-weight: {weight};")
        return label

    def _button(self, choice: Choice) -> QWidget:
        button = QPushButton(f"{self._look.words.say(f'startpage.{choice.value}')}    {_KEYS[choice]}")
        button.setShortcut(_KEYS[choice])
        button.setStyleSheet(f"font-size: {self._look.px(30)}px; min-height: {self._look.px(84)}px;")
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(lambda: self.choose(choice))
        return button

    def choose(self, choice: Choice) -> None:
        """Take the choice; those with a file ask for it first."""
        file = self._ask_for_file(choice)
        if choice is Choice.DEMO or file is not None:
            self.chosen = Chosen(choice, file)
            self.accept()

    def _ask_for_file(self, choice: Choice) -> Path | None:
        if choice is Choice.DEMO:
            return None
        ask = QFileDialog.getOpenFileName if choice is Choice.OPEN else QFileDialog.getSaveFileName
        name, _ = ask(self, self._look.words.say(f"startpage.{choice.value}"), "station.toml", _TOML)
        return Path(name) if name else None


def ask_what_to_do(note: str = "") -> Chosen | None:
    """Show the start page; what was chosen, or None where it was closed."""
    application()
    page = StartPage(note=note)
    page.exec()
    page.deleteLater()
    return page.chosen
