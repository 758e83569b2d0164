"""Charts of measured things: individuals and their moving ranges (I-MR).

Both stand on one baseline, the mean and sigma of single readings, so that an I chart and its MR chart cannot disagree.

Promises: limits by constants computed from their integrals (`constants`).
May import: inference.spc.
"""

from __future__ import annotations

import numpy as np

from inference.spc.constants import d2, d3
from inference.spc.limits import WIDTH, Baseline, ControlLimits, Floats, mean_of, sigma_from_moving_ranges


def reading(value: float, size: float, previous: float | None) -> float:  # noqa: ARG001 (an individual stands alone)
    """The value itself."""
    return value


def moving_range(value: float, size: float, previous: float | None) -> float | None:  # noqa: ARG001 (always of 2)
    """|value - previous|; None for the first value and the first after a gap."""
    return None if previous is None else abs(value - previous)


def individuals_baseline(values: Floats, sizes: Floats) -> Baseline | None:  # noqa: ARG001 (all sizes are 1)
    """Mean, and sigma by the mean moving range / d2(2). NaN is a gap.

    None where no two readings follow one another.
    """
    sigma = sigma_from_moving_ranges(values)
    if sigma is None:
        return None
    return Baseline(mean_of(values), sigma, int(np.count_nonzero(~np.isnan(values))))


def individuals_limits(baseline: Baseline, size: float) -> ControlLimits:  # noqa: ARG001 (all sizes are 1)
    """Limits mean ± 3 sigma (Montgomery, SQC 7th ed., eq. 6.33)."""
    reach = WIDTH * baseline.sigma
    return ControlLimits(baseline.mean, baseline.sigma, baseline.mean - reach, baseline.mean + reach)


def moving_range_limits(baseline: Baseline, size: float) -> ControlLimits:  # noqa: ARG001 (always of 2)
    """Centre d2(2) sigma, upper limit (d2(2) + 3 d3(2)) sigma; the lower would fall below zero, so there is none."""
    center, error = d2(2) * baseline.sigma, d3(2) * baseline.sigma
    return ControlLimits(center, error, None, center + WIDTH * error)
