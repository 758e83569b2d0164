"""The guided study while it runs: which part is due, in which pass, and what to do now.

Promises: it never shows whether a verdict was right before the end, so that nobody repeats until it is.
May import: PySide6, inference.inspection, hmi.window.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal, SignalInstance
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from hmi.window.panels.panel import Panel
from hmi.window.study import Phase, Study
from hmi.window.theme import GAP, READ, Look
from hmi.window.views.lettering import Lettering


class StudyPanel(Panel):
    """Shows a `Study`; what people ask for goes out as signals."""

    go_on = Signal()
    """Enter: it lies there, or go on after a pause."""
    back = Signal()
    pause = Signal()
    cancel = Signal()

    def __init__(self, look: Look, study: Study, *, manual: bool) -> None:
        words = look.words
        super().__init__(look, words.say("study.title"), yes="study.next", no="study.leave")
        self._manual = manual
        self.due = _Line(look)
        self.todo = self.label("", "why")
        self.bar = _Bar(look)
        self.last = self.label("", "caption")
        for widget in (self.due, self.todo, self.bar, self.last):
            self.body.addWidget(widget)
        self.body.addStretch()
        self.body.addWidget(self.label(words.say("study.repeat.why"), "caption"))
        row = QHBoxLayout()
        row.setSpacing(look.px(GAP))
        self.repeat, self.halt, self.give_up = (
            self._extra(row, code, signal)
            for code, signal in (
                ("study.repeat", self.back),
                ("study.pause", self.pause),
                ("study.cancel", self.cancel),
            )
        )
        self.body.addLayout(row)
        self.study = study
        self.show_study(study)

    def _extra(self, row: QHBoxLayout, code: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(self.words.say(code))
        button.clicked.connect(lambda _checked=False: signal.emit())
        row.addWidget(button)
        return button

    def first_field(self) -> QWidget:
        """The panel itself: Enter is its word."""
        return self

    def confirm(self) -> None:
        """Enter."""
        self.go_on.emit()

    def show_study(self, study: Study) -> None:
        """It has moved on."""
        self.study = study
        words, plan = self.words, study.plan
        name = plan.names[study.part - 1]
        facts = {"part": study.part, "parts": len(plan.names), "pass_number": study.pass_number, "passes": plan.passes}
        named = "" if name == str(study.part) else f" · {name}"
        self.due.show_text(words.say("study.due", **facts) + named)
        self.todo.setText(words.say(self._todo()))
        self.bar.show_fraction(len(study.taken), plan.total)
        self.last.setText(self._last())
        self.repeat.setEnabled(bool(study.taken))
        self.halt.setEnabled(study.phase is not Phase.PAUSED)
        if self.yes is not None:
            self.yes.setText(f"{words.say(self._next())}  {words.say('key.Enter')}")
            self.yes.setEnabled(study.phase is not Phase.WAITING or self._manual)

    def _todo(self) -> str:
        if self.study.phase is Phase.PAUSED:
            return "study.paused"
        if self.study.phase is Phase.UNARMED:
            return "study.put_in"
        return "study.trigger" if self._manual or self.study.plan.every_trigger else "study.waiting"

    def _next(self) -> str:
        if self.study.phase is Phase.PAUSED:
            return "study.resume"
        return "action.trigger" if self._manual else "study.next"

    def _last(self) -> str:
        study, words = self.study, self.words
        done = words.say("study.done", count=len(study.taken), total=study.plan.total)
        if not study.taken:
            return done
        number = (len(study.taken) - 1) % len(study.plan.names)
        verdict = words.say(f"verdict.{study.taken[-1].verdict}")
        return f"{done}  ·  {words.say('study.last', name=study.plan.names[number], verdict=verdict)}"


class _Line(QWidget):
    """One line that must be read from two metres."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self.text = look, ""
        self.setFixedHeight(look.px(READ * 1.5))

    def show_text(self, text: str) -> None:
        """Show this."""
        self.text = text
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 (Qt's signature)
        """Paint it to fit."""
        painter = QPainter(self)
        Lettering(painter, self._look).line(QRectF(self.rect()), self.text, READ, "ink", bold=True, smallest=READ * 0.5)
        painter.end()


class _Bar(QWidget):
    """How far it is."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._share = look, 0.0
        self.setFixedHeight(look.px(2 * GAP))

    def show_fraction(self, done: int, total: int) -> None:
        """So many of so many."""
        self._share = done / total
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 (Qt's signature)
        """A bar with its frame."""
        painter, room = QPainter(self), QRectF(self.rect())
        painter.fillRect(room, self._look.colour("line"))
        painter.fillRect(QRectF(0, 0, room.width() * self._share, room.height()), self._look.colour("data"))
        painter.end()
