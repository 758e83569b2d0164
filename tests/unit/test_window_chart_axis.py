"""Where points stand: by number and by time, idle time, and round times at the foot."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.window.chart_axis import IDLE, Axis, part_axis, time_axis
from hmi.window.chart_texts import time_marks
from hmi.window.words import Words
from tests.gui.charts import BEGIN_S, quiet


def at_times(*times: float) -> Axis:
    return time_axis(quiet(len(times), utc_s=np.array(times, float)), 0.0)


@given(st.integers(1, 50), st.floats(-10, 70), st.floats(-10, 70))
def test_points_in_sight_are_those_from_left_to_right(count: int, one: float, other: float) -> None:
    left, right = min(one, other), max(one, other)
    for axis in (part_axis(quiet(count, first_number=5)), at_times(*np.arange(count) * 1.3)):
        x = axis.x(0, count)
        start, stop = axis.visible(left, right)
        assert np.array_equal(np.flatnonzero((x >= left) & (x <= right)), np.arange(start, stop))
        assert axis.before(np.array([left])).tolist() == [int((x < left).sum())]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.floats(-20, 120))
def test_the_nearest_point_is_the_nearest(times: list[float], x: float) -> None:
    axis = at_times(*sorted(times))
    found = axis.nearest(x)
    assert abs(axis.times[found] - x) == np.abs(np.array(sorted(times)) - x).min()


def test_a_clock_set_back_lets_no_point_stand_left_of_an_earlier_one() -> None:
    assert at_times(0, 10, 20, 5, 6, 30).times.tolist() == [0, 10, 20, 20, 20, 30]


def test_idle_time_is_much_longer_than_the_usual_distance() -> None:
    beat = 2.0
    steps = [beat] * 10 + [IDLE * beat] + [beat] * 5 + [IDLE * beat + 0.1] + [beat] * 5
    assert at_times(0, *np.cumsum(steps)).breaks.tolist() == [17]


def test_points_of_one_moment_have_no_idle_time() -> None:
    axis = at_times(7, 7, 7)
    assert axis.breaks.tolist() == []
    assert axis.beat == 1.0


def test_limits_hold_from_half_way_to_the_point_before() -> None:
    assert part_axis(quiet(10, first_number=3)).borders(np.array([0, 4, 10])).tolist() == [2.5, 6.5, 12.5]


def test_a_stage_after_an_idle_night_begins_at_its_first_part() -> None:
    axis = at_times(0, 2, 4, 30_000, 30_002)
    assert axis.borders(np.array([0, 1, 3, 5])).tolist() == [-1, 1, 29_999, 30_003]


def test_a_young_chart_fills_from_the_left_on_both_axes() -> None:
    assert part_axis(quiet(4)).newest(120) == pytest.approx((0.4, 30.6))
    assert at_times(0, 2, 4).newest(120) == pytest.approx((-1.2, 59.2))
    assert part_axis(quiet(0)).newest(120) == pytest.approx((0.4, 30.6))


def test_the_newest_points_are_at_the_right() -> None:
    assert part_axis(quiet(500)).newest(120) == pytest.approx((380.4, 500.6))


@given(st.integers(0, 1000), st.floats(-1e9, 1e9), st.floats(1e-9, 1e9))
def test_a_span_that_is_kept_shows_some_of_the_chart(count: int, left: float, width: float) -> None:
    axis = part_axis(quiet(count))
    kept = axis.kept(left, left + width)
    begin, end = axis.whole()
    assert kept[1] - kept[0] > 0
    assert kept[0] <= end
    assert kept[1] >= begin
    assert kept[1] - kept[0] <= max(1.25 * (end - begin), 40)
    assert axis.kept(*axis.whole()) == pytest.approx(axis.whole()) or end - begin < 4


# --- round times


def marks(begin: str, seconds: float, most: int = 6, zone: str = "UTC") -> list[str]:
    left = datetime.fromisoformat(begin).replace(tzinfo=UTC).timestamp()
    found = list(time_marks(left, left + seconds, most, Words("en", zone)))
    assert all(left <= at <= left + seconds for at, _ in found)
    assert [at for at, _ in found] == sorted({at for at, _ in found})
    return [text for _, text in found]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (4, ["13:10:01", "13:10:02", "13:10:03", "13:10:04"]),
        (60, ["13:10:10", "13:10:20", "13:10:30", "13:10:40", "13:10:50", "13:11:00"]),
        (3600, ["13:20:00", "13:30:00", "13:40:00", "13:50:00", "14:00:00", "14:10:00"]),
    ],
)
def test_times_at_the_foot_are_round(seconds: float, expected: list[str]) -> None:
    assert marks("2026-11-26T13:10:00.5", seconds) == expected


def test_midnight_is_told_as_the_day_in_the_stations_zone() -> None:
    assert marks("2026-11-26T13:10:00", 86400, zone="Asia/Shanghai") == [
        "2026-11-27", "04:00:00", "08:00:00", "12:00:00", "16:00:00", "20:00:00",
    ]  # fmt: skip


def test_days_stay_days_where_the_clocks_change() -> None:
    assert marks("2026-10-23T00:00:00", 5 * 86400, zone="Europe/Berlin") == [
        "2026-10-24", "2026-10-25", "2026-10-26", "2026-10-27", "2026-10-28",
    ]  # fmt: skip


def test_hours_are_those_of_the_clock_on_the_wall() -> None:
    autumn = marks("2026-10-25T00:00:00", 43200, zone="Europe/Berlin")
    spring = marks("2026-03-29T00:00:00", 43200, zone="Europe/Berlin")
    assert autumn == ["02:00:00", "04:00:00", "06:00:00", "08:00:00", "10:00:00", "12:00:00"]
    assert spring == ["03:00:00", "04:00:00", "06:00:00", "08:00:00", "10:00:00", "12:00:00", "14:00:00"]


@given(st.floats(BEGIN_S, BEGIN_S + 3e8), st.floats(0.5, 1e9), st.integers(2, 12))
def test_there_are_never_many_more_times_than_asked_for(left: float, seconds: float, most: int) -> None:
    found = list(time_marks(left, left + seconds, most, Words("en", "Europe/Berlin")))
    assert len(found) <= 2 * most + 3
