"""Brightness and sharpness of pictures: what they say, and what they leave to others."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera.clock import SystemClock
from camera.frame import Frame, Picture, PixelFormat, freeze
from camera.synthetic import SyntheticSettings, render
from camera.vision import cv2
from hmi.station.settings_order import plain_recipe
from inference.gauge.picture import brightness, sharpness, sharpness_of
from inference.inspector import Inspector
from inference.recipe import BrightnessStep, Recipe, SharpnessStep


def frame(image: np.ndarray, kind: PixelFormat = PixelFormat.MONO8, bits: int = 8) -> Frame:
    return freeze(Picture(image, kind, "p", bits), trigger_id="t", view="main", at=SystemClock().now())


def measured(shot: Frame) -> dict[str, object]:
    recipe = Recipe(name="light", steps=(BrightnessStep(), SharpnessStep()))
    inspector = Inspector(recipe, SimpleNamespace(close=lambda: None))
    try:
        return {m.characteristic: m for m in inspector._measure(recipe.steps, shot, {})}
    finally:
        inspector.close()


def texture(seed: int, shape: tuple[int, ...] = (96, 80)) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def test_a_ramp_of_one_grey_a_pixel_has_the_step_over_its_mean() -> None:
    ramp = np.tile(np.arange(100, 164, dtype=np.uint8), (64, 1))
    assert sharpness(ramp) == pytest.approx(100.0 * (1.0 + 0.0) / 2.0 / ramp.mean())


def test_a_constant_picture_has_no_steps_and_a_black_one_no_sharpness() -> None:
    assert sharpness(np.full((512, 640), 77, np.uint8)) == 0.0
    assert sharpness(np.zeros((512, 640), np.uint8)) is None
    assert sharpness(np.full((1, 1), 9, np.uint8)) is None
    assert sharpness(np.full((3, 2), 9, np.uint8), apart=2) is None


@pytest.mark.parametrize("shape", [(2, 2), (7, 5), (8, 640), (9, 2), (64, 64), (65, 3)])
def test_pictures_of_any_size_are_measured(shape: tuple[int, int]) -> None:
    assert sharpness(texture(1, shape)) > 0.0


def test_every_sixty_fourth_row_begins_a_band_down_to_the_bottom() -> None:
    image = np.full((512, 64), 100, np.uint8)
    image[449, ::2] = 101
    assert sharpness(image) > 0.0


def test_a_mosaic_is_compared_with_pixels_of_its_own_colour() -> None:
    mosaic = np.tile(np.array([[200, 100], [100, 20]], np.uint8), (32, 32))
    assert sharpness_of(frame(mosaic, PixelFormat.BAYER_RG8)) == 0.0
    assert sharpness_of(frame(mosaic)) > 50.0


def test_a_grey_picture_in_colours_is_as_sharp_as_in_grey() -> None:
    grey = texture(3)
    assert sharpness(np.repeat(grey[:, :, None], 3, axis=2)) == sharpness(grey)


def test_twelve_bits_say_the_same_as_eight() -> None:
    eight = texture(4)
    twelve = (eight.astype(np.uint32) * 4095 // 255).astype(np.uint16)
    assert brightness(twelve, 12) == pytest.approx(brightness(eight), abs=0.1)
    assert sharpness(twelve) == pytest.approx(sharpness(eight), rel=1e-3)


def test_sixteen_bits_do_not_overflow() -> None:
    image = np.zeros((64, 64), np.uint16)
    image[:, ::2] = 65535
    assert sharpness(image) == pytest.approx(100.0 * 65535 / 2.0 / (65535 / 2.0))


@given(st.integers(0, 10_000), st.sampled_from([0.7, 1.0, 2.0, 4.0]))
def test_blurring_lowers_the_sharpness(seed: int, sigma_px: float) -> None:
    sharp = cv2.GaussianBlur(texture(seed), (0, 0), 0.6)
    assert sharpness(cv2.GaussianBlur(sharp, (0, 0), sigma_px)) < sharpness(sharp)


@given(st.integers(0, 10_000), st.integers(1, 256))
def test_a_brighter_light_leaves_the_sharpness(seed: int, factor: int) -> None:
    image = texture(seed).astype(np.uint16)
    image[0, 0] = 200  # never black
    assert sharpness(image * np.uint16(factor) if factor < 256 else image * np.uint16(255)) == pytest.approx(
        sharpness(image), rel=1e-9
    )


def test_a_lens_out_of_focus_shows_on_the_simulated_line() -> None:
    image = render(SyntheticSettings(seed=7), 1).image
    others = [sharpness(render(SyntheticSettings(seed=7), n).image) for n in range(2, 12)]
    assert sharpness(cv2.GaussianBlur(image, (0, 0), 0.8)) < 0.8 * min(others)


def test_the_inspector_measures_both_and_a_black_picture_is_no_reason_to_reject() -> None:
    found = measured(frame(texture(5)))
    assert found["sharpness"].value == sharpness(texture(5))
    assert found["sharpness"].unit == "%"
    assert found["brightness"].value == pytest.approx(brightness(texture(5)))
    black = measured(frame(np.zeros((64, 64), np.uint8)))["sharpness"]
    assert (black.value, black.reason.code, black.within_spec) == (None, "measure.black", None)


def test_the_plain_recipe_watches_light_and_lens() -> None:
    assert {"i:brightness", "i:sharpness"} <= {chart.key for chart in plain_recipe("m").charts}
