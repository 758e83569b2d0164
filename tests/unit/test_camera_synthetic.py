"""The simulated line: edges where the truth says, defects that can be seen, drifts that do what they are called."""

import time
from dataclasses import replace

import numpy as np
import pytest

from camera.clock import ManualClock
from camera.frame import PixelFormat
from camera.process import BORE_MM, BORE_SIGMA_MM, DEFECT_LABELS, Drift, DriftKind, make_part, parse_drift
from camera.source import EndOfSource, FrameSource, FrameTimeout, Pacing
from camera.synthetic import SyntheticSettings, SyntheticSource, render, render_part
from camera.vision import cv2

MONO = SyntheticSettings(pixel_format=PixelFormat.MONO8)


def radius_at_half_height(image, cx, cy, radius):
    """Mean radius where the grey value crosses half way between both sides, over 720 rays; numpy only."""
    turns = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    steps = np.arange(-4, 4.01, 0.05)
    x = cx + (radius + steps)[None, :] * np.cos(turns)[:, None]
    y = cy + (radius + steps)[None, :] * np.sin(turns)[:, None]
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = x - x0, y - y0
    grey = image.astype(float)
    profile = (grey[y0, x0] * (1 - fx) + grey[y0, x0 + 1] * fx) * (1 - fy)
    profile += (grey[y0 + 1, x0] * (1 - fx) + grey[y0 + 1, x0 + 1] * fx) * fy
    low, high = profile[:, :25].mean(axis=1), profile[:, -25:].mean(axis=1)
    passed = (profile - low[:, None]) / (high - low)[:, None] > 0.5
    return radius + steps[passed.argmax(axis=1)].mean() - 0.025


@pytest.mark.parametrize("edge", ["bore_radius", "outer_radius"])
def test_edges_lie_where_the_truth_says_to_a_small_part_of_a_pixel(edge):
    errors = []
    for number in range(1, 21):
        picture = render_part(MONO, make_part(5, number, 0, None))
        ring = picture.truth.geometry_px
        found = radius_at_half_height(picture.image, ring["center_x"], ring["center_y"], ring[edge])
        errors.append(found - ring[edge])
    assert abs(np.mean(errors)) < 0.02
    assert np.std(errors) < 0.02


@pytest.mark.parametrize("label", DEFECT_LABELS)
def test_a_defect_is_seen_in_its_box_and_nowhere_else(label):
    for number in range(1, 31):
        part = make_part(11, number, 0, None)
        good, bad = render_part(MONO, part), render_part(MONO, replace(part, defect=label))
        change = np.abs(good.image.astype(int) - bad.image)
        box = bad.truth.defects[0].region
        rows = slice(max(0, int(box.y) - 8), int(box.y + box.h) + 9)
        columns = slice(max(0, int(box.x) - 8), int(box.x + box.w) + 9)
        assert np.percentile(change[rows, columns], 99) > 25
        change[rows, columns] = 0
        assert change.max() <= 12


def test_dimensions_follow_the_process():
    bores = np.array([make_part(3, n, 0, None).bore_mm for n in range(1, 1001)])
    assert bores.mean() == pytest.approx(BORE_MM, abs=4 * BORE_SIGMA_MM / 1000**0.5)
    assert bores.std() == pytest.approx(BORE_SIGMA_MM, rel=0.1)


def test_truth_in_millimetres_and_in_pixels_agree_through_the_scale():
    for settings in (SyntheticSettings(), SyntheticSettings(width=320, height=400)):
        truth = render(settings, 4).truth
        assert 2 * truth.geometry_px["bore_radius"] * settings.mm_per_px == pytest.approx(
            truth.dimensions_mm["bore_diameter"]
        )


def share_defective(drift, numbers):
    return np.mean([make_part(1, n, 0.04, drift).defect is not None for n in numbers])


def test_a_shift_moves_the_bore_by_three_sigma():
    drift = Drift(DriftKind.SHIFT, 50)
    moved = make_part(2, 50, 0, drift).bore_mm - make_part(2, 50, 0, None).bore_mm
    assert moved == pytest.approx(3 * BORE_SIGMA_MM)


def test_a_trend_grows_part_by_part_and_ends():
    def moved(number):
        drift = Drift(DriftKind.TREND, 50)
        return (make_part(2, number, 0, drift).bore_mm - make_part(2, number, 0, None).bore_mm) / BORE_SIGMA_MM

    assert moved(50) == pytest.approx(0.05)
    assert moved(69) == pytest.approx(1.0)
    assert moved(5000) == pytest.approx(12.0)


def test_a_rising_defect_rate_reaches_a_quarter():
    assert share_defective(None, range(1, 2001)) == pytest.approx(0.04, abs=0.015)
    assert share_defective(Drift(DriftKind.DEFECTS, 1), range(200, 2200)) == pytest.approx(0.25, abs=0.03)


def test_a_dimming_lamp_darkens_the_picture_to_three_fifths_and_no_further():
    drift = Drift(DriftKind.LAMP, 1)
    settings = replace(MONO, drift=drift, defect_rate=0)
    bright, dark, darkest = (render(settings, n).image.mean() for n in (1, 501, 20_000))
    assert dark / bright == pytest.approx(0.999**500, rel=0.03)
    assert darkest / bright == pytest.approx(0.6, rel=0.03)


@pytest.mark.parametrize("text", ["", "slip", "shift@", "shift@0", "shift@-3", "shift@x", "shift@1.5", "SHIFT", "@20"])
def test_an_unknown_drift_is_refused_in_one_sentence(text):
    with pytest.raises(ValueError, match="drift") as refused:
        parse_drift(text)
    assert "\n" not in str(refused.value)


def test_a_drift_without_a_part_begins_with_part_200():
    assert parse_drift("lamp") == Drift(DriftKind.LAMP, 200)


@pytest.mark.parametrize(
    "wrong", [{"seed": -1}, {"width": 10}, {"defect_rate": 1.5}, {"pixel_format": PixelFormat.BAYER_RG8}]
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=r"expected|at least|gives"):
        SyntheticSettings(**wrong)


def test_the_source_ends_after_its_parts_and_names_each_picture():
    source: FrameSource = SyntheticSource(SyntheticSettings(seed=9, parts=2))
    source.open()
    assert [source.grab(1).source for _ in range(2)] == ["synthetic:9#1", "synthetic:9#2"]
    with pytest.raises(EndOfSource):
        source.grab(1)
    source.close()
    source.close()


def test_free_run_keeps_its_beat_and_times_out_before_it():
    clock = ManualClock()
    source = SyntheticSource(SyntheticSettings(pacing=Pacing.FREE_RUN, period_s=0.5), clock)
    source.open()
    source.grab(1)
    assert clock.monotonic() == 0
    with pytest.raises(FrameTimeout):
        source.grab(0.2)
    source.grab(1)
    source.grab(1)
    assert clock.monotonic() == pytest.approx(1.0)
    assert source.live


def test_pictures_come_in_the_format_asked_for():
    colour, grey = render(SyntheticSettings(), 1), render(MONO, 1)
    assert colour.image.shape == (512, 640, 3)
    assert grey.image.shape == (512, 640)
    assert colour.image.dtype == grey.image.dtype == np.uint8
    assert np.array_equal(colour.image[:, :, 1], grey.image)


@pytest.mark.slow
def test_it_renders_at_least_sixty_pictures_a_second_on_one_core():
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        source = SyntheticSource()
        source.open()
        best = min(_seconds_for(source, 15) for _ in range(4))
    finally:
        cv2.setNumThreads(threads)
    assert 15 / best >= 60


def _seconds_for(source, pictures):
    begin = time.perf_counter()
    for _ in range(pictures):
        source.grab(1)
    return time.perf_counter() - begin
