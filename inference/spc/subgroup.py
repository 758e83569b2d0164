"""Subgroups: how readings are grouped, what a group is summed up to, and sigma of single readings out of many groups.

Promises: a group summed up alone and one of a million give the same bits; deviations are taken from a group's own first
reading, so that readings near 1e9 with a spread of 1e-3 lose nothing (Sterbenz 1974).
May import: numpy, inference.spc.constants, inference.spc.limits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np

from inference.spc.constants import c4, c5, d2, d3
from inference.spc.limits import LARGEST, Floats, SpcError, are_equal, refuse_beyond, those_where, usable_sigma

Spread = Literal["range", "deviation"]
SigmaMethod = Literal["Rbar/d2", "Sbar/c4", "UWAVE-R", "UWAVE-SD", "MVLUE-R", "MVLUE-SD", "RMSDF"]
SIGMA_METHODS: tuple[str, ...] = get_args(SigmaMethod)
ShortRule = Literal["plot", "merge", "gap"]
"""What becomes of readings too few for a whole subgroup at the end of a lot: a subgroup of its own, with limits of its
own size; added to the one before; or a gap that says how many there were."""

_ROWS = 8192
"""Rows at a time: what is worked on stays in the processor's cache."""
_SQUARES_LOSE_DIGITS = 1e-280
"""A sum of squares below this may hold squares that fell out of a double's range."""


class Summary(NamedTuple):
    """One subgroup."""

    size: int
    mean: float
    """NaN where no reading is there."""
    range: float
    """Largest - smallest; NaN below two readings."""
    deviation: float
    """Standard deviation (n - 1); NaN below two readings."""


@dataclass(frozen=True, slots=True, eq=False)
class Subgroups:
    """Many subgroups. All arrays have shape [m]."""

    sizes: Floats
    """Readings present."""
    means: Floats
    """NaN where no reading is there."""
    spreads: Floats
    """Ranges or standard deviations; NaN below two readings."""


def summarise(readings: Sequence[float]) -> Summary:
    """Sum up one subgroup; what is not finite is missing. Raises SpcError for a reading beyond `LARGEST`."""
    there = [reading for reading in readings if math.isfinite(reading)]
    if not there:
        return Summary(0, math.nan, math.nan, math.nan)
    most, least, base, n, total = max(there), min(there), there[0], len(there), 0.0
    refuse_beyond(max(most, -least))
    for reading in there[1:]:
        total += reading - base
    if n == 1:
        return Summary(1, base, math.nan, math.nan)
    middle = total / n
    return Summary(n, base + middle, most - least, _deviation([reading - base - middle for reading in there]))


def _deviation(steps: Sequence[float]) -> float:
    """sqrt(sum steps^2 / (n - 1)), also of steps whose squares are no numbers any more."""
    squares, freedom = 0.0, len(steps) - 1
    for step in steps:
        squares += step * step
    if squares >= _SQUARES_LOSE_DIGITS:
        return math.sqrt(squares / freedom)
    unit = max(map(abs, steps)) or 1.0
    return unit * math.sqrt(math.fsum((step / unit) ** 2 for step in steps) / freedom)


def summarise_all(x: Floats, spread: Spread) -> Subgroups:
    """Sum up each row of `x`, shape [m, n]; what is not finite is missing, at any place of its row.

    Raises SpcError where `x` is no table, or a reading is beyond `LARGEST`.
    """
    if x.ndim != 2 or not x.shape[1]:
        raise SpcError(f"subgroups stand in the rows of a table, not in an array of shape {x.shape}")
    whole = _whole(x, spread) if x.shape[1] > 1 else None
    if whole is not None:
        return whole
    means, spreads = np.full((2, len(x)), np.nan)
    there = np.isfinite(x)
    refuse_beyond(float(np.abs(x[there]).max(initial=0.0)))
    sizes = np.count_nonzero(there, axis=1).astype(np.float64)
    some = sizes > 0
    base = np.where(some, x[np.arange(len(x)), there.argmax(axis=1)], 0.0)
    moved = np.where(there, x, base[:, None]) - base[:, None]
    middle = _in_order(moved) / np.maximum(sizes, 1.0)
    means[some] = (base + middle)[some]
    two = sizes > 1
    if spread == "range":
        spreads[two] = (np.where(there, x, -np.inf).max(1, initial=-np.inf) - np.where(there, x, np.inf).min(1))[two]
    else:
        squares = _in_order(np.where(there, (moved - middle[:, None]) ** 2, 0.0))
        spreads[two] = np.sqrt(squares[two] / (sizes[two] - 1.0))
        _mend_tiny(spreads, squares, x)
    return Subgroups(sizes, means, spreads)


def _in_order(table: Floats) -> Floats:
    """Sums of the rows, added from left to right as `summarise` does (numpy's own sum would pair them)."""
    total = np.zeros(len(table))
    for column in table.T:
        total += column
    return total


def _whole(x: Floats, spread: Spread) -> Subgroups | None:
    """The quick way, a block of rows at a time; None where a reading is missing or too large."""
    rows, n = x.shape
    means, spreads = np.empty(rows), np.empty(rows)
    for start in range(0, rows, _ROWS):
        block = np.ascontiguousarray(x[start : start + _ROWS].T)
        part = slice(start, start + block.shape[1])
        most, least = block.max(axis=0), block.min(axis=0)
        if not (most.max() <= LARGEST and least.min() >= -LARGEST):
            return None  # NaN compares false
        base = block[0]
        middle = block[1] - base
        for column in block[2:]:
            middle += column - base
        middle /= n
        np.add(base, middle, out=means[part])
        if spread == "range":
            np.subtract(most, least, out=spreads[part])
        else:
            squares = np.zeros_like(base)
            for column in block:
                squares += (column - base - middle) ** 2
            np.sqrt(squares / (n - 1), out=spreads[part])
            _mend_tiny(spreads[part], squares, x[part])
    return Subgroups(np.broadcast_to(np.float64(n), rows), means, spreads)


def _mend_tiny(deviations: Floats, squares: Floats, x: Floats) -> None:
    """Take the few rows that vary, yet whose squares are next to nothing, one at a time."""
    (few,) = np.nonzero((squares < _SQUARES_LOSE_DIGITS) & (deviations >= 0.0))
    varied = few[np.nanmax(x[few], axis=1, initial=-np.inf) > np.nanmin(x[few], axis=1, initial=np.inf)]
    for row in varied:
        deviations[row] = summarise(x[row].tolist()).deviation


def by_size(sizes: Floats, constant: Callable[[int], float]) -> Floats:
    """`constant` of each size, shape [m]: worked out once for each size that occurs."""
    if sizes.size and are_equal(sizes):
        return np.broadcast_to(np.float64(constant(int(sizes[0]))), sizes.shape)
    kinds, which = np.unique(sizes, return_inverse=True)
    return np.array([constant(int(n)) for n in kinds])[which]


def sigma_of(sizes: Floats, spreads: Floats, method: SigmaMethod) -> float | None:
    """Sigma of single readings out of subgroups' spreads, both shape [m]; groups of fewer than two do not count.

    | method | sigma |
    |---|---|
    | `Rbar/d2`, `UWAVE-R` | mean of R/d2(n) |
    | `Sbar/c4`, `UWAVE-SD` | mean of s/c4(n) |
    | `MVLUE-R` | weighted by (d2/d3)^2, the least variance of all unbiased weights of ranges |
    | `MVLUE-SD` | weighted by c4^2/(1 - c4^2) |
    | `RMSDF` | sqrt(sum (n-1)s^2 / sum (n-1)) / c4(1 + sum (n-1)): pooled |

    Sources: Montgomery, SQC 7th ed., section 6.3; Burr, Technometrics 11 (1969) 791; R package qcc.
    None where no subgroup has two readings, or sigma is too small to calculate with. Raises SpcError for an unknown
    method.
    """
    if method not in SIGMA_METHODS:
        raise SpcError(f"there is no way {method!r} to take sigma: known are {', '.join(SIGMA_METHODS)}")
    sizes, spreads = those_where((sizes >= 2.0) & np.isfinite(spreads), sizes, spreads)
    if not sizes.size:
        return None
    if method == "RMSDF":
        return usable_sigma(_pooled(sizes - 1.0, spreads))
    of_range = method in {"Rbar/d2", "UWAVE-R", "MVLUE-R"}
    constants = by_size(sizes, d2 if of_range else c4)
    if are_equal(sizes):  # then every weight is the same
        return usable_sigma(float(np.mean(spreads)) / float(constants[0]))
    single = spreads / constants
    if not method.startswith("MVLUE"):
        return usable_sigma(float(np.mean(single)))
    weights = by_size(sizes, _weight_of_range if of_range else _weight_of_deviation)
    return usable_sigma(float(np.sum(weights * single) / np.sum(weights)))


def _pooled(freedoms: Floats, deviations: Floats) -> float:
    unit = float(deviations.max()) or 1.0
    freedom = float(np.sum(freedoms))
    return unit * math.sqrt(float(np.sum(freedoms * (deviations / unit) ** 2)) / freedom) / c4(1 + round(freedom))


def _weight_of_range(n: int) -> float:
    return (d2(n) / d3(n)) ** 2


def _weight_of_deviation(n: int) -> float:
    return (c4(n) / c5(n)) ** 2


def group_in_order(
    values: Floats, size: int, lots: Sequence[object] | None = None, short: ShortRule = "plot"
) -> Floats:
    """Cut a series, shape [n], into subgroups of `size` that follow one another, shape [m, w], padded with NaN.

    `lots`: a label for each reading; no subgroup reaches over a change of label. What is left at the end of a lot is
    handled by `short`; with `merge` w is up to 2 size - 1. Raises SpcError for a size below 1 or labels of another
    number.
    """
    if size < 1:
        raise SpcError(f"a subgroup has 1 reading or more, not {size}")
    if lots is not None and len(lots) != len(values):
        raise SpcError(f"there are {len(values)} readings and {len(lots)} labels of their lots")
    rows = list[Floats]()
    for start, end in _stretches(len(values), lots):
        whole = start + (end - start) // size * size
        rows += [values[k : k + size] for k in range(start, whole, size)]
        if whole < end:
            rest = values[whole:end]
            if short == "merge" and whole > start:
                rows[-1] = np.concatenate((rows[-1], rest))
            else:
                rows.append(rest if short != "gap" else np.full(1, np.nan))
    table = np.full((len(rows), max((row.size for row in rows), default=size)), np.nan)
    for row, readings in zip(table, rows, strict=True):
        row[: readings.size] = readings
    return table


def _stretches(count: int, lots: Sequence[object] | None) -> list[tuple[int, int]]:
    """First and last-but-one of the readings of each lot."""
    borders = [] if lots is None else [k for k in range(1, count) if lots[k] != lots[k - 1]]
    return list(zip([0, *borders], [*borders, count], strict=True)) if count else []
