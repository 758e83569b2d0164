"""Slightly changed views of a picture: what the next good part may look like where few good parts were shown.

Promises: the same picture, count and seed give the same views; the first view is the picture itself. No flips: a part
that lies the wrong way round is often the defect.
May import: numpy, cv2 (through camera.vision).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from camera.vision import cv2

Image = npt.NDArray[np.uint8]

ENOUGH = 16
"""With so many good pictures no view is made up."""
_MOST_VIEWS = 12
_TURN_DEG = 1.5
_SHIFT = 0.01
"""Of the picture's sides."""
_LIGHT = 0.05
"""Relative change of all grey values."""


def views_each(pictures: int) -> int:
    """How many views of each picture are taught from, itself included: 12 of a single one, 1 from 16 pictures on."""
    return min(max(-(-ENOUGH // max(pictures, 1)), 1), _MOST_VIEWS)


def views(image: Image, count: int, seed: tuple[int, int]) -> Iterator[Image]:
    """`count` views of uint8 [H, W, C], C 1 or 3: turned by up to 1.5 degrees, shifted by up to 1 %, 5 % lighter or
    darker. What comes in from outside is the picture mirrored at its edge."""
    yield image
    random = np.random.default_rng(seed)
    for _ in range(count - 1):
        yield _changed(image, random.uniform(-1, 1, 4))


def _changed(image: Image, draw: npt.NDArray[np.float64]) -> Image:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(draw[0]) * _TURN_DEG, 1.0)
    turn[:, 2] += draw[1:3] * _SHIFT * (width, height)
    turned = cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    lit = np.rint(turned.astype(np.float32) * np.float32(1 + draw[3] * _LIGHT))
    return np.clip(lit, 0, 255).astype(np.uint8).reshape(image.shape)
