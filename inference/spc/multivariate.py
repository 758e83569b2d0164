"""Hotelling's T²: one chart for several characteristics that vary together, of individuals or of subgroups.

Limits differ by phase. In phase I a reading has a part in the baseline it is judged by; in phase II it has none.
One pair of formulas serves all sizes: for a subgroup of n, a baseline of N readings and v degrees of freedom,
T² / (1 ± n/N) is Hotelling's with v degrees of freedom, minus in phase I, plus in phase II (Montgomery, SQC 7th ed.,
eq. 11.19 to 11.22); individuals in phase I follow a Beta distribution (Tracy, Young & Mason 1992).

Promises: the live chart and the whole series give the same points; a T² has no lower limit.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, gammainccinv, gammaincinv

from inference.spc.covariance import (
    MultivariateBaseline,
    complete,
    individuals_covariance,
    readings_table,
    subgroups_covariance,
    whitening,
)
from inference.spc.limits import WIDTH, ControlLimits, Floats, SpcError
from inference.spc.points import Bools, LimitChart, LimitSeries, judge, phase1_points

CONFIDENCE = 0.9973
"""The probability that a reading of an unchanged process lies inside: that of three sigma on a normal chart."""

FAR_OUT = np.errstate(over="ignore", invalid="ignore")
"""A reading so far out that its T² overflows has an infinite one; that is no cause for a warning."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one characteristic has to do with a T² (Runger, Alt & Montgomery 1996)."""

    column: int
    """From 1."""
    conditional: float
    """d_i = T² - T² without this column: how far it is from what the others let expect, squared, in its sigmas."""
    conditional_limit: float
    """What d_i of a future reading exceeds as seldom as T² its own limit, given the other columns."""
    alone: float
    """T² of this column by itself."""
    alone_limit: float


def phase1_limits(
    baseline: MultivariateBaseline, size: int = 1, *, confidence: float = CONFIDENCE
) -> ControlLimits | None:
    """Limits of the T² of a reading, or a subgroup of `size`, that belongs to the baseline.

    Individuals: (m-1)²/m Beta(p/2, (m-p-1)/2) quantile. Subgroups: (1 - n/N) Hotelling; for m subgroups of n this is
    p(m-1)(n-1)/(mn-m-p+1) F. Known parameters: chi-square. None for individuals of p+1 rows, whose T² are all alike
    whatever the process does.
    Raises SpcError for a confidence that is not between 0 and 1, and for a size of all readings or more.
    """
    columns, m = baseline.origin.size, baseline.readings
    if baseline.freedom is None:
        return _chi_square(columns, confidence)
    if size >= m:
        raise SpcError(f"a baseline of {m} readings has no part of {size} that leaves a rest to judge it by")
    if baseline.grouped:
        return _hotelling(columns, baseline.freedom, 1.0 - size / m, confidence)
    if m == columns + 1:
        return None
    shape = (columns / 2.0, (m - columns - 1) / 2.0)
    # The upper quantile is taken from the other end, where 1 - confidence loses no digits.
    center, upper = float(betaincinv(*shape, 0.5)), 1.0 - float(betaincinv(*shape[::-1], _beyond(confidence)))
    return limits_above(center * (m - 1.0) ** 2 / m, upper * (m - 1.0) ** 2 / m)


def phase2_limits(baseline: MultivariateBaseline, size: int = 1, *, confidence: float = CONFIDENCE) -> ControlLimits:
    """Limits of the T² of a future reading, or of a future subgroup of `size`.

    (1 + n/N) Hotelling; for individuals p(m+1)(m-1)/(m(m-p)) F, for m subgroups of n p(m+1)(n-1)/(mn-m-p+1) F.
    Known parameters: chi-square. Raises SpcError for a confidence that is not between 0 and 1.
    """
    if baseline.freedom is None:
        return _chi_square(baseline.origin.size, confidence)
    return _hotelling(baseline.origin.size, baseline.freedom, 1.0 + size / baseline.readings, confidence)


def t2_individuals(
    x: Floats,
    *,
    confidence: float = CONFIDENCE,
    phase1: tuple[int, int] | None = None,
    excluded: Bools | None = None,
    baseline: MultivariateBaseline | None = None,
) -> LimitSeries[MultivariateBaseline]:
    """The T² chart of single readings, x of shape [m, p]; a row with a NaN is a gap.

    Without a `baseline` it comes from the rows `phase1` (first and last, from 1; none: all) that are not `excluded`,
    bool [m]; those have phase I limits, all others phase II limits. Raises SpcError where no baseline can be made.
    """
    x = readings_table(x, 2)
    learned = np.zeros(x.shape[0], dtype=np.bool_)
    if baseline is None:
        baseline = individuals_covariance(x, phase1=phase1, excluded=excluded)
        learned = phase1_points(x.shape[0], phase1, excluded)
    return _series(x[:, None, :], baseline, learned, confidence)


def t2_subgroups(
    x: Floats,
    *,
    confidence: float = CONFIDENCE,
    phase1: tuple[int, int] | None = None,
    excluded: Bools | None = None,
    baseline: MultivariateBaseline | None = None,
) -> LimitSeries[MultivariateBaseline]:
    """The T² chart of subgroup means, x of shape [m, n, p]; a reading with a NaN is missing, a subgroup of none a gap.

    T² = n d' S^-1 d with n the readings present. Phases and errors as `t2_individuals`.
    """
    x = readings_table(x, 3)
    learned = np.zeros(x.shape[0], dtype=np.bool_)
    if baseline is None:
        baseline = subgroups_covariance(x, phase1=phase1, excluded=excluded)
        learned = phase1_points(x.shape[0], phase1, excluded)
    return _series(x, baseline, learned, confidence)


def t2_chart(
    baseline: MultivariateBaseline, *, confidence: float = CONFIDENCE, first_number: int = 1
) -> LimitChart[Floats]:
    """The live T² chart in phase II: `add` a reading, shape [p], or a subgroup, shape [n, p], whose n may vary."""
    white = whitening(baseline.covariance)
    usual = phase2_limits(baseline, baseline.size, confidence=confidence)
    by_size = {0: usual, baseline.size: usual}

    def measure(reading: Floats) -> tuple[float | None, ControlLimits]:
        statistic, size = _t2(_as_subgroup(reading)[None], baseline, white)
        n = int(size[0])
        if n not in by_size:
            by_size[n] = phase2_limits(baseline, n, confidence=confidence)
        return (float(statistic[0]) if n else None), by_size[n]

    return LimitChart(measure, usual, first_number=first_number)


@FAR_OUT
def decompose(
    baseline: MultivariateBaseline, reading: Floats, *, confidence: float = CONFIDENCE
) -> tuple[Contribution, ...]:
    """Which characteristics made this T²: shape [p], or a subgroup, shape [n, p]. The largest conditional term first.

    d_i = n (S^-1 d)_i² / (S^-1)_ii (Runger, Alt & Montgomery 1996). The limits are those of a future reading of one
    characteristic given the other p-1, and of one alone (Mason, Tracy & Young 1995), the former exact.
    Raises SpcError where no row is complete.
    """
    deviations, sizes = mean_deviations(_as_subgroup(reading)[None], baseline)
    if not sizes[0]:
        raise SpcError("a reading with a missing number has no T² to take apart")
    n, deviation, white = int(sizes[0]), deviations[0], whitening(baseline.covariance)
    t2 = n * squared_length((white @ deviation)[None])
    conditional = n * squared_length((white.T @ (white @ deviation))[:, None]) / np.square(white).sum(axis=0)
    alone = n * deviation**2 / np.diag(baseline.covariance)
    given = _given_others(baseline, np.fmax(t2 - conditional, 0.0), n, confidence)
    single = _single_limit(baseline, n, confidence)
    columns = zip(conditional.tolist(), given.tolist(), alone.tolist(), strict=True)
    parts = [Contribution(number, among, most, one, single) for number, (among, most, one) in enumerate(columns, 1)]
    return tuple(sorted(parts, key=lambda part: -part.conditional))


@FAR_OUT
def mean_deviations(x: Floats, baseline: MultivariateBaseline) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Subgroup means less the baseline's centre, shape [m, p], and the readings present, shape [m].

    x of shape [m, n, p]. A subgroup with no complete reading has deviations of 0 and a size of 0.
    Raises SpcError where x has not the baseline's columns.
    """
    if x.shape[2] != baseline.origin.size:
        raise SpcError(f"readings of {x.shape[2]} columns do not fit a baseline of {baseline.origin.size}")
    present = complete(x)
    sizes = present.sum(axis=1)
    deviations = np.where(present[..., None], x, baseline.origin) - baseline.origin
    sums = deviations.sum(axis=1) - sizes[:, None] * baseline.offset
    return sums / np.maximum(sizes, 1)[:, None], sizes


def turned(deviations: Floats, white: Floats) -> Floats:
    """W times each row, shape [m, p]; a row's result does not depend on how many rows there are."""
    return (white @ deviations[..., None])[..., 0]


@FAR_OUT
def squared_length(rows: Floats) -> Floats:
    """Sum of the squares of each row, shape [m]; infinite where it overflows."""
    squares = np.square(rows).sum(axis=1)
    return np.where(np.isnan(squares), np.inf, squares)


def limits_above(center: float, upper: float) -> ControlLimits:
    """Centre line at the median; the standard error is set so that the limit lies three of them above it."""
    return ControlLimits(center, max(upper - center, 0.0) / WIDTH, None, upper)


@FAR_OUT
def _t2(x: Floats, baseline: MultivariateBaseline, white: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
    """T² and size of each subgroup of x, shape [m, n, p]."""
    deviations, sizes = mean_deviations(x, baseline)
    return sizes * squared_length(turned(deviations, white)), sizes


def _series(
    x: Floats, baseline: MultivariateBaseline, learned: Bools, confidence: float
) -> LimitSeries[MultivariateBaseline]:
    statistics, sizes = _t2(x, baseline, whitening(baseline.covariance))
    shown = np.where(sizes > 0, sizes, baseline.size).tolist()
    kinds = list(zip(learned.tolist(), shown, strict=True))
    by_kind = {
        (mine, size): (phase1_limits if mine else phase2_limits)(baseline, size, confidence=confidence)
        for mine, size in set(kinds)
    }
    return judge(baseline, np.where(sizes > 0, statistics, np.nan), [by_kind[kind] for kind in kinds])


def _as_subgroup(reading: Floats) -> Floats:
    return readings_table(np.atleast_2d(np.asarray(reading, dtype=np.float64)), 2)


def _given_others(baseline: MultivariateBaseline, others: Floats, n: int, confidence: float) -> Floats:
    """Upper limits of conditional terms, shape [p], where the other columns have the T² `others`, shape [p].

    The error of a prediction by regression grows with the distance of what it predicts from: the term is
    (1 + n/N + others/v) v/(v-p+1) F(1, v-p+1).
    """
    if baseline.freedom is None:
        return np.full(others.shape, _chi_square(1, confidence).upper)
    rest = baseline.freedom - baseline.origin.size + 1
    factor = 1.0 + n / baseline.readings + others / baseline.freedom
    return factor * _hotelling(1, rest, baseline.freedom / rest, confidence).upper


def _single_limit(baseline: MultivariateBaseline, n: int, confidence: float) -> float:
    """Upper limit of a future T² of one column."""
    if baseline.freedom is None:
        return _chi_square(1, confidence).upper
    return _hotelling(1, baseline.freedom, 1.0 + n / baseline.readings, confidence).upper


def _hotelling(columns: int, freedom: int, factor: float, confidence: float) -> ControlLimits:
    """`factor` times Hotelling's T² of p columns: p v / (v-p+1) F(p, v-p+1) (Hotelling 1931)."""
    rest = freedom - columns + 1
    # F is d2/d1 b/(1-b) with b Beta(d1/2, d2/2); 1-b is taken from its own end, where it keeps its digits.
    beta = betaincinv(columns / 2.0, rest / 2.0, np.array([0.5, confidence]))
    rest_of_beta = betaincinv(rest / 2.0, columns / 2.0, np.array([0.5, _beyond(confidence)]))
    center, upper = (factor * freedom * beta / rest_of_beta).tolist()
    return limits_above(center, upper)


def _chi_square(columns: int, confidence: float) -> ControlLimits:
    upper = 2.0 * float(gammainccinv(columns / 2.0, _beyond(confidence)))
    return limits_above(2.0 * float(gammaincinv(columns / 2.0, 0.5)), upper)


def _beyond(confidence: float) -> float:
    if not 0.0 < confidence < 1.0:
        raise SpcError(f"a confidence lies between 0 and 1, not at {confidence}")
    return 1.0 - confidence
