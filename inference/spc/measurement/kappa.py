"""Kappa: how far verdicts agree beyond chance, of two raters (Cohen) and of many (Fleiss).

Promises: where chance alone would always agree (one category only) there is no kappa, and None stands for it.
May import: numpy, scipy, inference.spc.limits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri

from inference.spc.limits import Floats, SpcError

KappaVerdict = Literal["good", "marginal", "poor"]


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement beyond chance: 1 is perfect, 0 is chance."""

    value: float
    se: float | None
    """Standard error of the value; None where one subject alone cannot show it."""
    low: float | None
    """value -+ z se, not cut at 1; None as se."""
    high: float | None
    se0: float
    """Standard error if the raters only guessed."""
    p: float | None
    """One-sided p of value / se0: how likely a kappa as large is from guessing; None where se0 is 0."""
    observed: float
    """Share of pairs of verdicts that agree."""
    expected: float
    """The share that would agree by chance."""


@dataclass(frozen=True, slots=True)
class FleissKappa:
    """Kappa of many raters, in all and for each category against all others."""

    overall: Kappa | None
    categories: tuple[float | None, ...]
    """None for a category that nobody, or everybody, chose."""
    categories_se0: float
    """Standard error of each of them if the raters only guessed."""


def judge_kappa(kappa: float) -> KappaVerdict:
    """AIAG's words for a kappa (MSA, 4th ed., chapter III C): above 0.75 good, below 0.40 poor."""
    if not -1.0 - 1e-9 <= kappa <= 1.0 + 1e-9:
        raise SpcError(f"a kappa lies between -1 and 1, not at {kappa:g}")
    if kappa > 0.75:
        return "good"
    return "poor" if kappa < 0.40 else "marginal"


def cohen_kappa(table: Sequence[Sequence[int]] | Floats, confidence: float = 0.95) -> Kappa | None:
    """Kappa of a table of counts [k, k], rows the one rater's categories, columns the other's.

    Standard error by Fleiss, Cohen and Everitt (1969, Psych. Bull. 72, eq. 13), under guessing eq. 14. None where both
    used one and the same category only. Raises SpcError for a table that is not square or not of counts.
    """
    counts = _counts(table)
    if counts.shape[0] != counts.shape[1]:
        raise SpcError(f"a table of agreement is square, not {counts.shape[0]} by {counts.shape[1]}")
    z = _z(confidence)
    n = float(counts.sum())
    p = counts / n
    rows, columns, same = p.sum(axis=1), p.sum(axis=0), np.diag(p)
    observed, expected = float(same.sum()), float(rows @ columns)
    chance = _below_one(1.0 - expected)
    if chance == 0.0:
        return None
    value = (observed - expected) / chance
    off = p - np.diag(same)
    variance = (
        float(same @ (1.0 - (rows + columns) * (1.0 - value)) ** 2)
        + (1.0 - value) ** 2 * float(np.sum(off * (columns[:, None] + rows[None, :]) ** 2))
        - (value - expected * (1.0 - value)) ** 2
    )
    guess = expected + expected**2 - float((rows * columns) @ (rows + columns))
    se = math.sqrt(max(0.0, variance) / n) / chance
    return _kappa(value, se, math.sqrt(max(0.0, guess) / n) / chance, z, (observed, expected))


def fleiss_kappa(counts: Sequence[Sequence[int]] | Floats, confidence: float = 0.95) -> FleissKappa:
    """Kappa of counts [subjects, categories]: how many raters put the subject there, the same number for each subject.

    Fleiss (1971, Psych. Bull. 76); standard errors under guessing by Fleiss, Nee and Landis (1979, eq. 12 and 15); the
    interval takes subjects as a sample (Gwet 2008, linearised). Raises SpcError for fewer than 2 raters, unequal
    numbers of raters, or what are no counts.
    """
    table = _counts(counts)
    z, raters = _z(confidence), table.sum(axis=1)
    n, subjects = float(raters[0]), table.shape[0]
    if n < 2.0:
        raise SpcError(f"agreement needs 2 verdicts or more on each subject, not {n:g}")
    if (odd := np.flatnonzero(raters != n)).size:
        raise SpcError(f"subject {odd[0] + 1} has {raters[odd[0]]:g} verdicts, the first has {n:g}")
    p = table.sum(axis=0) / (n * subjects)
    spread = p * (1.0 - p)
    disagreeing = (table * (n - table)).sum(axis=0) / (subjects * n * (n - 1.0))
    categories = tuple(
        1.0 - part / whole if whole > 0.0 else None
        for part, whole in zip(disagreeing.tolist(), spread.tolist(), strict=True)
    )
    overall = _overall(table, p, n, z)
    return FleissKappa(overall, categories, math.sqrt(2.0 / (subjects * n * (n - 1.0))))


def _overall(table: Floats, p: Floats, n: float, z: float) -> Kappa | None:
    subjects, spread = table.shape[0], p * (1.0 - p)
    chance = _below_one(float(spread.sum()))
    if chance == 0.0:
        return None
    agree = (table * (table - 1.0)).sum(axis=1) / (n * (n - 1.0))
    observed = float(agree.mean())
    value = (observed - (1.0 - chance)) / chance
    guess = 2.0 * (chance**2 - float(spread @ (1.0 - 2.0 * p)))
    se0 = math.sqrt(max(0.0, guess) / (subjects * n * (n - 1.0))) / chance
    se = None
    if subjects > 1:
        by_chance = table @ p / n - (1.0 - chance)
        each = (agree - (1.0 - chance)) / chance - 2.0 * (1.0 - value) * by_chance / chance
        se = math.sqrt(float(np.sum((each - value) ** 2)) / (subjects * (subjects - 1.0)))
    return _kappa(value, se, se0, z, (observed, 1.0 - chance))


def _kappa(value: float, se: float | None, se0: float, z: float, shares: tuple[float, float]) -> Kappa:
    low, high = (None, None) if se is None else (value - z * se, value + z * se)
    return Kappa(value, se, low, high, se0, float(ndtr(-value / se0)) if se0 else None, *shares)


def _counts(table: Sequence[Sequence[int]] | Floats) -> Floats:
    if len({len(row) for row in table}) != 1:
        raise SpcError("a table of counts has rows of one length, and at least one")
    counts = np.asarray(table, dtype=np.float64)
    if not np.all((counts >= 0.0) & (counts == np.floor(counts)) & (counts < 1e15)):
        raise SpcError("a table of counts holds whole numbers of 0 or more")
    if not counts.sum():
        raise SpcError("the table of counts is empty")
    return counts


def _below_one(chance: float) -> float:
    """1 - the agreement by chance, or 0 where it is no more than rounding."""
    return chance if chance > 1e-14 else 0.0


def _z(confidence: float) -> float:
    if not 0.0 < confidence < 1.0:
        raise SpcError(f"a confidence lies between 0 and 1, not at {confidence:g}")
    return float(ndtri(0.5 + confidence / 2.0))
