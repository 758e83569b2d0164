"""Constants, limits and the life of one chart: phase I, gaps, odd data, wrong use."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inference.spc.chart import ControlChart, chart_series
from inference.spc.constants import c4, d2, d3
from inference.spc.limits import (
    Baseline,
    ControlLimits,
    SpcError,
    mean_of,
    moving_ranges,
    sigma_from_moving_ranges,
    standardise,
)
from inference.spc.presets import western_electric
from inference.spc.rules import RuleViolation, RunRules


def test_constants_of_two_readings_have_closed_forms() -> None:
    assert d2(2) == pytest.approx(2.0 / math.sqrt(math.pi), rel=1e-13)
    assert d3(2) == pytest.approx(math.sqrt(2.0 - 4.0 / math.pi), rel=1e-12)
    assert c4(2) == pytest.approx(math.sqrt(2.0 / math.pi), rel=1e-13)


@pytest.mark.parametrize("constant", [d2, d3, c4])
def test_one_reading_has_no_range(constant: object) -> None:
    with pytest.raises(ValueError, match="n must be 2 or more"):
        constant(1)  # type: ignore[operator]


def test_the_range_constants_agree_with_simulation() -> None:
    ranges = np.ptp(np.random.default_rng(0).standard_normal((200_000, 7)), axis=1)
    assert d2(7) == pytest.approx(ranges.mean(), abs=4 * ranges.std() / math.sqrt(ranges.size))
    assert d3(7) == pytest.approx(ranges.std(), rel=0.01)


def test_a_mean_far_from_zero_keeps_its_digits() -> None:
    x = 1e9 + np.array([1e-3, 2e-3, 3e-3])
    assert mean_of(x) == pytest.approx(1e9 + 2e-3, abs=2e-7)
    assert mean_of(np.full(49, 0.1)) == 0.1
    with pytest.raises(SpcError, match="no reading"):
        mean_of(np.array([math.nan]))


def test_moving_ranges_do_not_reach_across_a_gap() -> None:
    ranges = moving_ranges(np.array([1.0, 3.0, math.nan, 10.0, 11.0]))
    assert np.array_equal(ranges, [math.nan, 2.0, math.nan, math.nan, 1.0], equal_nan=True)
    assert sigma_from_moving_ranges(np.array([1.0, math.nan, 2.0])) is None


@pytest.mark.parametrize(("value", "z"), [(5.0, 0.0), (5.0001, math.inf), (4.9, -math.inf)])
def test_without_any_spread_only_the_centre_is_quiet(value: float, z: float) -> None:
    assert standardise(value, ControlLimits(5.0, 0.0, 5.0, 5.0)) == z


def test_constant_data_give_limits_on_the_line_and_no_alarm() -> None:
    chart = ControlChart("i", phase1=5)
    points = [chart.add(0.1) for _ in range(30)]
    assert not any(point.violations for point in points)
    last = points[-1].limits
    assert last is not None
    assert (last.lower, last.center, last.upper) == (0.1, 0.1, 0.1)
    assert [v.rule for v in chart.add(0.2).violations] == [1]


def test_phase_one_says_how_many_points_are_missing_and_tests_none() -> None:
    chart = ControlChart("i", phase1=3)
    assert chart.phase1_remaining == 3
    assert chart.add(1.0).limits is None
    assert chart.gap().limits is None
    assert chart.phase1_remaining == 2
    chart.add(2.0)
    point = chart.add(1.0)
    assert (point.number, point.limits, point.violations) == (4, None, ())
    assert chart.phase1_remaining == 0
    assert chart.baseline == Baseline(4.0 / 3.0, 1.0 / d2(2), 3)
    assert chart.add(1.0).limits is not None


def test_phase_one_lasts_until_two_readings_follow_one_another() -> None:
    chart = ControlChart("mr", phase1=2)
    for value in (1.0, math.nan, 2.0, math.nan):
        chart.add(value)
    assert (chart.baseline, chart.phase1_remaining) == (None, 1)
    chart.add(3.0)
    chart.add(4.0)
    assert chart.baseline is not None


def test_an_i_chart_and_its_mr_chart_learn_the_same_baseline() -> None:
    x = np.random.default_rng(5).normal(10.0, 1.0, 40)
    i, mr = ControlChart("i", phase1=25), ControlChart("mr", phase1=25)
    for value in x:
        i.add(value)
        mr.add(value)
    assert i.baseline == mr.baseline


def test_a_subgroup_of_nothing_is_a_gap() -> None:
    chart = ControlChart("p", Baseline(0.1, 0.0, 20))
    point = chart.add(0, 0)
    assert (point.value, point.z, point.limits, point.violations) == (None, None, None, ())


def test_a_p_chart_of_a_perfect_process_calls_the_first_reject() -> None:
    chart = ControlChart("p", Baseline(0.0, 0.0, 20))
    assert not chart.add(0, 50).violations
    point = chart.add(1, 50)
    assert point.limits == ControlLimits(0.0, 0.0, None, 0.0)
    assert [v.rule for v in point.violations] == [1]


def test_the_lower_limit_of_a_fraction_is_none_where_it_would_be_negative() -> None:
    chart = ControlChart("p", Baseline(0.1, 0.0, 20))
    small, large = chart.add(2, 20).limits, chart.add(50, 500).limits
    assert small is not None
    assert small.lower is None
    assert large is not None
    assert large.lower == pytest.approx(0.1 - 3 * math.sqrt(0.09 / 500))


def test_moving_ranges_are_only_tested_against_their_limit() -> None:
    chart = ControlChart("mr", Baseline(0.0, 1.0, 20))
    # Twenty large ranges on one side of the centre line break no run rule.
    points = [chart.add(1.5 * (-1) ** n) for n in range(20)]
    assert not any(point.violations for point in points)
    assert points[0].value is None
    assert [v.rule for v in chart.add(9.0).violations] == [1]


@pytest.mark.parametrize(("count", "size"), [(3, 2), (-1, 2)])
def test_a_count_that_cannot_be_is_refused(count: int, size: int) -> None:
    with pytest.raises(SpcError, match="cannot be"):
        ControlChart("p", Baseline(0.1, 0.0, 20)).add(count, size)


def test_wrong_use_is_named() -> None:
    with pytest.raises(SpcError, match="no chart of kind 'x'"):
        ControlChart("x")
    with pytest.raises(SpcError, match="phase1"):
        ControlChart("i", phase1=1)
    with pytest.raises(SpcError, match="between 0 and 1"):
        ControlChart("p", Baseline(1.5, 0.0, 20)).add(1, 10)
    with pytest.raises(SpcError, match="sigma"):
        Baseline(0.0, math.nan, 1)
    with pytest.raises(SpcError, match="do not suffice"):
        chart_series("i", np.array([1.0]))
    with pytest.raises(SpcError, match="do not suffice"):
        chart_series("p", np.zeros(3), np.zeros(3))
    with pytest.raises(ValueError, match="rules are 1 to 4"):
        western_electric((1, 9))


def test_a_violation_names_its_first_and_last_point() -> None:
    engine = RunRules()
    found = [v for n, z in enumerate([0.1, 2.5, 0.0, 2.6], 1) for v in engine.add(n, z)]
    assert found == [RuleViolation(2, 2, 4)]


def test_the_named_options_change_what_they_name() -> None:
    def rules_broken(series: list[float], **options: bool) -> set[int]:
        engine = RunRules(western_electric((2,), **options))
        return {n for n, z in enumerate(series, 1) for _ in engine.add(n, z)}

    beyond_three, on_its_way_back = [0.0, 3.5, 2.5], [0.0, 2.5, 2.5, 0.1]
    assert rules_broken(beyond_three) == {3}
    assert rules_broken(beyond_three, beyond_3_counts=False) == set()
    assert rules_broken(on_its_way_back) == {3}
    assert rules_broken(on_its_way_back, last_must_be_beyond=False) == {3, 4}


def test_an_interruption_breaks_patterns_without_a_point() -> None:
    chart = ControlChart("mr", Baseline(0.0, 1.0, 20), first_number=7)
    chart.add(0.0)
    chart.interrupt()
    point = chart.add(50.0)
    assert (point.number, point.value) == (8, None)
