"""How parts become readings: one a part, one a subgroup, one each time something happens.

Subgroup k of n parts holds the sequence numbers k n + 1 to k n + n, so its borders do not depend on where the counting
began; it closes with its last part, or, short, when a part of a later subgroup arrives. A short subgroup is plotted
with limits of its own size, or is a gap, as its plan says. A subgroup of one of m cavities reaches over n m sequence
numbers, so that it holds n parts of its cavity where they take turns, and about n where their serials tell them apart.

Promises: readings follow from the parts and their sequence numbers alone.
May import: inference.chart_plan, inference.pipeline, inference.spc.
"""

from __future__ import annotations

import math
from typing import Protocol

from inference.chart_plan import COUNTED, SUMMED, Cavities, ChartPlan
from inference.pipeline.ports import Observation
from inference.pipeline.readings import Reading, count_of, value_of
from inference.spc.subgroup import summarise


class Source(Protocol):
    """How a chart comes to its readings."""

    def take(self, observation: Observation) -> tuple[Reading, ...]:
        """The readings that are complete with this part, in order."""
        ...

    def skip_until_border(self) -> None:
        """Parts before the next one are unknown: leave out what cannot be formed without them."""
        ...


def source_of(plan: ChartPlan, cavities: Cavities | None = None) -> Source:
    """The readings of this chart, or of its chart of one of `cavities`.

    Raises SpcError for a characteristic that its kind cannot take.
    """
    if plan.kind == "g":
        return Between(plan)
    if plan.kind in COUNTED:
        return Subgroups(plan, Counting(plan), cavities)
    return Subgroups(plan, Summing(plan), cavities) if plan.kind in SUMMED else Parts(plan)


def parts_of_point(plan: ChartPlan, cavities: Cavities | None = None) -> int:
    """Over how many sequence numbers a point of parts in subgroups reaches; otherwise 1."""
    return plan.subgroup * (len(cavities.names) if cavities else 1) if plan.grouped else 1


class Parts:
    """One reading a part: its score, its number of defects, its time, or a measured value."""

    def __init__(self, plan: ChartPlan) -> None:
        self._value = value_of(plan)

    def take(self, observation: Observation) -> tuple[Reading, ...]:
        """The part's one reading."""
        return (Reading(observation.seq, self._value(observation), 1, observation.seq, observation.utc_s),)

    def skip_until_border(self) -> None:
        """A part stands alone."""


class Between:
    """One reading each time a part has what is counted: how many that do not lie between it and the one before.

    The first one only begins the count, since nothing is known of the parts before it.
    """

    def __init__(self, plan: ChartPlan) -> None:
        self._count = count_of(plan)
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
        self._count = count_of(plan)
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

    def __init__(self, plan: ChartPlan, collecting: Collecting, cavities: Cavities | None = None) -> None:
        self._parts, self._gap_if_short = plan.subgroup, plan.short == "gap"
        self._span = parts_of_point(plan, cavities)
        self._step = len(cavities.names) if cavities and not cavities.serial_pattern else 1
        """To the next part that may be one of this chart's."""
        self._collecting = collecting
        self._open: tuple[int, int, float] | None = None
        """Number, last sequence number and its time."""
        self._taken = 0
        self._skipping: int | None = None
        self._may_skip = False

    def take(self, observation: Observation) -> tuple[Reading, ...]:
        """The subgroups that end with this part or before it."""
        subgroup, place = divmod(observation.seq - 1, self._span)
        number = subgroup + 1
        if self._may_skip:
            self._may_skip = False
            self._skipping = number if place >= self._step else None
        if self._skipping == number:
            return ()
        ready = self._close() if self._open is not None and self._open[0] != number else ()
        self._open = (number, observation.seq, observation.utc_s)
        self._collecting.put(observation)
        self._taken += 1
        return (*ready, *self._close()) if place + self._step >= self._span else ready

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
