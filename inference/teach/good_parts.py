"""Teaching from good parts only: from the good pictures of a set to a package.

Promises: pictures of defects are not looked at. A picture that cannot be read is left out, named and counted; what is
left must be at least one. The package says what risk the number of good parts leaves.
May import: numpy, camera, inference.model, inference.teach.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from camera.folder import read_picture
from camera.source import UnreadableFrame
from camera.vision import cv2
from inference.model.manifest import ImageCounts, InputSpec, Manifest, TrainingNote
from inference.model.package import sha256
from inference.model.preprocess import as_batch
from inference.teach.anomaly import GoodParts, Taught, teach_anomaly
from inference.teach.dataset import Dataset, DatasetError
from inference.teach.evaluate import Evaluation, evaluate
from inference.teach.features import Progress
from inference.teach.graph import STRIDE, backbone_bytes
from inference.teach.limits import FALSE_REJECT_RATE
from inference.teach.references import TeachReport, program, shoot
from inference.teach.write import PackageFiles, check_place, write_package

Image = npt.NDArray[np.uint8]

DEFECT = "defect"
"""What the package calls everything that is not good."""
BANK_FILE = "bank.json"
_PIXELS = 250_000
_PIXELS_OF_LARGE = 625_000
_LARGE = 5 * _PIXELS
_SMALL = 256 * 256
_ENLARGED = 1.25
_LONGEST = 64 * STRIDE
_NAMED = 20
_THRESHOLD_RULE = (
    f"0.5 is the score that {FALSE_REJECT_RATE:.0%} of good parts should exceed: upper prediction limit of the scores "
    "of the good pictures, each compared with the others only"
)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A picture that cannot be read."""

    path: Path
    reason: str


def teach_good(
    dataset: Dataset, out: Path, seed: int, progress: Progress, *, size: tuple[int, int] | None = None
) -> TeachReport:
    """Teach from the set's good class and write the package to `out`.

    Raises:
        DatasetError: there is no good picture, or none can be read.
        PlaceTaken: `out` is something else than a package.
        PackageNotWritten: the disk does not take it.

    """
    began = time.perf_counter()
    good = dataset.good_class
    if good is None:
        raise DatasetError(f"{dataset.root}: has no good class; a folder or label good, ok or normal is expected.")
    check_place(out)
    paths, sizes, skipped = _readable([sample.path for sample in dataset.samples if sample.label == good])
    if not paths:
        raise DatasetError(
            f"{dataset.root}: none of its {len(skipped)} good pictures can be read; {skipped[0].reason}."
        )
    chosen, reason = (size, "chosen by the user") if size else input_for(sizes)
    parts = GoodParts(lambda: map(_image, paths), len(paths), chosen, seed)
    taught = teach_anomaly(parts, progress)
    files = _package(dataset, paths, parts, taught, (reason, _notes(taught.parts, skipped, dataset.root)))
    write_package(out, files)
    note = files.manifest.training
    return TeachReport(
        task="anomaly",
        classes=files.manifest.classes,
        images=note.images,
        seconds=time.perf_counter() - began,
        head=note.head,
        threshold=files.manifest.threshold,
        metrics=files.metrics,
        package=str(out),
        input=chosen,
        reason=reason,
        notes=note.notes,
        skipped=tuple(f"{item.path}: {item.reason}" for item in skipped),
    )


def input_for(sizes: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], str]:
    """Width and height for the network, multiples of 32, and why, from the pictures' (width, height).

    As large as the pictures up to a quarter of a million pixels, beyond which good parts' own marks grow as fast as
    defects do (docs/teaching.md); two and a half times that for frames of more than five times as many, whose small
    defects would be lost; pictures of less than 256 x 256 pixels grow by a quarter.
    """
    width, height = (float(np.median([size[axis] for size in sizes])) for axis in (0, 1))
    pixels = width * height
    most = _PIXELS if pixels <= _LARGE else _PIXELS_OF_LARGE
    scale = _ENLARGED if pixels < _SMALL else min(math.sqrt(most / pixels), 1.0)
    sides = [min(max(STRIDE * round(side * scale / STRIDE), 2 * STRIDE), _LONGEST) for side in (width, height)]
    shown = f"the pictures' {width:g} x {height:g} "
    if scale > 1:
        return (sides[0], sides[1]), shown + "enlarged by a quarter, as small marks are then seen best"
    if scale == 1:
        return (sides[0], sides[1]), shown + f"kept, to the nearest multiple of {STRIDE}"
    reason = f"shrunk to {scale:.0%}: a quarter of a million pixels is what one thread judges in a tenth of a second"
    if most > _PIXELS:
        reason = (
            f"shrunk to {scale:.0%}, no further, as small defects would be lost: a picture takes three times as long"
        )
    return (sides[0], sides[1]), shown + reason


def _readable(paths: Sequence[Path]) -> tuple[list[Path], list[tuple[int, int]], list[Skipped]]:
    good: list[Path] = []
    sizes: list[tuple[int, int]] = []
    skipped: list[Skipped] = []
    for path in paths:
        try:
            image = read_picture(path, path.name).image
        except UnreadableFrame as error:
            skipped.append(Skipped(path, str(error)))
            continue
        good.append(path)
        sizes.append((image.shape[1], image.shape[0]))
    return good, sizes, skipped


def _image(path: Path) -> Image:
    picture = read_picture(path, path.name)
    return as_batch(picture.image, picture.significant_bits, "any")[0]


def _notes(parts: int, skipped: Sequence[Skipped], root: Path) -> tuple[str, ...]:
    """What the number of pictures leaves open, and what was left out."""
    if parts == 1:
        first = (
            "Taught from one good part and slightly changed views of it: how good parts differ is guessed, "
            "so look at the first hundred verdicts"
        )
    else:
        # Hanley and Lippman-Hand 1983, JAMA 249: none among n leaves up to 3 / n at 95 % confidence.
        most = min(3 / parts, 1.0)
        first = (
            f"Taught from {parts} good parts: even if it rejects none of as many new ones, up to "
            f"{most:.1%} of good parts may be rejected (rule of three, 95 % confidence)"
        )
    notes = [first, "No defect was shown: how many bad parts pass is not known before `loupe evaluate` on some"]
    if skipped:
        names = ", ".join(item.path.relative_to(root).as_posix() for item in skipped[:_NAMED])
        more = f" and {len(skipped) - _NAMED} more" if len(skipped) > _NAMED else ""
        notes.append(f"{len(skipped)} pictures could not be read and were left out: {names}{more}")
    return tuple(notes)


def _figures(taught: Taught, classes: tuple[str, str]) -> Evaluation:
    """Of the good pictures, each judged by the patches of the others."""
    scores = taught.limits.scores / (taught.limits.scores + taught.limits.threshold)
    said = [classes[1] if score >= 0.5 else classes[0] for score in scores]
    return evaluate([classes[0]] * len(said), said, scores.tolist(), classes, classes[0])


def _package(
    dataset: Dataset, paths: Sequence[Path], parts: GoodParts, taught: Taught, words: tuple[str, tuple[str, ...]]
) -> PackageFiles:
    good = dataset.good_class or "good"
    classes = (good, DEFECT)
    metrics = _figures(taught, classes)
    shots, references = shoot(taught.model, _shown(paths, classes))
    name = dataset.root.resolve().name
    manifest = Manifest(
        name=name,
        task="anomaly",
        classes=classes,
        good_class=good,
        input=InputSpec(width=parts.size[0], height=parts.size[1]),
        threshold=0.5,
        model_sha256=sha256(taught.model),
        references=references,
        training=TrainingNote(
            program=program(),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            dataset=name,
            images=ImageCounts(train=len(paths), validation=metrics.images),
            head=f"bank of {len(taught.origins)} good patches",
            seed=parts.seed,
            backbone="efficientnet_lite0",
            backbone_sha256=sha256(backbone_bytes()),
            threshold_rule=_THRESHOLD_RULE,
            input_reason=words[0],
            notes=words[1],
        ),
    )
    return PackageFiles(manifest, taught.model, shots, metrics, {BANK_FILE: _bank(dataset.root, paths, taught)})


def _bank(root: Path, paths: Sequence[Path], taught: Taught) -> bytes:
    """Where each patch of the bank comes from, in the order that the network's `nearest` counts."""
    document = {
        "pictures": [path.relative_to(root).as_posix() for path in paths],
        "patches": [asdict(origin) for origin in taught.origins],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _shown(paths: Sequence[Path], classes: tuple[str, str]) -> Iterator[tuple[Image, str]]:
    """The first and the middle good picture, and the first with a blot, so that a high score is compared, too."""
    for number in dict.fromkeys([0, len(paths) // 2]):
        yield _image(paths[number]), classes[0]
    yield _blotted(_image(paths[0])), classes[1]


def _blotted(image: Image) -> Image:
    image = image.copy()
    height, width = image.shape[:2]
    centre, radius = (width // 2, height // 2), max(min(height, width) // 10, 1)
    blot = cv2.circle(np.zeros((height, width), np.uint8), centre, radius, 255, -1) > 0
    image[blot] = 255 - image[blot]
    return image
