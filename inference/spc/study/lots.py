"""Studies of lots and of kinds of defect: the acceptance plans, and pareto.

Promises: plans are exact for tiny fractions, too; kinds of equal count keep their order.
May import: numpy, inference.spc.
"""

from __future__ import annotations

from typing import cast

from inference.spc.pareto import pareto
from inference.spc.sampling.iso2859 import Level, Severity, lot_plan
from inference.spc.sampling.iso3951 import find_variables_plan, variables_acceptance
from inference.spc.sampling.plans import Distribution, SinglePlan, acceptance, find_plan
from inference.spc.study.answer import Answer
from inference.spc.study.ask import NOT_NEGATIVE, POSITIVE, SHARE, Fields, Kind, same_length

_FRACTIONS_UP_TO = 10.0
"""An AQL above this counts nonconformities per 100 pieces, below it % of bad ones."""
_FRACTION = Kind("from 0 to 1", lambda value: 0.0 <= value <= 1.0)
_LEVELS = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
DISTRIBUTIONS = ("binomial", "poisson", "hypergeometric")


def single(params: Fields, data: Fields) -> Answer:
    """Operating characteristic of a single plan: how likely a lot of quality p is accepted."""
    plan = SinglePlan(params.whole("n", least=1), params.whole("c"))
    dist, lot = _kind(params)
    p = data.series("p", NOT_NEGATIVE if dist == "poisson" else _FRACTION, missing=False)
    accepted = acceptance(plan, p, dist=dist, lot=lot).tolist()
    return {"pa": accepted, "p": p.tolist(), "n": plan.n, "c": plan.c, "dist": dist, "lot": lot}


def plan(params: Fields, data: Fields) -> Answer:  # noqa: ARG001 (its figures stand in params)
    """The smallest single plan that meets the producer's and the consumer's risk."""
    dist, lot = _kind(params)
    p1, p2 = (params.number(key, kind=NOT_NEGATIVE if dist == "poisson" else _FRACTION) for key in ("p1", "p2"))
    if p1 >= p2:
        raise params.fault("p2", f"the bad quality {p2:g} must be above the good one, p1 = {p1:g}")
    alpha, beta = (params.number(key, default, SHARE) for key, default in (("alpha", 0.05), ("beta", 0.1)))
    found = find_plan(p1, alpha, p2, beta, dist=dist, lot=lot)
    accepted = acceptance(found, [p1, p2], dist=dist, lot=lot).tolist()
    return {"n": found.n, "c": found.c, "r": found.r, "pa": accepted, "p": [p1, p2], "dist": dist, "lot": lot}


def lot_by_aql(params: Fields, data: Fields) -> Answer:  # noqa: ARG001 (its figures stand in params)
    """The plan for lots of one size by their acceptance quality limit (ISO 2859-1)."""
    severity = cast("Severity", params.choice("severity", ("normal", "tightened"), "normal"))
    level = cast("Level", params.choice("level", _LEVELS, "II"))
    found = lot_plan(params.whole("lot", least=2), params.number("aql", kind=POSITIVE), level=level, severity=severity)
    return {
        "letter": found.letter,
        "n": found.plan.n,
        "c": found.plan.c,
        "r": found.plan.r,
        "sort_all": found.sort_all,
        "p": [found.aql / 100.0, found.quality_95 / 100.0, found.quality_10 / 100.0],
        "pa": [found.accepted_at_aql, 0.95, 0.10],
        "dist": "binomial" if found.aql <= _FRACTIONS_UP_TO else "poisson",
        "lot": None,
    }


def variables(params: Fields, data: Fields) -> Answer:  # noqa: ARG001 (its figures stand in params)
    """The smallest plan by variables that meets both risks: accept while (limit - mean) / sigma is k or more."""
    p1, p2 = (params.number(key, kind=SHARE) for key in ("p1", "p2"))
    alpha, beta = (params.number(key, default, SHARE) for key, default in (("alpha", 0.05), ("beta", 0.1)))
    known = params.choice("sigma", ("known", "unknown"), "unknown") == "known"
    found = find_variables_plan(p1, alpha, p2, beta, sigma_known=known)
    return {"n": found.n, "k": found.k, "p": [p1, p2], "pa": variables_acceptance(found, [p1, p2]).tolist()}


def defects(params: Fields, data: Fields) -> Answer:
    """Kinds of defect by falling count (Juran 1951)."""
    category, count = data.words("category"), data.series("count", NOT_NEGATIVE, missing=False)
    same_length(data, "category", "count")
    found = pareto(category, count.tolist())
    few = found.vital_few(params.number("share_pct", 80.0, POSITIVE))
    return {
        "order": [row.category for row in found.rows],
        "count": [row.count for row in found.rows],
        "cum": [row.cum for row in found.rows],
        "pct": [row.pct for row in found.rows],
        "cum_pct": [row.cum_pct for row in found.rows],
        "vital_few": [row.category for row in few],
    }


def _kind(params: Fields) -> tuple[Distribution, int | None]:
    dist = cast("Distribution", params.choice("dist", DISTRIBUTIONS, "binomial"))
    return dist, params.whole("lot", least=1) if params.has("lot") else None
