"""Studies of charts with a memory: ewma, cusum and ma, of readings or of subgroup means.

Promises: centre and sigma are those given, or those of phase 1; a gap is stepped over.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import math
from typing import NamedTuple, cast

import numpy as np

from inference.spc.design import Settings
from inference.spc.limits import WIDTH, Floats
from inference.spc.series import ChartSeries, chart_series
from inference.spc.study.answer import Answer, column, points
from inference.spc.study.ask import NOT_NEGATIVE, POSITIVE, WEIGHT, Fields
from inference.spc.study.process import cusum_false_alarms, ewma_false_alarms
from inference.spc.study.shewhart import (
    BY_DEVIATIONS,
    BY_RANGES,
    chosen_points,
    known_baseline,
    subgroup_table,
    width_of,
)
from inference.spc.subgroup import SigmaMethod, summarise_all


class _Means(NamedTuple):
    """What is weighed. All arrays have shape [n]."""

    values: Floats
    sizes: Floats
    spreads: Floats
    method: SigmaMethod | None
    grouped: bool


def ewma(params: Fields, data: Fields) -> Answer:
    """Exponentially weighted moving average (Roberts 1959; Montgomery, SQC 7th ed., 9.2)."""
    weight, reach = params.number("lambda", 0.2, WEIGHT), params.number("L", WIDTH, POSITIVE)
    means = _means(params, data)
    settings = Settings(width=reach, weight=weight, exact=_exact(params), sigma_method=means.method)
    series = _series("ewma", params, means, settings)
    baseline = series.baseline
    answer: Answer = {
        "center": baseline.mean,
        "sigma": baseline.sigma,
        "ewma": column(series.statistics),
        "sigma_z": column(series.error),
        **_lines(series),
    }
    answer |= ewma_false_alarms(weight, reach, exact=settings.exact)
    if not means.grouped:
        final = reach * baseline.sigma * math.sqrt(weight / (2.0 - weight))
        answer["asymptotic"] = {"lcl": baseline.mean - final, "ucl": baseline.mean + final}
    return answer


def cusum(params: Fields, data: Fields) -> Answer:
    """Both one-sided sums (Page 1954; Montgomery, SQC 7th ed., 9.1), in sigmas of the plotted statistic."""
    means = _means(params, data)
    settings = Settings(
        sigma_method=means.method,
        slack=params.number("k", 0.5, NOT_NEGATIVE),
        decision=params.number("h", 5.0, POSITIVE),
        head_start=params.number("head_start", 0.0, NOT_NEGATIVE),
    )
    series = _series("cusum", params, means, settings)
    up, down = series.statistics, 0.0 - np.asarray(series.lower_sums)
    scale = series.baseline.sigma / np.sqrt(np.maximum(means.sizes, 1.0))
    return {
        "center": series.baseline.mean,
        "sigma": series.baseline.sigma,
        "h": settings.decision,
        "c_plus_std": column(up),
        "c_minus_std": column(down),
        "c_plus": column(up * scale),
        "c_minus": column(down * scale),
        "signal_upper": points(up > settings.decision),
        "signal_lower": points(down > settings.decision),
        **cusum_false_alarms(settings.slack, settings.decision, settings.head_start),
    }


def ma(params: Fields, data: Fields) -> Answer:
    """Moving average of `span` points (Montgomery, SQC 7th ed., 9.3)."""
    span = params.whole("span", 3, 2)
    means = _means(params, data)
    series = _series("ma", params, means, Settings(width=width_of(params), span=span, sigma_method=means.method))
    return {
        "center": series.baseline.mean,
        "sigma": series.baseline.sigma,
        "span": span,
        "ma": column(series.statistics),
        **_lines(series),
    }


def _lines(series: ChartSeries) -> Answer:
    beyond = (series.statistics > series.upper) | (series.statistics < series.lower)
    return {"lcl": column(series.lower), "ucl": column(series.upper), "violations": points(beyond)}


def _series(kind: str, params: Fields, means: _Means, settings: Settings) -> ChartSeries:
    count = means.values.size
    params.span("phase2", count)
    return chart_series(
        kind,
        means.values,
        means.sizes,
        means.spreads,
        baseline=known_baseline(params),
        chosen=chosen_points(params, count),
        settings=settings,
    )


def _means(params: Fields, data: Fields) -> _Means:
    if not data.has("subgroups"):
        x = data.series("x")
        params.choice("sigma_method", ("MRbar/d2",), "MRbar/d2")
        return _Means(x, np.ones(x.size), np.full(x.size, np.nan), None, grouped=False)
    method = params.choice("sigma_method", BY_RANGES + BY_DEVIATIONS, "Rbar/d2")
    groups = summarise_all(subgroup_table(params, data), "range" if method in BY_RANGES else "deviation")
    return _Means(groups.means, groups.sizes, groups.spreads, cast("SigmaMethod", method), grouped=True)


def _exact(params: Fields) -> bool:
    """Whether the limits widen from the first point on, as `limits` says; the average starts at the centre."""
    params.note("start", ("z0=center", "center"))
    return params.note("limits", ("exact", "time-varying", "asymptotic", "fix")) in {"exact", "time-varying"}
