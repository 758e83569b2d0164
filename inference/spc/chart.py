"""`ControlChart`: one chart that lives with the line, a point at a time.

    no baseline ── first `phase1` readings (phase I: not tested) ──→ baseline frozen ── phase II: limits, run rules
         ↑                                                                                    │
         └──────────────── `rebase(None)`: a new stage, or the baseline was retired ──────────┘

Promises: a point costs the same however long the history; `inference.spc.series` gives the same points, limits and
violations for a whole series at once; no limit is ever NaN; a missing reading is a gap, which ends moving ranges and
run patterns.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from inference.spc.design import PLAIN, TIME_WEIGHTED, Settings, design_of, rules_for
from inference.spc.limits import (
    LARGEST,
    SMALLEST_SIZE,
    Baseline,
    ControlLimits,
    Readings,
    SpcError,
    refuse_beyond,
    refuse_size,
    standardise,
)
from inference.spc.presets import western_electric
from inference.spc.rules import TIE, Rule, RuleViolation, RunRules
from inference.spc.timeweighted import Memory, Plotted, memory_of

_LONGEST_WAIT = 1000
"""Readings kept of a phase I that does not end, because nothing varies or no two readings follow one another."""
LIMIT_RULE = 1
"""The number of the rule "a point beyond the control limit" in every preset; charts with a memory know no other."""


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
    lower: float | None = None
    """CUSUM: the lower sum as -C-."""


class ControlChart:
    """One chart. `add` a reading, or say that there is a `gap`; either gives the point that the chart has gained."""

    def __init__(
        self,
        kind: str,
        baseline: Baseline | None = None,
        *,
        phase1: int = 50,
        rules: Sequence[Rule] | None = None,
        settings: Settings = PLAIN,
        first_number: int = 1,
    ) -> None:
        """Without a `baseline` it is estimated from the first `phase1` readings and then frozen.

        `rules` None: those of Western Electric that make sense on this kind. Raises SpcError for an unknown kind.
        """
        design = design_of(kind)
        if phase1 < 2:
            raise SpcError(f"limits cannot be taken from {phase1} point: phase1 must be 2 or more")
        self._kind, self._settings, self._width = kind, settings, settings.width
        self._statistic, self._limits, self._estimate = design.statistic, design.limits, design.estimate
        self._rules = RunRules(rules_for(kind, western_electric()) if rules is None else rules)
        self._wanted = phase1
        self._number = first_number - 1
        self._baseline: Baseline | None = None
        self._previous: float | None = None
        self.rebase(baseline)

    @property
    def baseline(self) -> Baseline | None:
        """The frozen baseline; None during phase I."""
        return self._baseline

    @property
    def phase1_remaining(self) -> int:
        """How many more readings until there are limits; 0 once there are."""
        return 0 if self._baseline else max(self._wanted - self._readings, 1)

    def rebase(self, baseline: Baseline | None, *, cut: bool = True) -> None:
        """From the next point on another baseline holds; None: it is learned anew. No pattern reaches across.

        `cut`: moving ranges do not, either, as at a stage line. Raises SpcError for a cusum's baseline of sigma 0.
        """
        self._phase1 = list[tuple[float, float, float]]()
        self._readings = 0
        self._freeze(baseline)
        self._rules.gap()
        if cut:
            self.interrupt()

    def add(self, value: float, size: float = 1.0, spread: float = math.nan) -> Point:
        """The next reading: a measured value, a subgroup's mean, range or deviation, or a count in `size` pieces.

        `spread`: of a mean, its subgroup's range or deviation, which phase I takes sigma from. No size, or no finite
        value: a gap. Raises SpcError for a reading that cannot be (a count above its size, a value beyond `LARGEST`).
        """
        if not (SMALLEST_SIZE <= size <= LARGEST and -LARGEST <= value <= LARGEST):
            return self._missing(value, size)
        value = float(value)
        statistic = self._statistic(value, size, self._previous)
        self._previous = value
        number = self._number = self._number + 1
        baseline = self._baseline
        if baseline is None:
            self._learn(value, size, spread)
            return Point(number, None if self._runs_on else statistic, size, None, None, ())
        if self._memory is not None:
            return self._of_memory(number, size, self._memory.add(value, size))
        known = self._of_size
        limits = known[1] if known is not None and known[0] == size else self._limits_of(baseline, size)
        if statistic is None:
            self._rules.gap()
            return Point(number, None, size, None, limits, ())
        z = (statistic - limits.center) / limits.error if limits.error > 0.0 else standardise(statistic, limits)
        return Point(number, statistic, size, z, limits, self._rules.add(number, z))

    def gap(self, size: float = 1.0) -> Point:
        """The next reading is missing: nothing reaches across it, nothing is put in its place.

        Its limits are those that a reading of `size` would have had.
        """
        self._number += 1
        self._cut()
        return Point(self._number, None, size, None, self._here(size), ())

    def leave_out(self, value: float, size: float = 1.0) -> Point:
        """The next reading is one that a person excluded: it is drawn, but nothing is taken from it or tested on it.

        Patterns and moving ranges end here, as at a gap. Raises SpcError as `add`.
        """
        if not (SMALLEST_SIZE <= size <= LARGEST and -LARGEST <= value <= LARGEST):
            return self._missing(value, size)
        shown = None if self._runs_on else self._statistic(value, size, None)
        return self.gap(size)._replace(value=shown)

    def interrupt(self) -> None:
        """The process stood still here (a change of product): no point is missing, yet no pattern reaches across."""
        self._cut()
        if self._memory is not None:
            self._memory.restart()

    def _missing(self, value: float, size: float) -> Point:
        """A gap where there is no reading; SpcError where there is one that cannot be calculated with."""
        refuse_beyond(abs(value))
        refuse_size(size)
        return self.gap(size)

    def _cut(self) -> None:
        self._previous = None
        self._rules.gap()
        if self._phase1 and self._phase1[-1][1]:  # nor does a moving range that sigma is taken from reach across
            self._phase1.append((math.nan, 0.0, math.nan))

    def _freeze(self, baseline: Baseline | None) -> None:
        self._baseline = baseline
        self._of_size: tuple[float, ControlLimits] | None = None
        self._runs_on = self._kind in TIME_WEIGHTED
        self._memory: Memory | None = None
        if baseline is not None and self._runs_on:
            self._memory = memory_of(self._kind, baseline, self._settings)

    def _of_memory(self, number: int, size: float, plotted: Plotted) -> Point:
        value, limits, lower, since = plotted
        z = standardise(value, limits) if lower is None or value >= -lower else standardise(lower, limits)
        out = is_out(value, limits) or (lower is not None and is_out(lower, limits))
        found = (RuleViolation(LIMIT_RULE, number + 1 - since, number),) if out else ()
        return Point(number, value, size, z, limits, found, lower)

    def _here(self, size: float) -> ControlLimits | None:
        """The limits of a point that is missing here."""
        if self._baseline is None or not size > 0.0:
            return None
        return self._memory.limits(size) if self._memory else self._limits_of(self._baseline, size)

    def _limits_of(self, baseline: Baseline, size: float) -> ControlLimits:
        if self._of_size is None or self._of_size[0] != size:
            self._of_size = (size, self._limits(baseline, size, self._width))
        return self._of_size[1]

    def _learn(self, value: float, size: float, spread: float) -> None:
        self._phase1.append((value, size, spread))
        self._readings += 1
        if self._readings >= self._wanted:
            values, sizes, spreads = np.array(self._phase1).T.copy()
            baseline = self._estimate(Readings(values, sizes, spreads), self._settings.sigma_method)
            if baseline and (baseline.sigma > 0.0 or self._kind != "cusum"):  # a cusum waits until something varies
                self._phase1.clear()
                self._freeze(baseline)
            elif len(self._phase1) > max(_LONGEST_WAIT, 2 * self._wanted):
                del self._phase1[: len(self._phase1) // 2]


def is_out(value: float, limits: ControlLimits) -> bool:
    """Beyond a control limit, strictly; nearer to it than `TIE` is on it."""
    tie = TIE * limits.error
    return value > limits.upper + tie or (limits.lower is not None and value < limits.lower - tie)
