"""`ControlChart`: one chart that lives with the line, a point at a time; `chart_series`: the same for a whole series.

    no baseline ── first `phase1` readings (phase I: not tested) ──→ baseline frozen ── phase II: limits, run rules

Promises: a point costs the same however long the history; streaming and batch give the same points, limits and
violations; no limit is ever NaN; a missing reading is a gap, which ends moving ranges and run patterns.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from inference.spc.attributes import fraction, p_baseline, p_limits
from inference.spc.limits import Baseline, ControlLimits, Floats, SpcError, standardise
from inference.spc.presets import western_electric
from inference.spc.rules import Rule, RuleViolation, RunRules
from inference.spc.variables import (
    individuals_baseline,
    individuals_limits,
    moving_range,
    moving_range_limits,
    reading,
)
from inference.spc.violations import find_violations


@dataclass(frozen=True, slots=True)
class Design:
    """What makes one kind of chart: how a reading becomes a statistic, and a baseline becomes limits."""

    statistic: Callable[[float, float, float | None], float | None]
    """(value, size, previous value) → the plotted statistic, or None where there is none yet."""
    estimate: Callable[[Floats, Floats], Baseline | None]
    """(values, sizes) of phase I → baseline, or None where they do not suffice."""
    limits: Callable[[Baseline, float], ControlLimits]
    """(baseline, size) → limits of one point."""
    rules: frozenset[int] = frozenset({1, 2, 3, 4})
    """The Western Electric rules that make sense on this chart."""


DESIGNS: Mapping[str, Design] = {
    "p": Design(fraction, p_baseline, p_limits),
    "i": Design(reading, individuals_baseline, individuals_limits),
    # Moving ranges are skewed, and neighbours share a reading: patterns arise by themselves (Montgomery, SQC, 6.4).
    "mr": Design(moving_range, individuals_baseline, moving_range_limits, frozenset({1})),
}


class Point(NamedTuple):
    """One point of a chart."""

    number: int
    value: float | None
    """The plotted statistic; None for a gap."""
    size: float
    z: float | None
    """The standardised statistic; None for a gap and in phase I."""
    limits: ControlLimits | None
    """None in phase I."""
    violations: tuple[RuleViolation, ...]


def design_of(kind: str) -> Design:
    """The design of this kind of chart. Raises SpcError for an unknown kind."""
    try:
        return DESIGNS[kind]
    except KeyError:
        raise SpcError(f"there is no chart of kind {kind!r}: known are {', '.join(DESIGNS)}") from None


def rules_for(kind: str, numbers: Sequence[int] = (1, 2, 3, 4)) -> tuple[Rule, ...]:
    """Those of the Western Electric rules asked for that make sense on this kind of chart."""
    sensible = design_of(kind).rules
    return tuple(rule for rule in western_electric(numbers) if rule.number in sensible)


class ControlChart:
    """One chart. `add` a reading, or say that there is a `gap`; either gives the point that the chart has gained."""

    def __init__(
        self,
        kind: str,
        baseline: Baseline | None = None,
        *,
        phase1: int = 50,
        rules: Sequence[Rule] | None = None,
        first_number: int = 1,
    ) -> None:
        """Without a `baseline` it is estimated from the first `phase1` readings and then frozen."""
        design = design_of(kind)
        if phase1 < 2:
            raise SpcError(f"limits cannot be taken from {phase1} point: phase1 must be 2 or more")
        self._statistic, self._limits, self._estimate = design.statistic, design.limits, design.estimate
        self._rules = RunRules(rules_for(kind) if rules is None else rules)
        self._baseline = baseline
        self._wanted = phase1
        self._phase1 = list[tuple[float, float]]()
        self._readings = 0
        self._previous: float | None = None
        self._number = first_number - 1
        self._of_size: tuple[float, ControlLimits] | None = None

    @property
    def baseline(self) -> Baseline | None:
        """The frozen baseline; None during phase I."""
        return self._baseline

    @property
    def phase1_remaining(self) -> int:
        """How many more readings until there are limits; 0 once there are."""
        return 0 if self._baseline else max(self._wanted - self._readings, 1)

    def add(self, value: float, size: float = 1.0) -> Point:
        """The next reading: a measured value, or a count in `size` pieces. No size, or no finite value: a gap.

        Raises SpcError for a reading that cannot be (a count above its size).
        """
        if not size > 0.0 or not math.isfinite(value):
            return self.gap(size)
        statistic = self._statistic(value, size, self._previous)
        self._previous = value
        self._number = number = self._number + 1
        if self._baseline is None:
            self._learn(value, size)
            return Point(number, statistic, size, None, None, ())
        limits = self._limits_of(self._baseline, size)
        if statistic is None:
            self._rules.gap()
            return Point(number, None, size, None, limits, ())
        z = standardise(statistic, limits)
        return Point(number, statistic, size, z, limits, self._rules.add(number, z))

    def gap(self, size: float = 1.0) -> Point:
        """The next reading is missing: nothing reaches across it, nothing is put in its place.

        Its limits are those that a reading of `size` would have had.
        """
        self._number += 1
        self.interrupt()
        if self._baseline is None and self._phase1:
            self._phase1.append((math.nan, 0.0))
        limits = self._limits_of(self._baseline, size) if self._baseline and size > 0.0 else None
        return Point(self._number, None, size, None, limits, ())

    def interrupt(self) -> None:
        """The process stood still here (a change of product): no point is missing, yet no pattern reaches across."""
        self._previous = None
        self._rules.gap()

    def _limits_of(self, baseline: Baseline, size: float) -> ControlLimits:
        if self._of_size is None or self._of_size[0] != size:
            self._of_size = (size, self._limits(baseline, size))
        return self._of_size[1]

    def _learn(self, value: float, size: float) -> None:
        self._phase1.append((value, size))
        self._readings += 1
        if self._readings >= self._wanted:
            readings = np.array(self._phase1)
            self._baseline = self._estimate(readings[:, 0], readings[:, 1])
            if self._baseline:
                self._phase1.clear()


@dataclass(frozen=True, slots=True, eq=False)
class ChartSeries:
    """A whole chart at once. All arrays have one entry a reading; NaN in `statistics` and `z` is a gap."""

    baseline: Baseline
    statistics: Floats
    z: Floats
    limits: tuple[ControlLimits, ...]
    violations: tuple[RuleViolation, ...]


def chart_series(
    kind: str,
    values: Floats,
    sizes: Floats | None = None,
    *,
    baseline: Baseline | None = None,
    phase1: tuple[int, int] | None = None,
    rules: Sequence[Rule] | None = None,
) -> ChartSeries:
    """A chart of `values`, shape [n] (NaN: missing), with `sizes`, shape [n] (none: all 1).

    Without a `baseline` it comes from the points `phase1` (first and last, from 1; none: all). All points are tested.
    Raises SpcError where the readings do not suffice or cannot be.
    """
    design = design_of(kind)
    values = np.asarray(values, dtype=np.float64)
    sizes = np.ones_like(values) if sizes is None else np.asarray(sizes, dtype=np.float64)
    values = np.where(np.isfinite(values) & (sizes > 0.0), values, np.nan)
    first, last = phase1 or (1, values.size)
    baseline = baseline or design.estimate(values[first - 1 : last], sizes[first - 1 : last])
    if baseline is None:
        raise SpcError(f"points {first} to {last} do not suffice for limits")
    statistics, limits = _plot(design, baseline, values, sizes)
    z = np.array([standardise(s, line) for s, line in zip(statistics.tolist(), limits, strict=True)])
    tested = tuple(find_violations(z, rules_for(kind) if rules is None else rules))
    return ChartSeries(baseline, statistics, z, limits, tested)


def _plot(
    design: Design, baseline: Baseline, values: Floats, sizes: Floats
) -> tuple[Floats, tuple[ControlLimits, ...]]:
    """Statistics and limits of each reading."""
    by_size = {size: design.limits(baseline, size) for size in set(sizes.tolist()) if size > 0.0}
    usual = next(iter(by_size.values()), design.limits(baseline, 1.0))
    previous = [None, *values.tolist()[:-1]]
    statistics = [
        math.nan if math.isnan(value) else _or_nan(design.statistic(value, size, _or_none(before)))
        for value, size, before in zip(values.tolist(), sizes.tolist(), previous, strict=True)
    ]
    return np.array(statistics, dtype=np.float64), tuple(by_size.get(size, usual) for size in sizes.tolist())


def _or_none(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
