"""Charts of the recorded process out of a real record: selected, split, with people's marks, and read."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from hmi.station.history_analysis import NoCapability, analyse, false_alarms, histogram
from hmi.station.history_charts import HistoryChart, charts_of, decisions_of
from hmi.station.history_query import (
    ChartSelection,
    ChartWish,
    LimitsFrom,
    SelectedParts,
    Split,
    known_characteristics,
    select,
)
from hmi.station.shifts import ShiftPlan
from inference.chart_plan import Cavities, ChartBaseline, ChartPlan
from inference.inspection import Measurement, Verdict, ViewResult
from inference.pipeline.decisions import DecisionKind
from inference.spc.limits import SpcError
from storage.counts import CharacteristicInfo
from storage.errors import ReadingCancelled
from storage.filters import Filters
from storage.history import History
from tests.unit.history_parts import labels, series_of
from tests.unit.storage_parts import START, decision, filled, job, journal, part, stamp, started

BORE = ChartPlan(kind="i", characteristic="bore", phase1=5)
INFO = CharacteristicInfo("bore", "mm", 24.9, 25.1, 10)


def only(selected: SelectedParts, wish: ChartWish) -> HistoryChart:
    (chart,) = charts_of(selected, wish)
    return chart


def chart_of(values: object, plan: ChartPlan = BORE, **given: object) -> HistoryChart:
    """A chart of these readings, one a part, one a second."""
    values = np.asarray(values, dtype=np.float64)
    nothing = series_of((), plan.characteristic)
    count = len(values)
    plain = labels([""] * count)
    series = replace(
        nothing,
        **dict.fromkeys(("product", "lot", "serial", "recipe", "operator"), plain),
        **{name: np.zeros(count, np.int8) for name in ("machine", "verdict")},
        **{name: np.zeros(count) for name in ("score", "duration_ms")},
        seq=np.arange(1, count + 1),
        utc_s=START.timestamp() + np.arange(count),
        value=values,
    )
    selected = SelectedParts(series, (), INFO, cut_before=False, open_after=False, newest_seq=count)
    return only(selected, ChartWish(plan, **{"limits": LimitsFrom.SHOWN, **given}))


def test_a_recorded_characteristic_is_charted_with_its_marks_and_spec_limits(tmp_path: Path) -> None:
    with History(filled(tmp_path, parts=20)) as history:
        selected = select(history, ChartSelection("bore", recipe="ring"))
    chart = only(selected, ChartWish(BORE)).snapshot
    assert chart.key == "i:bore"
    assert chart.seqs.tolist() == list(range(1, 21))
    np.testing.assert_allclose(chart.values, 25.0 + np.arange(1, 21) / 1000)
    assert (chart.unit, chart.lower_spec, chart.upper_spec) == ("mm", 24.9, 25.1)
    assert [(mark.at, mark.text) for mark in chart.excluded] == [(2, "dust")]
    assert np.isnan(chart.ucl[:6]).all()  # five readings of phase I, and the one left out
    assert np.isfinite(chart.ucl[6:]).all()
    assert chart.baseline_version == 1
    assert selected.newest_seq == 20
    assert selected.open_after
    assert not selected.cut_before


def test_parts_are_selected_by_time_number_lot_product_and_operator(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    jobs = (job("j1", "L1"), job("j2", "L2", product="disc", operator_id="berta"))
    for n, of in enumerate(jobs):
        sink.append([started(of)])
        sink.append([part(seq, of=of) for seq in range(1 + 10 * n, 11 + 10 * n)])
    sink.close()
    with History(sink.path) as history:

        def seqs(**given: object) -> list[int]:
            return select(history, ChartSelection("bore", **given)).series.seq.tolist()

        assert seqs() == list(range(1, 21))
        assert seqs(last=3) == [18, 19, 20]
        assert seqs(last=1000) == list(range(1, 21))
        assert seqs(product="disc") == list(range(11, 21))
        assert seqs(operator="anna", last=12) == [9, 10]
        assert seqs(filters=Filters(lot="L1")) == list(range(1, 11))
        assert seqs(filters=Filters(since=stamp(5).utc, until=stamp(8).utc)) == [5, 6, 7]
        assert seqs(recipe="no such recipe") == []
        assert [info.name for info in known_characteristics(history)] == ["bore", "edge"]
        late = select(history, ChartSelection("bore", filters=Filters(since_seq=5, until_seq=9)))
        assert late.cut_before
        assert not late.open_after


def test_reading_stops_where_nobody_waits_any_more(tmp_path: Path) -> None:
    with History(filled(tmp_path)) as history, pytest.raises(ReadingCancelled):
        select(history, ChartSelection("bore"), lambda _done, _all: False)


def test_an_empty_record_has_no_charts(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    sink.close()
    with History(sink.path) as history:
        selected = select(history, ChartSelection("bore", recipe="ring", last=100))
        assert known_characteristics(history) == ()
    for split in Split:
        assert charts_of(selected, ChartWish(BORE, split=split)) == ()


def test_every_revision_of_a_recipe_belongs_to_its_chart_and_no_other_recipe_does() -> None:
    recorded = series_of((), "bore")
    names = ("ring r1", "ring r12", "ring", "ring two r1", "r1")

    class Record:
        def recent(self, *_: object, **__: object) -> tuple[()]:
            return ()

        def characteristics(self, *_: object) -> tuple[()]:
            return ()

        def decisions(self, *_: object) -> tuple[()]:
            return ()

        def series(self, *_: object) -> object:
            five = np.arange(1, 6)
            return replace(
                recorded,
                **{name: five.astype(np.float64) for name in ("utc_s", "value", "score", "duration_ms")},
                **{name: np.zeros(5, np.int8) for name in ("machine", "verdict")},
                **dict.fromkeys(("product", "lot", "serial", "operator"), labels(["x"] * 5)),
                seq=five,
                recipe=labels(names),
            )

    assert select(Record(), ChartSelection("bore", recipe="ring")).series.seq.tolist() == [1, 2, 3]


def test_a_decision_just_made_shows_before_the_record_has_it(tmp_path: Path) -> None:
    with History(filled(tmp_path, parts=9)) as history:
        selected = select(history, ChartSelection("bore", recipe="ring"))
    wish = ChartWish(BORE)
    told = selected.with_decision(decision("d2", DecisionKind.NOTE, seq=7, reason="tool changed"))
    assert [mark.text for mark in only(told, wish).snapshot.notes] == ["tool changed"]
    assert [made.id for made in decisions_of(told, wish)] == ["d1", "d2"]


def test_points_of_the_day_are_split_by_shift(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    sink.append([started()])
    sink.append([part(seq, at=stamp(seq * 3600)) for seq in range(1, 25)])
    sink.close()
    with History(sink.path) as history:
        selected = select(history, ChartSelection("bore"))
    wish = ChartWish(BORE, split=Split.SHIFT, shifts=ShiftPlan(ZoneInfo("Europe/Berlin")))
    counted = {chart.name: len(chart.snapshot.seqs) for chart in charts_of(selected, wish)}
    assert counted == {"22:00–06:00": 8, "06:00–14:00": 8, "14:00–22:00": 8}


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (ChartPlan(kind="p", characteristic="bore", subgroup=5), "a p chart counts"),
        (ChartPlan(kind="c", characteristic="reject"), "a c chart counts"),
        (ChartPlan(kind="i", characteristic="reject"), "counted in subgroups"),
    ],
)
def test_what_a_kind_cannot_chart_is_said_in_a_sentence(tmp_path: Path, plan: ChartPlan, told: str) -> None:
    with History(filled(tmp_path)) as history:
        selected = select(history, ChartSelection(plan.characteristic))
    with pytest.raises(SpcError, match=told):
        charts_of(selected, ChartWish(plan))


def test_overrides_are_charted_as_a_rate(tmp_path: Path) -> None:
    with History(filled(tmp_path)) as history:
        selected = select(history, ChartSelection("overridden"))
    plan = ChartPlan(kind="p", characteristic="overridden", subgroup=3)
    assert only(selected, ChartWish(plan)).snapshot.values.tolist() == [1 / 3, 0.0]


def test_a_cavity_that_no_serial_names_is_a_group_of_its_own(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    sink.append([started()])
    sink.append([part(seq, serial="ABX"[seq % 3] + f"-{seq}") for seq in range(1, 10)])
    sink.close()
    with History(sink.path) as history:
        selected = select(history, ChartSelection("bore"))
    cavities = Cavities(names=("A", "B"), serial_pattern="^(.)-")
    names = [chart.name for chart in charts_of(selected, ChartWish(BORE, split=Split.CAVITY, cavities=cavities))]
    assert names == ["B", "", "A"]
    assert [chart.name for chart in charts_of(selected, ChartWish(BORE, split=Split.CAVITY))] == [""]


def test_points_left_out_for_a_look_are_hollow_and_take_no_part() -> None:
    values = [10.0, 10.1, 9.9, 10.0, 99.0, 10.1, 9.9]
    whole, without = chart_of(values), chart_of(values, left_out=frozenset({5}))
    assert without.frozen is not None
    assert without.frozen.baseline.mean == pytest.approx(10.0)
    assert without.frozen.excluded == (5,)
    assert without.snapshot.excluded[0].at == 4
    assert whole.frozen is not None
    assert whole.frozen.baseline.mean > 20


def test_the_residuals_of_a_drifting_process_are_charted_around_zero() -> None:
    chance = np.random.default_rng(3)
    x = np.zeros(500)
    for k in range(1, 500):
        x[k] = 0.8 * x[k - 1] + chance.normal()
    plain, left = chart_of(25 + x), chart_of(25 + x, residuals=True)
    assert analyse(plain, None, None).dependent
    assert not analyse(left, None, None).dependent
    assert left.plan.kind == "i"
    assert left.out_of_control < plain.out_of_control / 3
    assert abs(left.snapshot.center[-1]) < 0.2


def test_capability_comes_with_its_conditions() -> None:
    chance = np.random.default_rng(1)
    found = analyse(chart_of(chance.normal(25, 0.02, 400)), 24.9, 25.1)
    assert found.capability is not None
    assert found.capability.within is not None
    assert found.capability.within.cp_k is not None
    assert found.capability.within.cp_k.value == pytest.approx(1.66, abs=0.2)
    assert found.normal
    assert found.percentiles is None
    assert found.observed is not None
    assert found.observed.below == 0
    assert found.histogram is not None
    assert found.histogram.counts.sum() == 400
    skewed = analyse(chart_of(24.9 + chance.exponential(0.02, 400)), None, 25.1)
    assert skewed.normal is False
    assert skewed.percentiles is not None
    assert skewed.percentiles.pp_k is not None


@pytest.mark.parametrize(
    ("chart", "limits", "why"),
    [
        (lambda: chart_of([25.0] * 9), (None, None), NoCapability.NO_LIMITS),
        (lambda: chart_of([25.0, math.nan]), (24.9, 25.1), NoCapability.FEW),
        (
            lambda: chart_of([0.1, 0.2], BORE.model_copy(update={"transform": "logit"})),
            (0.0, 1.0),
            NoCapability.NOT_MEASURED,
        ),
        (
            lambda: chart_of([0, 1] * 9, ChartPlan(kind="p", characteristic="reject", subgroup=2)),
            (0, 1),
            NoCapability.NOT_MEASURED,
        ),
    ],
)
def test_without_spec_limits_or_readings_there_is_no_capability_and_it_says_why(
    chart: Callable[[], HistoryChart], limits: tuple[float | None, float | None], why: NoCapability
) -> None:
    found = analyse(chart(), *limits)
    assert found.capability is None
    assert found.no_capability is why


def test_sigma_within_of_subgroups_is_that_of_their_ranges() -> None:
    chance = np.random.default_rng(2)
    values = np.repeat(chance.normal(25, 0.05, 100), 5) + chance.normal(0, 0.01, 500)
    for kind in ("xbar", "r", "s"):
        plan = ChartPlan(kind=kind, characteristic="bore", subgroup=5)
        found = analyse(chart_of(values, plan), 24.7, 25.3)
        assert found.process is not None
        assert found.process.sigma_within == pytest.approx(0.01, rel=0.1)
        assert found.process.sigma_overall == pytest.approx(0.05, rel=0.2)


@pytest.mark.parametrize("value", [0.0, 25.0, 1e9])
def test_readings_that_never_vary_are_read_without_a_fault(value: float) -> None:
    found = analyse(chart_of([value] * 30), value - 1, value + 1)
    assert found.out_of_control == 0
    assert found.capability is not None
    assert found.capability.within is None
    assert found.histogram is not None
    assert found.histogram.counts.tolist() == [30]
    assert not found.dependent


def test_a_narrow_spread_far_from_zero_fills_its_bins() -> None:
    x = 1e9 + np.linspace(0, 1e-3, 100)
    found = histogram(x)
    assert (found.counts > 0).sum() >= 8
    assert found.counts.sum() == 100


@pytest.mark.parametrize(
    ("kind", "rules", "points"),
    [
        ("i", (1,), 370.4),
        ("i", (1, 2, 3, 4), 91.9),
        ("i", (), math.inf),
        ("xbar", (1,), 370.4),
        ("ewma", (1,), None),
        ("cusum", (1,), 465.4),
        ("mr", (1,), -1.0),
    ],
)
def test_how_often_a_chart_cries_wolf_is_that_of_its_rules(
    kind: str, rules: tuple[int, ...], points: float | None
) -> None:
    chance = np.random.default_rng(5)
    plan = ChartPlan(kind=kind, characteristic="bore", subgroup=2, rules=rules)
    found = false_alarms(chart_of(chance.normal(25, 1, 60), plan))
    if kind == "ewma":
        assert found is not None
        assert 400 < found.points < 600
    else:
        assert (found.points if found else -1.0) == pytest.approx(points, rel=1e-3)


def test_counts_have_the_false_alarms_of_their_own_distribution() -> None:
    plan = ChartPlan(kind="p", characteristic="reject", subgroup=50, rules=(1,))
    rejects = np.random.default_rng(1).random(2000) < 0.04
    found = false_alarms(chart_of(rejects.astype(np.float64), plan))
    assert found is not None
    assert found.exact
    assert 50 < found.points < 400
    assert false_alarms(chart_of(np.zeros(2000), plan)) is None
    fixed = plan.model_copy(update={"baseline": ChartBaseline(mean=0.04, sigma=0.2, points=40)})
    decided = false_alarms(chart_of(np.zeros(200), fixed, limits=LimitsFrom.DECIDED))
    assert decided is not None


def test_a_million_points_are_charted_in_seconds() -> None:
    values = np.random.default_rng(1).normal(25, 0.01, 1_000_000)
    begun = time.perf_counter()
    chart = chart_of(values, BORE.model_copy(update={"rules": (1, 2, 3, 4, 5, 6, 7, 8)}))
    analyse(chart, 24.9, 25.1)
    assert len(chart.snapshot.values) == 1_000_000
    assert time.perf_counter() - begun < 8.0  # 1.3 s alone on the machine


def test_parts_of_a_later_day_do_not_reach_into_the_range(tmp_path: Path) -> None:
    with History(filled(tmp_path, parts=12)) as history:
        until = START + timedelta(seconds=10)
        plan = ChartPlan(kind="xbar", characteristic="bore", subgroup=4)
        selected = select(history, ChartSelection("bore", filters=Filters(since=stamp(2).utc, until=until)))
        chart = only(selected, ChartWish(plan, limits=LimitsFrom.SHOWN)).snapshot
    assert chart.seqs.tolist() == [8, 9]  # the first subgroup began before the range, the last ended with it
    assert chart.sizes.tolist() == [4, 1]


def test_a_reading_of_no_parts_has_no_limits() -> None:
    plan = ChartPlan(kind="p", characteristic="reject", subgroup=2, phase1=2)
    chart = chart_of([0, 1, math.nan, math.nan, 1, 0], plan).snapshot
    assert np.isnan(chart.ucl).tolist() == [False, True, False]
    assert math.isnan(chart.values[1])


def test_verdicts_and_views_do_not_matter_to_a_measured_chart(tmp_path: Path) -> None:
    measured = (Measurement("bore", 25.5, "mm"), Measurement("bore", None, "mm"))
    view = ViewResult("main", "s", stamp(1), 0.1, "good", 0.5, {}, (), measured)
    sink = journal(tmp_path)
    sink.append([started(), part(1, Verdict.NOT_OK, views=(view,)), part(2)])
    sink.close()
    with History(sink.path) as history:
        selected = select(history, ChartSelection("bore"))
    assert only(selected, ChartWish(BORE)).snapshot.values.tolist() == [25.5, 25.002]
