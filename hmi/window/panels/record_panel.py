"""`RecordPanel`: base of the panels that ask the record: one question at a time, its progress, its error in words.

Promises: the record is read on a job's thread; a question that lasts shows how far it is and can be stopped; one that
nobody waits for any more is given up.
May import: PySide6, storage, hmi.window.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from hmi.window.jobs import Errands, Job, Progress
from hmi.window.panels.panel import Panel
from hmi.window.session import RecordReader
from hmi.window.theme import GAP, Look

Answer = TypeVar("Answer")
Walked = Callable[[int, int], bool]
"""How far a reading is: records passed, records to pass (`storage.windows.Progress`)."""
_PATIENCE_S = 1.0
"""A question that lasts longer shows its progress."""


class RecordPanel(Panel):
    """Fill `body`; put `foot` where the note shall stand."""

    def __init__(
        self,
        look: Look,
        title: str,
        errands: Errands,
        history: Callable[[], RecordReader] | None,
        *,
        yes: str = "",
        no: str = "panel.close",
    ) -> None:
        super().__init__(look, title, yes=yes, no=no)
        self._errands, self._history = errands, history
        self._job: Job[object] | None = None
        self._since_s = 0.0
        self.note = self.label("", "caption")
        self.stop = QPushButton(self.words.say("record.stop"))
        self.stop.clicked.connect(lambda _checked=False: self.give_up())
        self.stop.hide()
        self.foot = QHBoxLayout()
        self.foot.setSpacing(look.px(GAP))
        self.foot.addWidget(self.note, 1)
        self.foot.addWidget(self.stop)

    def ask(self, question: Callable[[RecordReader, Walked], Answer], then: Callable[[Answer], None]) -> None:
        """Put a question to the record; later `then(answer)`, unless another question came or the panel closed."""
        history = self._history
        if history is None:
            self.tell(self.words.say("review.none"))
            return

        def work(progress: Progress) -> Answer:
            def walked(passed: int, whole: int) -> bool:
                progress.check(passed / max(1, whole))
                return True

            reader = history()
            try:
                return question(reader, walked)
            finally:
                reader.close()

        def answered(answer: Answer) -> None:
            self._over()
            then(answer)

        self.drop()
        self.tell(self.words.say("review.busy"))
        self._since_s = time.monotonic()
        self._job = self._errands.start("record", work, answered, self._failed)

    def beat(self) -> None:
        """Called a few times a second: show how far a long question is."""
        job = self._job
        if job is None or time.monotonic() - self._since_s < _PATIENCE_S:
            return
        self.tell(self.words.say("record.progress", percent=100.0 * job.progress.fraction))
        self.stop.show()

    def drop(self) -> None:
        """Nobody waits for the answer any more."""
        if self._job is not None:
            self._errands.drop(self._job)
        self._over()

    def give_up(self) -> None:
        """A person has stopped the reading."""
        self.drop()
        self.tell(self.words.say("record.stopped"))

    def tell(self, text: str) -> None:
        """Say something at the foot; nothing hides it."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def hideEvent(self, event: QHideEvent) -> None:
        """Closed: the answer to a question still on its way has nobody to go to."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.drop()

    def _over(self) -> None:
        self._job = None
        self.stop.hide()
        self.tell("")

    def _failed(self, error: Exception) -> None:
        self._over()
        self.tell(self.words.say("review.failed", detail=str(error)))
