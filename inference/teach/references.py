"""What goes into a package beside its network: reference pictures with this machine's answers, and who made it when.

Promises: references are as large as a station's pictures, but no larger than needed; the odd ones are cut, so that a
machine is also compared on sizes that divide by nothing.
May import: numpy, cv2 (through camera.vision), inference.model, inference.teach.evaluate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from camera.vision import cv2
from inference.model.manifest import ImageCounts, Reference
from inference.model.package import sha256
from inference.model.preprocess import as_batch
from inference.model.providers import Provider
from inference.model.session import Graph
from inference.teach.evaluate import Evaluation

Image = npt.NDArray[np.uint8]

_REFERENCE_PIXELS = 640 * 512


@dataclass(frozen=True, slots=True)
class TeachReport:
    """What `loupe teach` answers."""

    task: str
    classes: tuple[str, ...]
    images: ImageCounts
    seconds: float
    head: str
    threshold: float
    metrics: Evaluation
    package: str
    input: tuple[int, int] = (0, 0)
    """Width and height that the network works on."""
    reason: str = ""
    """Why this size."""
    notes: tuple[str, ...] = ()
    """What a person should know: what the count of pictures leaves open, what could not be read."""
    skipped: tuple[str, ...] = ()
    """Pictures that could not be read, each with its reason."""


def shoot(model: bytes, pictures: Iterable[tuple[Image, str]]) -> tuple[dict[str, bytes], tuple[Reference, ...]]:
    """References from pictures, uint8 [H, W, C], with labels: file name → PNG, and what the network answers here."""
    graph = Graph(model, ("score", "probabilities", "heatmap"), Provider.CPU, 1)
    shots: dict[str, bytes] = {}
    references: list[Reference] = []
    for number, (picture, label) in enumerate(pictures, start=1):
        image = _small(picture, cut=number % 2 == 1)
        outputs = dict(zip(graph.outputs, graph.run(as_batch(image, 8, "any")), strict=True))
        name = f"reference/{number:02d}.png"
        shots[name] = cv2.imencode(".png", image)[1].tobytes()
        references.append(
            Reference(
                file=name,
                sha256=sha256(shots[name]),
                label=label,
                score=float(outputs["score"][0]),
                probabilities=tuple(outputs["probabilities"][0].tolist()) if "probabilities" in outputs else (),
                heat_peak=float(outputs["heatmap"].max()),
            )
        )
    return shots, tuple(references)


def _small(image: Image, *, cut: bool) -> Image:
    shrink = (_REFERENCE_PIXELS / (image.shape[0] * image.shape[1])) ** 0.5
    if shrink < 1:
        image = np.asarray(cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
    if cut and min(image.shape[:2]) > 8:
        image = image[:-3, :-1]
    return np.ascontiguousarray(image)


def program() -> str:
    """The program and its version."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"loupe {version('loupe-station')}"
    except PackageNotFoundError:
        return "loupe from source"
