"""The folded normal distribution: the size of a normal error whose sign is lost (runout, symmetry, imbalance).

Promises: no warning but where a share is 0, whose logarithm the caller cuts off.
May import: numpy, scipy, inference.spc.limits.
"""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
from scipy import optimize
from scipy.special import log_ndtr, ndtr

from inference.spc.limits import Floats

_STEPS = 500
_FOLDS = (0.1, 4.0)
"""A folded normal with less mean (in its sigma) is a half normal, one with more a normal distribution."""


def folded_normal(x: Floats) -> tuple[float, float, float] | None:
    """Maximum likelihood by expectation and maximisation over the lost signs (Leone, Nelson and Nottingham 1961).

    None where it ends at the half normal, or never comes near 0.
    """
    square, mean, sigma = float(np.mean(x * x)), float(np.mean(x)), 0.0
    for _ in range(_STEPS):
        variance = square - mean * mean
        if not variance * _FOLDS[1] ** 2 > mean * mean:
            return None
        sigma, before = math.sqrt(variance), mean
        mean = float(np.mean(x * np.tanh(x * mean / variance)))
        if before - mean < 1e-9 * sigma:
            break
    return (mean / sigma, 0.0, sigma) if mean > _FOLDS[0] * sigma else None


class FoldedNormal:
    """The distribution of |z + fold|, z standard normal. scipy's own, of the same methods, is far too slow."""

    @staticmethod
    def logpdf(x: Floats, fold: float, location: float, scale: float) -> Floats:
        """Ln of the density."""
        y = (x - location) / scale
        return np.logaddexp(-0.5 * (y - fold) ** 2, -0.5 * (y + fold) ** 2) - math.log(scale * math.sqrt(2.0 * math.pi))

    @staticmethod
    def logcdf(x: Floats, fold: float, location: float, scale: float) -> Floats:
        """Ln of the share below x."""
        return np.log(FoldedNormal.cdf(x, fold, location, scale))

    @staticmethod
    def logsf(x: Floats, fold: float, location: float, scale: float) -> Floats:
        """Ln of the share above x."""
        y = (x - location) / scale
        return np.logaddexp(log_ndtr(fold - y), log_ndtr(-fold - y))

    @staticmethod
    def cdf(x: Floats | float, fold: float, location: float, scale: float) -> Floats:
        """The share below x."""
        y = (x - location) / scale
        return np.asarray(ndtr(y - fold) - ndtr(-y - fold), dtype=np.float64)

    @staticmethod
    def sf(x: Floats | float, fold: float, location: float, scale: float) -> Floats:
        """The share above x."""
        y = (x - location) / scale
        return np.asarray(ndtr(fold - y) + ndtr(-fold - y), dtype=np.float64)

    @staticmethod
    def ppf(p: float, fold: float, location: float, scale: float) -> float:
        """The x that a share `p` stays below."""

        def excess(y: float) -> float:
            return float(FoldedNormal.cdf(y, fold, 0.0, 1.0)) - p

        return location + scale * float(cast("Any", optimize).brentq(excess, 0.0, fold + 40.0))
