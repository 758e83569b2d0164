"""The constants of normal samples: closed forms, an independent integral, simulation, and large n."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import gammaln, ndtr

from inference.spc.constants import MOST, c4, c5, d2, d3, factors, median_range
from inference.spc.limits import D2_OF_TWO, SpcError


def test_constants_of_two_readings_have_closed_forms() -> None:
    assert d2(2) == pytest.approx(2.0 / math.sqrt(math.pi), rel=1e-14)
    assert d2(2) == pytest.approx(D2_OF_TWO, rel=1e-14)
    assert d3(2) == pytest.approx(math.sqrt(2.0 - 4.0 / math.pi), rel=1e-12)
    assert c4(2) == pytest.approx(math.sqrt(2.0 / math.pi), rel=1e-15)
    assert c5(2) == pytest.approx(math.sqrt(1.0 - 2.0 / math.pi), rel=1e-14)
    assert median_range(2) == pytest.approx(0.6744897501960817 * math.sqrt(2.0), rel=1e-14)
    assert d2(3) == pytest.approx(3.0 / math.sqrt(math.pi), rel=1e-14)


def range_on_a_grid(n: int) -> tuple[float, float]:
    """Mean and standard deviation of the range by the rules of the trapezoid and of Simpson."""
    x, dx = np.linspace(-12.0, 12.0, 4001, retstep=True)
    w, dw = np.linspace(0.0, 18.0, 1201, retstep=True)
    density = np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
    below = ndtr(x)
    beyond = np.array([1.0 - n * dx * np.sum(density * (ndtr(x + at) - below) ** (n - 1)) for at in w])
    weights = np.where(np.arange(w.size) % 2 == 1, 4.0, 2.0) * dw / 3.0
    weights[0] = weights[-1] = dw / 3.0
    mean = float(np.sum(weights * beyond))
    return mean, math.sqrt(2.0 * float(np.sum(weights * w * beyond)) - mean**2)


@pytest.mark.parametrize("n", [5, 100, 400, 1000])
def test_ranges_of_up_to_a_thousand_readings_have_ten_digits(n: int) -> None:
    mean, deviation = range_on_a_grid(n)
    assert d2(n) == pytest.approx(mean, rel=1e-10)
    assert d3(n) == pytest.approx(deviation, rel=1e-10)


@pytest.mark.parametrize("n", [50, 100, 101, 340, 1000])
def test_deviations_agree_with_the_logarithm_of_the_gamma_function(n: int) -> None:
    log = 0.5 * math.log(2.0 / (n - 1)) + float(gammaln(n / 2.0) - gammaln((n - 1) / 2.0))
    assert c4(n) == pytest.approx(math.exp(log), rel=1e-12)
    assert c5(n) == pytest.approx(math.sqrt(1.0 - math.exp(2.0 * log)), rel=1e-9)


@pytest.mark.parametrize("n", [10**4, 10**6, 10**9, 10**15])
def test_deviations_of_very_many_readings_follow_their_limit(n: int) -> None:
    assert c4(n) == pytest.approx(1.0 - 1.0 / (4.0 * n) - 7.0 / (32.0 * n * n), rel=1e-11)
    assert c5(n) * math.sqrt(2.0 * (n - 1)) == pytest.approx(1.0, abs=1.0 / n)


def test_the_range_constants_agree_with_simulation() -> None:
    ranges = np.ptp(np.random.default_rng(0).standard_normal((200_000, 7)), axis=1)
    assert d2(7) == pytest.approx(ranges.mean(), abs=4 * ranges.std() / math.sqrt(ranges.size))
    assert d3(7) == pytest.approx(ranges.std(), rel=0.01)
    assert np.count_nonzero(ranges < median_range(7)) / ranges.size == pytest.approx(0.5, abs=0.005)


def test_the_constants_grow_or_fall_without_a_break_where_the_method_changes() -> None:
    sizes = range(95, 107)
    for constant, sign in ((c4, 1.0), (c5, -1.0), (d2, 1.0), (d3, -1.0), (median_range, 1.0)):
        steps = np.diff([sign * constant(n) for n in sizes])
        assert (steps > 0).all()
        assert (np.diff(steps) < 0).all()


def test_a_lower_limit_of_small_subgroups_is_zero() -> None:
    assert (factors(5).b3, factors(6).d3) == (0.0, 0.0)
    assert factors(6).b3 > 0.0
    assert factors(7).d3 > 0.0


@pytest.mark.parametrize("constant", [d2, d3, c4, c5, median_range, factors])
def test_one_reading_has_no_spread(constant: Callable[[int], object]) -> None:
    with pytest.raises(SpcError, match="a sample of 1 has no spread: n must be 2 or more"):
        constant(1)


@pytest.mark.parametrize("constant", [d2, d3, median_range, factors])
def test_the_range_of_far_too_many_readings_is_refused(constant: Callable[[int], object]) -> None:
    with pytest.raises(SpcError, match="at most 100000"):
        constant(MOST + 1)
