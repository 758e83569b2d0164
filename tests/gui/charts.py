"""Charts for tests of the chart's view: as long and as odd as they come."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from inference.pipeline.snapshot import ChartPointRules, ChartSnapshot

BEGIN_S = 1.79e9


def long_chart(
    count: int, *, kind: str = "i", seed: int = 1, mean: float = 25.0, sigma: float = 0.004
) -> ChartSnapshot:
    """A process that breaks rule 1 as often as chance has it; `kind` p: limits change with every point."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(40, 60, count) if kind == "p" else np.ones(count, np.int64)
    center, spread = np.full(count, mean), np.full(count, sigma)
    if kind == "p":
        center, spread = np.full(count, 0.1), np.sqrt(0.09 / sizes)
    values = rng.normal(center, spread)
    upper, lower = center + 3 * spread, center - 3 * spread
    broken = np.flatnonzero((values > upper) | (values < lower)).tolist()
    return ChartSnapshot(
        key=f"{kind}:bore_diameter",
        kind=kind,
        characteristic="bore_diameter",
        unit="mm",
        transform="none",
        version=1,
        first_number=1,
        seqs=np.arange(1, count + 1, dtype=np.int64),
        utc_s=BEGIN_S + np.arange(count) * 2.0,
        values=values,
        center=center,
        lcl=lower,
        ucl=upper,
        sizes=sizes.astype(np.int64),
        violations=tuple(ChartPointRules(k, (1,)) for k in broken),
        rules=(1,),
        subgroup=50 if kind == "p" else 1,
        phase1_remaining=0,
    )


def quiet(count: int = 40, **changes: object) -> ChartSnapshot:
    """A chart of a saw between -1 and 1 about 0, limits ±3, no violation."""
    values = np.tile([-1.0, 1.0], count // 2 + 1)[:count]
    whole = np.ones(count)
    chart = replace(long_chart(count), values=values, center=0 * whole, ucl=3 * whole, lcl=-3 * whole, violations=())
    return replace(chart, **changes)
