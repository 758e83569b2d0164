"""Run lengths of the library's own charts in control, simulated, beside the exact figures.

One long series is cut into runs: a run ends at a violation, and the next begins anew behind it. The mean run length
must lie within three standard errors of the published figure.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from inference.spc.chart import ControlChart
from inference.spc.design import Settings
from inference.spc.limits import Baseline, Floats
from inference.spc.presets import western_electric
from inference.spc.rules import Rule
from inference.spc.series import chart_series
from inference.spc.timeweighted import memory_of, run_through
from inference.spc.violations import find_violations

STANDARD = Baseline(0.0, 1.0, 10**9)
PART = 250
"""Points that a chart with a memory is run through at a time."""


@pytest.fixture(scope="session")
def exact(shared: Path) -> dict[str, float]:
    case = json.loads((shared / "spc_cases" / "arl_exact.json").read_text("utf-8"))["expected"]
    ewma = next(e for e in case["ewma_fixed_limits"] if (e["lambda"], e["L"]) == (0.2, 2.962))
    cusum = next(c for c in case["cusum"] if (c["k"], c["h"], c["head_start"]) == (0.5, 5, 0))
    return {
        "shewhart": case["shewhart_3s"]["arl0"],
        "ewma": ewma["arl"][ewma["shift"].index(0)],
        "cusum": cusum["arl"][cusum["shift"].index(0)],
        **case["run_rules_champ_woodall_1987"],
    }


def noise(seed: int, n: int) -> Floats:
    return np.random.default_rng(seed).standard_normal(n)


def lengths_by_rules(z: Floats, rules: tuple[Rule, ...]) -> list[int]:
    """Runs up to a rule's first violation; whatever a rule looks back on begins anew behind it.

    The violations of the whole series are found once. A rule speaks only of whole windows, so a run that begins behind
    point k is ended by the first window that lies behind k altogether.
    """
    found = find_violations(z, rules)
    windows = np.zeros(9, dtype=np.int64)
    for rule in rules:
        windows[rule.number] = rule.window
    begins = found.last - windows[found.rule] + 1
    lengths, behind = list[int](), 0
    for begin, last in zip(begins.tolist(), found.last.tolist(), strict=True):
        if begin > behind and last > behind:
            lengths.append(last - behind)
            behind = last
    return lengths


def lengths_live(chart: ControlChart, x: Floats) -> list[int]:
    """Runs up to a violation of a live chart that is begun anew behind it."""
    lengths, behind = list[int](), 0
    for value in x.tolist():
        point = chart.add(value)
        if point.violations:
            lengths.append(point.number - behind)
            behind = point.number
            chart.interrupt()
    return lengths


def within_three_standard_errors(lengths: list[int], expected: float) -> None:
    runs = np.array(lengths, dtype=np.float64)
    error = float(runs.std(ddof=1)) / math.sqrt(runs.size)
    assert error < 0.025 * expected, "too few runs to say anything"
    assert abs(float(runs.mean()) - expected) < 3.0 * error


def test_a_chart_of_three_sigma(exact: dict[str, float]) -> None:
    series = chart_series("i", noise(1, 8_000_000), baseline=STANDARD, rules=western_electric((1,)))
    lengths = np.diff(series.violations.last, prepend=0).tolist()
    within_three_standard_errors(lengths, exact["shewhart"])


@pytest.mark.parametrize(
    ("numbers", "name"),
    [((1, 2), "we_1_2"), ((1, 2, 3), "we_1_2_3"), ((1, 2, 3, 4), "we_1_2_3_4"), ((1, 4), "we_1_and_8run")],
)
def test_western_electric_rules(exact: dict[str, float], numbers: tuple[int, ...], name: str) -> None:
    lengths = lengths_by_rules(noise(2, 4_000_000), western_electric(numbers))
    within_three_standard_errors(lengths, exact[name])


def test_western_electric_rules_on_a_live_chart(exact: dict[str, float]) -> None:
    lengths = lengths_live(ControlChart("i", STANDARD, rules=western_electric()), noise(3, 600_000))
    within_three_standard_errors(lengths, exact["we_1_2_3_4"])


def test_an_ewma_run_through_at_once(exact: dict[str, float]) -> None:
    x = noise(4, 1_800_000)
    memory = memory_of("ewma", STANDARD, Settings(weight=0.2, width=2.962, exact=False))
    lengths, behind, at = list[int](), 0, 0
    while at < x.size:
        part = x[at : at + PART]
        run = run_through(memory, part, np.ones(part.size), np.zeros(part.size, dtype=np.bool_), ())
        out = np.flatnonzero((run.statistics > run.upper) | (run.statistics < run.lower))
        at += int(out[0]) + 1 if out.size else part.size
        if out.size:
            lengths.append(at - behind)
            behind = at
            memory.restart()
    within_three_standard_errors(lengths, exact["ewma"])


def test_a_cusum_on_a_live_chart(exact: dict[str, float]) -> None:
    lengths = lengths_live(
        ControlChart("cusum", STANDARD, settings=Settings(slack=0.5, decision=5.0)), noise(5, 1_500_000)
    )
    within_three_standard_errors(lengths, exact["cusum"])
