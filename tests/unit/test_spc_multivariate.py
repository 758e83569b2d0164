"""T²: what is refused and why, the limits' distributions, which characteristic is to blame, numbers that are hard."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from inference.spc.covariance import (
    MultivariateBaseline,
    individuals_covariance,
    known_baseline,
    subgroups_covariance,
    whitening,
)
from inference.spc.limits import Floats, SpcError
from inference.spc.multivariate import decompose, phase1_limits, phase2_limits, t2_chart, t2_individuals, t2_subgroups

RNG = np.random.default_rng(20260724)
X = RNG.normal(size=(30, 3)) @ np.array([[1.0, 0.5, 0.0], [0.0, 1.0, -0.3], [0.0, 0.0, 2.0]])


def with_columns(*columns: Floats) -> Floats:
    return np.column_stack(columns)


@pytest.mark.parametrize(
    ("x", "says"),
    [
        (with_columns(X[:, 0], np.full(30, 0.1), X[:, 1]), "column 2 never varies"),
        (with_columns(np.full(30, 1e9 + 1 / 3), X[:, 0], np.zeros(30)), "columns 1 and 3 never vary"),
        (with_columns(X[:, 0], X[:, 1], 2.0 * X[:, 0] - 7.0), "columns 1 and 3 are collinear"),
        (with_columns(X[:, 0], X[:, 1], X[:, 2], X[:, 0] + 1e-3 * X[:, 1] + 1e6), "columns 1, 2 and 4 are collinear"),
        (X[:3], "3 complete rows do not suffice for 3 columns: 4 are needed"),
        (np.where(np.arange(30)[:, None] < 27, np.nan, X), "3 complete rows do not suffice"),
        (X[0], "2 axes"),
        (np.empty((5, 0)), "2 axes"),
        (with_columns(X[:, 0] * 1e300, X[:, 1]), "too far apart"),
    ],
)
def test_a_singular_covariance_is_refused_with_its_columns(x: Floats, says: str) -> None:
    with pytest.raises(SpcError, match=says):
        individuals_covariance(x)


@pytest.mark.parametrize(
    ("x", "says"),
    [
        (X[None, :10], "1 subgroup with complete readings"),
        (X[:4].reshape(2, 2, 3), "2 degrees of freedom within subgroups do not suffice for 3 columns"),
        (np.repeat(X[:10, None, :], 2, axis=1), "columns 1, 2 and 3 never vary"),
        (X, "3 axes"),
    ],
)
def test_subgroups_that_do_not_suffice_are_refused(x: Floats, says: str) -> None:
    with pytest.raises(SpcError, match=says):
        subgroups_covariance(x)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: known_baseline(np.zeros(2), np.eye(3)), "does not fit"),
        (lambda: known_baseline(np.zeros(0), np.eye(0)), "does not fit"),
        (lambda: known_baseline(np.zeros(2), np.array([[1.0, 0.5], [0.2, 1.0]])), "symmetric"),
        (lambda: known_baseline(np.zeros(2), np.array([[1.0, 2.0], [2.0, 1.0]])), "collinear"),
        (lambda: known_baseline(np.array([0.0, math.nan]), np.eye(2)), "finite"),
        (lambda: known_baseline(np.zeros(2), np.diag([1.0, -1.0])), "column 2 never varies"),
        (lambda: MultivariateBaseline(np.zeros(2), np.zeros(2), np.eye(2), 5, 1), "leave 1 degrees"),
        (lambda: MultivariateBaseline(np.zeros(2), np.zeros(2), np.eye(2), 5, 5), "leave 5 degrees"),
        (lambda: phase2_limits(known_baseline(np.zeros(2), np.eye(2)), confidence=1.0), "between 0 and 1"),
        (lambda: phase1_limits(subgroups_covariance(X.reshape(6, 5, 3)), 30), "leaves a rest"),
        (lambda: t2_chart(known_baseline(np.zeros(2), np.eye(2))).add(np.zeros(3)), "3 columns do not fit"),
        (lambda: decompose(known_baseline(np.zeros(2), np.eye(2)), np.array([0.0, math.nan])), "missing"),
        (lambda: t2_individuals(X, phase1=(1, 31)), "points 1 to 31"),
        (lambda: t2_individuals(X, phase1=(9, 8)), "points 9 to 8"),
        (lambda: t2_individuals(X, excluded=np.zeros(4, bool)), "excluded points"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(make: Callable[[], object], says: str) -> None:
    with pytest.raises(SpcError, match=says):
        make()


def test_t2_is_the_quadratic_form_and_its_limits_are_the_quantiles() -> None:
    series = t2_individuals(X, confidence=0.99)
    center, cov = X.mean(axis=0), np.cov(X.T)
    direct = np.einsum("ij,jk,ik->i", X - center, np.linalg.inv(cov), X - center)
    np.testing.assert_allclose(series.statistics, direct, rtol=1e-10)
    first, second = phase1_limits(series.baseline, confidence=0.99), phase2_limits(series.baseline, confidence=0.99)
    assert first
    assert first.upper == pytest.approx(29**2 / 30 * stats.beta.ppf(0.99, 1.5, 13), rel=1e-9)
    assert first.center == pytest.approx(29**2 / 30 * stats.beta.ppf(0.5, 1.5, 13), rel=1e-9)
    assert second.upper == pytest.approx(3 * 31 * 29 / (30 * 27) * stats.f.ppf(0.99, 3, 27), rel=1e-9)
    assert first.lower is second.lower is None
    assert first.center + 3.0 * first.error == pytest.approx(first.upper)


def test_known_parameters_have_chi_square_limits_in_both_phases() -> None:
    baseline = known_baseline(np.array([1.0, 2.0]), np.array([[4.0, 1.0], [1.0, 9.0]]))
    limits = phase2_limits(baseline, 7, confidence=0.999)
    assert limits.upper == pytest.approx(stats.chi2.ppf(0.999, 2), rel=1e-9)
    assert limits.center == pytest.approx(stats.chi2.ppf(0.5, 2), rel=1e-9)
    assert phase1_limits(baseline, confidence=0.999) == limits
    assert t2_chart(baseline).add(np.array([1.0, 5.0])).value == pytest.approx(9.0 * 4.0 / 35.0)


def test_a_limit_below_the_median_has_no_negative_standard_error() -> None:
    assert phase2_limits(known_baseline(np.zeros(2), np.eye(2)), confidence=0.2).error == 0.0


def test_as_many_rows_as_columns_and_one_have_no_phase_one_limit() -> None:
    series = t2_individuals(X[:4])
    assert phase1_limits(series.baseline) is None
    assert series.limits == (None,) * 4
    assert not series.violations
    np.testing.assert_allclose(series.statistics, 9 / 4, rtol=1e-9)


def test_points_outside_phase_one_and_excluded_ones_have_phase_two_limits() -> None:
    x = X.copy()
    x[4] += 50.0
    excluded = np.arange(30) == 4
    series = t2_individuals(x, phase1=(1, 20), excluded=excluded)
    assert series.baseline.readings == 19
    first, second = phase1_limits(series.baseline), phase2_limits(series.baseline)
    assert [line == second for line in series.limits] == [n == 4 or n >= 20 for n in range(30)]
    assert series.limits[0] == first
    assert 5 in series.violations


def test_subgroups_of_varying_size_weigh_their_readings() -> None:
    x = X.reshape(10, 3, 3).copy()
    x[2, 1, 0] = x[2, 2, 2] = math.nan
    x[5] = math.nan
    series = t2_subgroups(x)
    rows = [group[~np.isnan(group).any(axis=1)] for group in x]
    within = sum((g - g.mean(axis=0)).T @ (g - g.mean(axis=0)) for g in rows if len(g))
    assert (series.baseline.readings, series.baseline.freedom, series.baseline.size) == (25, 16, 3)
    np.testing.assert_allclose(series.baseline.covariance, within / 16, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(series.baseline.center, np.concatenate(rows).mean(axis=0), rtol=1e-12)
    assert np.flatnonzero(np.isnan(series.statistics)).tolist() == [5]
    assert series.limits[2] == phase1_limits(series.baseline, 1)
    assert series.limits[5] == phase1_limits(series.baseline, 3)


def test_the_column_that_left_is_named_first() -> None:
    baseline = individuals_covariance(X)
    reading = baseline.center + np.array([0.0, 0.0, 20.0])
    parts = decompose(baseline, reading)
    assert parts[0].column == 3
    assert parts[0].conditional > parts[0].conditional_limit
    assert parts[0].alone == pytest.approx(400.0 / baseline.covariance[2, 2])
    t2 = t2_chart(baseline).add(reading).value
    assert t2
    for part in parts:  # the definition: T² less the T² of the other columns
        others = [c for c in range(3) if c != part.column - 1]
        fewer = known_baseline(baseline.center[others], baseline.covariance[np.ix_(others, others)])
        without = t2_chart(fewer).add(reading[others]).value
        assert without is not None
        assert part.conditional == pytest.approx(t2 - without, rel=1e-9, abs=1e-9)


def test_a_broken_correlation_shows_in_the_conditional_terms_alone() -> None:
    baseline = known_baseline(np.zeros(2), np.array([[1.0, 0.99], [0.99, 1.0]]))
    for part in decompose(baseline, np.array([1.5, -1.5])):
        assert part.conditional > part.conditional_limit == pytest.approx(stats.chi2.ppf(0.9973, 1), rel=1e-9)
        assert part.alone < part.alone_limit


def test_a_column_alone_has_no_others_to_be_conditional_on() -> None:
    baseline = individuals_covariance(X[:, :1])
    [part] = decompose(baseline, X[:3, :1])
    assert part.conditional == pytest.approx(part.alone)
    assert part.conditional_limit == pytest.approx(part.alone_limit)


def test_a_spread_of_a_thousandth_near_a_billion_loses_nothing() -> None:
    x = np.round(X * 1e-3 * 2**22) / 2**22  # exact at 1e9, too
    far = t2_individuals(x + 1e9)
    np.testing.assert_allclose(far.statistics, t2_individuals(x).statistics, rtol=1e-9)
    column = [Fraction(value) for value in (x + 1e9)[:, 0].tolist()]
    mean = sum(column) / len(column)
    variance = sum((value - mean) ** 2 for value in column) / (len(column) - 1)
    assert far.baseline.covariance[0, 0] == pytest.approx(float(variance), rel=1e-12)


@pytest.mark.parametrize("scale", [1e-140, 1e-20, 1e20, 1e140])
def test_units_do_not_matter_however_odd(scale: float) -> None:
    odd = X * np.array([scale, 1.0, 1.0 / scale])
    np.testing.assert_allclose(t2_individuals(odd).statistics, t2_individuals(X).statistics, rtol=1e-9)


def test_a_reading_beyond_all_numbers_is_out_and_warns_of_nothing() -> None:
    point = t2_chart(individuals_covariance(X * 1e-100)).add(np.array([1e300, -1e300, 1e300]))
    assert point.value == math.inf
    assert point.out
    parts = decompose(individuals_covariance(X * 1e-100), np.array([1e300, 1e300, -1e300]))
    assert all(part.conditional == math.inf > part.conditional_limit for part in parts)


def test_whitening_turns_the_covariance_into_the_identity() -> None:
    covariance = np.cov(X.T)
    white = whitening(covariance)
    np.testing.assert_allclose(white @ covariance @ white.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(white.T @ white, np.linalg.inv(covariance), rtol=1e-10)


def test_limits_hold_what_they_promise_with_estimated_parameters() -> None:
    """3000 baselines, each with one own and one future reading (or subgroup of another size), at 90 %."""
    rng = np.random.default_rng(7)
    inside = np.zeros((3000, 6), dtype=bool)
    for trial in range(3000):
        alone, groups = rng.normal(size=(12, 2)), rng.normal(size=(6, 3, 2))
        groups[0, 2] = math.nan
        of_rows, of_groups = individuals_covariance(alone), subgroups_covariance(groups)
        future = rng.normal(size=(5, 2))
        first, own = phase1_limits(of_rows, confidence=0.9), phase1_limits(of_groups, 2, confidence=0.9)
        second, other = phase2_limits(of_rows, confidence=0.9), phase2_limits(of_groups, 5, confidence=0.9)
        assert first
        assert own
        part = next(part for part in decompose(of_rows, future[0], confidence=0.9) if part.column == 1)
        inside[trial] = (
            t2_individuals(alone[:1], baseline=of_rows).statistics[0] <= first.upper,
            t2_individuals(future[:1], baseline=of_rows).statistics[0] <= second.upper,
            t2_subgroups(groups[:1], baseline=of_groups).statistics[0] <= own.upper,
            t2_subgroups(future[None], baseline=of_groups).statistics[0] <= other.upper,
            part.conditional <= part.conditional_limit,
            part.alone <= part.alone_limit,
        )
    np.testing.assert_allclose(inside.mean(axis=0), 0.9, atol=3.5 * math.sqrt(0.09 / 3000))
