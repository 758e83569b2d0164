"""Charts of the recorded process: `charts_of` makes of the selected parts what the window's chart view shows.

    SelectedParts + ChartWish ─→ readings (`history_readings`) ─→ drawn (`history_drawing`) ─→ HistoryChart

Promises: with limits as decided, a chart of the running recipe shows what the live chart shows of the same parts: the
same points, limits, violations and marks. A million points take a few seconds.
May import: numpy, inference, hmi.station.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hmi.station.history_drawing import Drawn, Learning, decided_stretches, draw, shown_stretches
from hmi.station.history_query import ChartWish, LimitsFrom, SelectedParts, Split
from hmi.station.history_readings import ReadingColumns, each_group, span_of
from inference.chart_plan import ChartPlan
from inference.pipeline import decided
from inference.pipeline.baselines import BaselineVersion
from inference.pipeline.decisions import ChartDecision, DecisionKind
from inference.pipeline.readings import logit
from inference.pipeline.snapshot import ChartMark, ChartPointRules, ChartSnapshot, Ints
from inference.spc.autocorrelation import ar_residuals
from inference.spc.violations import Bools, Violations

_UNITS = {"duration_ms": "ms"}


@dataclass(frozen=True, slots=True, eq=False)
class HistoryChart:
    """One chart out of the record."""

    name: str
    """Of the split (a lot, a cavity, …); empty where all parts are in one chart."""
    snapshot: ChartSnapshot
    plan: ChartPlan
    """What was drawn; of residuals an I chart."""
    readings: ReadingColumns
    left_out: Bools
    """Shape [n]: points that are left out."""
    frozen: BaselineVersion | None
    """What the newest limits come from; None: there are none yet."""
    left_out_parts: tuple[tuple[int, int], ...] = ()
    """Parts that were left out by name, each with the place of its point."""

    @property
    def out_of_control(self) -> int:
        """Points at which a rule speaks."""
        return len(self.snapshot.violations)


def charts_of(selected: SelectedParts, wish: ChartWish, version: int = 1) -> tuple[HistoryChart, ...]:
    """One chart, or one for each lot, cavity, … with a reading. `version`: of the snapshots.

    Raises SpcError for readings that cannot be charted by this kind, in one sentence.
    """
    return tuple(
        _chart(selected, wish, name, readings, version)
        for name, readings in each_group(selected, wish)
        if len(readings.seq)
    )


def decisions_of(selected: SelectedParts, wish: ChartWish, cavity: str = "") -> tuple[ChartDecision, ...]:
    """What people decided about this chart, oldest first."""
    key = chart_key(wish, cavity)
    usable = (d for d in selected.decisions if d.chart == key and decided.is_usable(d, wish.plan))
    return tuple(usable)


def chart_key(wish: ChartWish, cavity: str = "") -> str:
    """The key under which the live chart stands in the record."""
    return f"{wish.plan.key}#{cavity}" if wish.split is Split.CAVITY and cavity else wish.plan.key


def _chart(selected: SelectedParts, wish: ChartWish, name: str, readings: ReadingColumns, version: int) -> HistoryChart:
    decisions = decisions_of(selected, wish, name)
    reasons = decided.left_out(decisions) | dict.fromkeys(sorted(wish.left_out), "")
    span = span_of(wish)
    left_out = _covered(readings.seq, span, reasons)
    plan = wish.plan
    if wish.residuals:
        plan, readings = _residuals(plan, readings, left_out)
    shown = wish.limits is LimitsFrom.SHOWN or wish.residuals
    drawn = _drawn(plan, readings, left_out, decisions, shown=shown)
    key = chart_key(wish, name)
    snapshot = replace(
        _snapshot(selected, plan, readings, drawn, version),
        key=f"{key}#{name}" if name and wish.split is not Split.CAVITY else key,
        cavity=name,
        baseline_version=drawn.frozen.version if drawn.frozen is not None and not shown else None,
        excluded=_marks(readings.seq, span, reasons.items(), own=True),
        stages=_marks(readings.seq, span, decided.texts(decisions, DecisionKind.STAGE), own=False),
        notes=_marks(readings.seq, span, decided.texts(decisions, DecisionKind.NOTE), own=True),
    )
    parts = tuple((seq, mark.at) for seq in reasons for mark in _marks(readings.seq, span, [(seq, "")], own=True))
    return HistoryChart(name, snapshot, plan, readings, left_out, drawn.frozen, parts)


def _drawn(
    plan: ChartPlan, readings: ReadingColumns, left_out: Bools, decisions: Sequence[ChartDecision], *, shown: bool
) -> Drawn:
    if shown:
        return draw(plan, readings, left_out, shown_stretches(readings, decisions))
    changes = decided.changes(decisions)
    learning = Learning(changes, decided.next_version(decisions))
    return draw(plan, readings, left_out, decided_stretches(plan, readings, changes), learning)


def _residuals(plan: ChartPlan, readings: ReadingColumns, left_out: Bools) -> tuple[ChartPlan, ReadingColumns]:
    """An I chart of what an autoregressive model leaves. Raises SpcError where no reading is left."""
    values = np.where(left_out, np.nan, readings.value)
    if np.isnan(values).all():
        return plan, readings
    left = ar_residuals(values).values
    ones = np.broadcast_to(np.float64(1.0), left.shape)
    settings = plan.settings.model_copy(update={"sigma_method": None})
    single = plan.model_copy(update={"kind": "i", "subgroup": 1, "baseline": None, "settings": settings})
    return single, replace(readings, value=left, size=ones, parts=left, part_of=np.arange(len(left)))


def _snapshot(
    selected: SelectedParts, plan: ChartPlan, readings: ReadingColumns, drawn: Drawn, version: int
) -> ChartSnapshot:
    unit, lower_spec, upper_spec = _spec(selected, plan)
    columns = (drawn.values, drawn.center, drawn.lower, drawn.upper, drawn.lower_sums)
    for column in columns:
        column.flags.writeable = False
    return ChartSnapshot(
        key=plan.key,
        kind=plan.kind,
        characteristic=plan.characteristic,
        unit=unit,
        transform=plan.transform,
        version=version,
        first_number=readings.first_number,
        seqs=readings.seq,
        utc_s=readings.utc_s,
        values=drawn.values,
        center=drawn.center,
        lcl=drawn.lower,
        ucl=drawn.upper,
        sizes=readings.size.astype(np.int64),
        violations=_rules(drawn.violations),
        rules=tuple(rule.number for rule in plan.spc_rules()),
        subgroup=plan.subgroup if plan.grouped else 1,
        phase1_remaining=drawn.remaining,
        lower_spec=lower_spec,
        upper_spec=upper_spec,
        lower_values=drawn.lower_sums if plan.kind == "cusum" else None,
        rule_set=plan.rule_set,
    )


def _spec(selected: SelectedParts, plan: ChartPlan) -> tuple[str, float | None, float | None]:
    """Unit and spec limits on the chart's own scale; only single values have spec limits."""
    info = selected.info
    if info is None:
        return _UNITS.get(plan.characteristic, ""), None, None
    if plan.kind != "i":
        return info.unit, None, None
    if plan.transform == "logit":
        lower, upper = (None if limit is None else logit(limit) for limit in (info.lower, info.upper))
        return info.unit, lower, upper
    return info.unit, info.lower, info.upper


def _rules(violations: Violations) -> tuple[ChartPointRules, ...]:
    """The rules at each point, as places from 0."""
    if not len(violations):
        return ()
    begins = np.flatnonzero(np.diff(violations.last, prepend=0))
    rules = violations.rule.tolist()
    ends = [*begins[1:].tolist(), len(rules)]
    points = (violations.last[begins] - 1).tolist()
    return tuple(ChartPointRules(at, tuple(rules[a:b])) for at, a, b in zip(points, begins.tolist(), ends, strict=True))


def _covered(seqs: Ints, span: int, parts: Iterable[int]) -> Bools:
    """The points that one of these parts is behind, shape [n]."""
    wanted = np.array(sorted(parts), np.int64)
    if not wanted.size:
        return np.zeros(len(seqs), dtype=np.bool_)
    return np.isin((seqs - 1) // span, (wanted - 1) // span)


def _marks(seqs: Ints, span: int, placed: Iterable[tuple[int, str]], *, own: bool) -> tuple[ChartMark, ...]:
    """On the point of the part, or (a stage) at the first point from that part on; not before the first one."""
    found = list[ChartMark]()
    for seq, text in placed:
        at = int(np.searchsorted(seqs, seq))
        if at < len(seqs) and ((seq - 1) // span == (int(seqs[at]) - 1) // span or (at and not own)):
            found.append(ChartMark(at, text))
    return tuple(found)
