"""Gauge studies and agreement against R, statsmodels and the AIAG manual, to the cases' own tolerance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inference.spc.measurement.components import VarianceComponents
from inference.spc.measurement.gage_bias import linearity_study
from inference.spc.measurement.gage_range import gage_range
from inference.spc.measurement.gage_rr import gage_rr
from inference.spc.measurement.kappa import cohen_kappa, fleiss_kappa

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


def test_kappa_of_two_raters_and_of_many(spc_cases: Path) -> None:
    case = load(spc_cases, "attribute_agreement_kappa")
    data, expected, rel = case["data"], case["expected"], case["rel_tol"]
    cohen = cohen_kappa(data["cohen_table"])
    assert cohen is not None
    assert cohen.value == pytest.approx(expected["cohen_kappa"], rel=rel)
    assert cohen.se == pytest.approx(expected["cohen_se"], rel=rel)
    assert [cohen.low, cohen.high] == pytest.approx(expected["cohen_ci95"], rel=rel)
    fleiss = fleiss_kappa(data["fleiss_counts"]).overall
    assert fleiss is not None
    assert fleiss.value == pytest.approx(expected["fleiss_kappa"], rel=rel)


# AIAG MSA, linearity example: five masters, twelve readings each.
MASTERS = {
    2.0: [2.7, 2.5, 2.4, 2.5, 2.7, 2.3, 2.5, 2.5, 2.4, 2.4, 2.6, 2.4],
    4.0: [5.1, 3.9, 4.2, 5.0, 3.8, 3.9, 3.9, 3.9, 3.9, 4.0, 4.1, 3.8],
    6.0: [5.8, 5.7, 5.9, 5.9, 6.0, 6.1, 6.0, 6.1, 6.4, 6.3, 6.0, 6.1],
    8.0: [7.6, 7.7, 7.8, 7.7, 7.8, 7.8, 7.8, 7.7, 7.8, 7.5, 7.6, 7.7],
    10.0: [9.1, 9.3, 9.5, 9.3, 9.4, 9.5, 9.5, 9.5, 9.6, 9.2, 9.3, 9.4],
}


def test_linearity_of_the_manuals_example() -> None:
    reference = [master for master, readings in MASTERS.items() for _ in readings]
    y = [reading for readings in MASTERS.values() for reading in readings]
    study = linearity_study(reference, y, variation=6 * 2.756)
    line = study.line
    assert line.slope.value == pytest.approx(-0.131667, abs=5e-7)
    assert line.intercept.value == pytest.approx(0.736667, abs=5e-7)
    assert line.sigma == pytest.approx(0.240, abs=5e-4)
    assert line.r2 == pytest.approx(0.7143, abs=5e-5)
    assert (line.slope.se, line.intercept.se) == pytest.approx((0.0109, 0.0725), abs=5e-5)
    assert (line.slope.t, line.intercept.t) == pytest.approx((-12.04, 10.16), abs=5e-3)
    assert (line.slope.low, line.slope.high) == pytest.approx((-0.154, -0.110), abs=5e-4)
    assert (line.intercept.low, line.intercept.high) == pytest.approx((0.591, 0.882), abs=5e-4)
    assert study.pct_linearity == pytest.approx(13.17, abs=5e-3)
    assert study.linearity == pytest.approx(2.177, abs=5e-4)
    bias = [each.bias for each in study.at if each]
    assert [each.value for each in bias] == pytest.approx([0.491667, 0.125, 0.025, -0.291667, -0.616667], abs=5e-7)
    assert [each.se for each in bias] == pytest.approx([0.0358, 0.129, 0.0566, 0.0288, 0.0423], abs=5e-4)
    assert [abs(each.t or 0) for each in bias] == pytest.approx([13.73, 0.968, 0.442, 10.14, 14.56], abs=5e-3)
    assert [each.p for each in bias] == pytest.approx([0.0, 0.354, 0.667, 0.0, 0.0], abs=5e-4)
    pct = [each.pct_of_variation for each in study.at if each]
    assert pct == pytest.approx([2.97, 0.76, 0.15, 1.76, 3.73], abs=6e-3)
    assert not study.acceptable
