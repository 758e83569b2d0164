"""Numbers on their way out: what JSON can hold, at full precision.

Promises: no NaN and no infinity; what does not exist is None.
May import: numpy, inference.spc.limits.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from inference.spc.limits import Floats

Answer = dict[str, Any]


def number(value: float | None) -> float | None:
    """The number, or None where it is missing, NaN or infinite."""
    return None if value is None or not math.isfinite(value) else float(value)


def column(values: Floats, missing: float | None = None) -> list[float | None]:
    """A column, shape [n], as a list, with `missing` for what is not finite."""
    return np.where(np.isfinite(values), values, np.array(missing, dtype=object)).tolist()


def points(flags: np.ndarray[Any, np.dtype[np.bool_]]) -> list[int]:
    """The numbers, from 1, of the points that are marked, bool [n]."""
    return (np.flatnonzero(flags) + 1).tolist()


def matrix(values: Floats) -> list[list[float]]:
    """A table of finite numbers, shape [m, n], as a list of rows."""
    return values.tolist()
