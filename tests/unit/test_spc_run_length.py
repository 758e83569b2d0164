"""Run lengths at their edges: closed forms, extreme settings, settings that cannot be."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import binom, ncx2, poisson

from inference.spc.limits import Baseline, SpcError
from inference.spc.presets import nelson, preset, western_electric
from inference.spc.rules import AlternatingRule, OutsideRule, Rule, TrendRule, WithinRule, ZoneRule
from inference.spc.run_length.cusum import cusum_decision, cusum_run_length
from inference.spc.run_length.ewma import ewma_run_length, ewma_width
from inference.spc.run_length.lengths import beyond
from inference.spc.run_length.mewma import mewma_limit, mewma_run_length
from inference.spc.run_length.orders import order_run_length
from inference.spc.run_length.rules import in_control_run_length, run_length
from inference.spc.run_length.shewhart import shewhart_run_length, t2_run_length
from inference.spc.run_length.simulation import simulated_run_length
from inference.spc.run_length.transient import expected_steps, limit_for
from inference.spc.run_length.zones import Statistic
from inference.spc.series import chart_series

LIMIT = (ZoneRule(1, 1, 1, 3.0),)
IN_CONTROL = Statistic("normal", 0.0, 1.0, 0.0)


def test_expected_steps_keep_their_digits_where_leaving_is_rare() -> None:
    for rare in (1e-3, 1e-12, 1e-60):
        # Two states that swap, and leave from the second alone: 2/rare steps from it, 1 more from the first.
        steps = expected_steps(np.array([[0.0, 1.0], [1.0 - rare, 0.0]]), np.array([0.0, rare]))
        assert steps == pytest.approx([2.0 / rare, 2.0 / rare - 1.0], rel=1e-14)


def test_many_states_are_eliminated_in_blocks() -> None:
    # A walk over 0..n that leaves beyond either end: (i+1)(n+1-i) steps from i.
    n = 100
    kernel = 0.5 * (np.eye(n + 1, k=1) + np.eye(n + 1, k=-1))
    exits = np.zeros(n + 1)
    exits[[0, n]] = 0.5
    at = np.arange(n + 1)
    assert expected_steps(kernel, exits) == pytest.approx((at + 1.0) * (n + 1.0 - at), rel=1e-12)


@pytest.mark.parametrize("wanted", [1.0 + 1e-9, 2.0, 370.4, 1e12])
def test_a_limit_is_found_whatever_side_the_search_starts_from(wanted: float) -> None:
    for start in (1e-3, 1.0, 50.0):
        assert limit_for(wanted, math.exp, start) == pytest.approx(math.log(wanted), rel=1e-8)


def test_a_limit_that_is_the_start_itself_is_found() -> None:
    assert limit_for(8.0, lambda x: x**3, 2.0) == pytest.approx(2.0, rel=1e-12)


def test_one_sided_limits_speak_half_as_often() -> None:
    assert shewhart_run_length(3.0, two_sided=False) == pytest.approx(2.0 * shewhart_run_length(3.0), rel=1e-12)
    assert shewhart_run_length(3.0, -2.0, two_sided=False) > 1e6


def test_a_chart_whose_limits_nothing_reaches_never_speaks() -> None:
    assert shewhart_run_length(45.0) == math.inf
    assert ewma_run_length(0.2, 45.0) == math.inf
    assert cusum_run_length(30.0, 30.0) == math.inf
    assert mewma_run_length(0.5, 3000.0, 2) == math.inf
    assert t2_run_length(3000.0, 2) == math.inf
    assert in_control_run_length("normal", [ZoneRule(1, 1, 1, 45.0)]).points == math.inf


def test_run_lengths_beyond_the_digits_of_a_number_are_still_right() -> None:
    assert ewma_run_length(1.0, 8.0) == pytest.approx(shewhart_run_length(8.0), rel=1e-10)
    assert mewma_run_length(1.0, 100.0, 3) == pytest.approx(t2_run_length(100.0, 3), rel=1e-10)
    # In control the run length grows as exp(2 k h) (Siegmund 1985).
    growth = cusum_run_length(0.5, 60.0) / cusum_run_length(0.5, 40.0)
    assert growth == pytest.approx(math.exp(20.0), rel=1e-6)


def test_a_chart_that_is_far_off_speaks_at_once() -> None:
    assert ewma_run_length(0.1, 3.0, 1e6) == 1.0
    assert ewma_run_length(0.1, 3.0, -1e6, limits="time_varying") == 1.0
    assert cusum_run_length(0.5, 5.0, 300.0) == 1.0
    assert mewma_run_length(0.1, 8.0, 2, 1000.0) == pytest.approx(1.0, rel=1e-12)
    assert t2_run_length(11.8, 2, 1000.0) == pytest.approx(1.0, rel=1e-12)


def test_a_head_start_of_an_ewma_shortens_its_run() -> None:
    edge = 3.0 * math.sqrt(0.2 / 1.8)
    for limits in ("asymptotic", "time_varying"):
        lengths = [ewma_run_length(0.2, 3.0, 1.0, start=part * edge, limits=limits) for part in (0.0, 0.5, 1.0)]
        assert lengths == sorted(lengths, reverse=True)


def test_a_great_head_start_of_both_sums_is_exact() -> None:
    # Beyond h/2 + k both sums can speak before either was at 0, and Lucas and Crosier's formula alone would be off.
    rng = np.random.default_rng(11)
    for head_start in (5.0, 3.2):
        sums, lengths, shown = np.full((20_000, 2), head_start), list[np.ndarray](), 0
        while sums.size:
            y = rng.standard_normal((sums.shape[0], 1)) * np.array([1.0, -1.0])
            sums, shown = np.maximum(sums + y + np.array([0.5, -0.5]) - 0.5, 0.0), shown + 1
            out = sums.max(axis=1) > 5.0
            lengths.append(np.full(np.count_nonzero(out), shown))
            sums = sums[~out]
        found = np.concatenate(lengths)
        expected = cusum_run_length(0.5, 5.0, 0.5, head_start=head_start)
        assert abs(found.mean() - expected) <= 3.0 * found.std() / math.sqrt(found.size)


def test_a_mewma_of_one_characteristic_is_an_ewma() -> None:
    assert mewma_run_length(0.2, 9.0, 1, 0.7) == ewma_run_length(0.2, 3.0, 0.7)


def test_out_of_control_a_mewma_tends_to_its_run_length_in_control() -> None:
    for p in (2, 3, 12):
        in_control = mewma_run_length(0.2, 9.0 + p, p)
        assert mewma_run_length(0.2, 9.0 + p, p, 1e-9) == pytest.approx(in_control, rel=1e-8)


def test_lengths_of_normal_vectors_are_those_of_the_noncentral_chi_distribution() -> None:
    for p in (1, 2, 7, 50):
        for radius in (0.5, 3.0, 20.0):
            center = np.array([0.0, 1e-9, 1.0, 5.0, 40.0])
            expected = [float(ncx2.sf(radius**2, p, max(c, 1e-30) ** 2)) for c in center]
            assert beyond(radius, center, p) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("size", [1, 20, 100])
@pytest.mark.parametrize("p", [0.003, 0.02, 0.5, 0.97])
def test_p_and_np_charts_have_the_binomials_own_run_length(p: float, size: int) -> None:
    counts = np.arange(size + 1)
    for kind in ("p", "np"):
        # 65 of 100 at p = 0.5 lie on the line of both charts, though rounding puts z at 3.0000000000000004.
        readings = chart_series(
            kind, counts.astype(float), np.full(size + 1, float(size)), baseline=Baseline(p, 0.0, 1)
        )
        probability = float(binom.pmf(counts[np.abs(readings.z) > 3.0 + 1e-9], size, p).sum())
        found = in_control_run_length(kind, LIMIT, mean=p, size=size)
        assert found.points == pytest.approx(1.0 / probability if probability else math.inf, rel=1e-9)
        assert found.exact


@pytest.mark.parametrize(("mean", "size"), [(0.01, 1.0), (4.0, 1.0), (1.5, 2.5), (3000.0, 1.0)])
def test_c_and_u_charts_have_poissons_own_run_length(mean: float, size: float) -> None:
    counts = np.arange(int(4 * mean * size) + 60)
    out = np.abs(counts - size * mean) > 3.0 * math.sqrt(size * mean) * (1.0 + 1e-12)
    probability = float(poisson.pmf(counts[out], mean * size).sum())
    assert in_control_run_length("u", LIMIT, mean=mean, size=size).points == pytest.approx(1.0 / probability, rel=1e-7)
    if size == 1.0:
        assert in_control_run_length("c", LIMIT, mean=mean).points == pytest.approx(1.0 / probability, rel=1e-7)


def test_a_count_on_the_limit_is_not_out() -> None:
    # c = 4: the upper limit is 10 exactly.
    assert in_control_run_length("c", LIMIT, mean=4.0).points == pytest.approx(1.0 / float(poisson.sf(10, 4.0)))


def test_counts_that_never_vary_never_speak_of_a_limit() -> None:
    for kind, mean in (("p", 0.0), ("np", 1.0), ("c", 0.0), ("u", 0.0)):
        assert in_control_run_length(kind, LIMIT, mean=mean, size=10.0).points == math.inf
        assert in_control_run_length(kind, [WithinRule(7, 15, 1.0)], mean=mean, size=10.0).points == 15.0


def test_a_process_that_left_its_centre_line_of_no_defects_speaks_at_the_first() -> None:
    assert run_length("p", LIMIT, mean=0.0, size=10.0, actual=0.1).points == pytest.approx(1.0 / (1.0 - 0.9**10))


def test_without_rules_the_limits_alone_speak() -> None:
    assert in_control_run_length("normal", []).points == pytest.approx(370.398, abs=1e-3)
    assert in_control_run_length("normal", [], nsigma=2.0).points == pytest.approx(1.0 / 0.0455003, rel=1e-6)


def test_runs_on_one_side_have_the_run_length_of_a_fair_coin() -> None:
    # Feller 1968, XIII.7: 2^n - 1 tosses until a run of n of either side.
    for n in (1, 2, 8, 9):
        assert in_control_run_length("normal", [ZoneRule(4, n, n, 0.0)]).points == pytest.approx(2.0**n - 1.0)


def test_points_within_have_the_run_length_of_successes() -> None:
    # Feller 1968, XIII.7: (1 - p^n) / (q p^n).
    p = math.erf(1.0 / math.sqrt(2.0))
    expected = (1.0 - p**15) / ((1.0 - p) * p**15)
    assert in_control_run_length("normal", [WithinRule(7, 15, 1.0)]).points == pytest.approx(expected)
    any_side = in_control_run_length("normal", [OutsideRule(8, 8, 1.0, both_sides=False)])
    assert any_side.points == pytest.approx((1.0 - (1.0 - p) ** 8) / (p * (1.0 - p) ** 8))


def test_three_points_in_order_have_closed_forms() -> None:
    # André 1879: permutations that go up and down number the coefficients of sec + tan; monotone ones are 2 of n!.
    assert order_run_length(TrendRule(3, 3)) == pytest.approx(2.0 / math.cos(1.0) + 2.0 * math.tan(1.0) - 2.0)
    assert order_run_length(AlternatingRule(4, 3)) == pytest.approx(2.0 * math.e - 2.0)
    assert order_run_length(TrendRule(3, 2)) == 2.0


def test_rules_of_order_alone_are_exact_for_a_normal_chart_only() -> None:
    assert in_control_run_length("normal", [TrendRule(3, 6)]).points == pytest.approx(421.5986, abs=1e-3)
    assert in_control_run_length("normal", [TrendRule(3, 200)]).points == math.inf
    assert not in_control_run_length("c", [TrendRule(3, 4)], mean=2.0).exact


@pytest.mark.parametrize("rule", [TrendRule(3, 4), TrendRule(3, 6), AlternatingRule(4, 6), AlternatingRule(4, 14)])
def test_orders_are_simulated_as_long_as_calculated(rule: TrendRule | AlternatingRule) -> None:
    found = simulated_run_length(IN_CONTROL, [rule], seed=3)
    assert found.standard_error is not None
    assert abs(found.points - order_run_length(rule)) <= 3.0 * found.standard_error


@pytest.mark.parametrize(
    "rules",
    [
        western_electric(),
        [r for r in nelson() if not isinstance(r, TrendRule | AlternatingRule)],
        [ZoneRule(2, 2, 3, 2.0, 3.0, last_counts=False), ZoneRule(3, 4, 5, 1.0, 3.0, last_counts=False)],
    ],
)
def test_zones_are_simulated_as_long_as_calculated(rules: list[Rule]) -> None:
    for statistic in (IN_CONTROL, Statistic("normal", 0.0, 1.0, 1.0), Statistic("np", 0.1, 50.0, 0.1)):
        exact = run_length(statistic.kind, rules, mean=statistic.mean, size=statistic.size, actual=statistic.actual)
        assert exact.exact
        found = simulated_run_length(statistic, rules, seed=5)
        assert found.standard_error is not None
        assert abs(found.points - exact.points) <= 3.0 * found.standard_error


@pytest.mark.parametrize("name", ["western_electric", "nelson", "aiag", "minitab", "jmp"])
def test_whole_presets_are_simulated_within_three_percent(name: str) -> None:
    found = in_control_run_length("normal", preset(name))
    assert not found.exact
    assert found.standard_error is not None
    assert found.standard_error < 0.03 * found.points
    assert 50.0 < found.points < 91.9


def test_a_simulation_that_is_cut_off_knows_its_error() -> None:
    rules = [OutsideRule(8, 8, 1.0)]
    exact = in_control_run_length("normal", rules).points
    found = simulated_run_length(IN_CONTROL, rules, points=300_000, seed=2)
    assert found.standard_error is not None
    assert abs(found.points - exact) <= 3.0 * found.standard_error
    assert found.standard_error > 0.1 * exact


def test_the_same_seed_gives_the_same_run_length() -> None:
    rules = nelson()
    assert simulated_run_length(IN_CONTROL, rules, seed=9) == simulated_run_length(IN_CONTROL, rules, seed=9)
    assert simulated_run_length(IN_CONTROL, rules, seed=9) != simulated_run_length(IN_CONTROL, rules, seed=8)


def test_rules_with_too_many_histories_are_simulated() -> None:
    one = [ZoneRule(1, 10, 20, 0.5)]
    several = [ZoneRule(n, 3, 9, 0.7 * n) for n in range(1, 4)]
    for rules in (one, several):
        found = in_control_run_length("normal", rules)
        assert not found.exact
        assert found.standard_error is not None
        assert found.standard_error < 0.03 * found.points


REFUSED: list[tuple[str, Callable[[], object]]] = [
    ("wide", lambda: shewhart_run_length(-1.0)),
    ("shift", lambda: shewhart_run_length(3.0, math.nan)),
    ("limit of T", lambda: t2_run_length(0.0, 2)),
    ("1 to 50 characteristics", lambda: t2_run_length(9.0, 0)),
    ("Mahalanobis", lambda: t2_run_length(9.0, 2, -1.0)),
    ("weight of an EWMA", lambda: ewma_run_length(0.0, 3.0)),
    ("weight of an EWMA", lambda: ewma_run_length(math.nan, 3.0)),
    ("sigma wide", lambda: ewma_run_length(0.2, 0.0)),
    ("shift", lambda: ewma_run_length(0.2, 3.0, math.inf)),
    ("starts between its limits", lambda: ewma_run_length(0.2, 3.0, start=2.0)),
    ("long a memory", lambda: ewma_run_length(1e-6, 3.0)),
    ("weight of an EWMA", lambda: ewma_width(1.5, 370.0)),
    ("wanted run length", lambda: ewma_width(0.2, 1.0)),
    ("wanted run length", lambda: ewma_width(0.2, 1e13)),
    ("reference value", lambda: cusum_run_length(-0.1, 5.0)),
    ("decision interval", lambda: cusum_run_length(0.5, 0.0)),
    ("shift", lambda: cusum_run_length(0.5, 5.0, math.nan)),
    ("head start", lambda: cusum_run_length(0.5, 5.0, head_start=6.0)),
    ("too great", lambda: cusum_run_length(0.0, 5.0, head_start=3.0)),
    ("long a memory", lambda: cusum_run_length(0.0, 600.0)),
    ("whatever h is", lambda: cusum_decision(3.0, 100.0)),
    ("whatever h is", lambda: cusum_decision(9.0, 100.0, two_sided=False)),
    ("weight of a MEWMA", lambda: mewma_run_length(0.0, 9.0, 2)),
    ("1 to 50 characteristics", lambda: mewma_run_length(0.1, 9.0, 51)),
    ("limit of T", lambda: mewma_run_length(0.1, math.inf, 2)),
    ("Mahalanobis", lambda: mewma_run_length(0.1, 9.0, 2, math.nan)),
    ("long a memory", lambda: mewma_run_length(0.001, 5.0, 2, 1.0)),
    ("long a memory", lambda: mewma_run_length(1e-6, 5.0, 2)),
    ("characteristics", lambda: mewma_limit(0.1, 0, 200.0)),
    ("known are normal, p, np, c, u", lambda: in_control_run_length("xbar", LIMIT)),
    ("mean of a p chart", lambda: in_control_run_length("p", LIMIT, mean=1.5, size=10.0)),
    ("mean of a c chart", lambda: in_control_run_length("c", LIMIT, mean=math.inf)),
    ("mean of a np chart", lambda: run_length("np", LIMIT, mean=0.1, size=10.0, actual=-0.1)),
    ("mean is a number", lambda: run_length("normal", LIMIT, actual=math.nan)),
    ("size is above 0", lambda: in_control_run_length("u", LIMIT, mean=1.0, size=0.0)),
    ("come whole", lambda: in_control_run_length("p", LIMIT, mean=0.1, size=10.5)),
    ("too large", lambda: in_control_run_length("c", LIMIT, mean=1e12)),
    ("whole window", lambda: run_length("normal", nelson(), whole_windows=False)),
    ("standard error", lambda: simulated_run_length(IN_CONTROL, LIMIT, runs=1)),
    ("without a rule", lambda: simulated_run_length(IN_CONTROL, [])),
    ("no rule spoke", lambda: simulated_run_length(IN_CONTROL, [ZoneRule(1, 1, 1, 9.0)], points=10_000)),
]


@pytest.mark.parametrize(("sentence", "call"), REFUSED)
def test_settings_that_cannot_be_are_refused_in_a_sentence(sentence: str, call: Callable[[], object]) -> None:
    with pytest.raises(SpcError, match=sentence):
        call()
