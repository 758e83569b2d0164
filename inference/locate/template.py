"""`Template`: a reference picture of an upright part, made ready to be found in pictures of one size.

Promises: made once, then only read. Where the part stands out of its ground, its outline says what belongs to it;
otherwise the whole region does.
May import: camera.vision, numpy, inference.locate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from camera.frame import Box
from camera.vision import cv2
from inference.locate.blobs import Blob, filled, find_blobs
from inference.locate.correlate import Turned, turned
from inference.locate.features import Texture, texture_of
from inference.locate.picture import Factors, Levels, Mask, Plane, factors_for, foreground, grey, has_ground, levels
from inference.locate.refine import Edges, edges_of
from inference.locate.turn import Spectrum, unrolled

_MARGIN = 0.03
"""The part's outline and this much around it (of its reach) are compared: an edge has two sides."""
_SMALLEST = 0.01
"""Part of the region that an outline must fill to be the part's."""


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """The part's region in the reference, with its polar picture about the centroid."""

    blob: Blob
    """In pixels of the coarse level."""
    spectrum: Spectrum
    reach: float
    """Radius of the polar picture, pixels of the small level."""


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """All that is known of the reference."""

    factors: Factors
    mask: Mask
    """Of the part, at the small level."""
    values: Plane
    """The band-passed reference at the small level, mean 0 in the mask and 0 outside."""
    body: npt.NDArray[np.float64]
    """[n, 2] places on the part itself, source pixels."""
    edges: tuple[Edges, Edges, Edges]
    """Small, coarse, fine."""
    outline: Outline | None
    turned: Turned
    texture: Texture | None


class ReferenceUnusable(Exception):
    """The reference picture shows nothing that could be found again. `str()` is one sentence."""


def make_template(
    image: npt.NDArray[Any], frame_size: tuple[int, int], region: Box | None = None, significant_bits: int = 8
) -> Template:
    """Make the reference ready for frames of `frame_size` (width, height).

    `image`: uint8 or uint16, [H, W] or [H, W, 3], at the frames' own scale. `region`: where the part is in it (source
    pixels); None: the largest thing that stands out, or all of it. Raises ReferenceUnusable.
    """
    height, width = image.shape[:2]
    factors = factors_for(max(width, frame_size[0]), max(height, frame_size[1]))
    if min(height, width, *frame_size) < 4 * factors.tiny:
        raise ReferenceUnusable(f"the reference picture ({width} x {height} pixels) is too small to find a part by it")
    seen = levels(image, significant_bits, factors)
    blob = _part(seen, region, factors)
    mask = _mask(blob, seen, region, factors)
    part = mask if blob is None else filled(blob, seen.coarse.shape)
    edges = _edges(seen, mask)
    small = _sized(mask, seen.small)
    frame_tiny = (frame_size[1] // factors.tiny, frame_size[0] // factors.tiny)
    at_angles = turned(seen.tiny, _sized(mask, seen.tiny), frame_tiny)
    if edges is None or at_angles is None or not np.any(seen.small[small > 0]):
        raise ReferenceUnusable("the reference picture shows nothing that could be found again")
    return Template(
        factors=factors,
        mask=small,
        values=np.where(small > 0, seen.small - seen.small[small > 0].mean(), 0.0).astype(np.float32),
        body=_places(part, factors.coarse),
        edges=edges,
        outline=None if blob is None else _outline(blob, seen),
        turned=at_angles,
        texture=texture_of(grey(seen.coarse_colour), mask),
    )


def _part(seen: Levels, region: Box | None, factors: Factors) -> Blob | None:
    """The largest thing that stands out and, where a region is given, has its middle there."""
    mask = foreground(seen.coarse_colour)
    for blob in find_blobs(mask) if has_ground(mask) else ():
        x, y = (value * factors.coarse + (factors.coarse - 1) / 2 for value in (blob.x, blob.y))
        inside = region is None or (region.x <= x < region.x + region.w and region.y <= y < region.y + region.h)
        room = seen.coarse.size if region is None else region.w * region.h / factors.coarse**2
        if inside and not blob.at_border and blob.area > _SMALLEST * room:
            return blob
    return None


def _mask(blob: Blob | None, seen: Levels, region: Box | None, factors: Factors) -> Mask:
    """What is compared, at the coarse level."""
    shape = seen.coarse.shape
    if blob is not None:
        return filled(blob, shape, max(2.0, _MARGIN * blob.reach))
    mask = np.zeros(shape, np.uint8)
    height, width = shape
    box = region or Box(0, 0, width * factors.coarse, height * factors.coarse)
    left, top = max(0, round(box.x / factors.coarse)), max(0, round(box.y / factors.coarse))
    mask[top : round((box.y + box.h) / factors.coarse), left : round((box.x + box.w) / factors.coarse)] = 255
    return mask


def _edges(seen: Levels, mask: Mask) -> tuple[Edges, Edges, Edges] | None:
    found = [edges_of(plane, _sized(mask, plane)) for plane in (seen.small, seen.coarse, seen.fine)]
    small, coarse, fine = found
    return None if small is None or coarse is None or fine is None else (small, coarse, fine)


def _sized(mask: Mask, plane: Plane) -> Mask:
    return cv2.resize(mask, plane.shape[::-1], interpolation=cv2.INTER_NEAREST).astype(np.uint8, copy=False)


def _places(part: Mask, factor: int) -> npt.NDArray[np.float64]:
    rows, columns = np.nonzero(part[::2, ::2])
    places = np.column_stack((columns, rows)).astype(np.float64)
    return places * (2.0 * factor) + (factor - 1) / 2


def _outline(blob: Blob, seen: Levels) -> Outline:
    reach = blob.reach / 2 + 2.0
    center = ((blob.x - 0.5) / 2, (blob.y - 0.5) / 2)
    return Outline(blob, unrolled(seen.small, center, reach), reach)
