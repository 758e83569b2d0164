"""Charts of counted things: p, np, c and u, and Laney's p' and u' for fractions that vary more than their counts say.

Promises: limits for each point by its own n; a fraction is never below 0 nor above 1, so neither are its limits; counts
that cannot be are refused with their numbers.
May import: numpy, inference.spc.limits, inference.spc.constants.
"""

from __future__ import annotations

import math

import numpy as np

from inference.spc.constants import d2
from inference.spc.limits import Baseline, ControlLimits, Floats, Readings, SpcError, from_zero, mean_of, moving_ranges


def fraction(count: float, size: float, previous: float | None) -> float:  # noqa: ARG001 (the p chart has no memory)
    """The fraction count / size. Raises SpcError for counts that cannot be."""
    if not 0.0 <= count <= size:
        raise SpcError(f"{count:g} nonconforming of {size:g} pieces cannot be")
    return count / size


def fractions(counts: Floats, sizes: Floats) -> Floats:
    """`fraction` of each point, shape [n]; NaN for gaps. Raises SpcError for counts that cannot be."""
    _refuse(counts, sizes, (counts < 0.0) | (counts > sizes), fraction)
    return _per_piece(counts, sizes)


def pieces(count: float, size: float, previous: float | None) -> float:
    """The count itself. Raises SpcError for a count below 0 or above its size."""
    fraction(count, size, previous)
    return count


def all_pieces(counts: Floats, sizes: Floats) -> Floats:
    """The counts, shape [n]. Raises SpcError for a count below 0 or above its size."""
    _refuse(counts, sizes, (counts < 0.0) | (counts > sizes), fraction)
    return counts


def events(count: float, size: float, previous: float | None) -> float:  # noqa: ARG001 (has no memory)
    """The count itself. Raises SpcError for a count below 0."""
    if count < 0.0:
        raise SpcError(f"a count of {count:g} cannot be")
    return count


def all_events(counts: Floats, sizes: Floats) -> Floats:
    """The counts, shape [n]. Raises SpcError for a count below 0."""
    _refuse(counts, sizes, counts < 0.0, events)
    return counts


def rate(count: float, size: float, previous: float | None) -> float:
    """The count per unit, count / size. Raises SpcError for a count below 0."""
    return events(count, size, previous) / size


def rates(counts: Floats, sizes: Floats) -> Floats:
    """`rate` of each point, shape [n]; NaN for gaps. Raises SpcError for a count below 0."""
    _refuse(counts, sizes, counts < 0.0, events)
    return _per_piece(counts, sizes)


def _per_piece(counts: Floats, sizes: Floats) -> Floats:
    return np.divide(counts, sizes, out=np.full(counts.shape, np.nan), where=~np.isnan(counts))


def _refuse(counts: Floats, sizes: Floats, wrong: np.ndarray, scalar: object) -> None:
    """Let the scalar form refuse the first wrong point in its own words."""
    if wrong.any():
        at = int(np.argmax(wrong))
        assert callable(scalar), "one of this module's functions"
        scalar(float(counts[at]), float(sizes[at]), None)


def _totals(readings: Readings) -> tuple[float, float, int]:
    """Sum of counts, sum of sizes, number of points, of what is present."""
    present = ~np.isnan(readings.values) & (readings.sizes > 0)
    counts, sizes = readings.values[present], readings.sizes[present]
    return float(np.sum(counts)), float(np.sum(sizes)), int(np.count_nonzero(present))


def _mean_rate(count: float, size: float, readings: Readings) -> float:
    """Count / size; of points that are all alike just that rate, which the sums of fractional sizes can miss."""
    rates = _per_piece(readings.values, readings.sizes)
    least = float(np.nanmin(rates))
    return least if least == np.nanmax(rates) else count / size


def fraction_baseline(readings: Readings, method: object) -> Baseline | None:  # noqa: ARG001 (there is one way)
    """Mean fraction p = sum of counts / sum of sizes, sigma of one piece sqrt(p (1-p)). NaN counts are gaps.

    None where nothing was counted.
    """
    count, size, points = _totals(readings)
    if not size:
        return None
    p = _mean_rate(count, size, readings)
    return Baseline(p, math.sqrt(p * (1.0 - p)), points)


def rate_baseline(readings: Readings, method: object) -> Baseline | None:  # noqa: ARG001 (there is one way)
    """Mean rate u = sum of counts / sum of sizes, sigma of one unit sqrt(u). None where nothing was counted."""
    count, size, points = _totals(readings)
    if not size:
        return None
    u = _mean_rate(count, size, readings)
    return Baseline(u, math.sqrt(u), points)


def laney_fraction_baseline(readings: Readings, method: object) -> Baseline | None:
    """That of the p chart, with sigma z (Laney, Quality Engineering 14 (2002) 531)."""
    return _laney(fraction_baseline(readings, method), readings)


def laney_rate_baseline(readings: Readings, method: object) -> Baseline | None:
    """That of the u chart, with sigma z (Laney 2002)."""
    return _laney(rate_baseline(readings, method), readings)


def _laney(plain: Baseline | None, readings: Readings) -> Baseline | None:
    """Sigma z: the mean moving range of z = (statistic - centre) / standard error, over d2(2).

    1 where all points are alike at 0 or 1 (no standard error); None where no two points follow one another.
    """
    if plain is None:
        return None
    if not plain.sigma:
        return plain
    statistics = _per_piece(readings.values, readings.sizes)
    ranges = moving_ranges((statistics - plain.mean) * np.sqrt(readings.sizes) / plain.sigma)
    ranges = ranges[~np.isnan(ranges)]
    if not ranges.size:
        return None
    return Baseline(plain.mean, plain.sigma, plain.points, inflation=mean_of(ranges) / d2(2))


def fraction_limits(baseline: Baseline, size: float, width: float) -> ControlLimits:
    """Limits p ± width sqrt(p (1-p) / n), times sigma z for Laney's, cut to what a fraction can be (Montgomery 7.8).

    Raises SpcError for a mean outside 0 to 1.
    """
    p = baseline.mean
    if not 0.0 <= p <= 1.0:
        raise SpcError(f"the mean of a fraction lies between 0 and 1, not at {p:g}")
    return from_zero(p, math.sqrt(p * (1.0 - p) / size) * baseline.inflation, width, 1.0)


def pieces_limits(baseline: Baseline, size: float, width: float) -> ControlLimits:
    """Limits n p ± width sqrt(n p (1-p)), cut to 0 and n (Montgomery 7.13). Raises SpcError as the p chart."""
    p, error, _, _ = fraction_limits(baseline, size, width)
    return from_zero(size * p, size * error, width, size)


def rate_limits(baseline: Baseline, size: float, width: float) -> ControlLimits:
    """Limits u ± width sqrt(u / n), times sigma z for Laney's, cut at 0 (Montgomery, eq. 7.19).

    Raises SpcError for a mean below 0.
    """
    if baseline.mean < 0.0:
        raise SpcError(f"the mean of a count lies at 0 or above, not at {baseline.mean:g}")
    return from_zero(baseline.mean, math.sqrt(baseline.mean / size) * baseline.inflation, width)


def events_limits(baseline: Baseline, size: float, width: float) -> ControlLimits:  # noqa: ARG001 (one inspection unit)
    """Limits c ± width sqrt(c), cut at 0 (Montgomery, eq. 7.17). Raises SpcError for a mean below 0."""
    return rate_limits(baseline, 1.0, width)
