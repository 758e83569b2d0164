"""A judged picture with its heat map and the boxes of its defects, as an image file.

May import: numpy, cv2 (through camera.vision), camera, inference.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from camera.frame import Picture
from camera.vision import cv2
from inference.inspection import Defect

_Image = npt.NDArray[np.uint8]
_ORANGE_BGR = np.array([0, 140, 255], np.float32)
_HEAT_OPACITY = 0.45


def draw_overlay(picture: Picture, heatmap: npt.NDArray[np.float32] | None, defects: Sequence[Defect]) -> _Image:
    """The picture as 8-bit BGR, tinted where it looks bad, with a box and a label for each defect."""
    canvas = _bgr(picture)
    height, width = canvas.shape[:2]
    if heatmap is not None:
        grown = np.asarray(cv2.resize(heatmap, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        opacity = (np.clip(grown, 0, 1) * _HEAT_OPACITY)[:, :, None]
        canvas = np.asarray(canvas * (1 - opacity) + _ORANGE_BGR * opacity, np.uint8)
    line = max(round(min(width, height) / 250), 1)
    for defect in defects:
        x, y, w, h = (round(value) for value in defect.region)
        cv2.rectangle(canvas, (x, y), (x + w - 1, y + h - 1), (0, 0, 255), line)
        text = f"{defect.label} {defect.score:.2f}"
        place = (x, max(y - 2 * line, 10 * line))
        cv2.putText(canvas, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.4 * line, (0, 0, 255), line, cv2.LINE_AA)
    return canvas


def save_png(path: Path, image: _Image) -> None:
    """Write a PNG, folders included; names may hold any character."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", image)[1].tobytes())


def _bgr(picture: Picture) -> _Image:
    image = picture.image
    if image.dtype != np.uint8:
        image = (image >> max(picture.significant_bits - 8, 0)).astype(np.uint8)
    if image.ndim == 2:
        image = np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    return image.copy()
