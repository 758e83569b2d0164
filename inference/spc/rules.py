"""Run rules on the standardised point z = (statistic - centre line) / standard error, a point at a time.

| rule | pattern | source |
|---|---|---|
| `ZoneRule` | m of n points beyond k on one side; a run is n of n beyond 0 | Western Electric 1956; Nelson 1984 |
| `TrendRule` | n points strictly rising or strictly falling | Nelson test 3 |
| `AlternatingRule` | n points alternating up and down | Nelson test 4 |
| `WithinRule` | n points in a row within k of the centre line | Nelson test 7 |
| `OutsideRule` | n points in a row beyond k, on both sides | Nelson test 8 |

A point is named when it completes the pattern, and again at each later point while the pattern persists. "Beyond" is
strict unless a rule says otherwise. A rule speaks only once its whole window has been seen (as R qcc), and a gap ends
every pattern. Equal neighbours end a trend and an alternation.

Promises: `RunRules` costs the same for each point however long the history; `inference.spc.violations` finds the same
violations in a whole series at once.
May import: inference.spc.limits.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from inference.spc.limits import SpcError

LONGEST_WINDOW = 255
"""Points that a pattern may look back on."""


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
    on_line: bool = False
    """A point on the line counts as beyond it; on the centre line it counts for both sides."""

    def __post_init__(self) -> None:
        if not 1 <= self.needed <= self.window <= LONGEST_WINDOW:
            raise SpcError(f"rule {self.number}: {self.needed} of {self.window} points cannot be")
        if not 0.0 <= self.beyond < self.not_beyond:
            raise SpcError(f"rule {self.number}: beyond {self.beyond:g} and not beyond {self.not_beyond:g} cannot be")


@dataclass(frozen=True, slots=True)
class TrendRule:
    """`window` points in a row, each above (or each below) the one before."""

    number: int
    window: int

    def __post_init__(self) -> None:
        _at_least(self.number, self.window, 2)


@dataclass(frozen=True, slots=True)
class AlternatingRule:
    """`window` points in a row that go up and down in turn."""

    number: int
    window: int

    def __post_init__(self) -> None:
        _at_least(self.number, self.window, 3)


@dataclass(frozen=True, slots=True)
class WithinRule:
    """`window` points in a row with |z| <= `within`: limits too wide, or subgroups of mixed streams."""

    number: int
    window: int
    within: float

    def __post_init__(self) -> None:
        _at_least(self.number, self.window, 1)
        _from_zero(self.number, self.within)


@dataclass(frozen=True, slots=True)
class OutsideRule:
    """`window` points in a row with |z| > `beyond`."""

    number: int
    window: int
    beyond: float
    both_sides: bool = True
    """At least one above and one below (Nelson; Minitab does not ask for it)."""

    def __post_init__(self) -> None:
        _at_least(self.number, self.window, 2)
        _from_zero(self.number, self.beyond)


Rule = ZoneRule | TrendRule | AlternatingRule | WithinRule | OutsideRule


class RuleViolation(NamedTuple):
    """A rule broken by the points from `first` (the earliest that counts) to `last`, by number."""

    rule: int
    first: int
    last: int


TIE = 1e-9
"""A point so near a line lies on it: z carries the rounding of (statistic - centre line) / standard error, so that 65
of 100 pieces, on the upper limit of p = 0.5, come to z = 3.0000000000000004. True ties are common in counts; a point
that lies beyond a line by less than a thousand-millionth of its standard error is not."""


def levels_of(rule: Rule) -> tuple[float, ...]:
    """What |z| is compared with, a tie moved to its side of the line.

    Of a zone rule the level that |z| must exceed and the one it must not; of the others their one; none of rules on the
    order of the points.
    """
    if isinstance(rule, ZoneRule):
        return rule.beyond - TIE if rule.on_line else rule.beyond + TIE, rule.not_beyond + TIE
    if isinstance(rule, WithinRule):
        return (rule.within + TIE,)
    return (rule.beyond + TIE,) if isinstance(rule, OutsideRule) else ()


class _Lane(NamedTuple):
    """The bits that one rule keeps, the newest point lowest."""

    order: int
    rule: int
    needed: int
    window: int
    shift: int
    mask: int
    above: int = 0
    """Of an `OutsideRule` that asks for both sides: the mask of its points above the centre line."""


Entry = tuple[int, tuple[_Lane, ...]]
"""What a point adds to the bits, and the lanes that it may complete."""


class RunRules:
    """The rules of one chart with all they need to remember: one integer of bits and two counters.

    Each zone rule has two lanes of `window` bits, one a side; a point shifts all lanes at once.
    """

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        table = _Table(rules)
        self._levels, self._keep = table.levels, table.keep
        self._above, self._below, self._centre = table.entries
        self._runs = [(k, r.number, r.window) for k, r in enumerate(rules) if isinstance(r, TrendRule)]
        self._turns = [(k, r.number, r.window) for k, r in enumerate(rules) if isinstance(r, AlternatingRule)]
        self._ordered = bool(self._runs or self._turns)
        self.gap()

    def gap(self) -> None:
        """Forget: no pattern reaches across a gap."""
        self._history = self._seen = self._direction = 0
        self._previous = math.nan
        self._run = self._swings = 1
        """Points in a row that rise or that fall; that go up and down in turn."""

    def add(self, number: int, z: float) -> tuple[RuleViolation, ...]:
        """The rules that point `number` completes, in the order given. NaN is a gap."""
        if z != z:  # noqa: PLR0124 (NaN, without a call: this runs for every part)
            self.gap()
            return ()
        side = self._above if z >= TIE else self._below if z <= -TIE else self._centre
        bits, lanes = side[bisect_left(self._levels, abs(z))]
        history = self._history = (self._history << 1) & self._keep | bits
        seen = self._seen = self._seen + 1
        found: list[tuple[int, RuleViolation]] | None = None
        for order, rule, needed, window, shift, mask, above in lanes:
            counted = history & mask
            if counted.bit_count() >= needed and seen >= window and (not above or 0 != history & above != above):
                found = found or []
                found.append((order, RuleViolation(rule, number + 1 - (counted >> shift).bit_length(), number)))
        if self._ordered and self._compare(z):
            found = self._of_order(number, found or [])
        return tuple([violation for _, violation in found]) if found else ()

    def _compare(self, z: float) -> bool:
        """Count on which of two neighbours is the larger; True where a run or a swing is longer than two points."""
        before, self._previous = self._previous, z
        was = self._direction
        direction = self._direction = 1 if z > before else -1 if z < before else 0
        if not direction:
            self._run = self._swings = 1
            return False
        self._run = self._run + 1 if direction == was else 2
        self._swings = self._swings + 1 if direction == -was else 2
        return True

    def _of_order(self, number: int, found: list[tuple[int, RuleViolation]]) -> list[tuple[int, RuleViolation]]:
        for length, rules in ((self._run, self._runs), (self._swings, self._turns)):
            for order, rule, window in rules:
                if length >= window:
                    found.append((order, RuleViolation(rule, number + 1 - window, number)))
        found.sort(key=itemgetter(0))
        return found


class _Table:
    """What a point does, by its side of the centre line and the levels its |z| lies between."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._shift = self._lowest = 0
        self._lanes = [(rule, *self._lanes_of(k, rule)) for k, rule in enumerate(rules)]
        self.keep = (1 << self._shift) - 1 & ~self._lowest
        levels = {level for rule in rules for level in levels_of(rule)}
        self.levels = sorted(level for level in levels if 0.0 <= level < math.inf)
        intervals = list(pairwise((-TIE, *self.levels, math.inf)))
        self.entries = tuple([self._entry(side, *interval) for interval in intervals] for side in (1, -1, 0))

    def _lanes_of(self, order: int, rule: Rule) -> tuple[_Lane, _Lane] | tuple[_Lane] | tuple[()]:
        """Lanes (above, below) of a zone rule, (whole,) of the others, none of the rules of order."""
        if isinstance(rule, ZoneRule):
            return self._lane(order, rule.number, rule.needed, rule.window), self._lane(
                order, rule.number, rule.needed, rule.window
            )
        if isinstance(rule, WithinRule):
            return (self._lane(order, rule.number, rule.window, rule.window),)
        if isinstance(rule, OutsideRule):
            above = self._lane(order, rule.number, rule.window, rule.window).mask if rule.both_sides else 0
            return (self._lane(order, rule.number, rule.window, rule.window)._replace(above=above),)
        return ()

    def _lane(self, order: int, number: int, needed: int, window: int) -> _Lane:
        lane = _Lane(order, number, needed, window, self._shift, ((1 << window) - 1) << self._shift)
        self._lowest |= 1 << self._shift
        self._shift += window
        return lane

    def _entry(self, side: int, over: float, up_to: float) -> Entry:
        """What a point on this side with |z| in (over, up_to] adds, and the lanes it may complete."""
        bits, completes = 0, list[_Lane]()
        for rule, *lanes in self._lanes:
            if isinstance(rule, ZoneRule):
                beyond, not_beyond = levels_of(rule)
                counted = over >= beyond and up_to <= not_beyond
                for lane, of_side in zip(lanes, (1, -1), strict=True):
                    there = counted and side * of_side >= 0
                    bits |= there << lane.shift
                    if there or not rule.last_counts:
                        completes.append(lane)
            elif lanes and _is_counted(rule, over, up_to):
                (lane,) = lanes
                bits |= 1 << lane.shift
                if lane.above and side > 0:
                    bits |= lane.above & -lane.above
                completes.append(lane)
        return bits, tuple(completes)


def _is_counted(rule: Rule, over: float, up_to: float) -> bool:
    (level,) = levels_of(rule)
    return up_to <= level if isinstance(rule, WithinRule) else over >= level


def _from_zero(number: int, level: float) -> None:
    if not 0.0 <= level < math.inf:
        raise SpcError(f"rule {number}: a distance of {level:g} from the centre line cannot be")


def _at_least(number: int, window: int, least: int) -> None:
    if not least <= window <= LONGEST_WINDOW:
        raise SpcError(f"rule {number}: a pattern of {window} points cannot be, it takes {least} to {LONGEST_WINDOW}")
