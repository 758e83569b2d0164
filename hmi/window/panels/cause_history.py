"""The causes that people gave so far, newest first; a chosen one shows the part that it is about.

May import: PySide6, inference, hmi.window.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidgetItem, QWidget

from hmi.window.causes import given, given_line
from hmi.window.jobs import Errands
from hmi.window.panels.panel import list_of_texts
from hmi.window.panels.record_panel import RecordPanel
from hmi.window.session import RecordReader
from hmi.window.theme import Look
from inference.pipeline.decisions import ChartDecision

_MOST = 500


class CauseHistory(RecordPanel):
    """A list of `ChartDecision`s of kind CAUSE."""

    part_asked = Signal(int)
    """Sequence number."""

    def __init__(self, look: Look, errands: Errands, history: Callable[[], RecordReader] | None, title: str) -> None:
        super().__init__(look, title, errands, history)
        self.list = list_of_texts()
        self.list.itemClicked.connect(self._chosen)
        self.body.addWidget(self.list, 1)
        self.body.addLayout(self.foot)

    def read(self, recipe: str, chart: str | None) -> None:
        """Show the causes of one chart of the recipe, or of all."""
        self.ask(lambda reader, _: given(reader.decisions(recipe, chart)), self._show)

    def first_field(self) -> QWidget:
        """The list."""
        return self.list

    def confirm(self) -> None:
        """Enter shows the part."""
        self._chosen(self.list.currentItem())

    def _show(self, decisions: tuple[ChartDecision, ...]) -> None:
        for decision in decisions[:_MOST]:
            item = QListWidgetItem(given_line(decision, self.words))
            item.setData(Qt.ItemDataRole.UserRole, decision.seq)
            self.list.addItem(item)
        self.tell("" if decisions else self.words.say("cause.none_given"))

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.part_asked.emit(item.data(Qt.ItemDataRole.UserRole))
