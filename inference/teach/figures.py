"""Curves behind the figures of an evaluation: ROC, precision and recall, and how the scores lie.

Promises: pure functions; defects are the positives, rejected from the threshold on. The area under the ROC points is
the share of pairs in which the bad part scores higher, ties counting half (Mann and Whitney 1947).
May import: numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_POINTS = 500
_BINS = 40


@dataclass(frozen=True, slots=True)
class Roc:
    """Rates at falling thresholds; the first threshold is None: nothing is rejected."""

    threshold: tuple[float | None, ...]
    false_reject_rate: tuple[float, ...]
    detection_rate: tuple[float, ...]
    """1 - escape rate."""


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """At falling thresholds, so at rising recall. Precision is the share of bad parts among the rejected."""

    threshold: tuple[float, ...]
    precision: tuple[float, ...]
    recall: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many scores of each class lie between one edge and the next (the last edge included)."""

    edges: tuple[float, ...]
    counts: dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Curves:
    """Curves of one evaluation; `roc` and `pr` are None without good or without bad parts."""

    roc: Roc | None
    pr: PrecisionRecall | None
    histogram: Histogram


def curves(truths: Sequence[str], scores: Floats, good: str | None) -> Curves:
    """Curves of pictures with label and score [n]; those with a score that is no number are left out."""
    known = np.isfinite(scores)
    numbers = np.asarray(scores, np.float64)[known]
    labels = [truth for truth, there in zip(truths, known, strict=True) if there]
    bad = np.array([label != good for label in labels], np.bool_)
    ranked = good is not None and bad.any() and not bad.all()
    return Curves(
        roc=roc(numbers, bad) if ranked else None,
        pr=precision_recall(numbers, bad) if ranked else None,
        histogram=histogram(labels, numbers),
    )


def roc(scores: Floats, bad: npt.NDArray[np.bool_], most: int = _POINTS) -> Roc:
    """The corners of the ROC curve, at most `most` of them. `bad` [n] holds good and bad."""
    cuts, caught, rejected = _counts(scores, bad)
    caught, rejected = np.concatenate([[0], caught]), np.concatenate([[0], rejected])
    # A point between two others on one line adds nothing.
    turn = np.diff(caught)[:-1] * np.diff(rejected)[1:] != np.diff(caught)[1:] * np.diff(rejected)[:-1]
    rows = _thinned(np.flatnonzero(np.concatenate([[True], turn, [True]])), most)
    return Roc(
        threshold=tuple(None if row == 0 else float(cuts[row - 1]) for row in rows),
        false_reject_rate=tuple((rejected[rows] / rejected[-1]).tolist()),
        detection_rate=tuple((caught[rows] / caught[-1]).tolist()),
    )


def precision_recall(scores: Floats, bad: npt.NDArray[np.bool_], most: int = _POINTS) -> PrecisionRecall:
    """Precision and recall at each score, at most `most` points. `bad` [n] holds good and bad."""
    cuts, caught, rejected = _counts(scores, bad)
    rows = _thinned(np.arange(len(cuts)), most)
    return PrecisionRecall(
        threshold=tuple(cuts[rows].tolist()),
        precision=tuple((caught[rows] / (caught[rows] + rejected[rows])).tolist()),
        recall=tuple((caught[rows] / caught[-1]).tolist()),
    )


def histogram(labels: Sequence[str], scores: Floats, bins: int = _BINS) -> Histogram:
    """Scores of each class in `bins` equal bins: from 0 to 1, or wider where scores lie outside."""
    low, high = min(0.0, float(scores.min(initial=0.0))), max(1.0, float(scores.max(initial=1.0)))
    edges = np.linspace(low, high, bins + 1)
    which = np.clip(np.searchsorted(edges, scores, side="right") - 1, 0, bins - 1)
    names = np.array(labels, dtype=object)
    counts = {name: np.bincount(which[names == name], minlength=bins) for name in dict.fromkeys(labels)}
    return Histogram(tuple(edges.tolist()), {name: tuple(row.tolist()) for name, row in counts.items()})


def _counts(scores: Floats, bad: npt.NDArray[np.bool_]) -> tuple[Floats, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Falling distinct scores; bad and good parts with at least each."""
    cuts = np.unique(scores)[::-1]
    caught = int(bad.sum()) - np.searchsorted(np.sort(scores[bad]), cuts, side="left")
    rejected = int((~bad).sum()) - np.searchsorted(np.sort(scores[~bad]), cuts, side="left")
    return cuts, caught.astype(np.int64), rejected.astype(np.int64)


def _thinned(rows: npt.NDArray[np.intp], most: int) -> npt.NDArray[np.intp]:
    """No more than `most` of the rows, evenly, the first and the last among them."""
    return rows if len(rows) <= most else rows[np.linspace(0, len(rows) - 1, most).round().astype(int)]
