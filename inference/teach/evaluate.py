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

Interval = tuple[float, float]

NOT_DECIDABLE = "NOT_DECIDABLE"
"""Said of a picture that the network could not judge; neither an escape nor a false reject."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its exact 95 % confidence interval (Clopper and Pearson 1934)."""

    value: float
    ci95: Interval


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts; rows are the truth, columns what was said, both in the order of `labels`."""

    labels: tuple[str, ...]
    matrix: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """Of one class; 0 where nothing was said or nothing was there, and then without an interval.

    The interval of F1 is exact, too: of the `m` pictures that are or were called this class the right ones are
    binomial with share J (a multinomial given its sum), and F1 = 2 J / (1 + J).
    """

    precision: float
    recall: float
    f1: float
    images: int
    """Pictures that are of this class."""
    called: int
    """Pictures that were called so."""
    precision_ci95: Interval | None
    recall_ci95: Interval | None
    f1_ci95: Interval | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures. `auroc` to the rates are None in a set without good parts or without bad ones, as far as they need
    them."""

    images: int
    not_decidable: int
    accuracy: float
    accuracy_ci95: Interval
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
    pixel_auroc: float | None = None
    """Of the heat maps' pixels; None where the set has no masks."""


def evaluate(
    truths: Sequence[str], said: Sequence[str], scores: Sequence[float], classes: Sequence[str], good: str | None
) -> Evaluation:
    """Compare what was said with the truth. `said` is `good` exactly where the verdict was OK, NOT_DECIDABLE
    where there was none; scores larger is worse, NaN where there is none.

    Raises:
        ValueError: there is nothing to compare.

    """
    if not truths:
        raise ValueError("no picture to evaluate")
    labels = tuple(dict.fromkeys([*classes, *sorted(set(truths) | set(said))]))
    matrix = _count(truths, said, labels)
    per_class = {label: _figures(matrix, i) for i, label in enumerate(labels) if label != NOT_DECIDABLE}
    present = [label for index, label in enumerate(labels) if matrix[index].sum()]
    bad = np.array([truth != good for truth in truths])
    passed = np.array([label == good for label in said])
    rejected = ~passed & np.array([label != NOT_DECIDABLE for label in said])
    right = int(np.trace(matrix))
    judges_good = good is not None and good in truths
    auroc, precision = _ranking(bad, scores) if judges_good else (None, None)
    return Evaluation(
        images=len(truths),
        not_decidable=said.count(NOT_DECIDABLE),
        accuracy=right / len(truths),
        accuracy_ci95=exact_interval(right, len(truths)),
        balanced_accuracy=float(np.mean([per_class[label].recall for label in present])),
        f1_macro=float(np.mean([per_class[label].f1 for label in present])),
        confusion=Confusion(labels, tuple(tuple(int(n) for n in row) for row in matrix)),
        per_class=per_class,
        auroc=auroc,
        average_precision=precision,
        escapes=int((bad & passed).sum()) if judges_good else None,
        false_rejects=int((~bad & rejected).sum()) if judges_good else None,
        escape_rate=rate(int((bad & passed).sum()), int(bad.sum())) if judges_good else None,
        false_reject_rate=rate(int((~bad & rejected).sum()), int((~bad).sum())) if judges_good else None,
    )


def rate(count: int, of: int) -> Rate | None:
    """`count / of` with its exact interval; None where there was nothing to count."""
    if of == 0:
        return None
    return Rate(count / of, exact_interval(count, of))


def exact_interval(count: int, of: int, confidence: float = 0.95) -> Interval:
    """Two-sided interval of the share behind `count` among `of` > 0, each side missed with at most
    (1 - confidence) / 2 (Clopper and Pearson, Biometrika 26, 1934)."""
    from scipy import stats

    beta: Any = stats.beta
    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, count, of - count + 1)) if count else 0.0
    high = float(beta.ppf(1 - tail, count + 1, of - count)) if count < of else 1.0
    return low, high


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
    either = was + called - right
    joint = exact_interval(right, either) if either else None
    return ClassFigures(
        precision=right / called if called else 0.0,
        recall=right / was if was else 0.0,
        f1=2 * right / (was + called) if either else 0.0,
        images=was,
        called=called,
        precision_ci95=exact_interval(right, called) if called else None,
        recall_ci95=exact_interval(right, was) if was else None,
        f1_ci95=None if joint is None else (2 * joint[0] / (1 + joint[0]), 2 * joint[1] / (1 + joint[1])),
    )


def _ranking(bad: npt.NDArray[np.bool_], scores: Sequence[float]) -> tuple[float | None, float | None]:
    """Area under the ROC curve and average precision of the scores there are, defects being the positives."""
    known = np.isfinite(scores)
    bad, numbers = bad[known], np.asarray(scores, np.float64)[known]
    if bad.all() or not bad.any():
        return None, None
    from sklearn import metrics

    measures: Any = metrics
    return float(measures.roc_auc_score(bad, numbers)), float(measures.average_precision_score(bad, numbers))
