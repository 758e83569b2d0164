"""The charts against published data and R qcc: every figure to the cases' own tolerance, violation windows exact.

Each chart is also run a point at a time on the frozen baseline, and must then say the same.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.spc.chart import ControlChart
from inference.spc.constants import c4, d2, d3, factors, median_range
from inference.spc.design import Settings
from inference.spc.limits import Baseline, Floats, mean_of
from inference.spc.presets import nelson, western_electric
from inference.spc.rules import Rule, RuleViolation, RunRules
from inference.spc.series import ChartSeries, Chosen, chart_series, columns_of, subgroup_charts
from inference.spc.subgroup import summarise, summarise_all
from inference.spc.violations import find_violations

Case = dict[str, Any]

PRESETS = {"nelson": (nelson(), "nelson"), "western_electric": (western_electric(), "we")}
MEANS_CASES = (
    "xbar_r_pistonrings",
    "xbar_s_pistonrings",
    "xbar_s_variable_n_mvlue_sd_montgomery6_4",
    "xbar_s_variable_n_rmsdf_montgomery6_4",
    "xbar_s_variable_n_uwave_sd_montgomery6_4",
    "xbar_sigma_mvlue_r_pistonrings",
    "xbar_sigma_mvlue_sd_pistonrings",
    "xbar_sigma_rmsdf_pistonrings",
)
COUNT_CASES = (
    "c_circuit",
    "c_nist_wafers_6_3_3_1",
    "np_orangejuice2",
    "p_orangejuice",
    "p_variable_purchase_orders_montgomery7_4",
    "u_pcmanufact",
    "u_supply_chain_montgomery7_10",
    "u_variable_dyedcloth",
)
IMR_CASES = ("imr_viscosity", "imr_nist_6_3_2_2", "imr_mortgage_cost_montgomery6_5")
LANEY_CASES = ("laney_p_nhs_accidents", "laney_u_complaints")
EWMA_CASES = ("ewma_montgomery9_2", "ewma_nist_6_3_2_4", "ewma_pistonrings")
CUSUM_CASES = ("cusum_montgomery9_1", "cusum_fir_montgomery9_1", "cusum_nist_6_3_2_3", "cusum_pistonrings")


@pytest.fixture(scope="session")
def spc_cases(shared: Path) -> Path:
    return shared / "spc_cases"


def load(folder: Path, name: str) -> Case:
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


def windows(violations: Iterable[RuleViolation], prefix: str, rules: Sequence[Rule]) -> dict[str, list[int]]:
    """Points that complete each rule, as the cases write them."""
    found = list(violations)
    return {f"{prefix}{rule.number}": [v.last for v in found if v.rule == rule.number] for rule in rules}


def or_zero(limits: Floats) -> list[float]:
    return np.nan_to_num(limits).tolist()


def table_of(rows: list[list[float | None]]) -> Floats:
    width = max(map(len, rows))
    return np.array([[math.nan if v is None else v for v in [*row, *[None] * (width - len(row))]] for row in rows])


def chosen_of(case: Case) -> Chosen:
    phase1 = case["params"].get("phase1")
    return Chosen(phase1=tuple(phase1) if phase1 else None)


def width_of(case: Case) -> float:
    return case["params"].get("nsigma", 3.0)


def same_block(series: ChartSeries, sigma: float, expected: Case, rel: float) -> None:
    """Centre, sigma, statistics and limits of a Shewhart block."""
    assert series.center[0] == pytest.approx(expected["center"], rel=rel)
    assert sigma == pytest.approx(expected["sigma"], rel=rel)
    assert series.statistics.tolist() == pytest.approx(expected["statistics"], rel=rel)
    assert or_zero(series.lower) == pytest.approx(expected["lcl"], rel=rel)
    assert series.upper.tolist() == pytest.approx(expected["ucl"], rel=rel)


def streamed(kind: str, whole: ChartSeries, values: Floats, sizes: Floats | None, **more: Any) -> list[RuleViolation]:
    """A live chart's violations on the same frozen baseline; its z are those of the series, bit for bit."""
    readings = columns_of(values, sizes, None)
    chart = ControlChart(kind, whole.baseline, **more)
    points = [chart.add(*pair) for pair in zip(readings.values.tolist(), readings.sizes.tolist(), strict=True)]
    assert np.array_equal([math.nan if p.z is None else p.z for p in points], whole.z, equal_nan=True)
    return [violation for point in points for violation in point.violations]


def test_constants_equal_their_definitions(spc_cases: Path) -> None:
    case = load(spc_cases, "constants")
    expected, sizes, rel = case["expected"], case["data"]["n"], case["rel_tol"]
    assert expected["n"] == sizes
    for name, constant in (("d2", d2), ("d3", d3), ("c4", c4), ("d4_median_range", median_range)):
        assert [constant(n) for n in sizes] == pytest.approx(expected[name], rel=min(rel, 1e-10)), name
    for name in ("A2", "A3", "B3", "B4", "D3", "D4", "E2"):
        assert [getattr(factors(n), name.lower()) for n in sizes] == pytest.approx(expected[name], rel=rel), name


@pytest.mark.parametrize("preset", PRESETS)
def test_run_rules_hit_the_exact_windows_in_a_stream_and_at_once(spc_cases: Path, preset: str) -> None:
    case = load(spc_cases, "rules_edge_cases")
    rules, prefix = PRESETS[preset]
    mean, sigma = case["params"]["center"], case["params"]["sigma"]
    for name, series in case["data"].items():
        expected = case["expected"][name][preset]
        z = (np.array(series) - mean) / sigma
        assert windows(find_violations(z, rules), prefix, rules) == expected, name
        engine = RunRules(rules)
        assert windows([v for n, at in enumerate(z, 1) for v in engine.add(n, at)], prefix, rules) == expected, name
        assert (
            windows(chart_series("i", z, baseline=Baseline(0, 1, 0), rules=rules).violations, prefix, rules) == expected
        )


@pytest.mark.parametrize("name", MEANS_CASES)
def test_means_with_ranges_or_deviations(spc_cases: Path, name: str) -> None:
    case = load(spc_cases, name)
    expected, rel = case["expected"], case["rel_tol"]
    x = table_of(case["data"]["subgroups"])
    method = case["params"]["sigma_method"]
    spread = "range" if method in {"Rbar/d2", "UWAVE-R", "MVLUE-R"} else "deviation"
    settings = Settings(width=width_of(case), sigma_method=method)
    more = {"chosen": chosen_of(case), "settings": settings}
    means, spreads = subgroup_charts(x, spread, **more, rules=())
    kinds = {"xbar": ("xbar", means), "r": ("r", spreads), "s": ("s", spreads)}
    groups = summarise_all(x, spread)
    for key in expected.keys() & kinds.keys():
        kind, series = kinds[key]
        same_block(series, series.baseline.sigma, expected[key], rel)
        values = groups.means if kind == "xbar" else groups.spreads
        for preset, broken in expected[key].get("violations", {}).items():
            rules, prefix = PRESETS[preset]
            whole = subgroup_charts(x, spread, **more, rules=rules)[kind != "xbar"]
            assert windows(whole.violations, prefix, rules) == broken
            live = streamed(kind, whole, values, groups.sizes, rules=rules, settings=settings)
            assert live == list(whole.violations)


@pytest.mark.parametrize("name", MEANS_CASES)
def test_a_subgroup_summed_up_alone_is_that_of_the_table(spc_cases: Path, name: str) -> None:
    x = table_of(load(spc_cases, name)["data"]["subgroups"])
    ranges, deviations = summarise_all(x, "range"), summarise_all(x, "deviation")
    alone = [summarise(row) for row in x.tolist()]
    assert [one.mean for one in alone] == ranges.means.tolist() == deviations.means.tolist()
    assert [one.range for one in alone] == ranges.spreads.tolist()
    assert [one.deviation for one in alone] == deviations.spreads.tolist()


@pytest.mark.parametrize("name", IMR_CASES)
def test_individuals_and_moving_ranges(spc_cases: Path, name: str) -> None:
    case = load(spc_cases, name)
    expected, rel = case["expected"], case["rel_tol"]
    x, settings = np.array(case["data"]["x"]), Settings(width=width_of(case))
    more = {"chosen": chosen_of(case), "settings": settings}
    for preset, broken in expected["i"]["violations"].items():
        rules, prefix = PRESETS[preset]
        i = chart_series("i", x, **more, rules=rules)
        same_block(i, i.baseline.sigma, expected["i"], rel)
        assert windows(i.violations, prefix, rules) == broken
        assert streamed("i", i, x, None, rules=rules, settings=settings) == list(i.violations)
    mr = chart_series("mr", x, **more)
    assert mr.center[0] == pytest.approx(expected["mr"]["center"], rel=rel)
    assert (mr.upper[0], or_zero(mr.lower)[0]) == pytest.approx((expected["mr"]["ucl"], expected["mr"]["lcl"]), rel=rel)
    first = expected["mr"]["first_mr_belongs_to_point"]
    assert np.isnan(mr.statistics[: first - 1]).all()
    assert mr.statistics[first - 1 :].tolist() == pytest.approx(expected["mr"]["statistics"], rel=rel)
    assert {"rule1": mr.violations.of(1).tolist()} == expected["mr"]["violations"]
    assert len(mr.violations) == len(expected["mr"]["violations"]["rule1"])
    assert streamed("mr", mr, x, None, settings=settings) == list(mr.violations)
    first, last = case["params"].get("phase1", (1, x.size))
    part = x[first - 1 : last]
    assert np.std(part - mean_of(part), ddof=1) == pytest.approx(expected["sigma_overall"], rel=rel)


@pytest.mark.parametrize("name", COUNT_CASES)
def test_counts(spc_cases: Path, name: str) -> None:
    case = load(spc_cases, name)
    expected, rel, kind = case["expected"], case["rel_tol"], case["chart"]
    counts = np.array(case["data"]["count"], float)
    sizes = None if case["data"].get("size") is None else np.array(case["data"]["size"], float)
    settings = Settings(width=width_of(case))
    for preset, broken in expected["violations"].items():
        rules, prefix = PRESETS[preset]
        series = chart_series(kind, counts, sizes, chosen=chosen_of(case), settings=settings, rules=rules)
        same_block(series, series.baseline.sigma if kind == "u" else series.error[0], expected, rel)
        assert windows(series.violations, prefix, rules) == broken
        assert streamed(kind, series, counts, sizes, rules=rules, settings=settings) == list(series.violations)


@pytest.mark.parametrize("name", LANEY_CASES)
def test_fractions_that_vary_more_than_their_counts_say(spc_cases: Path, name: str) -> None:
    case = load(spc_cases, name)
    expected, rel, kind = case["expected"], case["rel_tol"], case["chart"]
    counts, sizes = np.array(case["data"]["count"], float), np.array(case["data"]["size"], float)
    settings = Settings(width=width_of(case))
    series = chart_series(kind, counts, sizes, settings=settings)
    assert series.baseline.inflation == pytest.approx(expected["sigma_z"], rel=rel)
    assert (series.z * series.baseline.inflation).tolist() == pytest.approx(expected["z"], rel=rel)
    same_block(series, 0.0, {"sigma": 0.0, **expected}, rel)
    assert series.violations.of(1).tolist() == expected["violations"]["rule1"]
    assert streamed(kind, series, counts, sizes, settings=settings) == list(series.violations)


def with_memory(case: Case, settings: Settings) -> tuple[ChartSeries, Floats, Floats]:
    """The series, its values and their sizes, of single readings or of subgroups."""
    data, params, kind = case["data"], case["params"], case["chart"]
    if "x" in data:
        x = np.array(data["x"])
        baseline = Baseline(params["center"], params["sigma"], 0)
        return chart_series(kind, x, baseline=baseline, settings=settings), x, np.ones(x.size)
    groups = summarise_all(table_of(data["subgroups"]), "range")
    assert groups.sizes[0] == params["subgroup_size"]
    more = {"chosen": chosen_of(case), "settings": settings}
    return chart_series(kind, groups.means, groups.sizes, groups.spreads, **more), groups.means, groups.sizes


@pytest.mark.parametrize("name", EWMA_CASES)
def test_exponentially_weighted_means(spc_cases: Path, name: str) -> None:
    case = load(spc_cases, name)
    expected, rel, params = case["expected"], case["rel_tol"], case["params"]
    settings = Settings(width=params["L"], weight=params["lambda"], sigma_method=params.get("sigma_method"))
    series, values, sizes = with_memory(case, settings)
    assert series.statistics.tolist() == pytest.approx(expected["ewma"], rel=rel)
    assert series.error.tolist() == pytest.approx(expected["sigma_z"], rel=rel)
    assert series.lower.tolist() == pytest.approx(expected["lcl"], rel=rel)
    assert series.upper.tolist() == pytest.approx(expected["ucl"], rel=rel)
    assert series.violations.of(1).tolist() == expected["violations"]
    assert streamed("ewma", series, values, sizes, settings=settings) == list(series.violations)
    same_baseline(series, case)
    if "asymptotic" in expected:
        fixed, _, _ = with_memory(case, Settings(width=params["L"], weight=params["lambda"], exact=False))
        assert fixed.lower.tolist() == pytest.approx([expected["asymptotic"]["lcl"]] * values.size, rel=rel)
        assert fixed.upper.tolist() == pytest.approx([expected["asymptotic"]["ucl"]] * values.size, rel=rel)


@pytest.mark.parametrize("name", CUSUM_CASES)
def test_cumulative_sums(spc_cases: Path, name: str) -> None:
    case = load(spc_cases, name)
    expected, rel, params = case["expected"], case["rel_tol"], case["params"]
    k, h, head = params["k"], params["h"], params["head_start"]
    settings = Settings(slack=k, decision=h, head_start=head, sigma_method=params.get("sigma_method"))
    series, values, sizes = with_memory(case, settings)
    assert series.lower_sums is not None
    up, down = series.statistics, 0.0 - series.lower_sums
    assert up.tolist() == pytest.approx(expected["c_plus_std"], rel=rel, abs=1e-10)
    assert down.tolist() == pytest.approx(expected["c_minus_std"], rel=rel, abs=1e-10)
    if "c_plus" in expected:
        sigma = params["sigma"]
        assert (up * sigma).tolist() == pytest.approx(expected["c_plus"], rel=rel, abs=1e-10)
        assert (down * sigma).tolist() == pytest.approx(expected["c_minus"], rel=rel, abs=1e-10)
    assert (np.flatnonzero(up > series.upper) + 1).tolist() == expected["signal_upper"]
    assert (np.flatnonzero(-down < series.lower) + 1).tolist() == expected["signal_lower"]
    signals = sorted({*expected["signal_upper"], *expected["signal_lower"]})
    assert series.violations.of(1).tolist() == signals
    assert streamed("cusum", series, values, sizes, settings=settings) == list(series.violations)
    same_baseline(series, case)


def same_baseline(series: ChartSeries, case: Case) -> None:
    if "center" in case["expected"]:
        assert series.baseline.mean == pytest.approx(case["expected"]["center"], rel=case["rel_tol"])
        assert series.baseline.sigma == pytest.approx(case["expected"]["sigma"], rel=case["rel_tol"])
