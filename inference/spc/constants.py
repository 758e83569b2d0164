"""The constants of normal samples of n readings, computed from their definitions, never from a rounded table.

Promises: at least ten correct digits for 2 <= n <= 100.
May import: numpy, scipy.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from scipy.special import gammaln, log_ndtr, ndtr

# Gauss-Legendre nodes; the integrands are analytic, and beyond 10 standard deviations below 1e-22.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(240)
_REACH_SIGMA = 10.0


@cache
def d2(n: int) -> float:
    """Mean range of n standard normal readings: the integral of 1 - (1-F)^n - F^n over the line (Tippett 1925).

    Raises ValueError for n < 2.
    """
    _at_least_two(n)
    x = _NODES * _REACH_SIGMA
    largest_above = -np.expm1(n * log_ndtr(x))
    smallest_above = np.exp(n * log_ndtr(-x))
    return float(_REACH_SIGMA * np.sum(_WEIGHTS * (largest_above - smallest_above)))


@cache
def d3(n: int) -> float:
    """Standard deviation of the range of n standard normal readings.

    From E[W^2], the integral of 2 w P(W > w), with P(W <= w) = n times the integral of f(x) (F(x+w) - F(x))^(n-1)
    (Hartley 1942). Raises ValueError for n < 2.
    """
    _at_least_two(n)
    x = _NODES * _REACH_SIGMA
    w = (_NODES + 1.0) * _REACH_SIGMA
    density = np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
    inside = (ndtr(x[None, :] + w[:, None]) - ndtr(x)[None, :]) ** (n - 1)
    beyond = 1.0 - n * _REACH_SIGMA * (inside @ (_WEIGHTS * density))
    mean_square = 2.0 * _REACH_SIGMA * float(np.sum(_WEIGHTS * w * beyond))
    return math.sqrt(mean_square - d2(n) ** 2)


@cache
def c4(n: int) -> float:
    """Mean standard deviation (divisor n-1) of n standard normal readings: sqrt(2/(n-1)) G(n/2) / G((n-1)/2).

    Raises ValueError for n < 2.
    """
    _at_least_two(n)
    return math.sqrt(2.0 / (n - 1)) * math.exp(float(gammaln(n / 2.0)) - float(gammaln((n - 1) / 2.0)))


def _at_least_two(n: int) -> None:
    if n < 2:
        raise ValueError(f"a sample of {n} has no range: n must be 2 or more")
