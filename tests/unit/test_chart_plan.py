"""A chart's plan: what it refuses, in one sentence, and what it hands to the mathematics."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from inference.chart_plan import KINDS, SUMMED, Cavities, ChartBaseline, ChartPlan, ChartSettings, RuleChoice
from inference.pipeline.baselines import for_recipe, from_recipe
from inference.recipe import Recipe
from inference.spc.chart import ControlChart
from inference.spc.design import PLAIN
from inference.spc.limits import Baseline, SpcError
from inference.spc.rules import ZoneRule

BORE: dict[str, Any] = {"kind": "i", "characteristic": "bore"}
BASELINE = {"mean": 0.1, "sigma": 0.3, "points": 20}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kind": "t2"}, "Input should be 'p', 'np'"),
        ({"characteristic": ""}, "at least 1 character"),
        ({"subgroup": 0}, "greater than or equal to 1"),
        ({"subgroup": 10**400}, "less than or equal to 100000"),
        ({"kind": "xbar"}, "a chart of kind xbar needs subgroups of 2 or more parts"),
        ({"rules": (1, 9)}, "rule 9 is not known: the rules of a set are 1 to 8"),
        ({"rules": (0,)}, "rule 0 is not known"),
        ({"rule_set": "mine"}, "Input should be 'western_electric'"),
        ({"short": "merge"}, "Input should be 'plot' or 'gap'"),
        ({"by": "lot"}, "Input should be '' or 'cavity'"),
        ({"phase1": 1}, "greater than or equal to 2"),
        ({"transform": "log"}, "Input should be 'none' or 'logit'"),
        ({"kind": "c", "characteristic": "defects", "transform": "logit"}, "there is no logit of a count"),
        ({"options": {"run": 1}}, "greater than or equal to 2"),
        ({"options": {"ran": 3}}, "Extra inputs are not permitted"),
        ({"limit": 3.0}, "Extra inputs are not permitted"),
        ({"settings": {"width": 0.0}}, "greater than 0"),
        ({"settings": {"width": float("inf")}}, "the limits' width must be above 0 and at most"),
        ({"settings": {"decision": 1e200}}, "h must be above 0 and at most"),
        ({"settings": {"weight": 1.5}}, "less than or equal to 1"),
        ({"settings": {"span": 10**20}}, "less than or equal to 1000"),
        ({"settings": {"sigma_method": "guess"}}, "Input should be 'Rbar/d2'"),
        ({"baseline": {**BASELINE, "sigma": -1.0}}, "greater than or equal to 0"),
        ({"baseline": {**BASELINE, "mean": float("nan")}}, "a baseline needs a finite mean"),
        ({"baseline": {**BASELINE, "sigma": 1e200}}, "cannot be calculated with"),
        ({"kind": "p", "baseline": {**BASELINE, "mean": 1.5}}, "mean of a fraction lies between 0 and 1, not at 1.5"),
        ({"kind": "u", "baseline": {**BASELINE, "mean": -1.0}}, "mean of a count lies at 0 or above"),
        ({"kind": "g", "baseline": {**BASELINE, "mean": -1.0}}, "between events lies at 0 or above"),
        ({"kind": "cusum", "baseline": {**BASELINE, "sigma": 0.0}}, "a cusum chart needs a sigma above 0"),
    ],
)
def test_a_plan_that_no_chart_can_follow_is_refused(said: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence) as refused:
        ChartPlan.model_validate({**BORE, **said})
    assert len(refused.value.errors()) == 1


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"serial_pattern": "("}, "is no regular expression"),
        ({"serial_pattern": "[A-Z]"}, "needs a group in brackets around the cavity's name"),
        ({"names": ("A", "A")}, "the names of the cavities differ"),
        ({"names": ("A", "")}, "none is empty"),
    ],
)
def test_cavities_that_cannot_be_told_apart_are_refused(said: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Cavities.model_validate(said)


def test_a_recipe_refuses_charts_that_clash_and_cavities_without_names() -> None:
    with pytest.raises(ValidationError, match="two charts have the same kind and characteristic"):
        Recipe(name="r", charts=(ChartPlan(**BORE), ChartPlan(**BORE, phase1=9)))
    with pytest.raises(ValidationError, match="needs the names of the cavities"):
        Recipe(name="r", charts=(ChartPlan(**BORE, by="cavity"),))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule_set", ["western_electric", "nelson", "aiag", "minitab", "jmp"])
def test_every_kind_takes_every_set_of_rules(kind: str, rule_set: str) -> None:
    plan = ChartPlan(
        kind=kind,  # type: ignore[arg-type]
        characteristic="reject",
        subgroup=5,
        rule_set=rule_set,  # type: ignore[arg-type]
        rules=(1, 2, 3, 4, 5, 6, 7, 8),
        baseline=ChartBaseline(mean=0.1, sigma=0.3, points=20),
    )
    chart = ControlChart(kind, plan.baseline and plan.baseline.figures(), rules=plan.spc_rules())
    assert chart.baseline == Baseline(0.1, 0.3, 20)
    assert 1 in {rule.number for rule in plan.spc_rules()}
    assert plan.grouped == (kind in {"p", "np", "laney_p", "u", "laney_u"} | SUMMED)


def test_the_limit_rule_lies_where_the_limits_are_drawn() -> None:
    plan = ChartPlan(**BORE, settings=ChartSettings(width=2.5), options=RuleChoice(run=7))
    (limit,) = (rule for rule in plan.spc_rules() if rule.number == 1)
    assert isinstance(limit, ZoneRule)
    assert limit.beyond == 2.5
    (run,) = (rule for rule in plan.spc_rules() if rule.number == 4)
    assert isinstance(run, ZoneRule)
    assert run.window == 7


def test_zones_speak_on_counts_only_where_somebody_says_so() -> None:
    reject = {"kind": "p", "characteristic": "reject", "rules": (1, 2, 3, 4)}
    assert [rule.number for rule in ChartPlan.model_validate(reject).spc_rules()] == [1, 4]
    said = ChartPlan.model_validate({**reject, "options": {"all_on_counts": True}})
    assert [rule.number for rule in said.spc_rules()] == [1, 2, 3, 4]


def test_plain_settings_are_those_of_the_books() -> None:
    assert ChartPlan(**BORE).spc_settings() == PLAIN


def test_a_plan_comes_back_equal_from_its_text() -> None:
    plan = ChartPlan(**BORE, rules=(1, 5), settings=ChartSettings(exact=False), baseline=ChartBaseline(**BASELINE))
    assert ChartPlan.model_validate_json(plan.canonical_json()) == plan


def test_a_baseline_goes_to_the_recipe_and_back() -> None:
    figures = Baseline(0.1, 0.3, 20, 0.7, 1.5)
    assert from_recipe(for_recipe(figures, "phase 1")) == figures


def test_a_baseline_s_fitness_depends_on_the_chart() -> None:
    ChartPlan(**BORE).refuse_baseline(Baseline(1.5, 0.0, 9))
    with pytest.raises(SpcError, match="between 0 and 1"):
        ChartPlan(kind="np", characteristic="reject").refuse_baseline(Baseline(1.5, 0.0, 9))


def test_a_part_s_cavity_follows_from_its_number_or_its_serial() -> None:
    turns = Cavities(names=("A", "B", "C"))
    assert [turns.of(seq, "") for seq in range(1, 6)] == ["A", "B", "C", "A", "B"]
    marked = Cavities(names=("A", "B"), serial_pattern=r"-([A-Z])?\d")
    assert [marked.of(1, serial) for serial in ("x-A7", "x-C7", "x-7", "none")] == ["A", "", "", ""]
    assert Cavities().of(3, "x") == ""
