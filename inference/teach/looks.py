"""How a picture looks, in 9 KiB: the digest of its pixels, a difference hash, and its fine structure.

Promises: any picture that can be judged can be looked at, a flat one too; a look depends on its picture alone.
May import: numpy, cv2 (through camera.vision).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from camera.vision import cv2

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
_Singles = npt.NDArray[np.float32]
Close = tuple[int, int, float]
"""Two rows and their distance."""

_HASH_SIDE = 16
_SIDE = 64
_BLUR = 4.0
"""Of the small picture, pixels: light and shade coarser than this say little about which part it is."""
_FLAT = 0.5
"""Grey levels (of 255): below this the small picture shows nothing but noise."""

NEAR_HASH = 0.25
"""Share of the hash's bits in which near copies may differ; half of them differ by chance."""
NEAR_LOOK = 0.1
"""Distance of fine structure up to which pictures may be near copies."""
SURE_LOOK = 0.004
"""Up to this distance they are near copies, whatever the others look like."""
NEAR_EMBEDDING = 0.06
"""Distance of a network's embeddings up to which pictures are near copies."""
_RATIO = 0.15
"""Near copies are closer than this part of the usual distance of either."""
_RATIO_IN_SEQUENCE, _ALIKE = 0.5, 0.3
_CROWD, _FEWEST_IN_CROWD = 0.05, 5
"""A picture's usual distance: that to the 5 % of the set nearest to it, to the fifth at least."""
_OWN = 1e-3
"""Of a picture's structure, the part that must be its own; below this it cannot be told from the others."""
_ROWS = 256


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """Looks of n pictures."""

    digests: tuple[bytes, ...]
    hashes: npt.NDArray[np.uint8]
    """[n, 64]: 512 bits, whether the grey value rises to the right and downwards (dHash)."""
    fine: npt.NDArray[np.float16]
    """[n, 4096]: the picture at 64 x 64 without its blur, of length 1; zeros for a flat picture."""

    def __add__(self, other: Looks) -> Looks:
        return Looks(
            self.digests + other.digests,
            np.concatenate([self.hashes, other.hashes]),
            np.concatenate([self.fine, other.fine]),
        )


def look_at_all(images: Iterable[npt.NDArray[Any]]) -> Looks:
    """Look at pictures, uint8 or uint16 [H, W] or [H, W, C], one at a time."""
    digests: list[bytes] = []
    hashes = [np.zeros((0, 2 * _HASH_SIDE**2 // 8), np.uint8)]
    fine = [np.zeros((0, _SIDE**2), np.float16)]
    for image in images:
        small = _small(image)
        digests.append(_digest(image))
        hashes.append(_hash(small)[None])
        fine.append(_fine(small)[None])
    return Looks(tuple(digests), np.concatenate(hashes), np.concatenate(fine))


class Apart:
    """Distances between rows of unit length, after what the rows have in common is taken out.

    Of each pair: 1 - the cosine of what is left of both without the mean of all others; 0 the same, 1 unrelated (and
    1 where nothing is left). With fewer than three rows nothing is taken out.
    """

    def __init__(self, unit: npt.NDArray[np.floating[Any]]) -> None:
        self._unit: _Singles = unit.astype(np.float32)
        total = self._unit.sum(axis=0, dtype=np.float64)
        self._to_total: Floats = self._unit.astype(np.float64) @ total
        self._length: Floats = np.einsum("nd,nd->n", self._unit, self._unit).astype(np.float64)
        self._total_length = float(total @ total)

    def __call__(self, rows: Ints) -> Floats:
        """[len(rows), n]."""
        gram = (self._unit[rows] @ self._unit.T).astype(np.float64)
        to_total, length = self._to_total, self._length
        others = len(self._unit) - 2
        if others < 1:
            left, right, joint = length[rows, None], length[None, :], gram
        else:
            to_mean_left = ((to_total - length)[rows, None] - gram) / others
            to_mean_right = ((to_total - length)[None, :] - gram) / others
            sums = (length - 2 * to_total)[rows, None] + (length - 2 * to_total)[None, :]
            mean = (self._total_length + sums + 2 * gram) / others**2
            joint = gram - to_mean_left - to_mean_right + mean
            left = length[rows, None] - 2 * to_mean_left + mean
            right = length[None, :] - 2 * to_mean_right + mean
        known = np.minimum(left, right) > _OWN
        apart = 1 - np.where(known, joint, 0.0) / np.sqrt(np.where(known, left * right, 1.0))
        apart[np.arange(len(rows)), rows] = 1.0
        return np.clip(apart, 0.0, 2.0)

    def usual(self) -> Floats:
        """[n]: how far each row's nearest few are; 0 where there are too few rows to say."""
        n = len(self._unit)
        rank = max(math.ceil(_CROWD * (n - 1)), _FEWEST_IN_CROWD)
        if n - 1 <= rank:
            return np.zeros(n)
        return np.concatenate([np.partition(self(rows), rank - 1, axis=1)[:, rank - 1] for rows in _blocks(n)])


def close_pairs(
    looks: Looks, embeddings: npt.NDArray[np.floating[Any]] | None, nearby: Sequence[tuple[int, int]]
) -> tuple[list[Close], list[Close]]:
    """Near copies, and those of `nearby` that are at least somewhat alike: shots of one thing, taken in a row.

    Rows first < second and the distance of their fine structure. `embeddings` [n, D]: pictures that a network sees
    alike are near copies, too. `nearby` are pairs with first < second.
    """
    fine = Apart(looks.fine)
    usual, bits = fine.usual(), _signs(looks.hashes)
    meant = None if embeddings is None else _Meant(embeddings)
    firsts, seconds = np.array(sorted(nearby), np.intp).reshape(-1, 2).T
    copies: list[Close] = []
    shots: list[Close] = []
    for rows in _blocks(len(usual)):
        apart, bound = fine(rows), np.minimum(usual[rows, None], usual)
        same = (apart <= np.minimum(_RATIO * bound, NEAR_LOOK)) | (apart <= SURE_LOOK)
        same &= bits[rows] @ bits.T >= (1 - 2 * NEAR_HASH) * bits.shape[1]
        if meant is not None:
            same |= meant.alike(rows)
        copies += _listed(rows, apart, *np.nonzero(same & (rows[:, None] < np.arange(len(usual)))))
        here = (firsts >= rows[0]) & (firsts <= rows[-1])
        left, right = firsts[here] - rows[0], seconds[here]
        alike = apart[left, right] <= np.minimum(_RATIO_IN_SEQUENCE * bound[left, right], _ALIKE)
        shots += _listed(rows, apart, left[alike], right[alike])
    return copies, shots


def _listed(rows: Ints, apart: Floats, left: Ints, right: Ints) -> list[Close]:
    return list(zip(rows[left].tolist(), right.tolist(), apart[left, right].tolist(), strict=True))


def _blocks(n: int) -> Iterator[Ints]:
    return (np.arange(start, min(start + _ROWS, n)) for start in range(0, n, _ROWS))


class _Meant:
    """Which pictures a network sees alike."""

    def __init__(self, embeddings: npt.NDArray[np.floating[Any]]) -> None:
        deviation = embeddings.std(axis=0, dtype=np.float64)
        centred = embeddings - embeddings.mean(axis=0, dtype=np.float64)
        scaled = np.where(deviation > 0, centred / np.where(deviation > 0, deviation, 1.0), 0.0)
        length = np.linalg.norm(scaled, axis=1, keepdims=True)
        self._apart = Apart(scaled / np.where(length > 0, length, 1.0))
        self._usual = self._apart.usual()

    def alike(self, rows: Ints) -> npt.NDArray[np.bool_]:
        bound = _RATIO * np.minimum(self._usual[rows, None], self._usual)
        return self._apart(rows) <= np.minimum(bound, NEAR_EMBEDDING)


def _signs(hashes: npt.NDArray[np.uint8]) -> _Singles:
    return np.unpackbits(hashes, axis=1).astype(np.float32) * 2 - 1


def _digest(image: npt.NDArray[Any]) -> bytes:
    form = f"{image.dtype} {image.shape}".encode()
    return hashlib.blake2b(form + np.ascontiguousarray(image).tobytes(), digest_size=16).digest()


def _small(image: npt.NDArray[Any]) -> _Singles:
    """Grey, [64, 64]; 16 bits are brought to 8 by the picture's own brightest value."""
    small = cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    grey = small if small.ndim == 2 else small.mean(axis=2)
    return grey * (255 / max(float(grey.max()), 1.0)) if image.dtype == np.uint16 else grey


def _hash(small: _Singles) -> npt.NDArray[np.uint8]:
    side = _HASH_SIDE + 1
    tiny = cv2.resize(small, (side, side), interpolation=cv2.INTER_AREA)
    across, down = tiny[:-1, 1:] > tiny[:-1, :-1], tiny[1:, :-1] > tiny[:-1, :-1]
    return np.packbits(np.concatenate([across.ravel(), down.ravel()]))


def _fine(small: _Singles) -> npt.NDArray[np.float16]:
    detail = small - cv2.GaussianBlur(small, (0, 0), _BLUR)
    detail -= detail.mean()
    length = float(np.linalg.norm(detail))
    flat = length < _FLAT * _SIDE
    return np.zeros(_SIDE**2, np.float16) if flat else (detail.ravel() / length).astype(np.float16)
