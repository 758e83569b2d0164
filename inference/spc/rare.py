"""Charts of rare events: good cases between two events (g) and time between two events (t).

Where events are rare a p or u chart shows zeros for months; the distance between two of them says more. Far above the
upper limit is good news here, far below the lower limit is bad.

Promises: the live chart and the whole series give the same points; a lower limit that nothing can lie below is None.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from inference.spc.limits import (
    WIDTH,
    Baseline,
    ControlLimits,
    Floats,
    Readings,
    SpcError,
    from_zero,
    mean_of,
    sigma_from_moving_ranges,
)
from inference.spc.points import Bools, LimitChart, LimitSeries, judge, phase1_points, readings_of, value_of

ALPHA = 0.0027
"""How often a point of an unchanged process may lie outside probability limits: as on a normal chart of 3 sigma."""
NELSON = 1.0 / 3.6
"""The power that makes an exponential time nearly normal (Nelson 1994)."""


@dataclass(frozen=True, slots=True)
class GBaseline:
    """Phase I figures of a g chart: the good cases between events follow a geometric distribution from 0."""

    mean: float
    median: float
    """Median of the readings."""
    points: int

    @property
    def sigma(self) -> float:
        """Standard deviation sqrt(m (m+1)); 0 where every case was an event."""
        return math.sqrt(self.mean * (self.mean + 1.0))

    @property
    def event_rate(self) -> float:
        """Estimated probability that a case is an event, 1/(m+1)."""
        return 1.0 / (self.mean + 1.0)


@dataclass(frozen=True, slots=True)
class TBaseline:
    """Phase I figures of a t chart."""

    mean_time: float
    """Mean time between events, in the unit of the times."""
    mean: float
    """Mean of the transformed times y = time^power."""
    sigma: float | None
    """Sigma of y from its moving ranges; None where no two times follow one another."""
    power: float
    points: int


def g_baseline(x: Floats, *, phase1: tuple[int, int] | None = None, excluded: Bools | None = None) -> GBaseline:
    """Mean and median of the counts of phase I, x of shape [m], NaN is missing (Kaminsky et al. 1992).

    `phase1` is the first and the last point, from 1 (none: all); points `excluded`, bool [m], are left out.
    Raises SpcError for what is no count, and where there is no reading.
    """
    x = _counts(x)
    learned = np.where(phase1_points(x.size, phase1, excluded), x, np.nan)
    mean, present = mean_of(learned), learned[~np.isnan(learned)]
    return GBaseline(mean, float(np.median(present)), present.size)


def gaps_baseline(readings: Readings, method: object) -> Baseline | None:  # noqa: ARG001 (there is one way)
    """The g chart's mean and sigma as `inference.spc.design` takes them; None where there is no reading."""
    there = readings.values[~np.isnan(readings.values)]
    if not there.size:
        return None
    mean = mean_of(there)
    return Baseline(mean, math.sqrt(mean * (mean + 1.0)), there.size)


def gaps_limits(baseline: Baseline, size: float, width: float) -> ControlLimits:  # noqa: ARG001 (one case at a time)
    """`g_limits` of a baseline of `inference.spc.design`. Raises SpcError for a mean below 0."""
    if baseline.mean < 0.0:
        raise SpcError(f"the mean of good cases between events lies at 0 or above, not at {baseline.mean:g}")
    return g_limits(GBaseline(baseline.mean, baseline.mean, baseline.points), width)


def g_limits(baseline: GBaseline, nsigma: float = WIDTH) -> ControlLimits:
    """Limits m ± nsigma sqrt(m (m+1)) in cases (Kaminsky, Benneyan, Davis & Burke 1992)."""
    return from_zero(baseline.mean, baseline.sigma, nsigma)


def g_probability_limits(baseline: GBaseline, alpha: float = ALPHA) -> ControlLimits:
    """The geometric quantiles at alpha/2 and 1 - alpha/2, in cases (Benneyan 2001); centre line at the median.

    Raises SpcError for an alpha that is not between 0 and 1.
    """
    _share(alpha)
    lower, upper = geometric_quantile(baseline.mean, alpha / 2.0), geometric_quantile(baseline.mean, 1.0 - alpha / 2.0)
    return ControlLimits(geometric_quantile(baseline.mean, 0.5), baseline.sigma, lower if lower > 0.0 else None, upper)


def geometric_quantile(mean: float, probability: float) -> float:
    """The smallest k, from 0, with P(X <= k) = 1 - (m/(m+1))^(k+1) >= probability, below 1; in cases.

    The 1e-12 keeps rounding from lifting an exact quantile by one, as R's qgeom.
    """
    if mean == 0.0:
        return 0.0
    steps = math.log1p(-probability) / -math.log1p(1.0 / mean)
    return float(max(0, math.ceil(steps - 1.0 - 1e-12)))


def g_series(
    x: Floats,
    *,
    nsigma: float = WIDTH,
    alpha: float | None = None,
    phase1: tuple[int, int] | None = None,
    excluded: Bools | None = None,
    baseline: GBaseline | None = None,
) -> LimitSeries[GBaseline]:
    """The g chart of counts, x of shape [m]; NaN is a gap. With `alpha` it has probability limits, else nsigma ones.

    Without a `baseline` it comes from `phase1` less `excluded` (see `g_baseline`). Raises SpcError as that does.
    """
    x = _counts(x)
    baseline = baseline or g_baseline(x, phase1=phase1, excluded=excluded)
    return judge(baseline, x, [_g_lines(baseline, nsigma, alpha)] * x.size)


def g_chart(
    baseline: GBaseline, *, nsigma: float = WIDTH, alpha: float | None = None, first_number: int = 1
) -> LimitChart[float]:
    """The live g chart; limits as `g_series`."""
    limits = _g_lines(baseline, nsigma, alpha)
    return LimitChart(lambda x: (value_of(_counts(np.array([x]))), limits), limits, first_number=first_number)


def t_baseline(
    x: Floats, *, power: float = NELSON, phase1: tuple[int, int] | None = None, excluded: Bools | None = None
) -> TBaseline:
    """Mean and sigma (mean moving range / d2(2)) of the times^power of phase I, x of shape [m], NaN is missing.

    `phase1` and `excluded` as `g_baseline`; no moving range reaches across an excluded time.
    Raises SpcError for a time below 0, a power that is not above 0, and where there is no time.
    """
    y, x = transformed(x, power), readings_of(x)
    learned = phase1_points(x.size, phase1, excluded)
    y, x = np.where(learned, y, np.nan), np.where(learned, x, np.nan)
    return TBaseline(mean_of(x), mean_of(y), sigma_from_moving_ranges(y), power, int(np.count_nonzero(~np.isnan(x))))


def transformed(x: Floats, power: float = NELSON) -> Floats:
    """Y = time^power, shape [m]; NaN is missing (Nelson 1994). Raises SpcError for a time below 0, and a bad power."""
    x = readings_of(x)
    if not 0.0 < power <= 1.0:
        raise SpcError(f"times are transformed by a power above 0 and at most 1, not by {power}")
    negative = x[x < 0.0]
    if negative.size:
        raise SpcError(f"a time between events cannot be {negative[0]:g}")
    return x**power


def t_limits(baseline: TBaseline, nsigma: float = WIDTH) -> ControlLimits:
    """Limits mean ± nsigma sigma of y. The lower one may fall below 0: no time is out there then.

    Raises SpcError where no two times of phase I follow one another.
    """
    if baseline.sigma is None:
        raise SpcError("a t chart needs two times that follow one another in phase I")
    reach = nsigma * baseline.sigma
    return ControlLimits(baseline.mean, baseline.sigma, baseline.mean - reach, baseline.mean + reach)


def in_time(limits: ControlLimits, power: float = NELSON) -> ControlLimits:
    """Limits of y as limits of the times themselves, y^(1/power); a lower limit at or below 0 is None.

    The standard error is set so that the upper limit lies three of them above the centre line.
    Raises SpcError where a limit is too large for a number.
    """
    try:
        center, upper = limits.center ** (1.0 / power), limits.upper ** (1.0 / power)
    except OverflowError:
        raise SpcError(f"no time is as long as {limits.upper:g} to the power of {1.0 / power:g}") from None
    lower = None if limits.lower is None or limits.lower <= 0.0 else limits.lower ** (1.0 / power)
    return ControlLimits(center, (upper - center) / WIDTH, lower, upper)


def exponential_limits(baseline: TBaseline, alpha: float = ALPHA) -> ControlLimits:
    """Exact limits of the times, if exponential: -mean ln(1 - alpha/2) and -mean ln(alpha/2), centre mean ln 2.

    Montgomery, SQC 7th ed., section 7.3.5. Raises SpcError for an alpha that is not between 0 and 1.
    """
    _share(alpha)
    mean = baseline.mean_time
    return ControlLimits(mean * math.log(2.0), mean, -mean * math.log1p(-alpha / 2.0), -mean * math.log(alpha / 2.0))


def t_series(
    x: Floats,
    *,
    nsigma: float = WIDTH,
    alpha: float | None = None,
    power: float = NELSON,
    phase1: tuple[int, int] | None = None,
    excluded: Bools | None = None,
    baseline: TBaseline | None = None,
) -> LimitSeries[TBaseline]:
    """The t chart of times, x of shape [m]; NaN is a gap. The statistic is y = time^power.

    With `alpha` the statistic is the time itself and the limits are the exponential ones. Without a `baseline` it
    comes from `phase1` less `excluded` (see `t_baseline`); with one its power counts. Raises SpcError as that does.
    """
    baseline = baseline or t_baseline(x, power=power, phase1=phase1, excluded=excluded)
    statistics = _t_statistics(x, baseline, alpha)
    return judge(baseline, statistics, [_t_lines(baseline, nsigma, alpha)] * statistics.size)


def t_chart(
    baseline: TBaseline, *, nsigma: float = WIDTH, alpha: float | None = None, first_number: int = 1
) -> LimitChart[float]:
    """The live t chart; statistic and limits as `t_series`."""
    limits = _t_lines(baseline, nsigma, alpha)
    return LimitChart(
        lambda x: (value_of(_t_statistics(np.array([x]), baseline, alpha)), limits), limits, first_number=first_number
    )


def _g_lines(baseline: GBaseline, nsigma: float, alpha: float | None) -> ControlLimits:
    return g_limits(baseline, nsigma) if alpha is None else g_probability_limits(baseline, alpha)


def _t_lines(baseline: TBaseline, nsigma: float, alpha: float | None) -> ControlLimits:
    return t_limits(baseline, nsigma) if alpha is None else exponential_limits(baseline, alpha)


def _t_statistics(x: Floats, baseline: TBaseline, alpha: float | None) -> Floats:
    y = transformed(x, baseline.power)
    return y if alpha is None else readings_of(x)


def _counts(x: Floats) -> Floats:
    """The counts, shape [m], NaN for a gap. Raises SpcError for one that is below 0 or not whole."""
    x = readings_of(x)
    present = x[~np.isnan(x)]
    strange = present[(present < 0.0) | (present != np.floor(present))]
    if strange.size:
        raise SpcError(f"cases between events are counted: there cannot be {strange[0]:g} of them")
    return x


def _share(alpha: float) -> None:
    if not 0.0 < alpha < 1.0:
        raise SpcError(f"a rate of false alarms lies between 0 and 1, not at {alpha}")
