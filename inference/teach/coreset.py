"""The coreset: few points that lie close to all others.

Promises: deterministic; no warning and no failure on points that are all the same.
May import: numpy.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]

_DIRECTIONS = 64
"""Random directions the search works in (Johnson and Lindenstrauss 1984, as Roth et al. 2022, section 3.2)."""


def k_centres(points: Floats, count: int, first: Ints, seed: int) -> Ints:
    """Rows of at most `count` centres among `points` [n, D], so that the farthest point lies near one of them.

    Greedy: each next centre is the point farthest from those before (Gonzalez 1985; at most twice the best radius).
    It begins with the rows `first`, at least one. Stops early where every point is a centre already.
    """
    flat = _few_directions(points, seed)
    lengths: Floats = np.einsum("nd,nd->n", flat, flat)
    chosen = [int(row) for row in first[:count]]
    far = np.full(len(flat), np.inf, np.float32)
    for row in chosen:
        np.minimum(far, _squared(flat, lengths, row), out=far)
    while len(chosen) < count:
        row = int(np.argmax(far))
        if not far[row] > 0:
            break
        chosen.append(row)
        np.minimum(far, _squared(flat, lengths, row), out=far)
    return np.array(chosen, np.intp)


def _few_directions(points: Floats, seed: int) -> Floats:
    if points.shape[1] <= _DIRECTIONS:
        return points
    random = np.random.default_rng(seed)
    axes = random.standard_normal((points.shape[1], _DIRECTIONS)).astype(np.float32)
    return (points @ (axes / np.float32(_DIRECTIONS**0.5))).astype(np.float32, copy=False)


def _squared(flat: Floats, lengths: Floats, row: int) -> Floats:
    apart = lengths - np.float32(2) * (flat @ flat[row])
    apart += lengths[row]
    np.maximum(apart, 0, out=apart)
    # Rounding leaves a rest; a centre is no distance from itself.
    apart[row] = 0
    return apart.astype(np.float32, copy=False)
