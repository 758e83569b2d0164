"""Run lengths of the EWMA chart of a normal statistic, with asymptotic or exact (time-varying) limits.

All in standard errors of the charted statistic: z_i = w x_i + (1-w) z_(i-1), z_0 = 0, the limits are
`width` sqrt(w/(2-w)), and with time-varying limits that times sqrt(1 - (1-w)^(2i)).

Promises: the integral equation is solved to ten digits or better, whatever the run length.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import ndtr

from inference.spc.limits import Floats
from inference.spc.run_length.transient import as_points, expected_steps, legendre, limit_for, must_be

Limits = Literal["asymptotic", "time_varying"]

_SETTLED = 1e-10
"""Time-varying limits are the asymptotic ones once (1-w)^(2i) is below this."""


def ewma_run_length(
    weight: float, width: float, shift: float = 0.0, *, start: float = 0.0, limits: Limits = "asymptotic"
) -> float:
    """Expected number of points until |z| > limit, from z_0 = `start` (a head start; usually 0).

    `weight` is lambda, above 0 and up to 1; `width` is L; `shift` of the mean in standard errors.
    Asymptotic limits: Crowder 1987, Technometrics 29, 401-407, the integral equation
    A(u) = 1 + 1/w integral A(y) f((y - (1-w) u)/w - shift) dy. Time-varying: Knoth 2003, Sequential Analysis 22,
    survivor densities over growing limits, then Crowder's equation. math.inf where it never ends.
    Raises SpcError for a weight, width or start that cannot be, and where 1/w is too large to solve for.
    """
    _check(weight, width)
    must_be(math.isfinite(shift), f"a shift is a number of standard errors, not {shift}")
    edge = width * math.sqrt(weight / (2.0 - weight))
    must_be(abs(start) <= edge, f"the EWMA starts between its limits, -{edge:g} and {edge:g}, not at {start:g}")
    step = _Step(weight, shift, *legendre(-1.0, 1.0, 2.0 * edge / weight))
    steps = expected_steps(*step.between(edge * step.nodes, edge))
    if limits == "time_varying":
        return as_points(_growing(step, start, edge, steps))
    first, _ = step.between(np.array([start]), edge)
    return as_points(1.0 + float(first[0] @ steps))


def ewma_width(weight: float, points: float, *, limits: Limits = "asymptotic") -> float:
    """The width L with which an in-control EWMA chart runs for `points` points on average, from z_0 = 0.

    Raises SpcError for a weight that cannot be and for `points` no greater than 1 or above 1e12.
    """
    _check(weight, 1.0)
    return limit_for(points, lambda width: ewma_run_length(weight, width, limits=limits), 3.0)


def _check(weight: float, width: float) -> None:
    must_be(0.0 < weight <= 1.0, f"the weight of an EWMA lies above 0 and up to 1, not at {weight:g}")
    must_be(0.0 < width < math.inf, f"the limits of an EWMA are a positive number of sigma wide, not {width:g}")


class _Step(NamedTuple):
    """One point of the chart, on nodes of [-1, 1] that are stretched to the limits."""

    weight: float
    shift: float
    nodes: Floats
    weights: Floats

    def between(self, origins: Floats, edge: float) -> tuple[Floats, Floats]:
        """From each origin, [m]: what goes to the nodes of [-edge, edge], [m, n], and what leaves that, [m]."""
        mean = (1.0 - self.weight) * origins + self.weight * self.shift
        z = (edge * self.nodes - mean[:, None]) / self.weight
        inside = np.exp(-0.5 * z * z) * (self.weights * edge / (self.weight * math.sqrt(2.0 * math.pi)))
        return inside, ndtr((-edge - mean) / self.weight) + ndtr((mean - edge) / self.weight)


def _growing(step: _Step, start: float, asymptotic: float, steps: Floats) -> float:
    """The sum of the probabilities to be within the limits still, until these have settled; then the `steps` to go."""
    left, origins = np.ones(1), np.array([start])
    total, remaining = 0.0, 1.0
    while remaining > _SETTLED:
        total += float(left.sum())
        remaining *= (1.0 - step.weight) ** 2
        edge = asymptotic * math.sqrt(1.0 - remaining)
        inside, _ = step.between(origins, edge)
        left, origins = left @ inside, edge * step.nodes
    return total + float(left @ steps)
