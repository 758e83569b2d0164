"""The life of one chart: phase I, gaps, exclusions, breaks, odd data and wrong use, live and as a whole series."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inference.spc.chart import ControlChart
from inference.spc.constants import d2, d3
from inference.spc.design import KINDS, Settings, design_of, rules_for
from inference.spc.limits import (
    D2_OF_TWO,
    Baseline,
    ControlLimits,
    SpcError,
    mean_of,
    moving_ranges,
    sigma_from_moving_ranges,
    standardise,
    weighted_mean_of,
)
from inference.spc.presets import nelson, western_electric
from inference.spc.series import Chosen, chart_series, subgroup_charts
from inference.spc.stages import staged_series

NAN = math.nan
STANDARD = Baseline(0.0, 1.0, 20)


def rules_broken(chart: ControlChart, *values: float) -> list[int]:
    return [v.rule for value in values for v in chart.add(value).violations]


def test_a_mean_far_from_zero_keeps_its_digits() -> None:
    x = 1e9 + np.array([1e-3, 2e-3, 3e-3])
    assert mean_of(x) == pytest.approx(1e9 + 2e-3, abs=2e-7)
    assert weighted_mean_of(x, np.array([1.0, 2.0, 1.0])) == pytest.approx(1e9 + 2e-3, abs=2e-7)
    assert mean_of(np.full(49, 0.1)) == weighted_mean_of(np.full(49, 0.1), np.linspace(0, 1, 49)) == 0.1
    with pytest.raises(SpcError, match="no reading"):
        mean_of(np.array([NAN]))
    with pytest.raises(SpcError, match="no reading"):
        weighted_mean_of(np.array([1.0]), np.array([0.0]))


def test_moving_ranges_do_not_reach_across_a_gap() -> None:
    ranges = moving_ranges(np.array([1.0, 3.0, NAN, 10.0, 11.0]))
    assert np.array_equal(ranges, [NAN, 2.0, NAN, NAN, 1.0], equal_nan=True)
    assert sigma_from_moving_ranges(np.array([1.0, NAN, 2.0])) is None


@pytest.mark.parametrize(("value", "z"), [(5.0, 0.0), (5.0001, math.inf), (4.9, -math.inf)])
def test_without_any_spread_only_the_centre_is_quiet(value: float, z: float) -> None:
    assert standardise(value, ControlLimits(5.0, 0.0, 5.0, 5.0)) == z
    assert chart_series("i", np.array([value]), baseline=Baseline(5.0, 0.0, 9)).z[0] == z
    assert ControlChart("i", Baseline(5.0, 0.0, 9)).add(value).z == z


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e9 + 1e-3, -7.7, 1e100])
@pytest.mark.parametrize("kind", ["i", "mr", "xbar", "ma", "ewma"])
def test_constant_data_give_limits_on_the_line_and_no_alarm(kind: str, constant: float) -> None:
    x = np.full(30, constant)
    series = chart_series(kind, x, rules=nelson((1, 2, 3, 4, 5, 6)))
    assert (len(series.violations), series.baseline.sigma) == (0, 0.0)
    assert series.upper[-1] == series.center[-1] == (0.0 if kind == "mr" else constant)
    chart = ControlChart(kind, phase1=5)
    assert not any(chart.add(value).violations for value in x)
    assert rules_broken(chart, constant / 2.0 + 1.0) == [1]


@pytest.mark.parametrize(
    ("kind", "count", "size"), [("p", 0, 50), ("p", 50, 50), ("np", 0, 50), ("u", 1, 0.1), ("c", 0, 1)]
)
@pytest.mark.parametrize("laney", ["", "laney_"])
def test_counts_that_are_all_alike_raise_no_alarm(laney: str, kind: str, count: float, size: float) -> None:
    kind = laney + kind if laney + kind in KINDS else kind
    series = chart_series(kind, np.full(30, float(count)), np.full(30, size), rules=western_electric((1, 2, 3)))
    assert not len(series.violations)
    assert (series.z == 0.0).all()


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
    assert chart.baseline == Baseline(4.0 / 3.0, 1.0 / D2_OF_TWO, 3)
    assert chart.add(1.0).limits is not None


def test_phase_one_lasts_until_two_readings_follow_one_another() -> None:
    chart = ControlChart("mr", phase1=2)
    for value in (1.0, NAN, 2.0, NAN):
        chart.add(value)
    assert (chart.baseline, chart.phase1_remaining) == (None, 1)
    chart.add(3.0)
    chart.add(4.0)
    assert chart.baseline is not None


def test_sigma_is_taken_from_no_moving_range_across_a_break_or_an_excluded_point() -> None:
    chart = ControlChart("i", phase1=4)
    for value in (1.0, 2.0):
        chart.add(value)
    chart.interrupt()
    chart.add(101.0)
    chart.leave_out(500.0)
    chart.add(102.0)
    assert chart.baseline == Baseline(51.5, 1.0 / D2_OF_TWO, 4)
    chosen = Chosen(breaks=(3,), excluded=np.array([False, False, False, True, False]))
    assert chart_series("i", np.array([1.0, 2.0, 101.0, 500.0, 102.0]), chosen=chosen).baseline == chart.baseline


def test_a_cusum_learns_until_something_varies() -> None:
    chart = ControlChart("cusum", phase1=3)
    for _ in range(5):
        assert chart.add(1.0).value is None
    assert chart.baseline is None
    chart.add(2.0)
    assert chart.baseline is not None
    with pytest.raises(SpcError, match="cusum chart needs a sigma above 0"):
        chart_series("cusum", np.ones(9))


def test_an_i_chart_and_its_mr_chart_learn_the_same_baseline() -> None:
    i, mr = ControlChart("i", phase1=25), ControlChart("mr", phase1=25)
    for value in np.random.default_rng(5).normal(10.0, 1.0, 40):
        i.add(value)
        mr.add(value)
    assert i.baseline == mr.baseline
    assert i.baseline is not None
    limits, sigma = mr.add(1.0).limits, i.baseline.sigma
    assert limits is not None
    assert limits[:3] == (d2(2) * sigma, d3(2) * sigma, None)
    assert limits.upper == pytest.approx((d2(2) + 3.0 * d3(2)) * sigma)


def test_a_subgroup_of_nothing_is_a_gap() -> None:
    chart = ControlChart("p", Baseline(0.1, 0.0, 20))
    point = chart.add(0, 0)
    assert (point.value, point.z, point.limits, point.violations) == (None, None, None, ())
    series = chart_series("p", np.zeros(2), np.zeros(2), baseline=Baseline(0.1, 0.0, 20))
    assert np.isnan(series.statistics).all()
    assert np.isfinite(series.upper).all()


def test_a_p_chart_of_a_perfect_process_calls_the_first_reject() -> None:
    chart = ControlChart("p", Baseline(0.0, 0.0, 20))
    assert not chart.add(0, 50).violations
    point = chart.add(1, 50)
    assert point.limits == ControlLimits(0.0, 0.0, None, 0.0)
    assert [v.rule for v in point.violations] == [1]


def test_a_count_on_the_limit_is_on_it_whatever_rounding_says() -> None:
    baseline = Baseline(0.5, 0.5, 20)
    assert not ControlChart("p", baseline).add(65, 100).violations
    assert ControlChart("p", baseline).add(66, 100).violations
    assert chart_series("p", np.array([65.0, 66.0]), np.full(2, 100.0), baseline=baseline).violations.of(
        1
    ).tolist() == [2]
    exactly = Settings(decision=0.3, slack=0.0)
    assert 0.1 + 0.2 > 0.3
    x = np.array([0.1, 0.2, 1e-8])
    assert chart_series("cusum", x, baseline=STANDARD, settings=exactly).violations.last.tolist() == [3]
    live = ControlChart("cusum", STANDARD, settings=exactly)
    assert [len(live.add(value).violations) for value in x] == [0, 0, 1]


def test_the_lower_limit_of_a_fraction_is_none_where_it_would_be_negative() -> None:
    chart = ControlChart("p", Baseline(0.1, 0.0, 20))
    small, large = chart.add(2, 20).limits, chart.add(50, 500).limits
    assert small is not None
    assert small.lower is None
    assert large is not None
    assert large.lower == pytest.approx(0.1 - 3 * math.sqrt(0.09 / 500))


def test_a_moving_range_is_only_tested_against_its_limit() -> None:
    chart = ControlChart("mr", STANDARD)
    points = [chart.add(1.5 * (-1) ** n) for n in range(20)]  # large ranges on one side of the centre line
    assert not any(point.violations for point in points)
    assert points[0].value is None
    assert rules_broken(chart, 9.0) == [1]


def test_a_range_of_one_reading_is_a_gap_with_the_limits_of_two() -> None:
    chart = ControlChart("r", STANDARD)
    point = chart.add(5.0, 1.0)
    assert (point.value, point.z) == (None, None)
    assert point.limits == chart.add(1.0, 2.0).limits
    series = chart_series("r", np.array([5.0, 1.0]), np.array([1.0, 2.0]), baseline=STANDARD)
    assert math.isnan(series.statistics[0])
    assert series.upper[0] == series.upper[1]


def test_ranges_and_deviations_stand_on_the_phase_one_mean_where_there_is_one() -> None:
    for kind, name in (("r", "range"), ("s", "deviation")):
        x = np.random.default_rng(2).normal(0.0, 1.0, (20, 4))
        other = subgroup_charts(x, name)[1]  # type: ignore[arg-type]
        assert other.baseline.spread == pytest.approx(other.statistics.mean())
        predicted = chart_series(kind, other.statistics, np.full(20, 4.0), baseline=Baseline(0.0, 1.0, 20))
        assert predicted.center[0] == pytest.approx(d2(4) if kind == "r" else 0.9213177319235613)


def test_an_excluded_point_is_drawn_but_ends_patterns_and_moving_ranges() -> None:
    chart = ControlChart("i", STANDARD)
    point = chart.leave_out(50.0)
    assert (point.number, point.value, point.z, point.violations) == (1, 50.0, None, ())
    assert chart.leave_out(NAN).value is None
    assert ControlChart("ewma", STANDARD).leave_out(50.0).value is None
    moving = ControlChart("mr", STANDARD)
    moving.add(1.0)
    moving.leave_out(9.0)
    assert moving.add(2.0).value is None
    with pytest.raises(SpcError, match="3 nonconforming of 2 pieces"):
        ControlChart("p", Baseline(0.1, 0.0, 20)).leave_out(3, 2)


def test_an_interruption_breaks_patterns_without_a_point() -> None:
    chart = ControlChart("mr", STANDARD, first_number=7)
    chart.add(0.0)
    chart.interrupt()
    point = chart.add(50.0)
    assert (point.number, point.value) == (8, None)
    ewma = ControlChart("ewma", STANDARD)
    first = ewma.add(2.0)
    ewma.interrupt()
    assert ewma.add(2.0)[1:] == first[1:]


def test_a_new_baseline_holds_from_the_next_point_on() -> None:
    chart = ControlChart("mr", STANDARD)
    chart.add(0.0)
    chart.rebase(Baseline(0.0, 2.0, 20), cut=False)
    assert chart.add(1.0).value == 1.0
    chart.rebase(None)
    assert (chart.baseline, chart.phase1_remaining) == (None, 50)


def test_memories_step_over_a_gap_and_show_the_limits_they_have() -> None:
    for kind in ("ma", "ewma", "cusum"):
        for exact in (True, False):
            settings = Settings(exact=exact)
            chart = ControlChart(kind, STANDARD, settings=settings)
            points = [chart.gap(4.0), chart.add(1.0), chart.gap(), chart.add(1.0), chart.gap(0.0)]
            assert points[4].limits is None
            x, sizes = np.array([NAN, 1.0, NAN, 1.0]), np.array([4.0, 1.0, 1.0, 1.0])
            series = chart_series(kind, x, sizes, baseline=STANDARD, settings=settings)
            assert [p.limits.upper for p in points[:4] if p.limits] == series.upper.tolist()
    ewma = chart_series("ewma", np.array([1.0, 1.0]), baseline=STANDARD)
    assert ewma.statistics.tolist() == pytest.approx([0.2, 0.36])


def test_a_moving_average_runs_over_as_many_points_as_there_are() -> None:
    series = chart_series("ma", np.array([3.0, 6.0, 0.0, 12.0]), baseline=STANDARD, settings=Settings(span=3))
    assert series.statistics.tolist() == [3.0, 4.5, 3.0, 6.0]
    assert series.error.tolist() == pytest.approx([1.0, 2**-0.5, 3**-0.5, 3**-0.5])
    assert series.violations.last.tolist() == [2, 3, 4]


def test_a_cusum_says_since_when_the_sum_grows() -> None:
    x = np.array([0.0, -3.0, -3.0, -3.0, 0.0])
    series = chart_series("cusum", x, baseline=STANDARD)
    assert [(v.first, v.last) for v in series.violations] == [(2, 4), (2, 5)]
    assert series.z[3] == -7.5 * 3.0 / 5.0
    chart = ControlChart("cusum", STANDARD)
    points = [chart.add(value) for value in x]
    assert [p.z for p in points] == series.z.tolist()
    assert [p.lower for p in points] == [0.0, -2.5, -5.0, -7.5, -7.0]


def test_two_wild_steps_of_a_cusum_do_not_cancel_to_nothing() -> None:
    tiny = Baseline(0.0, 1e-300, 20)
    series = chart_series("cusum", np.array([1e100, -1e100, 1e100]), baseline=tiny)
    assert np.isfinite(series.statistics).all()
    assert series.violations.last.tolist() == [1, 2, 3]


@pytest.mark.parametrize("kind", ["i", "xbar", "mr", "r", "u", "ewma", "ma"])
def test_a_point_beyond_all_numbers_of_sigmas_is_infinitely_far(kind: str) -> None:
    baseline, x = Baseline(0.0, 1e-300, 9), np.array([0.0, 1e90])
    series = chart_series(kind, x, np.full(2, 2.0), baseline=baseline)
    chart = ControlChart(kind, baseline)
    assert [point.z for point in map(chart.add, x.tolist(), [2.0, 2.0])][-1] == series.z[-1] == math.inf
    assert series.violations.of(1).tolist() == [2]


@pytest.mark.parametrize("unit", [1e-300, 1e-200, 1e98])
@pytest.mark.parametrize("kind", ["i", "mr", "xbar", "r", "s", "ma", "ewma", "cusum"])
def test_z_does_not_depend_on_the_unit_however_small_or_large(kind: str, unit: float) -> None:
    x = np.random.default_rng(4).normal(5.0, 1.0, 30)
    sizes, spreads = np.full(30, 4.0), np.abs(x)
    here, there = (chart_series(kind, x * u, sizes, spreads * u) for u in (1.0, unit))
    assert there.z == pytest.approx(here.z, rel=1e-9, abs=1e-9, nan_ok=True)
    assert list(there.violations) == list(here.violations)


def test_readings_near_a_thousand_million_are_judged_by_their_thousandths() -> None:
    x = 1e9 + np.random.default_rng(6).integers(-8, 9, 200) * 2.0**-10
    here, there = chart_series("i", x - 1e9, rules=nelson()), chart_series("i", x, rules=nelson())
    assert there.baseline.sigma == here.baseline.sigma
    assert there.z == pytest.approx(here.z, abs=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_point_and_no_point_at_all(kind: str) -> None:
    baseline = Baseline(0.5, 0.5, 9)
    one = chart_series(kind, np.array([1.0]), np.array([2.0]), baseline=baseline)
    assert one.upper.shape == (1,)
    none = chart_series(kind, np.array([]), baseline=baseline)
    assert (none.z.size, none.upper.size, len(none.violations)) == (0, 0, 0)
    with pytest.raises(SpcError, match="phase 1 is points 1 to 0, but there are 0"):
        chart_series(kind, np.array([]))


@pytest.mark.parametrize(
    ("kind", "count", "size"), [("p", 3, 2), ("p", -1, 2), ("np", 3, 2), ("c", -1, 1), ("u", -1, 2)]
)
def test_a_count_that_cannot_be_is_refused(kind: str, count: int, size: int) -> None:
    with pytest.raises(SpcError, match="cannot be"):
        ControlChart(kind, Baseline(0.1, 0.0, 20)).add(count, size)
    with pytest.raises(SpcError, match="cannot be"):
        chart_series(kind, np.array([1.0, count]), np.array([2.0, size]))


def test_a_sigma_of_fractions_needs_two_points_that_follow_one_another() -> None:
    with pytest.raises(SpcError, match="do not suffice"):
        chart_series("laney_p", np.array([1.0, NAN, 2.0]), np.full(3, 9.0))
    for kind in ("laney_p", "laney_u", "u", "p"):
        with pytest.raises(SpcError, match="do not suffice"):
            chart_series(kind, np.zeros(3), np.zeros(3))


def test_what_cannot_be_calculated_with_is_refused_in_a_sentence() -> None:
    for value, size in ((1e300, 1.0), (-1e101, 1.0), (1.0, 1e101), (1.0, 1e-101), (1.0, math.inf)):
        for chart in (ControlChart("xbar", STANDARD), ControlChart("xbar")):
            with pytest.raises(SpcError, match=r"a (reading|size) of .* cannot be"):
                chart.add(value, size)
            with pytest.raises(SpcError, match=r"a (reading|size) of .* cannot be"):
                chart.leave_out(value, size)
        with pytest.raises(SpcError, match=r"a (reading|size) of .* cannot be"):
            chart_series("xbar", np.array([1.0, value]), np.array([1.0, size]))
    with pytest.raises(SpcError, match="cannot be calculated with"):
        Baseline(0.0, 1e-310, 5)
    with pytest.raises(SpcError, match="cannot be calculated with"):
        Baseline(1e200, 1.0, 5)
    with pytest.raises(SpcError, match="do not suffice"):
        chart_series("i", np.array([0.0, 5e-324]))
    chart = ControlChart("i", phase1=2)
    for value in (0.0, 5e-324, 0.0):
        chart.add(value)
    assert chart.baseline is None


def test_wrong_use_is_named() -> None:
    with pytest.raises(SpcError, match="no chart of kind 'x': known are xbar"):
        ControlChart("x")
    with pytest.raises(SpcError, match="no chart of kind 'x'"):
        chart_series("x", np.ones(3))
    with pytest.raises(SpcError, match="from 1 point: phase1"):
        ControlChart("i", phase1=1)
    with pytest.raises(SpcError, match=r"between 0 and 1, not at 1\.5"):
        ControlChart("p", Baseline(1.5, 0.0, 20)).add(1, 10)
    with pytest.raises(SpcError, match="at 0 or above, not at -1"):
        ControlChart("u", Baseline(-1.0, 0.0, 20)).add(1, 10)
    for mean, sigma in ((0.0, NAN), (math.inf, 1.0), (0.0, -1.0)):
        with pytest.raises(SpcError, match="finite mean and a sigma of 0 or more"):
            Baseline(mean, sigma, 1)
    for kind in ("i", "mr", "r", "s", "xbar"):
        with pytest.raises(SpcError, match="points 1 to 1 do not suffice"):
            chart_series(kind, np.array([1.0]))


@pytest.mark.parametrize(
    ("chosen", "wrong"),
    [
        (Chosen(phase1=(0, 3)), "phase 1 is points 0 to 3, but there are 5"),
        (Chosen(phase1=(2, 6)), "points 2 to 6"),
        (Chosen(phase1=(4, 3)), "points 4 to 3"),
        (Chosen(excluded=np.zeros(4, bool)), "5 points and 4 marks"),
        (Chosen(excluded=np.ones(5, bool)), "do not suffice"),
        (Chosen(breaks=(0,)), "breaks stand before points 1 to 5, not before 0"),
        (Chosen(breaks=(2, 6)), "not before 2, 6"),
    ],
)
def test_a_choice_that_cannot_be_is_named(chosen: Chosen, wrong: str) -> None:
    with pytest.raises(SpcError, match=wrong):
        chart_series("i", np.arange(5.0), chosen=chosen)


def test_columns_of_different_lengths_are_refused() -> None:
    for sizes, spreads in ((np.ones(2), None), (None, np.ones(2))):
        with pytest.raises(SpcError, match="of one length"):
            chart_series("xbar", np.ones(3), sizes, spreads)
    with pytest.raises(SpcError, match="of one length"):
        chart_series("i", np.ones((3, 2)))


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"width": 0.0}, "the limits' width must be above 0 .*, not 0"),
        ({"width": math.inf}, "the limits' width"),
        ({"decision": NAN}, "h must be above 0 .*, not nan"),
        ({"weight": 0.0}, "lambda must be above 0 and at most 1, not 0"),
        ({"weight": 1.5}, "lambda .*, not 1.5"),
        ({"slack": -1.0}, "k and the head start must be 0 or more, not -1 and 0"),
        ({"slack": NAN}, "k and the head start"),
        ({"head_start": math.inf}, "k and the head start"),
        ({"span": 1}, "over 2 points or more, not 1"),
    ],
)
def test_settings_that_cannot_be_are_named(given: dict[str, float], wrong: str) -> None:
    with pytest.raises(SpcError, match=wrong):
        Settings(**given)  # type: ignore[arg-type]


def test_each_family_has_the_rules_that_make_sense_on_it() -> None:
    rules = nelson()
    for kind in KINDS:
        numbers = [rule.number for rule in rules_for(kind, rules)]
        family = design_of(kind).family
        assert numbers == (
            [1] if family in {"dependent", "rare"} else list(range(1, 9 if family == "symmetric" else 5))
        )
    assert rules_for("p", rules, all_on_counts=True) == rules


def test_stages_that_cannot_be_are_named() -> None:
    x = np.arange(6.0)
    for stages in ((1,), (4, 3), (7,)):
        with pytest.raises(SpcError, match="rising points between 2 and 6"):
            staged_series("i", x, stages=stages)
    with pytest.raises(SpcError, match="6 points and 9 marks"):
        staged_series("i", x, stages=(3,), excluded=np.zeros(9, bool))
    assert staged_series("cusum", x, stages=(4,)).lower_sums is not None


def test_a_cusum_of_what_never_varies_waits_without_growing() -> None:
    chart = ControlChart("cusum", phase1=10)
    assert all(chart.add(5.0).limits is None for _ in range(1500))
    for n in range(700):  # the readings that never varied are forgotten in halves, so these soon are all there is
        chart.add(5.0 + n % 2)
    assert chart.baseline is not None
