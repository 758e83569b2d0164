"""Cuts: a fixed region of a frame, or a part turned upright.

Promises: a fixed region lies on whole pixels and is cut without a copy.
May import: camera, numpy, inference.locate.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from camera.frame import Box
from camera.vision import cv2
from inference.locate.geometry import Matrix
from inference.locate.step import Area

Pixels = npt.NDArray[Any]
Size = tuple[int, int]
"""Width, height."""

_LARGEST_CUBIC = 1 << 20


def pixels_of(area: Area | None, size: Size) -> Box:
    """The region in whole pixels of a picture of `size`; None: all of it. It may reach beyond the picture."""
    if area is None:
        return Box(0, 0, size[0], size[1])
    width, height = (1.0, 1.0) if area.unit == "px" else (float(size[0]), float(size[1]))
    left, top = round(area.x * width), round(area.y * height)
    right, bottom = round((area.x + area.w) * width), round((area.y + area.h) * height)
    return Box(left, top, max(right - left, 1), max(bottom - top, 1))


def lies_in(box: Box, size: Size) -> bool:
    """True where the picture holds the whole region."""
    return box.x >= 0 and box.y >= 0 and box.x + box.w <= size[0] and box.y + box.h <= size[1]


def cut(image: Pixels, box: Box) -> Pixels:
    """The region as a view of the picture's own memory."""
    left, top = int(box.x), int(box.y)
    return image[top : top + int(box.h), left : left + int(box.w)]


def warped(image: Pixels, matrix: Matrix, size: Size) -> Pixels:
    """The picture turned and moved by `matrix` into a cut of `size`; beyond its border the border goes on.

    Cubic, which keeps fine texture, up to a megapixel; linear above, where cubic would take 60 ms.
    """
    flags = cv2.INTER_CUBIC if size[0] * size[1] <= _LARGEST_CUBIC else cv2.INTER_LINEAR
    return cv2.warpAffine(image, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
