"""Charts of measured things: means with ranges or standard deviations, individuals with moving ranges.

Both charts of a pair stand on one baseline, the mean and sigma of single readings, so that they cannot disagree.

Promises: limits by constants computed from their integrals (`constants`), for each subgroup's own size.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import math

import numpy as np

from inference.spc.constants import c4, c5, d2, d3
from inference.spc.limits import (
    Baseline,
    ControlLimits,
    Floats,
    Readings,
    around,
    from_zero,
    mean_of,
    moving_ranges,
    sigma_from_moving_ranges,
    those_where,
    weighted_mean_of,
)
from inference.spc.subgroup import SigmaMethod, sigma_of


def itself(value: float, size: float, previous: float | None) -> float:  # noqa: ARG001 (has no memory)
    """The value: a reading, a subgroup's mean, its range or its standard deviation."""
    return value


def all_themselves(values: Floats, sizes: Floats) -> Floats:  # noqa: ARG001
    """The values, shape [n]."""
    return values


def spread_itself(value: float, size: float, previous: float | None) -> float | None:  # noqa: ARG001
    """A range or a standard deviation; None for a subgroup of one reading, which has none."""
    return value if size >= 2.0 else None


def spreads_themselves(values: Floats, sizes: Floats) -> Floats:
    """Ranges or standard deviations, shape [n]; NaN for subgroups of one reading."""
    return values if np.all(sizes >= 2.0) else np.where(sizes >= 2.0, values, np.nan)


def moving_range(value: float, size: float, previous: float | None) -> float | None:  # noqa: ARG001 (always of 2)
    """|value - previous|; None for the first value and the first after a gap."""
    return None if previous is None else abs(value - previous)


def all_moving_ranges(values: Floats, sizes: Floats) -> Floats:  # noqa: ARG001
    """`moving_range` of each value, shape [n]; NaN where there is none."""
    return moving_ranges(values)


def individuals_baseline(readings: Readings, method: SigmaMethod | None) -> Baseline | None:  # noqa: ARG001
    """Mean, and sigma by the mean moving range / d2(2). NaN is a gap.

    None where no two readings follow one another.
    """
    sigma = sigma_from_moving_ranges(readings.values)
    if sigma is None:
        return None
    return Baseline(mean_of(readings.values), sigma, int(np.count_nonzero(~np.isnan(readings.values))))


def means_baseline(readings: Readings, method: SigmaMethod | None) -> Baseline | None:
    """Grand mean sum n mean / sum n, and sigma of the subgroups' spreads (`sigma_of`; by default Rbar/d2).

    Subgroups of one reading throughout: sigma by moving ranges, as for individuals. None where neither can be taken.
    """
    values, sizes, spreads = readings.values, readings.sizes, readings.spreads
    there, of_there = those_where(~np.isnan(values), sizes, spreads)
    sigma = sigma_of(there, of_there, method or "Rbar/d2")
    if sigma is None:
        sigma = sigma_from_moving_ranges(values) if np.all(there < 2.0) else None
    if sigma is None:
        return None
    return Baseline(weighted_mean_of(values, sizes), sigma, there.size)


def ranges_baseline(readings: Readings, method: SigmaMethod | None) -> Baseline | None:
    """Sigma of ranges (by default Rbar/d2) and their own mean sum n R / sum n, the chart's centre line."""
    return _spreads_baseline(readings, method or "Rbar/d2")


def deviations_baseline(readings: Readings, method: SigmaMethod | None) -> Baseline | None:
    """Sigma of standard deviations (by default Sbar/c4) and their own mean sum n s / sum n, the chart's centre line."""
    return _spreads_baseline(readings, method or "Sbar/c4")


def _spreads_baseline(readings: Readings, method: SigmaMethod) -> Baseline | None:
    spreads, sizes = readings.values, readings.sizes
    sigma = sigma_of(sizes, spreads, method)
    if sigma is None:
        return None
    center = weighted_mean_of(spreads_themselves(spreads, sizes), sizes)
    return Baseline(0.0, sigma, int(np.count_nonzero(~np.isnan(spreads))), spread=center)


def means_limits(baseline: Baseline, size: float, width: float) -> ControlLimits:
    """Limits mean ± width sigma / sqrt(n) (Montgomery, SQC 7th ed., eq. 6.3; n = 1: eq. 6.33)."""
    return around(baseline.mean, baseline.sigma / math.sqrt(size), width)


def range_limits(baseline: Baseline, size: float, width: float) -> ControlLimits:
    """Centre d2(n) sigma (or the mean range of phase I), standard error d3(n) sigma (Montgomery, eq. 6.5).

    The limits of a subgroup of one reading, which has no range, are those of two.
    """
    n = max(int(size), 2)
    center = d2(n) * baseline.sigma if baseline.spread is None else baseline.spread
    return from_zero(center, d3(n) * baseline.sigma, width)


def deviation_limits(baseline: Baseline, size: float, width: float) -> ControlLimits:
    """Centre c4(n) sigma (or the mean deviation of phase I), standard error sigma sqrt(1 - c4^2) (Montgomery, 6.27).

    The limits of a subgroup of one reading, which has no deviation, are those of two.
    """
    n = max(int(size), 2)
    center = c4(n) * baseline.sigma if baseline.spread is None else baseline.spread
    return from_zero(center, c5(n) * baseline.sigma, width)


def moving_range_limits(baseline: Baseline, size: float, width: float) -> ControlLimits:  # noqa: ARG001 (always of 2)
    """Centre d2(2) sigma, standard error d3(2) sigma (Montgomery, section 6.4)."""
    return from_zero(d2(2) * baseline.sigma, d3(2) * baseline.sigma, width)
