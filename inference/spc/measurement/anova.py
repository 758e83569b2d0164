"""The table of an analysis of variance: sums of squares, and the lines tested against one another.

Promises: a line that shows no variation tests nothing (None), so no ratio is ever infinite.
May import: numpy, scipy, inference.spc.limits.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.special import fdtrc

from inference.spc.limits import Floats


class AnovaRow(NamedTuple):
    """One line of an analysis of variance."""

    source: str
    df: int
    ss: float
    ms: float | None
    """ss / df; None without degrees of freedom."""
    f: float | None
    """Against the line this one is tested by; None for the last, and where that line shows no variation."""
    p: float | None


def above(floor: float, ss: float) -> float:
    """A sum of squares, or 0 where it is no more than rounding."""
    return ss if ss > floor else 0.0


def within(y: Floats) -> float:
    """Sum of squares about the mean of the last axis, exactly 0 where the readings of each cell are equal."""
    from_first = y - y[..., :1]
    return float(np.sum((from_first - from_first.mean(axis=-1, keepdims=True)) ** 2))


def line(source: str, df: int, ss: float, against: AnovaRow | None = None) -> AnovaRow:
    """One line of the table, tested against another line. A test needs variation in the other line."""
    if not df:
        return AnovaRow(source, 0, 0.0, None, None, None)
    ms = ss / df
    f = ms / against.ms if against is not None and against.ms else math.inf
    if against is None or math.isinf(f):
        return AnovaRow(source, df, ss, ms, None, None)
    return AnovaRow(source, df, ss, ms, f, float(fdtrc(df, against.df, f)))
