"""Laws of the charts: streaming is batch bit for bit, nothing reaches across, unit and origin change nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inference.spc.chart import ControlChart, Point
from inference.spc.design import KINDS, TIME_WEIGHTED, Settings
from inference.spc.limits import Baseline, Floats, SpcError
from inference.spc.presets import PRESETS, Options, preset
from inference.spc.rules import Rule, RuleViolation
from inference.spc.series import ChartSeries, Chosen, chart_series, subgroup_charts
from inference.spc.stages import staged_series
from inference.spc.subgroup import SIGMA_METHODS, summarise, summarise_all
from inference.spc.violations import Violations

T = TypeVar("T")
FRACTIONS = ("p", "np", "laney_p")
COUNTS = (*FRACTIONS, "c", "u", "laney_u", "g")
MEASURED = tuple(kind for kind in KINDS if kind not in COUNTS)
SYMMETRIC = ("xbar", "i", "ma", "ewma", "cusum")

NUMBERS = st.one_of(
    st.integers(-3, 3).map(float),
    st.floats(-1e6, 1e6),
    st.integers(-5, 5).map(lambda k: 1e9 + k * 1e-3),
    st.sampled_from([math.nan, 0.0, -0.0, math.inf]),
)
OPTIONS = st.builds(
    Options,
    nsigma=st.sampled_from([1.5, 3.0]),
    run=st.sampled_from([None, 2, 5]),
    beyond_limit_counts=st.booleans(),
    last_must_be_beyond=st.booleans(),
    on_line=st.booleans(),
    both_sides=st.sampled_from([None, True, False]),
)
RULES = st.builds(preset, st.sampled_from(PRESETS), st.lists(st.integers(1, 8), max_size=8), OPTIONS)
SETTINGS = st.builds(
    Settings,
    width=st.sampled_from([1.0, 2.962, 3.0]),
    weight=st.sampled_from([0.05, 0.2, 1.0]),
    exact=st.booleans(),
    slack=st.sampled_from([0.0, 0.5]),
    decision=st.sampled_from([2.0, 5.0]),
    head_start=st.sampled_from([0.0, 1.0]),
    span=st.integers(2, 4),
)


class Record(NamedTuple):
    """What a station might have seen of one chart. All arrays have shape [n]."""

    kind: str
    values: Floats
    sizes: Floats
    spreads: Floats
    chosen: Chosen


@st.composite
def records(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS, most: int = 40) -> Record:
    """Readings with ties, gaps and sizes that vary, points that a person excluded, and breaks."""
    kind, n = draw(st.sampled_from(kinds)), draw(st.integers(1, most))
    sizes = [draw(st.sampled_from([1.0, 2.0, 5.0, 0.0, 0.5]))] * n
    if draw(st.booleans()):
        sizes = draw(st.lists(st.sampled_from([1.0, 2.0, 5.0, 0.0, 100.0]), min_size=n, max_size=n))
    number = {True: st.sampled_from([0.0, 1.0, 2.0, 5.0, math.nan]), False: NUMBERS}[kind in COUNTS]
    values = np.array(draw(st.lists(number, min_size=n, max_size=n)))
    if kind in FRACTIONS:
        values = np.minimum(values, sizes)
    if kind in {"r", "s"}:
        values = np.abs(values)
    spreads = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5, math.nan]), min_size=n, max_size=n))
    marks = draw(st.lists(st.booleans(), min_size=n, max_size=n)) if draw(st.booleans()) else None
    breaks = draw(st.sets(st.integers(1, n), max_size=3))
    excluded = None if marks is None else np.array(marks)
    return Record(kind, values, np.array(sizes), np.array(spreads), Chosen(excluded=excluded, breaks=tuple(breaks)))


@st.composite
def baselines(draw: st.DrawFn, kind: str) -> Baseline:
    mean = draw(st.sampled_from([0.0, 0.1, 0.5, 1.0]) if kind in FRACTIONS else st.floats(0, 10))
    sigma = (
        draw(st.sampled_from([1.0, 0.25, 1e-3, 1e6])) if kind == "cusum" else draw(st.sampled_from([0.0, 1.0, 1e-3]))
    )
    spread = draw(st.sampled_from([None, 1.0])) if kind in {"r", "s"} else None
    return Baseline(mean, sigma, 20, spread, draw(st.sampled_from([0.0, 1.0, 2.5])) if "laney" in kind else 1.0)


def live(chart: ControlChart, record: Record) -> list[Point]:
    """The record a point at a time."""
    points = list[Point]()
    for number, (value, size, spread) in enumerate(zip(*map(list, record[1:4]), strict=True), 1):
        if number in record.chosen.breaks:
            chart.interrupt()
        if record.chosen.excluded is not None and record.chosen.excluded[number - 1]:
            points.append(chart.leave_out(value, size))
        else:
            points.append(chart.add(value, size, spread))
    return points


def column(numbers: list[float | None]) -> Floats:
    return np.array([math.nan if number is None else number for number in numbers])


def same(these: Floats, those: Floats) -> bool:
    return np.array_equal(these, those, equal_nan=True)


@given(st.data(), records(), RULES, SETTINGS)
def test_a_live_chart_gives_the_points_of_the_whole_series_bit_for_bit(
    data: st.DataObject, record: Record, rules: tuple[Rule, ...], settings: Settings
) -> None:
    kind, values, sizes, _, chosen = record
    baseline = data.draw(baselines(kind))
    whole = chart_series(kind, values, sizes, baseline=baseline, chosen=chosen, rules=rules, settings=settings)
    points = live(ControlChart(kind, baseline, rules=rules, settings=settings), record)
    assert same(column([point.value for point in points]), whole.statistics)
    assert same(column([point.z for point in points]), whole.z)
    assert [v for point in points for v in point.violations] == list(whole.violations)
    for name in ("center", "error", "lower", "upper"):
        shown = [(n, getattr(point.limits, name)) for n, point in enumerate(points) if point.limits]
        assert same(column([at for _, at in shown]), getattr(whole, name)[[n for n, _ in shown]])
    if kind == "cusum":
        assert whole.lower_sums is not None
        assert same(column([point.lower for point in points]), whole.lower_sums)


@given(records(), st.integers(2, 12), st.sampled_from([None, *SIGMA_METHODS]))
def test_limits_learned_live_are_those_of_the_same_points_at_once(record: Record, phase1: int, method: str) -> None:
    kind, values, sizes, spreads, chosen = record
    assume(not (kind in {"r", "s"} and method and ("SD" in method or method == "Sbar/c4") == (kind == "r")))
    settings = Settings(sigma_method=method)  # type: ignore[arg-type]
    chart = ControlChart(kind, phase1=phase1, settings=settings)
    points = live(chart, record)
    tested = [point.number for point in points if point.limits]
    if chart.baseline is None:
        assert not tested
        assert chart.phase1_remaining >= 1
        return
    assert chart.phase1_remaining == 0
    ends = (tested[0] if tested else len(points) + 1) - 1
    while ends > 1 and not present(record, ends):  # a gap right after phase I has limits already, or none without size
        ends -= 1
    at_once = chart_series(
        kind, values, sizes, spreads, chosen=replace(chosen, phase1=(1, ends)), settings=settings
    ).baseline
    assert at_once == chart.baseline


def present(record: Record, number: int) -> bool:
    excluded = record.chosen.excluded
    there = math.isfinite(record.values[number - 1]) and record.sizes[number - 1] > 0
    return bool(there and (excluded is None or not excluded[number - 1]))


@given(st.data(), records(), RULES)
def test_a_break_makes_two_charts_of_one(data: st.DataObject, record: Record, rules: tuple[Rule, ...]) -> None:
    kind, values, sizes, _, chosen = record
    baseline = data.draw(baselines(kind))
    at = data.draw(st.integers(1, values.size))
    chosen = replace(chosen, breaks=(at,))
    whole = chart_series(kind, values, sizes, baseline=baseline, chosen=chosen, rules=rules)
    found = list[RuleViolation]()
    for part in (slice(0, at - 1), slice(at - 1, None)):
        marks = None if chosen.excluded is None else chosen.excluded[part]
        alone = chart_series(
            kind, values[part], sizes[part], baseline=baseline, chosen=Chosen(excluded=marks), rules=rules
        )
        assert same(alone.statistics, whole.statistics[part])
        assert same(alone.z, whole.z[part])
        found += alone.violations.moved(part.start)
    assert list(whole.violations) == found


@given(st.data(), records(), RULES)
def test_an_excluded_point_is_a_gap_that_is_drawn(data: st.DataObject, record: Record, rules: tuple[Rule, ...]) -> None:
    kind, values, sizes, _, chosen = record
    baseline = data.draw(baselines(kind))
    marked = chart_series(kind, values, sizes, baseline=baseline, chosen=chosen, rules=rules)
    without = values if chosen.excluded is None else np.where(chosen.excluded, math.nan, values)
    more = {"baseline": baseline, "chosen": replace(chosen, excluded=None), "rules": rules}
    gapped = chart_series(kind, without, sizes, **more)
    assert same(marked.z, gapped.z)
    assert list(marked.violations) == list(gapped.violations)


@given(st.data(), records(kinds=("i", "mr", "xbar", "p", "u", "ewma", "cusum"), most=30), SETTINGS)
def test_stages_are_the_charts_of_their_parts(data: st.DataObject, record: Record, settings: Settings) -> None:
    kind, values, sizes, spreads, chosen = record
    n = values.size
    stages = sorted(data.draw(st.sets(st.integers(2, n), max_size=2))) if n > 1 else []
    borders = [0, *(stage - 1 for stage in stages), n]
    marks, parts = chosen.excluded, list[ChartSeries]()
    with_spreads = spreads if kind == "xbar" else None
    columns = (values, sizes, with_spreads)

    def part_of(a: int, b: int) -> ChartSeries:
        cut = [None if column is None else column[a:b] for column in columns]
        own = Chosen(excluded=None if marks is None else marks[a:b])
        return chart_series(kind, *cut, chosen=own, settings=settings)  # type: ignore[arg-type]

    try:
        parts = [part_of(a, b) for a, b in pairwise(borders)]
    except SpcError:
        with pytest.raises(SpcError):
            staged_series(kind, *columns, stages=stages, excluded=marks, settings=settings)
        return
    whole = staged_series(kind, *columns, stages=stages, excluded=marks, settings=settings)
    for name in ("statistics", "z", "center", "error", "lower", "upper"):
        assert same(getattr(whole, name), np.concatenate([getattr(part, name) for part in parts])), name
    moved = [v for part, a in zip(parts, borders[:-1], strict=True) for v in part.violations.moved(a)]
    assert list(whole.violations) == moved
    assert whole.baseline == parts[-1].baseline
    assert (whole.lower_sums is None) == (kind != "cusum")


VARIED = st.lists(st.integers(-1000, 1000), min_size=4, max_size=60).filter(lambda x: len(set(x)) > 1)


@given(st.sampled_from(SYMMETRIC), VARIED, st.integers(-500, 300), RULES)
def test_a_unit_that_is_a_power_of_two_changes_no_bit(
    kind: str, x: list[int], exponent: int, rules: tuple[Rule, ...]
) -> None:
    scale = 2.0**exponent
    here, there = (chart_series(kind, np.array(x, float) * unit, rules=rules) for unit in (1.0, scale))
    assert there.baseline.sigma == here.baseline.sigma * scale
    assert same(there.z, here.z)
    assert list(there.violations) == list(here.violations)


@given(st.sampled_from(SYMMETRIC), VARIED, RULES)
def test_the_two_sides_are_alike(kind: str, x: list[int], rules: tuple[Rule, ...]) -> None:
    here, there = (chart_series(kind, np.array(x, float) * side, rules=rules) for side in (1.0, -1.0))
    assert same(there.z, -here.z) or kind == "cusum"
    assert sorted(there.violations) == sorted(here.violations)


@given(st.sampled_from(SYMMETRIC), VARIED, st.sampled_from([1e-4, 0.7, 1.0, 3e5]), st.integers(-(10**6), 10**6))
def test_violations_do_not_depend_on_unit_or_origin(kind: str, x: list[int], scale: float, shift: int) -> None:
    here = chart_series(kind, np.array(x, float), rules=preset("nelson", (1, 2, 5, 6, 7, 8)))
    there = chart_series(kind, (np.array(x, float) + shift) * scale, rules=preset("nelson", (1, 2, 5, 6, 7, 8)))
    assert there.baseline.sigma == pytest.approx(here.baseline.sigma * scale, rel=1e-8)
    assert there.z == pytest.approx(here.z, rel=1e-6, abs=1e-6)
    # A point may lie on a line exactly; rounding then decides, so only the clear ones must agree.
    if np.all(np.abs(np.abs(here.z)[:, None] - np.array([0.0, 1.0, 2.0, 3.0])) > 1e-5):
        assert list(there.violations) == list(here.violations)


@given(st.lists(st.lists(NUMBERS, min_size=4, max_size=4), min_size=1, max_size=12), st.integers(1, 4))
def test_a_subgroup_alone_is_that_of_the_table_bit_for_bit(rows: list[list[float]], width: int) -> None:
    x = np.array(rows)[:, :width]
    ranges, deviations = summarise_all(x, "range"), summarise_all(x, "deviation")
    alone = [summarise(row) for row in x.tolist()]
    assert [one.size for one in alone] == ranges.sizes.tolist()
    assert same(column([one.mean for one in alone]), ranges.means)
    assert same(ranges.means, deviations.means)
    assert same(column([one.range for one in alone]), ranges.spreads)
    assert same(column([one.deviation for one in alone]), deviations.spreads)


@given(st.lists(st.lists(st.integers(-9, 9).map(float), min_size=3, max_size=3), min_size=2, max_size=30), RULES)
def test_both_charts_of_subgroups_are_those_of_their_columns(rows: list[list[float]], rules: tuple[Rule, ...]) -> None:
    for spread, kind in (("range", "r"), ("deviation", "s")):
        x = np.array(rows)
        groups = summarise_all(x, spread)  # type: ignore[arg-type]
        means, spreads = subgroup_charts(x, spread, rules=rules)  # type: ignore[arg-type]
        alone = chart_series(kind, groups.spreads, groups.sizes, rules=rules)
        assert same(alone.z, spreads.z)
        assert list(alone.violations) == list(spreads.violations)
        assert means.baseline.sigma == spreads.baseline.sigma
        again = subgroup_charts(x, spread, baselines=(means.baseline, spreads.baseline), rules=rules)  # type: ignore[arg-type]
        assert same(again[0].z, means.z)


ANYTHING = st.floats(allow_nan=True, allow_infinity=True)
SIZES = st.one_of(st.sampled_from([0.0, 1.0, 2.0, 5.0, -1.0, math.nan, math.inf]), st.floats(0, 1e308))


def readings_of(kind: str, x: list[tuple[float, float, float]]) -> tuple[Floats, Floats, Floats]:
    values, sizes, spreads = np.array(x, dtype=float).T
    return (np.abs(values) if kind in COUNTS else values), sizes, np.abs(spreads)


@given(st.sampled_from(KINDS), st.lists(st.tuples(ANYTHING, SIZES, ANYTHING), min_size=1, max_size=20))
def test_whatever_is_read_no_limit_is_ever_not_a_number(kind: str, x: list[tuple[float, float, float]]) -> None:
    values, sizes, spreads = readings_of(kind, x)
    series = unless_refused(lambda: chart_series(kind, values, sizes, spreads))
    if series is not None:
        assert np.isfinite([series.center, series.error, series.upper]).all()
        assert not np.isinf(series.lower).any()
        assert np.isnan(series.z[np.isnan(series.statistics)]).all()
        assert not np.isnan(series.z[~np.isnan(series.statistics)]).any()
    chart = unless_refused(lambda: ControlChart(kind, phase1=2))
    assert chart is not None
    for reading in zip(values.tolist(), sizes.tolist(), spreads.tolist(), strict=True):
        point = unless_refused(lambda reading=reading: chart.add(*reading))
        if point is not None and point.limits is not None:
            assert all(limit is None or math.isfinite(limit) for limit in point.limits)
            assert point.z is None or not math.isnan(point.z)


def unless_refused(work: Callable[[], T]) -> T | None:
    """The result; None where it was refused."""
    with suppress(SpcError):
        return work()
    return None


@given(records(kinds=("i", "p", "xbar"), most=30), RULES)
def test_violations_of_a_rule_are_found_by_its_number(record: Record, rules: tuple[Rule, ...]) -> None:
    kind, values, sizes, _, _ = record
    found = chart_series(kind, values, sizes, baseline=Baseline(0.5, 1.0, 9), rules=rules).violations
    assert isinstance(found, Violations)
    for rule in rules:
        assert found.of(rule.number).tolist() == [v.last for v in found if v.rule == rule.number]
    assert [v.last for v in found] == sorted(v.last for v in found)
    assert kind not in TIME_WEIGHTED
