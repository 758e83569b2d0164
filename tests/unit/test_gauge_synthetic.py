"""The circle gauge on the synthetic line, whose truth is known: every pose, lamp and defect it draws."""

from __future__ import annotations

import numpy as np
import pytest

from camera.synthetic import SyntheticSettings, render
from inference.gauge.circle import measure_circle


def bore_errors(settings: SyntheticSettings, count: int) -> np.ndarray:
    errors = []
    for number in range(1, count + 1):
        picture = render(settings, number)
        assert picture.truth is not None
        true_px = 2.0 * picture.truth.geometry_px["bore_radius"]
        nominal_px = 25.0 / settings.mm_per_px
        errors.append(measure_circle(picture.image, nominal_px).diameter_px - true_px)
    return np.array(errors)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_bore_is_measured_within_a_twentieth_of_a_pixel(seed: int) -> None:
    error = bore_errors(SyntheticSettings(seed=seed, defect_rate=0.5), 50)
    assert abs(error.mean()) <= 0.05
    assert error.std() <= 0.05
    assert np.abs(error).max() <= 0.15


def test_a_five_megapixel_picture_is_measured_as_well() -> None:
    error = bore_errors(SyntheticSettings(seed=3, width=2448, height=2048), 4)
    assert np.abs(error).max() <= 0.1


def test_the_outer_edge_too() -> None:
    settings = SyntheticSettings(seed=4)
    errors = []
    for number in range(1, 16):
        picture = render(settings, number)
        assert picture.truth is not None
        true_px = 2.0 * picture.truth.geometry_px["outer_radius"]
        errors.append(measure_circle(picture.image, true_px * 0.99, "bright_inside").diameter_px - true_px)
    assert abs(np.mean(errors)) <= 0.05
    assert np.std(errors) <= 0.05
