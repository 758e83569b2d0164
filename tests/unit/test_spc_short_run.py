"""Short runs: parts that are unknown, of which there is too little, or that never vary; change-overs and stages."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from inference.spc.constants import d2
from inference.spc.limits import SpcError
from inference.spc.short_run import (
    PartReading,
    ZRangeChart,
    deviation_baseline,
    deviation_chart,
    deviation_series,
    z_baseline,
    z_chart,
    z_range_series,
    z_series,
)

NOMINAL = {"bolt": 10.0, "nut": 20.0}
X = np.array([10.0, 12.0, 21.0, 19.0, 11.0, 9.0])
PARTS = ["bolt", "bolt", "nut", "nut", "bolt", "bolt"]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: deviation_series(X[:1], ["screw"], NOMINAL), "part 'screw' has no nominal: known are bolt, nut"),
        (lambda: deviation_series(X[:1], ["screw"], {}), "known are none"),
        (lambda: deviation_series(X[:1], ["a"], {"a": math.nan}), "nominal of part 'a'"),
        (lambda: deviation_series(X[:1], ["bolt"], NOMINAL), "two readings that follow"),
        (lambda: deviation_series(X, PARTS[:2], NOMINAL), "6 readings need as many parts, not 2"),
        (lambda: deviation_chart(deviation_baseline(X, PARTS, NOMINAL)).add(PartReading("pin", 1.0)), "part 'pin'"),
        (lambda: z_series(X, PARTS[:2]), "6 readings need as many parts"),
        (lambda: z_series(np.zeros((2, 2)), ["a", "b"]), "shape"),
        (lambda: z_chart(z_baseline(X, PARTS)).add(PartReading("pin", 1.0)), "part 'pin' has no baseline"),
        (lambda: ZRangeChart(z_baseline(X[:0], [])), "empty series"),
        (lambda: z_baseline(X, PARTS, phase1=(0, 3)), "points 0 to 3"),
        (lambda: z_range_series(z_series(X, PARTS), restarts=np.zeros(2, bool)), "restarts"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(make: Callable[[], object], says: str) -> None:
    with pytest.raises(SpcError, match=says):
        make()


def test_deviations_take_moving_ranges_across_change_overs_and_not_across_exclusions() -> None:
    # Deviations 0 2 1 -1 1 -1.
    assert deviation_baseline(X, PARTS, NOMINAL).sigma == pytest.approx(9.0 / 5.0 / d2(2))
    excluded = np.arange(6) == 2
    assert deviation_baseline(X, PARTS, NOMINAL, excluded=excluded).sigma == pytest.approx(6.0 / 3.0 / d2(2))
    early = deviation_baseline(X, PARTS, NOMINAL, phase1=(1, 3))
    assert (early.mean, early.points) == (1.0, 3)


def test_a_baseline_keeps_its_nominals_whatever_becomes_of_the_table() -> None:
    table = dict(NOMINAL)
    baseline = deviation_baseline(X, PARTS, table)
    table.clear()
    chart = deviation_chart(baseline)
    assert chart.add(PartReading("bolt", 10.5)).value == 0.5
    assert chart.add(PartReading("bolt", math.nan)).value is None


def test_a_parts_sigma_comes_from_its_own_readings_as_if_nothing_ran_between() -> None:
    bolt, nut = (z_baseline(X, PARTS).parts[part] for part in ("bolt", "nut"))
    assert (bolt.mean, bolt.readings) == (10.5, 4)
    assert bolt.sigma == pytest.approx((2.0 + 1.0 + 2.0) / 3.0 / d2(2))
    assert (nut.mean, nut.sigma) == (20.0, pytest.approx(2.0 / d2(2)))


def test_parts_of_which_too_little_is_known_have_no_z() -> None:
    x = np.array([5.0, 7.0, 7.0, 1.0, 2.0, 4.0])
    parts = ["one", "same", "same", "two", "two", "later"]
    series = z_series(x, parts, phase1=(1, 5))
    figures = series.baseline.parts
    assert (figures["one"].mean, figures["one"].sigma) == (5.0, None)
    assert (figures["same"].mean, figures["same"].sigma) == (7.0, None)
    assert (figures["later"].mean, figures["later"].sigma, figures["later"].readings) == (None, None, 0)
    assert np.isnan(series.statistics).tolist() == [True, True, True, False, False, True]
    assert not series.violations
    assert z_chart(series.baseline).add(PartReading("one", 99.0)).value is None


def test_the_moving_range_of_z_reaches_across_a_change_over_and_not_across_a_stage() -> None:
    z = z_series(X, PARTS)
    whole, cut = z_range_series(z), z_range_series(z, restarts=np.arange(6) == 2)
    assert not np.isnan(whole.statistics[2])
    assert np.isnan(cut.statistics).tolist() == [True, False, True, False, False, False]
    chart = ZRangeChart(z.baseline, first_number=3)
    assert chart.add(PartReading("bolt", 10.0)).value is None
    assert chart.add(PartReading("bolt", 12.0)) == (4, whole.statistics[1], whole.limits[1], False)
    chart.interrupt()
    assert chart.add(PartReading("nut", 21.0)).value is None
    assert chart.gap().number == 6
    assert chart.add(PartReading("nut", 19.0)).value is None


def test_a_part_far_out_is_out_on_both_charts() -> None:
    baseline = z_baseline(X, PARTS)
    z, ranges = z_chart(baseline), ZRangeChart(baseline)
    for reading, out in ((PartReading("bolt", 10.0), False), (PartReading("nut", 40.0), True)):
        assert z.add(reading).out is out
        assert ranges.add(reading).out is out


def test_a_spread_of_a_thousandth_near_a_billion_loses_nothing() -> None:
    near = np.array([1.0, 4.0, 2.0, 7.0, 3.0]) / 1024.0
    far = z_series(near + 1e9, ["a"] * 5)
    assert far.statistics.tolist() == pytest.approx(z_series(near, ["a"] * 5).statistics.tolist(), rel=1e-12)
