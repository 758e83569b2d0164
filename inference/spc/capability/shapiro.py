"""The Shapiro-Wilk test of normality by algorithm AS R94 (Royston, Applied Statistics 44, 1995), as R has it.

scipy has the algorithm, too, with normal scores of seven digits; these have all of them, and nothing heavy is imported.

Promises: W and p as R gives them, to ten digits.
May import: numpy, scipy, inference.spc.limits.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr, ndtri

from inference.spc.limits import Floats, SpcError

ROYSTON_MOST = 5000
"""The approximation of p holds for 3 to 5000 readings."""

_TINY = 1e-19
"""The least 1 - W that rounding leaves."""

# Royston's polynomials, lowest power first.
_LAST = (0.0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056)
_LAST_BUT_ONE = (0.0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633)
_GAMMA = (-2.273, 0.459)
_MEAN_FEW = (0.544, -0.39978, 0.025054, -6.714e-4)
_LOG_SD_FEW = (1.3822, -0.77857, 0.062767, -0.0020322)
_MEAN_MANY = (-1.5861, -0.31082, -0.083751, 0.0038915)
_LOG_SD_MANY = (-0.4803, -0.082676, 0.0030302)


def shapiro_wilk(x: Floats) -> tuple[float, float]:
    """W and its p-value for readings that vary, shape [n], without NaN.

    Raises SpcError for fewer than 3 or more than 5000 readings, and for constant ones.
    """
    n = x.size
    if not 3 <= n <= ROYSTON_MOST:
        raise SpcError(f"the Shapiro-Wilk test takes 3 to {ROYSTON_MOST} readings, not {n}")
    ordered: Floats = np.sort(x)
    if ordered[0] == ordered[-1]:
        raise SpcError("the readings do not vary, so there is no distribution to test")
    ordered = (ordered - ordered[n // 2]) / float(ordered[-1] - ordered[0])
    weights, distance = _weights(n), ordered - math.fsum(ordered) / n
    size = math.sqrt(float(weights @ weights) * float(distance @ distance))
    match = float(weights @ distance)
    missing = max((size - match) * (size + match) / size**2, _TINY)
    return 1.0 - missing, _p_value(missing, n)


def _weights(n: int) -> Floats:
    """The coefficients of the ordered readings, shape [n], rising and antisymmetric."""
    if n == 3:
        return np.array([-math.sqrt(0.5), 0.0, math.sqrt(0.5)])
    scores = np.asarray(ndtri((np.arange(1, n + 1) - 0.375) / (n + 0.25)), dtype=np.float64)
    scores = (scores - scores[::-1]) / 2.0
    square, root = float(scores @ scores), 1.0 / math.sqrt(n)
    polynomials = (_LAST, _LAST_BUT_ONE) if n > 5 else (_LAST,)
    outer = [_polynomial(p, root) + float(scores[-1 - i]) / math.sqrt(square) for i, p in enumerate(polynomials)]
    replaced = math.fsum(2.0 * float(scores[-1 - i]) ** 2 for i in range(len(outer)))
    weights = scores / math.sqrt((square - replaced) / (1.0 - math.fsum(2.0 * a * a for a in outer)))
    for i, a in enumerate(outer):
        weights[-1 - i], weights[i] = a, -a
    return weights


def _p_value(missing: float, n: int) -> float:
    """The probability of a smaller W, by a normal approximation of ln(1 - W); exact for three readings."""
    if n == 3:
        return max(0.0, 6.0 / math.pi * (math.asin(math.sqrt(1.0 - missing)) - math.asin(math.sqrt(0.75))))
    y = math.log(missing)
    if n > 11:
        mean, log_sd = _polynomial(_MEAN_MANY, math.log(n)), _polynomial(_LOG_SD_MANY, math.log(n))
        return float(ndtr((mean - y) / math.exp(log_sd)))
    gamma = _polynomial(_GAMMA, n)  # above y for every W that n readings can have
    mean, log_sd = _polynomial(_MEAN_FEW, n), _polynomial(_LOG_SD_FEW, n)
    return float(ndtr((mean + math.log(gamma - y)) / math.exp(log_sd)))


def _polynomial(coefficients: tuple[float, ...], x: float) -> float:
    return math.fsum(c * x**power for power, c in enumerate(coefficients))
