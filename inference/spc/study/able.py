"""Studies of capability: capability, capability_percentiles, capability_summary, boxcox.

Promises: an index that does not exist is null; whether the process was in control is always said, since an index of a
process that is not says little.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
from scipy.special import pdtrc

from inference.spc.capability.boxcox import boxcox
from inference.spc.capability.distributions import FAMILIES
from inference.spc.capability.indices import Capability, Index, capability, k_index, plain_indices
from inference.spc.capability.normality import Normality, NormalTest, normality
from inference.spc.capability.percentiles import percentile_capability
from inference.spc.capability.sample import Process, process_of
from inference.spc.capability.specification import Ppm, SpecLimits, observed_ppm
from inference.spc.limits import Floats, SpcError
from inference.spc.series import chart_series, subgroup_charts
from inference.spc.study.answer import Answer
from inference.spc.study.ask import ANY, NOT_NEGATIVE, POSITIVE, Fields, Kind
from inference.spc.study.shewhart import BY_DEVIATIONS, BY_RANGES
from inference.spc.subgroup import SigmaMethod, sigma_of, summarise_all

_FALSE_ALARMS = 0.0119
"""A point of an unchanged process lies outside an individuals chart with 0.0027, a moving range chart with 0.0092."""
_FAMILIES = tuple(family.name for family in FAMILIES)
_CONFIDENCE = Kind("from 0.5 to below 1", lambda value: 0.5 <= value < 1.0)


def process_capability(params: Fields, data: Fields) -> Answer:
    """Cp to Ppm with intervals, expected ppm and tests of normality, of a series or of rows of subgroups."""
    limits, nsigma = _limits(params), params.number("nsigma", 3.0, POSITIVE)
    confidence = params.number("confidence", 0.95, _CONFIDENCE)
    x = _readings(data)
    out, in_control = _points_out(x)
    strange = None if in_control is None else 0 if in_control else out
    found = capability(_process(params, x), limits, nsigma=nsigma, confidence=confidence, violations=strange)
    tests = normality(x)
    return {
        "mean": found.process.mean,
        "sigma_within": found.process.sigma_within,
        "sigma_overall": found.process.sigma_overall,
        "n": found.process.n,
        "indices": _indices(found),
        "expected_within": _ppm(found.expected_within),
        "expected_overall": _ppm(found.expected_overall),
        "observed": _ppm(observed_ppm(limits, x)),
        **_normality(tests),
        "in_control": in_control,
        "points_out": out,
        "cautions": [caution.value for caution in (*found.cautions, *tests.cautions)],
    }


def summary(params: Fields, data: Fields) -> Answer:  # noqa: ARG001 (its figures stand in params)
    """Indices of a mean and a sigma that are known (NIST e-Handbook 6.1.6)."""
    limits = _limits(params)
    mean, sigma = params.number("mean"), params.number("sigma", kind=POSITIVE)
    found = plain_indices(limits, mean, sigma, params.number("nsigma", 3.0, POSITIVE))
    if found is None:
        raise params.fault("sigma", f"{sigma:g} is too small beside the limits to compute with")
    return {
        "cp": found.cp,
        "cpk": found.cp_k,
        "cpu": found.cp_u,
        "cpl": found.cp_l,
        "cpm": found.cpm,
        "k": k_index(limits, mean),
    }


def by_percentiles(params: Fields, data: Fields) -> Answer:
    """Capability of readings that are not normal, by the percentiles of the distribution that fits (ISO 22514-2)."""
    limits, nsigma = _limits(params), params.number("nsigma", 3.0, POSITIVE)
    names = [params.choice("distribution", _FAMILIES, "normal")] if params.has("distribution") else None
    found = percentile_capability(_readings(data), limits, distributions=names, nsigma=nsigma)
    fit = found.fit
    return {
        "n": found.n,
        "distribution": found.distribution,
        "parameters": {} if fit is None else dict(fit.parameters),
        "anderson_darling": None if fit is None else fit.anderson_darling,
        "candidates": [{"distribution": each.family.name, "aicc": each.aicc} for each in found.fits],
        "percentiles": list(found.percentiles),
        "Pp": found.pp,
        "Pp_l": found.pp_l,
        "Pp_u": found.pp_u,
        "Pp_k": found.pp_k,
        "expected": _ppm(found.expected),
        "observed": _ppm(found.observed),
        "cautions": [caution.value for caution in found.cautions],
    }


def power(params: Fields, data: Fields) -> Answer:
    """The power that makes positive readings most like a normal sample (Box and Cox 1964)."""
    bounds = (params.number("lowest", -1.0), params.number("highest", 1.0))
    found = boxcox(data.series("x", POSITIVE), bounds)
    return {"lambda": found.power, "loglik": found.loglik, "n": found.n}


def _limits(params: Fields) -> SpecLimits:
    lower, upper, target = (params.optional(key, ANY) for key in ("lsl", "usl", "target"))
    if lower is None and upper is None:
        raise params.fault("lsl", "is missing, and so is usl: capability needs one of the specification limits")
    if lower is not None and upper is not None and lower >= upper:
        raise params.fault("lsl", f"the lower specification limit {lower:g} must be below the upper one {upper:g}")
    return SpecLimits(lower, upper, target)


def _readings(data: Fields) -> Floats:
    """A series, shape [n], or rows of subgroups, shape [m, n]."""
    items = data.items("x", "readings or of rows of them")
    rows = any(isinstance(item, list | tuple) for item in items)
    return data.table("x") if rows else data.series("x")


def _process(params: Fields, x: Floats) -> Process:
    """The figures of the process, sigma within by the method asked for or as a number given."""
    process = process_of(x)
    if isinstance(params.values.get("sigma_within"), int | float):
        return replace(process, sigma_within=params.number("sigma_within", kind=NOT_NEGATIVE), df_within=None)
    if x.ndim == 1:
        params.choice("sigma_within", ("MRbar/d2",), "MRbar/d2")
        return process
    method = params.choice("sigma_within", BY_RANGES + BY_DEVIATIONS, "Rbar/d2")
    if method == "Rbar/d2":
        return process
    groups = summarise_all(x, "range" if method in BY_RANGES else "deviation")
    return replace(
        process, sigma_within=sigma_of(groups.sizes, groups.spreads, cast("SigmaMethod", method)), df_within=None
    )


def _points_out(x: Floats) -> tuple[int | None, bool | None]:
    """Points beyond the limits of the readings' own charts, and whether chance explains them; None: no charts.

    In a long series some points lie outside without any cause: as many as chance brings 99 times in 100 are allowed.
    """
    try:
        if x.ndim == 2 and x.shape[1] > 1:
            charts = subgroup_charts(x, rules=())
        else:
            flat = x.ravel()
            charts = (chart_series("i", flat, rules=()), chart_series("mr", flat, rules=()))
    except SpcError:
        return None, None
    beyond = [(chart.statistics > chart.upper) | (chart.statistics < chart.lower) for chart in charts]
    out, by_chance = int(np.count_nonzero(np.logical_or(*beyond))), _FALSE_ALARMS * charts[0].statistics.size
    allowed = by_chance >= 1.0 and float(pdtrc(out - 1, by_chance)) > 0.01
    return out, out == 0 or allowed


def _indices(found: Capability) -> Answer:
    named: dict[str, Index | None] = found.named()
    return {name: _index(value) for name, value in named.items()}


def _index(found: Index | None) -> Answer:
    if found is None:
        return {"value": None, "ci95": None}
    ends = None if found.lower is None else [found.lower, found.upper]
    return {"value": found.value, "ci95": ends}


def _ppm(found: Ppm | None) -> Answer:
    return {"ppm_below": found.below if found else None, "ppm_above": found.above if found else None}


def _normality(tests: Normality) -> Answer:
    return {
        "anderson_darling": _test(tests.anderson_darling, "A"),
        "shapiro_wilk": _test(tests.shapiro_wilk, "W"),
        "skewness": tests.skewness,
        "kurtosis": tests.kurtosis,
    }


def _test(found: NormalTest | None, statistic: str) -> Answer:
    return {statistic: found.statistic if found else None, "p": found.p_value if found else None}
