"""T² and MEWMA against R qcc and R spc: every figure to the cases' own tolerance, violations exact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.spc.covariance import MultivariateBaseline
from inference.spc.mewma import MewmaChart, mewma_design, mewma_series
from inference.spc.multivariate import phase1_limits, phase2_limits, t2_individuals, t2_subgroups
from inference.spc.points import LimitSeries


def load(shared: Path, name: str) -> dict[str, Any]:
    return json.loads((shared / "spc_cases" / f"{name}.json").read_text("utf-8"))


def figures(series: LimitSeries[MultivariateBaseline]) -> dict[str, Any]:
    return {
        "center": series.baseline.center,
        "cov": series.baseline.covariance,
        "t2": series.statistics,
    }


def compare(case: dict[str, Any], found: dict[str, Any], violations: tuple[int, ...]) -> None:
    """Every leaf that the case expects."""
    assert set(case["expected"]) == set(found) | {"violations"}
    for name, value in found.items():
        np.testing.assert_allclose(value, case["expected"][name], rtol=case["rel_tol"], err_msg=name)
    assert list(violations) == case["expected"]["violations"]


def test_t2_of_individuals(shared: Path) -> None:
    case = load(shared, "t2_individuals_boiler")
    confidence = case["params"]["confidence"]
    series = t2_individuals(np.array(case["data"]["x"], float), confidence=confidence)
    first, second = (
        phase1_limits(series.baseline, confidence=confidence),
        phase2_limits(series.baseline, confidence=confidence),
    )
    assert first
    found = figures(series) | {"ucl_phase1": first.upper, "ucl_phase2_prediction": second.upper}
    compare(case, found, series.violations)
    assert set(series.limits) == {first}


def test_t2_of_subgroups(shared: Path) -> None:
    case = load(shared, "t2_subgroups_ryan")
    confidence, data = case["params"]["confidence"], case["data"]
    x = np.stack([np.array(data[name], float) for name in sorted(data)], axis=2)
    series = t2_subgroups(x, confidence=confidence)
    first = phase1_limits(series.baseline, x.shape[1], confidence=confidence)
    second = phase2_limits(series.baseline, x.shape[1], confidence=confidence)
    assert first
    found = figures(series) | {"ucl_phase1": first.upper, "ucl_phase2_prediction": second.upper}
    compare(case, found, series.violations)
    assert set(series.limits) == {first}


def test_mewma_with_its_limit(shared: Path) -> None:
    case = load(shared, "mewma_dowel1")
    x = np.array(case["data"]["x"], float)
    design = mewma_design(x.shape[1], weight=case["params"]["lambda"], points=case["params"]["arl0"])
    series = mewma_series(x, design)
    compare(case, figures(series) | {"ucl": series.limits[0].upper if series.limits[0] else None}, series.violations)
    chart = MewmaChart(series.baseline, design)
    live = [chart.add(row).value for row in x]
    assert live == pytest.approx(case["expected"]["t2"], rel=case["rel_tol"])
