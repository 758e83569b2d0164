"""A person decides on a part: where it goes and why. The machine's verdict stays beside it for ever.

Promises: it is about the part named in its title, whatever arrives meanwhile; no decision without a reason.
May import: PySide6, inference, hmi.window.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from hmi.window.panels.choice import Choice
from hmi.window.panels.panel import Panel
from hmi.window.presentation import reason_line
from hmi.window.theme import Look
from inference.disposition import Disposition
from inference.inspection import Inspection, Verdict

REASONS = ("looked_again", "dirt", "light", "gauge", "missed", "other")
VERDICT_OF = {
    Disposition.RELEASE: Verdict.OK,
    Disposition.REWORK: Verdict.NOT_OK,
    Disposition.SCRAP: Verdict.NOT_OK,
    Disposition.HOLD: Verdict.NOT_OK,
}
_LONGEST_REMARK = 200


class OverridePanel(Panel):
    """For one part."""

    decided = Signal(object, str)
    """Disposition and reason: the reason's code, and after a colon the remark."""

    def __init__(self, look: Look, inspection: Inspection) -> None:
        words = look.words
        super().__init__(look, words.say("override.title", seq=words.count(inspection.seq)), yes="override.save")
        verdict = f"{words.say(f'verdict.{inspection.verdict}')} ({reason_line(inspection, words)})"
        self.body.addWidget(self.label(words.say("override.machine", verdict=verdict), "caption"))
        self.disposition = Choice(look, {d.value: words.say(f"disposition.{d}") for d in Disposition}, 4, "HOLD")
        self.disposition.changed.connect(self._tell_consequence)
        self.body.addWidget(self.label(words.say("override.disposition"), "caption"))
        self.body.addWidget(self.disposition)
        self.consequence = self.label("", "why")
        self.body.addWidget(self.consequence)
        self.reason = Choice(look, {code: words.say(f"reason.{code}") for code in REASONS}, 2)
        self.body.addWidget(self.label(words.say("override.reason"), "caption"))
        self.body.addWidget(self.reason)
        self.remark = QLineEdit()
        self.remark.setMaxLength(_LONGEST_REMARK)
        self.remark.setPlaceholderText(words.say("override.text"))
        self.body.addWidget(self.remark)
        self.error = self.label("", "error")
        self.error.hide()
        self.body.addWidget(self.error)
        self.body.addStretch()
        self._tell_consequence("HOLD")

    def first_field(self) -> QWidget:
        """The dispositions."""
        return self.disposition.buttons["HOLD"]

    def confirm(self) -> None:
        """Hand over the decision, unless the reason is missing."""
        code, remark = self.reason.chosen, self.remark.text().strip()
        if code is None or (code == "other" and not remark):
            self.error.setText(self.words.say("override.reason_missing"))
            self.error.show()
            (self.remark if code == "other" else self.reason.buttons[REASONS[0]]).setFocus()
            return
        disposition = Disposition(self.disposition.chosen or Disposition.HOLD)
        self.decided.emit(disposition, f"{code}: {remark}" if remark else code)
        self.closed.emit()

    def _tell_consequence(self, disposition: str) -> None:
        self.consequence.setText(self.words.say(f"consequence.{disposition}"))
