"""What a gauge says of masters whose value is known: bias, linearity over the range, stability over time.

Promises: every figure comes with its interval; a test without any scatter is None.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inference.spc.limits import WIDTH, Floats, SpcError, mean_of, sigma_from_moving_ranges
from inference.spc.measurement.layout import finite
from inference.spc.measurement.line import Estimate, Line, estimate, fit_line, t_quantile


@dataclass(frozen=True, slots=True)
class BiasStudy:
    """Repeated readings of one master."""

    reference: float
    n: int
    mean: float
    sigma: float
    """Repeatability, divisor n - 1."""
    bias: Estimate
    """Mean less reference."""
    pct_of_variation: float | None
    """100 |bias| / process variation (6 sigma, or the tolerance); None where it was not given."""

    @property
    def acceptable(self) -> bool:
        """0 lies in the interval of the bias (AIAG MSA, 4th ed., chapter III B)."""
        return self.bias.low <= 0.0 <= self.bias.high


@dataclass(frozen=True, slots=True)
class LinearityStudy:
    """Repeated readings of masters over the range of the gauge."""

    line: Line
    """Bias against reference."""
    at: tuple[BiasStudy | None, ...]
    """The bias at each reference, ascending; None for a master that was read once."""
    references: tuple[float, ...]
    pct_linearity: float
    """100 |slope|: the change of bias over the process variation, as a share of it."""
    linearity: float | None
    """|slope| · process variation; None where it was not given."""

    @property
    def acceptable(self) -> bool:
        """The line "bias = 0" lies in the confidence band at every reference (AIAG MSA, 4th ed., chapter III B)."""
        bands = [self.line.band(reference) for reference in self.references]
        return all(low <= 0.0 <= high for low, _, high in bands)


@dataclass(frozen=True, slots=True)
class StabilityStudy:
    """One master read again and again over time."""

    n: int
    mean: float
    sigma: float
    """Short-term sigma, mean moving range / d2(2)."""
    sigma_overall: float
    """Standard deviation of all readings, divisor n - 1."""
    lower: float
    upper: float
    """Control limits, mean -+ 3 sigma."""
    outside: tuple[int, ...]
    """Numbers, from 1, of the readings beyond a limit."""
    drift: Line
    """Readings against time."""

    def stable(self, alpha: float = 0.05) -> bool:
        """No reading beyond a limit, and no drift significant at alpha; a drift without any scatter is one, too."""
        p = self.drift.slope.p
        drifts = self.drift.slope.value != 0.0 if p is None else p <= alpha
        return not self.outside and not drifts


def bias_study(
    y: Sequence[float] | Floats, reference: float, *, confidence: float = 0.95, variation: float | None = None
) -> BiasStudy:
    """Bias of a gauge on one master: t test against 0 and interval (AIAG MSA, 4th ed., chapter III B).

    `variation` is the process variation (6 sigma) or the tolerance, in the unit of y. Raises SpcError for fewer than
    2 readings, readings or a reference that are no numbers, and a variation that is no width.
    """
    values, reference = finite(y), float(finite([reference], "reference")[0])
    width = _width(variation)
    if values.size < 2:
        raise SpcError(f"a bias needs 2 readings or more, not {values.size}")
    mean = mean_of(values)
    sigma = math.sqrt(math.fsum((values - mean) ** 2) / (values.size - 1))
    # Differences first: near 1e9 the mean itself has lost digits that the bias still has.
    value = mean_of(values - reference)
    df = values.size - 1
    bias = estimate(value, sigma / math.sqrt(values.size), df, t_quantile(df, confidence))
    return BiasStudy(reference, values.size, mean, sigma, bias, None if width is None else 100.0 * abs(value) / width)


def linearity_study(
    reference: Sequence[float] | Floats,
    y: Sequence[float] | Floats,
    *,
    confidence: float = 0.95,
    variation: float | None = None,
) -> LinearityStudy:
    """Linearity: regression of bias on the reference of each reading, shapes [n] (AIAG MSA, 4th ed., chapter III B).

    `variation` as in `bias_study`. Raises SpcError for lists of unequal length, fewer than 3 readings or a single
    reference.
    """
    masters, values = finite(reference, "reference"), finite(y)
    if masters.size != values.size:
        raise SpcError(f"{masters.size} references and {values.size} readings do not belong together")
    width = _width(variation)
    line = fit_line(masters, values - masters, confidence, float(np.max(np.abs(values), initial=0.0)))
    references = tuple(np.unique(masters).tolist())
    groups = [values[masters == each] for each in references]
    return LinearityStudy(
        line,
        tuple(
            bias_study(group, each, confidence=confidence, variation=width) if group.size > 1 else None
            for each, group in zip(references, groups, strict=True)
        ),
        references,
        100.0 * abs(line.slope.value),
        None if width is None else abs(line.slope.value) * width,
    )


def stability_study(
    y: Sequence[float] | Floats, times: Sequence[float] | Floats | None = None, *, confidence: float = 0.95
) -> StabilityStudy:
    """Stability: individuals chart of a master and its drift, y against `times` (default: 0, 1, 2 ...), shapes [n].

    Readings in the order they were taken. Raises SpcError for fewer than 3 readings and lists of unequal length.
    """
    values = finite(y)
    when = np.arange(values.size, dtype=np.float64) if times is None else finite(times, "time")
    if when.size != values.size:
        raise SpcError(f"{when.size} times and {values.size} readings do not belong together")
    drift = fit_line(when, values, confidence, float(np.max(np.abs(values), initial=0.0)))
    mean, sigma = mean_of(values), sigma_from_moving_ranges(values) or 0.0
    away = values - mean
    return StabilityStudy(
        values.size,
        mean,
        sigma,
        math.sqrt(math.fsum(away * away) / (values.size - 1)),
        mean - WIDTH * sigma,
        mean + WIDTH * sigma,
        tuple((np.flatnonzero(np.abs(away) > WIDTH * sigma) + 1).tolist()),
        drift,
    )


def _width(variation: float | None) -> float | None:
    if variation is not None and not 0.0 < variation < math.inf:
        raise SpcError(f"a variation is a width above 0, not {variation:g}")
    return variation
