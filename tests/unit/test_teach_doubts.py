"""Labels in doubt and hard pictures."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from inference.teach.dataset import DatasetError
from inference.teach.doubts import doubts, hard_by_class, hard_by_score, nearest, out_of_fold

Floats = npt.NDArray[np.float64]


def clouds(pictures: int, classes: int, seed: int = 0) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Embeddings of classes that lie apart, and their labels."""
    random = np.random.default_rng(seed)
    labels = np.arange(pictures) % classes
    return random.normal(0, 1, (pictures, 12)) + 5 * np.eye(classes, 12)[labels], labels


def test_planted_errors_are_found() -> None:
    embeddings, truth = clouds(240, 3)
    labels, planted = truth.copy(), {4, 50, 111, 200}
    for row in planted:
        labels[row] = (truth[row] + 1) % 3
    groups = np.arange(240)
    found = doubts(out_of_fold(embeddings, labels, groups), labels, nearest(embeddings, groups))
    assert {doubt.row for doubt in found[:4]} == planted
    assert all(doubt.likely == truth[doubt.row] for doubt in found[:4])
    assert all(doubt.chance_of_label < doubt.chance_of_likely for doubt in found[:4])


def test_right_labels_are_not_doubted() -> None:
    embeddings, labels = clouds(120, 3)
    assert doubts(out_of_fold(embeddings, labels, np.arange(120)), labels, nearest(embeddings, np.arange(120))) == []


def test_confident_learning_by_hand() -> None:
    chances = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [0.3, 0.7], [0.05, 0.95]])
    labels = np.array([0, 0, 0, 1, 1, 1])
    # The bars: class 0 (0.9 + 0.8 + 0.1) / 3 = 0.6, class 1 (0.8 + 0.7 + 0.95) / 3 = 0.817. Row 2 passes that of 1.
    found = doubts(chances, labels)
    assert [(doubt.row, doubt.label, doubt.likely) for doubt in found] == [(2, 0, 1)]
    assert (found[0].chance_of_label, found[0].chance_of_likely) == (0.1, 0.9)


def test_neighbours_add_a_doubt_where_the_probability_leans_the_same_way() -> None:
    chances = np.array([[0.9, 0.1], [0.95, 0.05], [0.4, 0.6], [0.1, 0.9], [0.1, 0.9]])
    labels = np.array([0, 0, 0, 1, 1])
    around = np.array([[1, 2], [0, 2], [3, 4], [4, 2], [3, 2]])
    found = doubts(chances, labels, around)
    assert [(doubt.row, doubt.likely, doubt.by_probability, doubt.by_neighbours) for doubt in found] == [
        (2, 1, False, True)
    ]


def test_a_class_without_pictures_is_nobodys() -> None:
    assert doubts(np.array([[0.5, 0.1, 0.4], [0.1, 0.1, 0.8]]), np.array([0, 2])) == []


def test_a_picture_is_never_its_own_neighbour_nor_that_of_its_copies() -> None:
    embeddings, _ = clouds(20, 2)
    embeddings[1] = embeddings[0]
    groups = np.array([0, 0, *range(1, 19)])
    near = nearest(embeddings, groups)
    assert not {0, 1} & set(near[0].tolist())
    assert near.shape == (20, 5)
    assert nearest(embeddings[:3], np.zeros(3, np.intp)).tolist() == [[-1] * 5] * 3
    assert nearest(np.ones((3, 4)), np.arange(3))[0].tolist()[2:] == [-1, -1, -1]


def test_a_class_that_stands_in_one_group_only_has_no_chance_there() -> None:
    embeddings, labels = clouds(30, 2)
    labels[:6] = 2
    groups = np.array([0] * 6 + list(range(1, 25)))
    chances = out_of_fold(embeddings, labels, groups)
    assert (chances[:6, 2] == 0).all()
    assert np.allclose(chances.sum(axis=1), 1)


def test_two_classes_of_one_part_each_tell_nothing() -> None:
    with pytest.raises(DatasetError, match="two classes with pictures of several parts"):
        out_of_fold(np.eye(6), np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 0, 1, 1, 1]))


def test_hard_pictures_lie_nearest_to_the_threshold_or_beyond_it() -> None:
    scores = np.array([0.1, 0.44, 0.7, 0.55, 0.9, math.nan])
    bad = np.array([False, False, False, True, True, True])
    hard = hard_by_score(scores, bad, 0.5)
    assert [h.row for h in hard] == [2, 3, 1, 0, 4]
    assert hard[0].margin == pytest.approx(-0.2)
    assert [h.row for h in hard_by_score(scores, bad, 0.5, skip=[2, 3])] == [1, 0, 4]


def test_hard_pictures_among_kinds_of_defect() -> None:
    chances = np.array([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [0.6, 0.3, 0.1], [math.nan] * 3, [0.4, 0.3, 0.3]])
    hard = hard_by_class(chances, np.array([0, 1, 1, 0, -1]))
    assert [(h.row, pytest.approx(h.margin)) for h in hard] == [(2, -0.3), (0, 0.2), (1, 0.7)]
