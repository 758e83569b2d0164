"""A sample of readings and the figures of its process: mean, sigma within subgroups, sigma overall.

Promises: exact for constant readings and for small spreads far from zero; a figure that the readings do not suffice for
is None, never NaN.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from inference.spc.constants import d2, d3
from inference.spc.limits import Floats, SpcError, mean_of, sigma_from_moving_ranges

_LARGEST, _SMALLEST = 1e150, 1e-150
"""Squares of readings beyond these leave what a float can hold."""


@dataclass(frozen=True, slots=True)
class Process:
    """The figures that capability indices stand on, in the unit of the readings."""

    mean: float
    sigma_within: float | None
    """Sigma of single readings from within subgroups or from moving ranges; None where no two readings suffice."""
    sigma_overall: float | None
    """Standard deviation (n-1) of all readings; None for a single reading."""
    n: int
    """How many readings in all."""
    df_within: float | None = None
    """Effective degrees of freedom of `sigma_within`; None where nobody knows them."""

    def __post_init__(self) -> None:
        if not math.isfinite(self.mean):
            raise SpcError(f"the mean of a process is a finite number, not {self.mean}")
        for sigma in (self.sigma_within, self.sigma_overall):
            if sigma is not None and not 0.0 <= sigma < math.inf:
                raise SpcError(f"a sigma is a finite number of 0 or more, not {sigma}")
        if self.n < 1:
            raise SpcError(f"a process of {self.n} readings has no figures: at least 1 is needed")
        if self.df_within is not None and not 0.0 < self.df_within < math.inf:
            raise SpcError(f"degrees of freedom are a finite number above 0, not {self.df_within}")


def readings(x: Floats) -> Floats:
    """The readings present, shape [n], of any array (NaN is missing); those nearer to 0 than 1e-150 are 0.

    Raises SpcError where there is none, or one is infinite or beyond 1e150.
    """
    flat = np.asarray(x, dtype=np.float64).ravel()
    present = flat[~np.isnan(flat)]
    if not present.size:
        raise SpcError("there are no readings")
    largest = float(np.max(np.abs(present)))
    if largest > _LARGEST:
        raise SpcError(f"a reading of {largest:g} is beyond what can be computed with")
    return np.where(np.abs(present) < _SMALLEST, 0.0, present)


def deviations(present: Floats) -> Floats:
    """Distances of the readings from their mean, shape [n]; exactly 0 for constant readings.

    They are taken from the first reading on, since that difference loses nothing (Sterbenz 1974).
    """
    from_first = present - present[0]
    return from_first - math.fsum(from_first) / from_first.size


def sd_of(present: Floats) -> float | None:
    """Standard deviation with divisor n-1 of readings without NaN, shape [n]; None for a single reading."""
    if present.size < 2:
        return None
    distance = deviations(present)
    scale = float(np.max(np.abs(distance)))
    if not scale:
        return 0.0
    return scale * math.sqrt(math.fsum((distance / scale) ** 2) / (present.size - 1))


def standardised(present: Floats) -> Floats | None:
    """(x - mean) / sd (n-1), shape [n]; None where the readings do not vary or there is only one."""
    sd = sd_of(present)
    return deviations(present) / sd if sd else None


def process_of(x: Floats) -> Process:
    """The figures of a process from its readings; NaN is missing.

    `x` of shape [m, n]: one subgroup a row, sigma within = unweighted mean of R_i / d2(n_i) over the rows with two
    readings or more. Shape [n]: a series, sigma within = mean moving range of 2 / d2(2), with no range across a gap.
    Raises SpcError for other shapes, no readings, and readings that are not finite.
    """
    x = np.asarray(x, dtype=np.float64)
    if x.ndim not in {1, 2}:
        raise SpcError(f"readings come as a series or as rows of subgroups, not in {x.ndim} dimensions")
    present = readings(x)
    sigma, variance = _within_rows(x) if x.ndim == 2 else _within_series(x)
    df = degrees_of_freedom(variance) if variance else None
    return Process(mean_of(present), sigma, sd_of(present), present.size, df)


def degrees_of_freedom(relative_variance: float) -> float:
    """Degrees of freedom f of the chi that has the same coefficient of variation (Patnaik, Biometrika 37, 1950).

    `relative_variance` is the variance of the unbiased estimate of sigma in units of sigma². It is (1 - c²) / c² with
    c = c4(f+1), and ln c = -1/(4f) + 1/(24f³) - ... is solved for f: 2 % off at f = 1, below 0.1 % from f = 3 on.
    Raises SpcError for a variance that is not above 0.
    """
    if not 0.0 < relative_variance < math.inf:
        raise SpcError(f"the variance of an estimate is a finite number above 0, not {relative_variance}")
    level = math.log1p(relative_variance)
    return 1.0 / (2.0 * level + (2.0 * level) ** 3 / 6.0)


def _within_rows(x: Floats) -> tuple[float | None, float | None]:
    """Sigma by mean R_i / d2(n_i) and its relative variance, sum (d3/d2)² / k²."""
    rows = [row[~np.isnan(row)] for row in x]
    rows = [row for row in rows if row.size >= 2]
    if not rows:
        return None, None
    k = len(rows)
    sigma = math.fsum(float(np.ptp(row)) / d2(row.size) for row in rows) / k
    return sigma, math.fsum((d3(row.size) / d2(row.size)) ** 2 for row in rows) / k**2


def _within_series(x: Floats) -> tuple[float | None, float | None]:
    """Sigma by the mean moving range / d2(2) and its relative variance.

    Ranges that share a reading are correlated: in units of sigma² / d2², variance pi/2 - 1 each and covariance
    sqrt(3)/2 + pi/12 - 1 between neighbours (Cryer and Ryan, J. Quality Technology 22, 1990). The degrees of freedom
    come out near 0.61 for each range, where Wheeler (Advanced Topics in SPC, 1995) has 0.62.
    """
    sigma = sigma_from_moving_ranges(x)
    if sigma is None:
        return None, None
    ranged = ~np.isnan(x[1:] - x[:-1])
    count, neighbours = int(np.count_nonzero(ranged)), int(np.count_nonzero(ranged[1:] & ranged[:-1]))
    own, shared = math.pi / 2.0 - 1.0, math.sqrt(3.0) / 2.0 + math.pi / 12.0 - 1.0
    return sigma, (count * own + 2.0 * neighbours * shared) / count**2
