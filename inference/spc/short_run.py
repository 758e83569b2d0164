"""Short runs: many products in turn on one line, too few of each for a chart of its own.

Two ways to put them on one chart: the deviation from each part's nominal (all parts vary alike), and Z-MR, each
reading less its part's mean in that part's sigma (they do not) (Montgomery, SQC 7th ed., 10.1; Minitab Z-MR, by parts).

Promises: the live chart and the whole series give the same points; a part's sigma comes from its own readings alone,
while the moving range of z reaches across a change-over, as the line does.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from inference.spc.constants import d2, d3
from inference.spc.limits import (
    WIDTH,
    ControlLimits,
    Floats,
    SpcError,
    mean_of,
    moving_ranges,
    sigma_from_moving_ranges,
)
from inference.spc.points import (
    LARGEST,
    Bools,
    LimitChart,
    LimitSeries,
    Point,
    flags_of,
    is_outside,
    judge,
    phase1_points,
    readings_of,
    value_of,
)


class PartReading(NamedTuple):
    """One reading of a part."""

    part: str
    value: float


@dataclass(frozen=True, slots=True)
class DeviationBaseline:
    """Phase I figures of the deviations from nominal, all parts together."""

    nominal: Mapping[str, float]
    """Part to nominal, in the unit of the readings."""
    mean: float
    sigma: float
    points: int


@dataclass(frozen=True, slots=True)
class PartFigures:
    """What phase I says of one part."""

    origin: float
    """A reading of the part; the mean is `origin` + `offset`, finer than one double could hold it."""
    offset: float
    sigma: float | None
    """None for a part with fewer than two readings, or of which no two followed one another, or which never varied."""
    readings: int

    @property
    def mean(self) -> float | None:
        """None for a part without a reading in phase I."""
        return self.origin + self.offset if self.readings else None


@dataclass(frozen=True, slots=True)
class ZBaseline:
    """Phase I figures of each part."""

    parts: Mapping[str, PartFigures]


def deviation_baseline(
    x: Floats,
    parts: Sequence[str],
    nominal: Mapping[str, float],
    *,
    phase1: tuple[int, int] | None = None,
    excluded: Bools | None = None,
) -> DeviationBaseline:
    """Mean, and sigma by the mean moving range / d2(2), of the deviations in run order, across change-overs too.

    x of shape [m] with the part of each, NaN is missing; `phase1` is the first and the last point, from 1 (none: all);
    points `excluded`, bool [m], are left out and end moving ranges.
    Raises SpcError for a part without a nominal, and where no two readings follow one another.
    """
    deviations = _deviations(x, parts, nominal)
    learned = np.where(phase1_points(deviations.size, phase1, excluded), deviations, np.nan)
    sigma = sigma_from_moving_ranges(learned)
    if sigma is None:
        raise SpcError("a chart of deviations needs two readings that follow one another in phase I")
    return DeviationBaseline(dict(nominal), mean_of(learned), sigma, int(np.count_nonzero(~np.isnan(learned))))


def deviation_limits(baseline: DeviationBaseline, nsigma: float = WIDTH) -> ControlLimits:
    """Limits mean ± nsigma sigma of the deviations, in the unit of the readings."""
    reach = nsigma * baseline.sigma
    return ControlLimits(baseline.mean, baseline.sigma, baseline.mean - reach, baseline.mean + reach)


def deviation_series(
    x: Floats,
    parts: Sequence[str],
    nominal: Mapping[str, float],
    *,
    nsigma: float = WIDTH,
    phase1: tuple[int, int] | None = None,
    excluded: Bools | None = None,
    baseline: DeviationBaseline | None = None,
) -> LimitSeries[DeviationBaseline]:
    """The chart of deviations from nominal, x of shape [m] with the part of each; NaN is a gap.

    Without a `baseline` it comes from `phase1` less `excluded` (see `deviation_baseline`); with one its nominals
    count. Raises SpcError as that does.
    """
    baseline = baseline or deviation_baseline(x, parts, nominal, phase1=phase1, excluded=excluded)
    deviations = _deviations(x, parts, baseline.nominal)
    return judge(baseline, deviations, [deviation_limits(baseline, nsigma)] * deviations.size)


def deviation_chart(
    baseline: DeviationBaseline, *, nsigma: float = WIDTH, first_number: int = 1
) -> LimitChart[PartReading]:
    """The live chart of deviations from nominal. A part without a nominal raises SpcError."""
    limits = deviation_limits(baseline, nsigma)

    def measure(reading: PartReading) -> tuple[float | None, ControlLimits]:
        return value_of(_deviations(np.array([reading.value]), [reading.part], baseline.nominal)), limits

    return LimitChart(measure, limits, first_number=first_number)


def z_baseline(
    x: Floats, parts: Sequence[str], *, phase1: tuple[int, int] | None = None, excluded: Bools | None = None
) -> ZBaseline:
    """Mean and sigma of each part that occurs in the series, from that part's own readings in phase I.

    Sigma is the mean moving range / d2(2) within the part: its readings are taken in order as if nothing else had run
    between. x, `phase1` and `excluded` as `deviation_baseline`. Raises SpcError where x and parts differ in length.
    """
    x, names = _run(x, parts)
    learned = np.where(phase1_points(x.size, phase1, excluded), x, np.nan)
    return ZBaseline({part: _figures(learned[names == part]) for part in dict.fromkeys(parts)})


def z_limits(nsigma: float = WIDTH) -> ControlLimits:
    """Limits 0 ± nsigma, in sigmas of the part."""
    return ControlLimits(0.0, 1.0, -nsigma, nsigma)


def z_range_limits(nsigma: float = WIDTH) -> ControlLimits:
    """Limits of the moving range of z: d2(2) + nsigma d3(2). The lower would fall below zero, so there is none."""
    return ControlLimits(d2(2), d3(2), None, d2(2) + nsigma * d3(2))


def z_series(
    x: Floats,
    parts: Sequence[str],
    *,
    nsigma: float = WIDTH,
    phase1: tuple[int, int] | None = None,
    excluded: Bools | None = None,
    baseline: ZBaseline | None = None,
) -> LimitSeries[ZBaseline]:
    """The z chart, x of shape [m] with the part of each; NaN, or a part without a sigma, is a gap.

    Without a `baseline` it comes from `phase1` less `excluded` (see `z_baseline`). Raises SpcError for a part that
    the baseline does not know.
    """
    baseline = baseline or z_baseline(x, parts, phase1=phase1, excluded=excluded)
    z = _scores(x, parts, baseline)
    return judge(baseline, z, [z_limits(nsigma)] * z.size)


def z_range_series(
    z: LimitSeries[ZBaseline], *, nsigma: float = WIDTH, restarts: Bools | None = None
) -> LimitSeries[ZBaseline]:
    """The chart of |z_j - z_(j-1)|, across change-overs too; NaN for the first point and on both sides of a gap.

    Where `restarts`, bool [m], is true no moving range reaches back across that point's beginning.
    """
    ranges = np.where(flags_of(restarts, z.statistics.size, "restarts"), np.nan, moving_ranges(z.statistics))
    return judge(z.baseline, ranges, [z_range_limits(nsigma)] * ranges.size)


def z_chart(baseline: ZBaseline, *, nsigma: float = WIDTH, first_number: int = 1) -> LimitChart[PartReading]:
    """The live z chart. A part without a sigma makes a gap; a part that the baseline does not know raises SpcError."""
    limits = z_limits(nsigma)
    return LimitChart(lambda reading: (_score(reading, baseline), limits), limits, first_number=first_number)


class ZRangeChart:
    """The live chart of the moving ranges of z. `add` a reading, or say that there is a `gap`."""

    def __init__(self, baseline: ZBaseline, *, nsigma: float = WIDTH, first_number: int = 1) -> None:
        self._baseline, self._limits = baseline, z_range_limits(nsigma)
        self._number = first_number - 1
        self._previous: float | None = None

    def add(self, reading: PartReading) -> Point:
        """The next reading; errors as `z_chart`."""
        z = _score(reading, self._baseline)
        value = None if z is None or self._previous is None else abs(z - self._previous)
        self._number += 1
        self._previous = z
        return Point(self._number, value, self._limits, is_outside(value, self._limits))

    def gap(self) -> Point:
        """The next reading is missing: no moving range reaches across it."""
        self._number += 1
        self._previous = None
        return Point(self._number, None, self._limits, out=False)

    def interrupt(self) -> None:
        """A stage begins here: no moving range reaches back. A mere change of part is no reason for it."""
        self._previous = None


def _run(x: Floats, parts: Sequence[str]) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.object_]]]:
    """The readings and their parts, both of shape [m]."""
    x = readings_of(x)
    if len(parts) != x.size:
        raise SpcError(f"{x.size} readings need as many parts, not {len(parts)}")
    names = np.empty(x.size, dtype=np.object_)
    names[:] = list(parts)
    return x, names


def _deviations(x: Floats, parts: Sequence[str], nominal: Mapping[str, float]) -> Floats:
    x, _ = _run(x, parts)
    unknown = [part for part in parts if part not in nominal]
    if unknown:
        raise SpcError(f"part {unknown[0]!r} has no nominal: known are {', '.join(nominal) or 'none'}")
    strange = [part for part in parts if not abs(nominal[part]) <= LARGEST]
    if strange:
        raise SpcError(f"the nominal of part {strange[0]!r} is no number to compute with: {nominal[strange[0]]}")
    return x - np.array([nominal[part] for part in parts], dtype=np.float64)


def _figures(own: Floats) -> PartFigures:
    """The figures of one part from its own readings, shape [k], NaN for those missing or left out."""
    present = own[~np.isnan(own)]
    if not present.size:
        return PartFigures(0.0, 0.0, None, 0)
    sigma = sigma_from_moving_ranges(own)
    varies = sigma is not None and sigma > 1.0 / LARGEST
    return PartFigures(float(present[0]), mean_of(present - present[0]), sigma if varies else None, present.size)


def _scores(x: Floats, parts: Sequence[str], baseline: ZBaseline) -> Floats:
    """Z = (x - mean) / sigma of the reading's part, shape [m]; NaN where either is missing."""
    x, _ = _run(x, parts)
    unknown = [part for part in parts if part not in baseline.parts]
    if unknown:
        raise SpcError(f"part {unknown[0]!r} has no baseline: known are {', '.join(baseline.parts) or 'none'}")
    figures = [baseline.parts[part] for part in parts]
    origin, offset = np.array([one.origin for one in figures]), np.array([one.offset for one in figures])
    sigma = np.array([math.nan if one.sigma is None else one.sigma for one in figures])
    return ((x - origin) - offset) / sigma


def _score(reading: PartReading, baseline: ZBaseline) -> float | None:
    return value_of(_scores(np.array([reading.value]), [reading.part], baseline))
