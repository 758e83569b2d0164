"""`GuidedStudy`: the agreement study between its panels, the station's results and the record.

Promises: a closed panel pauses the study and loses nothing; cancelling asks first; a study that is over is in the
record before its page is shown, and can be saved as a table.
May import: PySide6.QtCore (a folder's name), inference, hmi.window.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths

from hmi.window.panels.stop_panel import StopPanel
from hmi.window.panels.study_panel import StudyPanel
from hmi.window.panels.study_result import StudyResult
from hmi.window.panels.study_setup import StudySetup
from hmi.window.study import Phase, Study, StudyPlan
from hmi.window.study_text import content_of, table
from inference.inspection import JudgedPart
from inference.pipeline.decisions import DecisionKind
from inference.spc.measurement.agreement import AttributeStudy

if TYPE_CHECKING:
    from hmi.window.main_window import MainWindow


class GuidedStudy:
    """At most one study at a time."""

    def __init__(self, window: MainWindow, decide: Callable[..., None]) -> None:
        self._window, self._decide = window, decide
        self.study: Study | None = None
        """The one under way."""

    def open(self) -> None:
        """Plan a study, or go on with the one under way."""
        window, manual = self._window, self._manual
        window.presenter.unpin()  # the part that was just put in is what people look at
        if self.study is None:
            setup = StudySetup(window.look, manual=manual)
            setup.planned.connect(self._begin)
            window.page.open_panel(setup)
            return
        panel = StudyPanel(window.look, self.study, manual=manual)
        panel.go_on.connect(self._go_on)
        panel.back.connect(lambda: self._move(lambda study: study.back()))
        panel.pause.connect(lambda: self._move(lambda study: study.pause()))
        panel.cancel.connect(self._ask_to_cancel)
        window.page.open_panel(panel)

    def on_recent(self, parts: tuple[JudgedPart, ...]) -> None:
        """The station's last results, newest first."""
        study = self.study
        if study is None or study.phase is not Phase.WAITING:
            return
        if self._panel is None:
            self.study = study.pause()  # another panel took its place: nobody puts known parts in now
            return
        for part in reversed(parts):
            seen = part.inspection
            study = study.judged(seen.seq, seen.at.monotonic_ns, seen.verdict.value, self._now_ns())
        if study is not self.study:
            self._show(study)

    @property
    def _manual(self) -> bool:
        return self._window.session.settings.manual_trigger

    @property
    def _panel(self) -> StudyPanel | None:
        panel = self._window.page.panel
        return panel if isinstance(panel, StudyPanel) else None

    def _now_ns(self) -> int:
        return self._window.session.clock.now().monotonic_ns

    def _begin(self, plan: StudyPlan) -> None:
        study = Study(plan)
        self.study = study.arm(self._now_ns()) if plan.every_trigger else study
        self.open()

    def _go_on(self) -> None:
        """Enter: what lies there is the part that is due; where triggers are pulled by hand, this pulls it."""
        study = self.study
        if study is None:
            return
        if study.phase is Phase.PAUSED:
            self._move(lambda paused: paused.resume())
            return
        self._show(study.arm(self._now_ns()))
        if self._manual:
            self._window.do("trigger")

    def _move(self, step: Callable[[Study], Study]) -> None:
        if self.study is None:
            return
        study = step(self.study)
        armed = study.plan.every_trigger and study.phase is Phase.UNARMED
        self._show(study.arm(self._now_ns()) if armed else study)

    def _show(self, study: Study) -> None:
        self.study = study
        if study.phase is Phase.DONE:
            self._finish(study)
        elif self._panel is not None:
            self._panel.show_study(study)

    def _ask_to_cancel(self) -> None:
        if self.study is None:
            return
        self.study = self.study.pause()
        words = self._window.look.words
        panel = StopPanel(self._window.look, "study.cancel", words.say("study.cancel.why", count=len(self.study.taken)))
        panel.agreed.connect(self._forget)
        self._window.page.open_panel(panel)
        panel.closed.connect(self._reopen)

    def _forget(self) -> None:
        self.study = None

    def _reopen(self) -> None:
        if self.study is not None:
            self.open()

    # --- the end

    def _finish(self, study: Study) -> None:
        window, result = self._window, study.result()
        self.study = None
        self._decide(DecisionKind.STUDY, "", content_of(study, result))
        panel = StudyResult(window.look, study, result)
        panel.save_asked.connect(lambda: panel.tell(self._save(study, result)))
        window.page.open_panel(panel)

    def _save(self, study: Study, result: AttributeStudy) -> str:
        """Write the table; what became of it, in words."""
        words, at = self._window.look.words, self._window.session.clock.now()
        local = words.local(at.utc.timestamp())
        path = documents() / f"agreement-{local:%Y%m%d-%H%M%S}.csv"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(table(study, result), encoding="utf-8-sig", newline="")
        except OSError as error:
            return words.say("study.not_saved", detail=error.strerror or str(error))
        return words.say("study.saved", path=str(path))


def documents() -> Path:
    """The folder of studies among the user's documents."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(place or Path.home()) / "Loupe"
