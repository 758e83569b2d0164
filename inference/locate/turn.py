"""How far a part is turned about a known middle: both pictures unrolled into polar ones and correlated along the angle.

Promises: a part that looks the same after a fraction of a turn gives several answers, best first; the caller compares.
May import: camera.vision, numpy.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from camera.vision import cv2

Plane = npt.NDArray[np.float32]
Spectrum = npt.NDArray[np.complex64]

_ANGLES, _RADII = 256, 48
_ANSWERS = 3
_APART = 10
"""Peaks closer than this (of 256 angles) are one."""


def unrolled(plane: Plane, center: tuple[float, float], reach: float) -> Spectrum:
    """The spectrum along the angle of the polar picture around `center`, [129, 48].

    Each radius loses its mean, so that only what tells angles apart is left, and counts as its circumference.
    """
    polar = cv2.warpPolar(plane, (_RADII, _ANGLES), center, reach, cv2.INTER_LINEAR | cv2.WARP_FILL_OUTLIERS)
    polar = polar - polar.mean(axis=0)
    polar *= _WEIGHTS
    return np.fft.rfft(polar, axis=0).astype(np.complex64, copy=False)


def turns(reference: Spectrum, seen: Spectrum) -> list[float]:
    """By how much the seen part is turned clockwise against the reference, radians, likeliest first."""
    cross = (np.conj(reference) * seen).sum(axis=1)
    agreement = np.asarray(np.fft.irfft(cross, _ANGLES), np.float64)
    found: list[float] = []
    for _ in range(_ANSWERS):
        at = int(np.argmax(agreement))
        if not agreement[at] > 0.0:
            break
        found.append((at + _vertex(agreement, at)) * (2.0 * math.pi / _ANGLES))
        agreement[(np.arange(at - _APART, at + _APART + 1)) % _ANGLES] = 0.0
    return found


def _vertex(values: npt.NDArray[np.float64], at: int) -> float:
    """Offset of the parabola's vertex through a peak and its neighbours on the circle."""
    before, peak, after = values[at - 1], values[at], values[(at + 1) % len(values)]
    curvature = before - 2.0 * peak + after
    return float(np.clip(0.5 * (before - after) / curvature, -0.5, 0.5)) if curvature < 0.0 else 0.0


_WEIGHTS = np.sqrt(np.arange(0.5, _RADII, dtype=np.float32) / _RADII)[None, :]
