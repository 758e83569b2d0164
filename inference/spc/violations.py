"""All violations of run rules in a whole series at once, in columns.

A run of n is found by doubling: r AND (r shifted by 1), by 2, by 4 …, so that it takes log2(n) passes; "m of n" by
adding n columns of bytes. The patterns are those of `inference.spc.rules`, point for point.

Promises: the same violations as `RunRules`, in the same order, and no work for points that break nothing.
May import: numpy, inference.spc.rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference.spc.rules import (
    AlternatingRule,
    OutsideRule,
    Rule,
    RuleViolation,
    TrendRule,
    WithinRule,
    ZoneRule,
    levels_of,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_POINTS = 131_072
"""Points at a time: what is worked on stays in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Violations:
    """Rules broken in a series. All arrays have shape [k], sorted by last point, then in the order of the rules."""

    rule: Ints
    first: Ints
    """Number of the earliest point that belongs to the pattern, counted from 1."""
    last: Ints
    """Number of the point that completes it."""

    def __len__(self) -> int:
        return self.rule.size

    def __iter__(self) -> Iterator[RuleViolation]:
        return map(RuleViolation._make, zip(self.rule.tolist(), self.first.tolist(), self.last.tolist(), strict=True))

    def of(self, rule: int) -> Ints:
        """Numbers of the points that complete this rule, rising, shape [k]."""
        return self.last[self.rule == rule]

    def moved(self, by: int) -> Violations:
        """The same with all points numbered `by` higher."""
        return Violations(self.rule, self.first + by, self.last + by)


def joined(parts: Sequence[Violations]) -> Violations:
    """Violations of series that follow one another, as one."""
    if not parts:
        none = np.empty(0, dtype=np.int64)
        return Violations(none, none, none)
    return Violations(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("rule", "first", "last")))


def find_violations(z: Floats, rules: Sequence[Rule]) -> Violations:
    """All violations in a series of standardised points, shape [n]; NaN is a gap, ±inf is beyond everything."""
    z = np.ascontiguousarray(z, dtype=np.float64)
    reach = max((rule.window for rule in rules), default=1) - 1
    return joined(
        [
            _found(z[max(a - reach, 0) : a + _POINTS], min(a, reach), rules).moved(max(a - reach, 0))
            for a in range(0, z.size, _POINTS)
        ]
    )


def _found(z: Floats, before: int, rules: Sequence[Rule]) -> Violations:
    """Those that end after the first `before` points."""
    seen = _Seen(z)
    found = [hit for order, rule in enumerate(rules) for hit in _hits(seen, order, rule)]
    if not found:
        return joined(())
    order, number, first, last = (np.concatenate(column) for column in zip(*found, strict=True))
    sort = np.lexsort((order, last))  # stable: the side above stands before the side below
    sort = sort[np.searchsorted(last[sort], before, side="right") :]
    return Violations(number[sort], first[sort], last[sort])


_Hit = tuple[Ints, Ints, Ints, Ints]
"""Order of the rule, its number, first and last points."""


class _Seen:
    """A series with what several rules ask of it, each worked out once."""

    def __init__(self, z: Floats) -> None:
        self.z = z
        self.gaps = np.isnan(z)
        self.gapped = bool(self.gaps.any())
        self._beyond = dict[tuple[int, float], Bools]()

    def beyond(self, side: int, level: float) -> Bools:
        """Where side * z > level."""
        key = (side, level)
        if key not in self._beyond:
            self._beyond[key] = self.z > level if side > 0 else self.z < -level
        return self._beyond[key]

    def outside(self, level: float) -> Bools:
        """Where |z| > level."""
        return self.beyond(1, level) | self.beyond(-1, level)

    def whole(self, window: int) -> Bools:
        """Where the last `window` points have no gap among them."""
        if self.gapped:
            return run_of(~self.gaps, window)
        whole = np.ones(self.z.size, dtype=np.bool_)
        whole[: window - 1] = False
        return whole


def run_of(flags: Bools, window: int) -> Bools:
    """Where this flag and the `window` - 1 before it are all set, shape [n]."""
    run, length = flags, 1
    while length < window:
        step = min(length, window - length)
        longer = np.zeros_like(run)
        np.logical_and(run[step:], run[:-step], out=longer[step:])
        run, length = longer, length + step
    return run


def _hits(seen: _Seen, order: int, rule: Rule) -> Iterator[_Hit]:
    if isinstance(rule, ZoneRule):
        for side in (1, -1):
            counted, broken = _zone(seen, rule, side)
            last = np.flatnonzero(broken)
            if last.size:
                yield _hit(order, rule, _earliest(counted, last, rule), last)
        return
    last = np.flatnonzero(_broken(seen, rule))
    if last.size:
        yield _hit(order, rule, last - rule.window + 1, last)


def _hit(order: int, rule: Rule, first: Ints, last: Ints) -> _Hit:
    return np.full_like(last, order), np.full_like(last, rule.number), first + 1, last + 1


def _zone(seen: _Seen, rule: ZoneRule, side: int) -> tuple[Bools, Bools]:
    """Which points count, and where enough of the last `window` do."""
    level, left_out = levels_of(rule)
    counted = seen.beyond(side, level)
    if left_out < np.inf:
        counted = counted & ~seen.beyond(side, left_out)
    if rule.needed == rule.window:
        return counted, run_of(counted, rule.window)
    if not counted.any():
        return counted, counted
    broken = _sum_of(counted, rule.window) >= rule.needed
    broken &= seen.whole(rule.window)
    if rule.last_counts:
        broken &= counted
    return counted, broken


def _sum_of(counted: Bools, window: int) -> npt.NDArray[np.uint8]:
    """How many of the last `window` flags are set, shape [n]."""
    flags = counted.view(np.uint8)
    total = flags.copy()  # a byte holds the sum: no window is longer than LONGEST_WINDOW
    for back in range(1, min(window, flags.size)):
        total[back:] += flags[:-back]
    return total


def _earliest(counted: Bools, last: Ints, rule: ZoneRule) -> Ints:
    """The earliest point that counts in each window."""
    if rule.needed == rule.window:
        return last - rule.window + 1
    first = last.copy()
    for back in range(rule.window):
        first = np.where(counted[last - back], last - back, first)
    return first


def _broken(seen: _Seen, rule: TrendRule | AlternatingRule | WithinRule | OutsideRule) -> Bools:
    z, window = seen.z, rule.window
    if isinstance(rule, WithinRule):
        (level,) = levels_of(rule)
        inside = ~seen.outside(level)
        return run_of(inside & ~seen.gaps if seen.gapped else inside, window)
    if isinstance(rule, OutsideRule):
        (level,) = levels_of(rule)
        broken = run_of(seen.outside(level), window)
        if rule.both_sides:
            broken = broken & ~run_of(seen.beyond(1, level), window) & ~run_of(seen.beyond(-1, level), window)
        return broken
    rises, falls = np.zeros((2, z.size), dtype=np.bool_)
    np.greater(z[1:], z[:-1], out=rises[1:])
    np.less(z[1:], z[:-1], out=falls[1:])
    if isinstance(rule, TrendRule):
        return run_of(rises, window - 1) | run_of(falls, window - 1)
    turns = np.zeros(z.size, dtype=np.bool_)
    turns[1:] = rises[1:] & falls[:-1] | falls[1:] & rises[:-1]
    return run_of(turns, window - 2)
