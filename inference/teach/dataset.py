"""Labelled pictures on a disk: which layout it is, which classes there are, and which pictures belong to them.

Promises: nothing is guessed. What cannot be read for certain is one `DatasetError` that says what is expected.
May import: camera.folder, the standard library.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from camera.folder import list_images, read_picture
from camera.frame import Picture
from camera.source import SourceNotFound, UnreadableFrame

GOOD_NAMES = ("good", "ok", "normal")
"""A folder or label of one of these names is the good class (case does not matter)."""
NEVER_CLASSES = frozenset({"masks", "mask", "labels", "ground_truth", "annotations"})
LABEL_FILE = "labels.csv"
_EXPECTED = "a folder per class, train/ and test/ with such folders, or labels.csv (path,label) is expected"

Purpose = Literal["teach", "evaluate"]


class DatasetError(ValueError):
    """The labelled set cannot be used; `str()` is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled picture."""

    path: Path
    label: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """Labelled pictures in a fixed order."""

    root: Path
    samples: tuple[Sample, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels, the good one first, then in code-point order."""
        good = self.good_class
        return tuple(sorted({sample.label for sample in self.samples}, key=lambda name: (name != good, name)))

    @property
    def good_class(self) -> str | None:
        """The label that means a good part, or None."""
        return good_of(sample.label for sample in self.samples)

    @property
    def counts(self) -> Counter[str]:
        """Label → pictures."""
        return Counter(sample.label for sample in self.samples)


def good_of(labels: Iterable[str]) -> str | None:
    """The good one among labels, or None."""
    return min((name for name in set(labels) if name.lower() in GOOD_NAMES), default=None)


def read_dataset(root: Path, purpose: Purpose) -> Dataset:
    """Find the labelled pictures under `root`: for teaching those under `train/`, for evaluation those under `test/`,
    where there are such folders.

    Raises:
        DatasetError: it is missing, empty, holds several sets, or a layout that is not understood.

    """
    if not root.exists():
        raise DatasetError(f"{root}: there is no such folder; {_EXPECTED}.")
    if not root.is_dir():
        raise DatasetError(f"{root}: is a file; {_EXPECTED}.")
    part = _part(root, purpose)
    samples = _from_csv(part) if (part / LABEL_FILE).is_file() else _from_folders(part)
    if not samples:
        raise DatasetError(f"{part}: holds no picture; {_EXPECTED}.")
    return Dataset(root, tuple(samples))


def read_all(dataset: Dataset) -> Iterator[Picture]:
    """Every picture of the set, in its order, one at a time.

    Raises:
        DatasetError: one cannot be read; the sentence names it and counts those after it.

    """
    for index, sample in enumerate(dataset.samples):
        try:
            yield read_picture(sample.path, str(sample.path))
        except UnreadableFrame as error:
            more = sum(not _readable(later) for later in dataset.samples[index + 1 :])
            raise DatasetError(
                f"{dataset.root}: {1 + more} of {len(dataset.samples)} pictures cannot be read, mend or remove them; "
                f"the first is {error}."
            ) from error


def _readable(sample: Sample) -> bool:
    try:
        read_picture(sample.path, "")
    except UnreadableFrame:
        return False
    return True


def _part(root: Path, purpose: Purpose) -> Path:
    train, test = root / "train", root / "test"
    if not train.is_dir() and not test.is_dir():
        return root
    wanted = train if purpose == "teach" else test
    if not wanted.is_dir():
        raise DatasetError(f"{root}: has no {wanted.name}/ folder to {purpose} from.")
    return wanted


def _from_csv(folder: Path) -> list[Sample]:
    file = folder / LABEL_FILE
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{file}: is not a UTF-8 CSV file ({error}).") from error
    return [_csv_sample(file, line, row) for line, row in enumerate(rows, start=2)]


def _csv_sample(file: Path, line: int, row: dict[str, str]) -> Sample:
    path, label = (row.get("path") or "").strip(), (row.get("label") or "").strip()
    if not path or not label:
        raise DatasetError(f"{file}, line {line}: the columns path and label are expected, both filled in.")
    picture = file.parent / path
    if not picture.is_file():
        raise DatasetError(f"{file}, line {line}: the picture {path} is not there.")
    return Sample(picture, label)


def _from_folders(folder: Path) -> list[Sample]:
    classes = [sub for sub in _folders(folder) if sub.name.lower() not in NEVER_CLASSES]
    inner = [sub for sub in classes if _is_set(sub)]
    if inner:
        raise DatasetError(f"{folder}: holds several sets ({_some(inner)}); name one of them.")
    _refuse_annotations(folder)
    samples = [Sample(path, sub.name) for sub in classes for path in _images(sub)]
    if not samples and _images(folder):
        raise DatasetError(f"{folder}: its pictures have no labels; {_EXPECTED}.")
    return samples


def _is_set(folder: Path) -> bool:
    """Has its own train/ or test/, or holds pictures only in two or more folders below."""
    below = [sub for sub in _folders(folder) if sub.name.lower() not in NEVER_CLASSES]
    if any(sub.name in {"train", "test"} for sub in below):
        return True
    direct = any(path.parent == folder for path in _images(folder))
    return not direct and sum(bool(_images(sub)) for sub in below) > 1


def _refuse_annotations(folder: Path) -> None:
    """Boxes and masks come with a later version; as folders of classes they would be nonsense."""
    names = {entry.name.lower() for entry in folder.iterdir()}
    yolo = "data.yaml" in names or {"images", "labels"} <= names
    voc = {"annotations", "jpegimages"} <= names
    coco = "annotations" in names or any("coco" in name and name.endswith(".json") for name in names)
    if yolo or voc or coco:
        kind = "YOLO" if yolo else "Pascal VOC" if voc else "COCO"
        raise DatasetError(f"{folder}: looks like {kind} annotations, which this version cannot read yet; {_EXPECTED}.")


def _images(folder: Path) -> list[Path]:
    try:
        return list_images(folder)
    except SourceNotFound:
        return []


def _folders(folder: Path) -> list[Path]:
    return sorted(sub for sub in folder.iterdir() if sub.is_dir() and not sub.name.startswith("."))


def _some(folders: list[Path]) -> str:
    names = ", ".join(folder.name for folder in folders[:3])
    return names + (", …" if len(folders) > 3 else "")
