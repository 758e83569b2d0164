"""`study`: a document with `chart`, `params` and `data` in, its answer out.

Promises: one table row is one kind of study; whatever is wrong with a document is one SpcError with one sentence; an
answer holds no NaN and no infinity.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, cast

from inference.spc.limits import SpcError
from inference.spc.study import able, counts, gauges, lots, masters, memory, seldom, several, shewhart, tables
from inference.spc.study.answer import Answer
from inference.spc.study.ask import MISSPELT, FieldError, Fields, fields_of, guess, shown

_SECTIONS = ("chart", "params", "data")
_SHEWHART = ("phase1", "phase2", "nsigma", "rules", "excluded")
_GROUPED = (*_SHEWHART, "subgroup_size", "sigma_method", "center", "sigma")
_WEIGHED = ("phase1", "phase2", "excluded", "subgroup_size", "sigma_method", "center", "sigma")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of study."""

    title: str
    answer: Callable[[Fields, Fields], Answer]
    """(params, data) → answer."""
    params: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    """Keys it knows."""


STUDIES: Mapping[str, Kind] = {
    "xbar_r": Kind("X-bar and R chart", shewhart.xbar_r, _GROUPED, ("subgroups",)),
    "xbar_s": Kind("X-bar and s chart", shewhart.xbar_s, _GROUPED, ("subgroups",)),
    "xbar": Kind("X-bar chart", shewhart.xbar, _GROUPED, ("subgroups",)),
    "i_mr": Kind("I-MR chart", shewhart.i_mr, (*_GROUPED, "mr_span"), ("x",)),
    "p": Kind("p chart", counts.p, _SHEWHART, ("count", "size")),
    "np": Kind("np chart", counts.np_chart, _SHEWHART, ("count", "size")),
    "c": Kind("c chart", counts.c, _SHEWHART, ("count", "size")),
    "u": Kind("u chart", counts.u, _SHEWHART, ("count", "size")),
    "laney_p": Kind("Laney p' chart", counts.laney_p, (*_SHEWHART, "mr_span", "sigma_z"), ("count", "size")),
    "laney_u": Kind("Laney u' chart", counts.laney_u, (*_SHEWHART, "mr_span", "sigma_z"), ("count", "size")),
    "ewma": Kind("EWMA chart", memory.ewma, (*_WEIGHED, "lambda", "L", "start", "limits"), ("x", "subgroups")),
    "cusum": Kind("CUSUM chart", memory.cusum, (*_WEIGHED, "k", "h", "head_start", "units"), ("x", "subgroups")),
    "ma": Kind("Moving average chart", memory.ma, (*_WEIGHED, "nsigma", "span"), ("x", "subgroups")),
    "t2_individuals": Kind("T² chart of individuals", several.individuals, ("confidence", "phase1"), ("x",)),
    "t2_subgroups": Kind("T² chart of subgroups", several.subgroups, ("confidence", "phase1"), ("x1", "x2")),
    "mewma": Kind("MEWMA chart", several.mewma, ("lambda", "arl0", "phase1", "center", "cov"), ("x",)),
    "g": Kind("g chart", seldom.g, ("nsigma", "alpha", "phase1"), ("x",)),
    "t": Kind("t chart", seldom.t, ("nsigma", "transform_power", "phase1"), ("x",)),
    "short_run": Kind("Short-run charts", seldom.short_run, ("nominal", "parts", "nsigma", "phase1"), ("x", "part")),
    "rules": Kind("Run rules", tables.rules, ("center", "sigma", "rules")),
    "constants": Kind("Constants of control charts", tables.constants, (), ("n",)),
    "capability": Kind(
        "Capability",
        able.process_capability,
        ("lsl", "usl", "target", "sigma_within", "nsigma", "confidence"),
        ("x",),
    ),
    "capability_summary": Kind(
        "Capability of a known mean and sigma", able.summary, ("lsl", "usl", "target", "mean", "sigma", "nsigma")
    ),
    "capability_percentiles": Kind(
        "Capability of readings that are not normal",
        able.by_percentiles,
        ("lsl", "usl", "target", "nsigma", "distribution"),
        ("x",),
    ),
    "boxcox": Kind("Box-Cox transformation", able.power, ("lowest", "highest"), ("x",)),
    "gage_rr_anova": Kind(
        "Gauge R&R (analysis of variance)",
        gauges.gage,
        ("tolerance", "parts", "operators", "trials", "alpha"),
        ("part", "operator", "y"),
    ),
    "attribute_agreement": Kind(
        "Attribute agreement", gauges.agreement, ("confidence",), ("fleiss_counts", "cohen_table")
    ),
    "gage_rr_nested": Kind(
        "Gauge R&R (nested, destructive tests)", masters.nested, ("tolerance",), ("part", "operator", "y")
    ),
    "gage_rr_range": Kind(
        "Gauge R&R (averages and ranges)", masters.by_ranges, ("tolerance",), ("part", "operator", "y")
    ),
    "gage_bias": Kind("Bias of a gauge", masters.bias, ("reference", "confidence", "variation"), ("x",)),
    "gage_linearity": Kind("Linearity of a gauge", masters.linearity, ("confidence", "variation"), ("reference", "y")),
    "gage_stability": Kind("Stability of a gauge", masters.stability, ("confidence",), ("x", "time")),
    "attribute_study": Kind(
        "Attribute study",
        masters.raters,
        ("bad", "undecided", "confidence"),
        ("part", "operator", "verdict", "reference"),
    ),
    "acceptance_single": Kind("Single sampling plan", lots.single, ("n", "c", "dist", "lot"), ("p",)),
    "acceptance_find_plan": Kind(
        "Sampling plan for two risks", lots.plan, ("p1", "alpha", "p2", "beta", "dist", "lot")
    ),
    "acceptance_lot": Kind("Sampling plan by AQL (ISO 2859-1)", lots.lot_by_aql, ("lot", "aql", "level", "severity")),
    "acceptance_variables": Kind("Sampling plan by variables", lots.variables, ("p1", "alpha", "p2", "beta", "sigma")),
    "pareto": Kind("Pareto chart", lots.defects, ("share_pct",), ("category", "count")),
}


def study(document: object) -> Answer:
    """The answer to a study: the keys of its kind, and what is of use beside them. `null` where a figure is none.

    `params` and `data` may be absent, null or an empty list where nothing is to be said. Raises SpcError with one
    sentence that names the field, its row and column.
    """
    kind, params, data = parts_of(document)
    params.check_spelling(kind.params)
    data.check_spelling(kind.data)
    return cast("Answer", clean(kind.answer(params, data)))


def parts_of(document: object) -> tuple[Kind, Fields, Fields]:
    """Kind, params and data of a document. Raises SpcError for what is no study."""
    if not isinstance(document, dict):
        raise SpcError(f"a study is an object with chart, params and data, not {shown(document)}")
    fields = cast("dict[str, Any]", document)
    for key in fields:
        near = [] if key in _SECTIONS else get_close_matches(key, _SECTIONS, n=1, cutoff=MISSPELT)
        if near:
            raise FieldError(key, f"a study has no such key; did you mean {near[0]}?")
    if "chart" not in fields:
        raise SpcError("chart is missing: it names the kind of study, such as i_mr")
    return (
        kind_of(fields["chart"]),
        fields_of("params", fields.get("params")),
        fields_of("data", fields.get("data")),
    )


def kind_of(name: object) -> Kind:
    """The kind of study of this name. Raises SpcError for an unknown one, with a guess."""
    if not isinstance(name, str) or name not in STUDIES:
        near = guess(name, STUDIES) if isinstance(name, str) else ""
        raise FieldError("chart", f"there is no study {shown(name)}{near or ': known are ' + ', '.join(STUDIES)}")
    return STUDIES[name]


def clean(value: object) -> object:
    """The same with None for every number that is NaN or infinite."""
    if isinstance(value, dict):
        return {str(key): clean(entry) for key, entry in cast("dict[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [clean(entry) for entry in cast("list[object]", value)]
    return None if isinstance(value, float) and not math.isfinite(value) else value
