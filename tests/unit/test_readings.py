"""From parts to readings: every kind of chart, where subgroups end, which cavity a part is of, what is a gap."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from inference.chart_plan import COUNTED, KINDS, SUMMED, Cavities, ChartPlan
from inference.pipeline.monitor import SpcMonitor
from inference.pipeline.ports import Observation
from inference.pipeline.snapshot import ChartSnapshot
from inference.spc.limits import Floats, SpcError
from inference.spc.series import ChartSeries, Chosen, chart_series
from tests.unit.chart_parts import part

PHASE1 = 8


def parts(count: int) -> list[Observation]:
    rng = np.random.default_rng(3)
    verdicts = rng.choice(["OK", "OK", "NOT_OK", "NOT_DECIDABLE"], count)
    return [
        replace(
            part(seq, str(verdicts[seq - 1]), float(rng.random()), bore=float(rng.normal(25, 0.01))),
            defects=int(rng.integers(4)),
            threshold=0.5,
            duration_ms=float(rng.gamma(9.0)),
        )
        for seq in range(1, count + 1)
    ]


def shown(plan: ChartPlan, seen: list[Observation], cavities: Cavities | None = None) -> tuple[ChartSnapshot, ...]:
    monitor = SpcMonitor((plan,), cavities=cavities)
    monitor.replay(seen)
    return monitor.snapshot()


def plan_of(kind: str) -> ChartPlan:
    name = "defects" if kind in {"c", "u", "laney_u"} else "reject" if kind in COUNTED | {"g"} else "bore"
    return ChartPlan(kind=kind, characteristic=name, subgroup=4 if kind in COUNTED | SUMMED else 1, phase1=PHASE1)


def whole(kind: str, seen: list[Observation]) -> ChartSeries:
    """The same chart by the mathematics of whole series, grouped by hand."""
    values, sizes, spreads = by_hand(kind, seen)
    there = ~np.isnan(values) & (sizes > 0) if kind not in {"r", "s"} else sizes > 1
    last = int(np.flatnonzero(there)[PHASE1 - 1]) + 1
    return chart_series(kind, values, sizes, spreads, chosen=Chosen(phase1=(1, last)))


def by_hand(kind: str, seen: list[Observation]) -> tuple[Floats, Floats, Floats | None]:
    decided = np.array([o.verdict != "NOT_DECIDABLE" for o in seen])
    bad, defects = np.array([o.verdict == "NOT_OK" for o in seen]), np.array([float(o.defects) for o in seen])
    bore = np.array([o.values["bore"] for o in seen])
    if kind == "g":
        gaps = np.diff(np.flatnonzero(bad[decided])) - 1.0
        return gaps, np.ones(gaps.size), None
    if kind == "c":
        return np.where(decided, defects, np.nan), np.ones(bore.size), None
    if kind in COUNTED:
        counted = np.where(decided, defects if kind in {"u", "laney_u"} else bad, 0.0)
        return counted.reshape(-1, 4).sum(1), decided.reshape(-1, 4).sum(1).astype(float), None
    if kind not in SUMMED:
        return bore, np.ones(bore.size), None
    rows = bore.reshape(-1, 4)
    values = {"xbar": rows.mean(1), "r": np.ptp(rows, axis=1), "s": rows.std(1, ddof=1)}[kind]
    return values, np.full(len(rows), 4.0), np.ptp(rows, axis=1) if kind == "xbar" else None


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_chart_shows_live_what_the_whole_series_gives(kind: str) -> None:
    seen = parts(240)
    (live,), series = shown(plan_of(kind), seen), whole(kind, seen)
    (tested,) = np.nonzero(~np.isnan(live.center))
    assert tested.size > 10
    close = {"rtol": 1e-9, "equal_nan": True}
    if kind not in {"ma", "ewma", "cusum"}:  # these begin with the baseline, the series with the first point
        assert np.allclose(live.values, series.statistics, **close)
        assert [(v.at + 1, v.rules) for v in live.violations] == by_point(series, int(tested[0]))
    for name, column in (("center", series.center), ("lcl", series.lower), ("ucl", series.upper)):
        assert np.allclose(getattr(live, name)[tested[-1]], column[-1], **close), name
    assert (live.kind, live.phase1_remaining, live.baseline_version) == (kind, 0, 1)
    assert (live.lower_values is not None) == (kind == "cusum")


def by_point(series: ChartSeries, first: int) -> list[tuple[int, tuple[int, ...]]]:
    """(point, rules) of points that break a rule all of whose points came after phase I."""
    table: dict[int, tuple[int, ...]] = {}
    for violation in series.violations:
        if violation.first > first:
            table[violation.last] = (*table.get(violation.last, ()), violation.rule)
    return sorted(table.items())


@pytest.mark.parametrize("kind", ["ma", "ewma", "cusum"])
def test_charts_with_a_memory_begin_with_their_baseline(kind: str) -> None:
    seen = parts(60)
    (live,) = shown(plan_of(kind), seen)
    values = np.array([o.values["bore"] for o in seen])
    known = whole(kind, seen).baseline
    series = chart_series(kind, values[PHASE1:], baseline=known)
    assert np.isnan(live.values[:PHASE1]).all()
    assert np.allclose(live.values[PHASE1:], series.statistics, rtol=1e-12)
    assert np.allclose(live.ucl[PHASE1:], series.upper, rtol=1e-12)


def test_borderline_parts_are_those_near_their_threshold() -> None:
    plan = ChartPlan(kind="np", characteristic="borderline", subgroup=6)
    scores = [0.3, 0.34, 0.5, 0.74, 0.76, None]
    seen = [replace(part(n, score=score), threshold=0.5) for n, score in enumerate(scores, 1)]
    (chart,) = shown(plan, seen)
    assert (chart.values.tolist(), chart.sizes.tolist()) == ([3.0], [5])
    (none,) = shown(plan, [part(n) for n in range(1, 7)])
    assert np.isnan(none.values).all(), "without a threshold nothing is borderline"


def test_defects_of_a_part_that_was_not_decided_are_no_count() -> None:
    seen = [replace(part(n, v), defects=n) for n, v in enumerate(("NOT_OK", "NOT_DECIDABLE", "OK"), 1)]
    (each,) = shown(ChartPlan(kind="c", characteristic="defects"), seen)
    assert np.array_equal(each.values, [1.0, math.nan, 3.0], equal_nan=True)
    (rate,) = shown(ChartPlan(kind="u", characteristic="defects", subgroup=3), seen)
    assert (rate.values.tolist(), rate.sizes.tolist()) == ([2.0], [2])


@pytest.mark.parametrize(("short", "value"), [("plot", 1.5), ("gap", math.nan)])
def test_a_subgroup_cut_short_is_a_point_of_its_own_size_or_a_gap(short: str, value: float) -> None:
    plan = ChartPlan(kind="xbar", characteristic="bore", subgroup=4, short=short)  # type: ignore[arg-type]
    (chart,) = shown(plan, [part(1, bore=1.0), part(2, bore=2.0), *(part(n, bore=3.0) for n in range(9, 13))])
    assert np.array_equal(chart.values, [value, 3.0], equal_nan=True)
    assert (chart.sizes.tolist(), chart.seqs.tolist()) == ([2, 4], [2, 12])


def test_parts_without_a_value_make_a_whole_subgroup_smaller_and_not_short() -> None:
    plan = ChartPlan(kind="r", characteristic="bore", subgroup=3, short="gap")
    seen = [part(1, bore=1.0), part(2), part(3, bore=4.0), part(4, bore=1.0), part(5), part(6, bore=math.nan)]
    (chart,) = shown(plan, seen)
    assert np.array_equal(chart.values, [3.0, math.nan], equal_nan=True)
    assert chart.sizes.tolist() == [2, 1]


@pytest.mark.parametrize("kind", ["i", "mr", "xbar", "ewma", "cusum"])
def test_a_value_that_no_chart_can_calculate_with_is_a_gap_and_stops_nothing(kind: str) -> None:
    plan = plan_of(kind).model_copy(update={"subgroup": 2})
    seen = [part(n, bore=value) for n, value in enumerate([1e101, -math.inf, 1.0, 2.0, math.nan, 1e300] * 4, 1)]
    (chart,) = shown(plan, seen)
    assert np.nanmax(np.abs(chart.values), initial=0.0) < 3


# --- parts between two that have it


def test_a_g_chart_counts_the_parts_between_rejects_and_begins_with_the_first() -> None:
    plan = ChartPlan(kind="g", characteristic="reject", phase1=2)
    verdicts = ["OK", "NOT_OK", "OK", "NOT_DECIDABLE", "OK", "NOT_OK", "NOT_OK", "OK", "NOT_OK"]
    (chart,) = shown(plan, [part(n, v) for n, v in enumerate(verdicts, 1)])
    assert (chart.values.tolist(), chart.seqs.tolist()) == ([2.0, 0.0, 1.0], [6, 7, 9])
    assert (chart.first_number, chart.subgroup, chart.baseline_version) == (1, 1, 1)


def test_a_g_chart_s_count_goes_on_while_another_recipe_runs() -> None:
    plan = ChartPlan(kind="g", characteristic="reject")
    (chart,) = shown(plan, [part(1, "NOT_OK"), part(2), part(90), part(91, "NOT_OK")])
    assert chart.values.tolist() == [2.0]


# --- cavities

AB = Cavities(names=("A", "B"))
SERIALS = Cavities(names=("A", "B"), serial_pattern=r"^\d+-([A-Z])$")
BY_CAVITY = ChartPlan(kind="mr", characteristic="bore", by="cavity")


def test_cavities_take_turns_by_sequence_number() -> None:
    first, second = shown(BY_CAVITY, [part(n, bore=float(n)) for n in range(2, 8)], AB)
    assert (first.key, first.cavity, first.seqs.tolist()) == ("mr:bore#A", "A", [3, 5, 7])
    assert second.seqs.tolist() == [2, 4, 6]
    assert first.values[1:].tolist() == [2.0, 2.0], "no break between the parts of one cavity"


def test_a_jump_of_the_sequence_breaks_every_cavity_once() -> None:
    seqs = [1, 2, 3, 4, 11, 12, 13, 14]
    for chart in shown(BY_CAVITY, [part(n, bore=float(n)) for n in seqs], AB):
        assert np.array_equal(np.isnan(chart.values), [True, False, True, False])


def test_cavities_are_found_in_the_serial_and_strangers_have_none() -> None:
    serials = ["1-A", "2-A", "3-B", "", "5-Z", "6-A", "7-B"]
    seen = [replace(part(n, bore=float(n)), serial=serial) for n, serial in enumerate(serials, 1)]
    first, second = shown(BY_CAVITY, seen, SERIALS)
    assert (first.seqs.tolist(), second.seqs.tolist()) == ([1, 2, 6], [3, 7])
    assert first.values[1:].tolist() == [1.0, 4.0]
    (every,) = shown(BY_CAVITY.model_copy(update={"by": ""}), seen, SERIALS)
    assert every.seqs.size == 7


def test_a_subgroup_of_a_cavity_holds_so_many_parts_of_it_and_closes_with_the_last() -> None:
    plan = ChartPlan(kind="xbar", characteristic="bore", subgroup=3, by="cavity", short="gap")
    first, second = shown(plan, [part(n, bore=float(n)) for n in range(1, 12)], AB)
    assert (first.values.tolist(), first.seqs.tolist(), first.sizes.tolist()) == ([3.0, 9.0], [5, 11], [3, 3])
    assert (second.values.tolist(), second.seqs.tolist()) == ([4.0], [6])


def test_a_cavity_s_subgroups_by_serial_end_with_their_stretch_of_parts() -> None:
    plan = ChartPlan(kind="p", characteristic="reject", subgroup=2, by="cavity")
    serials = ["1-A", "2-A", "3-A", "4-B", "5-A", "6-B"]
    seen = [replace(part(n), serial=serial) for n, serial in enumerate(serials, 1)]
    first, second = shown(plan, seen, SERIALS)
    assert (first.sizes.tolist(), first.seqs.tolist()) == ([3], [3])
    assert (second.sizes.tolist(), second.seqs.tolist()) == ([1], [4])


def test_a_jump_breaks_a_cavity_s_subgroups_after_the_one_it_cut_short() -> None:
    plan = ChartPlan(kind="xbar", characteristic="bore", subgroup=2, by="cavity", rules=(4,), phase1=2)
    runs = [*range(1, 21), *range(101, 121)]
    first, _ = shown(plan, [part(n, bore=1.0 + (n in {1, 3} or n > 20)) for n in runs], AB)
    assert first.seqs.tolist() == [3, 7, 11, 15, 19, 103, 107, 111, 115, 119]
    assert first.violations == (), "a run of 8 would need points on both sides of the jump"


@pytest.mark.parametrize("first", [2, 3, 4, 5, 6, 7])
def test_a_record_that_begins_within_a_subgroup_leaves_it_out(first: int) -> None:
    plan = ChartPlan(kind="xbar", characteristic="bore", subgroup=3, by="cavity")
    seen = [part(n, bore=float(n)) for n in range(1, 19)]
    everything = shown(plan, seen, AB)
    monitor = SpcMonitor((plan,), cavities=AB)
    monitor.replay(seen[first - 1 :], truncated=True)
    for chart, all_of_it in zip(monitor.snapshot(), everything, strict=True):
        assert chart.values.tolist() == all_of_it.values[-chart.values.size :].tolist()
        assert chart.values.size >= 2


# --- what cannot be charted


@pytest.mark.parametrize(
    ("kind", "characteristic", "sentence"),
    [
        ("p", "bore", "a p chart counts reject or not_decidable or borderline, not 'bore'"),
        ("np", "defects", "a np chart counts reject"),
        ("g", "score", "a g chart counts reject"),
        ("u", "score", "a u chart counts reject or not_decidable or borderline or defects, not 'score'"),
        ("c", "bore", "a c chart counts defects, not 'bore'"),
        ("i", "reject", "a chart of kind i takes a value of each part, and 'reject' is counted in subgroups"),
    ],
)
def test_a_characteristic_that_a_kind_cannot_take_is_refused(kind: str, characteristic: str, sentence: str) -> None:
    with pytest.raises(SpcError, match=sentence):
        SpcMonitor((ChartPlan(kind=kind, characteristic=characteristic, subgroup=2),))  # type: ignore[arg-type]
