"""`Judgement`: what the network says about one picture, and how a score becomes a label and a verdict.

Promises: a score that is not a number is never OK. Larger scores are worse; NOT_OK from the threshold on.
May import: numpy, inference.model.manifest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference.model.manifest import Manifest, Reference

Heatmap = npt.NDArray[np.float32]


class JudgingFailed(Exception):
    """The network could not judge one picture: the part is NOT_DECIDABLE. `str()` is one sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """One picture judged. `heatmap` is float32 [h, w] over the whole picture, 0–1, larger is worse; None where the
    network gives none."""

    score: float
    label: str
    probabilities: Mapping[str, float]
    heatmap: Heatmap | None
    threshold: float
    verdict_ok: bool
    region_threshold: float = 0.5
    """Heat-map cells from this value on belong to a defect's region."""
    nearest: int | None = None
    """Anomaly: row of the package's `bank.json`, the good patch most like the worst place; else None."""


def difference(expected: Reference, outputs: Mapping[str, Heatmap]) -> float:
    """Largest absolute difference between a reference's kept answer and `outputs` (score, probabilities, heatmap, as
    far as the network gives them).

    A NaN stays one, and so lies within no tolerance.
    """
    pairs = [(float(outputs["score"][0]), expected.score)]
    if "probabilities" in outputs:
        pairs += zip(outputs["probabilities"][0].tolist(), expected.probabilities, strict=True)
    if "heatmap" in outputs and expected.heat_peak is not None:
        pairs.append((float(outputs["heatmap"].max()), expected.heat_peak))
    return float(np.max([abs(got - kept) for got, kept in pairs]))


def decide(manifest: Manifest, score: float, probabilities: Mapping[str, float], threshold: float) -> tuple[str, bool]:
    """Label and whether the part is OK."""
    if manifest.task == "anomaly":
        # The score alone decides; whatever is not good has one name.
        probabilities = dict.fromkeys(manifest.classes, 0.0)
    label = label_of(probabilities, manifest.good_class, score, threshold)
    return label, label == manifest.good_class


def label_of(probabilities: Mapping[str, float], good: str | None, score: float, threshold: float) -> str:
    """The good class below the threshold, else the likeliest defect: label and verdict never disagree.

    Without a good class nothing is OK; a score that is not a number is not below anything.
    """
    if good is not None and score < threshold:
        return good
    defects = {name: value for name, value in probabilities.items() if name != good}
    return max(defects, key=lambda name: defects[name])
