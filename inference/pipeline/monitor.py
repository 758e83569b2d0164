"""`SpcMonitor`: the recipe's control charts, moved on by every judged part.

    Observation ─→ Reading (`readings`) ─→ ControlChart ─→ ChartPoints ─→ ChartSnapshot

Charts are a function of the records. The first point of an I chart has its part's sequence number, that of a p chart
its subgroup's. Where the sequence jumps (another recipe ran in between) no run pattern and no moving range reaches
across. So a monitor rebuilt from the records, with the baselines given and from at least `keep` points and one window
of the rules back, shows the same as the one that saw every part.

Promises: one observation costs the same however long the history. Not thread-safe: it lives on the inference thread;
its snapshots may go anywhere.
May import: inference.spc, inference.message, inference.recipe, inference.pipeline.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from inference.message import Message, message
from inference.pipeline.chart_points import ChartPoints
from inference.pipeline.ports import Observation
from inference.pipeline.readings import Parts, Reading, Source, Subgroups, logit
from inference.pipeline.snapshot import ChartSnapshot
from inference.recipe import ChartBaseline, ChartPlan
from inference.spc.chart import ControlChart, Point
from inference.spc.design import rules_for
from inference.spc.limits import Baseline
from inference.spc.presets import western_electric

Spec = tuple[str, float | None, float | None]
"""Unit, lower and upper spec limit."""

_NO_SPEC: Spec = ("", None, None)


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


class _Track:
    """One chart of the recipe, with what is needed to show it."""

    def __init__(self, plan: ChartPlan, spec: Spec, keep: int) -> None:
        self.plan = plan
        self.version = 0
        self.source: Source = Subgroups(plan) if plan.kind == "p" else Parts(plan)
        self._spec = _on_scale(plan, spec)
        self._rules = rules_for(plan.kind, western_electric(plan.rules))
        self._points = ChartPoints(keep)
        self._chart: ControlChart | None = None
        self._expected = 0
        self._snapshot: ChartSnapshot | None = None

    def add(self, reading: Reading) -> ChartViolation | None:
        """Move on by one reading; what the new point violates."""
        number, value, size, seq, utc_s = reading
        chart = self._chart
        if chart is None:
            chart = self._chart = self._new_chart(number)
        elif number != self._expected:
            chart.interrupt()
        self._expected = number + 1
        point = chart.add(value, size)
        self._points.append(point, seq, utc_s)
        self.version += 1
        return _violation(self.plan, point, seq) if point.violations else None

    def _new_chart(self, first_number: int) -> ControlChart:
        given = self.plan.baseline
        baseline = Baseline(given.mean, given.sigma, given.points) if given else None
        phase1 = self.plan.phase1
        return ControlChart(self.plan.kind, baseline, phase1=phase1, rules=self._rules, first_number=first_number)

    def frozen(self) -> ChartBaseline | None:
        """The baseline in force; None during phase I."""
        baseline = self._chart.baseline if self._chart else None
        if self.plan.baseline or baseline is None:
            return self.plan.baseline
        return ChartBaseline(mean=baseline.mean, sigma=baseline.sigma, points=baseline.points, source="phase 1")

    def snapshot(self) -> ChartSnapshot:
        """The newest points; the same object until the chart changes."""
        if self._snapshot is None or self._snapshot.version != self.version:
            self._snapshot = self._take_snapshot()
        return self._snapshot

    def _take_snapshot(self) -> ChartSnapshot:
        (utc_s, values, center, lcl, ucl), (seqs, sizes) = self._points.columns()
        unit, lower_spec, upper_spec = self._spec
        return ChartSnapshot(
            key=self.plan.key,
            kind=self.plan.kind,
            characteristic=self.plan.characteristic,
            unit=unit,
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
            subgroup=self.plan.subgroup,
            phase1_remaining=self._phase1_remaining(),
            lower_spec=lower_spec,
            upper_spec=upper_spec,
        )

    def _phase1_remaining(self) -> int:
        if self._chart:
            return self._chart.phase1_remaining
        return 0 if self.plan.baseline else self.plan.phase1


class SpcMonitor:
    """All charts of one recipe."""

    def __init__(self, plans: Iterable[ChartPlan], specs: Mapping[str, Spec] | None = None, keep: int = 2000) -> None:
        """`specs`: characteristic → unit, lower and upper spec limit. `keep`: points a chart shows at most.

        Raises SpcError for a p chart of anything but `reject` and `not_decidable`.
        """
        specs = specs or {}
        self._tracks = tuple(_Track(plan, specs.get(plan.characteristic, _NO_SPEC), keep) for plan in plans)
        self._subgroups = {t.plan.key: t.plan.subgroup if t.plan.kind == "p" else 1 for t in self._tracks}

    @property
    def version(self) -> int:
        """Changes with every change of any chart."""
        return sum(track.version for track in self._tracks)

    def add(self, observation: Observation) -> tuple[ChartViolation, ...]:
        """Move every chart on by one judged part; what the new points violate."""
        found = list[ChartViolation]()
        for track in self._tracks:
            for reading in track.source.take(observation):
                violation = track.add(reading)
                if violation:
                    found.append(violation)
        return tuple(found)

    def subgroup(self, key: str) -> int:
        """Parts a point of this chart. Raises KeyError for an unknown chart."""
        return self._subgroups[key]

    def replay(self, observations: Iterable[Observation], *, truncated: bool = False) -> None:
        """Rebuild from the record, oldest first. `truncated`: there are older parts, not given here.

        A subgroup that began before the first observation is then left out, since its parts are not all known.
        """
        if truncated:
            for track in self._tracks:
                track.source.skip_until_border()
        for observation in observations:
            self.add(observation)

    def frozen_baselines(self) -> dict[str, ChartBaseline]:
        """Chart key → the baseline in force, for every chart that has left phase I."""
        frozen = {track.plan.key: track.frozen() for track in self._tracks}
        return {key: baseline for key, baseline in frozen.items() if baseline is not None}

    def snapshot(self) -> tuple[ChartSnapshot, ...]:
        """Every chart's newest points, in the order of the plans."""
        return tuple(track.snapshot() for track in self._tracks)


def _on_scale(plan: ChartPlan, spec: Spec) -> Spec:
    """Unit and spec limits on the chart's own scale. A chart of ranges or fractions has no spec limits."""
    unit, lower, upper = spec
    if plan.kind != "i":
        return unit, None, None
    if plan.transform == "logit":
        return unit, None if lower is None else logit(lower), None if upper is None else logit(upper)
    return spec


def _violation(plan: ChartPlan, point: Point, seq: int) -> ChartViolation:
    assert point.value is not None, "a gap breaks no rule"
    assert point.limits is not None, "phase I is not tested"
    center, _, lower, upper = point.limits
    return ChartViolation(
        plan.key,
        plan.characteristic,
        tuple(violation.rule for violation in point.violations),
        point.number,
        min(violation.first for violation in point.violations),
        point.value,
        upper if point.value > center else lower,
        center,
        seq,
    )
