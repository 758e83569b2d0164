"""How well heat maps find the defects' pixels: area under the ROC curve over all pixels of a set with masks.

Pictures are compared at one size, so each weighs the same.

Promises: exact up to 4096 steps of the heat; memory does not grow with the set. Masks are found by name beside the set;
a set without masks has no figure.
May import: numpy, cv2 (through camera.vision), camera, inference.teach.dataset.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from camera.folder import list_images, read_picture
from camera.source import CameraError
from camera.vision import cv2
from inference.teach.dataset import Dataset

MASK_FOLDERS = ("ground_truth", "masks")
_STEPS = 4096
_ENDINGS = ("_mask", "_gt")

Marks = npt.NDArray[np.bool_]


class PixelRanking:
    """Counts of sound and of bad pixels at each step of the heat."""

    def __init__(self) -> None:
        self._counts = np.zeros((2, _STEPS), np.int64)

    def add(self, heat: npt.NDArray[np.float32], marks: Marks) -> None:
        """Count a picture's pixels. `heat` [h, w], 0–1, is brought to the size of `marks` [H, W], True in defects."""
        height, width = marks.shape
        grown = np.asarray(cv2.resize(heat, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        steps = np.clip(grown * _STEPS, 0, _STEPS - 1).astype(np.intp)
        for bad in (False, True):
            self._counts[int(bad)] += np.bincount(steps[marks == bad], minlength=_STEPS)

    @property
    def auroc(self) -> float | None:
        """Chance that a bad pixel is hotter than a sound one, ties counting half (Mann and Whitney 1947); None
        without pixels of both kinds."""
        sound, bad = self._counts.astype(np.float64)
        pairs = sound.sum() * bad.sum()
        if pairs == 0:
            return None
        return float((bad * (np.cumsum(sound) - sound / 2)).sum() / pairs)


class Masks:
    """The masks of a set: `ground_truth/` or `masks/` in it, a file of the picture's name, or of that and `_mask`.

    A mask marks defects brighter than the rest, or darker where that is the convention of the whole set: what covers
    less than half of all masks' pixels is the defect.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._good = dataset.good_class
        self._found = _named(dataset.root)
        shares = [float((mask > 0).mean()) for mask in map(self._read, self._some(dataset)) if mask is not None]
        self._dark = bool(shares) and float(np.mean(shares)) > 0.5

    @property
    def any(self) -> bool:
        """Whether there is a mask at all."""
        return bool(self._found)

    def of(self, path: Path, label: str, size: tuple[int, int]) -> Marks | None:
        """Where the defect is, [H, W] at `size` (width, height): nowhere in a good picture; None: unknown."""
        if label == self._good:
            return np.zeros((size[1], size[0]), np.bool_)
        place = self._place(path, label)
        mask = None if place is None else self._read(place)
        if mask is None:
            return None
        marks = (mask == 0) if self._dark else (mask > 0)
        return cv2.resize(marks.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0

    def _some(self, dataset: Dataset) -> Sequence[Path]:
        places = [self._place(sample.path, sample.label) for sample in dataset.samples]
        return [place for place in places if place is not None][:32]

    def _place(self, path: Path, label: str) -> Path | None:
        """That of the picture's own class where names repeat."""
        places = self._found.get(path.stem, [])
        own = [place for place in places if place.parent.name == label]
        return next(iter(own or places), None)

    def _read(self, place: Path) -> npt.NDArray[Any] | None:
        try:
            image = read_picture(place, place.name).image
        except CameraError:
            return None
        return image if image.ndim == 2 else image.max(axis=2)


def pixel_auroc(
    dataset: Dataset, heats: Iterable[npt.NDArray[np.float32] | None], size: tuple[int, int]
) -> float | None:
    """The figure for heat maps in the set's order, compared at `size` (width, height); None without masks. Pictures
    without a heat map, and defects without a mask, are left out."""
    masks = Masks(dataset)
    if not masks.any:
        return None
    ranking = PixelRanking()
    for sample, heat in zip(dataset.samples, heats, strict=True):
        marks = None if heat is None else masks.of(sample.path, sample.label, size)
        if heat is not None and marks is not None:
            ranking.add(heat, marks)
    return ranking.auroc


def _named(root: Path) -> dict[str, list[Path]]:
    """Name without ending → masks of that name."""
    found: dict[str, list[Path]] = {}
    for folder in (root / name for name in MASK_FOLDERS):
        if not folder.is_dir():
            continue
        try:
            paths = list_images(folder)
        except CameraError:
            continue
        for path in paths:
            stem = next((path.stem.removesuffix(end) for end in _ENDINGS if path.stem.endswith(end)), path.stem)
            found.setdefault(stem, []).append(path)
    return found
