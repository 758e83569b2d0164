"""Regions of the heat map become defects in source pixels."""

from __future__ import annotations

import time

import numpy as np
import pytest

from inference.model.judgement import Judgement
from inference.model.postprocess import MOST_REGIONS, find_defects


def judged(heat: np.ndarray | None, *, ok: bool = False) -> Judgement:
    return Judgement(0.9, "dent", {"good": 0.1, "dent": 0.9}, heat, 0.5, ok, 0.5)


def test_two_regions_worst_first_in_source_pixels() -> None:
    heat = np.zeros((8, 10), np.float32)
    heat[1:3, 2:5], heat[6, 9] = 0.7, 0.9
    first, second = find_defects(judged(heat), (100, 160))
    assert first.region == (90, 120, 10, 20)
    assert first.score == pytest.approx(0.9)
    assert second.region == (20, 20, 30, 40)
    assert second.area_px == pytest.approx(6 * 10 * 20)
    assert second.label == "dent"


def test_an_ok_part_shows_no_defect() -> None:
    assert find_defects(judged(np.ones((4, 4), np.float32), ok=True), (40, 40)) == ()


def test_a_bad_part_shows_at_least_its_peak() -> None:
    heat = np.full((4, 4), 0.1, np.float32)
    heat[2, 1] = 0.3
    (only,) = find_defects(judged(heat), (40, 40))
    assert only.region == (10, 20, 10, 10)


def test_no_heat_map_no_region() -> None:
    assert find_defects(judged(None), (40, 40)) == ()
    assert find_defects(judged(np.full((2, 2), np.nan, np.float32)), (40, 40)) == ()


def test_noise_is_bounded() -> None:
    heat = np.random.default_rng(1).random((64, 80)).astype(np.float32)
    assert len(find_defects(judged(heat), (640, 512))) <= MOST_REGIONS


def test_it_costs_less_than_a_third_of_a_millisecond() -> None:
    heat = np.zeros((32, 40), np.float32)
    heat[10:14, 20:22] = 0.9
    judgement = judged(heat)
    times = []
    for _ in range(200):
        began = time.perf_counter()
        find_defects(judgement, (640, 512))
        times.append(time.perf_counter() - began)
    assert np.median(times) < 0.0003
