"""A model package against a labelled set: judge everything, then compare.

Promises: every picture of the set is judged by the package as a station would judge it, or the whole is refused. One
that the network cannot judge is NOT_DECIDABLE, as it would be on the line.
May import: numpy, inference.model, inference.teach.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inference.model.judgement import Judgement, JudgingFailed
from inference.model.manifest import Manifest
from inference.model.package import ModelPackage, load_package
from inference.model.session import ModelSession
from inference.teach.dataset import Dataset, DatasetError, good_of, read_all, read_dataset
from inference.teach.evaluate import NOT_DECIDABLE, Evaluation, evaluate
from inference.teach.features import Progress
from inference.teach.pixels import pixel_auroc

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A labelled set with what a package said of each of its n pictures, in the set's order."""

    package: ModelPackage
    dataset: Dataset
    truths: tuple[str, ...]
    """The labels in the package's words."""
    said: tuple[str, ...]
    """The package's label, or NOT_DECIDABLE."""
    scores: Floats
    """[n], larger is worse; NaN where the network gave no score."""
    probabilities: Floats | None
    """[n, K] in the order of the package's classes, NaN where there is no judgement; None: the package gives none."""
    pixel_auroc: float | None = None
    """Of the heat maps; None where the set has no masks."""

    @property
    def figures(self) -> Evaluation:
        """Truth and judgement compared."""
        manifest = self.package.manifest
        figures = evaluate(self.truths, self.said, self.scores.tolist(), manifest.classes, manifest.good_class)
        return replace(figures, pixel_auroc=self.pixel_auroc)

    @property
    def decided(self) -> npt.NDArray[np.bool_]:
        """[n]: which pictures have a judgement."""
        return np.array([label != NOT_DECIDABLE for label in self.said])


def challenge(package_path: Path, root: Path, provider: str, progress: Progress) -> Evaluation:
    """Figures of the package on the set at `root`. Raises as `judge_set`."""
    return judge_set(package_path, root, provider, progress).figures


def judge_set(package_path: Path, root: Path, provider: str, progress: Progress) -> Judged:
    """The package's judgement of every picture of the set at `root`.

    Raises:
        PackageError, ProviderUnavailable: the package does not run here.
        JudgingFailed: not one picture could be judged.
        DatasetError: the set cannot be used, or shares no class with the package.

    """
    package = load_package(package_path)
    dataset = read_dataset(root, "evaluate")
    truths = _truths(dataset, package.manifest)
    session = ModelSession(package, provider)
    session.open()
    try:
        judgements = _judge_all(session, dataset, progress)
    finally:
        session.close()
    said = tuple(NOT_DECIDABLE if judged is None else judged.label for judged in judgements)
    scores = np.array([np.nan if judged is None else judged.score for judged in judgements])
    spec = package.manifest.input
    heats = [None if judged is None else judged.heatmap for judged in judgements]
    return Judged(
        package,
        dataset,
        tuple(truths),
        said,
        scores,
        _probabilities(judgements, package.manifest.classes),
        pixel_auroc(dataset, heats, (spec.width, spec.height)),
    )


def _judge_all(session: ModelSession, dataset: Dataset, progress: Progress) -> list[Judgement | None]:
    """None where there is no judgement, or a score that is no number."""
    judgements: list[Judgement | None] = []
    failed: JudgingFailed | None = None
    for done, picture in enumerate(read_all(dataset), start=1):
        try:
            judgement = session.judge(picture.image, picture.significant_bits)
            judgements.append(judgement if np.isfinite(judgement.score) else None)
        except JudgingFailed as error:
            failed = error
            judgements.append(None)
        progress("judging", done, len(dataset.samples))
    if failed is not None and not any(judgements):
        raise failed
    return judgements


def _probabilities(judgements: list[Judgement | None], classes: tuple[str, ...]) -> Floats | None:
    given = [judged.probabilities for judged in judgements if judged is not None]
    if not given or any(set(row) != set(classes) for row in given):
        return None
    nothing = dict.fromkeys(classes, np.nan)
    rows = [nothing if judged is None else judged.probabilities for judged in judgements]
    return np.array([[row[name] for name in classes] for row in rows])


def _truths(dataset: Dataset, manifest: Manifest) -> list[str]:
    """The labels in the package's words: its own name for the good class, and for anomalies one for all the others."""
    classes, good = manifest.classes, manifest.good_class
    its_good = good_of(sample.label for sample in dataset.samples)
    if manifest.task == "anomaly":
        bad = next(name for name in classes if name != good)
        return [good if good and sample.label == its_good else bad for sample in dataset.samples]
    truths = [good if good and sample.label == its_good else sample.label for sample in dataset.samples]
    if not set(truths) & set(classes):
        raise DatasetError(
            f"{dataset.root}: shares no class with the package (it knows {', '.join(classes[:8])}); "
            "a set with the same classes is expected."
        )
    return truths
