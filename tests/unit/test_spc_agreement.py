"""Kappa, proportions and the attribute agreement study."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from inference.spc.limits import SpcError
from inference.spc.measurement.agreement import attribute_study, raters_study
from inference.spc.measurement.kappa import cohen_kappa, fleiss_kappa, judge_kappa
from inference.spc.measurement.proportions import clopper_pearson, proportion, wilson

OK, BAD, UNSURE = "OK", "NOT_OK", "NOT_DECIDABLE"


def test_exact_and_score_intervals_of_known_proportions() -> None:
    """Agresti and Coull 1998: 5 of 10; Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    assert clopper_pearson(81, 263) == pytest.approx((0.2527, 0.3676), abs=5e-5)
    assert clopper_pearson(0, 20) == pytest.approx((0.0, 0.1684), abs=5e-5)
    assert clopper_pearson(20, 20) == pytest.approx((0.8316, 1.0), abs=5e-5)
    assert clopper_pearson(1, 29) == pytest.approx((0.0009, 0.1776), abs=5e-5)
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(20, 20) == pytest.approx((0.8389, 1.0), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_a_proportion_holds_its_interval() -> None:
    found = proportion(3, 4, 0.9)
    assert (found.hits, found.of, found.value) == (3, 4, 0.75)
    assert (found.low, found.high) == clopper_pearson(3, 4, 0.9)


def test_cohens_kappa_by_hand() -> None:
    kappa = cohen_kappa([[20, 5], [10, 15]])
    assert kappa is not None
    assert (kappa.observed, kappa.expected, kappa.value) == pytest.approx((0.7, 0.5, 0.4))
    assert kappa.se0 == pytest.approx(math.sqrt((0.5 + 0.25 - 0.51) / 50) / 0.5)
    assert kappa.p == pytest.approx(0.5 * math.erfc(0.4 / kappa.se0 / math.sqrt(2)))


def test_perfect_agreement_is_certain_and_agreement_on_one_category_is_none() -> None:
    perfect = cohen_kappa([[30, 0], [0, 20]])
    assert perfect is not None
    assert (perfect.value, perfect.low, perfect.high) == pytest.approx((1.0, 1.0, 1.0))
    assert cohen_kappa([[50, 0], [0, 0]]) is None
    assert fleiss_kappa([[3, 0], [3, 0]]).overall is None
    assert fleiss_kappa([[3, 0], [3, 0]]).categories == (None, None)


def test_two_raters_who_never_meet_cannot_have_guessed() -> None:
    kappa = cohen_kappa([[0, 5], [0, 0]])
    assert kappa is not None
    assert (kappa.value, kappa.se0, kappa.p) == (0.0, 0.0, None)


def test_fleiss_kappa_by_category_weighs_up_to_the_whole() -> None:
    counts = np.array([[3, 0, 0], [2, 1, 0], [0, 3, 0], [0, 1, 2], [1, 1, 1]])
    kappa = fleiss_kappa(counts)
    p = counts.sum(axis=0) / counts.sum()
    weights = p * (1 - p)
    assert kappa.overall is not None
    assert np.dot(weights, kappa.categories) / weights.sum() == pytest.approx(kappa.overall.value)
    assert kappa.categories_se0 == pytest.approx(math.sqrt(2 / (5 * 3 * 2)))


def test_fleiss_standard_error_if_guessing_of_two_categories_is_that_of_each() -> None:
    kappa = fleiss_kappa([[3, 1], [2, 2], [4, 0], [1, 3]])
    assert kappa.overall is not None
    assert kappa.overall.se0 == pytest.approx(kappa.categories_se0)


def test_one_subject_shows_no_standard_error() -> None:
    kappa = fleiss_kappa([[2, 1]]).overall
    assert kappa is not None
    assert (kappa.se, kappa.low, kappa.high) == (None, None, None)


def test_the_intervals_of_kappa_cover_what_is_true() -> None:
    """Two raters see a part's true state through 10 % errors; 400 studies of 150 parts."""
    rng = np.random.default_rng(7)
    cohen, fleiss = 0, 0
    true = 1 - 2 * 0.1 * 0.9 / (2 * 0.5 * 0.5)
    for _ in range(400):
        state = rng.random(150) < 0.5
        raters = state[:, None] ^ (rng.random((150, 2)) < 0.1)
        table = np.array([[np.sum((raters[:, 0] == i) & (raters[:, 1] == j)) for j in (0, 1)] for i in (0, 1)])
        one, many = cohen_kappa(table), fleiss_kappa(np.stack([2 - raters.sum(1), raters.sum(1)], axis=1)).overall
        assert one is not None
        assert many is not None
        assert many.low is not None
        assert many.high is not None
        assert one.low is not None
        assert one.high is not None
        cohen += one.low <= true <= one.high
        fleiss += many.low <= true <= many.high
    assert 0.91 <= cohen / 400 <= 0.98
    assert 0.91 <= fleiss / 400 <= 0.98


def test_aiags_words_for_kappa() -> None:
    assert [judge_kappa(kappa) for kappa in (1.0, 0.76, 0.75, 0.40, 0.39, -1.0)] == [
        "good",
        "good",
        "marginal",
        "marginal",
        "poor",
        "poor",
    ]
    with pytest.raises(SpcError, match="between -1 and 1"):
        judge_kappa(math.nan)


REFERENCE = [OK, OK, OK, BAD, BAD]
JUDGED = [[OK, OK], [OK, BAD], [UNSURE, OK], [BAD, OK], [BAD, UNSURE]]


def test_an_attribute_study_by_hand() -> None:
    study = attribute_study(REFERENCE, JUDGED, bad=BAD)
    assert (study.parts, study.passes) == (5, 2)
    assert study.repeatable is not None
    assert study.repeatable.hits == 1
    assert (study.effective.hits, study.effective.of) == (1, 5)
    assert (study.correct.hits, study.correct.of) == (6, 10)
    assert study.miss is not None
    assert (study.miss.hits, study.miss.of) == (1, 4)
    assert study.false_alarm is not None
    assert (study.false_alarm.hits, study.false_alarm.of) == (1, 6)
    assert (study.undecided.hits, study.undecided.of) == (2, 10)
    assert (study.missed, study.false_alarms, study.unsteady) == ((4,), (2,), (2, 3, 4, 5))
    assert study.kappa == cohen_kappa([[4, 1, 1], [1, 2, 1], [0, 0, 0]])
    assert study.within == fleiss_kappa([[2, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 0], [0, 1, 1]])
    assert study.verdict == "unacceptable"


def test_a_part_that_could_not_be_decided_is_neither_missed_nor_a_false_alarm() -> None:
    study = attribute_study([OK, BAD], [[UNSURE], [UNSURE]], bad=BAD)
    assert study.miss is not None
    assert study.false_alarm is not None
    assert (study.miss.hits, study.false_alarm.hits, study.undecided.hits) == (0, 0, 2)
    assert (study.missed, study.false_alarms) == ((), ())


def test_one_pass_says_nothing_of_repeatability_and_one_kind_of_part_nothing_of_the_other() -> None:
    study = attribute_study([OK, OK], [[OK], [OK]], bad=BAD)
    assert (study.repeatable, study.within, study.miss, study.kappa) == (None, None, None, None)
    assert study.verdict == "incomplete"
    assert attribute_study([BAD], [[BAD]], bad=BAD).false_alarm is None


@pytest.mark.parametrize(
    ("alarms", "misses", "word"), [(2, 0, "acceptable"), (5, 1, "marginal"), (5, 2, "unacceptable")]
)
def test_aiags_words_for_an_attribute_study(alarms: int, misses: int, word: str) -> None:
    judged = [[BAD]] * alarms + [[OK]] * (50 - alarms) + [[OK]] * misses + [[BAD]] * (25 - misses)
    assert attribute_study([OK] * 50 + [BAD] * 25, judged, bad=BAD).verdict == word


def test_several_raters_by_hand() -> None:
    other = [[OK, OK], [OK, OK], [OK, OK], [BAD, BAD], [BAD, BAD]]
    study = raters_study(REFERENCE, {"Ann": JUDGED, "Bo": other}, bad=BAD)
    assert study.raters["Ann"] == attribute_study(REFERENCE, JUDGED, bad=BAD)
    assert study.raters["Bo"].effective.value == 1.0
    assert (study.between.hits, study.all_effective.hits, study.between.of) == (1, 1, 5)
    assert study.pairs == {("Ann", "Bo"): cohen_kappa([[4, 1, 0], [1, 2, 0], [1, 1, 0]])}
    assert study.kappa.overall == fleiss_kappa([[4, 0, 0], [3, 1, 0], [3, 0, 1], [1, 3, 0], [0, 3, 1]]).overall


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: attribute_study([], [], bad=BAD), "no parts"),
        (lambda: attribute_study([OK], [[OK], [OK]], bad=BAD), "1 parts, the verdicts 2"),
        (lambda: attribute_study([OK, OK], [[OK], [OK, OK]], bad=BAD), "part 2 was judged 2 times"),
        (lambda: attribute_study([OK], [[]], bad=BAD), "part 1 was judged 0 times"),
        (lambda: attribute_study([OK], ["OK"], bad=BAD), "one word"),
        (lambda: attribute_study([OK, UNSURE], [[OK], [OK]], bad=BAD), "part 2 has no reference"),
        (lambda: attribute_study([OK], [[OK]], bad=UNSURE), "both bad and undecided"),
        (lambda: attribute_study([OK], [[OK]], bad=BAD, confidence=0.0), "between 0 and 1"),
        (lambda: raters_study([OK], {"Ann": [[OK]]}, bad=BAD), "2 of them"),
        (lambda: raters_study([OK], {"Ann": [[OK]], "Bo": [[OK, OK]]}, bad=BAD), "Ann 1, Bo 2"),
        (lambda: cohen_kappa([[1, 2, 3], [4, 5, 6]]), "square"),
        (lambda: cohen_kappa([[1, 2], [3]]), "rows of one length"),
        (lambda: cohen_kappa([]), "rows of one length"),
        (lambda: cohen_kappa([[1, -1], [1, 1]]), "whole numbers"),
        (lambda: cohen_kappa([[0, 0], [0, 0]]), "empty"),
        (lambda: cohen_kappa([[1, 0], [0, 1]], confidence=2.0), "between 0 and 1"),
        (lambda: fleiss_kappa([[1, 0], [0, 1]]), "2 verdicts"),
        (lambda: fleiss_kappa([[2, 0], [1, 2]]), "subject 2 has 3 verdicts"),
        (lambda: proportion(0, 0), "no proportion"),
        (lambda: clopper_pearson(3, 2), "no proportion"),
        (lambda: wilson(-1, 2), "no proportion"),
        (lambda: wilson(1, 2, 1.0), "between 0 and 1"),
    ],
)
def test_what_is_no_study_is_refused_with_a_sentence(call: Callable[[], Any], told: str) -> None:
    with pytest.raises(SpcError, match=told):
        call()


@pytest.mark.parametrize("known", [OK, BAD])
def test_without_both_kinds_of_part_nothing_is_called_acceptable(known: str) -> None:
    assert attribute_study([known] * 9, [[known] * 2] * 9, bad=BAD).verdict == "incomplete"
    wrong = BAD if known == OK else OK
    assert attribute_study([known] * 9, [[wrong] * 2] * 9, bad=BAD).verdict == "unacceptable"
