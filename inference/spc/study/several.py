"""Studies of several characteristics at once: t2_individuals, t2_subgroups, mewma.

Promises: a point outside comes with what each characteristic has to do with it.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import numpy as np

from inference.spc.covariance import MultivariateBaseline, known_baseline
from inference.spc.limits import ControlLimits, Floats
from inference.spc.mewma import mewma_design, mewma_series
from inference.spc.multivariate import (
    CONFIDENCE,
    decompose,
    phase1_limits,
    phase2_limits,
    t2_individuals,
    t2_subgroups,
)
from inference.spc.points import LimitSeries
from inference.spc.study.answer import Answer, column, matrix
from inference.spc.study.ask import SHARE, WEIGHT, FieldError, Fields, Kind

_RUN = Kind("above 1", lambda value: value > 1.0)


def individuals(params: Fields, data: Fields) -> Answer:
    """Hotelling's T² of single readings (Tracy, Young and Mason 1992; Montgomery, SQC 7th ed., 11.3)."""
    x, confidence = data.table("x"), params.number("confidence", CONFIDENCE, SHARE)
    series = t2_individuals(x, confidence=confidence, phase1=params.span("phase1", len(x)))
    return _answer(series, x[:, None, :], confidence, 1)


def subgroups(params: Fields, data: Fields) -> Answer:
    """Hotelling's T² of subgroup means (Montgomery, SQC 7th ed., eq. 11.14 to 11.22)."""
    x, confidence = _columns(data), params.number("confidence", CONFIDENCE, SHARE)
    series = t2_subgroups(x, confidence=confidence, phase1=params.span("phase1", len(x)))
    return _answer(series, x, confidence, x.shape[1])


def mewma(params: Fields, data: Fields) -> Answer:
    """Multivariate EWMA (Lowry, Woodall, Champ and Rigdon 1992), its limit by the run length wanted."""
    if "asymptotic" in str(params.values.get("covariance", "")):
        raise params.fault("covariance", "is exact from the first point on here, never asymptotic")
    x, weight = data.table("x"), params.number("lambda", 0.1, WEIGHT)
    design = mewma_design(x.shape[1], weight=weight, points=params.number("arl0", 200.0, _RUN))
    series = mewma_series(x, design, phase1=params.span("phase1", len(x)), baseline=_known(params))
    return {**_figures(series), "ucl": design.limit, "violations": list(series.violations)}


def _known(params: Fields) -> MultivariateBaseline | None:
    """`center` and `cov` where they are given."""
    if not (params.has("center") or params.has("cov")):
        return None
    return known_baseline(params.series("center", missing=False), params.table("cov", missing=False))


def _columns(data: Fields) -> Floats:
    """Tables x1, x2 … of subgroups, one a characteristic, as one array of shape [m, n, p]."""
    keys = sorted((key for key in data.values if key[:1] == "x" and key[1:].isdecimal()), key=lambda key: int(key[1:]))
    for number, key in enumerate(keys or [""], 1):
        if key != f"x{number}":
            told = "is missing: a table of subgroups is needed for each characteristic"
            raise FieldError(data.path(f"x{number}"), told)
    tables = [data.table(key) for key in keys]
    for key, table in zip(keys, tables, strict=True):
        if table.shape != tables[0].shape:
            rows, width = tables[0].shape
            told = f"has {table.shape[0]} rows of {table.shape[1]}, but {keys[0]} has {rows} rows of {width}"
            raise data.fault(key, told)
    return np.stack(tables, axis=2)


def _figures(series: LimitSeries[MultivariateBaseline]) -> Answer:
    return {
        "center": series.baseline.center.tolist(),
        "cov": matrix(series.baseline.covariance),
        "t2": column(series.statistics),
    }


def _answer(series: LimitSeries[MultivariateBaseline], x: Floats, confidence: float, size: int) -> Answer:
    mine = phase1_limits(series.baseline, size, confidence=confidence)
    future = phase2_limits(series.baseline, size, confidence=confidence)
    contributions = {
        str(point): [
            {"column": part.column, "conditional": part.conditional, "limit": part.conditional_limit}
            for part in decompose(series.baseline, x[point - 1], confidence=confidence)
        ]
        for point in series.violations
    }
    return {
        **_figures(series),
        "ucl": [_upper(line) for line in series.limits],
        "ucl_phase1": _upper(mine),
        "ucl_phase2_prediction": future.upper,
        "violations": list(series.violations),
        "contributions": contributions,
    }


def _upper(line: ControlLimits | None) -> float | None:
    return None if line is None else line.upper
