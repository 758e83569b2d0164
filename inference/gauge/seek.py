"""Find about where a circle of known size is: fast, on a shrunken picture, good to a few pixels.

Promises: whatever else is in the picture (holes, scratches, a dark ground), the region whose inscribed circle is
nearest to the nominal one wins.
May import: camera.vision, numpy, inference.gauge.errors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from camera.vision import cv2
from inference.gauge.errors import circle_not_found

Grey = npt.NDArray[np.uint8]

_SMALL_DIAMETER_PX = 36.0
"""The circle's diameter in the shrunken picture, at least."""
_SIZES = (0.7, 1.35)
"""Accepted sizes, as parts of the nominal diameter."""
_THRESHOLDS = (1.0, 0.75, 1.3)
"""Parts of Otsu's threshold that are tried in turn: uneven light can spoil the first."""


def seek_center(image: npt.NDArray[Any], nominal_px: float, polarity: str) -> tuple[float, float]:
    """Centre (x, y) in source pixels of the circle of about `nominal_px` diameter.

    `image` as `measure_circle`. Raises GaugeError where there is none.
    """
    if min(image.shape[:2]) < _SIZES[0] * nominal_px:
        raise circle_not_found(nominal_px)
    skip = int(nominal_px / _SMALL_DIAMETER_PX / 2.0)
    factor, first = (2 * skip, skip / 2.0) if skip > 1 else (1, 0.0)
    small = _shrink(image, skip)
    nominal = nominal_px / factor
    otsu, _ = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    inside = cv2.THRESH_BINARY_INV if polarity == "dark_inside" else cv2.THRESH_BINARY
    for part in _THRESHOLDS:
        _, mask = cv2.threshold(small, min(otsu * part, 254.0), 255, inside)
        found = _roundest(mask.astype(np.uint8, copy=False), nominal)
        if found:
            return found[0] * factor + first, found[1] * factor + first
    raise circle_not_found(nominal_px)


def _shrink(image: npt.NDArray[Any], skip: int) -> Grey:
    """Grey, 8 bits: every `skip`-th pixel, then (where any are skipped) means of 2 by 2 of those.

    Reading every pixel of a large picture would cost more than the measurement itself.
    """
    small = image
    if skip > 1:
        small = np.ascontiguousarray(image[::skip, ::skip])
        small = cv2.resize(small, (small.shape[1] // 2, small.shape[0] // 2), interpolation=cv2.INTER_AREA)
    if small.ndim == 3:
        small = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    if small.dtype != np.uint8:
        small = cv2.normalize(small, np.empty(0), 0, 255, cv2.NORM_MINMAX, cv2.CV_8U)
    return cv2.GaussianBlur(small, (3, 3), 0).astype(np.uint8, copy=False)


def _roundest(mask: Grey, nominal: float) -> tuple[float, float] | None:
    """Centre of the region (its holes filled) that is most like a disc of the nominal diameter; None where none is."""
    contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    best, found = 0.35, None
    for contour in contours:
        left, top, width, height = cv2.boundingRect(contour)
        if not (_SIZES[0] * nominal <= min(width, height) and max(width, height) <= _SIZES[1] * nominal):
            continue
        area = cv2.contourArea(contour)
        mean_diameter = (width + height) / 2.0
        fill = area / (np.pi / 4.0 * mean_diameter**2)
        likeness = min(fill, 1.0 / max(fill, 1e-9)) - abs(mean_diameter / nominal - 1.0)
        if likeness > best:
            best, found = likeness, (left + (width - 1) / 2.0, top + (height - 1) / 2.0)
    return found
