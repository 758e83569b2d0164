"""Pictures of parts that lie where we put them: rings of the simulated line, and a bracket with one upright only."""

from __future__ import annotations

import math

import numpy as np

from camera.clock import SystemClock
from camera.frame import Frame, Picture, PixelFormat, freeze
from camera.synthetic import SyntheticSettings, render
from camera.vision import cv2
from inference.locate.geometry import Matrix, angle_of, mapped, similarity, then

SIZE = (640, 512)
GROUND = 60


def bracket(size: tuple[int, int] = SIZE, *, texture: float = 0.0, seed: int = 1) -> np.ndarray:
    """An L with two holes of different size on an even ground, uint8 [H, W], about a quarter of the picture high."""
    width, height = size
    s = min(width / 640, height / 512)
    canvas = np.full((height, width), GROUND, np.float32)
    x, y = width / 2, height / 2
    for left, top, right, bottom in ((-80, -70, -30, 70), (-80, 20, 80, 70)):
        cv2.rectangle(
            canvas, (round(x + left * s), round(y + top * s)), (round(x + right * s), round(y + bottom * s)), 180, -1
        )
    cv2.circle(canvas, (round(x - 55 * s), round(y - 40 * s)), round(12 * s), GROUND, -1)
    cv2.circle(canvas, (round(x + 50 * s), round(y + 45 * s)), round(16 * s), GROUND, -1)
    if texture:
        grain = cv2.GaussianBlur(np.random.default_rng(seed).normal(0, 1, canvas.shape), (0, 0), 2.0 * s)
        canvas = np.where(canvas > 100, canvas + texture * grain / grain.std(), canvas).astype(np.float32)
    return np.clip(cv2.GaussianBlur(canvas, (0, 0), 0.9), 0, 255).astype(np.uint8)


def small_ring(number: int = 1, *, colour: bool = False, share: float = 0.6) -> np.ndarray:
    """A ring of the simulated line that leaves room to be moved."""
    settings = SyntheticSettings(defect_rate=0.0)
    ring = render(settings, number).image
    shrunk = cv2.resize(ring, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    down, right = SIZE[1] - shrunk.shape[0], SIZE[0] - shrunk.shape[1]
    image = cv2.copyMakeBorder(
        shrunk, down // 2, down - down // 2, right // 2, right - right // 2, cv2.BORDER_REPLICATE
    )
    return image if colour else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)


def moved(
    image: np.ndarray,
    angle_deg: float,
    x: float,
    y: float,
    *,
    scale: float = 1.0,
    gain: float = 1.0,
    noise: float = 0.0,
    seed: int = 0,
    ground: tuple[int, ...] | None = None,
) -> tuple[np.ndarray, Matrix]:
    """The picture turned clockwise about its middle, then shifted, in other light; and the matrix that did it."""
    height, width = image.shape[:2]
    middle = ((width - 1) / 2, (height - 1) / 2)
    matrix = similarity(scale, math.radians(angle_deg), middle, (middle[0] + x, middle[1] + y))
    border = cv2.BORDER_REPLICATE if ground is None else cv2.BORDER_CONSTANT
    out = cv2.warpAffine(
        image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=border, borderValue=ground or 0
    )
    out = out.astype(np.float64) * gain + np.random.default_rng(seed).normal(0, noise, out.shape)
    return np.clip(np.rint(out), 0, 255).astype(np.uint8), matrix


def error(true: Matrix, found: Matrix, at: tuple[float, float]) -> tuple[float, float]:
    """Pixels at a point of the reference, and degrees, between the truth (reference to frame) and what was found."""
    left = then(true, found)
    off = mapped(left, np.array((at,))) - at
    return float(np.hypot(*off[0])), angle_of(left)


def frame_of(image: np.ndarray, *, view: str = "main", bits: int = 8, kind: PixelFormat | None = None) -> Frame:
    """A stamped frame."""
    if kind is None:
        kind = PixelFormat.BGR8 if image.ndim == 3 else PixelFormat.MONO8
    return freeze(Picture(image, kind, "p", bits), trigger_id="t", view=view, at=SystemClock().now())
