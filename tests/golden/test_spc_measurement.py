"""Gauge studies and agreement against R, statsmodels and the AIAG manual, to the cases' own tolerance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inference.spc.measurement.components import VarianceComponents
from inference.spc.measurement.gage_range import gage_range
from inference.spc.measurement.gage_rr import gage_rr

Case = dict[str, Any]


@pytest.fixture(scope="session")
def spc_cases(shared: Path) -> Path:
    return shared / "spc_cases"


def load(folder: Path, name: str) -> Case:
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("name", ["gage_rr_aiag", "gage_rr_ss_rr"])
def test_crossed_gauge_study_with_and_without_the_interaction(spc_cases: Path, name: str) -> None:
    case = load(spc_cases, name)
    data, expected, rel = case["data"], case["expected"], case["rel_tol"]
    study = gage_rr(data["part"], data["operator"], data["y"], tolerance=case["params"]["tolerance"])
    params = case["params"]
    assert (len(study.parts), len(study.operators), study.trials) == tuple(
        params[key] for key in ("parts", "operators", "trials")
    )
    table = expected["anova"]
    assert [row.source for row in study.anova] == table["source"]
    assert [row.df for row in study.anova] == table["df"]
    for key, mine in {"ss": "ss", "ms": "ms", "F": "f", "p": "p"}.items():
        assert [getattr(row, mine) for row in study.anova] == [
            None if value is None else pytest.approx(value, rel=rel) for value in table[key]
        ], key
    for model in ("with_interaction", "reduced"):
        components: VarianceComponents = getattr(study, model)
        for key, value in expected[model].items():
            assert getattr(components, key) == pytest.approx(value, rel=rel), (model, key)
        assert components.pct_tolerance_grr is None
    assert study.average_range == pytest.approx(expected["average_range"], rel=rel)


def test_averages_and_ranges_give_the_manuals_figures(spc_cases: Path) -> None:
    case = load(spc_cases, "gage_rr_aiag")
    data, published = case["data"], case["expected"]["published"]
    study = gage_range(data["part"], data["operator"], data["y"])
    tolerance, figures = published["published_abs_tol"], published["xbar_r"]
    assert study.ev == pytest.approx(figures["EV"], abs=tolerance)
    assert study.av == pytest.approx(figures["AV"], abs=tolerance)
    assert study.pv == pytest.approx(figures["PV"], abs=tolerance)
    assert study.components.grr**0.5 == pytest.approx(figures["GRR"], abs=tolerance)
    assert study.components.total**0.5 == pytest.approx(figures["TV"], abs=tolerance)
    assert study.average_range == pytest.approx(case["expected"]["average_range"], rel=1e-12)


def test_the_analysis_of_variance_gives_the_manuals_figures(spc_cases: Path) -> None:
    case = load(spc_cases, "gage_rr_aiag")
    data, published = case["data"], case["expected"]["published"]
    model = gage_rr(data["part"], data["operator"], data["y"]).chosen()
    figures, tolerance = published["anova_sd"], published["published_abs_tol"]
    sigmas = {
        "EV": model.repeatability,
        "AV": model.reproducibility,
        "GRR": model.grr,
        "PV": model.part,
        "TV": model.total,
    }
    for key, variance in sigmas.items():
        assert variance**0.5 == pytest.approx(figures[key], abs=tolerance), key
