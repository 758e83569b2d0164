"""Pictures that are no independent witnesses of one another: copies, near copies, shots of one thing.

Promises: what is one group never stands on both sides of a fold. Pictures are looked at one at a time; 9 KiB a
picture are kept. Turned or mirrored copies are not found.
May import: numpy, inference.model.preprocess, inference.teach.looks, inference.teach.sequence.

Two pictures are near copies where two measures agree: their difference hashes (Krawetz 2013) and the correlation of
their fine structure, after what all other pictures of the set have in common is taken out. How close is close is
measured on the set itself, as the ratio test of Lowe (2004) does: parts in a fixture all look alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from inference.teach.dataset import DatasetError
from inference.teach.looks import Apart, Floats, Looks, close_pairs, look_at_all
from inference.teach.sequence import name_groups, neighbours, things

Ints = npt.NDArray[np.intp]
Why = Literal["same pixels", "near copy", "neighbours in a sequence", "same thing by name"]
WHYS: tuple[Why, ...] = ("same pixels", "near copy", "neighbours in a sequence", "same thing by name")
"""Why two pictures belong together, the strongest reason first."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures that are not independent; rows of the set."""

    first: int
    second: int
    why: Why
    distance: float
    """Of their fine structure: 0 the same, 1 unrelated."""


@dataclass(frozen=True, slots=True)
class OverlapPair:
    """A picture of the tested set and the one of the taught set that it is not independent of."""

    tested: str
    taught: str
    why: Why
    distance: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a tested set shares with a taught one."""

    tested: int
    taught: int
    affected: int
    """Tested pictures that have a relative among the taught ones."""
    by_reason: dict[Why, int]
    """Each affected picture counted once, by its strongest reason."""
    pairs: tuple[OverlapPair, ...]
    """The nearest relative of each affected picture, the worst first."""

    @property
    def share(self) -> float:
        """Affected part of the tested pictures."""
        return self.affected / self.tested


def groups_of(paths: Sequence[Path], images: Iterable[npt.NDArray[Any]], embeddings: Floats | None = None) -> Ints:
    """Group [n] of each picture, counted from 0 in the order of first members.

    `images`, in the order of `paths`, are uint8 or uint16 [H, W] or [H, W, 3], and may be a generator. `embeddings`
    [n, D], where a network is at hand, find copies with another brightness or cut.

    Raises:
        ValueError: not as many images as paths.

    """
    looks = look_at_all(images)
    if len(looks.digests) != len(paths):
        raise ValueError(f"{len(paths)} paths, but {len(looks.digests)} images")
    return group(paths, looks, embeddings)


def group(paths: Sequence[Path], looks: Looks, embeddings: Floats | None = None) -> Ints:
    """As `groups_of`, of pictures that were looked at before."""
    return _numbered(_union(name_groups(paths), related(paths, looks, embeddings)))


def related(paths: Sequence[Path], looks: Looks, embeddings: Floats | None = None) -> list[Pair]:
    """Pairs that look alike, or came after one another and look somewhat alike. Each pair once."""
    best: dict[tuple[int, int], Pair] = {}
    for pair in _related(paths, looks, embeddings):
        best.setdefault((pair.first, pair.second), pair)
    return list(best.values())


def overlap(tested: tuple[Sequence[Path], Looks], taught: tuple[Sequence[Path], Looks]) -> Overlap:
    """Which tested pictures are not independent of the taught ones.

    Raises:
        ValueError: one of the sets is empty.

    """
    paths = [*tested[0], *taught[0]]
    border = len(tested[0])
    if not border or border == len(paths):
        raise ValueError("no pictures to compare")
    looks = tested[1] + taught[1]
    across = [pair for pair in related(paths, looks) if pair.first < border <= pair.second]
    across += _same_thing(paths, looks, border)
    nearest: dict[int, Pair] = {}
    for pair in sorted(across, key=_badness):
        nearest.setdefault(pair.first, pair)
    worst = sorted(nearest.values(), key=_badness)
    return Overlap(
        tested=border,
        taught=len(paths) - border,
        affected=len(worst),
        by_reason={why: sum(pair.why == why for pair in worst) for why in WHYS},
        pairs=tuple(OverlapPair(str(paths[p.first]), str(paths[p.second]), p.why, p.distance) for p in worst),
    )


def grouped_folds(labels: Ints, groups: Ints, folds: int, seed: int) -> list[tuple[Ints, Ints]]:
    """Rows to teach on and rows held back, one pair a fold; no group is on both sides, and each row is held back once.

    The labels are spread over the folds as evenly as the groups allow: the largest groups first, each into the fold
    where it is needed most. Fewer groups than `folds` give fewer folds. Groups of one size are shuffled by `seed`.

    Raises:
        DatasetError: all pictures are one group.

    """
    names, members = np.unique(groups, return_inverse=True)
    wanted = min(folds, len(names))
    if wanted < 2:
        raise DatasetError(
            f"all {len(labels)} pictures belong together (copies, or shots of one thing); pictures of more parts are "
            "expected."
        )
    _, kinds = np.unique(labels, return_inverse=True)
    content = np.zeros((len(names), int(kinds.max()) + 1))
    np.add.at(content, (members, kinds), 1.0)
    fold_of = _spread(content, wanted, np.random.default_rng(seed))[members]
    rows = np.arange(len(labels))
    return [(rows[fold_of != fold], rows[fold_of == fold]) for fold in range(wanted)]


def _spread(content: Floats, folds: int, random: np.random.Generator) -> Ints:
    """Fold of each group; `content` [groups, labels] counts its pictures."""
    share = content / content.sum(axis=0)
    shuffled = random.permutation(len(content))
    order = shuffled[np.argsort(-share[shuffled].max(axis=1), kind="stable")]
    filled = np.zeros((folds, content.shape[1]))
    chosen = np.zeros(len(content), np.intp)
    for step, group in enumerate(order):
        # So that no fold stays empty, the last groups go where there is none yet.
        empty = np.flatnonzero(filled.sum(axis=1) == 0)
        open_folds = empty if len(order) - step <= len(empty) else np.arange(folds)
        after = ((filled[open_folds] + share[group]) ** 2 - filled[open_folds] ** 2).sum(axis=1)
        chosen[group] = open_folds[int(np.argmin(after))]
        filled[chosen[group]] += share[group]
    return chosen


def _related(paths: Sequence[Path], looks: Looks, embeddings: Floats | None) -> Iterator[Pair]:
    first_with: dict[bytes, int] = {}
    for row, digest in enumerate(looks.digests):
        before = first_with.setdefault(digest, row)
        if before != row:
            yield Pair(before, row, "same pixels", 0.0)
    copies, shots = close_pairs(looks, embeddings, neighbours(paths))
    for left, right, distance in copies:
        yield Pair(left, right, "near copy", distance)
    for left, right, distance in shots:
        yield Pair(left, right, "neighbours in a sequence", distance)


def _same_thing(paths: Sequence[Path], looks: Looks, border: int) -> Iterator[Pair]:
    shown, apart = things(paths), Apart(looks.fine)
    taught: dict[str, list[int]] = {}
    for row in range(border, len(paths)):
        name = shown[row]
        if name is not None:
            taught.setdefault(name, []).append(row)
    for row in range(border):
        others = taught.get(shown[row] or "", [])
        if others:
            far = apart(np.array([row], np.intp))[0, others]
            nearest = int(np.argmin(far))
            yield Pair(row, others[nearest], "same thing by name", float(far[nearest]))


def _badness(pair: Pair) -> tuple[int, float, int, int]:
    return WHYS.index(pair.why), pair.distance, pair.first, pair.second


def _union(groups: Ints, pairs: Iterable[Pair]) -> Ints:
    """Join the groups of each pair (union-find with path halving: Tarjan and van Leeuwen 1984)."""
    parent = np.arange(int(groups.max(initial=-1)) + 1)

    def root(group: int) -> int:
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = int(parent[group])
        return group

    for pair in pairs:
        parent[root(int(groups[pair.second]))] = root(int(groups[pair.first]))
    return np.array([root(int(group)) for group in groups], np.intp)


def _numbered(groups: Ints) -> Ints:
    """The same groups counted from 0 in the order of first members."""
    number: dict[int, int] = {}
    return np.array([number.setdefault(int(group), len(number)) for group in groups], np.intp)
