"""`Locator`: one locate step made ready, with its reference picture and its places to ignore.

Promises: what is wrong with the step's files is told when it is made, not on the line. `locate` never raises for a
frame: where the part is not found, or not whole, or not alone, it says so with a message code.
May import: camera, numpy, inference.locate, inference.message.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from camera.folder import read_picture
from camera.frame import Box, Frame, Picture, PixelFormat
from camera.source import CameraError
from camera.vision import cv2
from inference.locate.fixture import Found, find_part
from inference.locate.geometry import Matrix, shift, then
from inference.locate.ignore import Mask, filled_in, ignore_mask
from inference.locate.picture import as_bytes, grey
from inference.locate.region import Size, cut, lies_in, pixels_of, warped
from inference.locate.step import LocateStep
from inference.locate.template import ReferenceUnusable, Template, make_template
from inference.message import Message, message

_SIZES_KEPT = 4
"""A folder may hold pictures of any number of sizes; a template takes some megabytes."""


class LocateError(Exception):
    """A locate step cannot be used; `str()` is one sentence that names the file."""


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """The part in one frame."""

    image: npt.NDArray[Any]
    """The cut, upright, ignored places filled: what is judged."""
    significant_bits: int
    matrix: Matrix
    """[2, 3] float64: from the frame's pixels to the cut's."""
    ignored: Mask | None = None
    found: Found | None = None
    """None for a fixed region."""

    @property
    def size(self) -> Size:
        """Width and height of the cut."""
        return self.image.shape[1], self.image.shape[0]


class Locator:
    """One step, ready. Keeps what was prepared for each size of frame; used on one thread."""

    def __init__(self, step: LocateStep, reference: Picture | None = None, ignored: Mask | None = None) -> None:
        self.step = step
        self._reference = reference
        self._ignored = ignored
        self._templates: dict[Size, Template] = {}
        self._masks: dict[Size, Mask | None] = {}

    def prepare(self, size: Size) -> Size:
        """Make ready for frames of `size` (width, height); returns the cut's size.

        Raises LocateError where the reference shows nothing that could be found again.
        """
        if self.step.method == "fixture":
            try:
                self._template(size)
            except ReferenceUnusable as error:
                raise LocateError(f"{self.step.reference}: {error}") from error
        box = self._box(size)
        return int(box.w), int(box.h)

    def try_reference(self) -> None:
        """Raises LocateError for a reference by which nothing could be found, whatever the frames' size."""
        if self._reference is not None and self.step.method == "fixture":
            image = self._reference.image
            size = (image.shape[1], image.shape[0])
            if not lies_in(self._box(size), size):
                raise LocateError(f"{self.step.reference}: the region reaches beyond the picture")
            self.prepare(size)

    def locate(self, frame: Frame) -> Located | Message:
        """The part in a frame, or why it is not judged."""
        box = self._box(frame.size)
        if self.step.method == "region":
            return self._region(frame, box)
        try:
            template = self._template(frame.size)
        except ReferenceUnusable:
            return message("locate.not_found", view=frame.view, confidence=0.0, limit=self.step.limit)
        found = find_part(template, frame.image, frame.significant_bits, self.step.limit)
        doubt = self._doubt(found, frame.view)
        if doubt is not None or found is None:
            return doubt or message("locate.not_found", view=frame.view, confidence=0.0, limit=self.step.limit)
        matrix = then(found.matrix, shift(-box.x, -box.y))
        image = warped(_plain(frame), matrix, (int(box.w), int(box.h)))
        return self._located(image, frame.significant_bits, matrix, found)

    def _region(self, frame: Frame, box: Box) -> Located | Message:
        if not lies_in(box, frame.size):
            width, height = frame.size
            return message("locate.outside", view=frame.view, width=width, height=height)
        if frame.pixel_format is PixelFormat.BAYER_RG8:
            box = Box(box.x - box.x % 2, box.y - box.y % 2, box.w, box.h)  # the mosaic begins with the same colour
        return self._located(cut(frame.image, box), frame.significant_bits, shift(-box.x, -box.y), None)

    def _located(self, image: npt.NDArray[Any], bits: int, matrix: Matrix, found: Found | None) -> Located:
        size = (image.shape[1], image.shape[0])
        if size not in self._masks:
            self._masks[size] = ignore_mask(self.step.ignore, self._ignored, size)
        mask = self._masks[size]
        if mask is not None:
            image = filled_in(image, mask, self._calm(image, bits))
        return Located(image, bits, matrix, mask, found)

    def _calm(self, image: npt.NDArray[Any], bits: int) -> npt.NDArray[Any] | None:
        """The reference as the cut shows it, where it has one of the cut's kind."""
        reference = self._reference
        if reference is None or reference.significant_bits != bits or reference.image.dtype != image.dtype:
            return None
        size = (reference.image.shape[1], reference.image.shape[0])
        box = pixels_of(self.step.region, size)
        if not lies_in(box, size) or (box.w, box.h) != (image.shape[1], image.shape[0]):
            return None
        return cut(reference.image, box)

    def _doubt(self, found: Found | None, view: str) -> Message | None:
        step = self.step
        if found is None or found.confidence < step.limit:
            confidence = round(found.confidence, 3) if found is not None else 0.0
            return message("locate.not_found", view=view, confidence=confidence, limit=step.limit)
        if found.visible < step.visible:
            return message("locate.not_whole", view=view, percent=round(100.0 * found.visible, 1))
        if found.others and step.others == "doubt":
            return message("locate.several", view=view, count=found.others + 1)
        return None

    def _box(self, size: Size) -> Box:
        """What is cut, in the frame's pixels (region) or the reference's (fixture)."""
        if self.step.method == "fixture" and self._reference is not None:
            size = (self._reference.image.shape[1], self._reference.image.shape[0])
        return pixels_of(self.step.region, size)

    def _template(self, size: Size) -> Template:
        if size not in self._templates:
            reference = self._reference
            if reference is None:
                raise ReferenceUnusable("there is no reference picture")
            if len(self._templates) >= _SIZES_KEPT:
                self._templates.clear()
            region = None if self.step.region is None else self._box(size)
            self._templates[size] = make_template(reference.image, size, region, reference.significant_bits)
        return self._templates[size]


def make_locators(steps: Sequence[object], folder: Path | None) -> dict[str, Locator]:
    """View → its locator, for the locate steps among a recipe's steps; files lie in `folder`. Raises LocateError."""
    locators = {step.view: _locator(step, folder) for step in steps if isinstance(step, LocateStep)}
    for locator in locators.values():
        locator.try_reference()
    return locators


def sealed(step: LocateStep, folder: Path | None) -> LocateStep:
    """The step with the digests of its files filled in. Raises LocateError for a file that is not there."""
    said: Mapping[str, str] = {
        key: hashlib.sha256(_bytes(name, folder)).hexdigest()
        for key, name in (("reference_sha256", step.reference), ("ignore_sha256", step.ignore_picture))
        if name and not getattr(step, key)
    }
    return step.model_copy(update=said)


def _locator(step: LocateStep, folder: Path | None) -> Locator:
    reference = _read(step.reference, step.reference_sha256, folder) if step.reference else None
    ignored = None
    if step.ignore_picture:
        picture = _read(step.ignore_picture, step.ignore_sha256, folder)
        ignored = np.asarray(grey(as_bytes(picture.image, picture.significant_bits)))
    return Locator(step, reference, ignored)


def _read(name: str, sha256: str, folder: Path | None) -> Picture:
    if sha256 and hashlib.sha256(_bytes(name, folder)).hexdigest() != sha256:
        raise LocateError(f"{name} is another picture than the recipe means: its SHA-256 differs")
    try:
        return read_picture(_path(name, folder), name)
    except CameraError as error:
        raise LocateError(f"a picture of the recipe cannot be used: {error}") from error


def _bytes(name: str, folder: Path | None) -> bytes:
    try:
        return _path(name, folder).read_bytes()
    except OSError as error:
        raise LocateError(f"{name}: the recipe's picture cannot be read ({error.strerror})") from error


def _path(name: str, folder: Path | None) -> Path:
    return Path(name) if folder is None else folder / name


def _plain(frame: Frame) -> npt.NDArray[Any]:
    """The picture as it can be turned: a mosaic of colours cannot."""
    if frame.pixel_format is PixelFormat.BAYER_RG8 and frame.image.ndim == 2:
        return cv2.cvtColor(frame.image, cv2.COLOR_BayerRGGB2BGR)
    return frame.image
