"""Laws of an evaluation: curves, risk, groups and folds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from inference.teach.evaluate import evaluate, exact_interval
from inference.teach.figures import curves, histogram, precision_recall, roc
from inference.teach.leakage import grouped_folds, groups_of
from inference.teach.risk import Risk, choose
from inference.teach.risk_words import pictures_needed, upper_bound

Floats = npt.NDArray[np.float64]
Scored = tuple[Floats, npt.NDArray[np.bool_]]

SCORES = st.one_of(st.integers(0, 6).map(lambda k: k / 6), st.floats(0, 1), st.sampled_from([1e9, 1e9 + 1e-3]))


@st.composite
def scored(draw: st.DrawFn) -> Scored:
    """Scores with ties, of at least one good and one bad part."""
    scores = draw(st.lists(SCORES, min_size=2, max_size=40))
    bad = draw(st.lists(st.booleans(), min_size=len(scores), max_size=len(scores)))
    bad[:2] = [True, False]
    return np.array(scores), np.array(bad)


@st.composite
def risks(draw: st.DrawFn) -> Risk:
    scores, bad = draw(scored())
    return choose(
        scores,
        bad,
        escape_cost=draw(st.sampled_from([0.0, 1.0, 100.0])),
        reject_cost=draw(st.sampled_from([0.0, 1.0, 3.0])),
        prevalence=draw(st.floats(1e-6, 0.999)),
        parts_per_shift=draw(st.sampled_from([1.0, 20_000.0])),
        confidence=draw(st.sampled_from([0.8, 0.95, 0.999])),
    )


@given(scored())
def test_the_area_under_the_roc_is_mann_whitneys(made: Scored) -> None:
    scores, bad = made
    curve = roc(scores, bad)
    area = np.trapezoid(curve.detection_rate, curve.false_reject_rate)
    u = stats.mannwhitneyu(scores[bad], scores[~bad], method="asymptotic").statistic if len(set(scores)) > 1 else None
    expected = 0.5 if u is None else u / (bad.sum() * (~bad).sum())
    assert area == pytest.approx(expected)
    said = ["dent" if wrong else "good" for wrong in bad]
    assert evaluate(said, said, scores.tolist(), ["good", "dent"], "good").auroc == pytest.approx(expected)


@given(scored())
def test_the_roc_goes_from_nothing_to_everything_and_never_back(made: Scored) -> None:
    curve = roc(*made)
    assert (curve.threshold[0], curve.false_reject_rate[0], curve.detection_rate[0]) == (None, 0, 0)
    assert (curve.false_reject_rate[-1], curve.detection_rate[-1]) == (1, 1)
    assert (np.diff(curve.false_reject_rate) >= 0).all()
    assert (np.diff(curve.detection_rate) >= 0).all()
    assert (np.diff(np.array(curve.threshold[1:])) < 0).all()


@given(scored())
def test_each_point_of_the_roc_is_what_its_threshold_does(made: Scored) -> None:
    scores, bad = made
    curve = roc(scores, bad)
    for threshold, rejects, caught in zip(
        curve.threshold[1:], curve.false_reject_rate[1:], curve.detection_rate[1:], strict=True
    ):
        assert rejects == pytest.approx((scores[~bad] >= threshold).mean())
        assert caught == pytest.approx((scores[bad] >= threshold).mean())


@given(scored())
def test_average_precision_is_the_sum_under_the_steps(made: Scored) -> None:
    scores, bad = made
    pr = precision_recall(scores, bad)
    area = float(np.sum(np.diff([0.0, *pr.recall]) * pr.precision))
    said = ["dent" if wrong else "good" for wrong in bad]
    assert area == pytest.approx(evaluate(said, said, scores.tolist(), ["good", "dent"], "good").average_precision)
    assert pr.recall[-1] == 1
    assert min(pr.precision) > 0 or not bad[np.argmax(scores)]


@given(scored(), st.integers(1, 50))
def test_every_score_is_in_one_bin(made: Scored, bins: int) -> None:
    scores, bad = made
    labels = ["dent" if wrong else "good" for wrong in bad]
    told = histogram(labels, scores, bins)
    assert len(told.edges) == bins + 1
    assert sum(told.counts["dent"]) == bad.sum()
    assert sum(told.counts["good"]) == (~bad).sum()


def test_many_points_are_thinned_and_keep_their_ends() -> None:
    random = np.random.default_rng(0)
    bad = random.random(20_000) < 0.5
    scores = random.normal(size=20_000) + bad
    full, thin = roc(scores, bad, 10**6), roc(scores, bad)
    assert len(thin.threshold) == 500 < len(full.threshold)
    assert (thin.false_reject_rate[0], thin.false_reject_rate[-1]) == (0, 1)
    areas = [np.trapezoid(curve.detection_rate, curve.false_reject_rate) for curve in (full, thin)]
    assert areas[0] == pytest.approx(areas[1], abs=1e-3)
    assert len(precision_recall(scores, bad).recall) == 500


def test_curves_need_good_and_bad_parts_and_scores() -> None:
    scores = np.array([0.1, np.nan, 0.9])
    assert curves(["good", "dent", "good"], scores, "good").roc is None
    assert curves(["dent", "dent", "rust"], scores, "good").roc is None
    assert curves(["dent", "dent", "rust"], scores, None).pr is None
    told = curves(["good", "good", "dent"], scores, "good")
    assert told.roc is not None
    assert sum(map(sum, told.histogram.counts.values())) == 2
    assert curves(["good"], np.array([np.nan]), "good").histogram.counts == {}


@given(st.integers(0, 60), st.integers(1, 60), st.sampled_from([0.5, 0.8, 0.95, 0.999]))
def test_intervals_hold_what_was_seen_and_grow_with_confidence(count: int, of: int, confidence: float) -> None:
    count = min(count, of)
    low, high = exact_interval(count, of, confidence)
    assert 0 <= low <= count / of <= high <= 1
    wider = exact_interval(count, of, (1 + confidence) / 2)
    assert wider[0] <= low
    assert high <= wider[1]
    assert upper_bound(count, of, confidence) <= high


@given(st.integers(0, 5), st.floats(0.01, 0.5), st.sampled_from([0.8, 0.95, 0.99]))
def test_as_many_pictures_as_needed_and_not_one_fewer(count: int, promise: float, confidence: float) -> None:
    needed = pictures_needed(count, promise, confidence)
    assert upper_bound(count, needed, confidence) <= promise * (1 + 1e-9)
    if needed - 1 > count:
        assert upper_bound(count, needed - 1, confidence) > promise * (1 - 1e-9)


@given(risks(), st.floats(-1, 2), st.floats(0, 1))
def test_a_higher_threshold_lets_more_escape_and_rejects_fewer(risk: Risk, threshold: float, more: float) -> None:
    low, high = risk.at(threshold), risk.at(threshold + more)
    assert low.escapes <= high.escapes
    assert low.false_rejects >= high.false_rejects
    assert low.escapes_per_million.value <= high.escapes_per_million.value
    assert low.escapes_per_million.interval <= high.escapes_per_million.interval
    assert low.false_rejects_a_shift.value >= high.false_rejects_a_shift.value


@given(risks(), st.floats(-1, 2))
def test_no_threshold_costs_less_than_the_chosen_one(risk: Risk, threshold: float) -> None:
    every = [threshold, *risk.good.tolist(), *risk.bad.tolist(), *risk.cuts.tolist()]
    least = min(risk.at(cut).cost_a_shift for cut in every)
    assert risk.best.cost_a_shift == pytest.approx(least, rel=1e-9, abs=1e-12)


@given(risks(), st.floats(-1, 2))
def test_every_estimate_lies_in_its_interval(risk: Risk, threshold: float) -> None:
    outcome = risk.at(threshold)
    for estimate in (
        outcome.escape_rate,
        outcome.false_reject_rate,
        outcome.escapes_per_million,
        outcome.escapes_a_shift,
        outcome.false_rejects_a_shift,
    ):
        assert estimate.interval[0] <= estimate.value <= estimate.interval[1]
    assert outcome.escapes_a_shift.value + outcome.false_rejects_a_shift.value <= risk.stakes.parts_per_shift * 1.001


@given(risks(), st.sampled_from([0.0, 0.01, 0.5, 10.0]))
def test_a_grey_zone_never_costs_more_than_one_threshold(risk: Risk, review: float) -> None:
    zone = risk.grey_zone(review)
    assert zone.low <= zone.high
    assert zone.cost_a_shift <= risk.best.cost_a_shift * (1 + 1e-9) + 1e-9
    seen = zone.to_a_person_a_shift
    assert seen.interval[0] <= seen.value * (1 + 1e-12)
    assert seen.value <= seen.interval[1] * (1 + 1e-12)
    assert zone.escapes + zone.bad_to_a_person <= len(risk.bad)
    assert zone.false_rejects + zone.good_to_a_person <= len(risk.good)
    stakes = risk.stakes
    bad_each = stakes.parts_per_shift * stakes.prevalence / len(risk.bad)
    good_each = stakes.parts_per_shift * (1 - stakes.prevalence) / len(risk.good)
    told = stakes.escape_cost * bad_each * zone.escapes + stakes.reject_cost * good_each * zone.false_rejects
    told += review * seen.value
    assert zone.cost_a_shift == pytest.approx(told, rel=1e-6, abs=1e-6)


@given(risks(), st.floats(0.5, 8), st.booleans())
def test_the_unit_of_cost_and_the_size_of_a_shift_change_no_threshold(risk: Risk, factor: float, parts: bool) -> None:
    stakes: dict[str, Any] = {
        "escape_cost": risk.stakes.escape_cost * (1 if parts else factor),
        "reject_cost": risk.stakes.reject_cost * (1 if parts else factor),
        "prevalence": risk.stakes.prevalence,
        "parts_per_shift": risk.stakes.parts_per_shift * (factor if parts else 1),
    }
    scores = np.concatenate([risk.good, risk.bad])
    again = choose(scores, np.arange(len(scores)) >= len(risk.good), **stakes)
    assert again.best.cost_a_shift == pytest.approx(risk.best.cost_a_shift * factor, rel=1e-9, abs=1e-12)


NAMES = st.builds(
    lambda folder, stem, number, view: Path(f"{folder}/{stem}{number}{view}.png"),
    st.sampled_from(["good", "crack"]),
    st.sampled_from(["", "part", "img_"]),
    st.integers(0, 30),
    st.sampled_from(["", "_1", "_2", "_a"]),
)


@st.composite
def sets(draw: st.DrawFn) -> tuple[list[Path], list[npt.NDArray[np.uint8]]]:
    """Pictures with copies among them, under names of every kind."""
    paths = draw(st.lists(NAMES, max_size=30))
    faces = draw(st.lists(st.integers(0, 20), min_size=len(paths), max_size=len(paths)))
    return paths, [np.random.default_rng(face).integers(0, 256, (24, 32)).astype(np.uint8) for face in faces]


@given(sets(), st.randoms())
def test_groups_are_an_equivalence_relation_whatever_the_order(made: Any, random: Any) -> None:
    paths, images = made
    groups = groups_of(paths, images)
    assert len(groups) == len(paths)
    assert sorted(set(groups.tolist())) == list(range(len(set(groups.tolist()))))
    for row, image in enumerate(images):
        assert all(groups[row] == groups[k] for k, other in enumerate(images) if np.array_equal(image, other))
    order = list(range(len(paths)))
    random.shuffle(order)
    if len(set(paths)) == len(paths):
        again = groups_of([paths[k] for k in order], [images[k] for k in order])
        same = groups[order][:, None] == groups[order][None, :]
        assert (same == (again[:, None] == again[None, :])).all()


@given(st.data(), st.integers(2, 6), st.integers(0, 3))
def test_folds_never_split_a_group_and_hold_each_picture_back_once(data: Any, folds: int, seed: int) -> None:
    groups = np.array(data.draw(st.lists(st.integers(0, 12), min_size=2, max_size=60)))
    labels = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(groups), max_size=len(groups))))
    if len(set(groups.tolist())) < 2:
        return
    made = grouped_folds(labels, groups, folds, seed)
    assert len(made) == min(folds, len(set(groups.tolist())))
    for taught, held in made:
        assert len(taught)
        assert len(held)
        assert not set(groups[taught].tolist()) & set(groups[held].tolist())
        assert sorted([*taught.tolist(), *held.tolist()]) == list(range(len(groups)))
    assert sorted(row for _, held in made for row in held.tolist()) == list(range(len(groups)))
