"""A decision about a chart is asked for: what it changes, in words, and the reason that goes to the record.

Promises: no decision without a reason; the consequence stands there before it is taken.
May import: PySide6, hmi.window.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from hmi.window.spc.fields import button
from hmi.window.theme import GAP, Look

_LONGEST = 200


class AskForm(QWidget):
    """One question after another; `ask` shows it, `confirm` takes the decision."""

    def __init__(self, look: Look, closed: Callable[[], None]) -> None:
        super().__init__()
        self.words = look.words
        self._closed = closed
        self._then: Callable[[str], None] = lambda _: None
        self.question, self.why = self._label("why"), self._label("caption")
        self.reason = QLineEdit()
        self.reason.setMaxLength(_LONGEST)
        self.who, self.error = self._label("caption"), self._label("error")
        self.yes = button(self.words.say("spc.ask.yes"), self.confirm, stretch=False)
        self.no = button(self.words.say("spc.ask.no"), closed, stretch=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(GAP))
        foot = QHBoxLayout()
        foot.setSpacing(look.px(GAP))
        foot.addWidget(self.who, 1)
        foot.addWidget(self.no)
        foot.addWidget(self.yes)
        for widget in (self.question, self.why, self.reason, self.error):
            column.addWidget(widget)
        column.addLayout(foot)
        column.addStretch()

    def ask(self, kind: str, who: str, then: Callable[[str], None], **told: object) -> None:
        """Ask for a decision of this kind (`spc.ask.<kind>`); later `then(reason)`."""
        say = self.words.say
        self._then = then
        self.question.setText(say(f"spc.ask.{kind}", **told))
        self.why.setText(say(f"spc.ask.{kind}.why", **told))
        self.who.setText(say("spc.ask.who", who=who))
        self.error.hide()
        label = say("spc.ask.text" if kind == "note" else "spc.ask.reason")
        self.reason.clear()
        self.reason.setPlaceholderText(label)
        self.reason.setAccessibleName(label)
        self.reason.setFocus()

    def warn(self, text: str) -> None:
        """Say what speaks against the decision that is asked for."""
        self.error.setText(text)
        self.error.show()

    def confirm(self) -> None:
        """Take the decision, unless the reason is missing."""
        reason = self.reason.text().strip()
        if not reason:
            self.warn(self.words.say("spc.ask.missing"))
            self.reason.setFocus()
            return
        self._closed()
        self._then(reason)

    def _label(self, role: str) -> QLabel:
        label = QLabel()
        label.setObjectName(role)
        label.setWordWrap(True)
        return label
