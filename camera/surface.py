"""What every simulated picture is made of: turned metal, the dark fixture behind it, lamp light and sensor noise.

Promises: made once a picture size and kept; the arrays are never written again.
May import: numpy, camera.vision.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from camera.vision import cv2

Plane = npt.NDArray[np.float32]

_SEED = 25_042
_VARIANTS = 3
_NOISE_SIGMA = 1.6
_NOISE_SLACK_PX = 61
_FEED_PX = 4.3
"""Distance of two turning marks at 640×512."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """The stock of one picture size. All planes are float32; metal is relative (1 = plain), the rest in grey values."""

    metal: tuple[Plane, ...]
    """[2R+1, 2R+1] turned faces around their middle, to be turned and moved under the ring."""
    shade: Plane
    """[2R+1, 2R+1] grey value of plain metal under the lamp."""
    fixture: Plane
    """[H, W] what lies behind the part."""
    noise: Plane
    """[H + slack, W + slack] sensor noise; each picture takes another piece of it."""


@lru_cache(maxsize=4)
def surface(width: int, height: int, scale: float, radius_px: int, turned_px: tuple[float, float]) -> Surface:
    """The stock for pictures of `width` × `height` pixels with rings up to `radius_px`.

    The tool's marks lie between the two radii `turned_px`; what is outside of them is smooth.
    """
    rng = np.random.default_rng(_SEED)
    return Surface(
        metal=tuple(_turned_face(rng, radius_px, scale, turned_px) for _ in range(_VARIANTS)),
        shade=_shade(radius_px),
        fixture=_fixture(rng, width, height, scale),
        noise=_white(rng, height + _NOISE_SLACK_PX, width + _NOISE_SLACK_PX) * np.float32(_NOISE_SIGMA),
    )


def noise_piece(stock: Surface, rng: np.random.Generator) -> Plane:
    """A piece of the noise the size of the picture, from a random place and perhaps mirrored."""
    height, width = stock.fixture.shape
    top, left = rng.integers(0, _NOISE_SLACK_PX, 2)
    piece = stock.noise[top : top + height, left : left + width]
    return piece[::-1] if rng.random() < 0.5 else piece


def _white(rng: np.random.Generator, rows: int, columns: int) -> Plane:
    return rng.standard_normal((rows, columns), dtype=np.float32)


def _smooth(plane: Plane, sigma_x: float, sigma_y: float) -> Plane:
    """Blurred, and brought back to standard deviation 1."""
    blurred = cv2.GaussianBlur(plane, (0, 0), sigmaX=sigma_x, sigmaY=sigma_y)
    return np.asarray(blurred / blurred.std(), np.float32)


def _turned_face(rng: np.random.Generator, radius_px: int, scale: float, turned_px: tuple[float, float]) -> Plane:
    """Marks of the tool: rings a feed apart, each of another depth, broken into long arcs."""
    turns = 1024
    radii = np.arange(radius_px + 2, dtype=np.float32)
    depth = _smooth(_white(rng, 1, radii.size), 1.1 * scale, 0.01)
    wander = _smooth(_white(rng, 1, radii.size), 20 * scale, 0.01)
    feed = np.sin(2 * np.pi * radii / (_FEED_PX * scale) + 1.5 * wander)
    arcs = _smooth(np.tile(_white(rng, turns, radii.size), (3, 1)), 0.8 * scale, 60.0)[turns : 2 * turns]
    inner, outer = turned_px
    marked = np.clip(np.minimum(radii - inner, outer - radii) / (3 * scale), 0, 1)
    polar = np.asarray(marked * (0.022 * depth + 0.018 * feed + 0.022 * arcs), np.float32)
    size = 2 * radius_px + 1
    centre = (float(radius_px), float(radius_px))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP | cv2.WARP_FILL_OUTLIERS
    face = cv2.warpPolar(polar, (size, size), centre, float(radii.size), flags)
    grain = _smooth(_white(rng, size, size), 0.6 * scale, 0.6 * scale)
    return np.asarray(1 + face + 0.008 * grain, np.float32)


def _shade(radius_px: int) -> Plane:
    """Light from above left on a turned face: a soft fall-off and the two-winged glint of circular marks."""
    y, x = np.mgrid[-1 : 1 : (2 * radius_px + 1) * 1j, -1 : 1 : (2 * radius_px + 1) * 1j]
    fall = -0.20 * (0.55 * x + 0.85 * y)
    doubled = 2 * (np.arctan2(y, x) + np.deg2rad(62))
    wings = 0.20 * np.exp(2.2 * (np.cos(doubled) - 1)) - 0.05
    rim = -0.07 * (x**2 + y**2)
    return np.asarray(155 * (1 + fall + wings + rim), np.float32)


def _fixture(rng: np.random.Generator, width: int, height: int, scale: float) -> Plane:
    """Black anodised plate: nearly even, a little brighter in the middle of the light."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    cloud = _smooth(_white(rng, height, width), 18 * scale, 18 * scale)
    grain = _smooth(_white(rng, height, width), 0.9 * scale, 0.9 * scale)
    return np.asarray(33 - 5 * (x**2 + y**2) + 0.7 * cloud + 0.9 * grain, np.float32)
