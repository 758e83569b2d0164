"""Where the part is, whatever lies around it: the reference turned by every 5 degrees, correlated with the picture.

A full search on a picture of about 80 pixels, by Fourier transforms (Lewis 1995, "Fast Normalized Cross-Correlation",
with the energy taken in the disc around the part, so that one transform serves all angles). It needs no clear ground
and finds broken parts, whose centroid lies elsewhere.

Promises: positions are good to about a pixel of that small picture, angles to 3 degrees.
May import: camera.vision, numpy, inference.locate.geometry.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from camera.vision import cv2
from inference.locate.geometry import Matrix, similarity

Plane = npt.NDArray[np.float32]
Mask = npt.NDArray[np.uint8]

_TURNS = 72
_ANSWERS = 3
_APART = 3
"""Neighbours in angle that are one answer."""


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """The reference at all angles, as spectra."""

    spectra: npt.NDArray[np.complex64]
    """[72, h, w // 2 + 1], conjugated."""
    disc: npt.NDArray[np.complex64]
    """[h, w // 2 + 1]: the disc around the part, conjugated."""
    shape: tuple[int, int]
    """Padded size (h, w)."""
    middle: tuple[float, float]
    """The part's, in the reference."""
    half: int


def turned(plane: Plane, mask: Mask, frame_shape: tuple[int, int]) -> Turned | None:
    """Make the reference ready for frames of `frame_shape` (h, w) pixels at this level; None for an empty one."""
    rows, columns = np.nonzero(mask)
    if not rows.size:
        return None
    middle = (float(columns.mean()), float(rows.mean()))
    half = math.ceil(float(np.hypot(columns - middle[0], rows - middle[1]).max())) + 1
    shape = tuple(cv2.getOptimalDFTSize(max(n + half, 2 * half + 1)) for n in frame_shape)
    patches = np.zeros((_TURNS, *shape), np.float32)
    for k in range(_TURNS):
        patch = _patch(plane, mask, middle, half, 2.0 * math.pi * k / _TURNS)
        if patch is None:
            return None
        _placed(patches[k], patch)
    disc = np.zeros(shape, np.float32)
    y, x = np.ogrid[-half : half + 1, -half : half + 1]
    _placed(disc, np.asarray(x * x + y * y <= half * half, np.float32))
    spectra = np.asarray(np.conj(np.fft.rfft2(patches)), np.complex64)
    return Turned(spectra, np.asarray(np.conj(np.fft.rfft2(disc)), np.complex64), (shape[0], shape[1]), middle, half)


def correlated(reference: Turned, plane: Plane) -> list[Matrix]:
    """Maps from the reference to the picture, likeliest first, at most 3."""
    height, width = plane.shape
    spectrum = np.fft.rfft2(plane, reference.shape)
    agreement = np.fft.irfft2(reference.spectra * spectrum, reference.shape)[:, :height, :width]
    energy = np.fft.irfft2(reference.disc * np.fft.rfft2(plane * plane, reference.shape), reference.shape)
    floor = float(np.mean(plane * plane)) * reference.half**2 + 1e-6
    agreement /= np.sqrt(np.maximum(energy[:height, :width], floor))[None]
    flat = agreement.reshape(_TURNS, -1)
    at = flat.argmax(axis=1)
    best = flat[np.arange(_TURNS), at].astype(np.float64)
    found: list[Matrix] = []
    for _ in range(_ANSWERS):
        k = int(best.argmax())
        y, x = divmod(int(at[k]), width)
        found.append(similarity(1.0, 2.0 * math.pi * k / _TURNS, reference.middle, (float(x), float(y))))
        best[np.arange(k - _APART, k + _APART + 1) % _TURNS] = -math.inf
    return found


def _patch(plane: Plane, mask: Mask, middle: tuple[float, float], half: int, angle: float) -> Plane | None:
    """The part turned by `angle`, its middle in the middle, mean 0 and length 1 inside the mask."""
    matrix = similarity(1.0, angle, middle, (float(half), float(half)))
    size = (2 * half + 1, 2 * half + 1)
    inside = cv2.warpAffine(mask, matrix, size, flags=cv2.INTER_NEAREST) > 0
    values = cv2.warpAffine(plane, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    patch = np.where(inside, values - values[inside].mean(), 0.0) if inside.any() else np.zeros(size[::-1])
    length = float(np.linalg.norm(patch))
    return np.asarray(patch / length, np.float32) if length > 0.0 else None


def _placed(room: Plane, patch: Plane) -> None:
    """Write the patch with its middle at (0, 0), wrapped around, so that a peak lies at the part's middle."""
    half = patch.shape[0] // 2
    room[: patch.shape[0], : patch.shape[1]] = patch
    room[:] = np.roll(room, (-half, -half), (0, 1))
