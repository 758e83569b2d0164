"""`ChartWatch`: the charts beside the line: alarms for violations, people's decisions, baselines that charts learn.

Promises: one alarm a chart while it is out of control; where a cause must be given, the alarm stands until it is; a
baseline that a chart took by itself is recorded as a version like one that a person froze, so that a restart has the
same limits. Lives on the inference thread.
May import: inference, camera.clock.
"""

from __future__ import annotations

import math
from dataclasses import replace

from inference.inspection import Inspection
from inference.message import message
from inference.pipeline.alarms import STATION_ACTOR
from inference.pipeline.baselines import content_of
from inference.pipeline.board import Board
from inference.pipeline.decisions import ChartDecision, DecisionKind
from inference.pipeline.events import Priority
from inference.pipeline.ids import new_id
from inference.pipeline.monitor import SpcMonitor
from inference.pipeline.ports import Observation, ResumePoint
from inference.pipeline.snapshot import ChartSnapshot
from inference.pipeline.track import ChartViolation

_QUIET_POINTS = 25
"""Points without a new violation after which a chart's alarm clears by itself."""
_FROM_NEXT_PART = frozenset({DecisionKind.BASELINE, DecisionKind.RETIRED, DecisionKind.STAGE})


class ChartWatch:
    """All charts of the running recipe."""

    def __init__(self, monitor: SpcMonitor, board: Board, recipe: str) -> None:
        self._monitor, self._board, self._recipe = monitor, board, recipe
        self._alarmed = set[str]()
        """Keys of the charts whose alarm stands."""

    def rebuild(self, resume: ResumePoint) -> None:
        """Draw the charts from the record."""
        self._monitor.replay(resume.observations, truncated=resume.truncated, decisions=resume.decisions)
        for violation in self._monitor.to_explain():
            self._alarm(violation)
        self._record_learned()
        self._show()

    def snapshot(self) -> tuple[ChartSnapshot, ...]:
        """Every chart's newest points."""
        return self._monitor.snapshot()

    def observe(self, inspection: Inspection) -> None:
        """Move all charts on by one judged part."""
        for violation in self._monitor.add(observation(inspection)):
            self._alarm(violation)
        self._record_learned()
        self._clear_quiet()
        if self._board.charts.wanted:
            self._board.charts.put(self._monitor.snapshot())

    def decide(self, last_seq: int) -> None:
        """Take into account, and put on the way to the record, what people decided since the last call."""
        made = self._board.take_decisions()
        for decision in made:
            placed = self._placed(decision, last_seq)
            if self._monitor.decide(placed):
                self._board.record(placed)
            else:
                self._board.tell(message("chart.decision_refused", chart=decision.chart, kind=decision.kind))
        if made:
            for violation in self._monitor.to_explain():  # causes may have become mandatory
                self._alarm(violation)
            self._record_learned()
            self._clear_quiet()
            self._show()

    def _placed(self, decision: ChartDecision, last_seq: int) -> ChartDecision:
        """With the part that it begins with, or that it is about, where the person named none."""
        recipe = "" if decision.kind is DecisionKind.LISTS else self._recipe
        if decision.seq or decision.kind is DecisionKind.LISTS:
            return replace(decision, recipe=recipe)
        return replace(decision, recipe=recipe, seq=last_seq + (decision.kind in _FROM_NEXT_PART))

    def _show(self) -> None:
        self._board.cause_lists = self._monitor.lists
        self._board.charts.put(self._monitor.snapshot())

    def _alarm(self, violation: ChartViolation) -> None:
        self._alarmed.add(violation.key)
        self._board.alarms.report(f"chart:{violation.key}", Priority.MEDIUM, violation.message())

    def _record_learned(self) -> None:
        """A chart that left phase I has limits from now on: the record says which, and from which points."""
        for key, frozen in self._monitor.take_learned():
            decision = ChartDecision(
                new_id(),
                self._board.clock.now(),
                DecisionKind.BASELINE,
                self._recipe,
                key,
                frozen.last_seq + 1,
                STATION_ACTOR,
                "phase 1",
                content_of(frozen),
            )
            self._monitor.note_learned(decision)
            self._board.record(decision)

    def _clear_quiet(self) -> None:
        for key in sorted(self._alarmed):
            if self._monitor.quiet_points(key) > _QUIET_POINTS and not self._monitor.unexplained(key):
                self._alarmed.remove(key)
                self._board.alarms.clear(f"chart:{key}")


def observation(inspection: Inspection) -> Observation:
    """What SPC needs of an inspection; the record gives the same back (it knows neither NaN nor -0.0)."""
    measured = ((m.characteristic, _recorded(m.value)) for m in inspection.measurements)
    return Observation(
        seq=inspection.seq,
        inspection_id=inspection.id,
        utc_s=inspection.at.utc.timestamp(),
        verdict=inspection.verdict,
        score=_recorded(inspection.score),
        values={name: value for name, value in measured if value is not None},
        threshold=_recorded(inspection.threshold),
        defects=len(inspection.defects),
        duration_ms=_recorded(inspection.timings_ms.get("total")),
        serial=inspection.serial,
    )


def _recorded(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value + 0.0
