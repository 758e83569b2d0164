"""Shifts by law: every moment lies in exactly one, whatever clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.station.shifts import ShiftPlan, day_begin, shift_begin, shifts_of

ZONES = ("UTC", "Europe/Berlin", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")
CHANGES = (
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # Berlin, forward
    datetime(2026, 10, 25, 1, tzinfo=UTC),  # Berlin, back
    datetime(2026, 3, 8, 7, tzinfo=UTC),  # New York, forward
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),  # Lord Howe, forward by half an hour
    datetime(2011, 12, 30, 10, tzinfo=UTC),  # Apia, over a whole day
)
starts = st.lists(st.integers(0, 24 * 60 - 1), min_size=1, max_size=6, unique=True).map(
    lambda minutes: tuple(f"{m // 60:02}:{m % 60:02}" for m in sorted(minutes))
)
plans = st.builds(lambda zone, given: ShiftPlan(ZoneInfo(zone), given), st.sampled_from(ZONES), starts)
moments = st.one_of(
    st.floats(0, 4e9).map(lambda s: float(np.floor(s))),
    st.builds(lambda at, s: at.timestamp() + s, st.sampled_from(CHANGES), st.integers(-3 * 86400, 3 * 86400)),
)


def first_moment_at(plan: ShiftPlan, day: int, start: str) -> float:
    """By the definition, minute by minute: the first at which the wall clock shows the start or later."""
    wall = datetime.combine(date.fromordinal(day), time.fromisoformat(start))
    at = wall.replace(tzinfo=UTC) - timedelta(hours=40)
    while at.astimezone(plan.zone).replace(tzinfo=None) < wall:
        at += timedelta(minutes=30)
    at -= timedelta(minutes=30)
    while at.astimezone(plan.zone).replace(tzinfo=None) < wall:
        at += timedelta(minutes=1)
    return at.timestamp()


@given(plans, st.lists(moments, min_size=1, max_size=20))
def test_every_moment_lies_in_exactly_one_shift(plan: ShiftPlan, at: list[float]) -> None:
    found = shifts_of(plan, np.array(at))
    for moment, day, shift, begin in zip(at, found.day, found.shift, found.begin_s, strict=True):
        assert begin <= moment
        assert begin == first_moment_at(plan, int(day), plan.starts[shift])
        following = (day, shift + 1) if shift + 1 < len(plan.starts) else (day + 1, 0)
        assert moment < first_moment_at(plan, int(following[0]), plan.starts[following[1]])


@given(plans, st.lists(moments, min_size=2, max_size=20))
def test_later_moments_lie_in_no_earlier_shift(plan: ShiftPlan, at: list[float]) -> None:
    found = shifts_of(plan, np.array(sorted(at)))
    places = (found.day * len(plan.starts) + found.shift).tolist()
    assert places == sorted(places)


@given(plans, moments)
def test_a_moment_alone_is_in_the_shift_it_has_among_others(plan: ShiftPlan, at: float) -> None:
    begin = shift_begin(plan, at)
    together = shifts_of(plan, np.array([at - 1e6, at, at + 1e6]))
    assert together.begin_s[1] == begin
    assert day_begin(plan, at) <= begin
    assert shift_begin(plan, begin) == begin


@pytest.mark.parametrize(
    ("moment", "day", "shift"),
    [
        ("2026-03-28T22:30+01:00", "2026-03-28", 2),
        ("2026-03-29T05:59+02:00", "2026-03-28", 2),  # a night of seven hours
        ("2026-03-29T06:00+02:00", "2026-03-29", 0),
        ("2026-10-25T05:59+01:00", "2026-10-24", 2),  # a night of nine hours
        ("2026-10-25T06:00+01:00", "2026-10-25", 0),
        ("2026-01-01T00:30+01:00", "2025-12-31", 2),
    ],
)
def test_a_shift_over_midnight_belongs_to_the_day_it_began(moment: str, day: str, shift: int) -> None:
    plan = ShiftPlan(ZoneInfo("Europe/Berlin"))
    found = shifts_of(plan, np.array([datetime.fromisoformat(moment).timestamp()]))
    assert (date.fromordinal(int(found.day[0])).isoformat(), int(found.shift[0])) == (day, shift)


def test_a_start_that_the_clock_leaves_out_begins_with_the_jump() -> None:
    plan = ShiftPlan(ZoneInfo("Europe/Berlin"), ("02:30", "03:00", "14:00"))
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC).timestamp()
    found = shifts_of(plan, np.array([jump - 1, jump, jump + 1]))
    assert found.shift.tolist() == [2, 1, 1]
    assert found.begin_s[1] == jump


def test_no_moments_are_in_no_shift() -> None:
    assert shifts_of(ShiftPlan(), np.empty(0)).day.size == 0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ((), "one shift or more"),
        (("6:00",), "no time of day"),
        (("24:00",), "no time of day"),
        (("14:00", "06:00"), "later in the day"),
    ],
)
def test_starts_that_cannot_be_are_refused(wrong: tuple[str, ...], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        ShiftPlan(starts=wrong)


def test_a_million_moments_of_a_year_are_quick() -> None:
    import time as clock

    at = np.linspace(1.7e9, 1.73e9, 1_000_000)
    begun = clock.perf_counter()
    found = shifts_of(ShiftPlan(ZoneInfo("Europe/Berlin")), at)
    assert clock.perf_counter() - begun < 1.0
    assert (found.begin_s <= at).all()
