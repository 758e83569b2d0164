"""Ranges of the record: this lot, this shift, today, seven days, all."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from hmi.station.shifts import ShiftPlan
from hmi.window.ranges import RANGES, Ranges
from storage.filters import Filters
from tests.unit.storage_parts import job

NIGHT = datetime(2026, 3, 29, 3, 30, tzinfo=UTC)
"""05:30 in Berlin, on the day on which clocks went forward: still the night shift of the 28th."""


def ranges(*, with_job: bool = True) -> Ranges:
    clock = SimpleNamespace(now=lambda: SimpleNamespace(utc=NIGHT))
    return Ranges(job(lot="L7") if with_job else None, ShiftPlan(ZoneInfo("Europe/Berlin")), clock)


def test_the_lot_is_that_of_the_job_and_without_one_all_parts_are_meant() -> None:
    assert ranges().filters("lot") == Filters(lot="L7")
    assert ranges(with_job=False).filters("lot") == Filters()
    assert ranges(with_job=False).began("lot") is None
    assert ranges().began("lot") == job().started.utc


def test_shift_and_day_are_the_stations_also_over_midnight_and_the_change_of_clocks() -> None:
    assert ranges().filters("shift") == Filters(since=datetime(2026, 3, 28, 21, 0, tzinfo=UTC))
    assert ranges().filters("day") == Filters(since=datetime(2026, 3, 28, 5, 0, tzinfo=UTC))


def test_seven_days_go_back_from_now_and_all_has_no_beginning() -> None:
    assert ranges().filters("week") == Filters(since=datetime(2026, 3, 22, 3, 30, tzinfo=UTC))
    assert ranges().filters("all") == Filters()
    assert {ranges().began(name) is None for name in RANGES} == {True, False}
