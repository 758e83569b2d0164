"""Charts of counted things: the p chart of the fraction nonconforming.

Promises: limits for each point by its own n; a fraction is never below 0 nor above 1, so neither are its limits.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import math

import numpy as np

from inference.spc.limits import WIDTH, Baseline, ControlLimits, Floats, SpcError


def fraction(count: float, size: float, previous: float | None) -> float:  # noqa: ARG001 (the p chart has no memory)
    """The fraction count / size. Raises SpcError for counts that cannot be."""
    if not 0.0 <= count <= size:
        raise SpcError(f"{count:g} nonconforming of {size:g} pieces cannot be")
    return count / size


def p_baseline(counts: Floats, sizes: Floats) -> Baseline | None:
    """Mean fraction, sum of counts / sum of sizes, and sigma of one piece sqrt(p (1-p)). NaN counts are gaps.

    None where nothing was counted.
    """
    present = ~np.isnan(counts) & (sizes > 0)
    pieces = float(np.sum(sizes[present]))
    if not pieces:
        return None
    p = float(np.sum(counts[present])) / pieces
    return Baseline(p, math.sqrt(p * (1.0 - p)), int(np.count_nonzero(present)))


def p_limits(baseline: Baseline, size: float) -> ControlLimits:
    """Limits p ± 3 sqrt(p (1-p) / n), cut to what a fraction can be (Montgomery, SQC 7th ed., eq. 7.8).

    Raises SpcError for a mean outside 0 to 1.
    """
    p = baseline.mean
    if not 0.0 <= p <= 1.0:
        raise SpcError(f"the mean of a fraction lies between 0 and 1, not at {p:g}")
    error = math.sqrt(p * (1.0 - p) / size)
    lower = p - WIDTH * error
    return ControlLimits(p, error, lower if lower > 0.0 else None, min(p + WIDTH * error, 1.0))
