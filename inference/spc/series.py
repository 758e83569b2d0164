"""A whole chart at once: statistics, limits and violations of every point, in columns.

Promises: the same points as `ControlChart`, bit for bit; a million subgroups with eight rules in a fraction of a
second; gaps, excluded points and stage lines end patterns and moving ranges.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from inference.spc.chart import LIMIT_RULE
from inference.spc.design import PLAIN, TIME_WEIGHTED, Design, Settings, design_of, rules_for
from inference.spc.limits import (
    LARGEST,
    SMALLEST_SIZE,
    Baseline,
    ControlLimits,
    Floats,
    Readings,
    SpcError,
    are_equal,
    refuse_beyond,
    refuse_size,
)
from inference.spc.presets import western_electric
from inference.spc.rules import TIE, Rule
from inference.spc.subgroup import Spread, summarise_all
from inference.spc.timeweighted import Run, memory_of, run_through
from inference.spc.violations import Bools, Violations, find_violations, joined


@dataclass(frozen=True, slots=True, eq=False)
class ChartSeries:
    """A whole chart. All arrays have shape [n], one entry a point; some are read-only views of one number."""

    kind: str
    baseline: Baseline
    """Of a chart with several stages: that of the last."""
    statistics: Floats
    """NaN for a gap."""
    z: Floats
    """Standardised; NaN for a gap and for an excluded point."""
    center: Floats
    error: Floats
    lower: Floats
    """NaN where the statistic has no lower limit."""
    upper: Floats
    violations: Violations
    lower_sums: Floats | None = None
    """CUSUM: -C-."""


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Which points a chart's limits come from, and what stands between its points."""

    phase1: tuple[int, int] | None = None
    """First and last point, from 1; None: all."""
    excluded: Bools | None = None
    """Shape [n]: points left out of estimation and of rules."""
    breaks: Sequence[int] = ()
    """Numbers of points before which nothing reaches back: a stage line, a change of product."""


EVERY_POINT = Chosen()


class Cuts(NamedTuple):
    """What ends a pattern."""

    excluded: Bools | None
    breaks: Sequence[int]


def chart_series(
    kind: str,
    values: Floats,
    sizes: Floats | None = None,
    spreads: Floats | None = None,
    *,
    baseline: Baseline | None = None,
    chosen: Chosen = EVERY_POINT,
    rules: Sequence[Rule] | None = None,
    settings: Settings = PLAIN,
) -> ChartSeries:
    """A chart of `values`, shape [n] (NaN: missing), with `sizes` (none: all 1) and, for means, `spreads`, shape [n].

    Without a `baseline` it comes from the points that `chosen` names. All points are tested. `rules` None: those of
    Western Electric that make sense. Raises SpcError where the readings do not suffice or cannot be.
    """
    design = design_of(kind)
    readings = columns_of(values, sizes, spreads)
    cuts = Cuts(_excluded(chosen, readings.values.size), _breaks(chosen, readings.values.size))
    statistics = _in_stretches(design, readings, cuts)
    if baseline is None:
        baseline = _estimate(design, readings, chosen.phase1, cuts, settings)
    tested = rules_for(kind, western_electric()) if rules is None else rules
    if kind in TIME_WEIGHTED:
        return _with_memory(kind, baseline, readings, settings, cuts)
    center, error, lower, upper = _limits(design, baseline, readings.sizes, settings.width)
    z = _standardised(statistics, center, error)
    if cuts.excluded is not None:
        z[cuts.excluded] = np.nan
    found = _violations(z, tested, cuts.breaks)
    return ChartSeries(kind, baseline, statistics, z, center, error, lower, upper, found)


def subgroup_charts(
    x: Floats,
    spread: Spread = "range",
    *,
    baselines: tuple[Baseline, Baseline] | None = None,
    chosen: Chosen = EVERY_POINT,
    rules: Sequence[Rule] | None = None,
    settings: Settings = PLAIN,
) -> tuple[ChartSeries, ChartSeries]:
    """The X-bar chart and its R (or s) chart of subgroups in the rows of `x`, shape [m, n], NaN for missing readings.

    Both take sigma by `settings.sigma_method`. `rules` run on both. Raises SpcError as `chart_series`.
    """
    groups = summarise_all(np.asarray(x, dtype=np.float64), spread)
    if settings.sigma_method is None:
        settings = replace(settings, sigma_method="Rbar/d2" if spread == "range" else "Sbar/c4")
    given = baselines or (None, None)
    second = "r" if spread == "range" else "s"
    sizes, means, spreads = groups.sizes, groups.means, groups.spreads
    kinds = (("xbar", means, given[0]), (second, spreads, given[1]))
    first, other = (
        chart_series(kind, values, sizes, spreads, baseline=known, chosen=chosen, rules=rules, settings=settings)
        for kind, values, known in kinds
    )
    return first, other


def columns_of(values: Floats, sizes: Floats | None, spreads: Floats | None) -> Readings:
    """Columns of one length, with NaN for whatever is no reading."""
    values = np.asarray(values, dtype=np.float64)
    ones = np.broadcast_to(np.float64(1.0), values.shape)
    sizes = ones if sizes is None else np.asarray(sizes, dtype=np.float64)
    none = np.broadcast_to(np.float64(np.nan), values.shape)
    spreads = none if spreads is None else np.asarray(spreads, dtype=np.float64)
    if values.ndim != 1 or sizes.shape != values.shape or spreads.shape != values.shape:
        raise SpcError(f"values, sizes and spreads must be of one length, not {values.shape} and {sizes.shape}")
    if not _all_usable(values, sizes):
        refuse_beyond(float(np.abs(values[np.isfinite(values)]).max(initial=0.0)))
        positive = sizes[sizes > 0.0]
        refuse_size(float(positive.max(initial=1.0)))
        refuse_size(float(positive.min(initial=1.0)))
        there = np.isfinite(values) & (sizes > 0.0)
        values = np.where(there, values, np.nan)
        sizes = np.where(sizes > 0.0, sizes, 0.0)
    return Readings(values, sizes, spreads)


def _all_usable(values: Floats, sizes: Floats) -> bool:
    """Whether no point is missing and none is beyond what can be calculated with (NaN compares false)."""
    if not (values.max(initial=0.0) <= LARGEST and values.min(initial=0.0) >= -LARGEST):
        return False
    few = sizes if sizes.size and sizes.strides[0] else sizes[:1]
    return bool(few.max(initial=1.0) <= LARGEST and few.min(initial=1.0) >= SMALLEST_SIZE)


def _excluded(chosen: Chosen, n: int) -> Bools | None:
    if chosen.excluded is None:
        return None
    if chosen.excluded.shape != (n,):
        raise SpcError(f"there are {n} points and {chosen.excluded.size} marks of exclusion")
    return chosen.excluded if chosen.excluded.any() else None


def _breaks(chosen: Chosen, n: int) -> list[int]:
    """The numbers of the points after a break, rising."""
    breaks = sorted(set(chosen.breaks))
    if breaks and not 1 <= breaks[0] <= breaks[-1] <= n:
        raise SpcError(f"breaks stand before points 1 to {n}, not before {', '.join(map(str, breaks))}")
    return breaks


def _estimate(
    design: Design, readings: Readings, phase1: tuple[int, int] | None, cuts: Cuts, settings: Settings
) -> Baseline:
    n = readings.values.size
    first, last = phase1 or (1, n)
    if not 1 <= first <= last <= max(n, 1):
        raise SpcError(f"phase 1 is points {first} to {last}, but there are {n}")
    values = readings.values if cuts.excluded is None else np.where(cuts.excluded, np.nan, readings.values)
    part = slice(first - 1, last)
    chosen = Readings(values[part], readings.sizes[part], readings.spreads[part])
    baseline = design.estimate(
        _gapped(chosen, [k - first for k in cuts.breaks if first < k <= last]), settings.sigma_method
    )
    if baseline is None:
        raise SpcError(f"points {first} to {last} do not suffice for limits: {_needed(chosen)}")
    return baseline


def _needed(readings: Readings) -> str:
    """What these readings lack that a baseline is taken from."""
    if np.isnan(readings.values).all():
        return "no reading is among them"
    return "two readings that follow one another, or a subgroup of two, are needed"


def _gapped(readings: Readings, at: Sequence[int]) -> Readings:
    """The same with a gap at each break: sigma is taken from no moving range across it."""
    if not at:
        return readings
    values, sizes, spreads = readings
    return Readings(np.insert(values, at, np.nan), np.insert(sizes, at, 0.0), np.insert(spreads, at, np.nan))


def _limits(design: Design, baseline: Baseline, sizes: Floats, width: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Centre, error, lower and upper limit of each point; NaN where there is no lower one."""
    usual = float(sizes[0]) if sizes.size else 1.0
    if not sizes.size or (usual > 0.0 and are_equal(sizes)):
        one = _columns([design.limits(baseline, usual, width)])
        return tuple(np.broadcast_to(column[0], sizes.shape) for column in one)  # type: ignore[return-value]
    kinds, which = np.unique(sizes, return_inverse=True)
    most = float(kinds[-1]) or 1.0
    lines = [design.limits(baseline, size or most, width) for size in kinds.tolist()]
    return tuple(column[which] for column in _columns(lines))  # type: ignore[return-value]


def _columns(lines: Sequence[ControlLimits]) -> list[Floats]:
    return [
        np.array([line.center for line in lines]),
        np.array([line.error for line in lines]),
        np.array([math.nan if line.lower is None else line.lower for line in lines]),
        np.array([line.upper for line in lines]),
    ]


def _in_stretches(design: Design, readings: Readings, cuts: Cuts) -> Floats:
    """The statistics; those that look back (moving ranges) do not look over an excluded point or a break."""
    statistics = design.statistics(readings.values, readings.sizes)
    if design.family != "dependent":
        return statistics
    statistics = statistics.copy()
    statistics[[number - 1 for number in cuts.breaks]] = np.nan
    if cuts.excluded is not None:
        statistics[cuts.excluded] = np.nan
        statistics[1:][cuts.excluded[:-1]] = np.nan
    return statistics


def _standardised(statistics: Floats, center: Floats, error: Floats) -> Floats:
    """(statistic - centre) / error; where the error is 0, as `limits.standardise`."""
    distance = statistics - center
    if error.size and are_equal(error):
        error = error[:1]
    still = error == 0.0
    with np.errstate(over="ignore"):  # beyond all numbers is infinitely far, as in the live chart
        if not still.any():
            return np.divide(distance, error, out=distance)
        infinite = np.where(distance == 0.0, 0.0, np.copysign(np.inf, distance))
        infinite[np.isnan(distance)] = np.nan
        return np.divide(distance, error, out=infinite, where=~still)


def _violations(z: Floats, rules: Sequence[Rule], breaks: Sequence[int]) -> Violations:
    """Violations between the breaks, where no pattern reaches across."""
    borders = [0, *(number - 1 for number in breaks), z.size]
    return joined([find_violations(z[a:b], rules).moved(a) for a, b in pairwise(borders)])


def _with_memory(kind: str, baseline: Baseline, readings: Readings, settings: Settings, cuts: Cuts) -> ChartSeries:
    """A chart whose statistic runs over the points: one after another, as the live chart does."""
    left_out = np.isnan(readings.values) if cuts.excluded is None else np.isnan(readings.values) | cuts.excluded
    run = run_through(memory_of(kind, baseline, settings), readings.values, readings.sizes, left_out, cuts.breaks)
    found = _beyond(run)
    z = _signed(run)
    lowers = run.lower_sums if kind == "cusum" else None
    return ChartSeries(kind, baseline, run.statistics, z, run.center, run.error, run.lower, run.upper, found, lowers)


def _signed(run: Run) -> Floats:
    """Z of the statistic, or of the lower sum where that is the larger."""
    larger = np.where(-run.lower_sums > run.statistics, run.lower_sums, run.statistics)
    return _standardised(larger, run.center, run.error)


def _beyond(run: Run) -> Violations:
    upper, lower = run.upper + TIE * run.error, run.lower - TIE * run.error
    out = (run.statistics > upper) | (run.statistics < lower) | (run.lower_sums < lower)
    last = np.flatnonzero(out) + 1
    return Violations(np.full_like(last, LIMIT_RULE), last + 1 - run.since[out], last)
