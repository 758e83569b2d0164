"""g and t charts against closed forms in R: every figure to the cases' own tolerance, violations exact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.spc.rare import (
    exponential_limits,
    g_limits,
    g_probability_limits,
    g_series,
    in_time,
    t_limits,
    t_series,
)


def load(shared: Path, name: str) -> dict[str, Any]:
    return json.loads((shared / "spc_cases" / f"{name}.json").read_text("utf-8"))


def test_g_chart(shared: Path) -> None:
    case = load(shared, "g_chart_cabg")
    expected, rel = case["expected"], case["rel_tol"]
    nsigma, alpha = case["params"]["nsigma"], expected["prob_limits"]["alpha"]
    series = g_series(np.array(case["data"]["x"], float), nsigma=nsigma)
    limits, likely = g_limits(series.baseline, nsigma), g_probability_limits(series.baseline, alpha)
    found = {
        "mean": series.baseline.mean,
        "sigma": series.baseline.sigma,
        "ucl": limits.upper,
        "lcl": limits.lower or 0.0,
        "cl_median": series.baseline.median,
        "p_hat": series.baseline.event_rate,
    }
    assert {**found, "prob_limits": None, "violations": None}.keys() == expected.keys()
    assert found == pytest.approx({name: expected[name] for name in found}, rel=rel)
    assert (likely.lower or 0.0, likely.upper) == (expected["prob_limits"]["lcl"], expected["prob_limits"]["ucl"])
    assert list(series.violations) == expected["violations"]["rule1"]


def test_t_chart(shared: Path) -> None:
    case = load(shared, "t_chart_montgomery7_14")
    expected, rel, power = case["expected"], case["rel_tol"], case["params"]["transform_power"]
    series = t_series(np.array(case["data"]["x"], float), power=power, nsigma=case["params"]["nsigma"])
    y = t_limits(series.baseline, case["params"]["nsigma"])
    x, exact = in_time(y, power), exponential_limits(series.baseline)
    assert series.statistics.tolist() == pytest.approx(expected["y"], rel=rel)
    found = {
        "y_center": y.center,
        "y_lcl": y.lower,
        "y_ucl": y.upper,
        "x_center": x.center,
        "x_lcl": x.lower or 0.0,
        "x_ucl": x.upper,
    }
    assert found == pytest.approx({name: expected[name] for name in found}, rel=rel)
    assert not series.violations
    other = {
        "mean": series.baseline.mean_time,
        "lcl": exact.lower,
        "ucl": exact.upper,
        "cl_median": exact.center,
    }
    assert other == pytest.approx(expected["alternative_exponential"], rel=rel)
