"""`ShiftPlan`: what a shift and a production day are, defined once for charts, ranges and reports.

A shift begins at the first moment at which the clock on the wall shows its start or later: where clocks go forward over
a start it begins with the jump, where they go back it begins when the start is shown for the first time. A shift over
midnight belongs to the day on which it began; a production day begins with its first shift.

Promises: every moment lies in exactly one shift, also on the days on which clocks change.
May import: numpy, the standard library.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ROUND_THE_CLOCK = ("06:00", "14:00", "22:00")
_DAY_S = 86_400
_EPOCH = date(1970, 1, 1).toordinal()
_DAYS_AROUND = (-2, -1, 0, 1)
"""A moment's shift began on one of these days, counted from the moment's UTC day: zones reach from -12 h to +14 h."""
_START = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class ShiftPlan:
    """When shifts begin, on the wall clock of `zone`. One start: one shift a day."""

    zone: tzinfo = UTC
    starts: tuple[str, ...] = ROUND_THE_CLOCK
    """As `06:00`, rising; the first one begins the production day."""

    def __post_init__(self) -> None:
        """Raises ValueError for starts that are no times or do not rise."""
        refuse_starts(self.starts)


@dataclass(frozen=True, slots=True, eq=False)
class ShiftColumns:
    """The shift of each of n moments."""

    day: Ints
    """int64[n], the production day as a proleptic Gregorian ordinal (`date.fromordinal`)."""
    shift: Ints
    """int64[n], place in the plan's starts."""
    begin_s: Floats
    """float64[n], when the shift began, UTC seconds."""


def refuse_starts(starts: Sequence[str]) -> None:
    """Raise ValueError unless these are times of day, rising."""
    if not starts:
        raise ValueError("a day has one shift or more: name when it begins, such as 06:00")
    for start in starts:
        if not _START.fullmatch(start):
            raise ValueError(f"{start!r} is no time of day; expected such as 06:00")
    if any(early >= late for early, late in pairwise(starts)):
        raise ValueError(f"shifts begin one after another, each later in the day, not at {', '.join(starts)}")


def shifts_of(plan: ShiftPlan, utc_s: Floats) -> ShiftColumns:
    """Day and shift of each moment, `utc_s` float64[n] in UTC seconds, finite, in any order."""
    if not utc_s.size:
        return ShiftColumns(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    utc_days = np.unique(np.floor_divide(utc_s, _DAY_S).astype(np.int64))
    days = np.unique(np.concatenate([utc_days + around for around in _DAYS_AROUND])).tolist()
    begins = np.array([_begin_s(plan, day, start) for day in days for start in plan.starts])
    # a shift that the jump of the clock swallowed has no length: the later one of two that begin together counts
    found = np.searchsorted(begins, utc_s, side="right") - 1
    place, shift = np.divmod(found, len(plan.starts))
    return ShiftColumns(np.array(days, np.int64)[place] + _EPOCH, shift, begins[found])


def shift_begin(plan: ShiftPlan, utc_s: float) -> float:
    """When the shift of this moment began, UTC seconds."""
    return float(shifts_of(plan, np.array([utc_s])).begin_s[0])


def day_begin(plan: ShiftPlan, utc_s: float) -> float:
    """When the production day of this moment began, UTC seconds."""
    day = int(shifts_of(plan, np.array([utc_s])).day[0])
    return _begin_s(plan, day - _EPOCH, plan.starts[0])


def _begin_s(plan: ShiftPlan, day: int, start: str) -> float:
    """The first moment, UTC seconds, at which the wall clock shows `start` of `day` (counted from 1970) or later."""
    wall = datetime.combine(date.fromordinal(day + _EPOCH), time.fromisoformat(start))
    before, after = (wall.replace(tzinfo=plan.zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    naive_s = (wall - datetime(1970, 1, 1)).total_seconds()  # noqa: DTZ001 (a clock on the wall has no zone)
    if after <= before:
        return naive_s - before.total_seconds()
    return _jump_s(plan.zone, naive_s - after.total_seconds(), naive_s - before.total_seconds(), after)


def _jump_s(zone: tzinfo, before_s: float, after_s: float, offset: timedelta) -> float:
    """When, to the second, the zone's offset became `offset`: later than `before_s`, at the latest at `after_s`."""
    low, high = int(before_s), int(after_s)
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return float(high)
