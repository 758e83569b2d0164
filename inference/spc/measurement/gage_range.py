"""Gauge repeatability and reproducibility by averages and ranges, as it is done on paper.

Promises: the constants are computed, never taken from a table; the result has the same form as that of `gage_rr`.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from inference.spc.constants import d2, d3
from inference.spc.limits import Floats, SpcError
from inference.spc.measurement.components import VarianceComponents
from inference.spc.measurement.layout import crossed


@dataclass(frozen=True, slots=True)
class RangeGageRr:
    """A crossed gauge study by averages and ranges; the interaction cannot be told apart and is 0."""

    parts: tuple[Hashable, ...]
    operators: tuple[Hashable, ...]
    trials: int
    average_range: float
    """Mean range of the cells."""
    operator_range: float
    """Greatest less least mean of an operator."""
    part_range: float
    """Greatest less least mean of a part."""
    components: VarianceComponents

    @property
    def ev(self) -> float:
        """Equipment variation: sigma of repeatability."""
        return math.sqrt(self.components.repeatability)

    @property
    def av(self) -> float:
        """Appraiser variation: sigma of reproducibility."""
        return math.sqrt(self.components.operator)

    @property
    def pv(self) -> float:
        """Part variation: sigma between parts."""
        return math.sqrt(self.components.part)


def d2_star(n: int, ranges: int) -> float:
    """Root of the mean square of an average of independent ranges of n readings, sigma 1: sqrt(d2^2 + d3^2 / ranges).

    (Duncan 1955; AIAG MSA, 4th ed., appendix C.) Raises SpcError for fewer than 2 readings or no range.
    """
    if n < 2 or ranges < 1:
        raise SpcError(f"{ranges} ranges of {n} readings have no constant d2*")
    return math.sqrt(d2(n) ** 2 + d3(n) ** 2 / ranges)


def gage_range(
    part: Sequence[Hashable],
    operator: Sequence[Hashable],
    y: Sequence[float] | Floats,
    *,
    tolerance: float | None = None,
    star_up_to: int = 15,
) -> RangeGageRr:
    """Average-and-range method (AIAG MSA, 4th ed., chapter III B): EV = R/d2*, AV and PV from ranges of means.

    AV^2 = (operator range / d2*)^2 - EV^2 / (parts · trials), not below 0; PV = part range / d2*. With more than
    `star_up_to` cells the manual divides R by d2 itself. With one operator AV is 0. `tolerance` is a width in the unit
    of y. Raises SpcError as `gage_rr`.
    """
    study = crossed(part, operator, y)
    a, b, n = study.shape
    average_range = float(np.mean(study.cell_ranges))
    operator_range = _spread(study.y.mean(axis=(0, 2)), study.noise)
    part_range = _spread(study.y.mean(axis=(1, 2)), study.noise)
    ev = average_range / (d2_star(n, a * b) if a * b <= star_up_to else d2(n))
    av_squared = (operator_range / d2_star(b, 1)) ** 2 - ev * ev / (a * n) if b > 1 else 0.0
    components = VarianceComponents(
        repeatability=ev * ev,
        operator=max(0.0, av_squared),
        interaction=0.0,
        part=(part_range / d2_star(a, 1)) ** 2,
        tolerance=tolerance,
    )
    return RangeGageRr(study.parts, study.operators, n, average_range, operator_range, part_range, components)


def _spread(means: Floats, noise: float) -> float:
    """Range of means, or 0 where it is no more than rounding."""
    spread = float(means.max() - means.min())
    return spread if spread * spread > noise else 0.0
