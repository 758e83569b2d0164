"""One chart and what people decide about it: baselines, stages, points left out, notes, causes; alarms beside it."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from inference.chart_plan import Cavities, ChartBaseline, ChartPlan
from inference.pipeline.cause_lists import ACTIONS, CAUSES, CauseLists, content_of
from inference.pipeline.decisions import DecisionKind
from inference.pipeline.snapshot import ChartMark
from tests.unit.chart_parts import Charts, assert_same, decision, frozen, judged

BASELINE = ChartBaseline(mean=25.0, sigma=0.01, points=100)
BORE = ChartPlan(kind="i", characteristic="bore", baseline=BASELINE)
RANGES = ChartPlan(kind="mr", characteristic="bore", baseline=BASELINE)
LEARNS = ChartPlan(kind="i", characteristic="bore", phase1=4)
REJECT = ChartPlan(kind="p", characteristic="reject", subgroup=5, baseline=ChartBaseline(mean=0.1, sigma=0, points=9))
KEY = "i:bore"


def line(*plans: ChartPlan, **given: Any) -> Charts:
    return Charts(plans, **given)


def feed(charts: Charts, *values: float | None) -> None:
    for value in values:
        charts.judge(judged(charts.last_seq + 1, bore=value))


def steady(count: int) -> list[float]:
    return [25.0 + 0.005 * (-1) ** n for n in range(count)]


# --- baselines


def test_a_baseline_that_a_chart_takes_is_recorded_once_with_its_version_and_parts() -> None:
    charts = line(LEARNS)
    feed(charts, 25.0)
    charts.decide(decision(DecisionKind.EXCLUDED, seq=1))
    feed(charts, *steady(10))
    (recorded,) = charts.baselines
    assert (recorded.chart, recorded.seq, recorded.recipe, recorded.actor_id) == (KEY, 6, "ring", "service:station")
    said = recorded.content
    assert (said["version"], said["first_seq"], said["last_seq"], said["excluded"]) == (1, 1, 5, [1])
    assert (said["mean"], said["points"]) == (pytest.approx(25.0), 4)
    for _ in range(3):
        charts.restart()
    assert charts.baselines == [recorded]
    assert charts.chart(KEY).baseline_version == 1


def test_limits_that_were_learned_hold_where_the_record_s_window_no_longer_has_their_parts() -> None:
    charts = line(LEARNS)
    feed(charts, 1.0, 2.0, 1.0, 2.0, *[5.0] * 20)
    before = charts.chart(KEY)
    charts.restart(window=10)
    after = charts.chart(KEY)
    assert after.ucl.tolist() == before.ucl[-10:].tolist()
    assert after.baseline_version == 1


def test_a_person_s_baseline_holds_from_its_part_on_also_for_points_already_drawn() -> None:
    charts = line(BORE)
    feed(charts, *[25.0] * 6)
    charts.decide(frozen(KEY, 4, 24.0, 0.1))
    shown = charts.chart(KEY)
    assert shown.center.tolist() == [25.0] * 3 + [24.0] * 3
    assert [shown.seqs[v.at] for v in shown.violations if 1 in v.rules] == [4, 5, 6]
    assert shown.baseline_version == 7


def test_no_part_named_means_from_the_next_part_on() -> None:
    charts = line(BORE)
    feed(charts, 25.0, 25.0)
    charts.decide(frozen(KEY, 0, 24.0, 0.1))
    feed(charts, 24.0)
    assert charts.decisions[-1].seq == 3
    assert charts.chart(KEY).center.tolist() == [25.0, 25.0, 24.0]


def test_a_retired_baseline_is_followed_by_one_learned_anew() -> None:
    charts = line(LEARNS)
    feed(charts, *steady(6))
    charts.decide(decision(DecisionKind.RETIRED, version=1))
    assert (charts.chart(KEY).baseline_version, charts.chart(KEY).phase1_remaining) == (None, 4)
    feed(charts, 1.0, 2.0, 1.0, 2.0, 1.5)
    assert [d.content["version"] for d in charts.baselines] == [1, 2]
    assert [(d.content["first_seq"], d.content["last_seq"]) for d in charts.baselines] == [(1, 4), (7, 10)]
    assert charts.chart(KEY).center[-1] == 1.5


def test_a_stage_put_in_afterwards_learns_from_points_already_drawn_and_is_recorded() -> None:
    charts = line(BORE.model_copy(update={"phase1": 4}))
    feed(charts, *steady(10), 30.0, 31.0, 30.0, 31.0, 30.0, 40.0)
    charts.decide(decision(DecisionKind.STAGE, seq=11, reason="new tool"))
    (recorded,) = charts.baselines
    assert (recorded.content["first_seq"], recorded.content["last_seq"], recorded.seq) == (11, 14, 15)
    shown = charts.chart(KEY)
    assert shown.stages == (ChartMark(10, "new tool"),)
    assert [int(shown.seqs[v.at]) for v in shown.violations] == [16]


def test_a_baseline_taken_from_both_sides_of_a_later_stage_line_no_longer_holds() -> None:
    charts = line(LEARNS)
    feed(charts, 1.0, 2.0, 30.0, 31.0, 30.0, 31.0, 30.0, 31.0)
    charts.decide(decision(DecisionKind.STAGE, seq=3))
    first, second = charts.baselines
    assert (first.content["first_seq"], second.content["first_seq"], second.content["last_seq"]) == (1, 3, 6)
    assert charts.chart(KEY).center[-1] == 30.5
    assert np.isnan(charts.chart(KEY).center[:6]).all()


def test_points_that_a_baseline_was_taken_from_stay_untested_when_an_excluded_one_comes_back() -> None:
    charts = line(LEARNS)
    feed(charts, 25.0, 25.0)
    charts.decide(decision(DecisionKind.EXCLUDED, seq=2))
    feed(charts, *steady(6))
    before = charts.chart(KEY)
    charts.decide(decision(DecisionKind.INCLUDED, seq=2))
    assert np.array_equal(charts.chart(KEY).ucl, before.ucl, equal_nan=True)
    assert len(charts.baselines) == 1


def test_a_decision_that_waits_for_a_later_part_comes_with_that_part() -> None:
    charts = line(LEARNS)
    feed(charts, 25.0)
    charts.decide(frozen(KEY, 5, 20.0, 1.0))
    feed(charts, *steady(3))
    assert charts.baselines == []
    assert charts.chart(KEY).baseline_version == 7
    feed(charts, 20.0)
    assert charts.chart(KEY).center[-1] == 20.0


# --- stages, points left out, notes


def test_no_pattern_reaches_across_a_stage_line() -> None:
    run = BORE.model_copy(update={"rules": (4,), "phase1": 3})
    charts = line(run)
    feed(charts, *[25.02] * 5)
    charts.decide(decision(DecisionKind.STAGE))
    charts.decide(frozen(KEY, 6, 25.0, 0.01))
    feed(charts, *[25.02] * 7)
    assert charts.chart(KEY).violations == ()
    feed(charts, 25.02)
    assert [v.at for v in charts.chart(KEY).violations] == [12]


def test_a_stage_before_the_points_shown_is_no_longer_shown() -> None:
    charts = line(BORE, keep=8)
    charts.decide(decision(DecisionKind.STAGE, seq=3, reason="old"), frozen(KEY, 3, 25.0, 0.01))
    feed(charts, *steady(6))
    assert charts.chart(KEY).stages == (ChartMark(2, "old"),)
    feed(charts, *steady(20))
    assert charts.chart(KEY).first_number > 3
    assert charts.chart(KEY).stages == ()


def test_a_point_left_out_is_drawn_breaks_nothing_and_nothing_reaches_across_it() -> None:
    charts = line(BORE, RANGES)
    feed(charts, 25.0, 25.5, 25.0)
    assert len(charts.chart(KEY).violations) == 1
    charts.decide(*(decision(DecisionKind.EXCLUDED, key, 2, "dust") for key in (KEY, "mr:bore")))
    single, ranges = charts.watch.snapshot()
    assert (single.values[1], single.violations, single.excluded) == (25.5, (), (ChartMark(1, "dust"),))
    assert np.isnan(ranges.values).all()
    charts.decide(decision(DecisionKind.INCLUDED, seq=2))
    again = charts.chart(KEY)
    assert ([v.at for v in again.violations], again.excluded) == ([1], ())


def test_a_subgroup_is_left_out_by_any_of_its_parts() -> None:
    charts = line(REJECT)
    for seq in range(1, 11):
        charts.judge(judged(seq, "NOT_OK"))
    charts.decide(decision(DecisionKind.EXCLUDED, "p:reject", 8, "reference parts"))
    shown = charts.chart("p:reject")
    assert (shown.values.tolist(), shown.excluded) == ([1.0, 1.0], (ChartMark(1, "reference parts"),))
    assert [v.at for v in shown.violations] == [0]


def test_an_excluded_point_is_not_among_those_a_baseline_is_taken_from() -> None:
    charts = line(LEARNS)
    charts.decide(decision(DecisionKind.EXCLUDED, seq=2))
    feed(charts, 1.0, 900.0, 2.0, 1.0, 2.0)
    assert charts.baselines[0].content["mean"] == 1.5
    assert charts.chart(KEY).phase1_remaining == 0


def test_notes_stand_on_their_part_s_point_and_change_no_limit() -> None:
    charts = line(BORE, REJECT)
    feed(charts, *steady(5))
    before = charts.chart(KEY)
    charts.decide(decision(DecisionKind.NOTE, KEY, 2, "lamp"), decision(DecisionKind.NOTE, "p:reject", 2, "lot 7"))
    single, rate = charts.watch.snapshot()
    assert (single.notes, rate.notes) == ((ChartMark(1, "lamp"),), (ChartMark(0, "lot 7"),))
    assert single.version != before.version
    assert_same((single,), (before,), "notes")


def test_points_keep_their_numbers_when_a_decision_draws_them_anew() -> None:
    charts = line(BORE.model_copy(update={"by": "cavity"}), cavities=Cavities(names=("A", "B")), keep=8)
    feed(charts, *steady(300))
    before = charts.chart("i:bore#A")
    charts.decide(decision(DecisionKind.EXCLUDED, "i:bore#A", 299))
    assert charts.chart("i:bore#A").first_number == before.first_number
    assert charts.chart("i:bore#A").seqs.tolist() == before.seqs.tolist()


@pytest.mark.parametrize("values", [[25.0], [25.0, None], [25.0, None, None]])
def test_a_chart_that_waits_for_its_limits_does_not_grow_and_finds_them_in_the_end(values: list[float | None]) -> None:
    charts = line(ChartPlan(kind="cusum", characteristic="bore", phase1=4))
    feed(charts, *values * 1200)
    waiting = charts.monitor._tracks[0]._chart
    assert waiting is not None
    assert len(waiting._phase1) <= 1002
    assert charts.chart("cusum:bore").phase1_remaining == 1
    feed(charts, 25.0, 26.0)
    assert charts.chart("cusum:bore").baseline_version == 1


# --- what cannot be

NO_BASELINES: list[dict[str, Any]] = [
    {},
    {"mean": 25.0, "sigma": 0.1, "points": 9},
    {"version": 1, "mean": "wide", "sigma": 0.1, "points": 9},
    {"version": 1, "mean": 25.0, "sigma": -0.1, "points": 9},
    {"version": 1, "mean": 25.0, "sigma": None, "points": 9},
    {"version": 1, "mean": math.nan, "sigma": 0.1, "points": 9},
    {"version": 1, "mean": 25.0, "sigma": 1e200, "points": 9},
    {"version": 1, "mean": 25.0, "sigma": 0.1, "points": math.inf},
    {"version": 10**400, "mean": 25.0, "sigma": 0.1, "points": 9},
    {"version": 1, "mean": 25.0, "sigma": 0.1, "points": 9, "excluded": 3},
]


@pytest.mark.parametrize("content", NO_BASELINES)
def test_figures_that_are_no_baseline_are_refused_and_told(content: dict[str, Any]) -> None:
    charts = line(BORE)
    feed(charts, 25.0)
    charts.decide(decision(DecisionKind.BASELINE, **content))
    feed(charts, 25.0)
    assert charts.decisions == []
    assert [event.message.code for event in charts.events] == ["chart.decision_refused"]
    assert charts.chart(KEY).baseline_version == 0


def test_a_baseline_is_refused_that_this_kind_of_chart_can_take_no_limits_from() -> None:
    charts = line(REJECT, ChartPlan(kind="cusum", characteristic="bore"))
    charts.decide(frozen("p:reject", 0, 1.5, 0.1), frozen("cusum:bore", 0, 25.0, 0.0))
    assert charts.decisions == []
    assert len(charts.events) == 2


@pytest.mark.parametrize("content", [{"causes": 5}, {"actions": "none"}, {"causes": ["a", 5]}])
def test_lists_that_are_none_are_refused(content: dict[str, Any]) -> None:
    charts = line(BORE)
    charts.decide(decision(DecisionKind.LISTS, "", **content))
    assert (charts.decisions, charts.monitor.lists) == ([], CauseLists())


def test_what_the_record_holds_and_nobody_can_read_does_not_keep_the_charts_from_being_drawn() -> None:
    charts = line(BORE)
    feed(charts, 25.0)
    charts.entries += [decision(DecisionKind.BASELINE), decision(DecisionKind.LISTS, "", causes=5)]
    charts.entries += [frozen("i:gone", 1, 1.0, 1.0), frozen(KEY, 1, 24.0, 1.0)]
    charts.restart()
    assert charts.chart(KEY).center.tolist() == [24.0]


def test_a_decision_on_a_chart_that_the_recipe_does_not_have_is_told_and_not_recorded() -> None:
    charts = line(BORE)
    charts.decide(decision(DecisionKind.NOTE, "i:gone"))
    assert (charts.decisions, charts.events[0].message.args["chart"]) == ([], "i:gone")


# --- alarms, causes


def test_one_alarm_a_chart_while_it_is_out_of_control_cleared_after_quiet_points() -> None:
    charts = line(BORE, RANGES)
    feed(charts, 25.0, 25.5, 25.5, 25.0)
    assert charts.standing == ["chart:i:bore", "chart:mr:bore"]
    feed(charts, *steady(24))
    assert charts.standing == ["chart:i:bore", "chart:mr:bore"]
    feed(charts, *steady(2))
    assert charts.standing == []


def test_the_points_of_a_cavity_count_for_its_quiet() -> None:
    charts = line(BORE.model_copy(update={"by": "cavity"}), cavities=Cavities(names=("A", "B")))
    feed(charts, 25.5, *[25.0] * 51)
    assert charts.standing == ["chart:i:bore#A"]
    feed(charts, 25.0)
    assert charts.standing == []


def test_an_alarm_ends_when_the_points_that_raised_it_are_left_out() -> None:
    charts = line(BORE)
    feed(charts, 25.0, 25.5, 25.0)
    charts.decide(decision(DecisionKind.EXCLUDED, seq=2))
    assert charts.standing == []


def test_a_flag_changes_the_chart_s_version_so_that_the_screen_sees_it() -> None:
    charts = line(BORE)
    feed(charts, 25.5)
    before = charts.chart(KEY)
    charts.decide(decision(DecisionKind.LISTS, "", **content_of(CauseLists(("a",), ("b",), mandatory=True))))
    after = charts.chart(KEY)
    assert (before.flagged, after.flagged) == (False, True)
    assert after.version != before.version
    assert charts.decisions[-1].recipe == ""
    charts.decide(decision(DecisionKind.CAUSE, cause="a", action="b", alarm_id="x"))
    assert not charts.chart(KEY).flagged


def test_lists_without_a_part_have_what_nobody_set() -> None:
    charts = line(BORE)
    charts.decide(decision(DecisionKind.LISTS, "", actions=["stop"]))
    assert (charts.monitor.lists.causes, charts.monitor.lists.actions) == (CAUSES, ("stop",))
    charts.decide(decision(DecisionKind.LISTS, "", causes=["x"]))
    assert (charts.monitor.lists.causes, charts.monitor.lists.actions) == (("x",), ACTIONS)


def test_versions_only_ever_rise() -> None:
    charts = line(LEARNS, RANGES)
    seen = [charts.monitor.version]
    for value in steady(6):
        feed(charts, value)
        seen.append(charts.monitor.version)
    assert all(a < b for a, b in pairwise(seen))


def test_a_baseline_put_in_before_the_chart_had_learned_its_own_replaces_that() -> None:
    charts = line(LEARNS)
    feed(charts, *steady(8))
    charts.decide(frozen(KEY, 1, 20.0, 1.0))
    assert charts.chart(KEY).center.tolist() == [20.0] * 8
    assert charts.chart(KEY).baseline_version == 7
