"""The figures of an evaluation follow their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from inference.teach.evaluate import NOT_DECIDABLE, choose_threshold, evaluate, rate

CLASSES = ("good", "dent", "rust")


@given(st.lists(st.tuples(st.sampled_from(CLASSES), st.sampled_from(CLASSES)), min_size=1, max_size=60))
def test_figures_equal_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    truths, said = [truth for truth, _ in pairs], [label for _, label in pairs]
    got = evaluate(truths, said, [float(label != "good") for label in said], CLASSES, "good")
    present = sorted(set(truths))
    assert got.accuracy == pytest.approx(metrics.accuracy_score(truths, said))
    assert got.balanced_accuracy == pytest.approx(
        metrics.recall_score(truths, said, labels=present, average="macro", zero_division=0)
    )
    assert got.f1_macro == pytest.approx(
        metrics.f1_score(truths, said, labels=present, average="macro", zero_division=0)
    )
    assert got.confusion.matrix == tuple(map(tuple, metrics.confusion_matrix(truths, said, labels=CLASSES)))


@given(st.lists(st.tuples(st.sampled_from(CLASSES), st.sampled_from(CLASSES)), min_size=1, max_size=60))
def test_every_part_is_right_escaped_rejected_or_mislabelled(pairs: list[tuple[str, str]]) -> None:
    truths, said = [truth for truth, _ in pairs], [label for _, label in pairs]
    got = evaluate(truths, said, [0.5] * len(pairs), CLASSES, "good")
    if "good" not in truths:
        assert got.escapes is None
        assert got.escape_rate is None
        return
    bad = [(t, s) for t, s in pairs if t != "good"]
    assert got.escapes == sum(s == "good" for _, s in bad)
    assert got.false_rejects == sum(t == "good" != s for t, s in pairs)
    assert (got.escape_rate is None) == (not bad)


def test_a_set_without_good_parts_has_no_escapes() -> None:
    got = evaluate(["dent", "rust"], ["dent", "dent"], [1.0, 1.0], ["dent", "rust"], None)
    assert (got.auroc, got.average_precision, got.escapes, got.false_rejects) == (None, None, None, None)
    assert (got.escape_rate, got.false_reject_rate) == (None, None)


def test_scores_rank_the_bad_above_the_good() -> None:
    got = evaluate(["good", "good", "dent"], ["good", "good", "dent"], [0.1, 0.2, 0.9], CLASSES, "good")
    assert (got.auroc, got.average_precision) == (1.0, 1.0)


def test_a_label_the_package_does_not_know_has_its_own_row() -> None:
    got = evaluate(["good", "crack"], ["good", "dent"], [0.1, 0.9], CLASSES, "good")
    assert got.confusion.labels == (*CLASSES, "crack")
    assert got.escapes == 0


def test_exact_intervals() -> None:
    # R: binom.test(3, 50)$conf.int and binom.test(0, 100)$conf.int
    some, none = rate(3, 50), rate(0, 100)
    assert some is not None
    assert none is not None
    assert some.ci95 == pytest.approx((0.01254859, 0.16548195), abs=1e-6)
    assert none.ci95 == pytest.approx((0.0, 0.03621669), abs=1e-6)
    assert rate(0, 0) is None


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_the_threshold_costs_no_more_than_any_other(good: int, bad: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    scores = np.concatenate([random.beta(1, 5, good), random.beta(5, 1, bad)])
    is_bad = np.arange(good + bad) >= good

    def cost(threshold: float) -> float:
        return 5.0 * float((scores[is_bad] < threshold).sum()) + float((scores[~is_bad] >= threshold).sum())

    chosen = choose_threshold(scores, is_bad)
    assert 0.02 <= chosen <= 0.98
    if 0.02 < chosen < 0.98:
        assert cost(chosen) == min(cost(t) for t in [0.0, *scores, 1.1])


def test_of_equal_thresholds_the_middle_of_the_widest_gap() -> None:
    chosen = choose_threshold(np.array([0.1, 0.2, 0.8, 0.9]), np.array([False, False, True, True]))
    assert chosen == pytest.approx(0.5)


def test_every_rate_has_its_exact_interval() -> None:
    truths = ["good"] * 10 + ["dent"] * 10
    said = ["good"] * 9 + ["dent"] * 9 + ["good"] * 2
    got = evaluate(truths, said, [0.5] * 20, CLASSES, "good")
    # R: binom.test(17, 20), binom.test(9, 10), binom.test(9, 11)
    assert got.accuracy_ci95 == pytest.approx((0.62107268, 0.96792906), abs=1e-6)
    good, rust = got.per_class["good"], got.per_class["rust"]
    assert (good.images, good.called, rust.images, rust.called) == (10, 11, 0, 0)
    assert good.recall_ci95 == pytest.approx((0.55498392, 0.99747142), abs=1e-6)
    assert good.precision_ci95 == pytest.approx((0.48224415, 0.97716880), abs=1e-6)
    assert (rust.precision_ci95, rust.recall_ci95, rust.f1_ci95) == (None, None, None)
    # 9 right of 12 that were or were called good: binom.test(9, 12) → J, F1 = 2 J / (1 + J)
    low, high = 0.42814233, 0.94513937
    assert good.f1_ci95 == pytest.approx((2 * low / (1 + low), 2 * high / (1 + high)), abs=1e-6)


def test_what_could_not_be_judged_is_neither_an_escape_nor_a_false_reject() -> None:
    truths, said = ["good", "good", "dent", "dent"], ["good", NOT_DECIDABLE, "dent", NOT_DECIDABLE]
    got = evaluate(truths, said, [0.1, float("nan"), 0.9, float("nan")], CLASSES, "good")
    assert (got.not_decidable, got.escapes, got.false_rejects, got.accuracy) == (2, 0, 0, 0.5)
    assert got.confusion.labels == (*CLASSES, NOT_DECIDABLE)
    assert NOT_DECIDABLE not in got.per_class
    assert got.auroc == 1.0


def test_nothing_cannot_be_evaluated() -> None:
    with pytest.raises(ValueError, match="no picture to evaluate"):
        evaluate([], [], [], CLASSES, "good")
