"""Two baselines side by side: did mean and spread really change?

Promises: p-values of two-sided tests and intervals of the differences; None where a figure does not exist.
May import: scipy, inference.spc.limits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import fdtr, fdtrc, stdtr, stdtrit

from inference.spc.limits import Baseline, SpcError


@dataclass(frozen=True, slots=True)
class Comparison:
    """The later baseline against the earlier one."""

    shift: float
    """Later mean - earlier mean, in the unit of the readings."""
    shift_low: float | None
    """Interval of the shift; None where neither varies."""
    shift_high: float | None
    shift_sigmas: float | None
    """The shift in sigmas of the earlier baseline; None where that is 0."""
    p_mean: float | None
    """Welch's t-test: probability of such a shift between two alike processes. None where neither varies."""
    sigma_ratio: float | None
    """Later sigma / earlier sigma; None where the earlier is 0."""
    p_sigma: float | None
    """F-test of the variances; None where one is 0."""


def compare(earlier: Baseline, later: Baseline, confidence: float = 0.95) -> Comparison:
    """Compare two baselines taken from `points` single readings each (Welch, Biometrika 34 (1947) 28; F-test).

    Sigma counts with points - 1 degrees of freedom, which flatters one that comes from moving ranges a little.
    Raises SpcError for a confidence outside 0 to 1 or a baseline of fewer than two points.
    """
    if not 0.0 < confidence < 1.0:
        raise SpcError(f"a confidence lies between 0 and 1, not at {confidence:g}")
    if min(earlier.points, later.points) < 2:
        raise SpcError("a baseline of fewer than two points cannot be compared")
    shift = later.mean - earlier.mean
    low, high, p_mean = _welch(earlier, later, shift, confidence)
    return Comparison(
        shift,
        low,
        high,
        shift / earlier.sigma if earlier.sigma else None,
        p_mean,
        later.sigma / earlier.sigma if earlier.sigma else None,
        _same_spread(earlier, later),
    )


def _welch(
    earlier: Baseline, later: Baseline, shift: float, confidence: float
) -> tuple[float | None, float | None, float | None]:
    """Interval of the shift, and p."""
    scale = max(earlier.sigma, later.sigma)
    if not scale:
        return None, None, None
    a, b = ((base.sigma / scale) ** 2 / base.points for base in (earlier, later))
    freedom = (a + b) ** 2 / (a**2 / (earlier.points - 1) + b**2 / (later.points - 1))
    error = math.sqrt(a + b) * scale
    reach = float(stdtrit(freedom, (1.0 + confidence) / 2.0)) * error
    return shift - reach, shift + reach, 2.0 * float(stdtr(freedom, -abs(shift) / error))


def _same_spread(earlier: Baseline, later: Baseline) -> float | None:
    if not earlier.sigma or not later.sigma:
        return None
    ratio = (later.sigma / earlier.sigma) ** 2
    freedom = (later.points - 1, earlier.points - 1)
    return min(1.0, 2.0 * min(float(fdtr(*freedom, ratio)), float(fdtrc(*freedom, ratio))))
