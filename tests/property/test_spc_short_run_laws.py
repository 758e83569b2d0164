"""Laws of short-run charts: streaming is batch, and a part's unit, origin and turn in the run leave its z alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.spc.limits import SpcError
from inference.spc.points import LimitSeries, Point
from inference.spc.short_run import (
    PartReading,
    ZRangeChart,
    deviation_chart,
    deviation_series,
    z_chart,
    z_range_series,
    z_series,
)

NOMINAL = {"a": 0.0, "b": 74.0, "c": 1e9}
VALUES = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([math.nan, 0.0, 1.0, 74.0]))
RUNS = st.lists(st.tuples(st.sampled_from("abc"), VALUES, st.booleans()), min_size=1, max_size=40)
Run = list[tuple[str, float, bool]]


def same(points: list[Point], series: LimitSeries[object]) -> None:
    assert [math.nan if p.value is None else p.value for p in points] == pytest.approx(
        series.statistics.tolist(), rel=1e-14, nan_ok=True
    )
    assert tuple(p.limits for p in points) == series.limits
    assert tuple(p.number for p in points if p.out) == series.violations


@given(RUNS)
def test_a_live_chart_of_deviations_gives_the_points_of_the_whole_series(run: Run) -> None:
    x, parts = np.array([value for _, value, _ in run]), [part for part, _, _ in run]
    try:
        series = deviation_series(x, parts, NOMINAL)
    except SpcError:  # no two readings follow one another
        return
    chart = deviation_chart(series.baseline)
    same([chart.add(PartReading(part, value)) for part, value, _ in run], series)


@given(RUNS)
def test_live_z_charts_give_the_points_of_the_whole_series(run: Run) -> None:
    x, parts = np.array([value for _, value, _ in run]), [part for part, _, _ in run]
    z = z_series(x, parts)
    ranges = z_range_series(z, restarts=np.array([restart for _, _, restart in run]))
    z_live, range_live = z_chart(z.baseline), ZRangeChart(z.baseline)
    z_points, range_points = list[Point](), list[Point]()
    for part, value, restart in run:
        if restart:
            z_live.interrupt()
            range_live.interrupt()
        z_points.append(z_live.gap() if math.isnan(value) else z_live.add(PartReading(part, value)))
        range_points.append(range_live.gap() if math.isnan(value) else range_live.add(PartReading(part, value)))
    same(z_points, z)
    same(range_points, ranges)


@given(
    st.lists(st.integers(-1000, 1000).map(float), min_size=3, max_size=20),
    st.integers(-6, 6).map(lambda e: 2.0**e),
    st.integers(-(10**6), 10**6),
)
def test_z_does_not_depend_on_unit_or_origin(x: list[float], scale: float, shift: int) -> None:
    here, there = np.array(x), (np.array(x) + shift) * scale
    parts = ["a"] * len(x)
    assert z_series(there, parts).statistics.tolist() == pytest.approx(
        z_series(here, parts).statistics.tolist(), rel=1e-9, abs=1e-9, nan_ok=True
    )


@given(RUNS)
def test_parts_run_in_another_order_keep_their_own_z(run: Run) -> None:
    order = sorted(range(len(run)), key=lambda n: run[n][0])  # stable: each part keeps its own order
    x, parts = np.array([value for _, value, _ in run]), np.array([part for part, _, _ in run])
    mixed = z_series(x, parts.tolist()).statistics
    sorted_out = z_series(x[order], parts[order].tolist()).statistics
    assert sorted_out.tolist() == pytest.approx(mixed[order].tolist(), nan_ok=True)
