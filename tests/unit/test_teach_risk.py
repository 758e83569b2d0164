"""Thresholds in the words of risk."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from inference.teach.risk import Risk, RiskError, Stakes, choose
from inference.teach.risk_words import grey_words, outcome_words, pictures_needed, upper_bound

LINE: dict[str, Any] = {"escape_cost": 100, "reject_cost": 1, "prevalence": 0.01, "parts_per_shift": 20_000}
SCORES = np.array([0.1, 0.2, 0.3, 0.6, 0.5, 0.8, 0.9])
BAD = np.array([False, False, False, False, True, True, True])


def told(risk: Risk) -> str:
    return "\n".join(outcome_words(risk.best, risk.stakes))


def separated(good: int, bad: int, **line: float) -> Risk:
    scores = np.concatenate([np.linspace(0, 0.3, good), np.linspace(0.7, 1, bad)])
    return choose(scores, np.arange(good + bad) >= good, **(LINE | line))


def test_costs_decide_on_which_side_to_err() -> None:
    assert choose(SCORES, BAD, **LINE).threshold == pytest.approx(0.4)
    assert choose(SCORES, BAD, **(LINE | {"escape_cost": 1})).threshold == pytest.approx(0.7)


def test_figures_of_a_threshold_are_those_of_the_line_and_not_of_the_set() -> None:
    outcome = choose(SCORES, BAD, **LINE).at(0.55)
    assert (outcome.escapes, outcome.bad, outcome.false_rejects, outcome.good) == (1, 3, 1, 4)
    assert outcome.escapes_per_million.value == pytest.approx(1 / 3 * 0.01 * 1e6)
    assert outcome.escapes_a_shift.value == pytest.approx(20_000 * 0.01 / 3)
    assert outcome.false_rejects_a_shift.value == pytest.approx(20_000 * 0.99 / 4)
    assert outcome.cost_a_shift == pytest.approx(100 * 20_000 * 0.01 / 3 + 20_000 * 0.99 / 4)
    # R: binom.test(1, 3)$conf.int
    assert outcome.escape_rate.interval == pytest.approx((0.008403759, 0.905700676), abs=1e-8)


def test_a_score_at_the_threshold_is_rejected() -> None:
    risk = choose(SCORES, BAD, **LINE)
    assert risk.at(0.5).escapes == 0
    assert risk.at(math.nextafter(0.5, 1)).escapes == 1


def test_free_rejects_reject_all_and_free_escapes_none() -> None:
    mixed = np.array([0.4, 0.6]), np.array([True, False])
    all_out, none_out = choose(*mixed, **(LINE | {"reject_cost": 0})), choose(*mixed, **(LINE | {"escape_cost": 0}))
    assert (all_out.best.escapes, none_out.best.false_rejects) == (0, 0)


def test_neighbouring_floats_are_told_apart() -> None:
    low, high = 0.5, math.nextafter(0.5, 1)
    risk = choose(np.array([low, high]), np.array([False, True]), **LINE)
    assert (risk.best.escapes, risk.best.false_rejects) == (0, 0)


def test_equal_scores_cannot_be_divided() -> None:
    risk = choose(np.zeros(10), np.arange(10) < 5, **LINE)
    assert risk.best.escapes + risk.best.false_rejects == 5


def test_scores_of_any_size_are_taken() -> None:
    risk = choose(SCORES * 1e-3 + 1e9, BAD, **LINE)
    assert risk.best.escapes == 0
    assert 1e9 < risk.threshold < 1e9 + 1e-3


def test_twelve_bad_pictures_promise_little() -> None:
    words = told(separated(200, 12))
    assert "with 12 bad pictures only a rate above 22 % can be excluded: 47 more" in words
    assert "to promise 5 %" in words
    assert "about 3 in 12 still may be (rule of three)" in words


def test_fifty_nine_bad_pictures_without_an_escape_promise_five_per_cent() -> None:
    assert "can be excluded" in told(separated(200, 58))
    assert "can be excluded" not in told(separated(200, 59))


def test_escapes_seen_ask_for_more_pictures() -> None:
    words = outcome_words(choose(SCORES, BAD, **LINE).at(0.55), Stakes(**LINE))
    assert "with 3 bad pictures, 1 of them an escape, only a rate above 86 %" in words[1]
    assert "90 more without an escape" in words[1]


def test_the_confidence_is_that_asked_for() -> None:
    narrow, wide = separated(200, 12, confidence=0.8), separated(200, 12, confidence=0.999)
    assert narrow.best.escape_rate.interval[1] < wide.best.escape_rate.interval[1]
    assert "80 %" in told(narrow)
    assert "rule of three" not in told(narrow)


def test_the_rule_of_three() -> None:
    assert upper_bound(0, 300) == pytest.approx(3 / 300, rel=0.01)
    assert upper_bound(0, 12) == pytest.approx(1 - 0.05 ** (1 / 12))
    assert upper_bound(7, 7) == 1.0


@pytest.mark.parametrize(("count", "promise", "needed"), [(0, 0.05, 59), (1, 0.05, 93), (2, 0.05, 124), (0, 0.01, 299)])
def test_pictures_needed_are_those_of_the_tables(count: int, promise: float, needed: int) -> None:
    # Success-run tables, 95 % confidence (for example ISO 16269-6, annex; MIL-HDBK-338)
    assert pictures_needed(count, promise) == needed


def test_a_grey_zone_sends_the_doubtful_to_a_person() -> None:
    zone = choose(SCORES, BAD, **LINE).grey_zone(review_cost=0.1)
    assert zone.low < 0.5 < 0.6 < zone.high
    assert (zone.escapes, zone.false_rejects, zone.bad_to_a_person, zone.good_to_a_person) == (0, 0, 1, 1)
    assert zone.to_a_person_a_shift.value == pytest.approx(20_000 * (0.01 / 3 + 0.99 / 4))
    assert zone.cost_a_shift == pytest.approx(0.1 * zone.to_a_person_a_shift.value)
    assert "go to a person" in grey_words(zone, Stakes(**LINE))


def test_an_expensive_person_makes_no_grey_zone() -> None:
    risk = choose(SCORES, BAD, **LINE)
    zone = risk.grey_zone(review_cost=1e6)
    assert zone.low == zone.high
    assert zone.cost_a_shift == pytest.approx(risk.best.cost_a_shift)
    assert "does not pay" in grey_words(zone, Stakes(**LINE))


@pytest.mark.parametrize("cost", [-1, math.nan, math.inf])
def test_a_grey_zone_needs_a_cost(cost: float) -> None:
    with pytest.raises(RiskError, match="review_cost"):
        choose(SCORES, BAD, **LINE).grey_zone(cost)


def test_the_curve_holds_the_cheapest_and_the_ends() -> None:
    risk = choose(SCORES, BAD, **LINE)
    curve = risk.curve()
    assert min(curve.cost_a_shift) == pytest.approx(risk.best.cost_a_shift)
    assert (curve.escapes_per_million[0], curve.false_rejects_a_shift[-1]) == (0, 0)
    assert len(risk.curve(3).threshold) == 3


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"escape_cost": -1}, "escape_cost"),
        ({"reject_cost": math.nan}, "reject_cost"),
        ({"prevalence": 0}, "prevalence"),
        ({"prevalence": 1.0}, "prevalence"),
        ({"prevalence": math.nan}, "prevalence"),
        ({"parts_per_shift": 0}, "parts_per_shift"),
        ({"parts_per_shift": math.inf}, "parts_per_shift"),
        ({"confidence": 1}, "confidence"),
        ({"promise": 0}, "promise"),
    ],
)
def test_stakes_that_make_no_sense_are_named(change: dict[str, float], word: str) -> None:
    with pytest.raises(RiskError, match=f"^{word} is "):
        choose(SCORES, BAD, **(LINE | change))


@pytest.mark.parametrize(
    ("scores", "bad", "sentence"),
    [
        (SCORES, np.ones(7, bool), "there is no good one"),
        (SCORES, np.zeros(7, bool), "there is no bad one"),
        (np.array([0.1, math.nan]), np.array([True, False]), "no finite number"),
        (np.array([0.1, math.inf]), np.array([True, False]), "no finite number"),
        (SCORES, BAD[:3], "7 scores, but 3 parts"),
        (np.zeros((2, 2)), np.zeros((2, 2), bool), "4 scores"),
        (np.array([]), np.array([], bool), "there is no good one"),
    ],
)
def test_a_set_that_tells_nothing_of_risk_is_refused(scores: Any, bad: Any, sentence: str) -> None:
    with pytest.raises(RiskError, match=sentence):
        choose(scores, bad, **LINE)
