"""Subgroups: how readings are grouped and summed up, and sigma out of many groups, for hard numbers, too."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inference.spc.constants import c4, d2
from inference.spc.limits import SpcError
from inference.spc.subgroup import SIGMA_METHODS, Summary, by_size, group_in_order, sigma_of, summarise, summarise_all

NAN = math.nan


def test_a_subgroup_of_nothing_and_of_one() -> None:
    assert summarise([NAN, math.inf]) == pytest.approx(Summary(0, NAN, NAN, NAN), nan_ok=True)
    assert summarise([NAN, 3.0]) == pytest.approx(Summary(1, 3.0, NAN, NAN), nan_ok=True)
    table = summarise_all(np.array([[NAN, math.inf], [NAN, 3.0], [1.0, 3.0]]), "deviation")
    assert table.sizes.tolist() == [0.0, 1.0, 2.0]
    assert table.means.tolist() == pytest.approx([NAN, 3.0, 2.0], nan_ok=True)
    assert table.spreads.tolist() == pytest.approx([NAN, NAN, math.sqrt(2.0)], nan_ok=True)


def test_readings_far_from_zero_keep_their_spread() -> None:
    steps = np.array([1.0, -1.0, 2.0, 0.0, -2.0]) * 2.0**-10
    one = summarise((1e9 + steps).tolist())
    assert one.mean == 1e9
    assert one.range == 4.0 * 2.0**-10
    assert one.deviation == pytest.approx(np.std(steps, ddof=1), rel=1e-14)
    assert summarise([0.1] * 7) == (7, 0.1, 0.0, 0.0)


@pytest.mark.parametrize("unit", [1e-300, 1e-200, 1e-160, 1.0, 1e95])
def test_a_spread_of_any_size_is_a_number(unit: float) -> None:
    rows = np.array([[0.0, 1.0, 2.0, 5.0], [3.0, 3.0, 3.0, 3.0], [1.0, 4.0, 1.0, 4.0]]) * unit
    table = summarise_all(rows, "deviation")
    expected = [summarise(row).deviation for row in rows.tolist()]
    assert table.spreads.tolist() == expected
    assert expected == pytest.approx([math.sqrt(14.0 / 3.0) * unit, 0.0, math.sqrt(3.0) * unit], rel=1e-14, abs=0.0)
    rows[0, 3] = NAN
    gapped = summarise_all(rows, "deviation")
    assert gapped.spreads.tolist() == [summarise(row).deviation for row in rows.tolist()]
    assert gapped.spreads[0] == pytest.approx(unit, rel=1e-14)
    sizes, spreads = np.full(3, 4.0), table.spreads
    assert sigma_of(sizes, spreads, "RMSDF") == pytest.approx(math.sqrt(23.0 / 9.0) * unit / c4(10), rel=1e-14)


def test_a_reading_too_large_to_square_is_refused_alone_and_in_a_table() -> None:
    for row in ([1e300, 0.0], [0.0, -1e101], [NAN, 1e101]):
        with pytest.raises(SpcError, match=r"a reading of 1e\+(300|101) from 0 cannot be charted"):
            summarise(row)
        with pytest.raises(SpcError, match="from 0 cannot be charted"):
            summarise_all(np.array([[1.0, 2.0], row]), "range")


@pytest.mark.parametrize("shape", [(3,), (2, 0), (1, 2, 3)])
def test_what_is_no_table_has_no_subgroups(shape: tuple[int, ...]) -> None:
    with pytest.raises(SpcError, match="in the rows of a table"):
        summarise_all(np.zeros(shape), "range")


@pytest.mark.parametrize("spread", ["range", "deviation"])
def test_no_subgroups_at_all_are_none(spread: str) -> None:
    empty = summarise_all(np.zeros((0, 5)), spread)  # type: ignore[arg-type]
    assert (empty.sizes.size, empty.means.size, empty.spreads.size) == (0, 0, 0)
    for method in SIGMA_METHODS:
        assert sigma_of(empty.sizes, empty.spreads, method) is None  # type: ignore[arg-type]


def test_a_long_table_is_summed_up_in_blocks_as_in_one() -> None:
    x = np.random.default_rng(3).normal(5.0, 0.1, (20_000, 3))
    for spread, at in (("range", 2), ("deviation", 3)):
        table = summarise_all(x, spread)  # type: ignore[arg-type]
        rows = [0, 8191, 8192, 16_383, 16_384, 19_999]
        assert [(table.means[k], table.spreads[k]) for k in rows] == [
            (summarise(x[k].tolist()).mean, summarise(x[k].tolist())[at]) for k in rows
        ]


def test_every_way_to_take_sigma_is_unbiased_on_a_normal_process() -> None:
    chance = np.random.default_rng(11)
    x = chance.normal(0.0, 2.0, (4000, 6))
    x[::3, 4:] = NAN
    ranges, deviations = summarise_all(x, "range"), summarise_all(x, "deviation")
    for method in SIGMA_METHODS:
        of_range = method in {"Rbar/d2", "UWAVE-R", "MVLUE-R"}
        groups = ranges if of_range else deviations
        assert sigma_of(groups.sizes, groups.spreads, method) == pytest.approx(2.0, rel=0.02)  # type: ignore[arg-type]


def test_groups_of_one_say_nothing_of_sigma() -> None:
    sizes, ranges = np.array([1.0, 2.0, 1.5]), np.array([9.0, 1.0, 9.0])
    assert sigma_of(sizes, ranges, "Rbar/d2") == pytest.approx(1.0 / d2(2))
    assert sigma_of(sizes[:1], ranges[:1], "Rbar/d2") is None
    assert sigma_of(np.full(3, 2.0), np.zeros(3), "RMSDF") == 0.0


def test_a_sigma_too_small_to_divide_by_is_none() -> None:
    for method in SIGMA_METHODS:
        assert sigma_of(np.full(2, 2.0), np.full(2, 5e-324), method) is None  # type: ignore[arg-type]


def test_an_unknown_way_to_take_sigma_is_named() -> None:
    with pytest.raises(SpcError, match=r"no way 'Rbar' to take sigma: known are Rbar/d2"):
        sigma_of(np.ones(1), np.ones(1), "Rbar")  # type: ignore[arg-type]


def test_a_constant_is_worked_out_once_for_each_size() -> None:
    asked = list[int]()

    def constant(n: int) -> float:
        asked.append(n)
        return 10.0 * n

    assert by_size(np.array([3.0, 2.0, 3.0]), constant).tolist() == [30.0, 20.0, 30.0]
    assert by_size(np.broadcast_to(np.float64(4.0), 3), constant).tolist() == [40.0] * 3
    assert by_size(np.full(3, 5.0), constant).tolist() == [50.0] * 3
    assert asked == [2, 3, 4, 5]


def rows(table: np.ndarray) -> list[list[float]]:
    return [[v for v in row if not math.isnan(v)] for row in table.tolist()]


def test_readings_are_grouped_in_their_order() -> None:
    x = np.arange(7.0)
    assert rows(group_in_order(x, 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert rows(group_in_order(x, 3, short="merge")) == [[0, 1, 2], [3, 4, 5, 6]]
    assert rows(group_in_order(x, 3, short="gap")) == [[0, 1, 2], [3, 4, 5], []]
    assert rows(group_in_order(x[:2], 3, short="merge")) == [[0, 1]]
    assert group_in_order(x[:0], 3).shape == (0, 3)
    assert rows(group_in_order(x[:3], 1)) == [[0], [1], [2]]


def test_no_subgroup_reaches_over_a_change_of_lot() -> None:
    x, lots = np.arange(8.0), ["a", "a", "a", "b", "b", "b", "b", "a"]
    assert rows(group_in_order(x, 2, lots)) == [[0, 1], [2], [3, 4], [5, 6], [7]]
    assert rows(group_in_order(x, 2, lots, "merge")) == [[0, 1, 2], [3, 4], [5, 6], [7]]
    assert rows(group_in_order(x, 2, lots, "gap")) == [[0, 1], [], [3, 4], [5, 6], []]


def test_groups_that_cannot_be_are_refused() -> None:
    with pytest.raises(SpcError, match="1 reading or more, not 0"):
        group_in_order(np.ones(3), 0)
    with pytest.raises(SpcError, match="3 readings and 2 labels"):
        group_in_order(np.ones(3), 2, ["a", "b"])
