"""Teaching one network: features, image head, cell head, and the judge that weighs both.

Promises: the figures and the threshold come from judgements of pictures by heads that had not seen them; the joined
graph answers like its heads, or nothing is given back.
May import: numpy, inference.model, inference.teach.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold

from camera.folder import read_picture
from camera.frame import Picture
from inference.model.judgement import label_of
from inference.model.preprocess import as_batch
from inference.model.providers import Provider
from inference.model.session import Graph
from inference.teach.classify import fit_linear, log_probabilities, probabilities, teach_head
from inference.teach.dataset import Dataset, read_all
from inference.teach.evaluate import Evaluation, choose_threshold, evaluate
from inference.teach.features import Features, Maps, Progress, extract
from inference.teach.graph import EMBEDDING, MAPS, Heads, LinearHead, feature_graph, join
from inference.teach.local import PICTURES_A_CLASS, evidence, teach_cells

Ints = npt.NDArray[np.intp]
Doubles = npt.NDArray[np.float64]

# The judge reads 2K numbers only, so it needs little taming.
_JUDGE_STRENGTH = 1.0
_JUDGE_FOLDS = 4
_SAME = 1e-3
_COMPARED = 24


class TeachingFailed(Exception):
    """The joined network does not answer like the heads it was made of: a fault of ours, nothing was written."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What is taught from."""

    dataset: Dataset
    labels: Ints
    """[n], indices into the set's classes."""
    size: tuple[int, int]
    """Width and height of the network's input."""
    seed: int

    @property
    def good(self) -> int | None:
        """Index of the good class."""
        name = self.dataset.good_class
        return None if name is None else self.dataset.classes.index(name)

    def picture(self, index: int) -> Picture:
        """Read one picture again."""
        path = self.dataset.samples[index].path
        return read_picture(path, str(path))


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A taught network with all that was found on the way."""

    model: bytes
    strength: float
    threshold: float
    metrics: Evaluation


@dataclass(frozen=True, slots=True, eq=False)
class _Validation:
    """Log-probabilities [m, K] of the pictures `rows` by heads that had not seen them."""

    rows: Ints
    log: Doubles


def teach_network(lesson: Lesson, progress: Progress) -> Network:
    """Teach everything from the lesson's pictures.

    Raises:
        DatasetError: a picture cannot be read.

    """
    classes = len(lesson.dataset.classes)
    graph = feature_graph(*lesson.size)
    runner = Graph(graph.SerializeToString(), (EMBEDDING, *MAPS), Provider.CPU, os.cpu_count() or 1)
    keep = _for_cells(lesson)
    features = extract(runner, read_all(lesson.dataset), len(lesson.labels), keep, progress)
    taught = teach_head(features.embeddings, lesson.labels, classes, lesson.seed, progress)
    cells = teach_cells(features.maps, lesson.labels, classes, lesson.good, lesson.seed)
    judge, validation = None, _Validation(np.arange(len(lesson.labels)), taught.out_of_fold)
    if lesson.good is not None:
        judge, validation = _teach_judge(lesson, features.maps, taught.out_of_fold, lesson.good, progress)
    heads = Heads(taught.head, cells, judge, lesson.good)
    model = join(graph, heads).SerializeToString()
    _same_answers(model, lesson, features, heads)
    threshold = _threshold(lesson, validation)
    return Network(model, taught.strength, threshold, _figures(lesson, validation, threshold))


def _for_cells(lesson: Lesson) -> frozenset[int]:
    random = np.random.default_rng(lesson.seed)
    classes = (np.flatnonzero(lesson.labels == label) for label in np.unique(lesson.labels))
    return frozenset(int(row) for rows in classes for row in random.permutation(rows)[:PICTURES_A_CLASS])


def _teach_judge(
    lesson: Lesson, maps: Mapping[int, Maps], image_log: Doubles, good: int, progress: Progress
) -> tuple[LinearHead, _Validation]:
    """Stacking (Wolpert 1992): a small head on what the two others say of pictures they were not taught on."""
    rows = np.array(sorted(maps), np.intp)
    labels = lesson.labels[rows]
    classes = len(lesson.dataset.classes)
    found = np.zeros((len(rows), classes))
    for done, (taught, held_back) in enumerate(_folds(labels, 2, lesson.seed), start=1):
        part = {int(rows[i]): maps[int(rows[i])] for i in taught}
        head = teach_cells(part, lesson.labels, classes, good, lesson.seed)
        found[held_back] = [evidence(maps[int(rows[i])], head, good) for i in held_back]
        progress("cells", done, 2)
    inputs = np.concatenate([image_log[rows], found], axis=1).astype(np.float32)
    judged = np.zeros((len(rows), classes))
    for taught, held_back in _folds(labels, _JUDGE_FOLDS, lesson.seed):
        head = fit_linear(inputs[taught], labels[taught], classes, _JUDGE_STRENGTH)
        judged[held_back] = log_probabilities(head, inputs[held_back])
    return fit_linear(inputs, labels, classes, _JUDGE_STRENGTH), _Validation(rows, judged)


def _folds(labels: Ints, wanted: int, seed: int) -> list[tuple[Ints, Ints]]:
    folds = min(wanted, int(np.bincount(labels).min()))
    splitter: Any = StratifiedKFold(folds, shuffle=True, random_state=seed)
    return list(splitter.split(np.zeros(len(labels)), labels))


def _same_answers(model: bytes, lesson: Lesson, features: Features, heads: Heads) -> None:
    """Compare the joined graph with its heads on pictures spread over the set."""
    graph = Graph(model, ("probabilities",), Provider.CPU, 1)
    kept = np.array(sorted(features.maps), np.intp)
    for index in kept[np.unique(np.linspace(0, len(kept) - 1, _COMPARED).astype(int))]:
        picture = lesson.picture(index)
        got = graph.run(as_batch(picture.image, picture.significant_bits, "any"))[0][0]
        worst = float(np.abs(got - _expected(features, int(index), heads)).max())
        if not worst < _SAME:
            raise TeachingFailed(f"the joined network differs from its heads by {worst:.2g}; nothing was written.")


def _expected(features: Features, index: int, heads: Heads) -> Doubles:
    first = features.embeddings[index, :1]
    if heads.judge is None or heads.good is None:
        return probabilities(heads.image, first)[0]
    found = evidence(features.maps[index], heads.cells, heads.good)
    inputs = np.concatenate([log_probabilities(heads.image, first)[0], found])
    return probabilities(heads.judge, inputs[None].astype(np.float32))[0]


def _threshold(lesson: Lesson, validation: _Validation) -> float:
    if lesson.good is None:
        return 0.5
    scores = 1 - np.exp(validation.log[:, lesson.good])
    return choose_threshold(scores, lesson.labels[validation.rows] != lesson.good)


def _figures(lesson: Lesson, validation: _Validation, threshold: float) -> Evaluation:
    classes, good = lesson.dataset.classes, lesson.dataset.good_class
    named = [dict(zip(classes, row.tolist(), strict=True)) for row in np.exp(validation.log)]
    scores = [1.0 if good is None else 1 - row[good] for row in named]
    said = [label_of(row, good, score, threshold) for row, score in zip(named, scores, strict=True)]
    truths = [lesson.dataset.samples[int(row)].label for row in validation.rows]
    return evaluate(truths, said, scores, classes, good)
