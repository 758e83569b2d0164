"""Laws of the charts: streaming is batch, gaps cut, shifting and scaling change nothing, odd data never hurt."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.spc.chart import ControlChart, chart_series
from inference.spc.limits import Baseline
from inference.spc.presets import western_electric
from inference.spc.rules import RuleViolation, RunRules, ZoneRule
from inference.spc.violations import find_violations

Z = st.one_of(
    st.floats(-5, 5),
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 1.5, 2.5, -2.5, 3.5, math.inf, -math.inf, math.nan]),
)
SERIES = st.lists(Z, max_size=80)
READINGS = st.lists(st.one_of(st.floats(-1e6, 1e6), st.sampled_from([math.nan, 0.0, 1.0])), min_size=1, max_size=60)
RULES = st.lists(
    st.builds(
        ZoneRule,
        number=st.integers(1, 9),
        needed=st.integers(1, 3),
        window=st.integers(3, 9),
        beyond=st.sampled_from([0.0, 1.0, 2.0]),
        not_beyond=st.sampled_from([3.0, math.inf]),
        last_counts=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda rule: rule.number,
)


def stream(rules: tuple[ZoneRule, ...], series: list[float]) -> list[RuleViolation]:
    engine = RunRules(rules)
    return [v for number, z in enumerate(series, 1) for v in engine.add(number, z)]


@given(SERIES, st.booleans(), st.booleans())
def test_western_electric_rules_stream_as_they_batch(series: list[float], beyond_3: bool, last: bool) -> None:
    rules = western_electric(beyond_3_counts=beyond_3, last_must_be_beyond=last)
    assert stream(rules, series) == list(find_violations(np.array(series), rules))


@given(SERIES, RULES)
def test_rules_of_ones_own_stream_as_they_batch(series: list[float], rules: list[ZoneRule]) -> None:
    assert sorted(stream(tuple(rules), series)) == sorted(find_violations(np.array(series), rules))


@given(SERIES, SERIES)
def test_nothing_reaches_across_a_gap(before: list[float], after: list[float]) -> None:
    joined = stream(western_electric(), [*before, math.nan, *after])
    offset = len(before) + 1
    alone = [RuleViolation(v.rule, v.first + offset, v.last + offset) for v in stream(western_electric(), after)]
    assert joined == stream(western_electric(), before) + alone


@given(SERIES)
def test_the_sides_are_alike(series: list[float]) -> None:
    rules = western_electric()
    assert stream(rules, series) == stream(rules, [-z for z in series])


@given(st.sampled_from(["i", "mr"]), READINGS, st.floats(-10, 10), st.floats(0, 10))
def test_a_live_chart_gives_the_points_of_the_whole_series(
    kind: str, x: list[float], mean: float, sigma: float
) -> None:
    baseline = Baseline(mean, sigma, 20)
    whole = chart_series(kind, np.array(x), baseline=baseline)
    chart = ControlChart(kind, baseline)
    points = [chart.add(value) for value in x]
    assert [math.nan if p.value is None else p.value for p in points] == pytest.approx(whole.statistics, nan_ok=True)
    assert [math.nan if p.z is None else p.z for p in points] == pytest.approx(whole.z, nan_ok=True)
    assert [v for p in points for v in p.violations] == list(whole.violations)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=60), st.floats(0, 1))
def test_a_live_p_chart_gives_the_points_of_the_whole_series(pieces: list[tuple[int, int]], p: float) -> None:
    pieces = [(min(count, size), size) for count, size in pieces]
    counts, sizes = np.array(pieces, dtype=float).T
    baseline = Baseline(p, 0.0, 20)
    whole = chart_series("p", counts, sizes, baseline=baseline)
    chart = ControlChart("p", baseline)
    points = [chart.add(*reading) for reading in pieces]
    for point, limits in zip(points, whole.limits, strict=True):
        assert point.limits == (limits if point.size else None)
        assert 0.0 <= or_zero(limits.lower) <= limits.center <= limits.upper <= 1.0
    assert [v for point in points for v in point.violations] == list(whole.violations)


def or_zero(lower: float | None) -> float:
    return 0.0 if lower is None else lower


@given(st.sampled_from(["i", "mr"]), READINGS, st.integers(2, 20))
def test_limits_estimated_live_are_those_of_the_first_readings(kind: str, x: list[float], phase1: int) -> None:
    chart = ControlChart(kind, phase1=phase1)
    points = [chart.add(value) for value in x]
    tested = next((n for n, point in enumerate(points) if point.limits), None)
    if tested is None:
        return
    learnt = [n for n in range(len(x)) if not math.isnan(x[n])]
    ends = next(n for n in learnt if n < tested and chart_frozen_at(kind, x[: n + 1], phase1))
    assert chart.baseline == chart_series(kind, np.array(x), phase1=(1, ends + 1)).baseline
    assert all(not point.violations for point in points[: ends + 1])


def chart_frozen_at(kind: str, x: list[float], phase1: int) -> bool:
    chart = ControlChart(kind, phase1=phase1)
    for value in x:
        chart.add(value)
    return chart.baseline is not None


@given(
    st.lists(st.integers(-1000, 1000), min_size=4, max_size=60),
    st.integers(-8, 8).map(lambda e: 2.0**e),
    st.integers(-(10**6), 10**6),
)
def test_violations_do_not_depend_on_unit_or_origin(x: list[int], scale: float, shift: int) -> None:
    here = chart_series("i", np.array(x, float))
    there = chart_series("i", (np.array(x, float) + shift) * scale)
    assert there.baseline.sigma == pytest.approx(here.baseline.sigma * scale, rel=1e-12)
    # A point may lie on a line exactly; rounding then decides, so only the clear ones must agree.
    clear = np.all(np.abs(np.abs(here.z)[:, None] - np.array([0.0, 1.0, 2.0, 3.0])) > 1e-6)
    if clear or here.baseline.sigma == 0.0:
        assert there.violations == here.violations


@given(st.sampled_from(["i", "mr", "p"]), st.lists(st.floats(allow_nan=True, width=32), max_size=40), st.integers(0, 3))
def test_no_reading_whatever_makes_a_limit_that_is_not_a_number(kind: str, x: list[float], size: int) -> None:
    chart = ControlChart(kind, phase1=3)
    for value in x:
        usable = min(abs(value), size) if kind == "p" and math.isfinite(value) else value
        point = chart.add(usable, size if kind == "p" else 1)
        if point.limits:
            assert math.isfinite(point.limits.center)
            assert math.isfinite(point.limits.upper)
            assert point.limits.lower is None or math.isfinite(point.limits.lower)
        assert point.z is None or not math.isnan(point.z)
