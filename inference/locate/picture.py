"""What the search looks at: small grey pictures without the lamp's slow gradients, and what stands out of the ground.

Promises: pictures are only read. `levels` shrinks by whole factors, so that every level's pixels are known to a
fraction of a source pixel.
May import: camera.vision, numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from camera.vision import cv2

Pixels = npt.NDArray[Any]
Plane = npt.NDArray[np.float32]
Grey = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]
"""0 or 255."""

_FINE_PX, _COARSE_PX = 820, 320
"""Long sides of the levels, at most about."""
_BORDER = 0.02
_TAKEN = 0.15
"""Share of the border's pixels that may stand out where there is a ground."""
_FAINT = 12.0
"""Grey steps between ground and part that are no difference (of 255)."""


@dataclass(frozen=True, slots=True)
class Factors:
    """How many source pixels a pixel of each level is wide; each divides the next."""

    fine: int
    coarse: int
    small: int
    tiny: int


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """One picture at four sizes. `coarse_colour` is uint8 with the source's channels, the others are grey."""

    fine: Plane
    coarse: Plane
    coarse_colour: Grey
    small: Plane
    """Band-passed, as `tiny`."""
    tiny: Plane


def factors_for(width: int, height: int) -> Factors:
    """Levels for pictures of this size: about 820, 320, 160 and 80 pixels long."""
    long = max(width, height)
    fine = max(1, round(long / _FINE_PX))
    coarse = fine * max(1, -(-long // (fine * _COARSE_PX)))
    return Factors(fine, coarse, 2 * coarse, 4 * coarse)


def levels(image: Pixels, significant_bits: int, factors: Factors) -> Levels:
    """All levels of a picture: uint8 or uint16, [H, W] or [H, W, 3]."""
    fine = by_area(as_bytes(image, significant_bits), factors.fine)
    colour = by_area(fine, factors.coarse // factors.fine)
    fine_grey, coarse = grey(fine), grey(colour)
    small = by_area(coarse, 2)
    return Levels(
        fine=_calmed(fine_grey),
        coarse=_calmed(coarse),
        coarse_colour=colour,
        small=band(small.astype(np.float32)),
        tiny=band(by_area(small, 2).astype(np.float32)),
    )


def _calmed(picture: Grey) -> Plane:
    return np.asarray(cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 1.0), np.float32)


def as_bytes(image: Pixels, significant_bits: int) -> Grey:
    """Eight bits a value, all of the picture's own range."""
    if image.dtype == np.uint8:
        return image
    return cv2.convertScaleAbs(image, alpha=255.0 / ((1 << significant_bits) - 1)).astype(np.uint8, copy=False)


def grey(image: Grey) -> Grey:
    """One channel."""
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)


def by_area(image: Grey, factor: int) -> Grey:
    """Means of `factor` by `factor` pixels; what is left over at the right and below is not looked at."""
    height, width = image.shape[0] // factor, image.shape[1] // factor
    if factor == 1 or not width or not height:
        return image
    whole = image[: height * factor, : width * factor]
    return cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def band(plane: Plane) -> Plane:
    """Without grain (below 1 pixel) and without the lamp's gradients (above a tenth of the picture)."""
    wide = max(plane.shape) / 20.0
    fine = cv2.GaussianBlur(plane, (0, 0), 0.8)
    return np.asarray(fine - cv2.GaussianBlur(fine, (0, 0), wide), np.float32)


def has_ground(mask: Mask) -> bool:
    """True where the picture's border is nearly free: the part lies on a ground and does not fill the picture."""
    border = np.concatenate((mask[0], mask[-1], mask[:, 0], mask[:, -1]))
    return bool(np.count_nonzero(border) <= _TAKEN * border.size)


def foreground(colour: Grey) -> Mask:
    """What differs from the ground, which is what most of the picture's border shows (Otsu 1979 on the difference).

    All 0 where nothing stands out by more than the sensor's noise.
    """
    picture = colour if colour.ndim == 3 else colour[:, :, None]
    edge = max(1, round(_BORDER * min(picture.shape[:2])))
    channels = picture.shape[2]
    border = np.concatenate(
        [
            part.reshape(-1, channels)
            for part in (picture[:edge], picture[-edge:], picture[:, :edge], picture[:, -edge:])
        ]
    )
    ground = np.median(border, axis=0)
    off = cv2.absdiff(picture, np.broadcast_to(np.rint(ground).astype(np.uint8), picture.shape))
    difference = cv2.GaussianBlur(off.max(axis=2) if off.ndim == 3 else off, (3, 3), 0)
    limit, mask = cv2.threshold(difference, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    if limit < _FAINT:
        return np.zeros(picture.shape[:2], np.uint8)
    return cv2.morphologyEx(mask, cv2.MORPH_OPEN, _OPENING).astype(np.uint8, copy=False)


_OPENING = np.ones((3, 3), np.uint8)
