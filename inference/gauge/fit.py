"""Fit a circle to points, some of which do not lie on it.

Promises: least squares of the geometric distance over the points that agree; a third of the points may be anywhere.
May import: numpy.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_ROUNDS = 8
_STILL_PX = 1e-3
_OUTLIER_SIGMA = 3.0
_MAD_TO_SIGMA = 1.4826
_LEAST_SIGMA_PX = 0.02
"""Edges never agree better than this: without a floor, perfect ones would throw each other out."""


class FittedCircle(NamedTuple):
    """A circle through `used` points with the root mean square of their distances."""

    x: float
    y: float
    radius: float
    rms: float
    used: int


def fit_circle(x: Floats, y: Floats) -> FittedCircle:
    """Fit to points x, y, shape [n], n >= 3, that lie around the origin.

    Starts from the median distance to the origin, then repeats: keep the points within 3 robust standard deviations
    (1.4826 MAD) of the circle, take one Gauss-Newton step on their geometric distances (Gander, Golub, Strebel 1994).
    """
    center_x = center_y = 0.0
    distance: Floats = np.hypot(x, y)
    radius = _median(distance)
    residuals = distance - radius
    kept = _agreeing(residuals)
    for _ in range(_ROUNDS):
        step = _gauss_newton((x - center_x)[kept], (y - center_y)[kept], distance[kept], residuals[kept])
        center_x, center_y, radius = center_x + step[0], center_y + step[1], radius + step[2]
        distance = np.hypot(x - center_x, y - center_y)
        residuals = distance - radius
        before, kept = kept, _agreeing(residuals)
        if max(map(abs, step)) < _STILL_PX and np.array_equal(before, kept):
            break
    rms = math.sqrt(float(np.mean(residuals[kept] ** 2)))
    return FittedCircle(center_x, center_y, radius, rms, int(np.count_nonzero(kept)))


def _gauss_newton(dx: Floats, dy: Floats, distance: Floats, residuals: Floats) -> tuple[float, float, float]:
    """The step of centre and radius that makes the linearised distances least: normal equations, 3 by 3."""
    jacobian = np.stack((dx / distance, dy / distance, np.ones_like(dx)))
    step = np.linalg.solve(jacobian @ jacobian.T, jacobian @ residuals)
    return float(step[0]), float(step[1]), float(step[2])


def _agreeing(residuals: Floats) -> Mask:
    """Which points lie within 3 robust standard deviations of the middle one."""
    off = np.abs(residuals - _median(residuals))
    return off <= _OUTLIER_SIGMA * max(_MAD_TO_SIGMA * _median(off), _LEAST_SIGMA_PX)


def _median(x: Floats) -> float:
    """The upper median: numpy's own spends most of its time on cases that do not occur here."""
    middle = x.size // 2
    return float(np.partition(x, middle)[middle])
