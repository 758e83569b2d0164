"""The cell head: which cells of the maps look like a defect, taught from labels of whole pictures.

Promises: no masks are needed. Where there are good pictures, cells of defect pictures count as defect only where they
look unlike every good cell; the rest of a bad part is as good as a good one.
May import: numpy, inference.teach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from inference.teach.classify import fit_linear, probabilities
from inference.teach.features import Maps
from inference.teach.graph import LinearHead

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]

PICTURES_A_CLASS = 150
"""More pictures do not teach the cell head more; they only cost memory."""
_GOOD_CELLS = 24_000
_CELLS_A_PICTURE = 24
_STRENGTH = 1e-2
_ROUNDS = 2
# Of a bad picture, the share of its cells that is taken for the defect, and of a good one for hard examples.
_WORST_SHARE = 0.004
_FEWEST_WORST = 3


@dataclass(frozen=True, slots=True)
class _Picture:
    maps: Maps
    label: int


def teach_cells(maps: Mapping[int, Maps], labels: Ints, classes: int, good: int | None, seed: int) -> LinearHead:
    """The head [K, 472] for one cell. `maps` is index of a picture → its maps; `labels` [n] in 0..classes-1."""
    random = np.random.default_rng(seed)
    pictures = [_Picture(maps[index], int(labels[index])) for index in sorted(maps)]
    if good is None:
        cells = [_sample(picture.maps, _CELLS_A_PICTURE, random) for picture in pictures]
        marks = np.repeat([picture.label for picture in pictures], [len(part) for part in cells])
        return fit_linear(np.concatenate(cells), marks, classes, _STRENGTH)
    return _teach_with_good(pictures, classes, good, random)


def evidence(maps: Maps, head: LinearHead, good: int) -> npt.NDArray[np.float64]:
    """[K]: by how much the logit of each class exceeds the good one's in the cell where it does so most."""
    logits = cells_of(maps) @ head.weights.T + head.bias
    return (logits - logits[:, good : good + 1]).max(axis=0).astype(np.float64)


def cells_of(maps: Maps) -> Floats:
    """All cells of a picture, [h * w, 472], the coarser maps brought to the finest by linear interpolation."""
    height, width = maps[0].shape[1:]
    grown = [_grow(array.astype(np.float32), height, width) for array in maps]
    return np.concatenate(grown).reshape(-1, height * width).T


def _teach_with_good(pictures: list[_Picture], classes: int, good: int, random: np.random.Generator) -> LinearHead:
    fine = [picture for picture in pictures if picture.label == good]
    bad = [picture for picture in pictures if picture.label != good]
    ordinary = np.concatenate([_sample(p.maps, max(_GOOD_CELLS // len(fine), 1), random) for p in fine])
    strange = _Strangeness(ordinary)
    head: LinearHead | None = None
    for _ in range(_ROUNDS):
        hard = [_worst(picture.maps, strange, head, good) for picture in fine]
        found = [_worst(picture.maps, strange, head, good) for picture in bad]
        features = np.concatenate([ordinary, *hard, *found])
        marks = np.full(len(features), good)
        marks[len(ordinary) + sum(map(len, hard)) :] = np.repeat([p.label for p in bad], [len(f) for f in found])
        head = fit_linear(features, marks, classes, _STRENGTH)
    assert head is not None
    return head


class _Strangeness:
    """Squared Mahalanobis distance to the good cells (Mahalanobis 1936), with a ridge so that it can be inverted."""

    def __init__(self, ordinary: Floats) -> None:
        self._mean = ordinary.mean(axis=0, dtype=np.float64)
        covariance = np.cov(ordinary, rowvar=False, dtype=np.float64)
        ridge = 0.01 * np.trace(covariance) / len(covariance)
        linalg: Any = np.linalg  # its stubs leave the result's shape open
        lower = linalg.cholesky(covariance + ridge * np.eye(len(covariance)))
        self._whiten: Floats = linalg.inv(lower).T.astype(np.float32)

    def __call__(self, cells: Floats) -> Floats:
        white: Floats = (cells - self._mean.astype(np.float32)) @ self._whiten
        return np.einsum("nd,nd->n", white, white)


def _worst(maps: Maps, strange: _Strangeness, head: LinearHead | None, good: int) -> Floats:
    """The cells least like a good one: by distance at first, by the last round's head then."""
    cells = cells_of(maps)
    badness = strange(cells) if head is None else 1 - probabilities(head, cells)[:, good]
    take = max(round(_WORST_SHARE * len(cells)), _FEWEST_WORST)
    return cells[np.argsort(badness)[-take:]]


def _sample(maps: Maps, count: int, random: np.random.Generator) -> Floats:
    cells = cells_of(maps)
    return cells[random.choice(len(cells), min(count, len(cells)), replace=False)]


def _grow(array: Floats, height: int, width: int) -> Floats:
    rows, columns = _interpolation(array.shape[1], height), _interpolation(array.shape[2], width)
    return np.matmul(np.matmul(rows, array), columns.T)


def _interpolation(coarse: int, fine: int) -> Floats:
    """[fine, coarse] weights of linear interpolation between cell centres, as ONNX Resize does (half_pixel)."""
    if coarse == fine:
        return np.eye(fine, dtype=np.float32)
    centre = np.clip((np.arange(fine) + 0.5) * coarse / fine - 0.5, 0, coarse - 1)
    left = np.minimum(np.floor(centre).astype(int), max(coarse - 2, 0))
    weights = np.zeros((fine, coarse), np.float32)
    share = (centre - left).astype(np.float32)
    weights[np.arange(fine), left] = 1 - share
    weights[np.arange(fine), np.minimum(left + 1, coarse - 1)] += share
    return weights
