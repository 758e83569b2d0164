"""Run lengths by simulation: of any rules whatever, with the standard error that tells how far they may be off.

Promises: the rules are those of the charts (`inference.spc.violations`), and the same seed gives the same result.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from inference.spc.limits import Floats
from inference.spc.rules import Rule
from inference.spc.run_length.transient import RunLength, must_be
from inference.spc.run_length.zones import Outcomes, Statistic, outcomes
from inference.spc.violations import Ints, find_violations

_FIRST_BLOCK = 32
_WINDOWS_EACH = 20
"""There are so few runs that each may be so many of the longest window long."""
_LARGEST_BLOCK = 400_000
"""Scores held at a time."""


def simulated_run_length(
    statistic: Statistic, rules: Sequence[Rule], *, runs: int = 20_000, points: int = 4_000_000, seed: int = 1
) -> RunLength:
    """The mean of up to `runs` simulated run lengths, its standard error their standard deviation / sqrt(runs).

    No more than about `points` points are simulated. Where they do not suffice for all runs to end, what comes after
    the longest window is taken as geometric: points / rules broken, with that / sqrt(rules broken) as its error.
    Raises SpcError where no rule spoke in all these points.
    """
    must_be(runs >= 2, f"a mean of {runs} runs has no standard error")
    must_be(len(rules) > 0, "without a rule there is no run length to simulate")
    longest = max(rule.window for rule in rules)
    runs = min(runs, max(points // (_WINDOWS_EACH * longest), 2))
    ends = _simulate(statistic, rules, (runs, longest, points), np.random.default_rng(seed))
    if (ends > 0).all():
        return RunLength(float(ends.mean()), exact=False, standard_error=float(ends.std(ddof=1)) / math.sqrt(runs))
    later = np.maximum(np.abs(ends) - longest, 0)
    ended = int(np.count_nonzero(ends > longest))
    must_be(ended > 0, f"no rule spoke in {np.abs(ends).sum()} simulated points")
    geometric = float(later.sum()) / ended * float(np.mean(later > 0))
    first = float(np.minimum(np.abs(ends), longest).mean())
    return RunLength(first + geometric, exact=False, standard_error=geometric / math.sqrt(ended))


def _simulate(
    statistic: Statistic, rules: Sequence[Rule], sizes: tuple[int, int, int], rng: np.random.Generator
) -> Ints:
    """The points of each run, [runs]; negative where the run was cut off. `sizes`: runs, longest window, points.

    Runs go on side by side in blocks, each with as many of its last points before it as rules look back on.
    """
    runs, longest, points = sizes
    found = outcomes(statistic, rules)
    ends, going = np.zeros(runs, dtype=np.int64), np.arange(runs)
    seen, length, shown, simulated = np.full((runs, longest), np.nan), max(_FIRST_BLOCK, longest), 0, 0
    while going.size and simulated < points:
        drawn = _draw(statistic, found, (going.size, length), rng)
        series = np.hstack((seen, drawn))
        first = _first_violations(series, rules) - longest
        ends[going] = np.where(first > 0, shown + first, -(shown + length))
        silent = first <= 0
        going, seen = going[silent], series[silent, length:]
        seen[:, 0] = np.nan
        shown, simulated = shown + length, simulated + drawn.size
        length = max(min(2 * length, _LARGEST_BLOCK // max(going.size, 1)), 1)
    return ends


def _draw(statistic: Statistic, found: Outcomes, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Scores of points, in the given shape."""
    if statistic.kind == "normal":
        return rng.standard_normal(shape) + statistic.actual
    return rng.choice(found.z, shape, p=found.probability)


def _first_violations(series: Floats, rules: Sequence[Rule]) -> Ints:
    """The first point, from 1, at which a rule speaks in each row of `series`, [m, n]; 0 where none does.

    The rows begin with a gap, so no pattern reaches from one into the next.
    """
    last = find_violations(series.ravel(), rules).last
    rows, points = np.divmod(last - 1, series.shape[1])
    first = np.zeros(series.shape[0], dtype=np.int64)
    rows, at = np.unique(rows, return_index=True)
    first[rows] = points[at] + 1
    return first
