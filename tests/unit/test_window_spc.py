"""The workbench without its widgets: what can be chosen, what it asks of the record, and its sentences."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from hmi.station.history_analysis import analyse
from hmi.station.history_charts import HistoryChart, charts_of
from hmi.station.history_query import ChartWish, LimitsFrom, Split
from hmi.station.shifts import ShiftPlan
from hmi.window.spc import choices, texts, versions
from hmi.window.spc.versions import ChartVoice, Version
from hmi.window.words import DASH, LANGUAGES, Words
from inference.chart_plan import Cavities, ChartBaseline, ChartPlan
from inference.pipeline.baselines import BaselineVersion, baseline_of, content_of
from inference.pipeline.decisions import DecisionKind
from inference.pipeline.ports import Observation
from inference.recipe import Recipe
from inference.spc.capability.indices import Index
from inference.spc.compare import compare
from inference.spc.limits import Baseline
from inference.spc.presets import PRESETS, preset
from inference.spc.run_length.transient import RunLength
from storage.counts import CharacteristicInfo
from storage.series import COMPUTED
from tests.unit.history_parts import selected
from tests.unit.storage_parts import decision, stamp

ENGLISH = Words("en")
BORE = ChartPlan(kind="i", characteristic="bore", baseline=ChartBaseline(mean=25.0, sigma=0.01, points=50))
RECIPE = Recipe(name="ring", charts=(BORE, ChartPlan(kind="p", characteristic="reject", subgroup=20)))
KNOWN = (CharacteristicInfo("bore", "mm", 24.9, 25.1, 9), CharacteristicInfo("edge", "mm", None, None, 9))


def chart_of(values: list[float], plan: ChartPlan = BORE, **given: object) -> HistoryChart:
    seen = [Observation(k, f"id-{k}", 1e9 + k, "OK", None, {"bore": value}) for k, value in enumerate(values, 1)]
    (chart,) = charts_of(selected(seen, "bore", given.pop("decisions", ())), ChartWish(plan, **given))
    return chart


# --- choices


def test_charts_of_the_line_come_first_and_every_other_characteristic_follows_once() -> None:
    found = choices.chart_choices(RECIPE, KNOWN)
    assert [choice.key for choice in found[:3]] == ["i:bore", "p:reject", "i:edge"]
    assert [choice.live for choice in found[:3]] == [True, True, False]
    names = [choice.plan.characteristic for choice in found]
    assert sorted(names) == sorted({"bore", "edge", *COMPUTED})
    assert [choice.live for choice in choices.chart_choices(None, ())] == [False] * len(COMPUTED)


@pytest.mark.parametrize("characteristic", [*COMPUTED, "bore"])
def test_every_kind_that_is_offered_can_be_planned(characteristic: str) -> None:
    for kind in choices.kinds_for(characteristic):
        plan = choices.plan_for(characteristic, kind)
        assert plan.kind == kind
        assert (plan.transform == "logit") == (characteristic == "score")
        assert ChartPlan.model_validate(plan.model_dump()) == plan


def test_another_kind_keeps_the_rules_that_were_chosen() -> None:
    like = BORE.model_copy(update={"rule_set": "nelson", "rules": (1, 5)})
    made = choices.plan_for("bore", "xbar", like)
    assert (made.rule_set, made.rules, made.subgroup, made.baseline) == ("nelson", (1, 5), 5, None)


def test_ranges_ask_for_their_parts() -> None:
    at = stamp(3600).utc.timestamp()  # half past one in the night
    plan = ShiftPlan()

    def asked(code: str) -> object:
        return choices.selection_of(code, BORE, "ring", plan, at)

    shift, day, week = (asked(code).filters.since.timestamp() for code in ("shift", "day", "week"))
    assert (at - shift, at - day, at - week) == (3.5 * 3600, 19.5 * 3600, 7 * 86400)
    assert (asked("100").last, asked("all").last) == (100, None)
    assert asked("all").recipe == "ring"
    assert asked("all").characteristic == "bore"


def test_parts_are_split_by_cavity_only_where_there_are_some() -> None:
    assert Split.CAVITY not in choices.splits_for(RECIPE)
    assert Split.CAVITY not in choices.splits_for(None)
    assert Split.CAVITY in choices.splits_for(RECIPE.model_copy(update={"cavities": Cavities(names=("A",))}))


# --- sentences


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PRESETS)
def test_every_rule_of_every_set_has_a_short_text_with_its_number(language: str, name: str) -> None:
    for rule in preset(name):
        text = texts.rule_text(rule, Words(language))
        assert text.startswith(f"{rule.number} · ")
        assert DASH not in text
        assert len(text.split("\n")) <= 2


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (RunLength(91.9, exact=True, standard_error=None), "about every 92 points while"),
        (RunLength(12345.0, exact=False, standard_error=20.4), "about every 12\u2009345 points (±41, simulated)"),
        (RunLength(math.inf, exact=True, standard_error=None), "never alarms"),
        (None, "is not known"),
    ],
)
def test_false_alarms_are_told_in_points(found: RunLength | None, told: str) -> None:
    assert told in texts.alarms_text(found, ENGLISH)


@pytest.mark.parametrize(
    ("value", "sigma", "told"),
    [
        (24.99931, 0.00966, "24.9993"),
        (0.00966, 0.00966, "0.0097"),
        (1e9 + 1e-3, 1e-3, "1\u2009000\u2009000\u2009000.0010"),
        (0.0, 0.0, "0.0"),
        (-0.0, None, "\u22120.0"),
        (1234567.0, 5000.0, "1\u2009234\u2009567"),
        (1e-300, 1e-300, "0.000000000"),
        (None, 1.0, DASH),
    ],
)
def test_a_figure_shows_a_tenth_of_sigma(value: float | None, sigma: float | None, told: str) -> None:
    assert texts.number(value, ENGLISH, sigma) == told


def test_limits_say_where_they_come_from() -> None:
    by_recipe, learned = (
        chart_of([25.0, 25.1, 25.0]),
        chart_of([25.0, 25.1], BORE.model_copy(update={"baseline": None})),
    )
    assert texts.in_force(by_recipe, None, ENGLISH, decided=True).startswith("In force: the recipe's own baseline")
    assert texts.in_force(learned, None, ENGLISH, decided=True) == "No limits yet: 48 more points are needed."
    shown = chart_of([25.0, 25.1, 25.0], limits=LimitsFrom.SHOWN)
    assert texts.in_force(shown, None, ENGLISH, decided=False).startswith(
        "Not in force: limits of the points shown, parts 1 to 3"
    )
    frozen = BaselineVersion(4, Baseline(25.0, 0.01, 120), 1, 200)
    made = decision("d", DecisionKind.BASELINE, seq=2, content=content_of(frozen))
    chart = chart_of([25.0, 25.1, 25.0], decisions=[made])
    (_, version) = versions.versions_of(BORE, [made])
    told = texts.in_force(chart, version, ENGLISH, decided=True)
    assert told.startswith(
        "In force: version 4, frozen by berta on 2026-03-29 00:46, from parts 1 to 200 (120 points)."
    )
    by_itself = replace(version, actor_id="service:station")
    assert "learned from parts 1 to 200" in texts.in_force(chart, by_itself, ENGLISH, decided=True)
    assert texts.version_text(version, ENGLISH) == "Version 4 · 2026-03-29 00:46 · berta"
    assert texts.version_text(Version(BaselineVersion(0, frozen.baseline)), ENGLISH) == "Recipe"
    assert texts.when_text(Version(frozen), ENGLISH) == DASH


def test_a_change_is_told_apart_from_chance() -> None:
    before = Baseline(25.0, 0.01, 100)
    moved = texts.compared(compare(before, Baseline(25.01, 0.02, 100)), before, ENGLISH)
    assert "The mean has moved by 0.010 (1.00 sigma)" in moved
    assert "The spread is 2.00 times that of before: too much for chance." in moved
    same = texts.compared(compare(before, Baseline(25.0001, 0.0101, 100)), before, ENGLISH)
    assert same.count("can be chance") == 2
    still = Baseline(25.0, 0.0, 100)
    assert texts.compared(compare(still, still), still, ENGLISH) == "The means differ by 0.0."
    from_still = texts.compared(compare(still, Baseline(26.0, 0.01, 100)), still, ENGLISH)
    assert f"({DASH} sigma)" in from_still


def test_counts_are_compared_without_a_test() -> None:
    plan = ChartPlan(kind="p", characteristic="reject", subgroup=50)
    found = versions.compared(plan, Baseline(0.04, 0.2, 40), Baseline(0.05, 0.2, 1))
    assert (found.shift, found.p_mean, found.p_sigma) == (pytest.approx(0.01), None, None)
    means = versions.compared(plan.model_copy(update={"kind": "xbar"}), Baseline(1, 1, 20), Baseline(1, 1, 20))
    assert means.p_mean == pytest.approx(1.0)


def test_indices_come_with_their_interval_or_a_dash() -> None:
    assert texts.index_text(Index(1.333, 1.2, 1.45), ENGLISH) == ("1.33", "1.20 to 1.45")
    assert texts.index_text(Index(1.333, None, None), ENGLISH) == ("1.33", "")
    assert texts.index_text(None, ENGLISH) == (DASH, "")


def test_conditions_say_on_what_feet_the_indices_stand() -> None:
    chance = np.random.default_rng(2)
    good = analyse(chart_of(chance.normal(25.0, 0.01, 300).tolist(), limits=LimitsFrom.SHOWN), 24.9, 25.1)
    good = replace(good, out_of_control=0)
    assert texts.conditions(good, ENGLISH)[0].startswith("In control")
    assert "plausible" in texts.conditions(good, ENGLISH)[1]
    skewed = analyse(chart_of(chance.exponential(0.02, 300).tolist()), None, 0.2)
    told = texts.conditions(skewed, ENGLISH)[1]
    assert told.startswith("Not normal (p < 0.001): by a fitted distribution (")
    unfitted = replace(skewed, percentiles=replace(skewed.percentiles, fit=None, pp_k=None))
    assert "no distribution fits" in texts.conditions(unfitted, ENGLISH)[1]
    assert "Anderson-Darling p < 0.001" in texts.conditions(replace(skewed, percentiles=None), ENGLISH)[1]
    still = analyse(chart_of([25.0] * 9), 24.9, 25.1)
    assert "do not vary" in texts.conditions(still, ENGLISH)[1]
    lines = texts.process_lines(still, ENGLISH)
    assert lines[1] == "Outside: 0 ppm counted; expected: not known · intervals 95 %"
    assert texts.process_lines(replace(still, process=None), ENGLISH) == []
    assert texts.facts(replace(good, points=5, gaps=2, left_out=1), ENGLISH).endswith("1 left out · 2 without a value")


# --- decisions


VOICE = ChartVoice("ring", "i:bore", "operator:anna", stamp(5))


def test_decisions_name_who_and_what() -> None:
    chart = chart_of([25.0, 25.1, 25.0], limits=LimitsFrom.SHOWN)
    (frozen,) = versions.decisions_for("freeze", VOICE, chart, 7, "new die")
    assert baseline_of(frozen.content).version == 7
    assert (frozen.recipe, frozen.chart, frozen.actor_id, frozen.at, frozen.reason) == (
        *("ring", "i:bore", "operator:anna"),
        *(stamp(5), "new die"),
    )
    (retired,) = versions.decisions_for("retire", VOICE, chart, 3, "worn")
    assert (retired.kind, retired.content) == (DecisionKind.RETIRED, {"version": 3})
    assert versions.decisions_for("nothing of the kind", VOICE, chart, 1, "") == ()
    without = chart_of([25.0], BORE.model_copy(update={"baseline": None}))
    assert versions.decisions_for("freeze", VOICE, without, 1, "too early") == ()


def test_a_point_of_many_parts_counts_again_with_each_part_that_was_left_out_of_it() -> None:
    plan = ChartPlan(kind="xbar", characteristic="bore", subgroup=4, phase1=2)
    made = [decision(f"d{seq}", chart="xbar:bore", seq=seq) for seq in (2, 3, 7)]
    chart = chart_of([25.0 + k for k in range(12)], plan, decisions=made)
    assert [mark.at for mark in chart.snapshot.excluded] == [0, 0, 1]
    again = versions.decisions_for("include", VOICE, chart, 4, "fine")
    assert [(one.kind, one.seq) for one in again] == [(DecisionKind.INCLUDED, 2), (DecisionKind.INCLUDED, 3)]
    assert versions.decisions_for("include", VOICE, chart, 12, "fine") == ()
