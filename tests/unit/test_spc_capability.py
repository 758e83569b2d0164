"""Capability: what exists, what does not, what is said about it, and what is refused."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from inference.spc.capability.boxcox import boxcox, inverse, transform, transform_limits
from inference.spc.capability.indices import Caution, capability, capability_of, k_index, plain_indices
from inference.spc.capability.normality import NormalityCaution, anderson_darling_p, normality
from inference.spc.capability.sample import Process, degrees_of_freedom, process_of, readings, sd_of
from inference.spc.capability.shapiro import shapiro_wilk
from inference.spc.capability.specification import SpecLimits, expected_ppm, observed_ppm
from inference.spc.constants import c4, d2, d3
from inference.spc.limits import SpcError

NAN = math.nan
BOTH = SpecLimits(90.0, 110.0, 100.0)


def drawn(n: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(100.0, 2.0, n)


def test_a_series_has_its_sigma_within_from_moving_ranges_and_none_reaches_across_a_gap() -> None:
    process = process_of(np.array([1.0, 2.0, NAN, 10.0, 11.0]))
    assert process.sigma_within == pytest.approx(1.0 / d2(2))
    assert (process.mean, process.n) == (6.0, 4)


def test_rows_of_uneven_size_give_the_mean_of_ranges_over_d2_and_a_row_of_one_only_counts_for_the_mean() -> None:
    process = process_of(np.array([[1.0, 3.0, NAN], [NAN, 7.0, NAN], [1.0, 2.0, 4.0], [NAN, NAN, NAN]]))
    assert process.sigma_within == pytest.approx((2.0 / d2(2) + 3.0 / d2(3)) / 2)
    assert process.df_within == pytest.approx(degrees_of_freedom(((d3(2) / d2(2)) ** 2 + (d3(3) / d2(3)) ** 2) / 4))
    assert (process.mean, process.n) == (3.0, 6)


def test_one_reading_has_a_mean_and_no_spread() -> None:
    found = capability_of(np.array([100.0]), BOTH)
    assert (found.process.sigma_within, found.process.sigma_overall, found.process.n) == (None, None, 1)
    assert set(found.named().values()) == {None}
    assert found.cautions == (Caution.NO_SIGMA_WITHIN, Caution.NO_SIGMA_OVERALL)
    assert found.observed == (0.0, 0.0)


def test_figures_of_one_reading_with_a_known_sigma_give_indices_without_intervals() -> None:
    found = capability(Process(100.0, 2.0, 2.0, 1), BOTH)
    for index in found.named().values():
        assert index is not None
        assert index[1:] == (None, None)


def test_rows_of_one_reading_have_no_sigma_within() -> None:
    process = process_of(np.array([[1.0], [2.0]]))
    assert (process.sigma_within, process.df_within) == (None, None)
    assert process.sigma_overall == pytest.approx(math.sqrt(0.5))


@pytest.mark.parametrize("value", [0.0, 100.0, 1e9, 0.1])
def test_constant_readings_have_no_indices_and_it_is_said(value: float) -> None:
    for x in (np.full(7, value), np.full((4, 3), value)):
        found = capability_of(x, BOTH)
        assert (found.process.mean, found.process.sigma_within, found.process.sigma_overall) == (value, 0.0, 0.0)
        assert (found.within, found.overall, found.expected_within, found.expected_overall) == (None,) * 4
        assert found.cautions == (Caution.NO_SPREAD_WITHIN, Caution.NO_SPREAD_OVERALL)


def test_constant_within_subgroups_leaves_the_overall_indices() -> None:
    found = capability_of(np.array([[99.0, 99.0], [101.0, 101.0]]), BOTH, interval_df="within")
    assert found.within is None
    assert found.overall is not None
    assert found.cautions == (Caution.NO_SPREAD_WITHIN,)


def test_a_sigma_too_small_for_a_float_is_no_spread() -> None:
    assert plain_indices(BOTH, 100.0, 5e-324) is None


@pytest.mark.parametrize("limits", [SpecLimits(lower=90.0, target=100.0), SpecLimits(upper=110.0, target=100.0)])
def test_one_limit_gives_one_side_and_no_cp_nor_cpm(limits: SpecLimits) -> None:
    found = capability_of(drawn(40), limits)
    both = capability_of(drawn(40), BOTH)
    for ours, whole in ((found.within, both.within), (found.overall, both.overall)):
        assert ours is not None
        assert whole is not None
        assert (ours.cp, ours.cpm) == (None, None)
        side, other = (ours.cp_l, ours.cp_u) if limits.upper is None else (ours.cp_u, ours.cp_l)
        assert other is None
        assert ours.cp_k is not None
        assert side is not None
        assert ours.cp_k.value == side.value
        assert side in (whole.cp_l, whole.cp_u)
    assert found.k is None


def test_without_a_target_there_is_no_cpm_and_the_middle_stands_in_for_k() -> None:
    found = capability_of(drawn(40), SpecLimits(90.0, 110.0))
    assert found.within is not None
    assert found.within.cpm is None
    assert found.k == k_index(BOTH, found.process.mean)


def test_a_process_out_of_control_is_said_and_one_nobody_looked_at_is_not() -> None:
    assert capability_of(drawn(40), BOTH, violations=3).cautions == (Caution.NOT_IN_CONTROL,)
    assert capability_of(drawn(40), BOTH, violations=0).cautions == ()
    assert capability_of(drawn(40), BOTH).violations is None


@pytest.mark.parametrize("target", [89.0, 111.0])
def test_a_target_outside_the_limits_is_said(target: float) -> None:
    assert capability_of(drawn(40), SpecLimits(90.0, 110.0, target)).cautions == (Caution.TARGET_OUTSIDE,)


def test_a_mean_outside_the_limits_gives_a_negative_index_with_its_ends_in_order() -> None:
    found = capability(Process(120.0, 2.0, 2.0, 30), BOTH)
    assert found.within is not None
    index = found.within.cp_k
    assert index is not None
    assert index.lower is not None
    assert index.upper is not None
    assert index.lower < index.value == -10.0 / 6.0 < index.upper


def test_intervals_by_the_degrees_of_freedom_of_the_sigma_within_are_wider() -> None:
    x = drawn(60).reshape(12, 5)
    usual, own = capability_of(x, BOTH), capability_of(x, BOTH, interval_df="within")
    assert own.overall == usual.overall
    for a, b in zip(usual.within or (), own.within or (), strict=True):
        assert a.value == b.value
        assert b.lower < a.lower < a.upper < b.upper or a is usual.within[4]


def test_cpm_far_off_target_has_a_finite_interval() -> None:
    found = capability(Process(100.0, 1e-6, 1e-6, 30, 20.0), SpecLimits(0.0, 200.0, 1.0), interval_df="within")
    for family in (found.within, found.overall):
        assert family is not None
        assert family.cpm is not None
        assert family.cpm.lower is not None
        assert family.cpm.upper is not None
        assert family.cpm.lower < family.cpm.value < family.cpm.upper


@pytest.mark.parametrize("f", [1, 2, 3, 8, 40, 1000])
def test_degrees_of_freedom_are_those_of_a_standard_deviation(f: int) -> None:
    variance = 1.0 / c4(f + 1) ** 2 - 1.0
    assert degrees_of_freedom(variance) == pytest.approx(f, rel=0.03 / f**2 + 1e-8)


def test_degrees_of_freedom_of_mean_ranges_are_those_of_the_tables() -> None:
    # Duncan, Quality Control and Industrial Statistics, table D3: 20 ranges of 5 have 72.7, one of 5 has 3.83.
    v = (d3(5) / d2(5)) ** 2
    assert degrees_of_freedom(v / 20) == pytest.approx(72.7, abs=0.05)
    assert degrees_of_freedom(v) == pytest.approx(3.83, abs=0.02)


def test_the_variance_of_the_mean_moving_range_is_that_of_simulated_ones() -> None:
    x = np.random.default_rng(3).normal(size=(20_000, 15))
    sigmas = np.mean(np.abs(np.diff(x)), axis=1) / d2(2)
    df = process_of(x[0]).df_within
    assert df == pytest.approx(degrees_of_freedom(float(np.var(sigmas))), rel=0.03)


def test_parts_outside_are_counted_strictly() -> None:
    assert observed_ppm(SpecLimits(1.0, 2.0), np.array([1.0, 2.0, 2.5, NAN, 0.5])) == (250_000.0, 250_000.0)
    assert observed_ppm(SpecLimits(lower=1.0), np.array([0.0])) == (1e6, None)
    assert observed_ppm(SpecLimits(upper=1.0), np.array([0.0])) == (None, 0.0)
    assert expected_ppm(SpecLimits(lower=0.0), 0.0, 1.0) == (500_000.0, None)
    assert expected_ppm(SpecLimits(upper=0.0), 0.0, 1.0) == (None, 500_000.0)


def test_one_part_in_ten_to_the_fifteen_is_still_counted_on_the_upper_side() -> None:
    ppm = expected_ppm(SpecLimits(-10.0, 10.0), 0.0, 1.0)
    assert ppm is not None
    assert ppm.above == ppm.below == pytest.approx(7.619853e-18, rel=1e-6)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (SpecLimits, "a lower or an upper"),
        (lambda: SpecLimits(2.0, 1.0), "must be below"),
        (lambda: SpecLimits(1.0, 1.0), "must be below"),
        (lambda: SpecLimits(1.0, math.inf), "finite"),
        (lambda: SpecLimits(1.0, 2.0, NAN), "finite"),
        (lambda: Process(NAN, 1.0, 1.0, 5), "mean"),
        (lambda: Process(1.0, -1.0, 1.0, 5), "sigma"),
        (lambda: Process(1.0, 1.0, math.inf, 5), "sigma"),
        (lambda: Process(1.0, 1.0, 1.0, 0), "0 readings"),
        (lambda: Process(1.0, 1.0, 1.0, 5, 0.0), "degrees of freedom"),
        (lambda: process_of(np.zeros((2, 2, 2))), "dimensions"),
        (lambda: process_of(np.array([])), "no readings"),
        (lambda: process_of(np.array([NAN, NAN])), "no readings"),
        (lambda: readings(np.array([1.0, math.inf])), "beyond"),
        (lambda: readings(np.array([1.0, -1e200])), "beyond"),
        (lambda: capability_of(drawn(9), BOTH, confidence=1.0), "confidence"),
        (lambda: capability_of(drawn(9), BOTH, confidence=0.2), "confidence"),
        (lambda: capability_of(drawn(9), BOTH, nsigma=0.0), "nsigma"),
        (lambda: capability_of(drawn(9), BOTH, nsigma=NAN), "nsigma"),
        (lambda: plain_indices(BOTH, 1.0, -1.0), "sigma"),
        (lambda: capability(Process(100.0, 1.0, 1.0, 9), BOTH, interval_df="within"), "degrees of freedom"),
        (lambda: degrees_of_freedom(0.0), "variance"),
        (lambda: shapiro_wilk(np.array([1.0, 2.0])), "3 to 5000"),
        (lambda: shapiro_wilk(np.ones(5)), "do not vary"),
        (lambda: boxcox(np.array([0.0, 1.0])), "above 0"),
        (lambda: boxcox(np.array([-1.0, 1.0])), "above 0"),
        (lambda: boxcox(np.full(5, 0.1)), "do not vary"),
        (lambda: boxcox(np.array([1.0, 2.0]), (1.0, 1.0)), "bounds"),
        (lambda: boxcox(np.array([1.0, 2.0]), (NAN, 1.0)), "bounds"),
        (lambda: transform(np.array([1.0]), 0.5, 0.0), "above 0"),
        (lambda: transform(np.array([1e300]), 5.0), "beyond"),
        (lambda: inverse(np.array([-3.0]), 0.5), "no reading"),
        (lambda: inverse(np.array([1e4]), 0.0), "beyond"),
        (lambda: inverse(np.array([1.0]), 0.5, -1.0), "above 0"),
        (lambda: transform_limits(SpecLimits(upper=-1.0), 0.5), "above 0"),
        (lambda: transform_limits(SpecLimits(upper=1.0, target=0.0), 0.5), "above 0"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(bad, told: str) -> None:
    with pytest.raises(SpcError, match=told):
        bad()


def test_the_spread_of_one_reading_does_not_exist() -> None:
    assert sd_of(np.array([3.0])) is None
    assert sd_of(np.array([1e-200, 3e-200])) == pytest.approx(math.sqrt(2.0) * 1e-200)
    assert sd_of(readings(np.array([5e-324, 0.0]))) == 0.0


def test_normality_says_what_a_sample_does_not_have() -> None:
    few, constant = normality(np.array([1.0, 2.0, NAN])), normality(np.full(10, 3.3))
    assert (few.anderson_darling, few.shapiro_wilk, few.skewness, few.kurtosis) == (None,) * 4
    assert few.cautions == (NormalityCaution.TOO_FEW,)
    assert (constant.anderson_darling, constant.shapiro_wilk, constant.skewness) == (None,) * 3
    assert constant.cautions == (NormalityCaution.CONSTANT,)
    three, four = normality(np.array([1.0, 2.0, 4.0])), normality(np.array([1.0, 2.0, 4.0, 4.5]))
    assert three.kurtosis is None
    assert four.kurtosis is not None
    assert three.cautions == four.cautions == (NormalityCaution.FEW,)


def test_more_than_five_thousand_readings_have_no_shapiro_wilk() -> None:
    found = normality(drawn(5001))
    assert found.shapiro_wilk is None
    assert found.anderson_darling is not None
    assert found.anderson_darling.p_value > 0.01
    assert found.cautions == (NormalityCaution.MANY,)


def test_skewness_and_kurtosis_are_those_of_a_spreadsheet() -> None:
    # SKEW and KURT of 3 4 5 2 3 4 5 6 4 7, the example in Excel's manual.
    found = normality(np.array([3.0, 4, 5, 2, 3, 4, 5, 6, 4, 7]))
    assert found.skewness == pytest.approx(0.359543071, rel=1e-8)
    assert found.kurtosis == pytest.approx(-0.151799637, rel=1e-8)


def test_the_p_value_of_anderson_darling_never_rises_again_and_never_leaves_0_to_1() -> None:
    ps = [anderson_darling_p(a, 50) for a in np.linspace(0.01, 2000.0, 4000)]
    assert all(0.0 <= p <= 1.0 for p in ps)
    assert all(b <= a + 0.01 for a, b in pairwise(ps))


def test_shapiro_wilk_agrees_with_scipy_at_all_sizes() -> None:
    from scipy.stats import shapiro

    rng = np.random.default_rng(2)
    for n in (3, 4, 5, 6, 11, 12, 60, 700):
        x = rng.gamma(3.0, size=n)
        assert shapiro_wilk(x) == pytest.approx(tuple(shapiro(x)), rel=1e-5), n


@pytest.mark.parametrize("x", [[0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 1.0], [0.0] * 10 + [1.0], [0.0] * 4999 + [1.0]])
def test_the_least_normal_samples_have_a_finite_answer(x: list[float]) -> None:
    w, p = shapiro_wilk(np.array(x))
    assert 0.0 < w < 1.0
    assert 0.0 <= p < 0.05


def test_perfectly_normal_scores_have_a_finite_answer() -> None:
    from scipy.special import ndtri

    for n in (4, 8, 30):
        w, p = shapiro_wilk(np.asarray(ndtri((np.arange(1, n + 1) - 0.375) / (n + 0.25))))
        assert 0.98 < w < 1.0
        assert 0.9 < p <= 1.0


def test_lognormal_readings_are_made_normal_by_power_0() -> None:
    x = np.exp(np.random.default_rng(4).normal(size=800))
    found = boxcox(x)
    assert found.power == pytest.approx(0.0, abs=0.06)
    assert found.geometric_mean == pytest.approx(math.exp(np.mean(np.log(x))))
    assert boxcox(x, (0.5, 2.0)).power == pytest.approx(0.5, abs=1e-6)


def test_wide_bounds_and_wide_readings_do_not_overflow() -> None:
    found = boxcox(np.array([1e-140, 1e140, 3.0]), (-50.0, 50.0))
    assert math.isfinite(found.loglik)
    assert -50.0 <= found.power <= 50.0


def test_specification_limits_are_transformed_with_the_readings() -> None:
    limits = transform_limits(SpecLimits(1.0, 4.0, 2.25), 0.5)
    assert limits == SpecLimits(0.0, 2.0, 1.0)
    assert transform_limits(SpecLimits(0.0, 4.0), 0.5) == SpecLimits(None, 2.0)
    assert transform_limits(SpecLimits(lower=-1.0), 0.5) is None
    assert transform_limits(SpecLimits(lower=1.0), 0.5) == SpecLimits(lower=0.0)


def test_missing_readings_stay_missing_through_the_transformation() -> None:
    y = transform(np.array([NAN, 4.0]), 0.5)
    assert np.isnan(y[0])
    assert y[1] == 2.0
    assert np.isnan(transform(np.array([NAN]), 0.0)).all()
    assert np.isnan(inverse(np.array([NAN]), 0.5)).all()
    assert np.isnan(inverse(np.array([NAN, 1.0]), 0.5)).tolist() == [True, False]
