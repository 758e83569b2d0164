"""The lists of causes and actions: add, retire, put in order; whether a cause must be given.

Promises: an entry is never renamed, since the record names it; what is retired stays readable in the record. Nothing
is changed before the whole is saved with its consequence in words.
May import: PySide6, inference.pipeline.cause_lists, hmi.window.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from hmi.window.causes import action_text, cause_text
from hmi.window.panels.choice import Choice
from hmi.window.panels.panel import Panel
from hmi.window.theme import GAP, Look
from inference.pipeline.cause_lists import CauseLists

_LONGEST = 60


class ListEditor(QWidget):
    """One list with its field and buttons."""

    changed = Signal()

    def __init__(self, panel: Panel, caption: str, codes: Sequence[str], text: Callable[..., str]) -> None:
        super().__init__()
        self._words, self._text = panel.words, text
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(panel.look.px(GAP))
        column.addWidget(panel.label(caption, "caption"))
        self.list = QListWidget()
        self.list.setAccessibleName(caption)
        column.addWidget(self.list, 1)
        order, more = QHBoxLayout(), QHBoxLayout()
        for row in (order, more):
            row.setSpacing(panel.look.px(GAP))
            column.addLayout(row)
        say = panel.words.say
        self.buttons = {
            "up": self._button(order, "↑", say("lists.up"), self._up),
            "down": self._button(order, "↓", say("lists.down"), self._down),
            "retire": self._button(order, say("lists.retire"), say("lists.retire"), self._retire),
        }
        self.field = _Field(self._add)
        self.field.setMaxLength(_LONGEST)
        self.field.setPlaceholderText(say("lists.new"))
        more.addWidget(self.field, 1)
        self.buttons["add"] = self._button(more, say("lists.add"), say("lists.add"), self._add)
        for code in codes:
            self._append(code)

    @property
    def codes(self) -> tuple[str, ...]:
        """The entries in their order."""
        return tuple(str(self.list.item(k).data(Qt.ItemDataRole.UserRole)) for k in range(self.list.count()))

    def _button(self, row: QHBoxLayout, sign: str, spoken: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(sign)
        button.setAccessibleName(spoken)
        button.setToolTip(spoken)
        button.clicked.connect(lambda _checked=False: slot())
        row.addWidget(button)
        return button

    def _append(self, code: str) -> None:
        item = QListWidgetItem(self._text(code, self._words))
        item.setData(Qt.ItemDataRole.UserRole, code)
        self.list.addItem(item)

    def _add(self) -> None:
        code = " ".join(self.field.text().split())
        shown = {self.list.item(k).text().casefold() for k in range(self.list.count())}
        if code and code not in self.codes and code.casefold() not in shown:
            self._append(code)
            self.list.setCurrentRow(self.list.count() - 1)
            self.field.clear()
            self.changed.emit()

    def _retire(self) -> None:
        if self.list.currentRow() >= 0 and self.list.count() > 1:
            self.list.takeItem(self.list.currentRow())
            self.changed.emit()

    def _up(self) -> None:
        self._move(-1)

    def _down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        row = self.list.currentRow()
        if row >= 0 and 0 <= row + by < self.list.count():
            self.list.insertItem(row + by, self.list.takeItem(row))
            self.list.setCurrentRow(row + by)
            self.changed.emit()


class _Field(QLineEdit):
    """Enter adds what was typed, where something was; else it is the panel's Enter."""

    def __init__(self, add: Callable[[], None]) -> None:
        super().__init__()
        self._add = add

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.text().strip():
            self._add()
            return
        super().keyPressEvent(event)


class ListsPanel(Panel):
    """Edits `CauseLists`."""

    decided = Signal(object)
    """`CauseLists`."""

    def __init__(self, look: Look, lists: CauseLists) -> None:
        words = look.words
        super().__init__(look, words.say("lists.title"), yes="lists.save")
        self._before = lists
        row = QHBoxLayout()
        row.setSpacing(look.px(2 * GAP))
        self.causes = ListEditor(self, words.say("cause.cause"), lists.causes, cause_text)
        self.actions = ListEditor(self, words.say("cause.action"), lists.actions, action_text)
        for editor in (self.causes, self.actions):
            editor.changed.connect(self._tell)
            row.addWidget(editor)
        self.body.addLayout(row, 1)
        texts = {"no": words.say("lists.optional"), "yes": words.say("lists.mandatory")}
        self.duty = Choice(look, texts, 2, "yes" if lists.mandatory else "no")
        self.duty.changed.connect(lambda _: self._tell())
        self.body.addWidget(self.duty)
        self.consequence = self.label("", "caption")
        self.body.addWidget(self.consequence)
        self._tell()

    def first_field(self) -> QWidget:
        """The causes."""
        return self.causes.list

    @property
    def lists(self) -> CauseLists:
        """As they stand in the panel."""
        return CauseLists(self.causes.codes, self.actions.codes, self.duty.chosen == "yes")

    def confirm(self) -> None:
        """Hand over what was changed."""
        if self.lists != self._before:
            self.decided.emit(self.lists)
        self.closed.emit()

    def _tell(self) -> None:
        code = "lists.unchanged" if self.lists == self._before else "lists.why"
        duty = self.words.say("lists.duty" if self.duty.chosen == "yes" else "lists.no_duty")
        self.consequence.setText(f"{duty} {self.words.say(code)}")
