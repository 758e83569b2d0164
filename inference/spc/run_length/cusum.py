"""Run lengths of the tabular CUSUM of a normal statistic, one-sided and two-sided, with or without a head start.

All in standard errors of the charted statistic: C_i = max(0, C_(i-1) + x_i - k), and an alarm where C > h. The lower
sum is the upper one of -x.

Promises: the mass at 0 is a state of its own, so the integral equation is solved to ten digits or better.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from scipy.special import ndtr

from inference.spc.limits import Floats
from inference.spc.run_length.transient import as_points, expected_steps, legendre, limit_for, must_be

_MOST_STEPS = 2000


def cusum_run_length(
    reference: float, decision: float, shift: float = 0.0, *, head_start: float = 0.0, two_sided: bool = True
) -> float:
    """Expected number of points until a sum exceeds `decision` (h), with reference value `reference` (k).

    `shift` of the mean and `head_start` of each sum are in standard errors. One-sided means the upper sum alone.
    The integral equation of Page 1954, Biometrika 41, 100-115, with the mass at 0 exact (Vance 1986, Journal of
    Quality Technology 18, 189-193); two sides are joined as by Lucas and Crosier 1982, Technometrics 24, 199-205,
    exactly so for any head start. math.inf where it never ends.
    Raises SpcError for settings that cannot be.
    """
    _check(reference, decision)
    must_be(math.isfinite(shift), f"a shift is a number of standard errors, not {shift}")
    must_be(0.0 <= head_start <= decision, f"a head start lies between 0 and h = {decision:g}, not at {head_start:g}")
    upper = _Side(reference - shift, decision)
    if not two_sided:
        return as_points(float(upper.from_values(np.array([head_start]))[0]))
    lower = _Side(reference + shift, decision)
    return as_points(_together(reference, shift, head_start, upper, lower))


def cusum_decision(reference: float, points: float, *, two_sided: bool = True) -> float:
    """The decision interval h with which an in-control CUSUM runs for `points` points on average, without head start.

    Raises SpcError for a reference value below 0, for `points` above 1e12, and for so few points that even h = 0
    runs longer.
    """
    _check(reference, 1.0)
    shortest = 1.0 / (float(ndtr(-reference)) * (2.0 if two_sided else 1.0)) if reference < 8.0 else math.inf
    must_be(points > shortest, f"with k = {reference:g} a CUSUM runs for more than {shortest:g} points, whatever h is")
    return limit_for(points, lambda h: cusum_run_length(reference, h, two_sided=two_sided), 4.0)


def _check(reference: float, decision: float) -> None:
    must_be(0.0 <= reference < math.inf, f"the reference value k of a CUSUM is 0 or more, not {reference:g}")
    must_be(0.0 < decision < math.inf, f"the decision interval h of a CUSUM is above 0, not {decision:g}")


class _Side:
    """One sum alone: its expected steps until it exceeds `decision`."""

    def __init__(self, drift: float, decision: float) -> None:
        """`drift` is what the sum loses a point on average."""
        self.decision, self._drift = decision, drift
        self._nodes, self._weights = legendre(0.0, decision, decision)
        origins = np.concatenate(([0.0], self._nodes))
        self._steps = expected_steps(self._kernel(origins), ndtr(origins - drift - decision))
        self.from_zero = float(self._steps[0])

    def from_values(self, values: Floats) -> Floats:
        """Expected steps, [m], from each value of the sum, [m] (Nystrom's interpolation)."""
        return 1.0 + self._kernel(values) @ self._steps

    def _kernel(self, origins: Floats) -> Floats:
        """From each value, [m]: the mass at 0, then the masses at the nodes, [m, 1 + n]."""
        to_zero = ndtr(self._drift - origins)
        return np.column_stack((to_zero, _masses(origins, self._nodes, self._weights, self._drift)))


def _together(reference: float, shift: float, head_start: float, upper: _Side, lower: _Side) -> float:
    """Expected steps of two sums that both start at the head start.

    As long as both are above 0 their total falls by 2k a point. Until it is no greater than h + 2k neither sum can
    reach 0, so the upper one alone tells all; from then on `_apart` is exact.
    """
    k, h = reference, upper.decision
    totals = [2.0 * head_start]
    while totals[-1] > h + 2.0 * k:
        totals.append(totals[-1] - 2.0 * k)
        must_be(len(totals) < _MOST_STEPS, f"a head start of {head_start:g} is too great for h = {h:g} and k = {k:g}")
    grids = [(np.array([head_start]), np.ones(1))]
    grids += [legendre(total - h, h, 2.0 * h - total) for total in totals[1:]]
    steps = _apart(grids[-1][0], totals[-1] - grids[-1][0], upper, lower)
    for (origins, _), (values, weights) in reversed(tuple(pairwise(grids))):
        steps = 1.0 + _masses(origins, values, weights, k - shift) @ steps
    return float(steps[0])


def _apart(above: Floats, below: Floats, upper: _Side, lower: _Side) -> Floats:
    """Expected steps, [n], from pairs of sums of which either is at 0 when the other speaks.

    With A and B the steps of each sum alone: (A(above)/A(0) + B(below)/B(0) - 1) / (1/A(0) + 1/B(0)).
    """
    left = upper.from_values(above) / upper.from_zero + lower.from_values(below) / lower.from_zero - 1.0
    return left / (1.0 / upper.from_zero + 1.0 / lower.from_zero)


def _masses(origins: Floats, values: Floats, weights: Floats, drift: float) -> Floats:
    """Density times weight of a sum that goes from each origin, [m], to each value above 0, [n]: [m, n]."""
    z = values - origins[:, None] + drift
    return np.exp(-0.5 * z * z) * (weights / math.sqrt(2.0 * math.pi))
