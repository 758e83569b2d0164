"""What each chart takes of the judged parts: one reading a part, or one a subgroup.

| chart of | takes |
|---|---|
| `reject` | a subgroup's NOT_OK parts among its OK and NOT_OK parts |
| `not_decidable` | a subgroup's NOT_DECIDABLE parts among all its parts |
| `borderline` | a subgroup's parts with a score within a factor of 1.5 of the threshold, among those with a score |
| `defects` | how many defects were found: of a part (c), of a subgroup (u: per part) |
| any of the above, g chart | the parts that lie between two that have it |
| `score` | the score of parts judged OK; a NOT_OK part is a special cause, counted by the p chart, and here a gap |
| `duration_ms` | the time from the first step to the verdict |
| anything else | the measured value, whatever the verdict; a value that is missing is a gap |

Subgroup k of n parts holds the sequence numbers k n + 1 to k n + n, so its borders do not depend on where the counting
began; it closes with its last part, or, short, when a part of a later subgroup arrives. A short subgroup is plotted
with limits of its own size, or is a gap, as its plan says.

Promises: readings follow from the parts and their sequence numbers alone.
May import: inference.chart_plan, inference.pipeline.ports, inference.spc.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from inference.chart_plan import COUNTED, SUMMED, ChartPlan
from inference.pipeline.ports import Observation
from inference.spc.limits import SpcError
from inference.spc.subgroup import summarise

_SCORE_MARGIN = 1e-6
BORDERLINE_FACTOR = 1.5
"""A score between threshold / 1.5 and threshold x 1.5 could as well have lain on the other side."""


class Reading(NamedTuple):
    """What one chart takes of one part, or of one subgroup."""

    number: int
    """Those of neighbours follow one another; a jump says that something else ran in between."""
    value: float
    """NaN for a gap."""
    size: int
    seq: int
    """Of the (last) part behind it."""
    utc_s: float
    spread: float = math.nan
    """Of a mean: range or deviation of its subgroup."""


class Source(Protocol):
    """How a chart comes to its readings."""

    def take(self, observation: Observation) -> tuple[Reading, ...]:
        """The readings that are complete with this part, in order."""
        ...

    def skip_until_border(self) -> None:
        """Parts before the next one are unknown: leave out what cannot be formed without them."""
        ...


def source_of(plan: ChartPlan) -> Source:
    """The readings of this chart. Raises SpcError for a characteristic that its kind cannot count."""
    if plan.kind == "g":
        return Between(plan)
    if plan.kind in COUNTED:
        return Subgroups(plan, Counting(plan))
    return Subgroups(plan, Summing(plan)) if plan.kind in SUMMED else Parts(plan)


class Parts:
    """One reading a part: its score, its number of defects, its time, or a measured value."""

    def __init__(self, plan: ChartPlan) -> None:
        self._value = value_of(plan)

    def take(self, observation: Observation) -> tuple[Reading, ...]:
        """The part's one reading."""
        return (Reading(observation.seq, self._value(observation), 1, observation.seq, observation.utc_s),)

    def skip_until_border(self) -> None:
        """A part stands alone."""


def value_of(plan: ChartPlan) -> Callable[[Observation], float]:
    """What a chart of single values takes of a part; NaN where it has none."""
    take = _TAKES.get(plan.characteristic)
    if take is None:
        take = _measured(plan.characteristic)
    if plan.transform == "none":
        return take
    return lambda observation: _logit_or_nan(take(observation))


def _measured(characteristic: str) -> Callable[[Observation], float]:
    return lambda observation: observation.values.get(characteristic, math.nan)


def _score(observation: Observation) -> float:
    return math.nan if observation.verdict != "OK" or observation.score is None else observation.score


def _duration(observation: Observation) -> float:
    return math.nan if observation.duration_ms is None else observation.duration_ms


def _defects(observation: Observation) -> float:
    return math.nan if observation.verdict == "NOT_DECIDABLE" else float(observation.defects)


_TAKES: Mapping[str, Callable[[Observation], float]] = {
    "score": _score,
    "duration_ms": _duration,
    "defects": _defects,
}


class Between:
    """One reading each time a part has what is counted: how many that do not lie between it and the one before.

    The first one only begins the count, since nothing is known of the parts before it.
    """

    def __init__(self, plan: ChartPlan) -> None:
        self._count = _count_of(plan)
        self._without: int | None = None

    def take(self, observation: Observation) -> tuple[Reading, ...]:
        """A reading where this part has it."""
        counted = self._count(observation)
        if not counted:
            if counted is not None and self._without is not None:
                self._without += 1
            return ()
        without, self._without = self._without, 0
        if without is None:
            return ()
        return (Reading(observation.seq, float(without), 1, observation.seq, observation.utc_s),)

    def skip_until_border(self) -> None:
        """The count begins with the first part that has it in any case."""


class Collecting(Protocol):
    """How the parts of one subgroup become its value."""

    def clear(self) -> None:
        """A new subgroup begins."""
        ...

    def put(self, observation: Observation) -> None:
        """One more part of it."""
        ...

    def reading(self) -> tuple[float, int, float]:
        """Value, size and spread of what was put in; size 0 or a value of NaN is a gap."""
        ...


class Counting:
    """How many parts of a subgroup have something, or how many things they have."""

    def __init__(self, plan: ChartPlan) -> None:
        self._count = _count_of(plan)
        self.clear()

    def clear(self) -> None:
        """Nothing is counted yet."""
        self._counted = self._size = 0

    def put(self, observation: Observation) -> None:
        """Count this part; None: it is not among those counted."""
        counted = self._count(observation)
        if counted is not None:
            self._counted += counted
            self._size += 1

    def reading(self) -> tuple[float, int, float]:
        """The count among the parts counted."""
        return float(self._counted), self._size, math.nan


def _rejected(observation: Observation) -> int | None:
    return None if observation.verdict == "NOT_DECIDABLE" else int(observation.verdict == "NOT_OK")


def _undecided(observation: Observation) -> int | None:
    return int(observation.verdict == "NOT_DECIDABLE")


def _borderline(observation: Observation) -> int | None:
    score, threshold = observation.score, observation.threshold
    if score is None or threshold is None:
        return None
    return int(threshold / BORDERLINE_FACTOR < score < threshold * BORDERLINE_FACTOR)


def _found(observation: Observation) -> int | None:
    return None if observation.verdict == "NOT_DECIDABLE" else observation.defects


COUNTS: Mapping[str, Callable[[Observation], int | None]] = {
    "reject": _rejected,
    "not_decidable": _undecided,
    "borderline": _borderline,
    "defects": _found,
}
"""Characteristic → what a part adds to its subgroup's count; None: it is not among the parts counted."""


_OF_THINGS = frozenset({"u", "laney_u"})
"""Kinds whose count may exceed the number of parts."""


def _count_of(plan: ChartPlan) -> Callable[[Observation], int | None]:
    """Raises SpcError for a characteristic that this kind cannot count."""
    known = [name for name in COUNTS if plan.kind in _OF_THINGS or name != "defects"]
    if plan.characteristic not in known:
        raise SpcError(f"a {plan.kind} chart counts {' or '.join(known)}, not {plan.characteristic!r}")
    return COUNTS[plan.characteristic]


class Summing:
    """The mean, range or standard deviation of a subgroup's values."""

    def __init__(self, plan: ChartPlan) -> None:
        self._value = value_of(plan)
        self._kind = plan.kind
        method = plan.settings.sigma_method or "Rbar/d2"
        self._by_range = method in {"Rbar/d2", "UWAVE-R", "MVLUE-R"}
        self.clear()

    def clear(self) -> None:
        """No value is there yet."""
        self._values = list[float]()

    def put(self, observation: Observation) -> None:
        """One more value, where the part has one."""
        self._values.append(self._value(observation))

    def reading(self) -> tuple[float, int, float]:
        """The chart's own statistic; of a mean also the spread that its sigma is taken from."""
        size, mean, span, deviation = summarise(self._values)
        if self._kind == "xbar":
            return mean, size, span if self._by_range else deviation
        return span if self._kind == "r" else deviation, size, math.nan


class Subgroups:
    """One reading a subgroup of parts. The borders follow from the sequence numbers."""

    def __init__(self, plan: ChartPlan, collecting: Collecting) -> None:
        self._parts, self._gap_if_short = plan.subgroup, plan.short == "gap"
        self._collecting = collecting
        self._open: tuple[int, int, float] | None = None
        """Number, last sequence number and its time."""
        self._taken = 0
        self._skipping: int | None = None
        self._may_skip = False

    def take(self, observation: Observation) -> tuple[Reading, ...]:
        """The subgroups that end with this part or before it."""
        subgroup, place = divmod(observation.seq - 1, self._parts)
        number = subgroup + 1
        if self._may_skip:
            self._may_skip = False
            self._skipping = number if place else None
        if self._skipping == number:
            return ()
        ready = self._close() if self._open is not None and self._open[0] != number else ()
        self._open = (number, observation.seq, observation.utc_s)
        self._collecting.put(observation)
        self._taken += 1
        return (*ready, *self._close()) if place == self._parts - 1 else ready

    def _close(self) -> tuple[Reading, ...]:
        assert self._open is not None, "a subgroup is open"
        number, seq, utc_s = self._open
        value, size, spread = self._collecting.reading()
        if self._gap_if_short and self._taken < self._parts:
            value = math.nan
        self._collecting.clear()
        self._open, self._taken = None, 0
        return (Reading(number, value, size, seq, utc_s, spread),)

    def skip_until_border(self) -> None:
        """Leave out the next part's subgroup unless it begins with that part."""
        self._may_skip = True


def logit(score: float) -> float:
    """ln(s / (1 - s)) of a score from 0 to 1, clipped 1e-6 from the ends: evens out a score's crowding at 0 and 1."""
    clipped = min(max(score, _SCORE_MARGIN), 1.0 - _SCORE_MARGIN)
    return math.log(clipped / (1.0 - clipped))


def _logit_or_nan(value: float) -> float:
    return value if math.isnan(value) else logit(value)
