"""A region found from the data: where, in the pictures of a set, there is something to judge.

Two questions are asked. Is there a thing on a ground in nearly every picture? Then the region holds all of them.
Otherwise: is one place busier than the rest, by its edges or by how much pictures differ there (Otsu 1979 on the mean)?

Promises: pictures are read once, one after the other; memory does not grow with their number. Where nothing stands out
the answer is None, never a guess: the whole frame is then what should be judged.
May import: camera, numpy, inference.locate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from camera.frame import Box
from camera.vision import cv2
from inference.locate.blobs import find_blobs
from inference.locate.picture import Grey, as_bytes, by_area, foreground, grey, has_ground
from inference.locate.step import Area

Plane = npt.NDArray[np.float32]

_LONG_PX = 160
_NEARLY_ALL = 0.9
_LARGEST, _SMALLEST = 0.8, 0.005
"""Shares of the frame: a region larger than this saves nothing, a smaller one is a speck."""
_CLEAR = 0.6
"""Otsu's separability (variance between the two classes by all of it): less is one hill, cut somewhere."""
_BUSIER = 3.0
"""How much more must be going on inside than outside."""
_FAINT = 2.0
"""Grey steps: less is the sensor's noise."""
_PADDING = 0.05


@dataclass(frozen=True, slots=True)
class FoundRegion:
    """Where the parts of a set are."""

    box: Box
    """Source pixels, padding included."""
    size: tuple[int, int]
    """Width and height of the pictures."""
    pictures: int
    because: Literal["ground", "busy"]
    """`ground`: things on a ground; `busy`: edges and differences."""

    @property
    def share(self) -> float:
        """Of the picture."""
        return self.box.w * self.box.h / (self.size[0] * self.size[1])

    @property
    def area(self) -> Area:
        """The region as a locate step has it, in fractions."""
        width, height = self.size
        return Area(x=self.box.x / width, y=self.box.y / height, w=self.box.w / width, h=self.box.h / height)

    @property
    def sentence(self) -> str:
        """For a report."""
        x, y, w, h = (round(value) for value in self.box)
        why = "a part on a ground" if self.because == "ground" else "edges and differences between pictures"
        return (
            f"the region {w} x {h} at ({x}, {y}), {100 * self.share:.0f} % of the picture, is what counts: "
            f"it shows {why} (found from {self.pictures} pictures)"
        )


def find_region(pictures: Iterable[npt.NDArray[Any]], significant_bits: int = 8) -> FoundRegion | None:
    """The region that holds what is to be judged, padded by 5 % of its size; None where nothing stands out.

    `pictures`: uint8 or uint16, [H, W] or [H, W, 3]. None, too, for pictures of different sizes and for no pictures.
    """
    seen = _Seen()
    for picture in pictures:
        if not seen.add(as_bytes(picture, significant_bits)):
            return None
    if seen.count == 0:
        return None
    box = seen.things() if seen.with_thing >= _NEARLY_ALL * seen.count else None
    if box is not None:
        return seen.region(box, "ground")
    box = _busy(seen)
    return None if box is None else seen.region(box, "busy")


class _Seen:
    """What was seen in the pictures so far, on a small scale."""

    def __init__(self) -> None:
        self.count = self.with_thing = 0
        self.factor = 1
        self.size = (0, 0)
        self.edges: Plane = np.zeros((1, 1), np.float32)
        self.sums: Plane = self.edges
        self.squares: Plane = self.edges
        self._box: tuple[float, float, float, float] | None = None

    def add(self, picture: Grey) -> bool:
        """One more picture; False where it has another size than those before."""
        size = (picture.shape[1], picture.shape[0])
        if self.count == 0:
            self.size, self.factor = size, max(1, -(-max(size) // _LONG_PX))
        elif size != self.size:
            return False
        small = by_area(picture, self.factor)
        plane = cv2.GaussianBlur(grey(small).astype(np.float32), (0, 0), 1.0)
        slope = cv2.magnitude(cv2.Sobel(plane, cv2.CV_32F, 1, 0), cv2.Sobel(plane, cv2.CV_32F, 0, 1))
        level = np.asarray(plane - float(plane.mean()), np.float32)  # the lamp's ups and downs are no difference
        if self.count == 0:
            self.edges, self.sums, self.squares = (np.zeros(level.shape, np.float32) for _ in range(3))
        self.edges += slope
        self.sums += level
        self.squares += level * level
        self.count += 1
        self._look_for_thing(small)
        return True

    def things(self) -> Box | None:
        """The box around all things, small pixels; None where it is nearly everything."""
        if self._box is None:
            return None
        left, top, right, bottom = self._box
        return Box(left, top, right - left, bottom - top)

    def region(self, box: Box, because: Literal["ground", "busy"]) -> FoundRegion | None:
        """The padded box in source pixels; None where it saves nothing."""
        width, height = self.size
        margin = max(_PADDING * max(box.w, box.h), 1.0)
        left = max(0, int((box.x - margin) * self.factor))
        top = max(0, int((box.y - margin) * self.factor))
        right = min(width, int((box.x + box.w + margin) * self.factor + 0.5))
        bottom = min(height, int((box.y + box.h + margin) * self.factor + 0.5))
        found = FoundRegion(Box(left, top, right - left, bottom - top), self.size, self.count, because)
        return found if found.share <= _LARGEST else None

    def _look_for_thing(self, small: Grey) -> None:
        mask = foreground(small)
        blobs = [blob for blob in find_blobs(mask) if blob.area >= _SMALLEST * mask.size] if has_ground(mask) else []
        if not blobs:
            return
        self.with_thing += 1
        points = np.concatenate([blob.outline.reshape(-1, 2) for blob in blobs])
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0) + 1
        old = self._box or (float(left), float(top), float(right), float(bottom))
        self._box = (min(old[0], left), min(old[1], top), max(old[2], right), max(old[3], bottom))


def _busy(seen: _Seen) -> Box | None:
    """The box of the largest place where clearly more is going on."""
    mean = seen.sums / seen.count
    spread = np.sqrt(np.maximum(seen.squares / seen.count - mean * mean, 0.0))
    activity = seen.edges / (8.0 * seen.count) + (spread if seen.count > 1 else np.float32(0.0))
    smooth = np.asarray(cv2.GaussianBlur(activity, (0, 0), max(activity.shape) / 40.0), np.float32)
    top = float(smooth.max(initial=0.0))
    if top < _FAINT:
        return None
    limit, mask = cv2.threshold((smooth * (255.0 / top)).astype(np.uint8), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    inside = smooth > limit * top / 255.0
    if not inside.any() or inside.all() or not _stands_out(smooth, inside):
        return None
    blobs = find_blobs(np.asarray(mask, np.uint8))
    if not blobs or blobs[0].area < _SMALLEST * mask.size:
        return None
    left, upper, width, height = cv2.boundingRect(blobs[0].outline)
    return Box(left, upper, width, height)


def _stands_out(values: Plane, inside: npt.NDArray[np.bool_]) -> bool:
    """True where the two classes are two hills and one is much busier."""
    high, low = float(values[inside].mean()), float(values[~inside].mean())
    share = float(inside.mean())
    between = share * (1.0 - share) * (high - low) ** 2
    return between >= _CLEAR * float(values.var()) and high >= _BUSIER * low
