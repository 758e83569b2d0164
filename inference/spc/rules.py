"""Run rules on the standardised point z = (statistic - centre line) / standard error.

A rule here is "m of n points in a row beyond k on one side"; the four Western Electric rules are all of that kind
(Western Electric, Statistical Quality Control Handbook, 1956). A point is named when it completes the pattern, and
again at each later point while the pattern persists. "Beyond" is strict: a point on a line is not beyond it. A rule
speaks only once its whole window has been seen (as R qcc), and a gap ends every pattern.

Promises: `RunRules` costs the same for each point however long the history; `find_violations` gives the same
violations for a whole series at once.
May import: numpy, the standard library.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """`needed` of the last `window` points beyond `beyond` (in standard errors) on one side of the centre line."""

    number: int
    needed: int
    window: int
    beyond: float
    not_beyond: float = math.inf
    """Points beyond this are not counted."""
    last_counts: bool = True
    """The newest point must itself be one of those counted."""


class RuleViolation(NamedTuple):
    """A rule broken by the points from `first` (the earliest that counts) to `last`, by number."""

    rule: int
    first: int
    last: int


def western_electric(
    numbers: Sequence[int] = (1, 2, 3, 4), *, beyond_3_counts: bool = True, last_must_be_beyond: bool = True
) -> tuple[ZoneRule, ...]:
    """The Western Electric rules with these numbers: 1 beyond 3, 2 of 3 beyond 2, 4 of 5 beyond 1, 8 beyond 0.

    Sources differ on two things, so they are named here. `beyond_3_counts`: points beyond 3 count in "2 of 3"
    (Western Electric, Nelson, Minitab: yes). `last_must_be_beyond`: the newest point must be among those beyond, so
    that a process on its way back is not accused again (default yes, as R qcc). Raises ValueError for other numbers.
    """
    known = {
        1: ZoneRule(1, 1, 1, 3.0),
        2: ZoneRule(2, 2, 3, 2.0, math.inf if beyond_3_counts else 3.0, last_must_be_beyond),
        3: ZoneRule(3, 4, 5, 1.0, math.inf, last_must_be_beyond),
        4: ZoneRule(4, 8, 8, 0.0),
    }
    unknown = sorted(set(numbers) - set(known))
    if unknown:
        raise ValueError(f"there is no Western Electric rule {unknown[0]}: the rules are 1 to 4")
    return tuple(known[number] for number in sorted(set(numbers)))


WESTERN_ELECTRIC = western_electric()


class _Lane(NamedTuple):
    """The bits that one rule keeps of one side: the newest point lowest."""

    rule: int
    needed: int
    window: int
    shift: int
    mask: int


class RunRules:
    """The rules of one chart with all they need to remember, packed into the bits of one integer.

    Each rule has two lanes of `window` bits, one a side; a point shifts all lanes at once.
    """

    def __init__(self, rules: Sequence[ZoneRule] = WESTERN_ELECTRIC) -> None:
        self._levels = sorted({level for rule in rules for level in (rule.beyond, rule.not_beyond)} - {math.inf})
        self._history = 0
        self._seen = 0
        above, below, lowest = _lay_out(rules)
        self._keep = ~lowest
        edges = (-math.inf, *self._levels, math.inf)
        self._above = [_entry(rules, above, below, over, up_to) for over, up_to in pairwise(edges)]
        self._below = [_entry(rules, below, above, over, up_to) for over, up_to in pairwise(edges)]

    def add(self, number: int, z: float) -> tuple[RuleViolation, ...]:
        """The rules that point `number` completes, in the order given. NaN is a gap."""
        if z != z:  # noqa: PLR0124 (NaN, without a call: this runs for every part)
            self.gap()
            return ()
        level = bisect_left(self._levels, abs(z))
        bits, lanes = (self._above if z > 0.0 else self._below)[level]
        history = self._history = (self._history << 1) & self._keep | bits
        self._seen += 1
        found = ()
        for rule, needed, window, shift, mask in lanes:
            counted = history & mask
            if counted.bit_count() >= needed and self._seen >= window:
                found += (RuleViolation(rule, number + 1 - (counted >> shift).bit_length(), number),)
        return found

    def gap(self) -> None:
        """Forget: no pattern reaches across a gap."""
        self._history = self._seen = 0


def _lay_out(rules: Sequence[ZoneRule]) -> tuple[list[_Lane], list[_Lane], int]:
    """Lanes above and below the centre line side by side, and the mask of their lowest bits."""
    above, below, shift, lowest = list[_Lane](), list[_Lane](), 0, 0
    for side in (above, below):
        for rule in rules:
            side.append(_Lane(rule.number, rule.needed, rule.window, shift, ((1 << rule.window) - 1) << shift))
            lowest |= 1 << shift
            shift += rule.window
    return above, below, lowest


def _entry(
    rules: Sequence[ZoneRule], own: Sequence[_Lane], other: Sequence[_Lane], over: float, up_to: float
) -> tuple[int, tuple[_Lane, ...]]:
    """What a point with |z| in (over, up_to] adds to its own side's lanes, and the lanes it may complete."""
    bits, completes = 0, list[_Lane]()
    for rule, lane, opposite in zip(rules, own, other, strict=True):
        counted = over >= rule.beyond and up_to <= rule.not_beyond
        bits |= counted << lane.shift
        if counted or not rule.last_counts:
            completes.append(lane)
        if not rule.last_counts:
            completes.append(opposite)
    return bits, tuple(completes)


def find_violations(z: Floats, rules: Sequence[ZoneRule] = WESTERN_ELECTRIC) -> tuple[RuleViolation, ...]:
    """All violations in a series of standardised points, shape [n]; NaN is a gap. Points are numbered from 1.

    Sorted by last point, then in the order of `rules`.
    """
    z = np.asarray(z, dtype=np.float64)
    index = np.arange(z.size)
    since_gap = np.maximum.accumulate(np.where(np.isnan(z), index + 1, 0)) if z.size else index
    found = list[tuple[int, int, RuleViolation]]()
    for order, rule in enumerate(rules):
        opens = np.maximum(index - rule.window + 1, 0)
        whole = index - rule.window + 1 >= since_gap
        for side in (z, -z):
            counted = (side > rule.beyond) & (side <= rule.not_beyond)
            total = np.concatenate(([0], np.cumsum(counted)))
            broken = whole & (total[1:] - total[opens] >= rule.needed)
            if rule.last_counts:
                broken &= counted
            earliest = np.flatnonzero(counted)
            for last in np.flatnonzero(broken):
                first = earliest[np.searchsorted(earliest, opens[last])]
                found.append((int(last), order, RuleViolation(rule.number, int(first) + 1, int(last) + 1)))
    return tuple(violation for _, _, violation in sorted(found))
