"""Laws of g and t charts: streaming is batch, quantiles are quantiles, the unit of time does not matter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inference.spc.limits import SpcError
from inference.spc.points import LimitChart, LimitSeries
from inference.spc.rare import (
    GBaseline,
    TBaseline,
    g_chart,
    g_probability_limits,
    g_series,
    geometric_quantile,
    t_chart,
    t_series,
)

COUNTS = st.lists(st.one_of(st.integers(0, 300).map(float), st.sampled_from([math.nan, 0.0, math.inf])), max_size=40)
TIMES = st.lists(st.one_of(st.floats(0, 1e9), st.sampled_from([math.nan, 0.0, 1.0])), max_size=40)
ALPHAS = st.one_of(st.none(), st.sampled_from([0.0027, 0.2]))


def same(chart: LimitChart[float], x: list[float], series: LimitSeries[object]) -> None:
    points = [chart.gap() if math.isnan(value) else chart.add(value) for value in x]
    assert [math.nan if p.value is None else p.value for p in points] == pytest.approx(
        series.statistics.tolist(), rel=1e-14, nan_ok=True
    )
    assert tuple(p.limits for p in points) == series.limits
    assert tuple(p.number for p in points if p.out) == series.violations


@given(COUNTS, st.floats(0, 200), ALPHAS)
def test_a_live_g_chart_gives_the_points_of_the_whole_series(x: list[float], mean: float, alpha: float | None) -> None:
    baseline = GBaseline(mean, mean, 20)
    same(g_chart(baseline, alpha=alpha), x, g_series(np.array(x), baseline=baseline, alpha=alpha))


@given(TIMES, st.floats(0, 10), st.floats(0, 3), ALPHAS)
def test_a_live_t_chart_gives_the_points_of_the_whole_series(
    x: list[float], mean: float, sigma: float, alpha: float | None
) -> None:
    baseline = TBaseline(mean**3.6, mean, sigma, 1.0 / 3.6, 20)
    same(t_chart(baseline, alpha=alpha), x, t_series(np.array(x), baseline=baseline, alpha=alpha))


@given(st.floats(0, 1e4), st.floats(0.0005, 0.9995))
def test_a_geometric_quantile_is_the_smallest_that_reaches_its_probability(mean: float, probability: float) -> None:
    k = geometric_quantile(mean, probability)
    reached = 1.0 - (mean / (mean + 1.0)) ** (k + 1.0)
    before = 1.0 - (mean / (mean + 1.0)) ** k
    assert reached >= probability - 1e-11
    assert k == 0.0 or before < probability + 1e-11


@given(COUNTS, st.sampled_from([0.0027, 0.2]))
def test_limits_of_counts_are_never_what_cannot_be(x: list[float], alpha: float) -> None:
    assume(any(math.isfinite(value) for value in x))
    series = g_series(np.array(x))
    line, likely = series.limits[0], g_probability_limits(series.baseline, alpha)
    assert line
    for limits in (line, likely):
        assert limits.lower is None or 0.0 < limits.lower <= limits.upper
        assert math.isfinite(limits.upper)
    assert (likely.lower or 0.0) <= likely.center <= likely.upper


@given(TIMES, st.sampled_from([60.0, 1e-3, 86400.0]))
def test_the_unit_of_time_changes_no_violation(x: list[float], factor: float) -> None:
    try:
        here = t_series(np.array(x))
    except SpcError:  # no two times follow one another
        return
    there = t_series(np.array(x) * factor)
    line, other = here.limits[0], there.limits[0]
    assert line
    assert other
    assert other.upper == pytest.approx(line.upper * factor ** (1.0 / 3.6), rel=1e-9)
    clear = np.abs(here.statistics - line.upper) > 1e-9 * (1.0 + line.upper)
    clear &= np.abs(here.statistics - (line.lower or 0.0)) > 1e-9 * (1.0 + line.upper)
    assert (here.out == there.out)[clear].all()
