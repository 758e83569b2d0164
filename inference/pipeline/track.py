"""`Track`: one chart of a recipe (or of one of its cavities), with what is needed to show it and to change it.

A track is a function of its readings and of people's decisions. A decision that bears on points already drawn (a
baseline, a stage line, an exclusion) is applied by drawing the kept points anew, so that what is shown after it equals
what a restart would show.

Promises: one reading costs the same however long the history; a decision costs one pass over the points kept.
May import: inference.chart_plan, inference.spc, inference.pipeline.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from inference.chart_plan import Cavities, ChartPlan
from inference.message import Message, message
from inference.pipeline import decided
from inference.pipeline.baselines import BaselineVersion, from_recipe
from inference.pipeline.chart_points import ChartPoints
from inference.pipeline.decisions import ChartDecision, DecisionKind
from inference.pipeline.readings import Reading
from inference.pipeline.snapshot import ChartMark, ChartSnapshot, Ints
from inference.pipeline.sources import parts_of_point, source_of
from inference.spc.chart import ControlChart, Point

_LOOK_BACK = 64
"""Readings kept beyond those shown: longer than any rule's window, so that the oldest point shown is tested alike."""
_REDRAWN = frozenset(
    {DecisionKind.BASELINE, DecisionKind.RETIRED, DecisionKind.STAGE, DecisionKind.EXCLUDED, DecisionKind.INCLUDED}
)


class Spec(NamedTuple):
    """Unit and spec limits of a characteristic, on the chart's own scale."""

    unit: str = ""
    lower: float | None = None
    upper: float | None = None


class ChartViolation(NamedTuple):
    """The rules that a new point of a chart completes."""

    key: str
    characteristic: str
    rules: tuple[int, ...]
    number: int
    """The point's number."""
    first: int
    """Number of the earliest point that belongs to the patterns."""
    value: float
    limit: float | None
    """The control limit on the point's side; None where the statistic has none there."""
    center: float
    seq: int
    """Sequence number of the (last) part behind the point."""

    def message(self) -> Message:
        """`chart.violation`, with all that a sentence about it needs."""
        return message(
            "chart.violation",
            chart=self.key,
            characteristic=self.characteristic,
            rules=", ".join(map(str, self.rules)),
            rule=self.rules[0],
            point=self.number,
            first=self.first,
            value=self.value,
            limit=self.limit,
            center=self.center,
            seq=self.seq,
        )


class Track:
    """One chart."""

    def __init__(
        self, plan: ChartPlan, spec: Spec, keep: int, cavity: str = "", cavities: Cavities | None = None
    ) -> None:
        """`cavity`: the one of `cavities` that it is of; empty: of all.

        Raises SpcError for a characteristic that the plan's kind cannot take.
        """
        self.plan, self.cavity = plan, cavity
        self.key = f"{plan.key}#{cavity}" if cavity else plan.key
        self.version = 0
        self.source = source_of(plan, cavities if cavity else None)
        self._span = parts_of_point(plan, cavities if cavity else None)
        self._spec, self._keep = spec, keep
        self._rules, self._settings = plan.spc_rules(), plan.spc_settings()
        self._readings = deque[tuple[Reading, bool]](maxlen=keep + _LOOK_BACK)
        self._scattered = plan.kind == "g" or (bool(cavity) and not plan.grouped)
        """Its readings' numbers never follow one another."""
        self._expected = self._next_number = 0
        self.jumped = False
        """Something else ran since this chart's last reading."""
        self._decisions = list[ChartDecision]()
        self._snapshot: ChartSnapshot | None = None
        self.learned = list[BaselineVersion]()
        """Baselines that it took by itself and that no decision speaks of; whoever records them clears this."""
        self._begin()

    def _begin(self) -> None:
        """Nothing is drawn; the changes that people decided lie ahead."""
        self._points = ChartPoints(self._keep)
        self._chart: ControlChart | None = None
        self._changes = deque(decided.changes(self._decisions))
        self._excluded = decided.left_out(self._decisions)
        self._places_left_out = {self._place(seq) for seq in self._excluded}
        given = self.plan.baseline
        self._frozen = BaselineVersion(0, from_recipe(given)) if given else None
        self._learning_from = 0
        self.learned.clear()
        self.last_violation: ChartViolation | None = None
        """The newest one."""

    # --- what comes in

    def add(self, reading: Reading) -> ChartViolation | None:
        """Move on by one reading; what the new point violates."""
        broken = self.jumped if self._scattered else self._expected not in {0, reading.number}
        self._expected, self.jumped = reading.number + 1, False
        self._next_number = (self._next_number or (1 if self._scattered else reading.number)) + 1
        self._readings.append((reading, broken))
        return self._draw(reading, broken=broken)

    def decide(self, decision: ChartDecision) -> None:
        """Take a person's decision into account; those of other charts are not for this one."""
        self._decisions.append(decision)
        self.version += 1
        if decision.kind in _REDRAWN:
            self._redraw()

    def note_learned(self, decision: ChartDecision) -> None:
        """The baseline that this chart took by itself is in the record now."""
        self._decisions.append(decision)

    def _redraw(self) -> None:
        self._begin()
        for reading, broken in self._readings:
            self._draw(reading, broken=broken)

    def _draw(self, reading: Reading, *, broken: bool) -> ChartViolation | None:
        chart = self._chart or self._new_chart()
        if broken:
            chart.interrupt()
        self._change_until(chart, reading.seq)
        learning = chart.baseline is None
        if learning and not self._learning_from:
            self._learning_from = reading.seq
        if self._place(reading.seq) in self._places_left_out:
            point = chart.leave_out(reading.value, reading.size)
        else:
            point = chart.add(reading.value, reading.size, reading.spread)
        if learning and chart.baseline is not None:
            self._learn(chart, reading.seq)
        self._change_until(chart, reading.seq + 1)
        self._points.append(point, reading.seq, reading.utc_s)
        self.version += 1
        if not point.violations:
            return None
        found = self.last_violation = self._violation(point, reading.seq)
        return found

    def _new_chart(self) -> ControlChart:
        baseline = self._frozen.baseline if self._frozen else None
        self._chart = ControlChart(
            self.plan.kind,
            baseline,
            phase1=self.plan.phase1,
            rules=self._rules,
            settings=self._settings,
            first_number=self._next_number - len(self._readings),
        )
        return self._chart

    def _change_until(self, chart: ControlChart, seq: int) -> None:
        """What was decided to hold from part `seq` on, or from one before it, holds."""
        while self._changes and self._changes[0].seq <= seq:
            change = self._changes.popleft()
            self._frozen, self._learning_from = change.frozen, 0
            chart.rebase(change.frozen.baseline if change.frozen else None, cut=change.cut)

    def _learn(self, chart: ControlChart, seq: int) -> None:
        """Phase I is over, unless it is decided what comes next, or that this point still belongs to phase I."""
        assert chart.baseline is not None, "phase I is over"
        if self._changes and self._changes[0].seq == seq + 1:
            return
        if self._changes and self._changes[0].is_taken_from(seq):
            chart.rebase(None, cut=False)
            return
        left_out = tuple(s for s in self._excluded if self._learning_from <= s <= seq)
        number = decided.next_version(self._decisions, self.learned)
        self._frozen = BaselineVersion(number, chart.baseline, self._learning_from, seq, left_out)
        self.learned.append(self._frozen)

    def _place(self, seq: int) -> int:
        """The same for all parts of one point."""
        return (seq - 1) // self._span

    def _violation(self, point: Point, seq: int) -> ChartViolation:
        assert point.value is not None, "a gap breaks no rule"
        assert point.limits is not None, "phase I is not tested"
        center, _, lower, upper = point.limits
        below = point.lower is not None and -point.lower > point.value
        value = point.lower if below and point.lower is not None else point.value
        return ChartViolation(
            self.key,
            self.plan.characteristic,
            tuple(violation.rule for violation in point.violations),
            point.number,
            min(violation.first for violation in point.violations),
            value,
            upper if value > center else lower,
            center,
            seq,
        )

    # --- what is shown

    @property
    def frozen(self) -> BaselineVersion | None:
        """The baseline in force; None during phase I."""
        return self._frozen

    @property
    def quiet_points(self) -> float:
        """Points since the newest violation; infinite where there is none."""
        newest = self.last_violation
        return math.inf if newest is None else self._next_number - 1 - newest.number

    @property
    def unexplained(self) -> bool:
        """Out of control since the last cause that somebody gave."""
        newest = self.last_violation
        return newest is not None and newest.seq > decided.explained_until(self._decisions)

    def snapshot(self, *, mandatory: bool) -> ChartSnapshot:
        """The newest points; the same object until the chart changes. `mandatory`: a cause must be given."""
        flagged = mandatory and self.unexplained
        shown = self._snapshot
        if shown is not None and shown.flagged != flagged:
            self.version += 1
        if shown is None or shown.version != self.version:
            shown = self._snapshot = self._take_snapshot(flagged=flagged)
        return shown

    def _take_snapshot(self, *, flagged: bool) -> ChartSnapshot:
        (utc_s, values, center, lcl, ucl, lower), (seqs, sizes) = self._points.columns()
        return ChartSnapshot(
            key=self.key,
            kind=self.plan.kind,
            characteristic=self.plan.characteristic,
            unit=self._spec.unit,
            transform=self.plan.transform,
            version=self.version,
            first_number=self._points.first_number,
            seqs=seqs,
            utc_s=utc_s,
            values=values,
            center=center,
            lcl=lcl,
            ucl=ucl,
            sizes=sizes,
            violations=self._points.violations,
            rules=tuple(rule.number for rule in self._rules),
            subgroup=self.plan.subgroup if self.plan.grouped else 1,
            phase1_remaining=self._phase1_remaining(),
            lower_spec=self._spec.lower,
            upper_spec=self._spec.upper,
            lower_values=lower if self.plan.kind == "cusum" else None,
            excluded=self._marks(self._excluded.items(), seqs, only_own=True),
            stages=self._marks(decided.texts(self._decisions, DecisionKind.STAGE), seqs, only_own=False),
            notes=self._marks(decided.texts(self._decisions, DecisionKind.NOTE), seqs, only_own=True),
            flagged=flagged,
            cavity=self.cavity,
            rule_set=self.plan.rule_set,
            baseline_version=None if self._frozen is None else self._frozen.version,
        )

    def _phase1_remaining(self) -> int:
        if self._chart:
            return self._chart.phase1_remaining
        return 0 if self.plan.baseline else self.plan.phase1

    def _marks(self, placed: Iterable[tuple[int, str]], seqs: Ints, *, only_own: bool) -> tuple[ChartMark, ...]:
        """Where on the points shown something lies: on its part's point, or at the first point from that part on.

        What lies before the first point shown has no place.
        """
        found = list[ChartMark]()
        for seq, text in placed:
            at = int(np.searchsorted(seqs, seq))
            if at < len(seqs) and (self._place(seq) == self._place(int(seqs[at])) or (at and not only_own)):
                found.append(ChartMark(at, text))
        return tuple(found)
