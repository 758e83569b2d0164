"""Parameters of the distributions that readings of a process follow, estimated one family at a time.

Each estimator takes readings without NaN, shape [n], that vary, and gives the arguments of its scipy distribution
(shapes, location, scale), or None where the family cannot have made such readings. Families that start at 0 take
readings of 0 or more with a mean near 1, the others readings near 0 with a spread near 1: `distributions` sees to that.

Promises: no warning, no NaN; an estimate that does not exist is None.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
from scipy import optimize, special

from inference.spc.capability.sample import deviations
from inference.spc.limits import Floats

# scipy has no types for these.
_brentq = cast("Any", optimize).brentq
_digamma = cast("Any", special).digamma

Parameters = tuple[float, ...]

_SHAPES = (0.02, 1e7)
"""Between these a shape is looked for: with less the outer percentiles leave what a float can hold."""
_SIGMAS_LOG = (1e-6, 20.0)
"""A lognormal with less is a normal distribution to every digit that counts; one with more overflows."""


def normal(x: Floats) -> Parameters:
    """Mean and standard deviation (n-1), so that its percentile indices are the usual Pp and Ppk."""
    return float(np.mean(x)), float(np.std(x, ddof=1))


def lognormal(x: Floats) -> Parameters | None:
    """Mean and standard deviation (n-1) of the logarithms.

    None for readings of 0, for so small a spread that it is a normal distribution, and for one without bounds.
    """
    if np.min(x) <= 0.0:
        return None
    logs = np.log(x)
    sd = float(np.std(logs, ddof=1))
    return (sd, 0.0, math.exp(float(np.mean(logs)))) if _SIGMAS_LOG[0] < sd < _SIGMAS_LOG[1] else None


def shifted_lognormal(x: Floats) -> Parameters | None:
    """The lognormal that starts where the logarithms are without skewness (zero-skewness estimate, as Stata's lnskew0).

    The likelihood has no maximum here: it grows without bound as the start nears the least reading. None for readings
    that are not skewed to the right.
    """
    above = x - np.min(x)

    def skewness(log_gap: float) -> float:
        return float(np.mean(deviations(np.log(above + math.exp(log_gap))) ** 3))

    low, high = -30.0, 8.0
    if not skewness(high) > 0.0 > skewness(low):
        return None
    gap = math.exp(float(_brentq(skewness, low, high)))
    logs = np.log(above + gap)
    return float(np.std(logs, ddof=1)), float(np.min(x)) - gap, math.exp(float(np.mean(logs)))


def weibull(x: Floats) -> Parameters | None:
    """Maximum likelihood (Cohen, Technometrics 7, 1965): sum x^k ln x / sum x^k - 1/k = mean ln x; None for 0."""
    if np.min(x) <= 0.0:
        return None
    logs = np.log(x / np.max(x))
    mean = float(np.mean(logs))

    def excess(shape: float) -> float:
        weights = np.exp(shape * logs)
        return float(weights @ logs / np.sum(weights)) - 1.0 / shape - mean

    if not excess(_SHAPES[1]) > 0.0 > excess(_SHAPES[0]):
        return None
    shape = float(_brentq(excess, *_SHAPES))
    return shape, 0.0, float(np.max(x)) * float(np.mean(np.exp(shape * logs))) ** (1.0 / shape)


def gamma(x: Floats) -> Parameters | None:
    """Maximum likelihood (Choi and Wette, Technometrics 11, 1969): ln k - digamma k = ln mean - mean ln; None for 0."""
    if np.min(x) <= 0.0:
        return None
    mean = float(np.mean(x))
    spread = -float(np.mean(np.log(x / mean)))

    def excess(shape: float) -> float:
        return math.log(shape) - float(_digamma(shape)) - spread

    if not excess(_SHAPES[0]) > 0.0 > excess(_SHAPES[1]):
        return None
    shape = float(_brentq(excess, *_SHAPES))
    return shape, 0.0, mean / shape


def exponential(x: Floats) -> Parameters:
    """Maximum likelihood: the mean."""
    return 0.0, float(np.mean(x))


def rayleigh(x: Floats) -> Parameters:
    """Maximum likelihood: sqrt(mean x² / 2); the length of a two-dimensional error (ISO 22514-2: position)."""
    return 0.0, math.sqrt(float(np.mean(x * x)) / 2.0)


def half_normal(x: Floats) -> Parameters:
    """Maximum likelihood: sqrt(mean x²); the size of an error around 0."""
    return 0.0, math.sqrt(float(np.mean(x * x)))
