"""Run lengths against R spc 0.6.7, Champ and Woodall 1987 and published tables, and against simulation.

Of MEWMA with lambda 0.1 and p = 2 out of control, the case's own figures are off by up to 0.3 % (presumably too few
nodes); `test_mewma_out_of_control_agrees_with_simulation` says so without our equations.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.spc.design import Settings
from inference.spc.limits import Baseline
from inference.spc.presets import western_electric
from inference.spc.run_length.cusum import cusum_decision, cusum_run_length
from inference.spc.run_length.ewma import Limits, ewma_run_length, ewma_width
from inference.spc.run_length.mewma import mewma_limit, mewma_run_length
from inference.spc.run_length.rules import run_length
from inference.spc.run_length.shewhart import shewhart_run_length, t2_run_length
from inference.spc.run_length.simulation import simulated_run_length
from inference.spc.run_length.zones import Statistic
from inference.spc.timeweighted import memory_of

Block = dict[str, Any]

COARSE = (0.1, 2)
COARSE_DELTAS = (0.5, 1.0, 3.0)
"""MEWMA (lambda, p) and its shifts whose figures are known to less than the tolerance of the case."""
COARSE_REL = 3e-3
CONVERGED_REL = 1e-6


@pytest.fixture(scope="session")
def case(shared: Path) -> Block:
    return json.loads((shared / "spc_cases" / "arl_exact.json").read_text("utf-8"))


def test_shewhart(case: Block) -> None:
    block = case["expected"]["shewhart_3s"]
    assert shewhart_run_length() == pytest.approx(block["arl0"], rel=1e-12)
    assert [shewhart_run_length(3.0, shift) for shift in block["shift"]] == pytest.approx(block["arl"], rel=1e-10)


@pytest.mark.parametrize(
    ("blocks", "limits"), [("ewma_fixed_limits", "asymptotic"), ("ewma_time_varying_limits", "time_varying")]
)
def test_ewma(case: Block, blocks: str, limits: Limits) -> None:
    for block in case["expected"][blocks]:
        assert block["limits"] == {"asymptotic": "fix", "time_varying": "vacl"}[limits]
        found = [ewma_run_length(block["lambda"], block["L"], shift, limits=limits) for shift in block["shift"]]
        assert found == pytest.approx(block["arl"], rel=CONVERGED_REL)


def test_cusum_two_sided_with_and_without_head_start(case: Block) -> None:
    for block in case["expected"]["cusum"]:
        assert block["sided"] == "two"
        found = [cusum_run_length(block["k"], block["h"], s, head_start=block["head_start"]) for s in block["shift"]]
        assert found == pytest.approx(block["arl"], rel=CONVERGED_REL)


def test_cusum_one_sided(case: Block) -> None:
    for block in case["expected"]["cusum_one_sided"]:
        found = [cusum_run_length(block["k"], block["h"], shift, two_sided=False) for shift in block["shift"]]
        assert found == pytest.approx(block["arl"], rel=CONVERGED_REL)


def test_mewma_and_its_limit(case: Block) -> None:
    for block in case["expected"]["mewma"]:
        weight, p, limit = block["lambda"], block["p"], block["h4"]
        assert mewma_limit(weight, p, block["arl0"]) == pytest.approx(limit, rel=1e-10)
        in_control, *_ = found = [mewma_run_length(weight, limit, p, math.sqrt(delta)) for delta in block["delta"]]
        assert in_control == pytest.approx(block["arl"][0], rel=1e-9)
        for delta, ours, theirs in zip(block["delta"], found, block["arl"], strict=True):
            coarse = (weight, p) == COARSE and delta in COARSE_DELTAS
            assert ours == pytest.approx(theirs, rel=COARSE_REL if coarse else case["rel_tol"]), delta


def test_the_limit_of_the_mewma_chart_of_dowel_pins(shared: Path) -> None:
    dowels = json.loads((shared / "spc_cases" / "mewma_dowel1.json").read_text("utf-8"))
    limit = mewma_limit(dowels["params"]["lambda"], 2, dowels["params"]["arl0"])
    assert limit == pytest.approx(dowels["expected"]["ucl"], rel=dowels["rel_tol"])


def test_t2_with_known_covariance(case: Block) -> None:
    block = case["expected"]["t2_chisq"]
    found = [t2_run_length(block["ucl"], block["p"], delta) for delta in block["delta"]]
    assert found == pytest.approx(block["arl"], rel=1e-9)
    assert found[0] == pytest.approx(1.0 / block["alpha"], rel=1e-9)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("we_rule1", (1,)),
        ("we_1_and_8run", (1, 4)),
        ("we_1_2", (1, 2)),
        ("we_1_2_3", (1, 2, 3)),
        ("we_1_2_3_4", (1, 2, 3, 4)),
    ],
)
def test_run_rules(case: Block, name: str, numbers: tuple[int, ...]) -> None:
    block = case["expected"]["run_rules_champ_woodall_1987"]
    found = run_length("normal", western_electric(numbers), whole_windows=False)
    assert found.exact
    assert found.points == pytest.approx(block[name], abs=block["published_abs_tol"], rel=0.0)


def test_rules_that_wait_for_their_whole_window_speak_later_by_little() -> None:
    assert run_length("normal", western_electric()).points == pytest.approx(91.899, abs=1e-3)


def test_published_designs_are_found_again() -> None:
    # Lucas and Saccucci 1990, table 3; Hawkins 1993, table 1; Montgomery, SQC 7th ed., table 11.3; Rigdon 1995, table 1
    assert ewma_width(0.1, 500.0) == pytest.approx(2.814, abs=1e-3)
    assert ewma_width(0.4, 500.0) == pytest.approx(3.054, abs=1e-3)
    assert cusum_decision(0.5, 370.0) == pytest.approx(4.77, abs=5e-3)
    assert cusum_decision(0.25, 370.0) == pytest.approx(8.01, abs=5e-3)
    assert mewma_limit(0.1, 10, 200.0) == pytest.approx(22.67, abs=0.05)
    assert mewma_limit(0.25, 4, 500.0) == pytest.approx(16.38, abs=0.02)


def within_three_errors(lengths: np.ndarray, expected: float) -> bool:
    return abs(float(lengths.mean()) - expected) <= 3.0 * float(lengths.std(ddof=1)) / math.sqrt(lengths.size)


def simulate(runs: int, start: np.ndarray, step: Any, out: Any, seed: int) -> np.ndarray:
    """Run lengths, [runs], of as many charts side by side; `step` moves states, [n, d], by normal draws, [n, d]."""
    rng = np.random.default_rng(seed)
    states, lengths, shown = np.tile(start, (runs, 1)), list[np.ndarray](), 0
    while states.size:
        states, shown = step(states, rng.standard_normal(states.shape)), shown + 1
        gone = out(states)
        lengths.append(np.full(np.count_nonzero(gone), shown))
        states = states[~gone]
    return np.concatenate(lengths)


@pytest.mark.parametrize(("numbers", "expected"), [((1,), 370.4), ((1, 2, 3, 4), 91.75)])
def test_the_charts_rules_speak_in_control_as_often_as_published(numbers: tuple[int, ...], expected: float) -> None:
    found = simulated_run_length(
        Statistic("normal", 0.0, 1.0, 0.0), western_electric(numbers), runs=20_000, points=40_000_000, seed=1
    )
    assert found.standard_error is not None
    assert found.standard_error < 0.01 * expected
    assert abs(found.points - expected) <= 3.0 * found.standard_error


def test_simulated_ewma_and_cusum_run_as_long_as_calculated() -> None:
    edge = 2.962 * math.sqrt(0.2 / 1.8)
    ewma = simulate(20_000, np.zeros(1), lambda z, x: 0.8 * z + 0.2 * x, lambda z: np.abs(z[:, 0]) > edge, seed=2)
    assert within_three_errors(ewma, 499.7)
    cusum = simulate(
        20_000,
        np.zeros(2),
        lambda c, x: np.maximum(c + x[:, :1] * np.array([1.0, -1.0]) - 0.5, 0.0),
        lambda c: c.max(axis=1) > 5.0,
        seed=3,
    )
    assert within_three_errors(cusum, 465.4)


@pytest.mark.parametrize(
    ("kind", "settings", "expected"),
    [
        ("ewma", Settings(weight=0.2, width=2.962, exact=False), 499.7),
        ("ewma", Settings(weight=0.2, width=2.962, exact=True), 494.4),
        ("cusum", Settings(slack=0.5, decision=5.0), 465.4),
    ],
)
def test_live_charts_with_a_memory_run_as_long_as_calculated(kind: str, settings: Settings, expected: float) -> None:
    chart = memory_of(kind, Baseline(0.0, 1.0, 100), settings)
    draws = iter(np.random.default_rng(4).standard_normal(400_000).tolist())
    lengths = list[int]()
    while len(lengths) < 400:
        chart.restart()
        shown, out = 0, False
        while not out:
            value, limits, lower, _ = chart.add(next(draws), 1.0)
            shown += 1
            assert limits.lower is not None
            out = value > limits.upper or (value if lower is None else lower) < limits.lower
        lengths.append(shown)
    assert within_three_errors(np.array(lengths), expected)


def test_mewma_out_of_control_agrees_with_simulation(case: Block) -> None:
    block = next(b for b in case["expected"]["mewma"] if (b["lambda"], b["p"]) == COARSE)
    shift, limit = np.array([math.sqrt(0.5), 0.0]), block["h4"] * 0.1 / 1.9
    lengths = simulate(
        1_000_000,
        np.zeros(2),
        lambda z, x: 0.9 * z + 0.1 * (x + shift),
        lambda z: np.square(z).sum(axis=1) > limit,
        seed=5,
    )
    assert within_three_errors(lengths, mewma_run_length(0.1, block["h4"], 2, math.sqrt(0.5)))
    assert not within_three_errors(lengths, block["arl"][block["delta"].index(0.5)])
