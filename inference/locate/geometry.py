"""Matrices of shifts, turns and scales: from one picture's pixels to another's and back.

Promises: a matrix is float64 [2, 3] and maps (x, y, 1) to (x', y'); integer coordinates are pixel centres, boxes are
edges (a pixel at 3 covers 2.5 to 3.5, and a `Box` that holds pixels 0 to 9 begins at 0 and is 10 wide).
May import: numpy, camera.frame.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from camera.frame import Box

Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
"""[2, 3]."""

_EDGE = 0.5
"""From a pixel's centre to its edge: where boxes count from."""


def shift(x: float, y: float) -> Matrix:
    """Moves by (x, y)."""
    return np.array(((1.0, 0.0, x), (0.0, 1.0, y)))


def similarity(scale: float, angle_rad: float, source: tuple[float, float], target: tuple[float, float]) -> Matrix:
    """Scales and turns (clockwise on the screen) about `source`, and puts that point on `target`."""
    a, b = scale * math.cos(angle_rad), scale * math.sin(angle_rad)
    (x, y), (u, v) = source, target
    return np.array(((a, -b, u - a * x + b * y), (b, a, v - b * x - a * y)))


def then(first: Matrix, second: Matrix) -> Matrix:
    """`first`, and `second` on what comes out."""
    out = np.empty((2, 3))
    out[:, :2] = second[:, :2] @ first[:, :2]
    out[:, 2] = second[:, :2] @ first[:, 2] + second[:, 2]
    return out


def inverse(matrix: Matrix) -> Matrix:
    """The way back. Raises numpy.linalg.LinAlgError for a matrix that has none (scale 0)."""
    back = np.linalg.inv(matrix[:, :2])
    return np.column_stack((back, -back @ matrix[:, 2])).astype(np.float64, copy=False)


def shrunk(matrix: Matrix, factor: int) -> Matrix:
    """The same map between pictures whose pixels are means of `factor` by `factor` of those before."""
    out = matrix.copy()
    half = np.full(2, (factor - 1) / 2)
    out[:, 2] = (matrix[:, :2] @ half + matrix[:, 2] - half) / factor
    return out


def grown(matrix: Matrix, factor: int) -> Matrix:
    """The way back from `shrunk`."""
    out = matrix.copy()
    half = np.full(2, (factor - 1) / 2)
    out[:, 2] = matrix[:, 2] * factor + half - matrix[:, :2] @ half
    return out


def scale_of(matrix: Matrix) -> float:
    """Lengths grow by this factor."""
    return math.sqrt(abs(float(np.linalg.det(matrix[:, :2]))))


def angle_of(matrix: Matrix) -> float:
    """Clockwise turn on the screen, degrees, from -180 to 180."""
    return math.degrees(math.atan2(matrix[1, 0], matrix[0, 0]))


def mapped(matrix: Matrix, points: Floats) -> Floats:
    """Points [n, 2] through the matrix."""
    return points @ matrix[:, :2].T + matrix[:, 2]


def mapped_box(matrix: Matrix, box: Box) -> Box:
    """The upright box around a box that was mapped; exact where nothing turns."""
    x, y = box.x - _EDGE, box.y - _EDGE
    corners = np.array(((x, y), (x + box.w, y), (x, y + box.h), (x + box.w, y + box.h)))
    moved = mapped(matrix, corners)
    (left, top), (right, bottom) = moved.min(axis=0), moved.max(axis=0)
    return Box(float(left) + _EDGE, float(top) + _EDGE, float(right - left), float(bottom - top))


def clipped(box: Box, size: tuple[int, int]) -> Box:
    """The part of a box that lies in a picture of `size` (width, height)."""
    left, top = min(max(box.x, 0.0), size[0]), min(max(box.y, 0.0), size[1])
    right, bottom = min(max(box.x + box.w, left), size[0]), min(max(box.y + box.h, top), size[1])
    return Box(left, top, right - left, bottom - top)
