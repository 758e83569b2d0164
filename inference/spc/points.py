"""Points judged by control limits alone: what multivariate, rare-event and short-run charts have in common.

Run rules do not suit these statistics (they are skewed, or neighbours share a reading), so a point is in or out.

Promises: `LimitChart` costs the same for a point however long the history; a missing reading is a gap and never out.
May import: numpy, inference.spc.limits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from inference.spc.limits import ControlLimits, Floats, SpcError

Bools = npt.NDArray[np.bool_]
Reading = TypeVar("Reading")
Frozen = TypeVar("Frozen")

LARGEST = 1e150
"""Beyond this the square of a reading, or of its inverse, is no longer a number."""


class Point(NamedTuple):
    """One point of a chart that knows no run rules."""

    number: int
    value: float | None
    """The plotted statistic; None for a gap."""
    limits: ControlLimits | None
    """None where no limit can be given."""
    out: bool
    """Outside its limits (strict: a point on a limit is inside)."""


def is_outside(value: float | None, limits: ControlLimits | None) -> bool:
    """Whether the statistic lies outside its limits. A missing one, or one without limits, does not."""
    if value is None or limits is None:
        return False
    return value > limits.upper or (limits.lower is not None and value < limits.lower)


class LimitChart(Generic[Reading]):
    """A live chart whose statistic needs no memory. `add` a reading, or say that there is a `gap`."""

    def __init__(
        self,
        measure: Callable[[Reading], tuple[float | None, ControlLimits]],
        usual: ControlLimits,
        *,
        first_number: int = 1,
    ) -> None:
        """`measure` turns a reading into its statistic (None: missing) and its limits; a gap shows the `usual` ones."""
        self._measure, self._usual = measure, usual
        self._number = first_number - 1

    def add(self, reading: Reading) -> Point:
        """The next reading. Raises SpcError for one that cannot be; the chart is then as it was."""
        value, limits = self._measure(reading)
        self._number += 1
        return Point(self._number, value, limits, is_outside(value, limits))

    def gap(self) -> Point:
        """The next reading is missing."""
        self._number += 1
        return Point(self._number, None, self._usual, out=False)

    def interrupt(self) -> None:
        """The process stood still here. Nothing is remembered, so nothing is forgotten."""


@dataclass(frozen=True, slots=True, eq=False)
class LimitSeries(Generic[Frozen]):
    """A whole chart at once, with one entry a point in each array."""

    baseline: Frozen
    statistics: Floats
    """Shape [m]; NaN is a gap."""
    limits: tuple[ControlLimits | None, ...]
    out: Bools
    """Shape [m]; outside its limits."""

    @property
    def violations(self) -> tuple[int, ...]:
        """The numbers (from 1) of the points outside their limits."""
        return tuple((np.flatnonzero(self.out) + 1).tolist())


def judge(baseline: Frozen, statistics: Floats, limits: Sequence[ControlLimits | None]) -> LimitSeries[Frozen]:
    """The series of these statistics, shape [m] (NaN: gap), each with its own limits."""
    upper = np.array([np.inf if line is None else line.upper for line in limits], dtype=np.float64)
    lower = np.array([-np.inf if line is None or line.lower is None else line.lower for line in limits])
    return LimitSeries(baseline, statistics, tuple(limits), (statistics > upper) | (statistics < lower))


def phase1_points(points: int, phase1: tuple[int, int] | None = None, excluded: Bools | None = None) -> Bools:
    """Which points make the baseline, shape [points]: those of `phase1` (first and last, from 1) not `excluded`.

    Without `phase1` all points. Raises SpcError for an empty series, a range outside it, and a mask of another length.
    """
    if not points:
        raise SpcError("an empty series has no phase I")
    first, last = phase1 or (1, points)
    if not 1 <= first <= last <= points:
        raise SpcError(f"phase I cannot be points {first} to {last}: the series has points 1 to {points}")
    learned = np.zeros(points, dtype=np.bool_)
    learned[first - 1 : last] = True
    return learned & ~flags_of(excluded, points, "excluded points")


def readings_of(x: Floats) -> Floats:
    """The readings as a series, shape [m], with everything that is no finite number made a gap (NaN).

    Raises SpcError for another shape, and for a reading beyond `LARGEST`.
    """
    x = np.asarray(x, dtype=np.float64)
    if x.ndim != 1:
        raise SpcError(f"a series has one reading a point, not the shape {x.shape}")
    x = np.where(np.isfinite(x), x, np.nan)
    if np.any(np.abs(x) > LARGEST):
        raise SpcError(f"a reading beyond {LARGEST:g} is too large to compute with")
    return x


def flags_of(flags: Bools | None, points: int, what: str) -> Bools:
    """A mask of the points, shape [points]; without one no point is marked.

    Raises SpcError, with `what` is marked, for a mask of another length.
    """
    if flags is None:
        return np.zeros(points, dtype=np.bool_)
    if np.shape(flags) != (points,):
        raise SpcError(f"the mask of {what} has the shape {np.shape(flags)}, the series {points} points")
    return np.asarray(flags, dtype=np.bool_)


def value_of(statistics: Floats) -> float | None:
    """The only statistic of a series of one, shape [1]; None for a gap."""
    value = float(statistics[0])
    return None if np.isnan(value) else value
