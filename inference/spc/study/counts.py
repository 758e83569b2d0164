"""Studies of counted things: p, np, c, u, laney_p and laney_u.

Promises: a count that cannot be is refused with its row before anything is computed.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import numpy as np

from inference.spc.design import Settings
from inference.spc.limits import Floats
from inference.spc.series import ChartSeries, chart_series
from inference.spc.study.answer import Answer, column, points
from inference.spc.study.ask import COUNT, COUNTED, POSITIVE, Fields, Kind, same_length
from inference.spc.study.patterns import chosen_rules, violations_of
from inference.spc.study.process import false_alarms, independence
from inference.spc.study.shewhart import block, chosen_points, moving_span_of_two, width_of


def p(params: Fields, data: Fields) -> Answer:
    """Fraction nonconforming, each point with limits of its own size (Montgomery, SQC 7th ed., 7.2)."""
    counts, sizes = _pieces(data)
    series = _series("p", params, counts, sizes)
    return {**block(series, params, float(series.error[0])), **_whole(series, params, sizes)}


def np_chart(params: Fields, data: Fields) -> Answer:
    """Number nonconforming of a constant size (Montgomery, SQC 7th ed., 7.2.1)."""
    counts, sizes = _pieces(data)
    _constant(data, sizes, "an np chart has one constant size (take a p chart)")
    series = _series("np", params, counts, sizes)
    return {**block(series, params, float(series.error[0])), **_whole(series, params, sizes)}


def c(params: Fields, data: Fields) -> Answer:
    """Events in a constant area of opportunity (Montgomery, SQC 7th ed., 7.3)."""
    counts = data.series("count", COUNT)
    if data.values.get("size") not in (None, []):
        _constant(data, _units(data)[1], "a c chart has one constant area (take a u chart)")
    sizes = np.ones(counts.size)
    series = _series("c", params, counts, sizes)
    return {**block(series, params, float(series.error[0])), **_whole(series, params, sizes)}


def u(params: Fields, data: Fields) -> Answer:
    """Events per unit; sizes may be fractional (Montgomery, SQC 7th ed., 7.3.2)."""
    counts, sizes = _units(data)
    series = _series("u", params, counts, sizes)
    return {**block(series, params), **_whole(series, params, sizes)}


def laney_p(params: Fields, data: Fields) -> Answer:
    """Fractions that vary more than their counts alone say (Laney, Quality Engineering 14, 2002)."""
    return _laney("laney_p", params, *_pieces(data))


def laney_u(params: Fields, data: Fields) -> Answer:
    """Rates that vary more than their counts alone say (Laney 2002)."""
    return _laney("laney_u", params, *_units(data))


def _series(kind: str, params: Fields, counts: Floats, sizes: Floats) -> ChartSeries:
    params.span("phase2", counts.size)
    chosen = chosen_points(params, counts.size)
    return chart_series(kind, counts, sizes, chosen=chosen, rules=(), settings=Settings(width=width_of(params)))


def _whole(series: ChartSeries, params: Fields, sizes: Floats) -> Answer:
    width = width_of(params)
    rules = chosen_rules(series.kind, params, width)
    return {**false_alarms(series, rules, width, sizes), **independence(series)}


def _laney(kind: str, params: Fields, counts: Floats, sizes: Floats) -> Answer:
    moving_span_of_two(params)
    width = width_of(params)
    series = _series(kind, params, counts, sizes)
    baseline = series.baseline
    distance = series.statistics - baseline.mean
    plain = baseline.sigma / np.sqrt(sizes)
    z = np.divide(distance, plain, out=np.where(np.isnan(distance), np.nan, 0.0), where=plain > 0.0)
    return {
        "center": baseline.mean,
        "statistics": column(series.statistics),
        "z": column(z),
        "sigma_z": baseline.inflation,
        "lcl": column(series.lower, 0.0),
        "ucl": column(series.upper),
        "violations": {"rule1": points(np.abs(series.z) > width)},
        "violations_of": violations_of(kind, series.z, params, width),
        **independence(series),
    }


def _constant(data: Fields, sizes: Floats, rule: str) -> None:
    """Raises FieldError for the first size that is another than the first."""
    odd = np.flatnonzero(sizes != sizes[0])
    if odd.size:
        raise data.fault("size", f"{sizes[odd[0]]:g} is not {sizes[0]:g}: {rule}", int(odd[0]) + 1)


def _pieces(data: Fields) -> tuple[Floats, Floats]:
    counts, sizes = _units(data, COUNTED)
    over = np.flatnonzero(counts > sizes)
    if over.size:
        row = int(over[0])
        told = f"{counts[row]:g} nonconforming of {sizes[row]:g} pieces cannot be"
        raise data.fault("count", told, row + 1)
    return counts, sizes


def _units(data: Fields, sized: Kind = POSITIVE) -> tuple[Floats, Floats]:
    counts, sizes = data.series("count", COUNT), data.series("size", sized, missing=False)
    same_length(data, "count", "size")
    return counts, sizes
