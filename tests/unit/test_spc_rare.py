"""g and t charts: what is refused, events every time, quantiles against scipy, limits on both scales."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from inference.spc.limits import Baseline, SpcError
from inference.spc.rare import (
    GBaseline,
    TBaseline,
    exponential_limits,
    g_baseline,
    g_chart,
    g_limits,
    g_probability_limits,
    g_series,
    geometric_quantile,
    in_time,
    t_baseline,
    t_chart,
    t_limits,
    t_series,
    transformed,
)
from inference.spc.series import chart_series


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: g_baseline(np.array([3.0, -1.0])), "cannot be -1"),
        (lambda: g_baseline(np.array([3.0, 2.5])), r"cannot be 2\.5"),
        (lambda: g_baseline(np.array([math.nan])), "no reading"),
        (lambda: g_baseline(np.empty(0)), "empty series"),
        (lambda: g_baseline(np.zeros((2, 2))), "shape"),
        (lambda: g_series(np.array([1e200])), "too large"),
        (lambda: g_chart(GBaseline(3.0, 3.0, 5)).add(-2.0), "cannot be -2"),
        (lambda: g_probability_limits(GBaseline(3.0, 3.0, 5), 0.0), "between 0 and 1"),
        (lambda: t_baseline(np.array([3.0, -0.5])), r"cannot be -0\.5"),
        (lambda: t_baseline(np.array([3.0]), power=0.0), "power"),
        (lambda: t_baseline(np.array([3.0]), power=math.nan), "power"),
        (lambda: t_baseline(np.array([3.0, 4.0]), excluded=np.ones(2, bool)), "no reading"),
        (lambda: t_series(np.array([3.0, math.nan, 4.0])), "two times that follow"),
        (lambda: exponential_limits(TBaseline(3.0, 1.0, None, 0.3, 1), 1.0), "between 0 and 1"),
        (lambda: in_time(t_limits(TBaseline(3.0, 10.0, 5.0, 0.001, 9)), 0.001), "no time is as long"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(make: Callable[[], object], says: str) -> None:
    with pytest.raises(SpcError, match=says):
        make()


def test_events_every_time_leave_no_room_for_a_good_case() -> None:
    series = g_series(np.zeros(10))
    assert (series.baseline.mean, series.baseline.sigma, series.baseline.event_rate) == (0.0, 0.0, 1.0)
    assert series.limits[0] == (0.0, 0.0, None, 0.0)
    assert g_probability_limits(series.baseline) == (0.0, 0.0, None, 0.0)
    chart = g_chart(series.baseline)
    assert not chart.add(0.0).out
    assert chart.add(1.0).out


@pytest.mark.parametrize("mean", [0.01, 0.5, 1.0, 3.0, 30.7, 1e4, 1e9])
@pytest.mark.parametrize("probability", [0.00135, 0.1, 0.5, 0.9, 0.99865])
def test_geometric_quantiles_are_scipys(mean: float, probability: float) -> None:
    expected = stats.geom.ppf(probability, 1.0 / (mean + 1.0), loc=-1)
    assert geometric_quantile(mean, probability) == pytest.approx(expected, rel=1e-9)


def test_probability_limits_catch_events_too_close_where_three_sigma_cannot() -> None:
    baseline = GBaseline(5000.0, 3466.0, 30)
    assert g_limits(baseline).lower is None
    likely = g_probability_limits(baseline)
    assert likely.lower == stats.geom.ppf(0.00135, 1 / 5001, loc=-1) == 6.0
    assert g_series(np.array([5.0, 6.0, math.nan]), baseline=baseline, alpha=0.0027).violations == (1,)
    assert g_chart(baseline, alpha=0.0027).add(5.0).out


def test_narrow_limits_may_have_a_lower_one() -> None:
    limits = g_limits(GBaseline(8.0, 8.0, 9), nsigma=0.5)
    assert limits.lower == pytest.approx(8.0 - 0.5 * math.sqrt(72.0))


def test_the_g_baseline_leaves_out_what_is_excluded_or_missing() -> None:
    x = np.array([4.0, 1000.0, math.nan, 8.0, 3.0, 77.0])
    baseline = g_baseline(x, phase1=(1, 5), excluded=x == 1000.0)
    assert (baseline.mean, baseline.median, baseline.points) == (5.0, 4.0, 3)


def test_no_moving_range_reaches_across_an_excluded_time() -> None:
    x = np.array([1.0, 1.0, 500.0, 3.0, 3.0, math.nan])
    with_gap = t_baseline(x, excluded=x == 500.0)
    assert with_gap.sigma == 0.0
    assert (with_gap.mean_time, with_gap.points) == (2.0, 4)
    assert t_baseline(x[:1]).sigma is None


def test_a_time_of_zero_is_a_time() -> None:
    series = t_series(np.array([0.0, 5.0, 0.0, 7.0]))
    assert series.statistics[0] == 0.0
    assert t_series(np.zeros(4)).limits[0] == (0.0, 0.0, 0.0, 0.0)


def test_both_scales_agree_on_what_is_out() -> None:
    baseline = TBaseline(30.0, 2.5, 0.3, 1.0 / 3.6, 25)
    y = t_limits(baseline)
    x = in_time(y)
    assert y.lower
    assert x.lower
    assert x.center + 3.0 * x.error == pytest.approx(x.upper)
    times = np.array([x.lower * 0.99, x.lower * 1.01, x.center, x.upper * 0.99, x.upper * 1.01])
    assert t_series(times, baseline=baseline).violations == (1, 5)
    assert in_time(y._replace(lower=None)).lower is None
    assert transformed(np.array([x.lower])) == pytest.approx(y.lower)


def test_exponential_limits_are_the_quantiles_of_an_exponential_time() -> None:
    baseline = t_baseline(np.array([20.0, 100.0]))
    limits = exponential_limits(baseline, 0.01)
    expected = stats.expon.ppf([0.005, 0.5, 0.995], scale=60.0).tolist()
    assert [limits.lower, limits.center, limits.upper] == pytest.approx(expected)
    series = t_series(np.array([0.1, 60.0, 400.0, math.nan]), baseline=baseline, alpha=0.01)
    assert series.violations == (1, 3)
    chart = t_chart(baseline, alpha=0.01, first_number=7)
    assert chart.add(0.1) == (7, 0.1, limits, True)
    assert chart.add(math.inf).value is None


def test_exponential_limits_need_no_second_time() -> None:
    assert exponential_limits(t_baseline(np.array([10.0]))).center == pytest.approx(10.0 * math.log(2.0))


def test_a_g_chart_of_gaps_alone_or_of_a_mean_below_0_is_refused() -> None:
    with pytest.raises(SpcError, match="do not suffice"):
        chart_series("g", np.full(3, math.nan))
    with pytest.raises(SpcError, match="at 0 or above, not at -1"):
        chart_series("g", np.array([3.0, 4.0]), baseline=Baseline(-1.0, 1.0, 9))


def test_the_g_chart_of_the_design_table_is_the_g_series() -> None:
    x = np.array([3.0, 14.0, 0.0, 7.0, math.nan, 90.0])
    table, own = chart_series("g", x), g_series(x)
    assert table.upper[0] == own.limits[0].upper
    assert table.violations.of(1).tolist() == list(own.violations)
