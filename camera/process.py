"""The process behind the simulated line: what size each ring has, which are defective, and what goes wrong on request.

Promises: part `n` of seed `s` is the same whatever was asked before; a drift changes only what it is about, so a run
with and one without it can be compared part by part.
May import: numpy, the standard library.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

BORE_MM = 25.0
BORE_SIGMA_MM = 0.010
OUTER_MM = 42.0
OUTER_SIGMA_MM = 0.015
DEFECT_LABELS = ("scratch", "dent", "stain", "missing_hole", "chipped_edge")

_SHIFT_SIGMA = 3.0
_TREND_SIGMA_A_PART = 0.05
_TREND_SIGMA_MOST = 12.0
_DRIFTED_DEFECT_RATE = 0.25
_DEFECT_RATE_RISES_OVER_PARTS = 100
_LAMP_KEEPS_A_PART = 0.999
_LAMP_FLOOR = 0.6
_LIGHT_SIGMA = 0.008
_DEFAULT_DRIFT_PART = 200


class DriftKind(StrEnum):
    """What can go wrong with the simulated process."""

    SHIFT = "shift"
    """The bore grows by 3 sigma at once: a tool was changed."""
    TREND = "trend"
    """The bore grows by 0.05 sigma a part: a tool wears (up to 12 sigma)."""
    DEFECTS = "defects"
    """The share of defective parts rises to 25 % within 100 parts."""
    LAMP = "lamp"
    """The light loses 0.1 % of itself a part, down to 60 %."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One process fault and the part, counted from 1, it begins with."""

    kind: DriftKind
    part: int = _DEFAULT_DRIFT_PART

    def age(self, kind: DriftKind, number: int) -> int:
        """How many parts this fault has lasted at part `number`; 0 where it is another fault or not yet there."""
        return max(0, number - self.part + 1) if self.kind is kind else 0


class UnknownDrift(ValueError):
    """A text that names no process fault; `str()` is one sentence."""


def parse_drift(text: str) -> Drift:
    """Read `NAME` or `NAME@PART`, as in `shift@300`. Raises UnknownDrift."""
    name, at, part = text.partition("@")
    kinds = {kind.value: kind for kind in DriftKind}
    if name not in kinds:
        raise UnknownDrift(f"unknown drift {name!r}: expected one of {', '.join(kinds)}, as in shift@300")
    if not at:
        return Drift(kinds[name])
    if not (part.isascii() and part.isdigit()) or int(part) < 1:
        raise UnknownDrift(f"drift {text!r}: after the @ stands the part it begins with, a number from 1 on")
    return Drift(kinds[name], int(part))


@dataclass(frozen=True, slots=True)
class SimulatedPart:
    """One ring as the process made it and as it lies under the camera. Offsets are fractions of the scale's pixels."""

    number: int
    bore_mm: float
    outer_mm: float
    defect: str | None
    offset: tuple[float, float]
    """Where it lies off the picture's middle: x, y in units of the largest offset, −1 to 1."""
    angle_rad: float
    light: float
    """Brightness of the lamp, 1 = as set up."""
    tilt: tuple[float, float]
    """How much brighter it is to the right and below, in units of a typical tilt."""


def part_rng(seed: int, number: int, stream: int = 0) -> np.random.Generator:
    """The random numbers of one part; `stream` tells independent uses apart."""
    return np.random.default_rng((seed, number, stream))


def make_part(seed: int, number: int, defect_rate: float, drift: Drift | None) -> SimulatedPart:
    """Part `number` (counted from 1) of the line with this seed."""
    rng = part_rng(seed, number)
    bore, outer, light, tilt_x, tilt_y = (float(z) for z in rng.standard_normal(5))
    chance, kind, x, y, turn = (float(u) for u in rng.random(5))
    defective = chance < _defect_rate(defect_rate, drift, number)
    return SimulatedPart(
        number=number,
        bore_mm=BORE_MM + BORE_SIGMA_MM * (bore + _bore_drift_sigma(drift, number)),
        outer_mm=OUTER_MM + OUTER_SIGMA_MM * outer,
        defect=DEFECT_LABELS[int(kind * len(DEFECT_LABELS))] if defective else None,
        offset=(2 * x - 1, 2 * y - 1),
        angle_rad=2 * math.pi * turn,
        light=(1 + _LIGHT_SIGMA * light) * _lamp(drift, number),
        tilt=(tilt_x, tilt_y),
    )


def _bore_drift_sigma(drift: Drift | None, number: int) -> float:
    if drift is None:
        return 0.0
    shift = _SHIFT_SIGMA if drift.age(DriftKind.SHIFT, number) else 0.0
    return shift + min(_TREND_SIGMA_A_PART * drift.age(DriftKind.TREND, number), _TREND_SIGMA_MOST)


def _defect_rate(base: float, drift: Drift | None, number: int) -> float:
    age = drift.age(DriftKind.DEFECTS, number) if drift else 0
    risen = min(1.0, age / _DEFECT_RATE_RISES_OVER_PARTS)
    return base + max(0.0, _DRIFTED_DEFECT_RATE - base) * risen


def _lamp(drift: Drift | None, number: int) -> float:
    age = drift.age(DriftKind.LAMP, number) if drift else 0
    return max(_LAMP_FLOOR, _LAMP_KEEPS_A_PART**age)
