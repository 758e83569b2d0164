"""The constants of normal samples of n readings, computed from their definitions, never from a rounded table.

Promises: at least ten correct digits for 2 <= n <= 1000.
May import: numpy, scipy, inference.spc.limits.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.special import log_ndtr, ndtr

from inference.spc.limits import Floats, SpcError

MOST = 100_000
"""Readings of a subgroup whose range may be charted: beyond, the integrals lose their digits."""

# Gauss-Legendre nodes; the integrands are analytic, and beyond 10 standard deviations below 1e-22.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(240)
_REACH_SIGMA = 10.0
# Over the whole line the rule of the trapezoid converges faster than any power, also for the narrow peaks of large n.
_LINE, _STEP = np.linspace(-_REACH_SIGMA, _REACH_SIGMA, 401, retstep=True)
_GAMMA_UP_TO = 100


class Factors(NamedTuple):
    """The factors of the tables (ISO 7870-2, table 2; Montgomery, SQC 7th ed., appendix VI), limits of 3 sigma."""

    a2: float
    """A2 = 3/(d2 sqrt n): limits of means by the mean range."""
    a3: float
    """A3 = 3/(c4 sqrt n): limits of means by the mean standard deviation."""
    b3: float
    """B3 = 1 - 3 c5/c4, not below 0: lower limit of standard deviations by their mean."""
    b4: float
    """B4 = 1 + 3 c5/c4."""
    d3: float
    """The tables' capital D3 = 1 - 3 d3/d2, not below 0: lower limit of ranges by their mean."""
    d4: float
    """The tables' capital D4 = 1 + 3 d3/d2."""
    e2: float
    """E2 = 3/d2: limits of single readings by the mean (moving) range of n."""


@cache
def d2(n: int) -> float:
    """Mean range of n standard normal readings: the integral of 1 - (1-F)^n - F^n over the line (Tippett 1925).

    Raises SpcError for n below 2 or above `MOST`.
    """
    _with_a_range(n)
    x = _NODES * _REACH_SIGMA
    largest_above = -np.expm1(n * log_ndtr(x))
    smallest_above = np.exp(n * log_ndtr(-x))
    return float(_REACH_SIGMA * np.sum(_WEIGHTS * (largest_above - smallest_above)))


@cache
def d3(n: int) -> float:
    """Standard deviation of the range of n standard normal readings.

    From E[W^2], the integral of 2 w P(W > w) (Hartley 1942). Raises SpcError for n below 2 or above `MOST`.
    """
    _with_a_range(n)
    w = (_NODES + 1.0) * _REACH_SIGMA
    mean_square = 2.0 * _REACH_SIGMA * float(np.sum(_WEIGHTS * w * (1.0 - _range_within(w, n))))
    return math.sqrt(mean_square - d2(n) ** 2)


@cache
def median_range(n: int) -> float:
    """Median range of n standard normal readings (the tables' small d4).

    Raises SpcError for n below 2 or above `MOST`.
    """
    _with_a_range(n)
    low, high = 0.0, 2.0 * _REACH_SIGMA
    while low < (middle := 0.5 * (low + high)) < high:
        over = float(_range_within(np.array([middle]), n)[0]) > 0.5
        low, high = (low, middle) if over else (middle, high)
    return middle


@cache
def c4(n: int) -> float:
    """Mean standard deviation (divisor n-1) of n standard normal readings: sqrt(2/(n-1)) G(n/2) / G((n-1)/2).

    Raises SpcError for n below 2.
    """
    _at_least_two(n)
    if n > _GAMMA_UP_TO:
        return math.exp(_log_c4(n))
    return math.sqrt(2.0 / (n - 1)) * math.gamma(n / 2.0) / math.gamma((n - 1) / 2.0)


@cache
def c5(n: int) -> float:
    """Standard deviation of the standard deviation of n standard normal readings: sqrt(1 - c4^2).

    Raises SpcError for n below 2.
    """
    return math.sqrt(1.0 - c4(n) ** 2 if n <= _GAMMA_UP_TO else -math.expm1(2.0 * _log_c4(n)))


@cache
def factors(n: int) -> Factors:
    """The factors of subgroups of n. Raises SpcError for n below 2."""
    r, s = 3.0 * d3(n) / d2(n), 3.0 * c5(n) / c4(n)
    a = 3.0 / math.sqrt(n)
    return Factors(a / d2(n), a / c4(n), max(0.0, 1.0 - s), 1.0 + s, max(0.0, 1.0 - r), 1.0 + r, 3.0 / d2(n))


def _range_within(w: Floats, n: int) -> Floats:
    """P(W <= w) = n times the integral of f(x) (F(x+w) - F(x))^(n-1) over the line (Hartley 1942), shape [k]."""
    inside = (ndtr(_LINE[None, :] + w[:, None]) - ndtr(_LINE)[None, :]) ** (n - 1)
    return n * (inside @ (_STEP * np.exp(-0.5 * _LINE * _LINE) / math.sqrt(2.0 * math.pi)))


def _log_c4(n: int) -> float:
    """Logarithm of c4 by Stirling's series for large n, where the gamma function overflows and its own loses digits."""
    a = (n - 1) / 2.0
    b = a * a
    return (-1.0 / 8.0 + (1.0 / 192.0 + (-1.0 / 640.0 + (17.0 / 14336.0 - 31.0 / 18432.0 / b) / b) / b) / b) / a


def _at_least_two(n: int) -> None:
    if n < 2:
        raise SpcError(f"a sample of {n} has no spread: n must be 2 or more")


def _with_a_range(n: int) -> None:
    _at_least_two(n)
    if n > MOST:
        raise SpcError(f"the range of {n} readings says nothing of their sigma: n must be at most {MOST}")
