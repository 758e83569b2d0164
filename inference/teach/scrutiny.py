"""A second look at an evaluation: what the set shares with the taught one, which labels are in doubt, what is hard.

Promises: pictures are read one at a time, again; nothing on the disk is changed.
May import: numpy, camera, inference.model, inference.teach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from camera.folder import list_images, read_picture
from camera.source import UnreadableFrame
from inference.model.preprocess import as_batch
from inference.model.providers import Provider, default_threads
from inference.model.session import Graph
from inference.teach.challenge import Judged
from inference.teach.dataset import NEVER_CLASSES, Dataset, DatasetError, read_all, read_dataset
from inference.teach.doubts import Doubt, Hard, doubts, hard_by_class, hard_by_score, nearest, out_of_fold
from inference.teach.evaluate import Evaluation, evaluate
from inference.teach.features import Progress
from inference.teach.graph import EMBEDDING
from inference.teach.leakage import Overlap, group, overlap
from inference.teach.looks import Looks, look_at_all

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Doubts:
    """Labels in doubt and hard pictures, the worst first; rows of the set."""

    source: Literal["out of fold", "package"]
    """Whose probabilities: heads taught on the set's other pictures, or the package's own."""
    classes: tuple[str, ...]
    labels: tuple[Doubt, ...]
    hard: tuple[Hard, ...]


def taught_pictures(root: Path, against: Path | None) -> list[Path]:
    """Pictures that a package was taught on: those of the folder `against`, else those of the set's own train/; none
    where there is no such folder.

    Raises:
        SourceNotFound: `against` is no folder, or holds no picture.

    """
    if against is None and not ((root / "train").is_dir() and (root / "test").is_dir()):
        return []
    folder = against or root / "train"
    try:
        return [sample.path for sample in read_dataset(folder, "teach").samples]
    except DatasetError:
        # Without labels, or with labels we cannot read: the pictures are what counts here.
        return [path for path in list_images(folder) if not NEVER_CLASSES & _folders(path, folder)]


def find_overlap(dataset: Dataset, taught: list[Path], progress: Progress) -> Overlap:
    """Which pictures of the set are not independent of the `taught` ones (one at least)."""
    tested = [sample.path for sample in dataset.samples]
    looks = _looks(tested, progress, "looking at the set")[1]
    known, taught_looks = _looks(taught, progress, "looking at the taught pictures")
    if not known:
        raise DatasetError(f"{taught[0].parent}: not one of its {len(taught)} pictures can be read.")
    return overlap((tested, looks), (known, taught_looks))


def without(judged: Judged, found: Overlap) -> Evaluation | None:
    """The figures of those pictures that share nothing with the taught ones; None where none is left."""
    shared = {pair.tested for pair in found.pairs}
    rows = [row for row, sample in enumerate(judged.dataset.samples) if str(sample.path) not in shared]
    if not rows:
        return None
    manifest = judged.package.manifest
    truths, said = [judged.truths[row] for row in rows], [judged.said[row] for row in rows]
    return evaluate(truths, said, judged.scores[rows].tolist(), manifest.classes, manifest.good_class)


def find_doubts(judged: Judged, progress: Progress) -> Doubts:
    """Labels in doubt and hard pictures of a judged set.

    Raises:
        DatasetError: the set has one class only, or the package gives neither embeddings nor fitting probabilities.

    """
    classes = judged.dataset.classes
    if len(classes) < 2:
        raise DatasetError(
            f"{judged.dataset.root}: doubts about labels need two classes; it has only {', '.join(classes)}."
        )
    labels = np.array([classes.index(sample.label) for sample in judged.dataset.samples], np.intp)
    paths = [sample.path for sample in judged.dataset.samples]
    embeddings, looks = _embed(judged, progress)
    if embeddings is None:
        found = doubts(*_by_package(judged))
        return Doubts("package", judged.package.manifest.classes, tuple(found), tuple(_hard(judged, found)))
    groups = group(paths, looks, embeddings)
    found = doubts(out_of_fold(embeddings, labels, groups), labels, nearest(embeddings, groups))
    return Doubts("out of fold", classes, tuple(found), tuple(_hard(judged, found)))


def _embed(judged: Judged, progress: Progress) -> tuple[Floats | None, Looks]:
    """Embeddings [n, D] by the package's network, None where it gives none, and looks, in one reading."""
    graph = Graph(judged.package.model, (EMBEDDING,), Provider.CPU, default_threads())
    rows: list[npt.NDArray[np.float32]] = []

    def images() -> Iterator[npt.NDArray[Any]]:
        for done, picture in enumerate(read_all(judged.dataset), start=1):
            if graph.outputs:
                channels = judged.package.manifest.input.channels
                rows.append(graph.run(as_batch(picture.image, picture.significant_bits, channels))[0][0])
            progress("looking for doubts", done, len(judged.dataset.samples))
            yield picture.image

    looks = look_at_all(images())
    return (np.stack(rows).astype(np.float64) if rows else None), looks


def _by_package(judged: Judged) -> tuple[Floats, Ints]:
    """The package's own probabilities and the labels in its order."""
    classes = judged.package.manifest.classes
    if judged.probabilities is None or not judged.decided.all() or not set(judged.truths) <= set(classes):
        raise DatasetError(
            f"{judged.package.path}: gives no embeddings, and its probabilities do not fit the labels of "
            f"{judged.dataset.root}; doubts cannot be found with it."
        )
    return judged.probabilities, np.array([classes.index(truth) for truth in judged.truths], np.intp)


def _hard(judged: Judged, found: list[Doubt]) -> list[Hard]:
    manifest, skip = judged.package.manifest, [doubt.row for doubt in found]
    if manifest.good_class is not None:
        bad = np.array([truth != manifest.good_class for truth in judged.truths])
        return hard_by_score(judged.scores, bad, manifest.threshold, skip)
    if judged.probabilities is None:
        return []
    known = {name: index for index, name in enumerate(manifest.classes)}
    return hard_by_class(judged.probabilities, np.array([known.get(t, -1) for t in judged.truths], np.intp), skip)


def _looks(paths: list[Path], progress: Progress, what: str) -> tuple[list[Path], Looks]:
    """Of those pictures that can be read: a damaged one was not taught on."""
    known: list[Path] = []

    def images() -> Iterator[npt.NDArray[Any]]:
        for done, path in enumerate(paths, start=1):
            progress(what, done, len(paths))
            try:
                image = read_picture(path, str(path)).image
            except UnreadableFrame:
                continue
            known.append(path)
            yield image

    looks = look_at_all(images())
    return known, looks


def _folders(path: Path, root: Path) -> set[str]:
    return {part.lower() for part in path.relative_to(root).parts[:-1]}
