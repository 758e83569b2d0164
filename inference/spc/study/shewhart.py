"""Studies of measured things: xbar, xbar_r, xbar_s and i_mr.

Promises: limits from phase 1 alone, statistics, limits and violations of every point; a pair of charts takes sigma from
the same readings.
May import: numpy, inference.spc.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np

from inference.spc.capability.sample import sd_of
from inference.spc.design import Settings
from inference.spc.limits import WIDTH, Baseline, Floats
from inference.spc.series import ChartSeries, Chosen, chart_series, subgroup_charts
from inference.spc.study.answer import Answer, column, points
from inference.spc.study.ask import COUNT, POSITIVE, Fields
from inference.spc.study.patterns import chosen_rules, fixed_lists, violations_of
from inference.spc.study.process import false_alarms, independence
from inference.spc.subgroup import SigmaMethod, Spread

BY_RANGES = ("Rbar/d2", "UWAVE-R", "MVLUE-R")
BY_DEVIATIONS = ("Sbar/c4", "UWAVE-SD", "MVLUE-SD", "RMSDF")


def xbar(params: Fields, data: Fields) -> Answer:
    """The chart of subgroup means alone, sigma by any method."""
    method = params.choice("sigma_method", BY_RANGES + BY_DEVIATIONS, "Rbar/d2")
    means, _ = _pair(params, data, "range" if method in BY_RANGES else "deviation", method)
    return {"xbar": block(means, params), **_whole(means, params)}


def xbar_r(params: Fields, data: Fields) -> Answer:
    """Means and ranges (Montgomery, SQC 7th ed., 6.2)."""
    method = params.choice("sigma_method", BY_RANGES, "Rbar/d2")
    means, ranges = _pair(params, data, "range", method)
    return {"xbar": block(means, params), "r": block(ranges, params), **_whole(means, params)}


def xbar_s(params: Fields, data: Fields) -> Answer:
    """Means and standard deviations (Montgomery, SQC 7th ed., 6.3)."""
    method = params.choice("sigma_method", BY_DEVIATIONS, "Sbar/c4")
    means, deviations = _pair(params, data, "deviation", method)
    return {"xbar": block(means, params), "s": block(deviations, params), **_whole(means, params)}


def i_mr(params: Fields, data: Fields) -> Answer:
    """Individuals and moving ranges of 2 (Montgomery, SQC 7th ed., 6.4); null is a gap."""
    x = data.series("x")
    params.choice("sigma_method", ("MRbar/d2",), "MRbar/d2")
    moving_span_of_two(params)
    phase1, width = params.span("phase1", x.size), width_of(params)
    params.span("phase2", x.size)
    settings, chosen = Settings(width=width), chosen_points(params, x.size)
    known = known_baseline(params)
    singles = chart_series(
        "i", x, baseline=known, chosen=chosen, rules=chosen_rules("i", params, width), settings=settings
    )
    ranges = chart_series("mr", x, baseline=singles.baseline, chosen=chosen, rules=(), settings=settings)
    first, last = phase1 or (1, x.size)
    learned = x[first - 1 : last]
    return {
        "i": block(singles, params),
        "mr": _moving_ranges(ranges),
        "sigma_overall": sd_of(learned[~np.isnan(learned)]),
        **_whole(singles, params),
    }


def _moving_ranges(ranges: ChartSeries) -> Answer:
    beyond = (ranges.statistics > ranges.upper) | (ranges.statistics < ranges.lower)
    return {
        "center": float(ranges.center[0]),
        "statistics": column(ranges.statistics[1:]),
        "lcl": float(np.nan_to_num(ranges.lower[0], nan=0.0)),
        "ucl": float(ranges.upper[0]),
        "first_mr_belongs_to_point": 2,
        "violations": {"rule1": points(beyond)},
    }


def block(series: ChartSeries, params: Fields, sigma: float | None = None) -> Answer:
    """A chart as every answer has it; a lower limit that the statistic cannot reach is 0."""
    width = width_of(params)
    return {
        "center": float(series.center[0]),
        "sigma": series.baseline.sigma if sigma is None else sigma,
        "statistics": column(series.statistics),
        "lcl": column(series.lower, 0.0),
        "ucl": column(series.upper),
        "violations": fixed_lists(series.z, width),
        "violations_of": violations_of(series.kind, series.z, params, width),
    }


def _whole(series: ChartSeries, params: Fields) -> Answer:
    """What is said of the chart of means or individuals as a whole."""
    width = width_of(params)
    return {**false_alarms(series, chosen_rules(series.kind, params, width), width), **independence(series)}


def width_of(params: Fields) -> float:
    """`nsigma`: where the control limits lie, in standard errors."""
    return params.number("nsigma", WIDTH, POSITIVE)


def chosen_points(params: Fields, count: int) -> Chosen:
    """`phase1`, and `excluded`: numbers of points that are neither learned from nor tested."""
    excluded = None
    if params.has("excluded"):
        excluded = np.zeros(count, dtype=np.bool_)
        for row, point in enumerate(params.series("excluded", COUNT, missing=False).tolist(), 1):
            if not 1 <= point <= count:
                raise params.fault("excluded", f"there is no point {point:g}: the points are 1 to {count}", row)
            excluded[int(point) - 1] = True
    return Chosen(params.span("phase1", count), excluded)


def known_baseline(params: Fields) -> Baseline | None:
    """`center` and `sigma` of single readings where both are given; None: phase 1 says."""
    if not (params.has("center") or params.has("sigma")):
        return None
    return Baseline(params.number("center"), params.number("sigma", kind=POSITIVE), 0)


def moving_span_of_two(params: Fields) -> None:
    """Raises FieldError for moving ranges of another span than 2."""
    if params.optional("mr_span") not in {None, 2.0}:
        raise params.fault("mr_span", "moving ranges are of 2 points")


def subgroup_table(params: Fields, data: Fields) -> Floats:
    """The subgroups, shape [m, n], NaN for a missing reading. Raises FieldError where they are not of the size said."""
    table = data.table("subgroups")
    size = params.optional("subgroup_size")
    if size is not None and size != table.shape[1]:
        raise params.fault("subgroup_size", f"is {size:g}, but the rows have {table.shape[1]} readings")
    params.span("phase2", len(table))
    return table


def _pair(params: Fields, data: Fields, spread: Spread, method: str) -> tuple[ChartSeries, ChartSeries]:
    table, width = subgroup_table(params, data), width_of(params)
    settings = Settings(width=width, sigma_method=cast("SigmaMethod", method))
    known = known_baseline(params)
    own = None if known is None else (known, Baseline(0.0, known.sigma, 0))
    rules: Sequence[str] = ()
    return subgroup_charts(
        table, spread, baselines=own, chosen=chosen_points(params, len(table)), rules=rules, settings=settings
    )
