"""Run lengths of the multivariate EWMA chart (MEWMA) with known covariance, and the limit for a wanted run length.

Z_i = w x_i + (1-w) Z_(i-1), Z_0 = 0; an alarm where T^2 = Z' S^-1 Z exceeds the limit, S the asymptotic covariance
w/(2-w) times that of x. The run length depends on the mean shift only through its Mahalanobis distance (Lowry,
Woodall, Champ and Rigdon 1992, Technometrics 34, 46-53), so x may be taken as p independent standard normals.

Promises: in control ten digits or better, out of control eight, whatever the run length.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import roots_gegenbauer, roots_jacobi

from inference.spc.limits import Floats
from inference.spc.run_length.ewma import ewma_run_length
from inference.spc.run_length.lengths import MOST_DIMENSIONS, beyond, length_density
from inference.spc.run_length.transient import as_points, expected_steps, legendre, limit_for, must_be

_LARGEST_RADIUS = 26.0
"""In steps of one point: out of control about 4 radius^2 states are solved for."""


def mewma_run_length(weight: float, limit: float, dimensions: int, distance: float = 0.0) -> float:
    """Expected number of points until T^2 > `limit`, from Z_0 = 0, for the asymptotic covariance.

    `weight` is lambda, above 0 and up to 1; `distance` the Mahalanobis distance of the mean from the target (its
    square is Knoth's delta). In control the integral equation over |Z| of Rigdon 1995, Journal of Statistical
    Computation and Simulation 52, 351-365; out of control that over the parts of Z along and across the shift of
    Rigdon 1995, Statistics and Probability Letters 24, 365-373. math.inf where it never ends.
    Raises SpcError for settings that cannot be, and where 1/lambda is too large to solve for.
    """
    _check(weight, dimensions)
    must_be(0.0 < limit < math.inf, f"the limit of T^2 is above 0, not {limit:g}")
    must_be(0.0 <= distance < math.inf, f"a Mahalanobis distance is 0 or more, not {distance:g}")
    if dimensions == 1:
        return ewma_run_length(weight, math.sqrt(limit), distance)
    radius = math.sqrt(limit / (weight * (2.0 - weight)))
    if distance == 0.0:
        return as_points(_in_control(1.0 - weight, radius, dimensions))
    return as_points(_shifted(1.0 - weight, radius, dimensions, distance))


def mewma_limit(weight: float, dimensions: int, points: float) -> float:
    """The limit of T^2 with which an in-control MEWMA runs for `points` points on average, from Z_0 = 0.

    For the asymptotic covariance (as R spc mewma.crit). Raises SpcError for settings that cannot be, and for `points`
    no greater than 1 or above 1e12.
    """
    _check(weight, dimensions)
    return limit_for(points, lambda limit: mewma_run_length(weight, limit, dimensions), float(dimensions))


def _check(weight: float, dimensions: int) -> None:
    must_be(0.0 < weight <= 1.0, f"the weight of a MEWMA lies above 0 and up to 1, not at {weight:g}")
    possible = 1 <= dimensions <= MOST_DIMENSIONS
    must_be(possible, f"a MEWMA chart has 1 to {MOST_DIMENSIONS} characteristics, not {dimensions}")


def _in_control(kept: float, radius: float, dimensions: int) -> float:
    """Steps from 0. Lengths are in units of w, so that one step adds a standard normal; `kept` is 1-w."""
    nodes, weights = legendre(0.0, radius, radius)
    origins = kept * nodes
    steps = expected_steps(
        length_density(nodes, origins[:, None], dimensions) * weights, beyond(radius, origins, dimensions)
    )
    return 1.0 + float((length_density(nodes, np.zeros(1), dimensions) * weights) @ steps)


def _shifted(kept: float, radius: float, dimensions: int, distance: float) -> float:
    """Steps from 0 over (u along the shift, v >= 0 across it), u^2 + v^2 <= radius^2."""
    along, across, weights = _half_disc(radius, dimensions - 1)
    u, v = kept * along + distance, kept * across
    kernel = _go(along, across, u[:, None], v[:, None], dimensions - 1) * weights
    steps = expected_steps(kernel, beyond(radius, np.hypot(u, v), dimensions))
    first = _go(along, across, np.array([distance]), np.zeros(1), dimensions - 1) * weights
    return 1.0 + float(first @ steps)


def _go(along: Floats, across: Floats, u: Floats, v: Floats, dimensions: int) -> Floats:
    """Joint density of the next (along, across) when their means are u and v, broadcast."""
    z = along - u
    return np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) * length_density(across, v, dimensions)


def _half_disc(radius: float, across: int) -> tuple[Floats, Floats, Floats]:
    """Nodes (u, v) and weights, each [n], on the half disc of a vector with `across` dimensions across.

    The integral over v up to sqrt(radius^2 - u^2) behaves like that square root to the power `across`, which the
    Gauss-Gegenbauer rule in u holds exactly; Gauss-Jacobi holds the power of v in the density of a length.
    """
    must_be(radius < _LARGEST_RADIUS, "a MEWMA chart with so long a memory has no run length that can be computed")
    t, t_weights = roots_gegenbauer(math.ceil(2.6 * radius) + 12, 0.5 * (across + 1))
    s, s_weights = roots_jacobi(math.ceil(1.3 * radius) + 10, 0.0, across - 1.0)
    s, s_weights = 0.5 * (s + 1.0), s_weights / (s + 1.0) ** (across - 1) * 0.5
    half_chord = radius * np.sqrt(1.0 - t * t)
    u, v = np.repeat(radius * t, s.size), np.outer(half_chord, s).ravel()
    flat = t_weights / np.sqrt(1.0 - t * t) ** across
    return u, v, np.outer(radius * half_chord * flat, s_weights).ravel()
