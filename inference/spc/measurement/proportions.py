"""Proportions with honest intervals: so many of so many.

Promises: an interval stays inside 0 to 1; a proportion of nothing is refused.
May import: scipy, inference.spc.limits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import betaincinv, ndtri

from inference.spc.limits import SpcError


@dataclass(frozen=True, slots=True)
class Proportion:
    """`hits` of `of`, with the exact interval at the study's confidence."""

    hits: int
    of: int
    value: float
    low: float
    high: float


def proportion(hits: int, of: int, confidence: float = 0.95) -> Proportion:
    """A proportion with its exact interval. Raises SpcError as `clopper_pearson`."""
    low, high = clopper_pearson(hits, of, confidence)
    return Proportion(hits, of, hits / of, low, high)


def clopper_pearson(hits: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of a proportion (Clopper and Pearson 1934, Biometrika 26): it covers at least `confidence`.

    Raises SpcError for counts that cannot be, and a confidence that does not lie between 0 and 1.
    """
    tail = _tail(hits, of, confidence)
    low = float(betaincinv(hits, of - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, of - hits, 1.0 - tail)) if hits < of else 1.0
    return low, high


def wilson(hits: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """Score interval of a proportion (Wilson 1927, JASA 22): shorter, covers `confidence` on average.

    Raises SpcError as `clopper_pearson`.
    """
    z = float(ndtri(1.0 - _tail(hits, of, confidence)))
    share, weight = hits / of, z * z / of
    middle = (share + weight / 2.0) / (1.0 + weight)
    half = z / (1.0 + weight) * math.sqrt(share * (1.0 - share) / of + weight / (4.0 * of))
    return (max(0.0, middle - half) if hits else 0.0), (min(1.0, middle + half) if hits < of else 1.0)


def _tail(hits: int, of: int, confidence: float) -> float:
    if not 0 <= hits <= of or of == 0:
        raise SpcError(f"{hits} of {of} is no proportion")
    if not 0.0 < confidence < 1.0:
        raise SpcError(f"a confidence lies between 0 and 1, not at {confidence:g}")
    return (1.0 - confidence) / 2.0
