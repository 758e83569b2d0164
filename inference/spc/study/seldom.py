"""Studies of rare events and short runs: g, t, short_run.

Promises: a figure that a part does not have (a single reading has no sigma) is None.
May import: numpy, inference.spc.
"""

from __future__ import annotations

from inference.spc import rare
from inference.spc.limits import Floats
from inference.spc.rare import ALPHA, NELSON
from inference.spc.short_run import deviation_series, z_range_series, z_series
from inference.spc.study.answer import Answer, column, points
from inference.spc.study.ask import COUNT, NOT_NEGATIVE, SHARE, WEIGHT, FieldError, Fields, same_length
from inference.spc.study.shewhart import width_of


def g(params: Fields, data: Fields) -> Answer:
    """Good cases between events (Kaminsky, Benneyan, Davis and Burke 1992); probability limits by Benneyan (2001)."""
    x, alpha = data.series("x", COUNT), params.number("alpha", ALPHA, SHARE)
    series = rare.g_series(x, nsigma=width_of(params), phase1=params.span("phase1", x.size))
    baseline = series.baseline
    limits, by_share = rare.g_limits(baseline, width_of(params)), rare.g_probability_limits(baseline, alpha)
    lower = limits.lower or 0.0
    return {
        "mean": baseline.mean,
        "sigma": baseline.sigma,
        "ucl": limits.upper,
        "lcl": lower,
        "cl_median": baseline.median,
        "p_hat": baseline.event_rate,
        "prob_limits": {"alpha": alpha, "lcl": by_share.lower or 0.0, "ucl": by_share.upper},
        "violations": {"rule1": points(x > limits.upper), "below": points(x < lower)},
        "statistics": column(x),
    }


def t(params: Fields, data: Fields) -> Answer:
    """Times between events, transformed to be nearly normal (Nelson 1994; Montgomery, SQC 7th ed., 7.3.5)."""
    x = data.series("x", NOT_NEGATIVE)
    power = params.number("transform_power", NELSON, WEIGHT)
    series = rare.t_series(x, nsigma=width_of(params), power=power, phase1=params.span("phase1", x.size))
    lines = rare.t_limits(series.baseline, width_of(params))
    times = rare.in_time(lines, power)
    return {
        "y": column(series.statistics),
        "y_center": lines.center,
        "y_lcl": lines.lower,
        "y_ucl": lines.upper,
        "x_center": times.center,
        "x_lcl": times.lower or 0.0,
        "x_ucl": times.upper,
        "violations": {"rule1": list(series.violations)},
        "statistics": column(x),
    }


def short_run(params: Fields, data: Fields) -> Answer:
    """Many parts in turn on one chart: deviations from nominal, and Z-MR (Montgomery, SQC 7th ed., 10.1)."""
    x, parts = data.series("x"), data.words("part")
    same_length(data, "x", "part")
    width, phase1 = width_of(params), params.span("phase1", x.size)
    return {
        "dnom": _deviations(params, x, parts, width, phase1) if params.has("nominal") else None,
        "z_mr": _scores(x, parts, width, phase1),
        "parts": parts,
    }


def _deviations(params: Fields, x: Floats, parts: list[str], width: float, phase1: tuple[int, int] | None) -> Answer:
    named = params.fields("nominal")
    nominal = {part: named.number(part) for part in named.values}
    for row, part in enumerate(parts, 1):
        if part not in nominal:
            raise FieldError("data.part", f"{part!r} has no nominal: known are {', '.join(nominal)}", row)
    series = deviation_series(x, parts, nominal, nsigma=width, phase1=phase1)
    reach = width * series.baseline.sigma
    return {
        "deviation": column(series.statistics),
        "center": series.baseline.mean,
        "sigma": series.baseline.sigma,
        "lcl": series.baseline.mean - reach,
        "ucl": series.baseline.mean + reach,
        "violations": list(series.violations),
    }


def _scores(x: Floats, parts: list[str], width: float, phase1: tuple[int, int] | None) -> Answer:
    z = z_series(x, parts, nsigma=width, phase1=phase1)
    ranges = z_range_series(z, nsigma=width)
    figures = z.baseline.parts
    limits = ranges.limits[0]
    assert limits is not None, "a moving range of z always has limits"
    return {
        "mean_by_part": {part: figures[part].mean for part in figures},
        "sigma_by_part": {part: figures[part].sigma for part in figures},
        "z": column(z.statistics),
        "ucl": width,
        "lcl": -width,
        "violations": list(z.violations),
        "mr_z": column(ranges.statistics[1:]),
        "mr_center": limits.center,
        "mr_ucl": limits.upper,
        "mr_violations": list(ranges.violations),
    }
