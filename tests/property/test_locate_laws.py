"""Laws of finding a part: there and back is identity, and turning the frame turns the answer."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from camera.frame import Box
from inference.inspection import Defect
from inference.locate.fixture import find_part
from inference.locate.geometry import (
    angle_of,
    clipped,
    grown,
    inverse,
    mapped,
    mapped_box,
    scale_of,
    shift,
    shrunk,
    similarity,
    then,
)
from inference.locate.mapped import defect_on_frame, heat_on_frame
from inference.locate.template import Template, make_template
from tests.unit.locate_parts import SIZE, bracket, error, moved

PLACES = st.floats(-3000, 3000)
MATRICES = st.builds(
    similarity, st.floats(0.3, 3.0), st.floats(-math.pi, math.pi), st.tuples(PLACES, PLACES), st.tuples(PLACES, PLACES)
)
BOXES = st.builds(Box, st.floats(0, 500), st.floats(0, 400), st.floats(1, 200), st.floats(1, 200))
POINTS = np.array(((0.0, 0.0), (640.0, 0.0), (13.5, 511.0), (-7.0, 3000.0)))


@cache
def template() -> Template:
    return make_template(bracket(), SIZE)


@given(MATRICES)
def test_there_and_back_is_identity(matrix: np.ndarray) -> None:
    assert np.allclose(mapped(inverse(matrix), mapped(matrix, POINTS)), POINTS, atol=1e-6)
    assert np.allclose(then(matrix, inverse(matrix)), np.eye(2, 3), atol=1e-6)


@given(MATRICES, MATRICES)
def test_one_after_the_other_is_the_product(first: np.ndarray, second: np.ndarray) -> None:
    assert np.allclose(mapped(then(first, second), POINTS), mapped(second, mapped(first, POINTS)), atol=1e-5)


@given(MATRICES, st.integers(1, 12))
def test_shrinking_and_growing_is_identity_and_keeps_turn_and_scale(matrix: np.ndarray, factor: int) -> None:
    small = shrunk(matrix, factor)
    assert np.allclose(grown(small, factor), matrix, atol=1e-6)
    assert math.isclose(scale_of(small), scale_of(matrix), rel_tol=1e-9)
    assert math.isclose(angle_of(small), angle_of(matrix), abs_tol=1e-9)


@given(BOXES, MATRICES)
def test_a_mapped_box_holds_every_pixel_of_the_box(box: Box, matrix: np.ndarray) -> None:
    inside = np.array([(box.x - 0.5 + u * box.w, box.y - 0.5 + v * box.h) for u in (0, 0.3, 1) for v in (0, 0.6, 1)])
    around = mapped_box(matrix, box)
    x, y = mapped(matrix, inside).T + 0.5
    assert (x >= around.x - 1e-6).all()
    assert (x <= around.x + around.w + 1e-6).all()
    assert (y >= around.y - 1e-6).all()
    assert (y <= around.y + around.h + 1e-6).all()
    back = mapped_box(inverse(matrix), around)
    assert back.w * back.h >= box.w * box.h * (1 - 1e-9)


@given(BOXES, st.integers(-200, 200), st.integers(-200, 200))
def test_a_shifted_defect_comes_back_to_the_same_place(box: Box, x: int, y: int) -> None:
    away = mapped_box(shift(x, y), box)
    back = defect_on_frame(Defect("d", 1.0, away, box.w * box.h), shift(x, y), (1000, 1000))
    assert np.allclose(back.region, box, atol=1e-9)
    assert math.isclose(back.area_px, box.w * box.h)


@given(BOXES, st.integers(1, 700), st.integers(1, 700))
def test_a_clipped_box_lies_in_the_picture(box: Box, width: int, height: int) -> None:
    x, y, w, h = clipped(box, (width, height))
    assert x >= 0
    assert y >= 0
    assert w >= 0
    assert h >= 0
    assert x + w <= width + 1e-9
    assert y + h <= height + 1e-9


@given(st.floats(-180, 180), st.integers(1, 30), st.integers(1, 30))
def test_heat_on_the_frame_has_no_value_that_the_cut_had_not(angle: float, rows: int, columns: int) -> None:
    heat = np.random.default_rng(rows * 31 + columns).random((rows, columns)).astype(np.float32)
    matrix = similarity(1.0, math.radians(angle), (320, 256), (100, 80))
    wide = heat_on_frame(heat, (200, 160), matrix, (640, 512))
    assert wide.dtype == np.float32
    assert wide.min() >= 0.0
    assert np.isin(wide, np.append(heat, np.float32(0.0))).all()
    assert abs(wide.shape[1] / wide.shape[0] - 640 / 512) < 0.2


@settings(max_examples=40, deadline=None)
@given(st.floats(-180, 180), st.floats(-190, 190), st.floats(-150, 150), st.floats(0.6, 1.3))
def test_a_part_is_found_at_any_angle_place_and_light(angle: float, x: float, y: float, gain: float) -> None:
    image, true = moved(bracket(), angle, x, y, gain=gain, noise=1.5, ground=(60,))
    found = find_part(template(), image)
    assert found is not None
    off, turn = error(true, found.matrix, (319.5, 255.5))
    assert found.confidence > 0.9
    assert off < 0.3
    assert abs(turn) < 0.2
    assert abs(found.scale - 1.0) < 0.01
