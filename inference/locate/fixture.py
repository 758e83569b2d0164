"""The part is found and turned upright by a reference picture of a good one.

    frame ─ levels ─→ first guesses ─→ refined on small, coarse, fine (`refine`) ─→ compared ─→ the best is `Found`
                      outline: centroid of what stands out, angle by polar correlation (`blobs`, `turn`)
                      correlation: every 5 degrees, everywhere (`correlate`)
                      texture: points that match (`features`)

The guesses are tried in this order, the dearer only while none is sure. The confidence is the normalised correlation
of the found part with the reference, without grain and without the lamp's gradients.

Promises: shifts anywhere in the picture, all turns, scales within `SCALE_RANGE`. The light may be brighter or darker.
May import: camera.vision, numpy, inference.locate.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from camera.vision import cv2
from inference.locate.blobs import Blob, find_blobs
from inference.locate.correlate import correlated
from inference.locate.features import matched, texture_of
from inference.locate.geometry import Matrix, angle_of, grown, inverse, mapped, scale_of, shrunk, similarity
from inference.locate.picture import Levels, foreground, grey, levels
from inference.locate.refine import refined
from inference.locate.template import Outline, Template
from inference.locate.turn import turns, unrolled

Way = Literal["outline", "correlation", "texture"]

DEFAULT_LIMIT = 0.6
"""Good parts of a kind reach 0.75 and more, other things and empty pictures stay below 0.55 (docs/locate.md)."""
SCALE_RANGE = 0.15
"""A part may look this much larger or smaller than the reference."""
_SURE = 0.85
"""From this confidence on no other way is tried."""
_HOPEFUL = 0.2
"""A first guess that agrees less is not worth refining."""
_FAINTEST = 0.25
"""With less of the reference's contrast the confidence falls: noise is like anything."""
_SIZES = (0.6, 1.6)
"""Areas of outlines that may be the part, as parts of the reference's."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Where the part is."""

    matrix: Matrix
    """[2, 3] float64: from the frame's pixels to the reference's."""
    confidence: float
    """0 to 1; 0 where nothing at all was found."""
    method: Way
    visible: float
    """Share of the part that lies in the picture."""
    others: int = 0
    """Further whole parts in the picture that are as like the reference as the limit asks for."""

    @property
    def angle_deg(self) -> float:
        """How far the part is turned clockwise on the screen against the reference, -180 to 180."""
        return -angle_of(self.matrix)

    @property
    def scale(self) -> float:
        """How much larger the part is seen than in the reference."""
        return 1.0 / scale_of(self.matrix)


@dataclass(frozen=True, slots=True, eq=False)
class _Guess:
    matrix: Matrix
    """From the reference to the frame, source pixels."""
    confidence: float
    way: Way


def find_part(
    template: Template, image: npt.NDArray[Any], significant_bits: int = 8, limit: float = DEFAULT_LIMIT
) -> Found | None:
    """Find the part in a frame: uint8 or uint16, [H, W] or [H, W, 3], of the size the template was made for.

    `limit`: from which confidence on a second part counts as one. None where nothing is like the reference at all.
    """
    seen = levels(image, significant_bits, template.factors)
    blobs = find_blobs(foreground(seen.coarse_colour)) if template.outline is not None else []
    best: _Guess | None = None
    for guess in _guesses(template, seen, blobs):
        if best is None or guess.confidence > best.confidence:
            best = guess
        if best.confidence >= _SURE:
            break
    if best is None:
        return None
    best = _finest(template, seen, best)
    height, width = image.shape[:2]
    places = mapped(best.matrix, template.body)
    inside = ((places >= -0.5) & (places <= np.array((width - 0.5, height - 0.5)))).all(axis=1)
    return Found(
        inverse(best.matrix),
        best.confidence,
        best.way,
        float(inside.mean()),
        _others(template, seen, blobs, best, limit),
    )


def _guesses(template: Template, seen: Levels, blobs: list[Blob]) -> Iterator[_Guess]:
    """Guesses of all ways, each way's best one, the cheap way first."""
    outline = template.outline
    if outline is not None:
        for blob in _like(outline, blobs):
            yield from _tried(template, seen, _outline_starts(template, outline, seen, blob), "outline")
    factor = template.factors.tiny
    yield from _tried(template, seen, [grown(m, factor) for m in correlated(template.turned, seen.tiny)], "correlation")
    texture = texture_of(grey(seen.coarse_colour)) if template.texture is not None else None
    if template.texture is not None and texture is not None:
        matrix = matched(template.texture, texture)
        if matrix is not None:
            yield from _tried(template, seen, [grown(matrix, template.factors.coarse)], "texture")


def _like(outline: Outline, blobs: list[Blob]) -> list[Blob]:
    """Regions that may be the part by their size, the likest first."""
    low, high = _SIZES
    return sorted(
        (blob for blob in blobs if low <= blob.area / outline.blob.area <= high),
        key=lambda blob: abs(math.log(blob.area / outline.blob.area)),
    )[:4]


def _outline_starts(template: Template, outline: Outline, seen: Levels, blob: Blob) -> list[Matrix]:
    """The region's centroid upon the reference's, at the angles of the polar correlation."""
    center = ((blob.x - 0.5) / 2, (blob.y - 0.5) / 2)
    scale = math.sqrt(blob.area / outline.blob.area)
    spectrum = unrolled(seen.small, center, outline.reach * scale)
    source = (outline.blob.x, outline.blob.y)
    factor = template.factors.coarse
    return [
        grown(similarity(scale, angle, source, (blob.x, blob.y)), factor) for angle in turns(outline.spectrum, spectrum)
    ]


def _tried(template: Template, seen: Levels, starts: list[Matrix], way: Way) -> Iterator[_Guess]:
    """The best of some starts, refined on the small level."""
    best: _Guess | None = None
    for start in starts:
        small = shrunk(start, template.factors.small)
        if _likeness(template, seen, small) < _HOPEFUL and way != "correlation":
            continue
        better = refined(template.edges[0], seen.small, small, 12, 0.05)
        matrix = small if better is None else better
        confidence = _likeness(template, seen, matrix)
        if abs(scale_of(matrix) - 1.0) <= SCALE_RANGE and (best is None or confidence > best.confidence):
            best = _Guess(grown(matrix, template.factors.small), confidence, way)
        if best is not None and best.confidence >= _SURE:
            break
    if best is not None:
        yield best


def _finest(template: Template, seen: Levels, guess: _Guess) -> _Guess:
    """Refined on the coarse and the fine level, where that agrees better or as well."""
    matrix = guess.matrix
    for edges, plane, factor in (
        (template.edges[1], seen.coarse, template.factors.coarse),
        (template.edges[2], seen.fine, template.factors.fine),
    ):
        better = refined(edges, plane, shrunk(matrix, factor), 12)
        if better is not None:
            matrix = grown(better, factor)
    confidence = _likeness(template, seen, shrunk(matrix, template.factors.small))
    if confidence < guess.confidence - 0.05:
        return guess
    return _Guess(matrix, confidence, guess.way)


def _likeness(template: Template, seen: Levels, small: Matrix) -> float:
    """Normalised correlation with the reference at the small level, 0 to 1; what lies outside the picture is unlike."""
    size = template.values.shape[::-1]
    values = cv2.warpAffine(
        seen.small, small, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT
    )
    inside = template.mask > 0
    values = np.where(inside, values, 0.0)
    values = np.where(inside, values - values.sum() / np.count_nonzero(inside), 0.0)
    seen_power = float(np.sum(values * values))
    power = float(np.sum(template.values * template.values))
    if seen_power <= 0.0:
        return 0.0
    likeness = float(np.sum(values * template.values)) / math.sqrt(seen_power * power)
    contrast = math.sqrt(seen_power / power)
    return min(max(likeness, 0.0), 1.0) * min(contrast / _FAINTEST, 1.0)


def _others(template: Template, seen: Levels, blobs: list[Blob], best: _Guess, limit: float) -> int:
    """Whole parts beside the one found: their middles lie further away than half a part."""
    outline = template.outline
    if outline is None:
        return 0
    middle = mapped(shrunk(best.matrix, template.factors.coarse), np.array(((outline.blob.x, outline.blob.y),)))[0]
    count = 0
    for blob in _like(outline, blobs):
        if blob.at_border or math.hypot(blob.x - middle[0], blob.y - middle[1]) < outline.blob.reach / 2:
            continue
        starts = _outline_starts(template, outline, seen, blob)
        count += any(guess.confidence >= limit for guess in _tried(template, seen, starts, "outline"))
    return count
