"""Labels that are probably wrong, and pictures that are hard: what to look at before more pictures are taken.

Promises: a picture is judged by heads that saw neither it nor its relatives (copies, shots of one thing); its nearest
pictures are no relatives of it either.
May import: numpy, inference.teach.

Confident learning (Northcutt, Jiang and Chuang, Journal of Artificial Intelligence Research 70, 2021): a picture
counts as class j where its probability of j reaches the mean that pictures labelled j have of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference.teach.classify import fit_linear, probabilities
from inference.teach.dataset import DatasetError
from inference.teach.leakage import grouped_folds

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

FOLDS = 5
NEIGHBOURS = 5
_STRENGTH = 3e-2
_ROWS = 256


@dataclass(frozen=True, slots=True)
class Doubt:
    """A picture whose label is probably wrong."""

    row: int
    label: int
    likely: int
    """The class it seems to be."""
    chance_of_label: float
    """Probability of the label it has, by heads that had not seen it."""
    chance_of_likely: float
    by_probability: bool
    by_neighbours: bool
    """All its nearest pictures are of the likely class."""


@dataclass(frozen=True, slots=True)
class Hard:
    """A picture that the model judges wrongly, or nearly so."""

    row: int
    margin: float
    """How far on the right side it lies; below 0 it is judged wrongly."""


def out_of_fold(embeddings: Floats, labels: Ints, groups: Ints, seed: int = 0) -> Floats:
    """Probabilities [n, K] of each picture by heads taught on other groups. `embeddings` [n, D]; `labels` [n] in
    0..K-1; a class that its fold's teachers lack has probability 0.

    Raises:
        DatasetError: there are fewer than two classes, or one group only, or a class alone is left to teach on.

    """
    classes = int(labels.max()) + 1
    judged = np.zeros((len(labels), classes))
    for taught, held_back in grouped_folds(labels, groups, FOLDS, seed):
        there, compact = np.unique(labels[taught], return_inverse=True)
        if len(there) < 2:
            raise DatasetError("doubts about labels need two classes with pictures of several parts each.")
        head = fit_linear(embeddings[taught].astype(np.float32), compact, len(there), _STRENGTH)
        judged[np.ix_(held_back, there)] = probabilities(head, embeddings[held_back].astype(np.float32))
    return judged


def doubts(chances: Floats, labels: Ints, neighbours: Ints | None = None) -> list[Doubt]:
    """Pictures whose label is probably wrong, the surest first.

    `chances` [n, K] are probabilities by a judge that had not seen the picture; `labels` [n] in 0..K-1; `neighbours`
    [n, k] rows of the nearest pictures, -1 where there are fewer.
    """
    confident = _confident(chances, labels)
    around = np.full(len(labels), -1) if neighbours is None else _unanimous(labels, neighbours)
    found: list[Doubt] = []
    for row, label in enumerate(labels.tolist()):
        by_probability = confident[row] not in (-1, label)
        by_neighbours = around[row] not in (-1, label)
        # Neighbours alone are no doubt where the label is the likeliest class all the same.
        if not by_probability and not (by_neighbours and int(chances[row].argmax()) != label):
            continue
        likely = int(confident[row] if by_probability else around[row])
        chance, other = float(chances[row, label]), float(chances[row, likely])
        found.append(Doubt(row, label, likely, chance, other, by_probability, by_neighbours))
    return sorted(
        found, key=lambda d: (not (d.by_probability and d.by_neighbours), d.chance_of_label - d.chance_of_likely)
    )


def hard_by_score(scores: Floats, bad: npt.NDArray[np.bool_], threshold: float, skip: Sequence[int] = ()) -> list[Hard]:
    """All pictures but those in `skip`, the hardest first, by how far their score lies on the right side of the
    threshold. `scores` [n] NaN: not judged, left out."""
    return _hardest(np.where(bad, scores - threshold, threshold - scores), skip)


def hard_by_class(chances: Floats, labels: Ints, skip: Sequence[int] = ()) -> list[Hard]:
    """All pictures but those in `skip`, the hardest first, by how far the label's probability exceeds the next one's.

    `chances` [n, K] NaN: not judged, left out; a label of -1 is one the model does not know, left out.
    """
    known = np.flatnonzero(labels >= 0)
    margins = np.full(len(labels), np.nan)
    rows = chances[known].copy()
    at = np.arange(len(known))
    own = rows[at, labels[known]].copy()
    rows[at, labels[known]] = -1.0
    margins[known] = own - rows.max(axis=1, initial=-1.0)
    return _hardest(margins, skip)


def nearest(embeddings: Floats, groups: Ints, count: int = NEIGHBOURS) -> Ints:
    """[n, count]: rows of the nearest pictures of other groups by the cosine of standardised embeddings, nearest
    first; -1 where there are fewer."""
    deviation = embeddings.std(axis=0)
    scaled = (embeddings - embeddings.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    length = np.linalg.norm(scaled, axis=1, keepdims=True)
    unit = (scaled / np.where(length > 0, length, 1.0)).astype(np.float32)
    found = np.full((len(unit), count), -1, np.intp)
    for start in range(0, len(unit), _ROWS):
        rows = np.arange(start, min(start + _ROWS, len(unit)))
        near = unit[rows] @ unit.T
        near[groups[rows][:, None] == groups[None, :]] = -np.inf
        order = np.argsort(-near, axis=1, kind="stable")[:, :count]
        there = np.isfinite(np.take_along_axis(near, order, axis=1))
        found[rows, : order.shape[1]] = np.where(there, order, -1)
    return found


def _confident(chances: Floats, labels: Ints) -> Ints:
    """The class each picture confidently is, or -1."""
    classes = chances.shape[1]
    members = [chances[labels == label, label] for label in range(classes)]
    bars = np.array([row.mean() if len(row) else np.inf for row in members])
    reached = np.where(chances >= bars, chances, -1.0)
    return np.where(reached.max(axis=1) >= 0, reached.argmax(axis=1), -1)


def _unanimous(labels: Ints, neighbours: Ints) -> Ints:
    """The class of all neighbours, or -1 where they are of several or too few."""
    around = np.where(neighbours >= 0, labels[neighbours], -1)
    first = around[:, 0]
    return np.where((around == first[:, None]).all(axis=1), first, -1)


def _hardest(margins: Floats, skip: Sequence[int]) -> list[Hard]:
    left = np.isfinite(margins)
    left[list(skip)] = False
    rows = np.flatnonzero(left)
    return [Hard(int(row), float(margins[row])) for row in rows[np.argsort(margins[rows], kind="stable")]]
