"""What a chart of the recorded process says beside its points: capability, its conditions, and how often it cries wolf.

Promises: every figure that does not exist is None with a reason; a million readings take about a second.
May import: numpy, inference.spc, hmi.station.history_charts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from hmi.station.history_charts import HistoryChart
from inference.chart_plan import COUNTED, SUMMED
from inference.spc.autocorrelation import Autocorrelation, autocorrelation
from inference.spc.capability.indices import Capability, capability
from inference.spc.capability.normality import Normality, normality
from inference.spc.capability.percentiles import PercentileCapability, percentile_capability
from inference.spc.capability.sample import Process, process_of, readings, sd_of
from inference.spc.capability.specification import Ppm, SpecLimits, observed_ppm
from inference.spc.limits import Floats, mean_of
from inference.spc.rules import Rule
from inference.spc.run_length.cusum import cusum_run_length
from inference.spc.run_length.ewma import ewma_run_length
from inference.spc.run_length.rules import in_control_run_length
from inference.spc.run_length.transient import RunLength
from inference.spc.subgroup import sigma_of
from inference.spc.violations import Ints

_ALPHA = 0.05
_TESTED = 5000
"""Readings that a distribution is tested and fitted on: of more, so many evenly spread ones."""
_FEWEST = 2
_MOST_BINS = 40
_STATISTICS = frozenset({"i", "xbar", "p", "np", "c", "u"})
"""Kinds whose distribution is known while the process is in control."""
_RESEMBLANCE = 0.1
"""Neighbours that correlate less move no limit that anybody would notice, however sure one can be of it."""


class NoCapability(StrEnum):
    """Why there is no capability; message codes of the screen are `spc.no_capability.<value>`."""

    NOT_MEASURED = "not_measured"
    """Counts and scores have no spec limits."""
    NO_LIMITS = "no_limits"
    """The recipe gives the characteristic no spec limits."""
    FEW = "few"
    """Fewer than two readings."""


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Readings counted in bins of one width."""

    edges: Floats
    """float64[k + 1], rising, or the same value twice where the readings do not vary."""
    counts: Ints
    """int64[k]."""


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What one chart says."""

    points: int
    gaps: int
    left_out: int
    out_of_control: int
    """Points at which a rule speaks."""
    process: Process | None
    """Of the single readings; None for counts and where there are fewer than two."""
    capability: Capability | None
    no_capability: NoCapability | None
    observed: Ppm | None
    """Parts in a million counted outside the spec limits."""
    normality: Normality | None
    normal: bool | None
    """Whether a normal distribution is plausible (Anderson-Darling, 5 %); None: nobody can say."""
    percentiles: PercentileCapability | None
    """Capability by percentiles, where the readings are not normal."""
    autocorrelation: Autocorrelation | None
    histogram: Histogram | None

    @property
    def dependent(self) -> bool:
        """Readings resemble those before them so much that limits and rules say too much."""
        found = self.autocorrelation
        return found is not None and found.significant and abs(found.lag1 or 0.0) >= _RESEMBLANCE


def analyse(chart: HistoryChart, lower: float | None, upper: float | None) -> Analysis:
    """Read a chart. `lower`, `upper`: spec limits of the characteristic. Raises SpcError for infinite readings."""
    snapshot, plan = chart.snapshot, chart.plan
    measured = plan.kind not in COUNTED and plan.kind not in {"c", "g"}
    singles = _single_values(chart) if measured else np.empty(0)
    enough = bool(np.count_nonzero(~np.isnan(singles)) >= _FEWEST)
    process = _process(chart, singles) if enough else None
    limits, why = _limits(chart, lower, upper, measured=measured, enough=enough)
    tested = _thinned(singles) if enough else None
    judged = normality(tested) if tested is not None else None
    normal = None if judged is None or judged.anderson_darling is None else judged.anderson_darling.p_value >= _ALPHA
    percentiles = None
    if limits is not None and tested is not None and normal is False:
        percentiles = percentile_capability(tested, limits)
    return Analysis(
        points=len(snapshot.values),
        gaps=int(np.count_nonzero(np.isnan(chart.readings.value))),
        left_out=int(np.count_nonzero(chart.left_out)),
        out_of_control=chart.out_of_control,
        process=process,
        capability=capability(process, limits, violations=chart.out_of_control) if process and limits else None,
        no_capability=why,
        observed=observed_ppm(limits, singles) if limits is not None else None,
        normality=judged,
        normal=normal,
        percentiles=percentiles,
        autocorrelation=_dependence(chart),
        histogram=histogram(singles) if enough else None,
    )


def _limits(
    chart: HistoryChart, lower: float | None, upper: float | None, *, measured: bool, enough: bool
) -> tuple[SpecLimits | None, NoCapability | None]:
    if not measured or chart.plan.transform != "none":
        return None, NoCapability.NOT_MEASURED
    if lower is None and upper is None:
        return None, NoCapability.NO_LIMITS
    return (SpecLimits(lower, upper), None) if enough else (None, NoCapability.FEW)


def _single_values(chart: HistoryChart) -> Floats:
    """The single readings behind the points that are not left out, NaN where one is missing."""
    values, of = chart.readings.parts, chart.readings.part_of
    return np.where(chart.left_out[of], np.nan, values) if len(of) else values


def _process(chart: HistoryChart, singles: Floats) -> Process:
    """Mean and sigmas: within subgroups where the chart has them, else by moving ranges."""
    plan, columns = chart.plan, chart.readings
    if plan.kind not in SUMMED:
        return process_of(singles)
    present = readings(singles)
    method = plan.settings.sigma_method or ("Sbar/c4" if plan.kind == "s" else "Rbar/d2")
    spreads = columns.spread if plan.kind == "xbar" else columns.value
    there = ~chart.left_out
    within = sigma_of(columns.size[there], spreads[there], method)
    return Process(mean_of(present), within, sd_of(present), present.size)


def _thinned(singles: Floats) -> Floats:
    present = readings(singles)
    if present.size <= _TESTED:
        return present
    return present[np.linspace(0, present.size - 1, _TESTED).astype(np.int64)]


def _dependence(chart: HistoryChart) -> Autocorrelation | None:
    """Of the readings, or of the fractions and rates that counts are plotted as."""
    columns = chart.readings
    values = chart.snapshot.values if chart.plan.kind in COUNTED else columns.value
    values = np.where(chart.left_out, np.nan, values)
    values = np.insert(values, np.flatnonzero(columns.broken[1:]) + 1, np.nan)
    return autocorrelation(values) if np.count_nonzero(~np.isnan(values)) >= _FEWEST else None


def histogram(x: Floats) -> Histogram:
    """Readings of shape [n] (NaN is missing, one at least is there) in up to 40 bins, about sqrt(n) of them.

    Distances from the smallest are counted, so that readings near 1e9 with a spread of 1e-3 fall into their own bins.
    """
    present = readings(x)
    low = float(np.min(present))
    distance = present - low
    reach = float(np.max(distance))
    if not reach:
        return Histogram(np.array([low, low]), np.array([present.size], np.int64))
    bins = min(_MOST_BINS, max(5, math.isqrt(present.size)))
    place = np.minimum((distance / reach * bins).astype(np.int64), bins - 1)
    return Histogram(low + reach * np.arange(bins + 1) / bins, np.bincount(place, minlength=bins))


def false_alarms(chart: HistoryChart) -> RunLength | None:
    """How many points this chart, with its rules and limits, shows on average to the first alarm without a cause.

    None for kinds whose run length is not known (ranges, deviations, moving averages, Laney), and without limits.
    May take about a second where rules can only be simulated; the same question is answered once. Raises SpcError.
    """
    plan = chart.plan
    rules, settings = plan.spc_rules(), plan.spc_settings()
    if plan.kind == "ewma":
        limits = "time_varying" if settings.exact else "asymptotic"
        return _exactly(ewma_run_length(settings.weight, settings.width, limits=limits))
    if plan.kind == "cusum":
        return _exactly(cusum_run_length(settings.slack, settings.decision, head_start=settings.head_start))
    if plan.kind not in _STATISTICS:
        return None
    if not rules:
        return _exactly(math.inf)
    return in_control_run_length("normal", rules) if plan.kind in {"i", "xbar"} else _of_counts(chart, rules)


def _of_counts(chart: HistoryChart, rules: Sequence[Rule]) -> RunLength | None:
    """Of binomial and Poisson counts, at the usual size; None where there is no baseline, or nothing varies."""
    sizes = chart.readings.size[chart.readings.size > 0.0]
    mean = chart.frozen.baseline.mean if chart.frozen is not None else 0.0
    most = 1.0 if chart.plan.kind in {"p", "np"} else math.inf
    if not sizes.size or not 0.0 < mean < most:
        return None
    return in_control_run_length(chart.plan.kind, rules, mean=mean, size=float(round(float(np.median(sizes)))))


def _exactly(points: float) -> RunLength:
    return RunLength(points, exact=True, standard_error=None)
