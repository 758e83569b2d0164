"""Teaching: from a labelled set to a model package on the disk.

Promises: the package is written whole or not at all; before that, the joined graph has answered like the heads it was
joined from, and its references hold what this machine answered.
May import: numpy, onnx, cv2 (through camera.vision), camera, inference.model, inference.teach.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from camera.vision import cv2
from inference.model.manifest import ImageCounts, InputSpec, Manifest, Reference, TrainingNote
from inference.model.package import sha256
from inference.model.preprocess import as_batch
from inference.model.providers import Provider
from inference.model.session import Graph
from inference.teach.dataset import Dataset, DatasetError, read_all, read_dataset
from inference.teach.evaluate import Evaluation
from inference.teach.features import Progress, input_size
from inference.teach.graph import backbone_bytes
from inference.teach.network import Lesson, Network, teach_network
from inference.teach.write import PackageFiles, check_place, write_package

Ints = npt.NDArray[np.intp]

FEWEST = 2
"""Pictures a class must have, so that one can be held back."""
_REFERENCES_A_CLASS = 2
_REFERENCE_PIXELS = 640 * 512
_SIZED = 32
_THRESHOLD_RULE = "least cost on out-of-fold scores, an escape weighing five false rejects; middle of the widest gap"


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


def teach(root: Path, out: Path, seed: int, progress: Progress, size: tuple[int, int] | None = None) -> TeachReport:
    """Teach a classifier from the labelled set at `root` and write its package to `out` (a folder or a `.zip`).

    `size` is the network's input (width, height), multiples of 32; None: chosen from the pictures.

    Raises:
        DatasetError: the set cannot be used.
        PlaceTaken: `out` is something else than a package.
        PackageNotWritten: the disk does not take it.

    """
    began = time.perf_counter()
    dataset = _teachable(read_dataset(root, "teach"))
    check_place(out)
    labels = np.array([dataset.classes.index(sample.label) for sample in dataset.samples], np.intp)
    lesson = Lesson(dataset, labels, size or _size_for(dataset), seed)
    network = teach_network(lesson, progress)
    files = _package(lesson, network)
    write_package(out, files)
    return TeachReport(
        task="classify",
        classes=dataset.classes,
        images=files.manifest.training.images,
        seconds=time.perf_counter() - began,
        head="logistic",
        threshold=network.threshold,
        metrics=network.metrics,
        package=str(out),
    )


def _teachable(dataset: Dataset) -> Dataset:
    counts = dataset.counts
    if set(counts) == {dataset.good_class}:
        raise DatasetError(
            f"{dataset.root}: holds only good pictures; teaching from good parts alone is not possible in this "
            "version, add pictures of defects."
        )
    if len(counts) < 2:
        raise DatasetError(f"{dataset.root}: holds only the class {next(iter(counts))}; at least two are expected.")
    few = [label for label in dataset.classes if counts[label] < FEWEST]
    if few:
        raise DatasetError(f"{dataset.root}: the class {few[0]} has only one picture; at least {FEWEST} are expected.")
    return dataset


def _size_for(dataset: Dataset) -> tuple[int, int]:
    """From pictures spread over the set."""
    every = -(-len(dataset.samples) // _SIZED)
    images = [picture.image for picture in read_all(Dataset(dataset.root, dataset.samples[::every]))]
    return input_size([(image.shape[1], image.shape[0]) for image in images])


def _references(labels: Ints, classes: int) -> Ints:
    """The first and the middle picture of each class."""
    rows = [np.flatnonzero(labels == label) for label in range(classes)]
    return np.concatenate([row[:: max(len(row) // _REFERENCES_A_CLASS, 1)][:_REFERENCES_A_CLASS] for row in rows])


def _package(lesson: Lesson, network: Network) -> PackageFiles:
    shots, references = _shoot(lesson, network.model)
    dataset = lesson.dataset
    name = dataset.root.resolve().name
    manifest = Manifest(
        name=name,
        classes=dataset.classes,
        good_class=dataset.good_class,
        input=InputSpec(width=lesson.size[0], height=lesson.size[1]),
        threshold=network.threshold,
        model_sha256=sha256(network.model),
        references=tuple(references),
        training=TrainingNote(
            program=f"loupe {_version()}",
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            dataset=name,
            images=ImageCounts(train=len(lesson.labels), validation=network.metrics.images),
            head=f"logistic (C = {network.strength:g})",
            seed=lesson.seed,
            backbone="efficientnet_lite0",
            backbone_sha256=sha256(backbone_bytes()),
            threshold_rule="no good class: nothing is OK" if dataset.good_class is None else _THRESHOLD_RULE,
        ),
    )
    return PackageFiles(manifest, network.model, shots, network.metrics)


def _shoot(lesson: Lesson, model: bytes) -> tuple[dict[str, bytes], list[Reference]]:
    """Reference pictures as PNG, and what this machine answers to them."""
    graph = Graph(model, ("score", "probabilities", "heatmap"), Provider.CPU, 1)
    shots: dict[str, bytes] = {}
    references: list[Reference] = []
    for number, row in enumerate(_references(lesson.labels, len(lesson.dataset.classes)), start=1):
        picture = lesson.picture(row)
        # The odd ones are cut, so that a machine is also compared on sizes that divide by nothing.
        image = _small(as_batch(picture.image, picture.significant_bits, "any")[0], cut=number % 2 == 1)
        outputs = graph.run(as_batch(image, 8, "any"))
        name = f"reference/{number:02d}.png"
        shots[name] = cv2.imencode(".png", image)[1].tobytes()
        references.append(
            Reference(
                file=name,
                sha256=sha256(shots[name]),
                label=lesson.dataset.classes[lesson.labels[row]],
                score=float(outputs[0][0]),
                probabilities=tuple(outputs[1][0].tolist()),
                heat_peak=float(outputs[2].max()),
            )
        )
    return shots, references


def _small(image: npt.NDArray[np.uint8], *, cut: bool) -> npt.NDArray[np.uint8]:
    shrink = (_REFERENCE_PIXELS / (image.shape[0] * image.shape[1])) ** 0.5
    if shrink < 1:
        image = np.asarray(cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
    if cut and min(image.shape[:2]) > 8:
        image = image[:-3, :-1]
    return np.ascontiguousarray(image)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("loupe-station")
    except PackageNotFoundError:
        return "from source"
