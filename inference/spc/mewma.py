"""The multivariate EWMA chart: small shifts of several characteristics at once (Lowry, Woodall, Champ & Rigdon 1992).

Z_i = r (x_i - centre) + (1-r) Z_(i-1), Z_0 = 0, and T² = Z' S_i^-1 Z with S_i = r/(2-r) (1 - (1-r)^(2i)) covariance.
A gap leaves Z as it is: i counts the readings that Z has weighed, so S_i is still its covariance.

Promises: the live chart and the whole series give the same points; a point costs the same however long the history.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from inference.spc.covariance import MultivariateBaseline, individuals_covariance, readings_table, whitening
from inference.spc.limits import ControlLimits, Floats, SpcError
from inference.spc.multivariate import FAR_OUT, limits_above, mean_deviations, squared_length, turned
from inference.spc.points import Bools, LimitSeries, Point, flags_of, is_outside, judge
from inference.spc.run_length.mewma import mewma_limit

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MewmaDesign:
    """How a MEWMA chart weighs, and where it stops."""

    weight: float
    """The weight r (lambda) of the newest reading, above 0 and at most 1."""
    limit: float
    """The upper limit h of T²."""
    exact: bool = True
    """Divide by the covariance of Z's i-th step; else by the asymptotic one from the start."""

    def __post_init__(self) -> None:
        if not 0.0 < self.weight <= 1.0:
            raise SpcError(f"the weight of a MEWMA chart lies above 0 and at most at 1, not at {self.weight}")
        if not 0.0 < self.limit < math.inf:
            raise SpcError(f"the limit of a MEWMA chart is a number above 0, not {self.limit}")


def mewma_design(columns: int, *, weight: float = 0.1, points: float = 200.0, exact: bool = True) -> MewmaDesign:
    """The design whose in-control run length is `points` on average, by the asymptotic covariance.

    With `exact` the first points are judged by the same limit, as usual (R spc mewma.crit; Lowry et al. 1992).
    Raises SpcError for settings that cannot be.
    """
    return MewmaDesign(weight, mewma_limit(weight, columns, points), exact)


def mewma_limits(design: MewmaDesign, columns: int) -> ControlLimits:
    """Upper limit h; centre line at the median of T² with known parameters, chi-square of p. No lower limit."""
    return limits_above(2.0 * float(gammaincinv(columns / 2.0, 0.5)), design.limit)


def mewma_series(
    x: Floats,
    design: MewmaDesign,
    *,
    phase1: tuple[int, int] | None = None,
    excluded: Bools | None = None,
    restarts: Bools | None = None,
    baseline: MultivariateBaseline | None = None,
) -> LimitSeries[MultivariateBaseline]:
    """The MEWMA chart of single readings, x of shape [m, p]; a row with a NaN is a gap.

    Without a `baseline` it comes from the rows `phase1` (first and last, from 1; none: all) that are not `excluded`,
    bool [m]; an excluded row is still weighed. Where `restarts`, bool [m], is true Z begins anew with that row.
    Raises SpcError where no baseline can be made.
    """
    x = readings_table(x, 2)
    baseline = baseline or individuals_covariance(x, phase1=phase1, excluded=excluded)
    rows, present = mean_deviations(x[:, None, :], baseline)
    fresh = flags_of(restarts, x.shape[0], "restarts")
    z, weighed = _weigh(turned(rows, whitening(baseline.covariance)), present, fresh, design.weight)
    statistics = np.where(present > 0, _statistics(z, weighed, design), np.nan)
    return judge(baseline, statistics, [mewma_limits(design, baseline.origin.size)] * x.shape[0])


class MewmaChart:
    """The live MEWMA chart on a frozen baseline. `add` a reading, or say that there is a `gap`."""

    def __init__(self, baseline: MultivariateBaseline, design: MewmaDesign, *, first_number: int = 1) -> None:
        self._baseline, self._design = baseline, design
        self._white = whitening(baseline.covariance)
        self._limits = mewma_limits(design, baseline.origin.size)
        self._number = first_number - 1
        self.interrupt()

    def add(self, reading: Floats) -> Point:
        """The next reading, shape [p]; with a NaN it is a gap. Raises SpcError for another number of columns."""
        x = readings_table(np.asarray(reading, dtype=np.float64)[None], 2)
        rows, present = mean_deviations(x[:, None, :], self._baseline)
        if not present[0]:
            return self.gap()
        self._number += 1
        self._z = _mix(turned(rows, self._white), self._z, self._design.weight)
        self._weighed += 1
        value = float(_statistics(self._z, np.array([self._weighed]), self._design)[0])
        return Point(self._number, value, self._limits, is_outside(value, self._limits))

    def gap(self) -> Point:
        """The next reading is missing: Z stays as it is, nothing is put in its place."""
        self._number += 1
        return Point(self._number, None, self._limits, out=False)

    def interrupt(self) -> None:
        """The process was changed here: Z begins anew at 0."""
        self._z = np.zeros((1, self._baseline.origin.size))
        self._weighed = 0


@FAR_OUT
def _mix(row: Floats, before: Floats, weight: float) -> Floats:
    return weight * row + (1.0 - weight) * before


def _weigh(rows: Floats, present: Counts, fresh: Bools, weight: float) -> tuple[Floats, Counts]:
    """Z after each point, shape [m, p], and how many readings it has weighed, shape [m]."""
    z, weighed = np.zeros_like(rows), np.zeros(rows.shape[0], dtype=np.int64)
    memory, count = np.zeros(rows.shape[1]), 0
    for point, (here, anew) in enumerate(zip(present.tolist(), fresh.tolist(), strict=True)):
        if anew:
            memory, count = np.zeros(rows.shape[1]), 0
        if here:
            memory, count = _mix(rows[point], memory, weight), count + 1
        z[point], weighed[point] = memory, count
    return z, weighed


@FAR_OUT
def _statistics(z: Floats, weighed: Counts, design: MewmaDesign) -> Floats:
    """T² of each Z, shape [m]; Z is already turned, so its covariance is a multiple of the identity."""
    spread = design.weight / (2.0 - design.weight)
    if design.exact:
        spread = spread * (1.0 - (1.0 - design.weight) ** (2.0 * np.maximum(weighed, 1)))
    return squared_length(z) / spread
