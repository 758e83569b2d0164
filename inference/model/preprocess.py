"""The door of the network: a camera's picture becomes uint8 [1, H, W, C], and nothing else happens to it here.

Resize, colour order and normalisation are inside the graph. What must happen outside: more than 8 significant bits
are shifted down to 8, and where a graph takes only one channel count the picture is repeated or made grey.
May import: numpy, cv2 (through camera.vision).
"""

from __future__ import annotations

from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from camera.vision import cv2

Batch = npt.NDArray[np.uint8]


class PictureRejected(Exception):
    """The picture has a shape or type that no camera of ours gives; `str()` is one sentence."""


def as_batch(image: npt.NDArray[Any], significant_bits: int, channels: Literal["any", 1, 3]) -> Batch:
    """The picture as a batch of one, without a copy where it already fits.

    `image` is uint8 or uint16, [H, W] or [H, W, 3] (BGR).
    """
    if image.size == 0 or image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (1, 3)):
        raise PictureRejected(f"a picture of shape {image.shape} cannot be judged; [H, W] or [H, W, 3] is expected.")
    picture = _to_channels(_to_8_bits(image, significant_bits), channels)
    if picture.ndim == 2:
        picture = picture[:, :, None]
    return np.ascontiguousarray(picture)[None]


def _to_8_bits(image: npt.NDArray[Any], significant_bits: int) -> Batch:
    if image.dtype == np.uint8:
        return image
    if image.dtype != np.uint16:
        raise PictureRejected(f"a picture of type {image.dtype} cannot be judged; uint8 or uint16 is expected.")
    shifted = image >> max(significant_bits - 8, 0)
    return np.minimum(shifted, 255).astype(np.uint8)


def _to_channels(image: Batch, channels: Literal["any", 1, 3]) -> Batch:
    has = 1 if image.ndim == 2 else image.shape[2]
    if channels in ("any", has):
        return image
    code = cv2.COLOR_GRAY2BGR if channels == 3 else cv2.COLOR_BGR2GRAY
    return cast("Batch", cv2.cvtColor(image, code))
