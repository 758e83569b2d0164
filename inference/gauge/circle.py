"""The diameter of a circle by sub-pixel edges along radial rays.

    picture ─ rough centre (`seek`) ─→ edges, wide and coarse ─→ circle (`fit`) ─→ edges, narrow and fine ─→ circle

Along each ray the grey profile is correlated with the derivative of a Gaussian (Canny 1986); the edge lies at the
vertex of the parabola through the strongest answer and its neighbours. The circle is fitted by least squares of the
geometric distance, leaving out edges further off than 3 robust standard deviations (1.4826 MAD): a chip, a stain or a
hole beside the circle spoils some rays, not the circle.

Promises: integer coordinates are pixel centres. Bias and standard deviation of the diameter are below 0.05 px on
pictures of our synthetic ring. The picture is only read.
May import: camera.vision, numpy, inference.gauge, inference.message.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from camera.vision import cv2
from inference.gauge.errors import GaugeError, circle_not_found, too_few_edges
from inference.gauge.fit import FittedCircle, fit_circle
from inference.gauge.seek import seek_center

__all__ = ["Circle", "GaugeError", "Polarity", "measure_circle"]

Polarity = Literal["dark_inside", "bright_inside"]
Pixels = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

_COARSE_RAYS, _FINE_RAYS = 120, 360
_SEARCH = 0.25
"""The search runs this part of the nominal radius to both sides."""
_FINE_REACH_PX, _FINE_STEP_PX = 5.0, 0.25
_SMOOTH_PX = 0.5
"""Standard deviation of the Gaussian whose derivative finds the edge."""
_FAINT = 0.35
"""Edges weaker than this part of a strong edge (the 80th percentile) are no edges."""
_FEWEST = 0.4
"""At least this part of the rays must agree on the circle."""
_ROUGHEST_PX = 1.5
"""Edges that scatter more are noise: places drawn at random in the narrow search scatter by 2.9 px."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A measured circle, in source pixels."""

    center_x: float
    center_y: float
    diameter_px: float
    residual_px: float
    """Root mean square distance of the edges used."""
    rays_used: int


@dataclass(frozen=True, slots=True)
class _Rays:
    """Where to look: `count` rays from a centre, sampled from `inner` outwards every `step` pixels."""

    center_x: float
    center_y: float
    inner: float
    outer: float
    step: float
    count: int


def measure_circle(
    image: Pixels, nominal_px: float, polarity: Polarity = "dark_inside", center: tuple[float, float] | None = None
) -> Circle:
    """Measure one circle of about `nominal_px` diameter (0.75 to 1.25 of it).

    `image`: uint8 or uint16, [H, W] or [H, W, 3] (BGR). `polarity`: what the inside is, compared with the outside.
    `center`: about where (x, y) in pixels, within a tenth of the diameter; None: find it.
    Raises GaugeError where there is no such circle, or too little of it to be sure.
    """
    radius = nominal_px / 2.0
    if center is None:
        center = seek_center(image, nominal_px, polarity)
    reach = radius * _SEARCH
    wide = _Rays(*center, max(radius - reach, 1.0), radius + reach, max(1.0, radius / 150.0), _COARSE_RAYS)
    coarse = _circle_along(image, wide, polarity)
    near = _Rays(
        coarse.x,
        coarse.y,
        max(coarse.radius - _FINE_REACH_PX, 0.5),
        coarse.radius + _FINE_REACH_PX,
        _FINE_STEP_PX,
        _FINE_RAYS,
    )
    fine = _circle_along(image, near, polarity)
    if fine.rms > _ROUGHEST_PX or abs(fine.radius / radius - 1.0) > _SEARCH:
        raise circle_not_found(nominal_px)
    return Circle(fine.x, fine.y, 2.0 * fine.radius, fine.rms, fine.used)


def _circle_along(image: Pixels, rays: _Rays, polarity: Polarity) -> FittedCircle:
    """Find the edge on each ray and fit the circle through them."""
    radii, strengths = _edges(_profiles(image, rays), rays, polarity)
    at = int(0.8 * rays.count)
    strong = float(np.partition(strengths, at)[at])
    sure = strengths > max(_FAINT * strong, 1e-6)
    fewest = round(_FEWEST * rays.count)
    if np.count_nonzero(sure) < fewest:
        raise too_few_edges(int(np.count_nonzero(sure)), rays.count)
    cos, sin = _directions(rays.count)
    x, y = radii[sure] * cos[sure], radii[sure] * sin[sure]
    fitted = fit_circle(x, y)
    if fitted.used < fewest:
        raise too_few_edges(fitted.used, rays.count)
    return FittedCircle(fitted.x + rays.center_x, fitted.y + rays.center_y, fitted.radius, fitted.rms, fitted.used)


def _profiles(image: Pixels, rays: _Rays) -> npt.NDArray[np.float32]:
    """Grey values along the rays, shape [count, samples]; NaN-free: outside the picture its border goes on."""
    cos, sin = _directions(rays.count)
    along = np.arange(rays.inner, rays.outer + rays.step / 2, rays.step)
    x = (rays.center_x + cos[:, None] * along).astype(np.float32)
    y = (rays.center_y + sin[:, None] * along).astype(np.float32)
    samples = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    grey = samples if samples.ndim == 2 else cv2.cvtColor(samples, cv2.COLOR_BGR2GRAY)
    return grey.astype(np.float32)


def _edges(profiles: npt.NDArray[np.float32], rays: _Rays, polarity: Polarity) -> tuple[Floats, Floats]:
    """Radius and strength of the strongest edge of the right polarity on each ray, both [count]."""
    kernel = _derivative_of_gaussian(rays.step)
    slope = cv2.filter2D(profiles, cv2.CV_32F, kernel, borderType=cv2.BORDER_REPLICATE)
    if polarity == "bright_inside":
        slope = -slope
    ray = np.arange(rays.count)
    # An edge at the very end of the search has no neighbour to interpolate with.
    at = 1 + np.argmax(slope[:, 1:-1], axis=1)
    before, peak, after = (slope[ray, at + k].astype(np.float64) for k in (-1, 0, 1))
    curvature = before - 2.0 * peak + after
    offset = np.where(curvature < 0.0, 0.5 * (before - after) / np.where(curvature < 0.0, curvature, 1.0), 0.0)
    return rays.inner + (at + np.clip(offset, -0.5, 0.5)) * rays.step, peak


@cache
def _derivative_of_gaussian(step_px: float) -> npt.NDArray[np.float32]:
    """Kernel [1, 2k+1] whose correlation with a rising profile is positive; `step_px` is the spacing of its taps."""
    sigma = _SMOOTH_PX / step_px
    reach = max(int(np.ceil(3.0 * sigma)), 1)
    taps = np.arange(-reach, reach + 1, dtype=np.float64)
    weights = taps * np.exp(-0.5 * (taps / sigma) ** 2)
    return (weights / np.abs(weights).sum())[None, :].astype(np.float32)


@cache
def _directions(count: int) -> tuple[Floats, Floats]:
    angle = np.arange(count) * (2.0 * np.pi / count)
    return np.cos(angle), np.sin(angle)
