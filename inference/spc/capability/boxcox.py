"""The Box-Cox transformation: the power that makes positive readings most like a normal sample.

Promises: readings are taken relative to one of them first, so that small spreads far from zero lose nothing.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from scipy import optimize

from inference.spc.capability.sample import deviations, readings
from inference.spc.capability.specification import SpecLimits
from inference.spc.limits import Floats, SpcError

_GRID = 41
"""The likelihood is looked at on a grid before it is refined, since wide bounds may hold more than one hill."""
_LARGEST_EXPONENT = 700.0
"""e to a larger one leaves what a float holds."""
_LOG = 1e-9
"""Below this power the transform and the logarithm differ by less than a float can tell."""


@dataclass(frozen=True, slots=True)
class BoxCox:
    """The power found for a sample."""

    power: float
    """Lambda."""
    loglik: float
    """The profile log-likelihood there, without its constant."""
    n: int
    geometric_mean: float
    """Of the readings; a sensible `unit` for readings that vary little beside their size."""


def boxcox(x: Floats, bounds: tuple[float, float] = (-1.0, 1.0)) -> BoxCox:
    """The power lambda within `bounds` that maximises the profile log-likelihood (Box and Cox, JRSS B 26, 1964, eq. 8).

    loglik = -n/2 ln(var(y)) + (lambda-1) sum ln x, with divisor n and y = (x^lambda - 1) / lambda, ln x at 0. `x` is of
    any shape, NaN is missing. Raises SpcError for readings at or below 0, constant ones, and bounds that do not rise.
    """
    lowest, highest = bounds
    if not -math.inf < lowest < highest < math.inf:
        raise SpcError(f"the bounds of the power must rise, and {lowest:g} to {highest:g} do not")
    present = readings(x)
    logs = _log(present, float(present[0]))
    center = math.fsum(logs) / logs.size
    spread = logs - center
    if not np.any(deviations(logs)):
        raise SpcError("the readings do not vary, so no power makes them normal")
    power = _best(spread, lowest, highest)
    log_mean = math.log(float(present[0])) + center
    return BoxCox(power, _loglik(spread, power) - present.size * log_mean, present.size, math.exp(log_mean))


def transform_limits(limits: SpecLimits, power: float, unit: float = 1.0) -> SpecLimits | None:
    """The specification limits and the target of the transformed readings.

    A lower limit at or below 0 holds for every positive reading, so it is left out; None where no limit is left then.
    Raises SpcError for an upper limit or a target at or below 0, and as `transform`.
    """
    lower = None if limits.lower is None or limits.lower <= 0.0 else _transformed(limits.lower, power, unit)
    upper = None if limits.upper is None else _transformed(limits.upper, power, unit)
    target = None if limits.target is None else _transformed(limits.target, power, unit)
    return None if lower is None and upper is None else SpecLimits(lower, upper, target)


def transform(x: Floats, power: float, unit: float = 1.0) -> Floats:
    """The readings as y = (u^power - 1) / power with u = x / unit, ln u at power 0, of the shape of `x`; NaN stays NaN.

    With `unit` near the readings small spreads far from zero lose nothing; capability is the same whatever the unit.
    Raises SpcError for readings at or below 0, a unit that is not above 0, and results that leave what a float holds.
    """
    logs = _log(np.asarray(x, dtype=np.float64), unit)
    if abs(power) < _LOG:
        return logs
    exponent = power * logs
    if np.any(exponent > _LARGEST_EXPONENT):
        raise SpcError(f"readings to the power {power:g} are beyond what can be computed with")
    return np.expm1(exponent) / power


def inverse(y: Floats, power: float, unit: float = 1.0) -> Floats:
    """The readings x that `transform` makes into `y`, of the shape of `y`; NaN stays NaN.

    Raises SpcError where no reading does (power y + 1 is not above 0), and as `transform`.
    """
    y = np.asarray(y, dtype=np.float64)
    _above_zero(unit)
    if np.any(power * y <= -1.0):
        raise SpcError(f"no reading is transformed into {float(np.nanmin(power * y) / power):g} by the power {power:g}")
    logs = y if abs(power) < _LOG else np.log1p(power * y) / power
    if np.any(logs + math.log(unit) > _LARGEST_EXPONENT):
        raise SpcError(f"the inverse of the power {power:g} is beyond what can be computed with")
    return unit * np.exp(logs)


def _transformed(value: float, power: float, unit: float) -> float:
    return float(transform(np.array(value), power, unit))


def _above_zero(smallest: float) -> None:
    if not 0.0 < smallest < math.inf:
        raise SpcError(f"the Box-Cox transformation takes values above 0, not {smallest:g}")


def _log(x: Floats, unit: float) -> Floats:
    """ln(x / unit), exact near 0, too."""
    _above_zero(unit)
    present = x[~np.isnan(x)]
    if present.size:
        _above_zero(float(np.min(present)))
    near = np.abs(x - unit) < 0.5 * unit
    return np.where(near, np.log1p(np.where(near, (x - unit) / unit, 0.0)), np.log(x) - math.log(unit))


def _loglik(spread: Floats, power: float) -> float:
    """-n/2 ln(var(y)) for readings with the logarithms `spread`, whose mean is 0; never overflows."""
    exponent = power * spread
    top = float(np.max(exponent))
    if abs(power) < _LOG:
        y, shift = spread, 0.0
    elif top < 1.0:
        y, shift = np.expm1(exponent) / power, 0.0
    else:
        y, shift = np.exp(exponent - top) / power, top
    distance = deviations(y)
    scale = float(np.max(np.abs(distance)))
    variance = math.fsum((distance / scale) ** 2) / y.size
    return -y.size * (0.5 * math.log(variance) + math.log(scale) + shift)


def _best(spread: Floats, lowest: float, highest: float) -> float:
    """The power with the largest likelihood: the best of a grid, refined between its neighbours."""
    grid = np.linspace(lowest, highest, _GRID).tolist()
    best = max(range(_GRID), key=lambda i: _loglik(spread, grid[i]))
    around = (grid[max(best - 1, 0)], grid[min(best + 1, _GRID - 1)])

    def cost(power: float) -> float:
        return -_loglik(spread, power)

    minimise = cast("Any", optimize).minimize_scalar  # scipy has no types
    found = minimise(cost, bounds=around, method="bounded", options={"xatol": 1e-10})
    return max(float(found.x), grid[best], key=lambda power: _loglik(spread, power))
