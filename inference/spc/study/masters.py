"""More studies of measurement systems: nested and by ranges, bias, linearity, stability, and raters one by one.

Promises: every figure comes with its interval; a figure that does not exist is null.
May import: numpy, inference.spc.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from inference.spc.measurement.agreement import AttributeStudy, attribute_study, raters_study
from inference.spc.measurement.components import judge_gage
from inference.spc.measurement.gage_bias import BiasStudy, bias_study, linearity_study, stability_study
from inference.spc.measurement.gage_nested import nested_gage_rr
from inference.spc.measurement.gage_range import gage_range
from inference.spc.measurement.kappa import Kappa
from inference.spc.measurement.proportions import Proportion
from inference.spc.study.answer import Answer
from inference.spc.study.ask import POSITIVE, SHARE, Fields, same_length
from inference.spc.study.gauges import anova_table, component_shares

BAD, UNDECIDED = "NOT_OK", "NOT_DECIDABLE"


def nested(params: Fields, data: Fields) -> Answer:
    """Gauge study of a destructive test: parts nested in operators (Montgomery, Design and Analysis, 8th ed., 14.1)."""
    part, operator, y = data.words("part"), data.words("operator"), data.series("y", missing=False)
    same_length(data, "part", "operator", "y")
    study = nested_gage_rr(part, operator, y, tolerance=params.optional("tolerance", POSITIVE))
    share = study.components.pct_study_var_grr
    return {
        "anova": anova_table(study.anova),
        "components": component_shares(study.components),
        "verdict": None if share is None else judge_gage(share),
        "operators": list(study.operators),
        "parts_of_each": study.parts_of_each,
        "trials": study.trials,
    }


def by_ranges(params: Fields, data: Fields) -> Answer:
    """Gauge study by averages and ranges (AIAG MSA, 4th ed., chapter III B)."""
    part, operator, y = data.words("part"), data.words("operator"), data.series("y", missing=False)
    same_length(data, "part", "operator", "y")
    study = gage_range(part, operator, y, tolerance=params.optional("tolerance", POSITIVE))
    share = study.components.pct_study_var_grr
    return {
        "ev": study.ev,
        "av": study.av,
        "pv": study.pv,
        "components": component_shares(study.components),
        "verdict": None if share is None else judge_gage(share),
        "average_range": study.average_range,
    }


def bias(params: Fields, data: Fields) -> Answer:
    """Repeated readings of one master (AIAG MSA, 4th ed., chapter III B)."""
    y, reference = data.series("x", missing=False), params.number("reference")
    return _bias(bias_study(y, reference, **_settings(params)))


def linearity(params: Fields, data: Fields) -> Answer:
    """Repeated readings of masters over the range of the gauge (AIAG MSA, 4th ed., chapter III B)."""
    reference, y = data.series("reference", missing=False), data.series("y", missing=False)
    same_length(data, "reference", "y")
    study = linearity_study(reference, y, **_settings(params))
    return {
        "slope": study.line.slope._asdict(),
        "intercept": study.line.intercept._asdict(),
        "sigma": study.line.sigma,
        "r2": study.line.r2,
        "pct_linearity": study.pct_linearity,
        "linearity": study.linearity,
        "acceptable": study.acceptable,
        "references": list(study.references),
        "at": [None if each is None else _bias(each) for each in study.at],
    }


def stability(params: Fields, data: Fields) -> Answer:
    """One master read again and again over time (AIAG MSA, 4th ed., chapter III B)."""
    y = data.series("x", missing=False)
    times = data.series("time", missing=False) if data.has("time") else None
    study = stability_study(y, times, confidence=params.number("confidence", 0.95, SHARE))
    return {
        "n": study.n,
        "mean": study.mean,
        "sigma": study.sigma,
        "sigma_overall": study.sigma_overall,
        "lcl": study.lower,
        "ucl": study.upper,
        "outside": list(study.outside),
        "drift": study.drift.slope._asdict(),
        "stable": study.stable(),
    }


def raters(params: Fields, data: Fields) -> Answer:
    """Verdicts of raters on parts with a known truth (AIAG MSA, 4th ed., chapter III C): rows part, rater, verdict."""
    truth, judged = _by_rater(data)
    words = {"bad": str(params.values.get("bad") or BAD), "undecided": str(params.values.get("undecided") or UNDECIDED)}
    confidence = params.number("confidence", 0.95, SHARE)
    if len(judged) == 1:
        ((name, rows),) = judged.items()
        return {"raters": {name: _rater(attribute_study(truth, rows, confidence=confidence, **words))}}
    study = raters_study(truth, judged, confidence=confidence, **words)
    return {
        "raters": {name: _rater(each) for name, each in study.raters.items()},
        "between": _proportion(study.between),
        "all_effective": _proportion(study.all_effective),
        "fleiss_kappa": study.kappa.overall.value if study.kappa.overall else None,
        "pairs": [{"raters": list(pair), "kappa": _kappa(kappa)} for pair, kappa in study.pairs.items()],
    }


def _by_rater(data: Fields) -> tuple[list[str], dict[str, list[list[str]]]]:
    """The truth of each part, and for each rater rows of verdicts in the order of the parts."""
    part, rater, verdict, reference = (data.words(key) for key in ("part", "operator", "verdict", "reference"))
    same_length(data, "part", "operator", "verdict", "reference")
    truth: dict[str, str] = {}
    for row, (each, true) in enumerate(zip(part, reference, strict=True), 1):
        if truth.setdefault(each, true) != true:
            raise data.fault("reference", f"is {true!r} here and {truth[each]!r} before for part {each}", row)
    judged = {name: {each: list[str]() for each in truth} for name in rater}
    for name, each, said in zip(rater, part, verdict, strict=True):
        judged[name][each].append(said)
    return list(truth.values()), {name: list(rows.values()) for name, rows in judged.items()}


def _rater(study: AttributeStudy) -> Answer:
    names = ("repeatable", "effective", "correct", "miss", "false_alarm", "undecided")
    rates = {name: _proportion(getattr(study, name)) for name in names}
    lists = {name: list(getattr(study, name)) for name in ("missed", "false_alarms", "unsteady")}
    return {"verdict": study.verdict, **rates, "kappa": _kappa(study.kappa), **lists}


def _proportion(found: Proportion | None) -> Answer | None:
    return None if found is None else asdict(found)


def _kappa(found: Kappa | None) -> float | None:
    return None if found is None else found.value


def _bias(study: BiasStudy) -> Answer:
    return {
        "reference": study.reference,
        "n": study.n,
        "mean": study.mean,
        "sigma": study.sigma,
        "bias": study.bias._asdict(),
        "pct_of_variation": study.pct_of_variation,
        "acceptable": study.acceptable,
    }


def _settings(params: Fields) -> dict[str, Any]:
    return {
        "confidence": params.number("confidence", 0.95, SHARE),
        "variation": params.optional("variation", POSITIVE),
    }
