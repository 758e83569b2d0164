"""A pyramid answers as the readings themselves would, however it came to hold them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hmi.window.pyramid import Pyramid

READINGS = hnp.arrays(np.float64, st.integers(0, 2000), elements=st.sampled_from([np.nan, -1.5, 0.0, 2.0, 1e9, 1e-9]))
SEEDS = st.integers(0, 2**32 - 1)


def brute(values: np.ndarray, start: int, stop: int) -> tuple[float, float]:
    part = values[start:stop]
    part = part[~np.isnan(part)]
    return (float(part.min()), float(part.max())) if len(part) else (np.nan, np.nan)


def same(pyramid: Pyramid, values: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    starts, stops = np.sort(rng.integers(0, len(values) + 1, (2, 40)), axis=0)
    low, high = pyramid.spans(starts, stops)
    for k, (start, stop) in enumerate(zip(starts.tolist(), stops.tolist(), strict=True)):
        expected = brute(values, start, stop)
        assert np.array_equal((low[k], high[k]), expected, equal_nan=True), (start, stop)
        assert np.array_equal(pyramid.span(start, stop), expected, equal_nan=True)


def readings(seed: int, count: int, gaps: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=count)
    values[rng.random(count) < gaps] = np.nan
    return values


@given(READINGS, SEEDS)
def test_any_range_has_the_minimum_and_maximum_of_its_readings(values: np.ndarray, seed: int) -> None:
    same(Pyramid(values), values, seed)


@given(SEEDS, st.integers(0, 20_000), st.sampled_from([0.0, 0.1, 0.99]))
def test_long_series_too(seed: int, count: int, gaps: float) -> None:
    values = readings(seed, count, gaps)
    same(Pyramid(values), values, seed)


@given(SEEDS, st.lists(st.integers(0, 1500), max_size=8), st.booleans())
def test_appended_piece_by_piece_equals_built_at_once(seed: int, pieces: list[int], asked: bool) -> None:
    values = readings(seed, sum(pieces), 0.2)
    pyramid, at = Pyramid(), 0
    for size in pieces:
        pyramid.append(values[at : at + size])
        at += size
        if asked:
            pyramid.spans(np.array([0]), np.array([at]))
    assert np.array_equal(pyramid.values, values, equal_nan=True)
    same(pyramid, values, seed)


@given(SEEDS, st.integers(0, 3000), st.integers(0, 3000), st.booleans())
def test_following_a_series_equals_building_it(seed: int, before: int, after: int, changed: bool) -> None:
    values = readings(seed, max(before, after), 0.1)
    pyramid = Pyramid(values[:before])
    pyramid.span(0, before)
    whole = values[:after].copy()
    if changed and after:
        whole[after // 2] += 1.0
    pyramid.follow(whole)
    same(pyramid, whole, seed)


@given(SEEDS, st.integers(1, 5000), st.integers(1, 300))
def test_ranges_side_by_side_together_hold_all(seed: int, count: int, columns: int) -> None:
    values = readings(seed, count, 0.05)
    edges = np.linspace(0, count, columns + 1).astype(np.int64)
    low, high = Pyramid(values).spans(edges[:-1], edges[1:])
    expected = brute(values, 0, count)
    assert np.array_equal((np.fmin.reduce(low), np.fmax.reduce(high)), expected, equal_nan=True)
