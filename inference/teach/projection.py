"""From the backbone's 472 channels to a few that carry the good parts' variation: what patches are compared in.

Promises: a linear map, fitted on good patches only; constant channels get no weight beyond a floor, so nothing
is divided by zero.
May import: numpy, inference.teach.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from inference.teach.graph import MAP_CHANNELS

Floats = npt.NDArray[np.float32]

KEPT = 192
"""Directions kept; they hold nearly all of the variance and make the search 2.5 times as quick."""
_FLOOR = 0.05
"""A channel's deviation counts as at least this part of its level's mean deviation."""
_SMALLEST = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """y = weights @ x + bias, weights [D, 472], bias [D]."""

    weights: Floats
    bias: Floats

    def __call__(self, cells: Floats) -> Floats:
        """[n, 472] to [n, D]."""
        return cells @ self.weights.T + self.bias


def fit_projection(cells: Floats) -> Projection:
    """Standardise each channel over `cells` [n, 472], then turn to principal axes without scaling them: distances
    stay what they were (Jolliffe 2002, section 1.1), but for the axes that hardly vary, which are dropped."""
    mean = cells.mean(axis=0, dtype=np.float64)
    scale = 1 / _deviations(cells)
    standard = ((cells - mean) * scale).astype(np.float32)
    covariance = (standard.T @ standard).astype(np.float64) / len(cells)
    linalg: Any = np.linalg  # its stubs leave the result's shape open
    axes = linalg.eigh(covariance)[1][:, ::-1][:, :KEPT].T
    # An axis has no direction of its own: the largest entry is made positive.
    largest = axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)]
    weights = axes * np.sign(largest)[:, None] * scale
    return Projection(weights.astype(np.float32), (-weights @ mean).astype(np.float32))


def _deviations(cells: Floats) -> npt.NDArray[np.float64]:
    deviation = cells.std(axis=0, dtype=np.float64)
    level_means = np.concatenate(
        [np.full(len(part), part.mean()) for part in np.split(deviation, np.cumsum(MAP_CHANNELS)[:-1])]
    )
    return deviation + _FLOOR * level_means + _SMALLEST
