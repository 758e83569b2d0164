"""Parts, decisions and charts beside a line for the tests of live charts: a real board, a list as the record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from camera.clock import ManualClock
from camera.frame import Box
from inference.chart_plan import Cavities, ChartPlan
from inference.inspection import Defect, Inspection, Measurement, ResultState, Verdict, ViewResult
from inference.pipeline.board import Board
from inference.pipeline.chart_watch import ChartWatch, observation
from inference.pipeline.decisions import ChartDecision, DecisionKind
from inference.pipeline.events import Event
from inference.pipeline.ids import new_id
from inference.pipeline.monitor import SpcMonitor
from inference.pipeline.ports import Observation, ResumePoint
from inference.pipeline.release import Release
from inference.pipeline.snapshot import ChartSnapshot
from inference.pipeline.tally import Tally
from tests.station.doubles import Wire, job

CLOCK = ManualClock()
JOB = job()
RECIPE = "ring"


def part(seq: int, verdict: str = "OK", score: float | None = 0.05, **values: float) -> Observation:
    return Observation(seq, f"id{seq}", 1000.0 + seq, verdict, score, values)


def judged(
    seq: int,
    verdict: str = "OK",
    score: float | None = 0.05,
    *,
    defects: int = 0,
    serial: str = "",
    total_ms: float = 10.0,
    **values: float | None,
) -> Inspection:
    measured = tuple(Measurement(name, value, "mm") for name, value in values.items())
    found = (Defect("scratch", 0.9, Box(0.0, 0.0, 1.0, 1.0), 1.0),) * defects
    at = CLOCK.now()
    view = ViewResult("main", f"s#{seq}", at, defects=found, measurements=measured)
    return Inspection(
        *(f"id{seq}", seq, f"t{seq}", JOB, serial, at, Verdict(verdict), ResultState.COMPLETED, (view,)),
        score=score,
        threshold=0.5,
        timings_ms={"total": total_ms},
    )


def decision(
    kind: DecisionKind, chart: str = "i:bore", seq: int = 0, reason: str = "because", **content: Any
) -> ChartDecision:
    return ChartDecision(new_id(), CLOCK.now(), kind, "", chart, seq, "operator:k", reason, content)


def frozen(chart: str, seq: int, mean: float, sigma: float, version: int = 7, **content: Any) -> ChartDecision:
    figures = {"version": version, "mean": mean, "sigma": sigma, "points": 20, **content}
    return decision(DecisionKind.BASELINE, chart, seq, **figures)


@dataclass
class Charts:
    """The charts of one station over its restarts, and what stands in its record."""

    plans: Sequence[ChartPlan]
    cavities: Cavities = field(default_factory=Cavities)
    keep: int = 2000
    parts: list[Observation] = field(default_factory=list)
    entries: list[Any] = field(default_factory=list)
    last_seq: int = 0

    def __post_init__(self) -> None:
        self.restart()

    def restart(self, window: int | None = None) -> None:
        """Begin anew from what is recorded; `window`: from no more than so many parts."""
        self.board = Board(CLOCK, Release(Wire(), CLOCK, triggered=False, cycle_s=None), Tally(CLOCK))
        self.monitor = SpcMonitor(self.plans, {}, self.keep, self.cavities)
        self.watch = ChartWatch(self.monitor, self.board, RECIPE)
        seen = self.parts if window is None else self.parts[max(len(self.parts) - window, 0) :]
        truncated = len(seen) < len(self.parts)
        self.watch.rebuild(ResumePoint(self.last_seq, tuple(seen), truncated, tuple(self.decisions)))
        self._record()

    def judge(self, *inspections: Inspection) -> None:
        for inspection in inspections:
            self.last_seq = inspection.seq
            self.parts.append(observation(inspection))
            self.watch.observe(inspection)
            self._record()

    def decide(self, *made: ChartDecision) -> None:
        for one in made:
            self.board.decide(one)
        self.watch.decide(self.last_seq)
        self._record()

    def _record(self) -> None:
        for entry in self.board.take_entries():
            kept = entry
            if isinstance(entry, ChartDecision):
                kept = replace(entry, content=json.loads(json.dumps(entry.content)))
            self.entries.append(kept)

    @property
    def decisions(self) -> list[ChartDecision]:
        return [entry for entry in self.entries if isinstance(entry, ChartDecision)]

    @property
    def baselines(self) -> list[ChartDecision]:
        """Those that charts took by themselves."""
        return [d for d in self.decisions if d.kind is DecisionKind.BASELINE and d.actor_id != "operator:k"]

    @property
    def events(self) -> list[Event]:
        return [entry for entry in self.entries if isinstance(entry, Event)]

    @property
    def standing(self) -> list[str]:
        return sorted(alarm.key for alarm in self.board.alarms.on_show() if alarm.standing)

    def chart(self, key: str) -> ChartSnapshot:
        return next(snapshot for snapshot in self.watch.snapshot() if snapshot.key == key)


COLUMNS = ("seqs", "utc_s", "values", "center", "lcl", "ucl", "sizes", "lower_values")
PLAIN = (
    *("key", "kind", "characteristic", "transform", "cavity", "first_number", "violations", "rules", "subgroup"),
    *("phase1_remaining", "excluded", "stages", "notes", "flagged", "rule_set", "baseline_version"),
)


def assert_same(here: Sequence[ChartSnapshot], there: Sequence[ChartSnapshot], *left_out: str) -> None:
    """Both show the same charts, point for point and bit for bit."""
    for one, other in zip(here, there, strict=True):
        for name in COLUMNS:
            a, b = getattr(one, name), getattr(other, name)
            same = (a is b is None) or np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
            assert same, (one.key, name, a, b)
        for name in PLAIN:
            assert name in left_out or getattr(one, name) == getattr(other, name), (one.key, name)
