"""The readings of a gauge study, sorted into cells: every part, every operator, every trial.

Promises: labels keep the order of their first appearance; a study that is not balanced is refused with the cell named.
May import: numpy, inference.spc.limits.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from inference.spc.limits import Floats, SpcError

LARGEST = 1e100
"""Readings beyond this cannot be squared and summed safely."""


@dataclass(frozen=True, slots=True)
class Crossed:
    """A crossed study: each operator measured each part the same number of times."""

    parts: tuple[Hashable, ...]
    operators: tuple[Hashable, ...]
    y: Floats
    """Readings, shape [parts, operators, trials], less `origin`."""
    origin: float
    """The first reading; differences from it lose no digits (Sterbenz 1974)."""
    noise: float
    """Sums of squares at or below this (for each reading) are rounding, not variation."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of parts, operators and trials."""
        parts, operators, trials = self.y.shape
        return parts, operators, trials

    @property
    def cell_ranges(self) -> Floats:
        """Range of the trials of each cell, shape [parts, operators]."""
        return self.y.max(axis=2) - self.y.min(axis=2)


@dataclass(frozen=True, slots=True)
class Nested:
    """A nested study: each operator measured parts of his own (a destructive test)."""

    operators: tuple[Hashable, ...]
    y: Floats
    """Readings, shape [operators, parts of each, trials], less `origin`."""
    origin: float
    noise: float

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of operators, parts of each, and trials."""
        operators, parts, trials = self.y.shape
        return operators, parts, trials


def finite(y: Sequence[float] | Floats, what: str = "reading") -> Floats:
    """The readings as an array, shape [n]. Raises SpcError for one that is no number, or none that can be squared."""
    values = np.asarray(y, dtype=np.float64)
    if values.ndim != 1:
        raise SpcError(f"the {what}s must be one list, not an array of {values.ndim} dimensions")
    for number, value in enumerate(values.tolist(), 1):
        if not abs(value) <= LARGEST:  # false for NaN, too
            raise SpcError(f"{what} {number} is {value:g}, which is not a number to calculate with")
    return values


def crossed(part: Sequence[Hashable], operator: Sequence[Hashable], y: Sequence[float] | Floats) -> Crossed:
    """Sort readings, in any order, into cells.

    Raises SpcError for lists of unequal length, unusable readings, fewer than 2 parts, and unequal numbers of trials.
    """
    values = _together(part, operator, y)
    parts, operators = tuple(dict.fromkeys(part)), tuple(dict.fromkeys(operator))
    cells: dict[tuple[Hashable, Hashable], list[float]] = {(p, o): [] for p in parts for o in operators}
    for p, o, value in zip(part, operator, values.tolist(), strict=True):
        cells[p, o].append(value)
    trials = max(map(len, cells.values()))
    for (p, o), cell in cells.items():
        if len(cell) != trials:
            raise SpcError(f"part {p}, operator {o} has {len(cell)} of {trials} trials")
    _enough(len(parts), trials)
    table = np.array(list(cells.values())).reshape(len(parts), len(operators), trials)
    return Crossed(parts, operators, table - values[0], float(values[0]), _noise(values))


def nested(part: Sequence[Hashable], operator: Sequence[Hashable], y: Sequence[float] | Floats) -> Nested:
    """Sort the readings of parts that only one operator measured; a label used by two operators is two parts.

    Raises SpcError as `crossed`, and where one operator measured more parts than another, or there is only one.
    """
    values = _together(part, operator, y)
    operators = tuple(dict.fromkeys(operator))
    cells: dict[Hashable, dict[Hashable, list[float]]] = {o: {} for o in operators}
    for p, o, value in zip(part, operator, values.tolist(), strict=True):
        cells[o].setdefault(p, []).append(value)
    parts = max(map(len, cells.values()))
    trials = max(len(cell) for mine in cells.values() for cell in mine.values())
    for o, mine in cells.items():
        if len(mine) != parts:
            raise SpcError(f"operator {o} measured {len(mine)} parts, another {parts}")
        for p, cell in mine.items():
            if len(cell) != trials:
                raise SpcError(f"part {p}, operator {o} has {len(cell)} of {trials} trials")
    if len(operators) < 2:
        raise SpcError("a nested study needs 2 operators or more, not 1")
    _enough(parts, trials)
    table = np.array([list(mine.values()) for mine in cells.values()])
    return Nested(operators, table - values[0], float(values[0]), _noise(values))


def _together(part: Sequence[Hashable], operator: Sequence[Hashable], y: Sequence[float] | Floats) -> Floats:
    values = finite(y)
    if not len(part) == len(operator) == values.size:
        raise SpcError(
            f"{len(part)} parts, {len(operator)} operators and {values.size} readings do not belong together"
        )
    if not values.size:
        raise SpcError("the study has no readings")
    return values


def _enough(parts: int, trials: int) -> None:
    if parts < 2:
        raise SpcError("a gauge study needs 2 parts or more, not 1")
    if trials < 2:
        raise SpcError("a gauge study needs 2 trials or more of each part by each operator, not 1")


def _noise(values: Floats) -> float:
    return (math.ulp(1.0) * float(np.max(np.abs(values)))) ** 2
