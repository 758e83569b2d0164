"""An agreement study of the station's own verdicts is planned: which parts, known to be what, how many passes.

Promises: nothing begins before Enter or its button; what cannot be a study says why.
May import: PySide6, inference.spc, hmi.window.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QPushButton, QWidget

from hmi.window.panels.choice import Choice
from hmi.window.panels.panel import Panel
from hmi.window.panels.stepper import Stepper
from hmi.window.study import BAD, FEWEST_PARTS, GOOD, MOST_PARTS, MOST_PASSES, StudyPlan
from hmi.window.study_list import ListRefused, read_reference
from hmi.window.theme import GAP, Look
from inference.spc.limits import SpcError

_PARTS, _PASSES = 20, 3
_MARKS = {GOOD: "✓", BAD: "✕"}
_LONGEST_LIST = 20_000


class StudySetup(Panel):
    """Makes a `StudyPlan`."""

    planned = Signal(object)
    """`StudyPlan`."""

    def __init__(self, look: Look, *, manual: bool) -> None:
        """`manual`: a trigger is pulled by hand, so each one is a part put in."""
        words = look.words
        super().__init__(look, words.say("study.title"), yes="study.begin")
        self.body.addWidget(self.label(words.say("study.why"), "caption"))
        row = QHBoxLayout()
        row.setSpacing(look.px(2 * GAP))
        self.parts = Stepper(look, words.say("study.parts"), _PARTS, (FEWEST_PARTS, MOST_PARTS))
        self.passes = Stepper(look, words.say("study.passes"), _PASSES, (1, MOST_PASSES))
        row.addWidget(self.parts)
        row.addWidget(self.passes)
        self.body.addLayout(row)
        texts = {"trigger": words.say("study.each_trigger"), "ask": words.say("study.each_asked")}
        self.pace = Choice(look, texts, 2, "trigger" if manual else "ask")
        self.body.addWidget(self.pace)
        self.list = _Toggles(self._toggle)
        self.list.itemClicked.connect(self._toggle)
        self.body.addWidget(self.list, 1)
        self._add_field()
        self.note = self.label("", "caption")
        self.body.addWidget(self.note)
        self.parts.changed.connect(self._fit)
        self.passes.changed.connect(lambda _: self._tell())
        self._fit(_PARTS)

    def first_field(self) -> QWidget:
        """The parts."""
        return self.list

    def confirm(self) -> None:
        """Begin."""
        try:
            plan = StudyPlan(self.reference, self.names, self.passes.value, self.pace.chosen == "trigger")
        except SpcError as error:
            self.note.setText(str(error))
            return
        self.closed.emit()
        self.planned.emit(plan)

    @property
    def reference(self) -> tuple[str, ...]:
        """Known verdicts."""
        return tuple(self._of(k)[1] for k in range(self.list.count()))

    @property
    def names(self) -> tuple[str, ...]:
        """What is written on the parts."""
        return tuple(self._of(k)[0] for k in range(self.list.count()))

    def take_list(self) -> None:
        """Take the list over that was typed, pasted or scanned."""
        try:
            reference, names = read_reference(self.field.text())
        except ListRefused as error:
            self.note.setText(self.words.of(error.message))
            return
        self.list.clear()
        for name, verdict in zip(names, reference, strict=True):
            self._append(name, verdict)
        self.parts.set_value(len(names))
        self.field.clear()
        self._tell()

    def _add_field(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(self.look.px(GAP))
        self.field = _Field(self)
        self.field.setMaxLength(_LONGEST_LIST)
        self.field.setPlaceholderText(self.words.say("study.list"))
        self.field.setAccessibleName(self.words.say("study.list"))
        take = QPushButton(self.words.say("study.take"))
        take.clicked.connect(lambda _checked=False: self.take_list())
        row.addWidget(self.field, 1)
        row.addWidget(take)
        self.body.addLayout(row)

    def _of(self, k: int) -> tuple[str, str]:
        return self.list.item(k).data(Qt.ItemDataRole.UserRole)

    def _append(self, name: str, verdict: str) -> None:
        item = QListWidgetItem()
        self._set(item, name, verdict)
        self.list.addItem(item)

    def _set(self, item: QListWidgetItem, name: str, verdict: str) -> None:
        item.setData(Qt.ItemDataRole.UserRole, (name, verdict))
        text = self.words.say("study.part", name=name, verdict=self.words.say(f"verdict.{verdict}"))
        item.setText(f"{_MARKS[verdict]}  {text}")

    def _toggle(self, item: QListWidgetItem) -> None:
        name, verdict = item.data(Qt.ItemDataRole.UserRole)
        self._set(item, name, BAD if verdict == GOOD else GOOD)
        self._tell()

    def _fit(self, count: int) -> None:
        while self.list.count() > count:
            self.list.takeItem(self.list.count() - 1)
        while self.list.count() < count:
            self._append(str(self.list.count() + 1), GOOD)
        self._tell()

    def _tell(self) -> None:
        bad = self.reference.count(BAD)
        good = self.list.count() - bad
        facts = {"good": good, "bad": bad, "total": self.list.count() * self.passes.value}
        lacking = "" if good and bad else self.words.say("study.no_bad" if good else "study.no_good")
        self.note.setText(" ".join(filter(None, [self.words.say("study.sum", **facts), lacking])))


class _Toggles(QListWidget):
    """Space turns the part that is chosen; Enter is the panel's."""

    def __init__(self, toggle: object) -> None:
        super().__init__()
        self._toggle = toggle

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space."""
        if event.key() == Qt.Key.Key_Space and self.currentItem() is not None:
            self._toggle(self.currentItem())
            return
        super().keyPressEvent(event)


class _Field(QLineEdit):
    """Enter takes the list over, where there is one."""

    def __init__(self, panel: StudySetup) -> None:
        super().__init__()
        self._panel = panel

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.text().strip():
            self._panel.take_list()
            return
        super().keyPressEvent(event)
