"""How good a model is on a labelled set: the figures of `loupe evaluate`.

Promises: pure functions of truths, labels and scores. What needs good parts is None where there are none.
May import: numpy, scipy, scikit-learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its exact 95 % confidence interval (Clopper and Pearson 1934)."""

    value: float
    ci95: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts; rows are the truth, columns what was said, both in the order of `labels`."""

    labels: tuple[str, ...]
    matrix: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """Of one class; 0 where nothing was said or nothing was there."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures. `auroc` to the rates are None in a set without good parts or without bad ones, as far as they need
    them."""

    images: int
    accuracy: float
    balanced_accuracy: float
    f1_macro: float
    confusion: Confusion
    per_class: dict[str, ClassFigures]
    auroc: float | None
    average_precision: float | None
    escapes: int | None
    false_rejects: int | None
    escape_rate: Rate | None
    false_reject_rate: Rate | None


def evaluate(
    truths: Sequence[str], said: Sequence[str], scores: Sequence[float], classes: Sequence[str], good: str | None
) -> Evaluation:
    """Compare what was said with the truth. `said` is `good` exactly where the verdict was OK; scores larger is worse.

    Raises:
        ValueError: there is nothing to compare.

    """
    if not truths:
        raise ValueError("no picture to evaluate")
    labels = tuple(dict.fromkeys([*classes, *sorted(set(truths) | set(said))]))
    matrix = _count(truths, said, labels)
    per_class = {label: _figures(matrix, index) for index, label in enumerate(labels)}
    present = [label for index, label in enumerate(labels) if matrix[index].sum()]
    bad = np.array([truth != good for truth in truths])
    passed = np.array([label == good for label in said])
    judges_good = good is not None and good in truths
    auroc, precision = _ranking(bad, scores) if judges_good else (None, None)
    return Evaluation(
        images=len(truths),
        accuracy=float(np.trace(matrix) / len(truths)),
        balanced_accuracy=float(np.mean([per_class[label].recall for label in present])),
        f1_macro=float(np.mean([per_class[label].f1 for label in present])),
        confusion=Confusion(labels, tuple(tuple(int(n) for n in row) for row in matrix)),
        per_class=per_class,
        auroc=auroc,
        average_precision=precision,
        escapes=int((bad & passed).sum()) if judges_good else None,
        false_rejects=int((~bad & ~passed).sum()) if judges_good else None,
        escape_rate=rate(int((bad & passed).sum()), int(bad.sum())) if judges_good else None,
        false_reject_rate=rate(int((~bad & ~passed).sum()), int((~bad).sum())) if judges_good else None,
    )


def rate(count: int, of: int) -> Rate | None:
    """`count / of` with its exact interval; None where there was nothing to count."""
    if of == 0:
        return None
    from scipy import stats

    beta: Any = stats.beta
    low = float(beta.ppf(0.025, count, of - count + 1)) if count else 0.0
    high = float(beta.ppf(0.975, count + 1, of - count)) if count < of else 1.0
    return Rate(count / of, (low, high))


def choose_threshold(scores: npt.NDArray[np.float64], bad: npt.NDArray[np.bool_], escape_cost: float = 5.0) -> float:
    """The threshold that costs least on out-of-fold scores, an escape weighing `escape_cost` false rejects.

    Of the best thresholds the middle of the widest gap (on the logit scale, where scores near 0 and 1 are as far apart
    as they are different); kept within 0.02 and 0.98, as nothing is known beyond.
    """
    clipped = np.clip(scores, 1e-6, 1 - 1e-6)
    edges = np.concatenate([[1e-6], np.sort(clipped), [1 - 1e-6]])
    logits = np.log(edges / (1 - edges))
    middles = (logits[:-1] + logits[1:]) / 2
    candidates = 1 / (1 + np.exp(-middles))
    good_sorted, bad_sorted = np.sort(clipped[~bad]), np.sort(clipped[bad])
    escapes = np.searchsorted(bad_sorted, candidates, side="left")
    rejects = len(good_sorted) - np.searchsorted(good_sorted, candidates, side="left")
    cost = escape_cost * escapes + rejects
    gaps = np.where(cost == cost.min(), np.diff(logits), -1.0)
    return float(np.clip(candidates[int(np.argmax(gaps))], 0.02, 0.98))


def _count(truths: Sequence[str], said: Sequence[str], labels: Sequence[str]) -> npt.NDArray[np.int64]:
    index = {label: i for i, label in enumerate(labels)}
    matrix = np.zeros((len(labels), len(labels)), np.int64)
    for truth, label in zip(truths, said, strict=True):
        matrix[index[truth], index[label]] += 1
    return matrix


def _figures(matrix: npt.NDArray[np.int64], index: int) -> ClassFigures:
    right, was, called = (int(n) for n in (matrix[index, index], matrix[index].sum(), matrix[:, index].sum()))
    precision, recall = right / called if called else 0.0, right / was if was else 0.0
    return ClassFigures(precision, recall, 2 * right / (was + called) if was + called else 0.0)


def _ranking(bad: npt.NDArray[np.bool_], scores: Sequence[float]) -> tuple[float | None, float | None]:
    """Area under the ROC curve and average precision of the scores, defects being the positives."""
    if bad.all() or not bad.any():
        return None, None
    from sklearn import metrics

    measures: Any = metrics
    return float(measures.roc_auc_score(bad, scores)), float(measures.average_precision_score(bad, scores))
