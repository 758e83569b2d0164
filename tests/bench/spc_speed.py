"""How fast the charts are: a million subgroups at once, and one point at a time, beside bare sketches in the same run.

Run from the repository's root, on one core: `python tests/bench/spc_speed.py [subgroups]`. The sketches know no gaps,
no sizes that differ, no exact sums and no windows of violations: they show what the machine can do at all. The packages
`shewhart` and `statprocon` are no dependencies; where they are installed (`pip install shewhart statprocon`, best into
an environment of their own), their cost for each point is shown, too.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # one core, so that the ratios hold on any machine
os.environ["OMP_NUM_THREADS"] = "1"

import statistics
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import numpy.typing as npt

from inference.spc.chart import ControlChart
from inference.spc.limits import Baseline
from inference.spc.presets import nelson
from inference.spc.series import chart_series, subgroup_charts

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

D2, D3 = 2.325928947281039, 0.8640819410994949
ROWS = 8192
ROUNDS = 7


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def run_of(flags: Bools, window: int) -> Bools:
    """This flag and the `window` - 1 before it: by doubling."""
    run, length = flags, 1
    while length < window:
        step = min(length, window - length)
        longer = np.zeros_like(run)
        np.logical_and(run[step:], run[:-step], out=longer[step:])
        run, length = longer, length + step
    return run


def some_of(flags: Bools, needed: int, window: int) -> Bools:
    """`needed` of the last `window`, this one among them."""
    total = flags.view(np.uint8).copy()
    for back in range(1, window):
        total[back:] += flags.view(np.uint8)[:-back]
    broken = total >= needed
    broken[: window - 1] = False
    broken &= flags
    return broken


def eight_rules(z: Floats) -> list[Bools]:
    """Nelson's tests 1 to 8, a boolean a point."""
    over = {level: z > level for level in (0.0, 1.0, 2.0, 3.0)}
    under = {level: z < -level for level in (0.0, 1.0, 2.0, 3.0)}
    rises, falls = np.zeros((2, z.size), dtype=np.bool_)
    np.greater(z[1:], z[:-1], out=rises[1:])
    np.less(z[1:], z[:-1], out=falls[1:])
    turns = np.zeros(z.size, dtype=np.bool_)
    turns[1:] = rises[1:] & falls[:-1] | falls[1:] & rises[:-1]
    outside = over[1.0] | under[1.0]
    return [
        over[3.0] | under[3.0],
        run_of(over[0.0], 9) | run_of(under[0.0], 9),
        run_of(rises, 5) | run_of(falls, 5),
        run_of(turns, 12),
        some_of(over[2.0], 2, 3) | some_of(under[2.0], 2, 3),
        some_of(over[1.0], 4, 5) | some_of(under[1.0], 4, 5),
        run_of(~outside, 15),
        run_of(outside, 8) & ~run_of(over[1.0], 8) & ~run_of(under[1.0], 8),
    ]


def two_charts(means: Floats, ranges: Floats) -> list[list[Bools]]:
    mean_range = float(ranges.mean())
    sigma = mean_range / D2
    z = (means - means.mean()) * (np.sqrt(5.0) / sigma)
    return [eight_rules(z), eight_rules((ranges - mean_range) * (1.0 / (D3 * sigma)))]


def fastest_sketch(x: Floats) -> list[list[Bools]]:
    """Columns in blocks that stay in the cache."""
    means, ranges = np.empty((2, len(x)))
    for start in range(0, len(x), ROWS):
        block = np.ascontiguousarray(x[start : start + ROWS].T)
        part = slice(start, start + block.shape[1])
        np.sum(block, axis=0, out=means[part])
        np.subtract(block.max(axis=0), block.min(axis=0), out=ranges[part])
    means /= 5.0
    return two_charts(means, ranges)


def plain_sketch(x: Floats) -> list[list[Bools]]:
    """As one writes it in a hurry."""
    return two_charts(x.mean(axis=1), x.max(axis=1) - x.min(axis=1))


def median_of(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """Median time in seconds, after one run to warm up."""
    work()
    times = list[float]()
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def at_once(m: int) -> None:
    """X-bar and R with eight rules each, the three in turn so that a slow minute hits all alike."""
    x = np.random.default_rng(1).normal(10.0, 1.0, (m, 5))
    works: dict[str, Callable[[], Any]] = {
        "ours: subgroup_charts, violations with windows": lambda: subgroup_charts(x, rules=nelson()),
        "fastest bare sketch, booleans": lambda: fastest_sketch(x),
        "plain numpy sketch, booleans": lambda: plain_sketch(x),
    }
    check(x)
    times = {name: list[float]() for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            times[name].append(median_of(work, 1))
    ours = statistics.median(times[next(iter(works))])
    say(f"{m:,} subgroups of 5, X-bar and R, eight Nelson rules on each")
    for name, taken in times.items():
        median = statistics.median(taken)
        say(f"  {name:<50} {median * 1e3:8.1f} ms   ours / this = {ours / median:.2f}")


def check(x: Floats) -> None:
    """The sketch and the library break the same rules at the same points."""
    few = x[:50_000]
    for chart, sketch in zip(subgroup_charts(few, rules=nelson()), fastest_sketch(few), strict=True):
        for number, flags in enumerate(sketch, 1):
            assert np.array_equal(np.unique(chart.violations.of(number)), np.flatnonzero(flags) + 1), number


class BareChart:
    """One point at a time with counters and bit histories, and nothing else."""

    def __init__(self, mean: float, error: float) -> None:
        self._mean, self._error = mean, error
        self._up = self._down = self._same = self._swings = self._in = self._out = self._side = 0
        self._over1 = self._under1 = self._over2 = self._under2 = self._direction = 0
        self._before = 0.0
        self._signs = 0

    def add(self, value: float) -> list[int]:
        """Numbers of the rules that are broken."""
        z = (value - self._mean) / self._error
        found = list[int]()
        if abs(z) > 3.0:
            found.append(1)
        side = (z > 0.0) - (z < 0.0)
        self._same = self._same + 1 if side == self._side else 1
        self._side = side
        if side and self._same >= 9:
            found.append(2)
        direction = (z > self._before) - (z < self._before)
        self._before = z
        self._up = self._up + 1 if direction and direction == self._direction else 2
        self._swings = self._swings + 1 if direction and direction == -self._direction else 2
        self._direction = direction
        if self._up >= 6 and direction:
            found.append(3)
        if self._swings >= 14:
            found.append(4)
        self._over2 = (self._over2 << 1 | (z > 2.0)) & 7
        self._under2 = (self._under2 << 1 | (z < -2.0)) & 7
        if (z > 2.0 and self._over2.bit_count() >= 2) or (z < -2.0 and self._under2.bit_count() >= 2):
            found.append(5)
        self._over1 = (self._over1 << 1 | (z > 1.0)) & 31
        self._under1 = (self._under1 << 1 | (z < -1.0)) & 31
        if (z > 1.0 and self._over1.bit_count() >= 4) or (z < -1.0 and self._under1.bit_count() >= 4):
            found.append(6)
        outside = abs(z) > 1.0
        self._in = 0 if outside else self._in + 1
        self._out = self._out + 1 if outside else 0
        self._signs = (self._signs << 1 | (z > 0.0)) & 255
        if self._in >= 15:
            found.append(7)
        if self._out >= 8 and 0 < self._signs < 255:
            found.append(8)
        return found


def one_point(points: int) -> None:
    """A live chart, fed with single readings."""
    values = np.random.default_rng(2).normal(10.0, 1.0, points).tolist()
    chart = ControlChart("i", Baseline(10.0, 1.0, 100), rules=nelson())
    bare = BareChart(10.0, 1.0)

    def feed(add: Callable[[float], Any]) -> Callable[[], None]:
        def work() -> None:
            for value in values:
                add(value)

        return work

    ours, sketch = (median_of(feed(add)) / points * 1e6 for add in (chart.add, bare.add))
    say(f"one point into a chart with eight rules, median of {points:,} points")
    say(f"  {'ours: ControlChart.add, limits, z and windows':<50} {ours:8.2f} us")
    say(f"  {'bare sketch, numbers of the rules':<50} {sketch:8.2f} us   ours / this = {ours / sketch:.2f}")


def other_packages(points: int, groups: int) -> None:
    """The same charts by two packages of the index, each as its own documents say; whole series, cost of a point."""
    x = np.random.default_rng(3).normal(10.0, 1.0, points)
    rows = np.random.default_rng(4).normal(10.0, 1.0, (groups, 5))
    say(f"{points:,} single readings and {groups:,} subgroups at once, cost of a point")

    def ours() -> None:
        for kind in ("i", "mr"):
            chart_series(kind, x, rules=nelson())

    show("ours: I and MR, eight rules", ours, points)
    show("ours: X-bar and R, eight rules", lambda: subgroup_charts(rows, rules=nelson()), groups)
    if find_spec("shewhart") is None:
        say("  shewhart is not installed here: pip install shewhart, then run this again")
    else:
        import pandas as pd
        import shewhart as sw

        table = pd.DataFrame({"x": rows.ravel(), "lot": np.repeat(np.arange(groups), 5)})
        show("shewhart: imr, eight rules", lambda: sw.imr(x, rules="nelson"), points)
        show(
            "shewhart: xbar_r, eight rules", lambda: sw.xbar_r(table, value="x", subgroup="lot", rules="nelson"), groups
        )
    if find_spec("statprocon") is None:
        say("  statprocon is not installed here: pip install statprocon, then run this again")
        return
    from statprocon import XmR

    def theirs() -> None:
        chart = XmR(x.tolist())
        chart.rule_1_x_indices_beyond_limits()
        chart.rule_2_runs_about_central_line()
        chart.rule_3_runs_near_limits()

    show("statprocon: XmR, its three rules", theirs, points)


def show(name: str, work: Callable[[], Any], points: int) -> None:
    say(f"  {name:<50} {median_of(work, 3) / points * 1e6:8.2f} us")


def main() -> None:
    """Print the figures."""
    at_once(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
    one_point(100_000)
    other_packages(5_000, 400)


if __name__ == "__main__":
    main()
