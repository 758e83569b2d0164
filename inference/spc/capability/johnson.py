"""Johnson's curves SU (unbounded) and SB (bounded) by four percentiles (Slifker and Shapiro, Technometrics 22, 1980).

A normal z is gamma + eta asinh(y) for SU and gamma + eta ln(y / (1-y)) for SB, with y = (x - location) / scale. The
readings at -3z, -z, z and 3z have spacings n, p, m; m n / p² is above 1 for SU and below 1 for SB. Which z serves best
differs from sample to sample, so several are tried and the most likely curve is kept (Chou, Polansky and Mason 1998).

Promises: no warning; None for fewer than 50 readings and where the sample asks for the other curve.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.special import ndtr

from inference.spc.limits import Floats

Parameters = tuple[float, float, float, float]
"""Gamma, eta, location, scale: the arguments of scipy's johnsonsu and johnsonsb."""

_TRIED = (0.3, 0.4, 0.5, 0.548, 0.6, 0.7, 0.8)
_FEWEST = 50
"""The outer percentiles of fewer readings are too uncertain for a curve with four parameters."""
_LEAST_ETA = 0.05
"""With less the outer percentiles of SU leave what a float can hold."""
_APART = 1e-6
"""Nearer to m n = p² the curve is the lognormal between the two."""


def johnson_su(x: Floats) -> Parameters | None:
    """The most likely unbounded curve for readings of shape [n] with a spread near 1; None where they are bounded."""
    return _most_likely(x, su_through, _log_density_su)


def johnson_sb(x: Floats) -> Parameters | None:
    """The most likely bounded curve for readings of shape [n] with a spread near 1.

    None where they are not bounded, or no curve holds all of them.
    """
    return _most_likely(x, sb_through, _log_density_sb)


def su_through(points: Floats, z: float) -> Parameters | None:
    """The SU curve through `points`, shape [4], at the normal scores -3z, -z, z, 3z; None where it is none."""
    n, p, m = np.diff(points).tolist()
    if not (p > 0.0 and m * n > (1.0 + _APART) * p * p):
        return None
    m, n = m / p, n / p
    eta = 2.0 * z / math.acosh((m + n) / 2.0)
    if eta < _LEAST_ETA:
        return None
    root = math.sqrt(m * n - 1.0)
    gamma = eta * math.asinh((n - m) / (2.0 * root))
    scale = 2.0 * p * root / ((m + n - 2.0) * math.sqrt(m + n + 2.0))
    middle = float(points[1] + points[2]) / 2.0
    return gamma, eta, middle + p * (n - m) / (2.0 * (m + n - 2.0)), scale


def sb_through(points: Floats, z: float) -> Parameters | None:
    """The SB curve through `points`, shape [4], at the normal scores -3z, -z, z, 3z; None where it is none."""
    n, p, m = np.diff(points).tolist()
    if not (m > _APART * p and n > _APART * p and m * n < (1.0 - _APART) * p * p):
        return None
    over_m, over_n = p / m, p / n
    product = (1.0 + over_m) * (1.0 + over_n)
    excess = over_m * over_n - 1.0
    eta = z / math.acosh(math.sqrt(product) / 2.0)
    gamma = eta * math.asinh((over_n - over_m) * math.sqrt(product - 4.0) / (2.0 * excess))
    scale = p * math.sqrt((product - 2.0) ** 2 - 4.0) / excess
    middle = float(points[1] + points[2]) / 2.0
    return gamma, eta, middle - scale / 2.0 + p * (over_n - over_m) / (2.0 * excess), scale


def _most_likely(
    x: Floats,
    through: Callable[[Floats, float], Parameters | None],
    log_density: Callable[[Floats, Parameters], float],
) -> Parameters | None:
    if x.size < _FEWEST:
        return None
    best, most = None, -math.inf
    for z in _TRIED:
        share = np.asarray(ndtr(np.array([-3.0 * z, -z, z, 3.0 * z])), dtype=np.float64)
        curve = through(np.quantile(x, share, method="hazen"), z)
        loglik = log_density(x, curve) if curve else -math.inf
        if loglik > most:
            best, most = curve, loglik
    return best


def _log_density_su(x: Floats, curve: Parameters) -> float:
    gamma, eta, location, scale = curve
    y = (x - location) / scale
    score = gamma + eta * np.arcsinh(y)
    return float(np.sum(math.log(eta / scale) - 0.5 * np.log1p(y * y) - 0.5 * score * score))


def _log_density_sb(x: Floats, curve: Parameters) -> float:
    gamma, eta, location, scale = curve
    y = (x - location) / scale
    if not (np.min(y) > 0.0 and np.max(y) < 1.0):
        return -math.inf
    score = gamma + eta * (np.log(y) - np.log1p(-y))
    return float(np.sum(math.log(eta / scale) - np.log(y) - np.log1p(-y) - 0.5 * score * score))
