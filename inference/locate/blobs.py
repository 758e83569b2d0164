"""Regions that stand out of the ground: where they are, how large, and how they lie. The quick first guess.

Promises: holes count as part of a region, so a ring is a disc. Coordinates are those of the mask.
May import: camera.vision, numpy.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from camera.vision import cv2

Mask = npt.NDArray[np.uint8]
_LEAST = 0.002
"""Smaller parts of the picture are dust."""


class Blob(NamedTuple):
    """One region."""

    x: float
    """Centroid."""
    y: float
    area: float
    reach: float
    """Distance of its furthest point from the centroid."""
    outline: npt.NDArray[np.int32]
    """[n, 1, 2]."""
    at_border: bool


def find_blobs(mask: Mask) -> list[Blob]:
    """All regions of a mask, largest first."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    blobs = [_blob(np.asarray(contour, np.int32), mask.shape) for contour in contours if len(contour) > 4]
    least = _LEAST * mask.size
    return sorted((blob for blob in blobs if blob.area >= least), key=lambda blob: -blob.area)


def filled(blob: Blob, shape: tuple[int, ...], margin: float = 0.0) -> Mask:
    """The region with its holes as a mask, wider by `margin` pixels."""
    mask = np.zeros(shape, np.uint8)
    cv2.drawContours(mask, [blob.outline], -1, 255, cv2.FILLED)
    reach = round(margin)
    if reach < 1:
        return mask
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return cv2.dilate(mask, kernel).astype(np.uint8, copy=False)


def _blob(contour: npt.NDArray[np.int32], shape: tuple[int, ...]) -> Blob:
    moments = cv2.moments(contour)
    area = float(moments["m00"])
    x, y = (moments["m10"] / area, moments["m01"] / area) if area > 0.0 else contour.reshape(-1, 2).mean(axis=0)
    points = contour.reshape(-1, 2).astype(np.float64)
    reach = float(np.hypot(points[:, 0] - x, points[:, 1] - y).max())
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    at_border = left <= 0 or top <= 0 or right >= shape[1] - 1 or bottom >= shape[0] - 1
    return Blob(float(x), float(y), area, reach, contour, bool(at_border))
