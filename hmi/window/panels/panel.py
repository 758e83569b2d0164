"""`Panel`: base of what opens in place of counters and charts: a title, a body, and buttons for Enter and Esc.

Promises: Enter confirms and Esc closes, wherever the focus is in it; it never covers verdict, picture or alarms.
May import: PySide6, hmi.window.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QListWidget, QPushButton, QVBoxLayout, QWidget

from hmi.window.theme import GAP, Look


class Panel(QFrame):
    """Fill `body` in the subclass; override `confirm`."""

    closed = Signal()

    def __init__(self, look: Look, title: str, *, yes: str = "", no: str = "panel.cancel") -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.look = look
        self.words = look.words
        px = look.px
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(px(2 * GAP), px(GAP), px(2 * GAP), px(GAP))
        self.column.setSpacing(px(GAP))
        self.title = self.label(title, "title")
        self.column.addWidget(self.title)
        self.body = QVBoxLayout()
        self.body.setSpacing(px(GAP))
        self.column.addLayout(self.body, 1)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(px(GAP))
        self.column.addLayout(self.buttons)
        self.buttons.addStretch()
        self.no = self.button(f"{self.words.say(no)}  {self.words.say('key.Esc')}", self.closed.emit)
        self.yes: QPushButton | None = None
        if yes:
            self.yes = self.button(f"{self.words.say(yes)}  {self.words.say('key.Enter')}", self.confirm)

    def first_field(self) -> QWidget:
        """What has the focus when the panel opens."""
        return self

    def confirm(self) -> None:
        """What Enter does."""
        self.closed.emit()

    def label(self, text: str, role: str) -> QLabel:
        """A text; `role` is its name in the style sheet."""
        label = QLabel(text)
        label.setObjectName(role)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def button(self, text: str, slot: object) -> QPushButton:
        """A button in the row at the foot."""
        button = QPushButton(text)
        button.clicked.connect(lambda _checked=False: slot())
        self.buttons.addWidget(button)
        return button

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter confirms, Esc closes."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.confirm()
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def list_of_texts() -> QListWidget:
    """A list whose long lines are broken; broken anew when its scroll bar takes room."""
    shown = QListWidget()
    shown.setWordWrap(True)
    shown.setResizeMode(QListWidget.ResizeMode.Adjust)
    shown.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return shown
