"""Past parts out of the record: a list with a filter; the chosen part is shown in the picture's place.

Promises: the record is read on a job's thread; the screen goes on meanwhile.
May import: PySide6, storage, inference, hmi.window.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from hmi.window.jobs import Errands, Job, Progress
from hmi.window.panels.choice import Choice
from hmi.window.panels.panel import Panel
from hmi.window.session import RecordReader
from hmi.window.theme import Look
from inference.inspection import Verdict
from storage.filters import Filters
from storage.history import PartLine

PAGE = 50
Answer = tuple[str | None, tuple[PartLine, ...]]
"""The filter asked for, and what it left."""
_MARKS = {Verdict.OK: "✓", Verdict.NOT_OK: "✕", Verdict.NOT_DECIDABLE: "?"}


class ReviewPanel(Panel):
    """A list of `PartLine`."""

    part_asked = Signal(int)
    """Sequence number."""

    def __init__(self, look: Look, errands: Errands, history: Callable[[], RecordReader] | None) -> None:
        super().__init__(look, look.words.say("review.title"), no="panel.close")
        self._errands = errands
        self._history = history
        self._last_seq: int | None = None
        self._job: Job[Answer] | None = None
        words = look.words
        texts = {"": words.say("review.all")} | {v.value: words.say(f"verdict.{v}") for v in _MARKS}
        self.filter = Choice(look, texts, len(texts), "")
        self.filter.changed.connect(lambda _: self._begin())
        self.body.addWidget(self.filter)
        self.list = QListWidget()
        self.list.currentItemChanged.connect(self._chosen)
        self.body.addWidget(self.list, 1)
        self.note = self.label("", "caption")
        self.body.addWidget(self.note)
        self.older = self.button(words.say("review.older"), self._load)
        self.buttons.removeWidget(self.older)
        self.buttons.insertWidget(0, self.older)
        self._begin()

    def first_field(self) -> QWidget:
        """The list."""
        return self.list

    def confirm(self) -> None:
        """Enter shows the part again."""
        self._chosen(self.list.currentItem())

    def _begin(self) -> None:
        self.list.clear()
        self._last_seq = None
        self._load()

    def _load(self) -> None:
        history, before = self._history, self._last_seq
        if history is None:
            self._tell(self.words.say("review.none"))
            return
        verdict = self.filter.chosen
        filters = Filters(verdict=Verdict(verdict)) if verdict else Filters()

        def work(_: Progress) -> Answer:
            reader = history()
            try:
                return verdict, reader.recent(PAGE, 0, filters, before_seq=before)
            finally:
                reader.close()

        self._tell(self.words.say("review.busy"))
        self._drop()
        self._job = self._errands.start("review", work, self._show, self._failed)

    def _drop(self) -> None:
        if self._job is not None:
            self._errands.drop(self._job)
            self._job = None

    def hideEvent(self, event: QHideEvent) -> None:
        """Closed: the answer to a question still on its way has nobody to go to."""
        super().hideEvent(event)
        self._drop()

    def _show(self, answer: Answer) -> None:
        verdict, lines = answer
        if verdict != self.filter.chosen:
            return  # somebody chose another filter meanwhile
        for line in lines:
            item = QListWidgetItem(self._text(line))
            item.setData(Qt.ItemDataRole.UserRole, line.seq)
            self.list.addItem(item)
        if lines:
            self._last_seq = lines[-1].seq
        self.older.setEnabled(len(lines) == PAGE)
        self._tell("" if self.list.count() else self.words.say("review.empty"))

    def _text(self, line: PartLine) -> str:
        words = self.words
        facts = [
            f"{_MARKS.get(line.machine_verdict, ' ')}  {words.count(line.seq)}",
            words.time(line.at),
            line.serial,
            words.say(f"verdict.{line.machine_verdict}"),
            words.name(line.label) if line.label and line.machine_verdict is not Verdict.OK else "",
        ]
        if line.verdict is not line.machine_verdict:
            facts.append(words.say("review.override", verdict=words.say(f"verdict.{line.verdict}")))
        return "  ·  ".join(filter(None, facts))

    def _failed(self, error: Exception) -> None:
        self._tell(self.words.say("review.failed", detail=str(error)))

    def _tell(self, text: str) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _chosen(self, item: QListWidgetItem | None, _before: object = None) -> None:
        if item is not None:
            self.part_asked.emit(item.data(Qt.ItemDataRole.UserRole))
