"""Pixels for the screen: shrink, level, colour, lay the heat map over. Runs off the Qt thread.

Promises: input arrays are not changed; results are uint8 [H, W, 4] BGRX, contiguous, as Qt's RGB32 wants them.
The heat map's scale is fixed by the threshold, never by the picture: a good part stays grey.
May import: numpy, camera.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from camera.frame import Frame, PixelFormat, Pixels
from camera.vision import cv2

Heat = npt.NDArray[np.float32]

SHOWN_FROM = 0.5
"""Heat below this share of the threshold is not shown at all."""
FULL_SCALE = 2.0
"""The colour scale ends at this many thresholds."""
_OPAQUE = 255


def fit(size: tuple[int, int], room: tuple[int, int]) -> tuple[int, int]:
    """The largest width and height of the same shape as `size` that `room` holds."""
    scale = min(room[0] / size[0], room[1] / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def shrink(image: Pixels, size: tuple[int, int]) -> Pixels:
    """`image` at `size` (width, height). Halves by area while it can, then linear: a tenth of INTER_AREA's time."""
    width, height = size
    while image.shape[1] >= 2 * width and image.shape[0] >= 2 * height:
        image = cv2.resize(image, (image.shape[1] // 2, image.shape[0] // 2), interpolation=cv2.INTER_AREA)
    if (image.shape[1], image.shape[0]) == size:
        return image
    enlarging = image.shape[1] < width / 4
    return cv2.resize(image, size, interpolation=cv2.INTER_NEAREST if enlarging else cv2.INTER_LINEAR)


def thumbnail(frame: Frame, room: tuple[int, int]) -> Pixels:
    """A small picture, made of every n-th pixel first: quick, and nobody counts its pixels."""
    size = fit(frame.size, room)
    step = max(1, min(frame.size[0] // (2 * size[0]), frame.size[1] // (2 * size[1])))
    if frame.pixel_format is PixelFormat.BAYER_RG8:
        step = step // 2 * 2 or 1  # stay on one colour of the mosaic
    coarse = np.ascontiguousarray(frame.image[::step, ::step])
    return to_screen(shrink(coarse, size), frame)


def picture(frame: Frame, room: tuple[int, int]) -> Pixels:
    """The frame as large as `room` (width, height) allows."""
    image = frame.image
    if frame.pixel_format is PixelFormat.BAYER_RG8 and image.ndim == 2:
        image = cv2.cvtColor(image, cv2.COLOR_BayerRGGB2BGR)
    return to_screen(shrink(image, fit(frame.size, room)), frame)


def to_screen(image: Pixels, frame: Frame) -> Pixels:
    """Eight bits and four channels."""
    if image.dtype != np.uint8:
        image = cv2.convertScaleAbs(image, alpha=255.0 / ((1 << frame.significant_bits) - 1))
    code = cv2.COLOR_GRAY2BGRA if image.ndim == 2 else cv2.COLOR_BGR2BGRA
    return cv2.cvtColor(image, code)


def with_heat(screen: Pixels, heat: Heat, threshold: float, opacity: float) -> Pixels:
    """`screen` (BGRX) with the heat map over it; `screen` itself where nothing reaches the scale.

    Colour: inferno from 0 to `FULL_SCALE` × threshold. Weight: 0 at half the threshold, rising to `opacity` at it.
    """
    if opacity <= 0 or threshold <= 0 or float(heat.max(initial=0.0)) <= SHOWN_FROM * threshold:
        return screen
    size = (screen.shape[1], screen.shape[0])
    wide = cv2.resize(np.ascontiguousarray(heat, dtype=np.float32), size, interpolation=cv2.INTER_LINEAR)
    colours = cv2.cvtColor(heat_colours(wide / np.float32(FULL_SCALE * threshold)), cv2.COLOR_BGR2BGRA)
    rise = (wide / np.float32(threshold) - np.float32(SHOWN_FROM)) / np.float32(1 - SHOWN_FROM)
    weight = np.clip(rise, 0, 1) * np.float32(opacity)
    return cv2.blendLinear(screen, colours, 1 - weight, weight)


def heat_colours(fraction: Heat) -> Pixels:
    """BGR colours of values from 0 to 1 on the fixed scale."""
    index = np.clip(fraction * np.float32(_OPAQUE), 0, _OPAQUE).astype(np.uint8)
    return cv2.applyColorMap(index, cv2.COLORMAP_INFERNO)
