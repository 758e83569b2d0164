"""Studies of measurement systems: gage_rr_anova, attribute_agreement.

Promises: a study that is not balanced is refused with the cell that is short; a ratio that does not exist is null.
May import: numpy, inference.spc.
"""

from __future__ import annotations

from typing import Any

from inference.spc.measurement.anova import AnovaRow
from inference.spc.measurement.components import VarianceComponents, judge_gage
from inference.spc.measurement.gage_rr import gage_rr
from inference.spc.measurement.kappa import Kappa, cohen_kappa, fleiss_kappa, judge_kappa
from inference.spc.study.answer import Answer, matrix
from inference.spc.study.ask import COUNT, POSITIVE, SHARE, Fields, same_length

_KEYS = (
    *("repeatability", "operator", "interaction", "reproducibility", "grr", "part", "total"),
    *("pct_contribution_grr", "pct_study_var_grr", "ndc_real", "ndc"),
)


def gage(params: Fields, data: Fields) -> Answer:
    """Crossed gauge study by analysis of variance (AIAG MSA, 4th ed., appendix A)."""
    part, operator, y = data.words("part"), data.words("operator"), data.series("y", missing=False)
    same_length(data, "part", "operator", "y")
    study = gage_rr(part, operator, y, tolerance=params.optional("tolerance", POSITIVE))
    _shape(params, {"parts": len(study.parts), "operators": len(study.operators), "trials": study.trials})
    chosen = study.chosen(params.number("alpha", 0.25, SHARE))
    share = chosen.pct_study_var_grr
    return {
        "anova": anova_table(study.anova),
        "with_interaction": component_shares(study.with_interaction),
        "reduced": component_shares(study.reduced),
        "average_range": study.average_range,
        "model": "with_interaction" if chosen is study.with_interaction else "reduced",
        "verdict": None if share is None else judge_gage(share),
        "parts": list(study.parts),
        "operators": list(study.operators),
        "trials": study.trials,
        "cell_means": matrix(study.cell_means),
        "cell_ranges": matrix(study.cell_ranges),
    }


def agreement(params: Fields, data: Fields) -> Answer:
    """Agreement of verdicts beyond chance: Fleiss's kappa of many raters, Cohen's of two."""
    confidence = params.number("confidence", 0.95, SHARE)
    if not (data.has("fleiss_counts") or data.has("cohen_table")):
        raise data.fault("fleiss_counts", "is missing, and so is cohen_table: one of them is needed")
    answer: Answer = {}
    if data.has("fleiss_counts"):
        found = fleiss_kappa(_counts(data, "fleiss_counts"), confidence)
        answer |= {
            "fleiss_kappa": found.overall.value if found.overall else None,
            "fleiss_by_category": list(found.categories),
            "fleiss_verdict": judge_kappa(found.overall.value) if found.overall else None,
        }
    if data.has("cohen_table"):
        answer |= _cohen(cohen_kappa(_counts(data, "cohen_table"), confidence))
    return answer


def _cohen(found: Kappa | None) -> Answer:
    if found is None:
        return dict.fromkeys(("cohen_kappa", "cohen_se", "cohen_ci95", "cohen_verdict"))
    ends = None if found.low is None else [found.low, found.high]
    return {
        "cohen_kappa": found.value,
        "cohen_se": found.se,
        "cohen_ci95": ends,
        "cohen_verdict": judge_kappa(found.value),
    }


def _counts(data: Fields, key: str) -> Any:
    """A table of counts, shape [m, n]. Raises FieldError for a cell that is none."""
    table = data.table(key, missing=False)
    for row, cells in enumerate(table.tolist(), 1):
        for cell in cells:
            if not COUNT.fits(cell):
                raise data.fault(key, f"must be {COUNT.words}, not {cell:g}", row)
    return table


def anova_table(rows: tuple[AnovaRow, ...]) -> Answer:
    """The table as columns."""
    return {
        "source": [row.source for row in rows],
        "df": [row.df for row in rows],
        "ss": [row.ss for row in rows],
        "ms": [row.ms for row in rows],
        "F": [row.f for row in rows],
        "p": [row.p for row in rows],
    }


def component_shares(found: VarianceComponents) -> Answer:
    """The variances with what they come to; the share of the tolerance where there is one."""
    answer = {key: getattr(found, key) for key in _KEYS}
    return answer if found.tolerance is None else {**answer, "pct_tolerance_grr": found.pct_tolerance_grr}


def _shape(params: Fields, found: dict[str, int]) -> None:
    """Raises FieldError where the study is not of the size that `params` say."""
    for key, number in found.items():
        said = params.optional(key)
        if said is not None and said != number:
            raise params.fault(key, f"is {said:g}, but the data hold {number}")
