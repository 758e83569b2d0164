"""Autocorrelation: what independent and dependent series look like, gaps, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inference.spc.autocorrelation import acf, ar_residuals, autocorrelation
from inference.spc.limits import SpcError

NAN = math.nan


def ar1(n: int, phi: float, seed: int = 1) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=n)
    x = np.zeros(n)
    x[0] = noise[0] / math.sqrt(1.0 - phi * phi)
    for t in range(1, n):
        x[t] = phi * x[t - 1] + noise[t]
    return x


def test_the_sample_autocorrelation_is_the_textbooks() -> None:
    x = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0])
    d = x - x.mean()
    assert acf(x, 3) == pytest.approx([1.0] + [float(d[:-k] @ d[k:] / (d @ d)) for k in (1, 2, 3)])


def test_ljung_box_is_its_formula() -> None:
    x = ar1(60, 0.4)
    found, r = autocorrelation(x, 6), acf(x, 6)
    assert found.q == pytest.approx(60 * 62 * sum(r[k] ** 2 / (60 - k) for k in range(1, 7)))
    from scipy.stats import chi2

    assert found.p_value == pytest.approx(chi2.sf(found.q, 6))
    assert (found.lag1, found.lags, found.n) == (pytest.approx(r[1]), 6, 60)


def test_independent_readings_are_accused_as_often_as_alpha_says() -> None:
    rng = np.random.default_rng(7)
    accused = [autocorrelation(rng.normal(size=100)).significant for _ in range(1000)]
    assert 0.03 < np.mean(accused) < 0.08


def test_independent_readings_with_many_gaps_are_accused_as_often() -> None:
    rng = np.random.default_rng(8)
    accused = []
    for _ in range(600):
        x = rng.normal(size=160)
        x[rng.random(160) < 0.2] = NAN
        accused.append(autocorrelation(x, 4).significant)
    assert 0.02 < np.mean(accused) < 0.09


@pytest.mark.parametrize("phi", [-0.7, 0.5, 0.9])
def test_a_dependent_series_is_found_and_its_residuals_are_independent(phi: float) -> None:
    x = 1e6 + 0.01 * ar1(600, phi)
    found = autocorrelation(x)
    assert found.significant
    assert found.lag1 == pytest.approx(phi, abs=0.1)
    assert found.inflation == pytest.approx(1.0 / math.sqrt(1.0 - found.lag1))
    left = ar_residuals(x)
    assert left.order >= 1
    assert ar_residuals(x, 1).coefficients == pytest.approx([phi], abs=0.08)
    assert ar_residuals(x, 1).inflation == pytest.approx(1.0 / math.sqrt(1.0 - phi * phi), rel=0.15)
    assert left.sigma == pytest.approx(0.01, rel=0.1)
    assert not autocorrelation(left.values).significant


def test_a_second_order_process_is_recovered() -> None:
    rng = np.random.default_rng(4)
    x, noise = np.zeros(3000), rng.normal(size=3000)
    for t in range(2, 3000):
        x[t] = 0.6 * x[t - 1] - 0.5 * x[t - 2] + noise[t]
    found = ar_residuals(x)
    assert found.order >= 2
    assert found.coefficients[:2] == pytest.approx([0.6, -0.5], abs=0.08)


def test_residuals_stay_aligned_and_start_again_after_each_gap() -> None:
    x = np.array([1.0, 2.0, NAN, 4.0, 3.0, 5.0, NAN, NAN, 7.0])
    found = ar_residuals(x, 1)
    assert np.isnan(found.values).tolist() == [True, False, True, True, False, False, True, True, True]
    d = x - found.mean
    assert found.values[4] == pytest.approx(d[4] - found.coefficients[0] * d[3])
    assert abs(found.coefficients[0]) <= 1.0


def test_order_0_leaves_the_distances_from_the_mean() -> None:
    found = ar_residuals(np.array([1.0, NAN, 3.0, 5.0]), 0)
    assert found.values[[0, 2, 3]].tolist() == [-2.0, 0.0, 2.0]
    assert (found.order, found.sigma, found.inflation) == (0, 2.0, 1.0)


@pytest.mark.parametrize("x", [np.full(30, 1e9), np.array([5.0]), np.array([NAN, 5.0, NAN])])
def test_readings_that_do_not_vary_have_no_autocorrelation_and_residuals_of_0(x: np.ndarray) -> None:
    found = autocorrelation(x)
    assert (found.lag1, found.q, found.p_value, found.significant, found.inflation) == (None, None, None, False, None)
    left = ar_residuals(x)
    assert (left.order, left.sigma) == (0, 0.0)
    assert set(left.values[~np.isnan(x)].tolist()) == {0.0}


def test_readings_that_never_follow_each_other_have_no_autocorrelation() -> None:
    x = np.array([1.0, NAN, 2.0, NAN, 3.0])
    assert autocorrelation(x).lag1 is None
    assert acf(x, 2).tolist() == [1.0, 0.0, 0.0]
    assert ar_residuals(x).order == 0


def test_neighbours_that_are_all_equal_have_a_correlation_of_1_and_no_inflation() -> None:
    x = np.array([1.0, 1.0, NAN, 2.0, 2.0, NAN, 3.0, 3.0, NAN, 8.0, 8.0])
    found = autocorrelation(x)
    assert found.lag1 is not None
    assert found.lag1 > 0.8
    sure = autocorrelation(np.array([0.0] * 2 + [NAN] + [100.0] * 2 + [NAN, 50.0, NAN, 50.0, NAN, 50.0, NAN, 50.0]))
    assert (sure.lag1, sure.inflation) == (1.0, None)


def test_a_series_that_its_past_foretells_leaves_nothing() -> None:
    x = np.array([1.0, -1.0] * 15)
    found = ar_residuals(x, 3)
    assert found.coefficients.tolist() == [-1.0, 0.0, 0.0]
    assert found.inflation is None
    assert ar_residuals(x).order == 1
    assert ar_residuals(np.array([1.0, -1.0, NAN]), 1).sigma == 0.0


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (lambda: autocorrelation(np.array([])), "no readings"),
        (lambda: autocorrelation(np.array([NAN])), "no readings"),
        (lambda: autocorrelation(np.array([math.inf, 1.0])), "beyond"),
        (lambda: autocorrelation(np.ones((2, 2))), "one dimension"),
        (lambda: autocorrelation(np.arange(9.0), 0), "1 lag"),
        (lambda: autocorrelation(np.arange(9.0), alpha=1.0), "alpha"),
        (lambda: acf(np.arange(9.0), -1), "lag"),
        (lambda: acf(np.ones(9), 1), "do not vary"),
        (lambda: ar_residuals(np.arange(3.0), 3), "order 3"),
        (lambda: ar_residuals(np.arange(3.0), -1), "order -1"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(bad, told: str) -> None:
    with pytest.raises(SpcError, match=told):
        bad()
