"""A straight line through points, with what is known about it: the tool of linearity and drift.

Promises: points on one line exactly have no standard error, and a test without an error is None.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from scipy.special import stdtr, stdtrit

from inference.spc.limits import Floats, SpcError, mean_of

_NO_SPREAD = 1e-200
"""A sum of squares below this can no longer be divided by."""


class Estimate(NamedTuple):
    """A figure with its uncertainty."""

    value: float
    se: float
    """Standard error."""
    t: float | None
    """value / se; None where nothing scatters (se is 0)."""
    p: float | None
    """Two-sided p of t against 0; None as t."""
    low: float
    high: float
    """The interval at the study's confidence."""


@dataclass(frozen=True, slots=True)
class Line:
    """y = intercept + slope · x by least squares (Draper and Smith 1998, chapter 1)."""

    slope: Estimate
    intercept: Estimate
    sigma: float
    """Residual standard deviation, n - 2 degrees of freedom."""
    df: int
    r2: float | None
    """Share of the variation of y that the line explains; None where y never varied."""
    center: tuple[float, float]
    """Means of x and y."""
    sxx: float
    """Sum of squares of x about its mean."""
    quantile: float
    """Student's t at the confidence."""

    def band(self, x: float) -> tuple[float, float, float]:
        """Fitted mean at x and the limits of its confidence interval: (low, fit, high)."""
        mean_x, mean_y = self.center
        fit = mean_y + self.slope.value * (x - mean_x)
        half = self.quantile * self.sigma * math.sqrt(1.0 / (self.df + 2) + (x - mean_x) ** 2 / self.sxx)
        return fit - half, fit, fit + half


def t_quantile(df: int, confidence: float) -> float:
    """Two-sided quantile of Student's t. Raises SpcError for a confidence that does not lie between 0 and 1."""
    if not 0.0 < confidence < 1.0:
        raise SpcError(f"a confidence lies between 0 and 1, not at {confidence:g}")
    return float(stdtrit(df, 0.5 + confidence / 2.0))


def estimate(value: float, se: float, df: int, quantile: float) -> Estimate:
    """The figure with its t test against 0 and its interval."""
    if not se:
        return Estimate(value, 0.0, None, None, value, value)
    t = value / se
    return Estimate(value, se, t, 2.0 * float(stdtr(df, -abs(t))), value - quantile * se, value + quantile * se)


def fit_line(x: Floats, y: Floats, confidence: float, magnitude: float) -> Line:
    """Fit a line to points, x and y of shape [n]; `magnitude` is that of the readings y was made of.

    Raises SpcError for fewer than 3 points, and where x never varies.
    """
    n = x.size
    if n < 3:
        raise SpcError(f"a line needs 3 points or more to be judged, not {n}")
    mean_x, mean_y = mean_of(x), mean_of(y)
    dx, dy = x - mean_x, y - mean_y
    sxx = math.fsum(dx * dx)
    if sxx < _NO_SPREAD:
        raise SpcError("a line needs points at two places or more, not at one")
    slope = math.fsum(dx * dy) / sxx
    rss, syy = math.fsum((dy - slope * dx) ** 2), math.fsum(dy * dy)
    sigma = _scatter(rss, n, magnitude)
    quantile = t_quantile(n - 2, confidence)
    se = sigma / math.sqrt(sxx)
    return Line(
        estimate(slope, se, n - 2, quantile),
        estimate(mean_y - slope * mean_x, sigma * math.sqrt(1.0 / n + mean_x * mean_x / sxx), n - 2, quantile),
        sigma,
        n - 2,
        1.0 - rss / syy if syy > 0.0 else None,
        (mean_x, mean_y),
        sxx,
        quantile,
    )


def _scatter(rss: float, n: int, magnitude: float) -> float:
    """Residual sigma. What rounded readings leave of points that lie on a line is no scatter."""
    floor = n * (4.0 * math.ulp(1.0) * magnitude) ** 2
    return math.sqrt(rss / (n - 2)) if rss > floor else 0.0
