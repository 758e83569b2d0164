"""A chart is out of control: a person says why, and what was done about it.

Promises: a cause and an action from the station's lists, never none; the chart and the alarm are those named in the
panel, whatever happens meanwhile; Esc leaves it open for later.
May import: PySide6, inference.pipeline.cause_lists, hmi.window.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QListWidget, QListWidgetItem, QWidget

from hmi.window.causes import Asked, action_text, cause_text
from hmi.window.panels.choice import Choice
from hmi.window.panels.panel import Panel
from hmi.window.theme import GAP, Look
from inference.pipeline.cause_lists import CauseLists

_LONGEST_REMARK = 200
_MOST_CHARTS = 6


class CausePanel(Panel):
    """For one of the charts that ask."""

    given = Signal(object, str, str, str)
    """`Asked`, code of the cause, code of the action, remark."""
    history_asked = Signal(str)
    """Key of the chart."""
    lists_asked = Signal()

    def __init__(self, look: Look, asked: Sequence[Asked], lists: CauseLists) -> None:
        words = look.words
        super().__init__(look, words.say("cause.title"), yes="cause.save", no="cause.later")
        self._asked = {one.chart: one for one in asked[:_MOST_CHARTS]}
        self.chart = Choice(look, {key: one.name for key, one in self._asked.items()}, 2, next(iter(self._asked)))
        self.chart.changed.connect(self._tell_chart)
        self.chart.setVisible(len(self._asked) > 1)
        self.what = self.label("", "caption")
        self.body.addWidget(self.chart)
        self.body.addWidget(self.what)
        grid = QGridLayout()
        grid.setSpacing(look.px(GAP))
        self.causes = self._list(grid, 0, "cause.cause", lists.causes, cause_text)
        self.actions = self._list(grid, 1, "cause.action", lists.actions, action_text)
        self.body.addLayout(grid, 1)
        self.remark = QLineEdit()
        self.remark.setMaxLength(_LONGEST_REMARK)
        self.remark.setPlaceholderText(words.say("override.text"))
        self.remark.setAccessibleName(words.say("override.text"))
        self.body.addWidget(self.remark)
        self.error = self.label("", "error")
        self.error.hide()
        self.body.addWidget(self.error)
        self._add_buttons(mandatory=lists.mandatory)
        self._tell_chart(next(iter(self._asked)))

    def _list(
        self, grid: QGridLayout, column: int, caption: str, codes: Sequence[str], text: Callable[[str, object], str]
    ) -> QListWidget:
        shown = QListWidget()
        shown.setAccessibleName(self.words.say(caption))
        for code in codes:
            item = QListWidgetItem(text(code, self.words))
            item.setData(Qt.ItemDataRole.UserRole, code)
            shown.addItem(item)
        grid.addWidget(self.label(self.words.say(caption), "caption"), 0, column)
        grid.addWidget(shown, 1, column)
        grid.setRowStretch(1, 1)
        return shown

    def _add_buttons(self, *, mandatory: bool) -> None:
        if mandatory:
            self.body.addWidget(self.label(self.words.say("cause.mandatory"), "caption"))
        deeds = {
            "cause.history": lambda: self.history_asked.emit(self.chart.chosen),
            "cause.lists": self.lists_asked.emit,
        }
        for place, (code, deed) in enumerate(deeds.items()):
            button = self.button(self.words.say(code), deed)
            self.buttons.removeWidget(button)
            self.buttons.insertWidget(place, button)

    def first_field(self) -> QWidget:
        """The causes."""
        return self.causes

    def confirm(self) -> None:
        """Hand the cause over, unless something is missing."""
        for shown, missing in ((self.causes, "cause.missing"), (self.actions, "cause.action_missing")):
            if not shown.selectedItems():
                self.error.setText(self.words.say(missing))
                self.error.show()
                shown.setFocus()
                return
        cause, action = (
            str(shown.selectedItems()[0].data(Qt.ItemDataRole.UserRole)) for shown in (self.causes, self.actions)
        )
        self.given.emit(self._asked[self.chart.chosen or ""], cause, action, self.remark.text().strip())
        self.closed.emit()

    def _tell_chart(self, chart: str) -> None:
        one = self._asked[chart]
        self.what.setText(one.what or one.name)
