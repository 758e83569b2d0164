"""The charts against published data and R qcc: limits to the cases' own tolerance, violation windows exact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.spc.chart import ControlChart, chart_series
from inference.spc.constants import c4, d2, d3
from inference.spc.presets import western_electric
from inference.spc.rules import RunRules
from inference.spc.violations import find_violations

Case = dict[str, Any]

P_CASES = ("p_orangejuice", "p_variable_purchase_orders_montgomery7_4")
IMR_CASES = ("imr_viscosity", "imr_nist_6_3_2_2", "imr_mortgage_cost_montgomery6_5")


@pytest.fixture(scope="session")
def spc_cases(shared: Path) -> Path:
    return shared / "spc_cases"


def load(folder: Path, name: str) -> Case:
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


def windows(violations: Any, rules: int = 4) -> dict[str, list[int]]:
    """Points that complete each rule, as the cases write them."""
    return {f"we{n}": [v.last for v in violations if v.rule == n] for n in range(1, rules + 1)}


def or_zero(lower: float | None) -> float:
    return 0.0 if lower is None else lower


def test_constants_equal_their_definitions(spc_cases: Path) -> None:
    case = load(spc_cases, "constants")
    expected, sizes = case["expected"], case["data"]["n"]
    for name, constant in (("d2", d2), ("d3", d3), ("c4", c4)):
        assert [constant(n) for n in sizes] == pytest.approx(expected[name], rel=1e-10)


def test_run_rules_hit_the_exact_windows_in_a_stream_and_at_once(spc_cases: Path) -> None:
    case = load(spc_cases, "rules_edge_cases")
    for name, series in case["data"].items():
        expected = case["expected"][name]["western_electric"]
        assert windows(find_violations(np.array(series))) == expected, name
        stream = RunRules()
        assert windows([v for n, z in enumerate(series, 1) for v in stream.add(n, z)]) == expected, name


@pytest.mark.parametrize("name", P_CASES)
def test_p_chart(spc_cases: Path, name: str) -> None:
    case = load(spc_cases, name)
    counts, sizes = np.array(case["data"]["count"], float), np.array(case["data"]["size"], float)
    series = chart_series("p", counts, sizes, phase1=tuple(case["params"]["phase1"]))
    expected, rel = case["expected"], case["rel_tol"]
    assert series.baseline.mean == pytest.approx(expected["center"], rel=rel)
    assert series.limits[0].error == pytest.approx(expected["sigma"], rel=rel)
    assert series.statistics.tolist() == pytest.approx(expected["statistics"], rel=rel)
    assert [or_zero(line.lower) for line in series.limits] == pytest.approx(expected["lcl"], rel=rel)
    assert [line.upper for line in series.limits] == pytest.approx(expected["ucl"], rel=rel)
    assert windows(series.violations) == expected["violations"]["western_electric"]


@pytest.mark.parametrize("name", IMR_CASES)
def test_individuals_and_moving_ranges(spc_cases: Path, name: str) -> None:
    case = load(spc_cases, name)
    expected, rel = case["expected"], case["rel_tol"]
    x, phase1 = np.array(case["data"]["x"]), tuple(case["params"]["phase1"])
    i = chart_series("i", x, phase1=phase1)
    assert i.baseline.mean == pytest.approx(expected["i"]["center"], rel=rel)
    assert i.baseline.sigma == pytest.approx(expected["i"]["sigma"], rel=rel)
    assert [line.lower for line in i.limits] == pytest.approx(expected["i"]["lcl"], rel=rel)
    assert [line.upper for line in i.limits] == pytest.approx(expected["i"]["ucl"], rel=rel)
    assert windows(i.violations) == expected["i"]["violations"]["western_electric"]
    mr = chart_series("mr", x, phase1=phase1)
    assert mr.limits[0].center == pytest.approx(expected["mr"]["center"], rel=rel)
    assert mr.limits[0].upper == pytest.approx(expected["mr"]["ucl"], rel=rel)
    assert mr.limits[0].lower is None
    assert np.isnan(mr.statistics[0])
    assert mr.statistics[1:].tolist() == pytest.approx(expected["mr"]["statistics"], rel=rel)
    assert windows(mr.violations, 1) == {"we1": expected["mr"]["violations"]["rule1"]}


@pytest.mark.parametrize("name", IMR_CASES)
def test_a_live_chart_on_the_frozen_baseline_raises_the_published_violations(spc_cases: Path, name: str) -> None:
    case = load(spc_cases, name)
    x = case["data"]["x"]
    baseline = chart_series("i", np.array(x), phase1=tuple(case["params"]["phase1"])).baseline
    chart = ControlChart("i", baseline, rules=western_electric())
    live = [v for value in x for v in chart.add(value).violations]
    assert windows(live) == case["expected"]["i"]["violations"]["western_electric"]
