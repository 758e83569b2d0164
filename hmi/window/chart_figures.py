"""The figures of one control chart on the screen: traces, limits and marks, and their range. No widget, no colour.

Promises: limits always lie in the range shown; spec limits do unless they would flatten the chart, and then say so.
A chart that grows at its end is taken over from the figures before; a short one costs next to nothing.
May import: numpy, inference.pipeline.snapshot, hmi.window.pyramid.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hmi.window.pyramid import Floats, Ints, Pyramid
from inference.pipeline.snapshot import ChartMark, ChartSnapshot

SHOWN_POINTS = 120
_SPEC_ROOM = 3.0
"""Spec limits further than so many widths of the control limits from the centre are named at the edge."""
_ZONED = frozenset({"i", "mr", "xbar", "r", "s", "p", "np", "c", "u", "laney_p", "laney_u"})
"""Kinds whose points are judged by zones of one, two and three sigma."""

_OF_ONE = frozenset({"i", "mr"})
"""Kinds whose points are single parts, whatever their plan says of subgroups."""


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Limits in runs of points that share them: run k begins at point `starts[k]`. NaN where there is no limit."""

    starts: Ints
    center: Pyramid
    lcl: Pyramid
    ucl: Pyramid

    def runs(self, first: int, last: int) -> tuple[int, int]:
        """Start and stop of the runs that the points first … last-1 belong to."""
        if len(self.starts) == 1:
            return 0, 1
        start, stop = np.searchsorted(self.starts, [first, last - 1], side="right").tolist()
        return start - 1, stop


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """Points that are drawn in their own way, by rising index, with their values."""

    at: Ints
    values: Pyramid

    def index_of(self, point: int) -> int | None:
        """Which of them this point is, or None."""
        k = int(np.searchsorted(self.at, point))
        return k if k < len(self.at) and self.at[k] == point else None


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What people said about points, by rising index."""

    at: Ints
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """One chart ready to be drawn. Arrays have one entry a point, oldest first; `first` is the first point's number."""

    chart: ChartSnapshot
    trace: Pyramid
    lower: Pyramid | None
    """The second trace of a CUSUM chart."""
    limits: Limits
    violated: Marked
    rules: tuple[tuple[int, ...], ...]
    """The rules that each violated point breaks."""
    excluded: Marked
    stages: Told
    notes: Told
    specs: tuple[float, ...]
    """The spec limits that are drawn as lines."""
    zoned: bool

    @property
    def low(self) -> float:
        """Lowest of what the newest points need."""
        return self.range(max(0, self.count - SHOWN_POINTS), self.count)[0]

    @property
    def high(self) -> float:
        """Highest of what the newest points need."""
        return self.range(max(0, self.count - SHOWN_POINTS), self.count)[1]

    @property
    def first(self) -> int:
        """Number of the first point."""
        return self.chart.first_number

    @property
    def values(self) -> Floats:
        """The points' values, NaN for a gap."""
        return self.chart.values

    @property
    def count(self) -> int:
        """How many points."""
        return len(self.chart.values)

    def rules_of(self, point: int) -> tuple[int, ...]:
        """The rules that this point breaks."""
        k = self.violated.index_of(point)
        return () if k is None else self.rules[k]

    def range(self, first: int, last: int) -> tuple[float, float]:
        """Lowest and highest of what is drawn of the points first … last-1: points, limits, spec limits."""
        seen: list[float] = list(self.specs)
        if first < last:
            runs = self.limits.runs(first, last)
            for pyramid in (self.limits.center, self.limits.lcl, self.limits.ucl):
                seen += pyramid.span(*runs)
            for pyramid in filter(None, (self.trace, self.lower)):
                seen += pyramid.span(first, last)
        finite = [value for value in seen if math.isfinite(value)]
        low, high = min(finite, default=0.0), max(finite, default=1.0)
        if high - low <= 1e-13 * max(abs(low), abs(high)):
            spread = abs(high) * 0.1 or 1.0
            return low - spread, high + spread
        return low, high


def figures(chart: ChartSnapshot, before: Figures | None = None) -> Figures:
    """All points of a snapshot with the range that its newest ones need. `before`: of the same chart, to go on from."""
    if before is not None and (before.chart.key, before.first) != (chart.key, chart.first_number):
        before = None
    trace = _moved_on(before.trace if before else None, chart.values)
    lower = None
    if chart.lower_values is not None:
        lower = _moved_on(before.lower if before else None, chart.lower_values)
    limits = _limits(chart, before.limits if before else None)
    violated, rules = _violated(chart, before.violated if before else None)
    specs = drawn_specs(chart)
    return Figures(
        chart=chart,
        trace=trace,
        lower=lower,
        limits=limits,
        violated=violated,
        rules=rules,
        excluded=_marked(chart, chart.excluded),
        stages=_told(chart.stages),
        notes=_told(chart.notes),
        specs=specs,
        zoned=chart.kind in _ZONED,
    )


def _moved_on(pyramid: Pyramid | None, values: Floats) -> Pyramid:
    if pyramid is None:
        return Pyramid(values)
    pyramid.follow(values)
    return pyramid


def _limits(chart: ChartSnapshot, before: Limits | None) -> Limits:
    columns = (chart.center, chart.lcl, chart.ucl)
    changed = np.zeros(len(chart.values), np.bool_)
    changed[:1] = True
    for column in columns:
        bits = np.ascontiguousarray(column).view(np.int64)  # a gap equals a gap
        changed[1:] |= bits[1:] != bits[:-1]
    starts = np.flatnonzero(changed)
    held = (before.center, before.lcl, before.ucl) if before else (None, None, None)
    center, lcl, ucl = (_moved_on(p, column[starts]) for p, column in zip(held, columns, strict=True))
    return Limits(starts, center, lcl, ucl)


def _violated(chart: ChartSnapshot, before: Marked | None) -> tuple[Marked, tuple[tuple[int, ...], ...]]:
    found = chart.violations
    at = np.fromiter((violation.at for violation in found), np.int64, len(found))
    if (np.diff(at) < 0).any():
        order = np.argsort(at, kind="stable")
        at, found = at[order], tuple(found[k] for k in order.tolist())
    values = chart.values[at]
    if chart.lower_values is not None:  # of the two traces the one beyond its limit
        under = (chart.lower_values[at] < chart.lcl[at]) & ~(values > chart.ucl[at])
        values = np.where(under, chart.lower_values[at], values)
    marked = Marked(at, _moved_on(before.values if before else None, values))
    return marked, tuple(violation.rules for violation in found)


def _marked(chart: ChartSnapshot, marks: Sequence[ChartMark]) -> Marked:
    at = np.unique(np.fromiter((mark.at for mark in marks), np.int64, len(marks)))
    return Marked(at, Pyramid(chart.values[at]))


def _told(marks: Sequence[ChartMark]) -> Told:
    ordered = sorted(marks, key=lambda mark: mark.at)
    return Told(np.array([mark.at for mark in ordered], np.int64), tuple(mark.text for mark in ordered))


def points_of(chart: ChartSnapshot, seqs: frozenset[int]) -> frozenset[int]:
    """Indices of the points of these parts; a subgroup's point stands for all its parts."""
    if not (len(chart.seqs) and seqs):
        return frozenset()
    reach = 1 if chart.kind in _OF_ONE else chart.subgroup
    sought = np.array(sorted(seqs), np.int64)
    at = np.searchsorted(chart.seqs, sought)
    last = chart.seqs[np.minimum(at, len(chart.seqs) - 1)]
    return frozenset(at[(last >= sought) & (last - reach < sought)].tolist())


def specs_of(chart: ChartSnapshot) -> list[tuple[float, bool]]:
    """Spec limits and whether they are near enough to be drawn."""
    given = [limit for limit in (chart.lower_spec, chart.upper_spec) if limit is not None]
    center, width = newest(chart.center), newest(chart.ucl) - newest(chart.center)
    if not math.isfinite(width) or width <= 0:
        return [(limit, True) for limit in given]
    return [(limit, abs(limit - center) <= _SPEC_ROOM * width) for limit in given]


def drawn_specs(chart: ChartSnapshot) -> tuple[float, ...]:
    """The spec limits that are drawn as lines."""
    return tuple(limit for limit, near in specs_of(chart) if near)


def settle(before: tuple[float, float] | None, low: float, high: float) -> tuple[float, float]:
    """The range to show: that of before while everything fits and fills it well, so that the picture stands still."""
    pad = 0.15 * (high - low)  # room for the numbers of rules above and below the points
    if before is not None:
        inside = before[0] <= low - 0.6 * pad and high + 0.6 * pad <= before[1]
        filled = (high - low) > 0.55 * (before[1] - before[0])
        if inside and filled:
            return before
    return low - pad, high + pad


def newest(array: Floats) -> float:
    """The newest entry; NaN where there is none."""
    return float(array[-1]) if len(array) else math.nan
