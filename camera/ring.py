"""Draws the ring: a turned face with a bore and six bolt holes, its edges exact to a small part of a pixel.

Promises: an edge's grey value follows from the exact distance to the true circle, so that a gauge can be judged by the
truth; integer coordinates are pixel centres.
May import: numpy, camera.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from camera.process import BORE_MM, OUTER_MM, OUTER_SIGMA_MM, SimulatedPart
from camera.surface import Plane, Surface, surface
from camera.vision import cv2

MM_PER_PX = 0.1
"""At 640×512; other sizes see the same field of view."""
BOLT_HOLES = 6
BOLT_CIRCLE_MM = 34.0
BOLT_MM = 3.6
_LARGEST_OFFSET_PX = 12.0
_TILT = 0.012
_WIDEST_MM = OUTER_MM + 13 * OUTER_SIGMA_MM
_CHAMFER_PX = 6.0
_CHAMFER_GAIN = 0.10


@dataclass(frozen=True, slots=True)
class Layout:
    """The ring as it lies in the picture. All lengths in pixels."""

    center_x: float
    center_y: float
    bore_radius: float
    outer_radius: float
    bolt_circle_radius: float
    bolt_radius: float
    angle_rad: float
    scale: float

    def hole(self, index: int) -> tuple[float, float]:
        """Centre of a bolt hole."""
        turn = self.angle_rad + index * 2 * math.pi / BOLT_HOLES
        return self.at(self.bolt_circle_radius, turn)

    def at(self, radius: float, turn_rad: float) -> tuple[float, float]:
        """The point at `radius` from the middle, `turn_rad` clockwise on the screen from the x axis."""
        return self.center_x + radius * math.cos(turn_rad), self.center_y + radius * math.sin(turn_rad)


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """The square of the picture that holds the ring, while it is drawn. The only planes here that are written."""

    left: int
    top: int
    metal: Plane
    """[n, n] grey value where there is metal."""
    cover: Plane
    """[n, n] how much of a pixel is metal, 0–1."""

    def patch(self, x: float, y: float, reach: float) -> tuple[tuple[slice, slice], Plane, Plane]:
        """The part of the canvas within `reach` of a picture point: its slices, and dx, dy from the point."""
        size = self.metal.shape[0]
        x0, x1 = (int(np.clip(round(x - self.left + d), 0, size)) for d in (-reach, reach + 1))
        y0, y1 = (int(np.clip(round(y - self.top + d), 0, size)) for d in (-reach, reach + 1))
        dx = np.arange(x0, x1, dtype=np.float32)[None, :] + np.float32(self.left - x)
        dy = np.arange(y0, y1, dtype=np.float32)[:, None] + np.float32(self.top - y)
        return (slice(y0, y1), slice(x0, x1)), dx, dy


def scale_of(width: int, height: int) -> float:
    """How much larger than 640×512 the picture sees the part."""
    return min(width / 640, height / 512)


def stock_for(width: int, height: int) -> Surface:
    """The surfaces of a picture size; the square for the ring holds any, wherever its middle lies within a pixel."""
    scale = scale_of(width, height)
    px_per_mm = scale / MM_PER_PX
    chamfer = _CHAMFER_PX * scale
    turned = (BORE_MM / 2 * px_per_mm + chamfer, OUTER_MM / 2 * px_per_mm - chamfer)
    return surface(width, height, scale, math.ceil(_WIDEST_MM / 2 * px_per_mm) + 3, turned)


def lay_out(part: SimulatedPart, width: int, height: int) -> Layout:
    """Where the part's edges lie in a picture of this size."""
    scale = scale_of(width, height)
    px_per_mm = scale / MM_PER_PX
    return Layout(
        center_x=(width - 1) / 2 + _LARGEST_OFFSET_PX * scale * part.offset[0],
        center_y=(height - 1) / 2 + _LARGEST_OFFSET_PX * scale * part.offset[1],
        bore_radius=part.bore_mm / 2 * px_per_mm,
        outer_radius=part.outer_mm / 2 * px_per_mm,
        bolt_circle_radius=BOLT_CIRCLE_MM / 2 * px_per_mm,
        bolt_radius=BOLT_MM / 2 * px_per_mm,
        angle_rad=part.angle_rad,
        scale=scale,
    )


def begin(layout: Layout, part: SimulatedPart, stock: Surface) -> Canvas:
    """A plain ring without bolt holes."""
    radius = (stock.shade.shape[0] - 1) // 2
    left, top = round(layout.center_x) - radius, round(layout.center_y) - radius
    dx = np.arange(2 * radius + 1, dtype=np.float32) + np.float32(left - layout.center_x)
    dy = np.arange(2 * radius + 1, dtype=np.float32) + np.float32(top - layout.center_y)
    distance = np.sqrt(np.add.outer(dy * dy, dx * dx))
    metal = _turn(stock.metal[part.number % len(stock.metal)], layout, left, top)
    tilt = np.add.outer(dy * np.float32(part.tilt[1]), dx * np.float32(part.tilt[0]) + np.float32(radius / _TILT))
    metal *= stock.shade
    metal *= tilt
    metal *= np.float32(_TILT / radius)
    _chamfer(metal, distance, layout)
    cover = _inside(distance, layout.outer_radius)
    cover -= _inside(distance, layout.bore_radius)
    return Canvas(left, top, metal, cover)


def _turn(face: Plane, layout: Layout, left: int, top: int) -> Plane:
    radius = (face.shape[0] - 1) / 2
    matrix = cv2.getRotationMatrix2D((radius, radius), -math.degrees(layout.angle_rad), 1.0)
    matrix[0, 2] += layout.center_x - left - radius
    matrix[1, 2] += layout.center_y - top - radius
    turned = cv2.warpAffine(face, matrix, face.shape[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.float32)


def _inside(distance: Plane, radius: float) -> Plane:
    """How much of each pixel lies inside the circle: linear over one pixel of exact distance."""
    inside = np.subtract(np.float32(radius + 0.5), distance)
    return np.clip(inside, 0, 1, out=inside)


def _chamfer(metal: Plane, distance: Plane, layout: Layout) -> None:
    """Broken edges glint. Wide enough that an edge operator never sees both sides of the glint at once."""
    width = _CHAMFER_PX * layout.scale
    bore = _inside(distance, layout.bore_radius + width)
    outer = _inside(distance, layout.outer_radius - width)
    metal *= 1 + _CHAMFER_GAIN + np.float32(0.6 * _CHAMFER_GAIN) * bore - np.float32(_CHAMFER_GAIN) * outer


def drill(canvas: Canvas, layout: Layout, index: int) -> None:
    """One bolt hole with its glinting edge."""
    x, y = layout.hole(index)
    rim = layout.bolt_radius + 2.5 * layout.scale
    where, dx, dy = canvas.patch(x, y, rim + 2)
    distance = np.sqrt(dx * dx + dy * dy)
    canvas.metal[where] *= 1 + np.float32(_CHAMFER_GAIN) * _inside(distance, rim)
    canvas.cover[where] *= 1 - _inside(distance, layout.bolt_radius)


def finish(canvas: Canvas, stock: Surface, light: float, noise: Plane) -> Plane:
    """The grey picture [H, W], float32: part before fixture, through a lens, under the lamp, with sensor noise."""
    picture = stock.fixture.copy()
    size = canvas.metal.shape[0]
    square = picture[canvas.top : canvas.top + size, canvas.left : canvas.left + size]
    square += canvas.cover * (canvas.metal - square)
    cv2.GaussianBlur(square, (5, 5), 0.6, dst=square, borderType=cv2.BORDER_REPLICATE)
    picture *= np.float32(light)
    picture += noise
    return picture
