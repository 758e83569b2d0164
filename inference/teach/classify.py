"""The image head: standardised features and a multinomial logistic regression, its strength chosen by validation.

Promises: the same pictures and seed give the same head. Each picture's out-of-fold judgement comes from a head that
saw neither the picture nor its flips.
May import: numpy, scikit-learn, inference.teach.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from inference.teach.features import Progress
from inference.teach.graph import LinearHead

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]

# Inverse strength of the L2 penalty; the middle one is best on most of the sets at hand.
STRENGTHS = (3e-3, 3e-2, 3e-1)
_FOLDS = 4
_ITERATIONS = 300
_SMALLEST = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """A head with what is known of it."""

    head: LinearHead
    strength: float
    out_of_fold: npt.NDArray[np.float64]
    """[n, K] log-probabilities of each picture by a head that was not taught on it."""


def teach_head(embeddings: Floats, labels: Ints, classes: int, seed: int, progress: Progress) -> Taught:
    """Choose the strength by cross-validated log-loss, then teach on everything.

    `embeddings` is [n, flips, D], `labels` [n] in 0..classes-1, each class at least twice.
    """
    folds = min(_FOLDS, int(np.bincount(labels, minlength=classes).min()))
    splitter: Any = StratifiedKFold(folds, shuffle=True, random_state=seed)
    splits: list[tuple[Ints, Ints]] = list(splitter.split(np.zeros(len(labels)), labels))
    steps = len(splits) * len(STRENGTHS) + 1
    judged = {strength: np.zeros((len(labels), classes)) for strength in STRENGTHS}
    done = 0
    for train, test in splits:
        for strength in STRENGTHS:
            head = fit_linear(*_with_flips(embeddings, labels, train), classes, strength)
            judged[strength][test] = log_probabilities(head, embeddings[test, 0])
            done += 1
            progress("head", done, steps)
    best = min(STRENGTHS, key=lambda strength: _log_loss(judged[strength], labels))
    head = fit_linear(*_with_flips(embeddings, labels, np.arange(len(labels))), classes, best)
    progress("head", steps, steps)
    return Taught(head, best, judged[best])


def fit_linear(features: Floats, labels: Ints, classes: int, strength: float) -> LinearHead:
    """Logistic regression on standardised features, given back for the raw ones.

    Features that never vary get no weight. Deterministic: L-BFGS from zero.
    """
    mean = features.mean(axis=0, dtype=np.float64)
    deviation = features.std(axis=0, dtype=np.float64)
    scale = np.where(deviation > _SMALLEST, 1 / np.maximum(deviation, _SMALLEST), 0.0)
    model: Any = LogisticRegression(C=strength, max_iter=_ITERATIONS, tol=1e-3)
    model.fit(((features - mean) * scale).astype(np.float32), labels)
    weights = np.asarray(model.coef_, np.float64) * scale
    bias = np.asarray(model.intercept_, np.float64) - weights @ mean
    if classes == 2:
        # One row stands for the second class against the first; softmax of the halves is its logistic function.
        weights, bias = np.vstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    return LinearHead(weights.astype(np.float32), bias.astype(np.float32))


def probabilities(head: LinearHead, features: Floats) -> npt.NDArray[np.float64]:
    """Softmax of the head's logits, [n, K]."""
    return np.exp(log_probabilities(head, features))


def log_probabilities(head: LinearHead, features: Floats) -> npt.NDArray[np.float64]:
    """Logarithm of the softmax of the head's logits, [n, K]."""
    logits = features.astype(np.float64) @ head.weights.T.astype(np.float64) + head.bias
    logits -= logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def _with_flips(embeddings: Floats, labels: Ints, rows: Ints) -> tuple[Floats, Ints]:
    return embeddings[rows].reshape(-1, embeddings.shape[2]), np.repeat(labels[rows], embeddings.shape[1])


def _log_loss(judged: npt.NDArray[np.float64], labels: Ints) -> float:
    return float(-judged[np.arange(len(labels)), labels].mean())
