"""A model package against a labelled set: judge everything, then compare.

Promises: every picture of the set is judged by the package as a station would judge it, or the whole is refused.
May import: inference.model, inference.teach.
"""

from __future__ import annotations

from pathlib import Path

from inference.model.package import load_package
from inference.model.session import ModelSession
from inference.teach.dataset import Dataset, DatasetError, good_of, read_all, read_dataset
from inference.teach.evaluate import Evaluation, evaluate
from inference.teach.features import Progress


def challenge(package_path: Path, root: Path, provider: str, progress: Progress) -> Evaluation:
    """Figures of the package on the set at `root`.

    Raises:
        PackageError, ProviderUnavailable: the package does not run here.
        DatasetError: the set cannot be used, or shares no class with the package.

    """
    package = load_package(package_path)
    dataset = read_dataset(root, "evaluate")
    manifest = package.manifest
    truths = _truths(dataset, manifest.classes, manifest.good_class)
    session = ModelSession(package, provider)
    session.open()
    try:
        said: list[str] = []
        scores: list[float] = []
        for done, picture in enumerate(read_all(dataset), start=1):
            judgement = session.judge(picture.image, picture.significant_bits)
            said.append(judgement.label)
            scores.append(judgement.score)
            progress("judging", done, len(truths))
    finally:
        session.close()
    return evaluate(truths, said, scores, manifest.classes, manifest.good_class)


def _truths(dataset: Dataset, classes: tuple[str, ...], good: str | None) -> list[str]:
    """The labels in the package's words: its own name for the good class."""
    its_good = good_of(sample.label for sample in dataset.samples)
    truths = [good if good and sample.label == its_good else sample.label for sample in dataset.samples]
    if not set(truths) & set(classes):
        raise DatasetError(
            f"{dataset.root}: shares no class with the package (it knows {', '.join(classes[:8])}); "
            "a set with the same classes is expected."
        )
    return truths
