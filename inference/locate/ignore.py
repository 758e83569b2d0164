"""Places that are not judged: a label, a stamp, a hole that may be there or not.

The network must not see them, or its score would speak of them: they are filled with the reference's pixels, in the
light of this picture, or else with what surrounds them. Heat and defects there are taken away as well.

Promises: a mask is uint8 [H, W] of the cut's size, 255 where nothing is judged.
May import: camera.vision, numpy, inference.locate.step, inference.model.judgement.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from camera.vision import cv2
from inference.locate.step import Point
from inference.model.judgement import Judgement

Pixels = npt.NDArray[Any]
Mask = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.float32]

_SUB_BITS = 8


def ignore_mask(polygons: tuple[tuple[Point, ...], ...], picture: Mask | None, size: tuple[int, int]) -> Mask | None:
    """The mask for a cut of `size` (width, height); None where all is judged.

    `polygons`: in fractions of the cut. `picture`: uint8 [h, w], not judged from 128 on; it is brought to the size.
    """
    mask = np.zeros((size[1], size[0]), np.uint8)
    if picture is not None:
        mask[cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST) >= 128] = 255
    for polygon in polygons:
        points = np.array(polygon, np.float64) * size - 0.5
        fixed = np.rint(points * (1 << _SUB_BITS)).astype(np.int32)
        cv2.fillPoly(mask, [fixed], (255,), shift=_SUB_BITS)
    return mask if mask.any() else None


def filled_in(image: Pixels, mask: Mask, reference: Pixels | None) -> Pixels:
    """A copy of the cut whose ignored places show the reference, or what surrounds them where there is none.

    `image` and `reference`: the same size; the reference is brought to the image's channels, type and mean.
    """
    hidden = mask > 0
    if hidden.all():
        return np.zeros_like(image)
    calm = _surroundings(image, mask) if reference is None else _lit_as(image, reference, hidden)
    out = image.copy()
    out[hidden] = calm[hidden]
    return out


def without_ignored(judgement: Judgement, mask: Mask) -> Judgement:
    """The judgement with no heat in cells of which the greater part is ignored."""
    if judgement.heatmap is None:
        return judgement
    cells = judgement.heatmap.shape
    share = cv2.resize(mask, cells[::-1], interpolation=cv2.INTER_AREA)
    return replace(judgement, heatmap=np.where(share >= 128, np.float32(0.0), judgement.heatmap))


def _lit_as(image: Pixels, reference: Pixels, hidden: npt.NDArray[np.bool_]) -> Pixels:
    """The reference in the light of the picture: the same mean where both are judged."""
    channels = 1 if image.ndim == 2 else image.shape[2]
    like = reference
    if like.ndim != image.ndim:
        like = cv2.cvtColor(like, cv2.COLOR_GRAY2BGR if channels == 3 else cv2.COLOR_BGR2GRAY)
    seen = image[~hidden].reshape(-1, channels).mean(axis=0, dtype=np.float64)
    kept = like[~hidden].reshape(-1, channels).mean(axis=0, dtype=np.float64)
    gain = seen / np.maximum(kept, 1e-6) if np.all(kept > 0) else np.ones(channels)
    lit = like.astype(np.float64) * (gain if image.ndim == 3 else float(gain[0]))
    return np.clip(np.rint(lit), 0, np.iinfo(image.dtype).max).astype(image.dtype)


def _surroundings(image: Pixels, mask: Mask) -> Pixels:
    """Means of what is judged around each place, the nearer the more, wide enough to fill every hole."""
    small = min(1.0, 64.0 / max(image.shape[:2]))
    size = (max(1, round(image.shape[1] * small)), max(1, round(image.shape[0] * small)))
    seen = np.where(mask[..., None] > 0 if image.ndim == 3 else mask > 0, 0, image).astype(np.float32)
    values: Plane = np.asarray(cv2.resize(seen, size, interpolation=cv2.INTER_AREA), np.float32)
    judged: Plane = (mask == 0).astype(np.float32)
    weight: Plane = np.asarray(cv2.resize(judged, size, interpolation=cv2.INTER_AREA), np.float32)
    out = np.zeros_like(values)
    known = np.zeros(weight.shape, np.bool_)
    for sigma in (1.5, 6.0, 24.0, 96.0):
        near, sums = _spread(weight, sigma), _spread(values, sigma)
        fresh = ~known & (near > 0.02)
        out[fresh] = sums[fresh] / (near[fresh][:, None] if image.ndim == 3 else near[fresh])
        known |= fresh
    whole = cv2.resize(out, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.clip(np.rint(whole), 0, np.iinfo(image.dtype).max).astype(image.dtype)


def _spread(plane: Plane, sigma: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REFLECT), np.float32)
