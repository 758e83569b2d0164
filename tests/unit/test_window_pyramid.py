"""The pyramid: minima and maxima of a million readings, gaps, growth."""

from __future__ import annotations

import time

import numpy as np
import pytest

from hmi.window.pyramid import Pyramid

NAN = np.nan


def test_an_empty_pyramid_holds_nothing() -> None:
    pyramid = Pyramid()
    assert pyramid.count == 0
    assert np.isnan(pyramid.span(0, 0)).all()
    low, high = pyramid.spans(np.array([0, 0]), np.array([0, 0]))
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_a_range_of_nothing_but_gaps_is_a_gap() -> None:
    pyramid = Pyramid(np.array([1.0, NAN, NAN, NAN, NAN, 2.0]))
    low, high = pyramid.spans(np.array([0, 1, 4]), np.array([2, 5, 6]))
    assert np.array_equal(low, [1.0, NAN, 2.0], equal_nan=True)
    assert np.array_equal(high, [1.0, NAN, 2.0], equal_nan=True)


def test_an_infinite_reading_counts_as_a_gap() -> None:
    pyramid = Pyramid(np.array([np.inf, 3.0, -np.inf]))
    assert pyramid.span(0, 3) == (3.0, 3.0)
    assert np.isnan(pyramid.span(0, 1)).all()


def test_small_spreads_far_from_zero_stay_exact() -> None:
    values = 1e9 + np.random.default_rng(1).normal(0, 1e-3, 5000)
    low, high = Pyramid(values).span(0, 5000)
    assert (low, high) == (values.min(), values.max())


def test_the_readings_given_are_copied() -> None:
    values = np.arange(3.0)
    pyramid = Pyramid(values)
    values[:] = 7.0
    assert pyramid.span(0, 3) == (0.0, 2.0)


def test_following_a_longer_series_adds_only_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.arange(1000.0)
    values[::7] = NAN
    pyramid = Pyramid(values[:900])
    assert pyramid.span(0, 900) == (1.0, 899.0)
    added: list[int] = []
    append = Pyramid.append
    monkeypatch.setattr(Pyramid, "append", lambda self, more: (added.append(len(more)), append(self, more))[1])
    pyramid.follow(values)
    assert added == [100]
    assert pyramid.span(0, 1000) == (1.0, 999.0)


@pytest.mark.parametrize("whole", [np.full(5000, 2.0), np.full(700, 2.0), np.empty(0)])
def test_following_another_series_begins_anew(whole: np.ndarray) -> None:
    pyramid = Pyramid(np.arange(2000.0))
    pyramid.span(0, 2000)
    pyramid.follow(whole)
    assert pyramid.count == len(whole)
    expected = (2.0, 2.0) if len(whole) else (NAN, NAN)
    assert np.array_equal(pyramid.span(0, len(whole)), expected, equal_nan=True)


def test_a_million_readings_are_looked_through_in_no_time() -> None:
    """Coarse bounds that hold on a busy machine."""
    values = np.random.default_rng(2).normal(size=1_000_000)
    began = time.perf_counter()
    pyramid = Pyramid(values)
    edges = np.linspace(0, 1_000_000, 1281).astype(np.int64)
    low, high = pyramid.spans(edges[:-1], edges[1:])
    assert time.perf_counter() - began < 0.5
    assert low.min() == values.min()
    assert high.max() == values.max()
    times = []
    for _ in range(20):
        began = time.perf_counter()
        pyramid.spans(edges[:-1], edges[1:])
        times.append(time.perf_counter() - began)
    assert np.median(times) < 0.01
