"""What a person decides in the window: an override of a verdict, an acknowledgement of an alarm.

Promises: a decision names who took it and goes to the record by the station, never past it.
May import: inference, hmi.window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hmi.window.panels.override_panel import VERDICT_OF, OverridePanel
from hmi.window.panels.panel import Panel
from hmi.window.presenter import WINDOW_FAULT
from inference.disposition import Disposition, Override
from inference.inspection import Inspection
from inference.pipeline.ids import new_id

if TYPE_CHECKING:
    from hmi.window.main_window import MainWindow

_UNKNOWN_OPERATOR = "operator:unknown"


class Decisions:
    """The decisions of whoever sits at this window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def override(self) -> None:
        """Open the panel for the part that is looked at, or the newest one that may be decided on."""
        window, presenter = self._window, self._window.presenter
        part = presenter.part_to_decide_on()
        if part is None or part.inspection is None:
            window.page.open_panel(Panel(window.look, window.look.words.say("override.none"), no="panel.close"))
            return
        presenter.pin(part)
        inspection = part.inspection
        panel = OverridePanel(window.look, inspection)
        panel.decided.connect(lambda disposition, reason: self._record(inspection, disposition, reason))
        window.page.open_panel(panel)

    def _record(self, inspection: Inspection, disposition: Disposition, reason: str) -> None:
        self._window.control.override(
            Override(
                id=new_id(),
                inspection_id=inspection.id,
                seq=inspection.seq,
                verdict=VERDICT_OF[disposition],
                disposition=disposition,
                reason=reason,
                actor_id=self.operator(),
                at=self._window.session.clock.now(),
            )
        )
        self._window.presenter.unpin()

    def operator(self) -> str:
        """Who decides: the job's operator."""
        snapshot = self._window.presenter.snapshot
        job = snapshot.job if snapshot is not None else None
        return (job.operator_id if job is not None else "") or _UNKNOWN_OPERATOR

    def acknowledge(self) -> None:
        """Acknowledge the alarm that stands first in the bar; a chart's then asks for its cause."""
        lines = self._window.page.alarms.content.lines
        first = next((line for line in lines if not line.acknowledged), None)
        if first is None:
            return
        if first.id == WINDOW_FAULT:
            self._window.presenter.fault = None
        else:
            self._window.control.acknowledge(first.id, self.operator())
            self._window.tools.cause_of_alarm(first.id)
