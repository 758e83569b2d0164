"""Two model packages on the same labelled set, picture by picture: where they differ, and whether that is chance.

Promises: both judge the same pictures; a picture that a package could not judge counts as wrong for it.
May import: scipy, inference.teach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.teach.challenge import Judged
from inference.teach.dataset import DatasetError
from inference.teach.evaluate import NOT_DECIDABLE


@dataclass(frozen=True, slots=True)
class Pairing:
    """How often A and B were right on the same picture."""

    both_right: int
    only_a_right: int
    only_b_right: int
    both_wrong: int
    p_value: float
    """Exact McNemar test, two-sided (`mcnemar`)."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What one package said of a picture."""

    verdict: str
    """OK, NOT_OK or NOT_DECIDABLE."""
    label: str
    score: float | None
    """None where the picture could not be judged."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A picture on which the packages differ."""

    path: Path
    truth: str
    """Its label in the set."""
    a: Saying
    b: Saying


@dataclass(frozen=True, slots=True)
class Comparison:
    """All pictures compared."""

    images: int
    verdict: Pairing | None
    """Right is: OK for good parts, NOT_OK for others. None where a package or the set knows no good parts."""
    label: Pairing | None
    """Right is: the very label. None where the packages do not know the same classes."""
    disagreements: tuple[Disagreement, ...]
    """In the order of the set."""


def compare_judged(a: Judged, b: Judged) -> Comparison:
    """Compare picture by picture.

    Raises:
        DatasetError: the set changed while it was judged.

    """
    paths = [sample.path for sample in a.dataset.samples]
    if a.dataset.samples != b.dataset.samples:
        raise DatasetError(f"{a.dataset.root}: changed while it was judged; let it be and compare again.")
    goods = (a.package.manifest.good_class, b.package.manifest.good_class)
    has_good = None not in goods and goods[0] in a.truths
    sayings = [_sayings(judged) for judged in (a, b)]
    differ = [
        Disagreement(path, sample.label, said_a, said_b)
        for path, sample, said_a, said_b in zip(paths, a.dataset.samples, *sayings, strict=True)
        if _meant(said_a) != _meant(said_b)
    ]
    return Comparison(
        images=len(paths),
        verdict=pairing(_verdict_right(a), _verdict_right(b)) if has_good else None,
        label=pairing(_label_right(a), _label_right(b)) if _kinds(a) == _kinds(b) else None,
        disagreements=tuple(differ),
    )


def pairing(a_right: Sequence[bool], b_right: Sequence[bool]) -> Pairing:
    """Count the pairs (both sequences of the same length, picture by picture) and test the discordant ones."""
    pairs = list(zip(a_right, b_right, strict=True))
    only_a, only_b = pairs.count((True, False)), pairs.count((False, True))
    both, neither = pairs.count((True, True)), pairs.count((False, False))
    return Pairing(both, only_a, only_b, neither, mcnemar(only_a, only_b))


def mcnemar(only_a: int, only_b: int) -> float:
    """P value of the exact two-sided McNemar test on the discordant pairs; 1 where there are none.

    Were both equally good, each discordant picture would fall to either side like a coin (McNemar 1947; exact with the
    binomial distribution instead of the normal one).
    """
    from scipy import stats

    if only_a + only_b == 0:
        return 1.0
    test: Any = stats.binomtest  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] (no stubs)
    return float(test(only_a, only_a + only_b, 0.5).pvalue)


def _sayings(judged: Judged) -> list[Saying]:
    good = judged.package.manifest.good_class
    told: list[Saying] = []
    for label, score in zip(judged.said, judged.scores.tolist(), strict=True):
        if label == NOT_DECIDABLE:
            told.append(Saying(NOT_DECIDABLE, "", None))
        else:
            told.append(Saying("OK" if label == good else "NOT_OK", label, score))
    return told


def _meant(saying: Saying) -> tuple[str, str]:
    """Verdict, and the label where it says more: the good class may have another name in each package."""
    return saying.verdict, "" if saying.verdict == "OK" else saying.label


def _kinds(judged: Judged) -> set[str | None]:
    """The classes, whatever the good one is called."""
    manifest = judged.package.manifest
    return {None if name == manifest.good_class else name for name in manifest.classes}


def _verdict_right(judged: Judged) -> list[bool]:
    good = judged.package.manifest.good_class
    return [
        said != NOT_DECIDABLE and (said == good) == (truth == good)
        for said, truth in zip(judged.said, judged.truths, strict=True)
    ]


def _label_right(judged: Judged) -> list[bool]:
    return [said == truth for said, truth in zip(judged.said, judged.truths, strict=True)]
