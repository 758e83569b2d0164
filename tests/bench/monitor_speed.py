"""What the live charts cost the inference thread: one part, one decision, one snapshot, beside a bare loop.

Run from the repository's root: `python tests/bench/monitor_speed.py [parts]`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from click import echo

from camera.clock import Stamp, SystemClock
from inference.chart_plan import KINDS, SUMMED, ChartBaseline, ChartPlan
from inference.pipeline.decisions import ChartDecision, DecisionKind
from inference.pipeline.monitor import SpcMonitor
from inference.pipeline.ports import Observation

RATE = ChartBaseline(mean=0.1, sigma=0.3, points=20)
SINGLE = ChartBaseline(mean=25.0, sigma=0.01, points=100)
ODDS = ChartBaseline(mean=-3.0, sigma=1.0, points=100)
SIX = (
    ChartPlan(kind="p", characteristic="reject", subgroup=50, baseline=RATE),
    ChartPlan(kind="p", characteristic="not_decidable", subgroup=50, baseline=RATE),
    ChartPlan(kind="i", characteristic="bore", baseline=SINGLE),
    ChartPlan(kind="mr", characteristic="bore", baseline=SINGLE),
    ChartPlan(kind="i", characteristic="score", transform="logit", baseline=ODDS),
    ChartPlan(kind="i", characteristic="brightness"),
)


def parts(count: int) -> list[Observation]:
    rng = np.random.default_rng(0)
    bore, odds = rng.normal(25.0, 0.01, count), np.exp(rng.normal(-3.0, 1.0, count))
    return [
        Observation(
            *(n, f"id{n}", 1000.0 + n, "OK" if n % 11 else "NOT_OK", float(o / (1.0 + o))),
            *({"bore": float(b), "brightness": float(b)}, 0.5, n % 3, 12.0),
        )
        for n, (b, o) in enumerate(zip(bore, odds, strict=True), 1)
    ]


def plan_of(kind: str) -> ChartPlan:
    counted = {"p", "np", "laney_p", "g"}
    name = "reject" if kind in counted else "defects" if kind in {"c", "u", "laney_u"} else "bore"
    return ChartPlan(kind=kind, characteristic=name, subgroup=5 if kind in SUMMED | counted else 1)


def us_each(work: Callable[[Observation], object], seen: Iterable[Observation], count: int) -> float:
    began = time.thread_time()
    for one in seen:
        work(one)
    return (time.thread_time() - began) / count * 1e6


def tell(what: str, us: float, bare: float) -> None:
    echo(f"{what:<52} {us:9.2f} us {us / bare:9.1f} times the bare loop")


def main(count: int) -> None:
    """Print microseconds, and how many times a loop that looks at two values of each part takes."""
    seen = parts(count)
    total = [0.0]

    def look(one: Observation) -> None:
        total[0] += one.values["bore"]

    bare = median(us_each(look, seen, count) for _ in range(5))
    tell("bare loop over the parts", bare, bare)
    monitor = SpcMonitor(SIX)
    tell("one part, 6 charts", us_each(monitor.add, seen, count), bare)
    for kind in KINDS:
        tell(f"one part, 1 chart: {kind}", us_each(SpcMonitor((plan_of(kind),)).add, seen, count), bare)
    with_snapshots(monitor, seen, bare)
    with_decisions(monitor, SystemClock().now(), bare)


def with_snapshots(monitor: SpcMonitor, seen: Sequence[Observation], bare: float) -> None:
    few = seen[-200:]

    def snap(one: Observation) -> None:
        monitor.add(one)
        monitor.snapshot()

    tell("one part and a snapshot, 6 charts of 2000 points", us_each(snap, few, len(few)), bare)


def with_decisions(monitor: SpcMonitor, at: Stamp, bare: float) -> None:
    for kind in (DecisionKind.NOTE, DecisionKind.EXCLUDED):
        began = time.thread_time()
        for n in range(20):
            monitor.decide(ChartDecision(f"d{n}", at, kind, "r", "i:bore", n + 1, "k"))
        tell(f"one decision ({kind}) on a chart of 2000 points", (time.thread_time() - began) / 20 * 1e6, bare)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
