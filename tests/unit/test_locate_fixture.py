"""Parts turned and shifted by known amounts are found again: errors in pixels and degrees against the truth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from camera.frame import Box
from camera.synthetic import SyntheticSettings, render
from camera.vision import cv2
from inference.locate.fixture import DEFAULT_LIMIT, Found, find_part
from inference.locate.template import ReferenceUnusable, make_template
from tests.unit.locate_parts import SIZE, bracket, error, moved, small_ring

MIDDLE = (319.5, 255.5)


def errors(
    reference: np.ndarray,
    pictures: Sequence[np.ndarray],
    *,
    shift: tuple[float, float],
    symmetry_deg: float = 360.0,
    count: int = 24,
    region: Box | None = None,
    scale: float = 0.0,
    ground: tuple[int, ...] | None = None,
) -> tuple[float, float, float]:
    """Median error in pixels and in degrees and the lowest confidence, over random turns, shifts and light."""
    rng = np.random.default_rng(11)
    height, width = reference.shape[:2]
    template = make_template(reference, (width, height), region)
    at = ((width - 1) / 2, (height - 1) / 2) if region is None else (region.x + region.w / 2, region.y + region.h / 2)
    pixels, degrees, sure = [], [], []
    for k in range(count):
        x, y = rng.uniform(-1, 1, 2) * shift
        image, true = moved(
            pictures[k % len(pictures)],
            rng.uniform(0, 360),
            x,
            y,
            scale=1 + rng.uniform(-scale, scale),
            gain=rng.uniform(0.7, 1.2),
            noise=2.0,
            seed=k,
            ground=ground,
        )
        found = find_part(template, image)
        assert found is not None
        off, turn = error(true, found.matrix, at)
        pixels.append(off)
        degrees.append(abs((turn + symmetry_deg / 2) % symmetry_deg - symmetry_deg / 2))
        sure.append(found.confidence)
    return float(np.median(pixels)), float(np.median(degrees)), min(sure)


def test_a_smooth_part_is_found_to_a_twentieth_of_a_pixel() -> None:
    off, turn, sure = errors(bracket(), [bracket()], shift=(190, 150), ground=(60,))
    assert off < 0.05
    assert turn < 0.02
    assert sure > 0.9


def test_a_part_seen_larger_or_smaller_is_found_with_its_scale() -> None:
    off, turn, _ = errors(bracket(), [bracket()], shift=(120, 90), scale=0.1, ground=(60,))
    assert off < 0.05
    assert turn < 0.02
    image, _ = moved(bracket(), 10, 0, 0, scale=1.08)
    found = find_part(make_template(bracket(), SIZE), image)
    assert found is not None
    assert found.scale == pytest.approx(1.08, abs=0.002)
    assert found.angle_deg == pytest.approx(10.0, abs=0.05)


def test_a_ring_of_the_simulated_line_is_found_by_its_holes() -> None:
    """Six bolt holes: a sixth of a turn looks the same but for the tool's marks."""
    ring = small_ring()
    off, turn, sure = errors(ring, [ring], shift=(150, 70), symmetry_deg=60.0)
    assert off < 0.05
    assert turn < 0.02
    assert sure > 0.9


def test_another_ring_lies_upright_within_a_third_of_a_degree() -> None:
    """The truth of the simulation: middles and angles of rings that the template was not made of."""
    settings = SyntheticSettings(defect_rate=0.0)
    first = render(settings, 1)
    template = make_template(first.image, SIZE)
    pixels, degrees = [], []
    for number in range(2, 14):
        other = render(settings, number)
        assert first.truth is not None
        assert other.truth is not None
        a, b = first.truth.geometry_px, other.truth.geometry_px
        found = find_part(template, other.image)
        assert found is not None
        assert found.confidence > DEFAULT_LIMIT
        x, y = found.matrix @ (b["center_x"], b["center_y"], 1.0)
        pixels.append(np.hypot(x - a["center_x"], y - a["center_y"]))
        turn = found.angle_deg - np.degrees(b["angle_rad"] - a["angle_rad"])
        degrees.append(abs((turn + 30.0) % 60.0 - 30.0))
    assert np.median(pixels) < 0.3
    assert np.median(degrees) < 0.33


def test_a_textured_surface_without_an_outline_is_found_in_a_region() -> None:
    grain = cv2.GaussianBlur(np.random.default_rng(3).normal(0, 1, SIZE[::-1]), (0, 0), 3.0)
    surface = np.clip(128 + 40 * grain / grain.std(), 0, 255).astype(np.uint8)
    off, turn, sure = errors(surface, [surface], shift=(60, 50), region=Box(220, 160, 200, 180))
    assert off < 0.05
    assert turn < 0.02
    assert sure > 0.9


@pytest.mark.parametrize("colour", [False, True])
def test_real_figures_are_found_wherever_they_lie(shared: Path, *, colour: bool) -> None:
    files = sorted((shared / "data" / "l4v_aliens" / "train" / "good").iterdir())
    figure = cv2.imread(str(files[0]), cv2.IMREAD_COLOR if colour else cv2.IMREAD_GRAYSCALE)
    small = cv2.resize(figure, None, fx=0.55, fy=0.55, interpolation=cv2.INTER_AREA)
    image = cv2.copyMakeBorder(small, 150, 153, 150, 188, cv2.BORDER_REPLICATE)
    off, turn, sure = errors(image, [image], shift=(120, 90), scale=0.05, ground=(254, 254, 254)[: 3 if colour else 1])
    assert off < 0.1
    assert turn < 0.02
    assert sure > 0.9


def test_other_real_figures_are_sure_and_lie_the_same_way(shared: Path) -> None:
    files = sorted((shared / "data" / "l4v_aliens" / "train" / "good").iterdir())
    images = []
    for file in files[:16]:
        small = cv2.resize(cv2.imread(str(file)), None, fx=0.55, fy=0.55, interpolation=cv2.INTER_AREA)
        images.append(cv2.copyMakeBorder(small, 150, 153, 150, 188, cv2.BORDER_REPLICATE))
    _, turn, sure = errors(images[0], images[1:], shift=(120, 90), ground=(254, 254, 254), count=15)
    assert turn < 5.0  # they lie a few degrees differently in the set itself
    assert sure > DEFAULT_LIMIT


def test_a_real_screw_fills_the_picture_and_its_middle_is_found(shared: Path) -> None:
    file = min((shared / "data" / "bsd_pitting" / "train" / "good").iterdir())
    image = cv2.imread(str(file))
    off, turn, sure = errors(image, [image], shift=(50, 20), region=Box(365, 60, 400, 340), count=12)
    assert off < 0.1
    assert turn < 0.02
    assert sure > 0.9


def test_twelve_bits_give_the_same_answer_as_eight() -> None:
    image, _ = moved(bracket(), 77, 40, -30, ground=(60,))
    eight = find_part(make_template(bracket(), SIZE), image)
    deep = find_part(
        make_template(bracket().astype(np.uint16) * 16, SIZE, significant_bits=12), image.astype(np.uint16) * 16, 12
    )
    assert eight is not None
    assert deep is not None
    assert np.allclose(eight.matrix, deep.matrix, atol=0.05)


def not_found(found: Found | None) -> bool:
    return found is None or found.confidence < DEFAULT_LIMIT


@pytest.mark.parametrize("grey", [0, 60, 128, 255])
def test_nothing_is_found_in_an_empty_frame(grey: int) -> None:
    empty = np.full(SIZE[::-1], grey, np.uint8)
    noisy = np.clip(empty + np.random.default_rng(1).normal(0, 3, empty.shape), 0, 255).astype(np.uint8)
    for reference in (bracket(), small_ring()):
        template = make_template(reference, SIZE)
        assert not_found(find_part(template, empty))
        assert not_found(find_part(template, noisy))


def test_nothing_is_found_in_noise_nor_in_another_part() -> None:
    noise = np.random.default_rng(2).integers(0, 256, SIZE[::-1]).astype(np.uint8)
    template = make_template(bracket(), SIZE)
    assert not_found(find_part(template, noise))
    assert not_found(find_part(template, small_ring()))
    assert not_found(find_part(make_template(small_ring(), SIZE), bracket()))


def test_a_part_cut_by_the_border_says_how_much_of_it_is_seen() -> None:
    template = make_template(bracket(), SIZE)
    whole = find_part(template, moved(bracket(), 0, 230, 0, ground=(60,))[0])
    half = find_part(template, moved(bracket(), 0, 300, 0, ground=(60,))[0])
    assert whole is not None
    assert whole.visible == 1.0
    assert half is None or half.visible < 0.9 or half.confidence < DEFAULT_LIMIT


def test_two_parts_are_counted_and_a_neighbour_cut_off_is_none() -> None:
    template = make_template(bracket(), SIZE)
    one = moved(bracket(), 15, -170, -90, ground=(60,))[0]
    two = np.maximum(one, moved(bracket(), 200, 170, 100, ground=(60,))[0])
    cut = np.maximum(one, moved(bracket(), 200, 310, 100, ground=(60,))[0])
    found, beside = find_part(template, two), find_part(template, cut)
    assert found is not None
    assert found.others == 1
    assert beside is not None
    assert beside.others == 0
    assert beside.visible == 1.0


def test_a_defect_does_not_pull_the_part_away() -> None:
    spoiled = bracket()
    cv2.circle(spoiled, (290, 300), 12, 20, -1)
    image, true = moved(spoiled, 200, 60, 40, ground=(60,))
    found = find_part(make_template(bracket(), SIZE), image)
    assert found is not None
    off, turn = error(true, found.matrix, MIDDLE)
    assert off < 0.5
    assert abs(turn) < 0.2


def test_a_broken_part_is_still_found() -> None:
    broken = bracket()
    broken[:, :270] = np.where(np.arange(512)[:, None] < 250, 60, broken[:, :270])
    image, true = moved(broken, 100, 50, -40, ground=(60,))
    found = find_part(make_template(bracket(), SIZE), image)
    assert found is not None
    off, turn = error(true, found.matrix, MIDDLE)
    assert off < 3.0
    assert abs(turn) < 2.0


def test_uneven_light_does_not_hide_the_part() -> None:
    image, true = moved(bracket(), 300, -90, 60, ground=(60,))
    lamp = np.linspace(0.6, 1.2, 640)[None, :] * np.linspace(1.1, 0.8, 512)[:, None]
    found = find_part(make_template(bracket(), SIZE), np.clip(image * lamp, 0, 255).astype(np.uint8))
    assert found is not None
    off, turn = error(true, found.matrix, MIDDLE)
    assert off < 0.5
    assert abs(turn) < 0.2


def test_a_large_frame_is_found_as_well() -> None:
    size = (2448, 2048)
    reference = bracket(size)
    image, true = moved(reference, 123, 500, -300, ground=(60,))
    found = find_part(make_template(reference, size), image)
    assert found is not None
    off, turn = error(true, found.matrix, (1223.5, 1023.5))
    assert off < 0.1
    assert abs(turn) < 0.02


@pytest.mark.parametrize("image", [np.full((512, 640), 90, np.uint8), np.zeros((512, 640, 3), np.uint8)])
def test_a_reference_that_shows_nothing_is_refused(image: np.ndarray) -> None:
    with pytest.raises(ReferenceUnusable, match="nothing that could be found again"):
        make_template(image, SIZE)


def test_a_tiny_reference_is_refused() -> None:
    with pytest.raises(ReferenceUnusable, match="too small"):
        make_template(bracket()[:10, :10], (10, 10))
