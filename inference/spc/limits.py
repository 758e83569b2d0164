"""Baselines and control limits: what the process is, and what a chart's statistic may be while it stays so.

Promises: limits follow from mean, sigma and n alone; they are never NaN, and a limit that the formula puts where the
statistic cannot go (a rate below 0) is None.
May import: numpy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

WIDTH = 3.0
"""Shewhart's limits lie three standard errors from the centre line."""

LARGEST = 1e100
"""No reading may be further from 0, and no size larger: sums of squares must stay numbers."""

SMALLEST_SIZE = 1e-100
"""No size (an area of opportunity may be a fraction) may be smaller."""

D2_OF_TWO = 2.0 / math.sqrt(math.pi)
"""Mean range of two standard normal readings, exactly (`constants.d2` has that of n)."""

SMALLEST_SIGMA = 1e-300
"""A sigma is 0 or not below this: under it a double has no digits left to divide by sqrt(n) with."""


class SpcError(ValueError):
    """Data or settings that no chart can be made of; `str()` is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Phase I figures frozen for phase II: mean and standard deviation of single readings (of a fraction: p)."""

    mean: float
    sigma: float
    points: int
    """From how many points."""
    spread: float | None = None
    """Centre line of a chart of ranges or standard deviations as phase I had it; None: what sigma predicts."""
    inflation: float = 1.0
    """Laney's sigma z: how many times more a fraction varies between subgroups than its counts alone would."""

    def __post_init__(self) -> None:
        given = (self.mean, self.sigma, self.inflation, 0.0 if self.spread is None else self.spread)
        if not all(map(math.isfinite, given)) or min(given[1:]) < 0.0:
            raise SpcError(f"a baseline needs a finite mean and a sigma of 0 or more, not {self.mean} and {self.sigma}")
        if max(map(abs, given)) > LARGEST or 0.0 < self.sigma < SMALLEST_SIGMA:
            raise SpcError(f"a mean of {self.mean:g} and a sigma of {self.sigma:g} cannot be calculated with")


class Readings(NamedTuple):
    """What a baseline is taken from. All arrays have shape [n]."""

    values: Floats
    """Readings, subgroup means or counts; NaN is a gap."""
    sizes: Floats
    """Readings or pieces behind each; 1 for individuals."""
    spreads: Floats
    """Ranges or standard deviations of subgroups; NaN where there is none."""


class ControlLimits(NamedTuple):
    """The limits of one point, in the unit of its statistic."""

    center: float
    error: float
    """Standard error of the statistic."""
    lower: float | None
    """None where the statistic has no lower limit."""
    upper: float


def around(center: float, error: float, width: float) -> ControlLimits:
    """Limits `width` standard errors on both sides of the centre line."""
    reach = width * error
    return ControlLimits(center, error, center - reach, center + reach)


def from_zero(center: float, error: float, width: float, most: float = math.inf) -> ControlLimits:
    """`around`, of a statistic that lies between 0 and `most`: a lower limit at 0 would say nothing, so it is None."""
    reach = width * error
    lower = center - reach
    return ControlLimits(center, error, lower if lower > 0.0 else None, min(center + reach, most))


def standardise(value: float, limits: ControlLimits) -> float:
    """The score z = (value - centre) / standard error, never from limits cut at 0 or 1.

    With a standard error of 0 (a process that never varied) a value on the centre line is 0, any other infinite.
    """
    distance = value - limits.center
    if limits.error > 0.0:
        return distance / limits.error
    return distance * math.inf if distance else 0.0


def refuse_beyond(largest: float) -> None:
    """Raise SpcError where the largest |reading| is one that cannot be calculated with; NaN and infinite pass."""
    if LARGEST < largest < math.inf:
        raise SpcError(f"a reading of {largest:g} from 0 cannot be charted: no reading is beyond {LARGEST:g}")


def refuse_size(size: float) -> None:
    """Raise SpcError for a size that cannot be calculated with; 0, NaN and those below 0 (nothing there) pass."""
    if size > LARGEST or 0.0 < size < SMALLEST_SIZE:
        raise SpcError(f"a size of {size:g} cannot be: sizes are {SMALLEST_SIZE:g} to {LARGEST:g}")


def mean_of(x: Floats) -> float:
    """Mean of the readings present (NaN is missing), exact for constant data and for small spreads far from zero.

    Deviations from the first reading are averaged, since their difference loses nothing (Sterbenz 1974).
    Raises SpcError where there is no reading.
    """
    (x,) = those_where(~np.isnan(x), x)
    if not x.size:
        raise SpcError("there is no reading to take a mean of")
    return float(x[0]) + float(np.sum(x - x[0])) / x.size


def are_equal(x: Floats) -> bool:
    """Whether all entries are one number; x of shape [n], n > 0. A read-only view of one number is known at sight."""
    return not x.strides[0] or bool(np.all(x == x[0]))


def those_where(chosen: npt.NDArray[np.bool_], *columns: Floats) -> tuple[Floats, ...]:
    """The chosen entries of each column, shape [n]; the columns themselves, uncopied, where all are."""
    return columns if chosen.all() else tuple(column[chosen] for column in columns)


def weighted_mean_of(x: Floats, weights: Floats) -> float:
    """Sum of weights x / sum of weights, both shape [n], of the readings present; as exact as `mean_of`.

    Raises SpcError where nothing has a weight.
    """
    x, weights = those_where(~np.isnan(x) & (weights > 0.0), x, weights)
    if not x.size:
        raise SpcError("there is no reading to take a mean of")
    if are_equal(weights):
        return mean_of(x)
    return float(x[0]) + float(np.sum(weights * (x - x[0]))) / float(np.sum(weights))


def moving_ranges(x: Floats) -> Floats:
    """|x_j - x_(j-1)|, shape [n]; NaN for the first reading and on both sides of a gap (NaN)."""
    x = np.asarray(x, dtype=np.float64)
    return np.abs(np.diff(x, prepend=np.nan))


def sigma_from_moving_ranges(x: Floats) -> float | None:
    """Sigma of single readings, mean moving range of 2 / d2(2) (Montgomery, SQC 7th ed., eq. 6.33).

    None where no two readings follow one another, or their ranges are too small to calculate with.
    """
    ranges = moving_ranges(x)
    ranges = ranges[~np.isnan(ranges)]
    return usable_sigma(mean_of(ranges) / D2_OF_TWO) if ranges.size else None


def usable_sigma(sigma: float) -> float | None:
    """The same; None where it is above 0 but too small to calculate with."""
    return sigma if sigma >= SMALLEST_SIGMA or sigma == 0.0 else None
