"""The figures of one control chart on the screen: which points, which range, which labels. No widget, no colour.

Promises: limits always lie in the range shown; spec limits do unless they would flatten the chart, and then say so.
May import: numpy, inference.pipeline.snapshot, hmi.window.words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hmi.window.words import Words
from inference.pipeline.snapshot import ChartSnapshot, Floats, Ints

SHOWN_POINTS = 120
FEWEST_POINTS = 30
"""A young chart leaves room for so many points: it fills from the left."""
_SPEC_ROOM = 3.0
"""Spec limits further than so many widths of the control limits from the centre are named at the edge."""


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """One chart ready to be drawn. Arrays have one entry a point, oldest first; `first` is the first point's number."""

    first: int
    values: Floats
    center: Floats
    lcl: Floats
    ucl: Floats
    seqs: Ints
    utc_s: Floats
    violated: dict[int, tuple[int, ...]]
    """Index → rules."""
    low: float
    high: float

    @property
    def count(self) -> int:
        """How many points."""
        return len(self.values)


@dataclass(frozen=True, slots=True)
class EdgeLabel:
    """A value written at the right edge."""

    value: float
    text: str
    spec: bool = False


def figures(chart: ChartSnapshot) -> Figures:
    """All points of a snapshot with the range that its newest ones need."""
    low, high = _range(chart)
    return Figures(
        first=chart.first_number,
        values=chart.values,
        center=chart.center,
        lcl=chart.lcl,
        ucl=chart.ucl,
        seqs=chart.seqs,
        utc_s=chart.utc_s,
        violated={violation.at: violation.rules for violation in chart.violations},
        low=low,
        high=high,
    )


def _range(chart: ChartSnapshot) -> tuple[float, float]:
    newest = slice(-SHOWN_POINTS, None)
    arrays = (chart.values, chart.center, chart.lcl, chart.ucl)
    seen = np.concatenate([array[newest] for array in arrays])
    seen = seen[np.isfinite(seen)]
    specs = [limit for limit, near in _specs(chart) if near]
    low = min([float(seen.min()) if seen.size else 0.0, *specs])
    high = max([float(seen.max()) if seen.size else 1.0, *specs])
    if high - low < 1e-12:
        spread = abs(high) * 0.1 or 1.0
        return low - spread, high + spread
    return low, high


def _specs(chart: ChartSnapshot) -> list[tuple[float, bool]]:
    """Spec limits and whether they are near enough to be drawn."""
    given = [limit for limit in (chart.lower_spec, chart.upper_spec) if limit is not None]
    center, width = _last(chart.center), _last(chart.ucl) - _last(chart.center)
    if not math.isfinite(width) or width <= 0:
        return [(limit, True) for limit in given]
    return [(limit, abs(limit - center) <= _SPEC_ROOM * width) for limit in given]


def drawn_specs(chart: ChartSnapshot) -> tuple[float, ...]:
    """The spec limits that are drawn as lines."""
    return tuple(limit for limit, near in _specs(chart) if near)


def settle(before: tuple[float, float] | None, low: float, high: float) -> tuple[float, float]:
    """The range to show: that of before while everything fits and fills it well, so that the picture stands still."""
    pad = 0.15 * (high - low)  # room for the numbers of rules above and below the points
    if before is not None:
        inside = before[0] <= low and high <= before[1]
        filled = (high - low) > 0.55 * (before[1] - before[0])
        if inside and filled:
            return before
    return low - pad, high + pad


def edge_labels(chart: ChartSnapshot, words: Words) -> tuple[EdgeLabel, ...]:
    """Limits and spec limits in words, with their place."""
    digits = digits_of(chart)
    found: list[EdgeLabel] = []
    for code, value in (("UCL", _last(chart.ucl)), ("CL", _last(chart.center)), ("LCL", _last(chart.lcl))):
        if math.isfinite(value):
            found.append(EdgeLabel(value, words.say(f"chart.{code}", value=_text(chart, value, digits, words))))
    near = set(drawn_specs(chart))
    for code, limit in (("USL", chart.upper_spec), ("LSL", chart.lower_spec)):
        if limit is not None:
            text = words.say(f"chart.{code}", value=_text(chart, limit, digits, words))
            arrow = "" if limit in near else (" ↑" if code == "USL" else " ↓")
            found.append(EdgeLabel(limit, text + arrow, spec=True))
    return tuple(found)


def digits_of(chart: ChartSnapshot) -> int:
    """Decimals that show a tenth of the distance from centre to limit, at least one and at most six."""
    if chart.transform == "logit":
        return 3
    width = _last(chart.ucl) - _last(chart.center)
    if not math.isfinite(width) or width <= 0:
        return 3
    return min(6, max(1, 1 - math.floor(math.log10(width))))


def value_text(chart: ChartSnapshot, value: float, words: Words) -> str:
    """A point's value with its unit, on the characteristic's own scale."""
    if not math.isfinite(value):
        return words.say("chart.gap")
    return " ".join(filter(None, (_text(chart, value, digits_of(chart), words), chart.unit)))


def _text(chart: ChartSnapshot, value: float, digits: int, words: Words) -> str:
    if chart.transform == "logit" and chart.kind != "mr":
        value = 1.0 / (1.0 + math.exp(-value))
    return words.number(value, digits)


def title(chart: ChartSnapshot, words: Words) -> str:
    """What the chart is of."""
    name = words.name(chart.characteristic) + (f", {chart.unit}" if chart.unit else "")
    return words.say(f"chart.{chart.kind}", name=name, subgroup=chart.subgroup)


def note(chart: ChartSnapshot, words: Words) -> str:
    """What is still missing: points, or limits."""
    if chart.phase1_remaining:
        return words.say("chart.remaining", count=chart.phase1_remaining)
    return "" if len(chart.values) else words.say("chart.empty")


def _last(array: Floats) -> float:
    return float(array[-1]) if len(array) else math.nan
