"""From about right to a fraction of a pixel: shift, turn and scale that make the picture equal the reference.

Inverse compositional alignment (Baker, Matthews 2004, Int. J. Computer Vision 56, "Lucas-Kanade 20 Years On", part 1)
on the reference's strongest edges only, with gain and offset of the light projected out (part 3 of the same). What must
be solved is known beforehand, so a step costs one look-up of each point and one small product. Errors beyond three
times their middle are cut: a defect pulls no harder than an edge.

Promises: the light may be brighter or darker. A start too far away ends somewhere else: the caller checks the result.
May import: camera.vision, numpy, inference.locate.geometry.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from camera.vision import cv2
from inference.locate.geometry import Matrix, inverse, mapped, then

Plane = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.uint8]

_POINTS = 6000
_COLUMNS = 100
"""Points are looked up in a table of this width: cv2.remap takes no row of more than 32,767."""
_RIDGE = 1e-4
"""A disc has no angle: without a floor the solution would turn it at random."""
_CUT = 3.0
_FEWEST = 0.4
"""At least this part of the points must lie in the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """The reference's strongest edges at one level, ready to be found again."""

    points: Floats
    """[n, 2]."""
    values: Floats
    """[n] grey, mean 0 and length 1."""
    solve: Floats
    """[4, n]: errors to steps of (scale, turn, x, y) about `middle`."""
    middle: tuple[float, float]


def edges_of(plane: Plane, mask: Mask) -> Edges | None:
    """The strongest edges of a picture inside a mask; None where it has none."""
    slope_x = np.asarray(cv2.Sobel(plane, cv2.CV_32F, 1, 0, scale=0.125), np.float32)
    slope_y = np.asarray(cv2.Sobel(plane, cv2.CV_32F, 0, 1, scale=0.125), np.float32)
    strength = np.where(mask > 0, np.hypot(slope_x, slope_y), 0.0)
    count = min(_POINTS, int(np.count_nonzero(strength))) // _COLUMNS * _COLUMNS
    if count == 0:
        return None
    at = np.sort(np.argpartition(strength.ravel(), -count)[-count:])
    y, x = np.divmod(at, plane.shape[1])
    values = plane.ravel()[at].astype(np.float64)
    values -= values.mean()
    length = float(np.linalg.norm(values))
    middle = (float(x.mean()), float(y.mean()))
    if length <= 0.0:
        return None
    slopes = ((slope_x.ravel()[at] / length).astype(np.float64), (slope_y.ravel()[at] / length).astype(np.float64))
    values /= length
    jacobian = _jacobian(x - middle[0], y - middle[1], slopes, values)
    normal: Floats = jacobian.T @ jacobian
    normal += np.diag(np.diag(normal)) * _RIDGE + np.eye(4) * (float(np.trace(normal)) * 1e-9)
    solve: Floats = np.linalg.solve(normal, jacobian.T).astype(np.float64, copy=False)
    return Edges(np.column_stack((x, y)).astype(np.float64), values, solve, middle)


def refined(edges: Edges, plane: Plane, start: Matrix, rounds: int, still_px: float = 0.01) -> Matrix | None:
    """The map from the reference to the picture after up to `rounds` steps; None where it was lost."""
    matrix = start
    reach = float(np.abs(edges.points - edges.middle).max())
    for _ in range(rounds):
        seen, inside = _looked_up(plane, mapped(matrix, edges.points))
        if np.count_nonzero(inside) < _FEWEST * len(inside):
            return None
        errors = _errors(seen, inside, edges.values)
        if errors is None:
            return None
        a, b, x, y = (edges.solve @ errors).tolist()
        matrix = then(inverse(_step(a, b, x, y, edges.middle)), matrix)
        if not 0.5 < abs(float(np.linalg.det(matrix[:, :2]))) < 2.0:
            return None
        if max(abs(x), abs(y), abs(a) * reach, abs(b) * reach) < still_px:
            break
    return matrix


def _jacobian(x: Floats, y: Floats, slopes: tuple[Floats, Floats], values: Floats) -> Floats:
    """[n, 4] change of grey by scale, turn, x and y; what the light's gain and offset could do is taken out."""
    slope_x, slope_y = slopes
    columns = np.stack((slope_x * x + slope_y * y, slope_y * x - slope_x * y, slope_x, slope_y), axis=1)
    columns = columns - columns.mean(axis=0)
    return columns - np.outer(values, values @ columns)


def _step(a: float, b: float, x: float, y: float, middle: tuple[float, float]) -> Matrix:
    u, v = middle
    return np.array(((1.0 + a, -b, x - a * u + b * v), (b, 1.0 + a, y - b * u - a * v)))


def _looked_up(plane: Plane, points: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Grey values at points [n, 2], and which of them lie in the picture."""
    x = points[:, 0].reshape(-1, _COLUMNS).astype(np.float32)
    y = points[:, 1].reshape(-1, _COLUMNS).astype(np.float32)
    seen = cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).ravel().astype(np.float64)
    height, width = plane.shape
    inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    return seen, inside.ravel()


def _errors(seen: Floats, inside: npt.NDArray[np.bool_], values: Floats) -> Floats | None:
    """What is seen minus what is expected, [n], both in the reference's light; None where there is no likeness."""
    known, expected = seen[inside], values[inside]
    expected = expected - expected.mean()
    power = float(expected @ expected)
    gain = float((known - known.mean()) @ expected) / power if power > 0.0 else 0.0
    if gain <= 0.0:
        return None
    errors = np.where(inside, (seen - known.mean()) / gain - values + values[inside].mean(), 0.0)
    limit = _CUT * float(np.mean(np.abs(errors)))
    return np.clip(errors, -limit, limit)
