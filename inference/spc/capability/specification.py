"""What is asked of a characteristic (`SpecLimits`), and how many parts in a million do not answer to it.

Specification limits say what the customer accepts; control limits say what the process does. They never mix.

Promises: a side without a limit has no parts outside it: None, not 0.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from inference.spc.capability.sample import readings
from inference.spc.limits import Floats, SpcError

MILLION = 1e6


@dataclass(frozen=True, slots=True)
class SpecLimits:
    """What is asked of a characteristic, in its unit; at least one of the limits is there."""

    lower: float | None = None
    upper: float | None = None
    target: float | None = None

    def __post_init__(self) -> None:
        given = [value for value in (self.lower, self.upper, self.target) if value is not None]
        if not all(math.isfinite(value) for value in given):
            raise SpcError(f"specification limits and targets are finite numbers, not {given}")
        if self.lower is None and self.upper is None:
            raise SpcError("capability needs a lower or an upper specification limit")
        if self.lower is not None and self.upper is not None and self.lower >= self.upper:
            raise SpcError(f"the lower specification limit {self.lower:g} must be below the upper one {self.upper:g}")


class Ppm(NamedTuple):
    """Parts in a million outside the limits; None on a side without a limit."""

    below: float | None
    above: float | None


def expected_ppm(limits: SpecLimits, mean: float, sigma: float | None) -> Ppm | None:
    """Parts in a million of a normal process outside the limits; None where sigma is missing or 0."""
    if not sigma:
        return None
    below = None if limits.lower is None else MILLION * float(ndtr((limits.lower - mean) / sigma))
    above = None if limits.upper is None else MILLION * float(ndtr((mean - limits.upper) / sigma))
    return Ppm(below, above)


def observed_ppm(limits: SpecLimits, x: Floats) -> Ppm:
    """Parts in a million of the readings strictly outside the limits (NaN is missing)."""
    present = readings(x)
    below = None if limits.lower is None else MILLION * float(np.mean(present < limits.lower))
    above = None if limits.upper is None else MILLION * float(np.mean(present > limits.upper))
    return Ppm(below, above)
