"""The parts of a memory bank: coreset, projection, views, limits, graph."""

from __future__ import annotations

import numpy as np
import pytest

from inference.model.providers import Provider
from inference.model.session import Graph
from inference.teach.bank_graph import CELLS, Bank, bank_graph, bank_matrix, cell_graph
from inference.teach.coreset import k_centres
from inference.teach.graph import MAPS, feature_graph
from inference.teach.limits import WORST_CELLS, learn_limits, threshold_of, worst
from inference.teach.local import cells_of
from inference.teach.projection import fit_projection
from inference.teach.views import views, views_each

CHANNELS = 472


def cells(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(3, 2, (count, CHANNELS)).astype(np.float32)


def first(row: int = 0) -> np.ndarray:
    return np.array([row], np.intp)


def test_centres_are_the_points_that_lie_apart() -> None:
    near = np.random.default_rng(1).normal(0, 0.01, (50, 3))
    points = np.concatenate([near, near + np.array([9, 0, 0]), near + np.array([0, 9, 0])]).astype(np.float32)
    chosen = k_centres(points, 3, first(), 0)
    assert sorted(row // 50 for row in chosen) == [0, 1, 2]


def test_centres_stop_where_every_point_is_one() -> None:
    assert k_centres(np.ones((20, 5), np.float32), 7, first(3), 0).tolist() == [3]
    assert len(k_centres(cells(6), 100, first(), 0)) == 6


def test_centres_are_the_same_for_the_same_seed_and_never_twice_one_row() -> None:
    points = cells(400)
    one, again = k_centres(points, 60, first(), 5), k_centres(points, 60, first(), 5)
    assert one.tolist() == again.tolist()
    assert len(set(one.tolist())) == 60


def test_the_projection_keeps_distances_of_standardised_channels() -> None:
    low = np.random.default_rng(2).normal(0, 1, (300, 20)) @ np.random.default_rng(3).normal(0, 1, (20, CHANNELS))
    points = low.astype(np.float32)
    projected = fit_projection(points)(points)
    deviation = points.std(axis=0)
    parts = np.split(deviation, (40, 152))
    level = np.concatenate([np.full(len(part), part.mean()) for part in parts])
    standard = points / (deviation + 0.05 * level + 1e-3)
    expected = np.linalg.norm(standard[:50] - standard[50:100], axis=1)
    np.testing.assert_allclose(np.linalg.norm(projected[:50] - projected[50:100], axis=1), expected, rtol=1e-3)


def test_channels_that_never_vary_do_no_harm() -> None:
    points = np.ones((40, CHANNELS), np.float32)
    projected = fit_projection(points)(points)
    np.testing.assert_allclose(projected, 0, atol=1e-4)


@pytest.mark.parametrize(("pictures", "each"), [(1, 12), (2, 8), (5, 4), (15, 2), (16, 1), (1000, 1)])
def test_few_pictures_are_shown_in_more_views(pictures: int, each: int) -> None:
    assert views_each(pictures) == each


@pytest.mark.parametrize("shape", [(40, 60, 1), (40, 60, 3), (1, 1, 1), (3, 500, 3)])
def test_views_are_pictures_of_the_same_shape_and_light(shape: tuple[int, int, int]) -> None:
    image = np.random.default_rng(0).integers(60, 180, shape, np.uint8)
    made, again = list(views(image, 5, (0, 1))), list(views(image, 5, (0, 1)))
    assert all(view.shape == shape and view.dtype == np.uint8 for view in made)
    assert all((a == b).all() for a, b in zip(made, again, strict=True))
    assert (made[0] == image).all()
    assert all(abs(float(view.mean()) / float(image.mean()) - 1) < 0.1 for view in made)


def test_the_threshold_is_hardly_exceeded_by_good_parts_and_not_far_above_them() -> None:
    random = np.random.default_rng(4)
    taught = random.lognormal(0, 0.1, (200, 40))
    new = random.lognormal(0, 0.1, (200, 2000))
    exceeded = np.mean([(row > threshold_of(scores)).mean() for scores, row in zip(taught, new, strict=True)])
    assert 0.008 < exceeded < 0.032


def test_two_scores_and_equal_scores_give_a_usable_threshold() -> None:
    assert 1.0 < threshold_of(np.array([1.0, 1.0])) < 1.4
    assert 0 < threshold_of(np.zeros(3)) < 1e-5


def test_limits_are_higher_where_good_parts_vary() -> None:
    maps = np.random.default_rng(5).normal(10, 0.5, (40, 24, 32)).astype(np.float32)
    maps[::3, :, 24:] += 6
    limits = learn_limits(maps)
    assert limits.local[:, 28:].mean() > 1.4 * limits.local[:, :8].mean()
    assert len(limits.scores) == 40


def test_limits_of_maps_without_any_distance_are_above_zero() -> None:
    limits = learn_limits(np.zeros((2, 8, 8), np.float32), np.zeros((2, 8, 8), np.float32))
    assert (limits.local > 0).all()
    assert limits.threshold > 0


@pytest.mark.parametrize(("times", "margin"), [(1.0, 1.2), (1.5, 1.5), (3.0, 1.45)])
def test_one_part_is_given_room_by_its_other_places(times: float, margin: float) -> None:
    """A surface's other places say how a second part looks; those of a thing with places of its own do not."""
    maps = np.random.default_rng(8).normal(10, 0.5, (12, 16, 16)).astype(np.float32)
    one = learn_limits(maps, maps * np.float32(times))
    assert one.threshold > margin * 0.99 * threshold_of(one.scores)
    assert one.threshold < margin * 1.2 * threshold_of(one.scores)


def test_the_worst_cells_make_the_score() -> None:
    ratios = np.zeros((9, 9))
    ratios[0, :WORST_CELLS] = 2.0
    assert worst(ratios) == 2.0


@pytest.fixture(scope="module")
def bank() -> tuple[Bank, np.ndarray, np.ndarray]:
    """A bank, two pictures, and their cells in its space."""
    pictures = np.random.default_rng(6).integers(0, 255, (2, 70, 90, 3), np.uint8)
    maps = Graph(feature_graph(96, 64).SerializeToString(), MAPS, Provider.CPU, 1).run(pictures)
    raw = [cells_of(tuple(array[k] for array in maps)) for k in range(2)]
    projection = fit_projection(np.concatenate([*raw, cells(200)]))
    local = np.random.default_rng(7).uniform(5, 9, (8, 12)).astype(np.float32)
    return Bank(projection, projection(raw[0][::3]), local, 1.2), pictures, np.stack([projection(row) for row in raw])


def test_the_graph_answers_like_its_formulas(bank: tuple[Bank, np.ndarray, np.ndarray]) -> None:
    made, pictures, projected = bank
    graph = Graph(
        bank_graph(feature_graph(96, 64), made).SerializeToString(),
        ("score", "heatmap", "embedding", "nearest"),
        Provider.CPU,
        1,
    )
    score, heat, embedding, nearest = graph.run(pictures)
    apart = np.linalg.norm(projected[:, :, None] - made.patches[None, None], axis=3)
    ratio = apart.min(axis=2) / made.local.ravel()
    top = np.sort(ratio, axis=1)[:, -WORST_CELLS:].mean(axis=1)
    np.testing.assert_allclose(score, top / (top + made.threshold), rtol=2e-3)
    worst_cell = ratio.argmax(axis=1)
    assert nearest.tolist() == [int(apart[k, worst_cell[k]].argmin()) for k in range(2)]
    assert heat.shape == (2, 8, 12)
    assert 0 <= heat.min() < heat.max() < 1
    assert len(embedding) == 2


def test_cells_of_the_graph_are_the_projected_ones(bank: tuple[Bank, np.ndarray, np.ndarray]) -> None:
    made, pictures, projected = bank
    runner = Graph(cell_graph(feature_graph(96, 64), made.projection).SerializeToString(), (CELLS,), Provider.CPU, 1)
    got = runner.run(pictures)[0]
    assert (got[:, -1] == 1).all()
    np.testing.assert_allclose(got[:, :-1].reshape(2, -1, 96).transpose(0, 2, 1), projected, atol=0.02)


def test_the_banks_matrix_gives_squared_distances() -> None:
    patches, cell = cells(4)[:, :10].astype(np.float32), cells(1, 9)[0, :10]
    with_one = np.append(cell, 1).astype(np.float32)
    squared = bank_matrix(patches) @ with_one + with_one @ with_one
    np.testing.assert_allclose(squared, ((patches - cell) ** 2).sum(axis=1), rtol=1e-4)
