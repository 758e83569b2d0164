"""Pareto: order, shares, the vital few, and the records behind each kind of defect."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from inference.spc.limits import SpcError
from inference.spc.pareto import Pareto, pareto, pareto_of


def names(rows: Any) -> list[str]:
    return [row.category for row in rows]


def test_equal_counts_keep_their_order_and_zeros_stay() -> None:
    chart = pareto(["a", "b", "c", "d"], [0, 2, 5, 2])
    assert names(chart.rows) == ["c", "b", "d", "a"]
    assert [row.count for row in chart.rows] == [5, 2, 2, 0]
    assert [row.cum_pct for row in chart.rows] == pytest.approx([500 / 9, 700 / 9, 100.0, 100.0])


def test_of_nothing_there_is_no_percentage() -> None:
    chart = pareto(["a", "b"], [0, 0])
    assert [(row.pct, row.cum_pct) for row in chart.rows] == [(None, None)] * 2
    assert chart.vital_few() == ()
    assert pareto([], []) == Pareto((), 0)


def test_the_vital_few_reach_the_share_and_no_further() -> None:
    chart = pareto(["a", "b", "c", "d"], [50, 30, 15, 5])
    assert names(chart.vital_few()) == ["a", "b"]
    assert names(chart.vital_few(80.5)) == ["a", "b", "c"]
    assert names(chart.vital_few(1e-9)) == ["a"]
    assert names(pareto(["a", "b", "c"], [1, 1, 0]).vital_few(100.0)) == ["a", "b"]


def test_costs_may_stand_for_counts() -> None:
    chart = pareto(["a", "b", "c"], [0.1, 0.2, 0.7])
    assert names(chart.vital_few(90.0)) == ["c", "b"]
    assert chart.rows[-1].cum_pct == 100.0


def test_counts_of_numpy_are_counted_exactly() -> None:
    chart = pareto(["a", "b"], np.array([200, 250], dtype=np.uint8).tolist())
    assert chart.total == 450
    assert pareto(["a", "b"], np.array([200, 250], dtype=np.uint8)).rows == chart.rows  # type: ignore[arg-type]


def test_each_row_knows_its_records() -> None:
    chart = pareto_of(["dent", "scratch", "dent", "dent", "crack"], [7, 7, 8, 7, 9])
    assert [(row.category, row.count, row.ids) for row in chart.rows] == [
        ("dent", 3, (7, 8, 7)),
        ("scratch", 1, (7,)),
        ("crack", 1, (9,)),
    ]
    assert pareto_of([], []).rows == ()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: pareto(["a"], [1, 2]), "1 categories and 2 counts"),
        (lambda: pareto(["b", "a", "a"], [1, 2, 3]), "category a is there twice"),
        (lambda: pareto(["a"], [-1]), "a cannot have occurred -1 times"),
        (lambda: pareto(["a"], [math.nan]), "nan times"),
        (lambda: pareto(["a"], [math.inf]), "inf times"),
        (lambda: pareto_of(["a"], []), "1 labels and 0 ids"),
        (lambda: pareto(["a"], [1]).vital_few(0.0), "up to 100 %"),
        (lambda: pareto(["a"], [1]).vital_few(101.0), "up to 100 %"),
    ],
)
def test_what_is_no_count_is_refused_with_a_sentence(call: Callable[[], Any], told: str) -> None:
    with pytest.raises(SpcError, match=told):
        call()
