"""Pareto analysis: the kinds of defect by how often they occur, each with the records behind it.

Promises: kinds of equal count keep their order, kinds that did not occur stay in the list, and a percentage of
nothing is None.
May import: inference.spc.limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from numbers import Integral

from inference.spc.limits import SpcError

_LARGEST = 1e100
"""Beyond this a percentage would overflow."""


@dataclass(frozen=True, slots=True)
class ParetoRow:
    """One kind of defect."""

    category: str
    count: float
    cum: float
    """This count and all above it."""
    pct: float | None
    """100 count / total; None where the total is 0."""
    cum_pct: float | None
    """100 cum / total; None where the total is 0."""
    ids: tuple[int, ...] = ()
    """The records that show it, in the order they came; empty where only counts were given."""


@dataclass(frozen=True, slots=True)
class Pareto:
    """Kinds of defect by falling count."""

    rows: tuple[ParetoRow, ...]
    total: float

    def vital_few(self, share_pct: float = 80.0) -> tuple[ParetoRow, ...]:
        """The shortest head of the list that makes up `share_pct` of the total (Juran 1951); empty where it is 0.

        Raises SpcError for a share that does not lie above 0 and up to 100 %.
        """
        if not 0.0 < share_pct <= 100.0:
            raise SpcError(f"a share lies above 0 and up to 100 %, not at {share_pct:g}")
        if not self.total:
            return ()
        wanted = share_pct * self.total * (1.0 - 1e-12)  # a sum of fractions may stop short of its share by rounding
        short = sum(100.0 * row.cum < wanted for row in self.rows)
        return self.rows[: short + 1]


def pareto(categories: Sequence[str], counts: Sequence[float]) -> Pareto:
    """Order kinds of defect by falling count; counts may be weights, costs say, but not negative.

    Raises SpcError for lists of unequal length, a category named twice, and a count that cannot be.
    """
    if len(categories) != len(counts):
        raise SpcError(f"{len(categories)} categories and {len(counts)} counts do not belong together")
    if len(set(categories)) != len(categories):
        twice = next(name for name in categories if list(categories).count(name) > 1)
        raise SpcError(f"the category {twice} is there twice")
    for category, count in zip(categories, counts, strict=True):
        if not 0.0 <= count <= _LARGEST:
            raise SpcError(f"{category} cannot have occurred {count:g} times")
    return _ordered([(category, _plain(count), ()) for category, count in zip(categories, counts, strict=True)])


def pareto_of(labels: Sequence[str], ids: Sequence[int]) -> Pareto:
    """Count the labels and keep, for each, the ids of the records that bear it. One record may come more than once.

    Raises SpcError for lists of unequal length.
    """
    if len(labels) != len(ids):
        raise SpcError(f"{len(labels)} labels and {len(ids)} ids do not belong together")
    groups: dict[str, list[int]] = {}
    for label, number in zip(labels, ids, strict=True):
        groups.setdefault(label, []).append(number)
    return _ordered([(label, len(group), tuple(group)) for label, group in groups.items()])


def _ordered(groups: list[tuple[str, float, tuple[int, ...]]]) -> Pareto:
    by_count = sorted(groups, key=lambda group: -group[1])
    sums = list(accumulate(count for _, count, _ in by_count))
    total = sums[-1] if sums else 0
    return Pareto(
        tuple(
            ParetoRow(category, count, cum, _pct(count, total), _pct(cum, total), ids)
            for (category, count, ids), cum in zip(by_count, sums, strict=True)
        ),
        total,
    )


def _pct(count: float, total: float) -> float | None:
    return 100.0 * count / total if total else None


def _plain(count: float) -> float:
    """A Python number: numpy's unsigned ones cannot be negated, and its small ones overflow in a sum."""
    return int(count) if isinstance(count, Integral) else float(count)
