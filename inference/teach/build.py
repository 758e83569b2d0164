"""Teaching: from a labelled set to a model package on the disk.

Promises: the package is written whole or not at all; before that, the joined graph has answered like the heads it was
joined from, and its references hold what this machine answered.
May import: numpy, inference.model, inference.teach.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from inference.model.manifest import ImageCounts, InputSpec, Manifest, TrainingNote
from inference.model.package import sha256
from inference.model.preprocess import as_batch
from inference.teach.dataset import Dataset, DatasetError, read_all, read_dataset
from inference.teach.features import Progress, input_size
from inference.teach.good_parts import teach_good
from inference.teach.graph import backbone_bytes
from inference.teach.network import Lesson, Network, teach_network
from inference.teach.references import TeachReport, program, shoot
from inference.teach.write import PackageFiles, check_place, write_package

Ints = npt.NDArray[np.intp]
Task = Literal["auto", "classify", "anomaly"]

FEWEST = 2
"""Pictures a class must have, so that one can be held back."""
_REFERENCES_A_CLASS = 2
_SIZED = 32
_THRESHOLD_RULE = "least cost on out-of-fold scores, an escape weighing five false rejects; middle of the widest gap"


def teach(
    root: Path,
    out: Path,
    seed: int,
    progress: Progress,
    size: tuple[int, int] | None = None,
    *,
    task: Task = "auto",
) -> TeachReport:
    """Teach from the labelled set at `root` and write the package to `out` (a folder or a `.zip`).

    `size` is the network's input (width, height), multiples of 32; None: chosen from the pictures. With the task
    `auto` a set of good pictures only is taught as `anomaly`, any other as `classify`.

    Raises:
        DatasetError: the set cannot be used.
        PlaceTaken: `out` is something else than a package.
        PackageNotWritten: the disk does not take it.

    """
    began = time.perf_counter()
    dataset = read_dataset(root, "teach")
    if task == "anomaly" or (task == "auto" and set(dataset.counts) == {dataset.good_class}):
        return teach_good(dataset, out, seed, progress, size=size)
    dataset = _teachable(dataset)
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
        input=lesson.size,
    )


def _teachable(dataset: Dataset) -> Dataset:
    counts = dataset.counts
    if set(counts) == {dataset.good_class}:
        raise DatasetError(
            f"{dataset.root}: holds only good pictures; --task anomaly learns from these, for classes add pictures of "
            "defects."
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


def _shown(lesson: Lesson) -> Iterator[tuple[npt.NDArray[np.uint8], str]]:
    for row in _references(lesson.labels, len(lesson.dataset.classes)):
        picture = lesson.picture(int(row))
        image = as_batch(picture.image, picture.significant_bits, "any")[0]
        yield image, lesson.dataset.classes[lesson.labels[row]]


def _package(lesson: Lesson, network: Network) -> PackageFiles:
    shots, references = shoot(network.model, _shown(lesson))
    dataset = lesson.dataset
    name = dataset.root.resolve().name
    manifest = Manifest(
        name=name,
        classes=dataset.classes,
        good_class=dataset.good_class,
        input=InputSpec(width=lesson.size[0], height=lesson.size[1]),
        threshold=network.threshold,
        model_sha256=sha256(network.model),
        references=references,
        training=TrainingNote(
            program=program(),
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
