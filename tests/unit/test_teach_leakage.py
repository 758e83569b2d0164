"""Copies, near copies and shots of one thing; folds that keep them together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from camera.vision import cv2
from inference.teach.dataset import DatasetError
from inference.teach.leakage import WHYS, grouped_folds, groups_of, overlap
from inference.teach.looks import Apart, Looks, close_pairs, look_at_all

Image = npt.NDArray[np.uint8]


def texture(seed: int, height: int = 120, width: int = 160) -> Image:
    """A part with a face of its own."""
    random = np.random.default_rng(seed)
    rough = cv2.resize(random.normal(0, 1, (15, 20)), (width, height), interpolation=cv2.INTER_CUBIC)
    fine = cv2.resize(random.normal(0, 1, (40, 54)), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(128 + 25 * rough + 25 * fine, 0, 255).astype(np.uint8)


def fixture(seed: int) -> Image:
    """A part in its fixture: all are alike but for the camera's noise."""
    noise = np.random.default_rng(seed).normal(0, 4, (120, 160))
    return np.clip(texture(10_000) + noise, 0, 255).astype(np.uint8)


def encoded(image: Image, quality: int) -> Image:
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0), np.uint8)


def names(count: int) -> list[Path]:
    """Names that tell nothing."""
    return [Path(f"{'abcdefghij'[n // 10 % 10]}{'abcdefghij'[n % 10]}.png") for n in range(count)]


def pairs_of(images: list[Image]) -> set[tuple[int, int]]:
    return {(left, right) for left, right, _ in close_pairs(look_at_all(images), None, [])[0]}


@pytest.mark.parametrize(
    "copy",
    [
        lambda image: image.copy(),
        lambda image: encoded(image, 40),
        lambda image: cv2.resize(image, (80, 60), interpolation=cv2.INTER_AREA),
        lambda image: np.clip(0.9 * image.astype(float) + 15, 0, 255).astype(np.uint8),
        lambda image: np.clip(image + np.random.default_rng(5).normal(0, 5, image.shape), 0, 255).astype(np.uint8),
        lambda image: cv2.cvtColor(image, cv2.COLOR_GRAY2BGR),
        lambda image: image.astype(np.uint16) * 257,
    ],
    ids=["the same", "jpeg", "half the size", "another light", "noise", "colour", "16 bits"],
)
def test_a_copy_is_found_among_parts_with_a_face(copy: object) -> None:
    images = [texture(seed) for seed in range(40)]
    assert pairs_of([*images, copy(images[7])]) == {(7, 40)}  # type: ignore[operator]


def test_parts_with_a_face_are_no_copies() -> None:
    assert pairs_of([texture(seed) for seed in range(60)]) == set()


def test_parts_that_all_look_alike_are_no_copies() -> None:
    images = [fixture(seed) for seed in range(60)]
    assert pairs_of(images) == set()
    assert pairs_of([*images, encoded(images[3], 95)]) <= {(3, 60)}


def test_equal_pixels_are_found_even_where_all_look_alike() -> None:
    images = [fixture(seed) for seed in range(30)]
    groups = groups_of(names(31), [*images, images[4].copy()])
    assert groups[30] == groups[4]
    assert len(set(groups.tolist())) == 30


def test_a_burst_of_the_same_part_is_one_group() -> None:
    images = [texture(part) for part in range(30) for _ in range(3)]
    noisy = [encoded(image, 60 + row % 3 * 10) for row, image in enumerate(images)]
    groups = groups_of(names(90), noisy)
    assert groups.tolist() == [part for part in range(30) for _ in range(3)]


def test_flat_pictures_are_copies_only_where_they_are_equal() -> None:
    flat = [np.full((30, 40), grey, np.uint8) for grey in (0, 0, 90, 255)]
    assert groups_of(names(4), flat).tolist() == [0, 0, 1, 2]


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_few_pictures_are_looked_at_without_a_fuss(count: int) -> None:
    assert groups_of(names(count), [texture(seed) for seed in range(count)]).tolist() == list(range(count))


@pytest.mark.parametrize("count", [2, 3, 6])
def test_few_pictures_with_a_copy(count: int) -> None:
    images = [texture(seed) for seed in range(count - 1)]
    assert groups_of(names(count), [*images, encoded(images[0], 90)])[-1] == 0


def test_neighbours_in_a_sequence_need_to_be_only_somewhat_alike() -> None:
    images = [texture(seed) for seed in range(30)]
    shifted = np.roll(images[29], 2, axis=1)
    paths = [Path(f"{7 * n}.png") for n in range(30)]
    assert groups_of([*paths, Path("204.png")], [*images, shifted])[-1] == 29
    assert groups_of([*paths, Path("900.png")], [*images, shifted])[-1] == 30


def test_pictures_a_network_sees_alike_are_near_copies() -> None:
    random = np.random.default_rng(3)
    images = [texture(seed) for seed in range(40)]
    embeddings = random.normal(size=(40, 64))
    embeddings[9] = embeddings[2] + random.normal(size=64) * 0.01
    embeddings[:, 5] = 1.0
    assert groups_of(names(40), images)[9] == 9
    assert groups_of(names(40), images, embeddings)[9] == 2


def test_pictures_are_taken_one_at_a_time() -> None:
    alive = 0

    def images() -> Iterator[Image]:
        nonlocal alive
        for seed in range(20):
            alive += 1
            yield texture(seed)

    assert len(groups_of(names(20), images())) == 20
    assert alive == 20


def test_a_picture_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="3 paths, but 2 images"):
        groups_of(names(3), [texture(0), texture(1)])


def test_distances_of_rows_that_are_all_the_same_say_nothing() -> None:
    same = np.full((5, 4), 0.5)
    assert (Apart(same)(np.arange(5)) == 1).all()
    assert (Apart(same).usual() == 0).all()


def split(images: list[Image], border: int) -> tuple[tuple[list[Path], Looks], tuple[list[Path], Looks]]:
    paths = [Path("test") / path for path in names(border)]
    paths += [Path("train") / path for path in names(len(images) - border)]
    return (
        (paths[:border], look_at_all(images[:border])),
        (paths[border:], look_at_all(images[border:])),
    )


def test_what_a_set_shares_with_the_taught_one_is_named_the_worst_first() -> None:
    images = [texture(seed) for seed in range(40)]
    images[20], images[21] = encoded(images[3], 60), images[5].copy()
    found = overlap(*split(images, 20))
    assert (found.tested, found.taught, found.affected, found.share) == (20, 20, 2, 0.1)
    assert [(pair.tested, pair.taught, pair.why) for pair in found.pairs] == [
        ("test/af.png", "train/ab.png", "same pixels"),
        ("test/ad.png", "train/aa.png", "near copy"),
    ]
    assert found.by_reason == dict.fromkeys(WHYS, 0) | {"same pixels": 1, "near copy": 1}


def test_sets_of_different_parts_share_nothing() -> None:
    found = overlap(*split([texture(seed) for seed in range(40)], 20))
    assert (found.affected, found.pairs) == (0, ())


def test_one_part_on_both_sides_is_found_by_its_name() -> None:
    images = [texture(seed) for seed in range(60)]
    paths = [Path(f"part{part}_{view}.png") for view in range(2) for part in range(30)]
    tested, taught = (paths[:30], look_at_all(images[:30])), (paths[30:45], look_at_all(images[30:45]))
    found = overlap(tested, taught)
    assert found.affected == found.by_reason["same thing by name"] == 15


def test_an_empty_side_is_refused() -> None:
    looks = look_at_all([texture(0)])
    with pytest.raises(ValueError, match="no pictures to compare"):
        overlap(([], look_at_all([])), ([Path("a.png")], looks))
    with pytest.raises(ValueError, match="no pictures to compare"):
        overlap(([Path("a.png")], looks), ([], look_at_all([])))


def test_folds_spread_the_labels() -> None:
    labels = np.repeat([0, 1, 2], [60, 30, 10])
    folds = grouped_folds(labels, np.arange(100), 5, 0)
    assert [np.bincount(labels[held]).tolist() for _, held in folds] == [[12, 6, 2]] * 5


def test_the_same_seed_gives_the_same_folds() -> None:
    labels, groups = np.arange(40) % 2, np.arange(40) // 2
    first, again, other = (grouped_folds(labels, groups, 4, seed) for seed in (1, 1, 2))
    assert all((a[1] == b[1]).all() for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a[1], b[1]) for a, b in zip(first, other, strict=True))


def test_one_group_makes_no_folds() -> None:
    with pytest.raises(DatasetError, match="all 6 pictures belong together"):
        grouped_folds(np.arange(6) % 2, np.zeros(6, np.intp), 3, 0)
