"""Fixed regions, places to ignore, regions found from data, and what recipes and files may say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from camera.frame import Box, PixelFormat
from camera.synthetic import SyntheticSettings, render
from camera.vision import cv2
from inference.inspection import Defect
from inference.inspector import Inspector
from inference.locate.from_data import find_region
from inference.locate.geometry import shift, similarity
from inference.locate.ignore import filled_in, ignore_mask, without_ignored
from inference.locate.locator import Located, LocateError, make_locators, sealed
from inference.locate.mapped import defect_on_frame, heat_on_frame, seen_on_frame
from inference.locate.region import cut, lies_in, pixels_of, warped
from inference.locate.step import Area, LocateStep
from inference.message import Message
from inference.model.judgement import Judgement
from inference.recipe import BrightnessStep, JudgeStep, Recipe
from tests.unit.locate_parts import bracket, frame_of, moved

ALL = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def judgement(heat: np.ndarray | None) -> Judgement:
    return Judgement(0.9, "bad", {}, heat, 0.5, verdict_ok=False)


def test_a_region_in_fractions_and_in_pixels_is_the_same_place() -> None:
    size = (640, 512)
    assert pixels_of(Area(x=0.25, y=0.5, w=0.5, h=0.25), size) == Box(160, 256, 320, 128)
    assert pixels_of(Area(x=160, y=256, w=320, h=128, unit="px"), size) == Box(160, 256, 320, 128)
    assert pixels_of(None, size) == Box(0, 0, 640, 512)
    assert pixels_of(Area(x=0.0, y=0.0, w=1e-6, h=1e-6), size) == Box(0, 0, 1, 1)
    assert lies_in(Box(0, 0, 640, 512), size)
    assert not lies_in(Box(1, 0, 640, 512), size)


def test_a_cut_is_no_copy() -> None:
    image = np.arange(40 * 50).reshape(40, 50)
    part = cut(image, Box(10, 5, 20, 8))
    assert np.shares_memory(part, image)
    assert part.shape == (8, 20)
    assert part[0, 0] == image[5, 10]


@pytest.mark.parametrize("size", [(300, 200), (1200, 1100)])
def test_a_cut_that_does_not_turn_has_the_frame_s_own_pixels(size: tuple[int, int]) -> None:
    image = np.random.default_rng(1).integers(0, 256, (1300, 1400), np.uint8)
    assert np.array_equal(warped(image, shift(-70, -40), size), cut(image, Box(70, 40, *size)))


def test_a_defect_gets_its_place_and_its_area_in_the_frame() -> None:
    matrix = similarity(2.0, 0.0, (0.0, 0.0), (0.0, 0.0))
    found = defect_on_frame(Defect("d", 0.9, Box(20, 40, 10, 20), 120.0), matrix, (640, 512))
    assert found.region == pytest.approx((10.25, 20.25, 5, 10))
    assert found.area_px == pytest.approx(30.0)


def test_a_defect_at_the_edge_is_clipped_to_the_frame() -> None:
    found = defect_on_frame(Defect("d", 0.9, Box(0, 0, 10, 10), 100.0), shift(5, 5), (640, 512))
    assert found.region == Box(0, 0, 5, 5)


def test_the_heat_of_a_region_lies_over_its_place_and_nowhere_else() -> None:
    heat = np.zeros((8, 10), np.float32)
    heat[6, 2] = 1.0
    wide = heat_on_frame(heat, (100, 80), shift(-300, -200), (640, 512))
    rows, columns = np.nonzero(wide > 0.5)
    scale = 640 / wide.shape[1]
    assert (columns.mean() + 0.5) * scale == pytest.approx(300 + 25, abs=3)
    assert (rows.mean() + 0.5) * scale == pytest.approx(200 + 65, abs=3)
    assert wide.max() == 1.0
    outside = wide.copy()
    outside[int(200 / scale) : int(281 / scale), int(300 / scale) : int(401 / scale)] = 0
    assert outside.max() == 0.0


def test_the_heat_at_the_edge_of_the_cut_is_kept() -> None:
    wide = heat_on_frame(np.ones((4, 4), np.float32), (100, 100), shift(-10, -10), (200, 200))
    assert wide.max() == 1.0
    assert wide.min() == 0.0
    assert wide.sum() / wide.size == pytest.approx(0.25, abs=0.08)


def test_a_whole_frame_without_locate_keeps_its_heat_as_it_is() -> None:
    heat = np.full((4, 4), 0.7, np.float32)
    defects, seen = seen_on_frame(judgement(heat), None, (40, 40))
    assert seen is heat
    assert defects[0].region == Box(0, 0, 40, 40)


def test_a_mask_comes_from_polygons_and_from_a_picture() -> None:
    half = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
    mask = ignore_mask((half,), None, (40, 20))
    assert mask is not None
    assert mask[:, :19].all()
    assert not mask[:, 21:].any()
    drawn = np.zeros((2, 2), np.uint8)
    drawn[1, 1] = 255
    both = ignore_mask((half,), drawn, (40, 20))
    assert both is not None
    assert both[15, 35] == 255
    assert both[5, 35] == 0
    assert ignore_mask((), None, (40, 20)) is None
    assert ignore_mask((), np.zeros((2, 2), np.uint8), (40, 20)) is None


@pytest.mark.parametrize("shape", [(60, 80), (60, 80, 3)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_ignored_places_show_what_surrounds_them(shape: tuple[int, ...], dtype: type) -> None:
    image = np.full(shape, 90, dtype)
    image[20:40, 30:50] = 255
    mask = np.zeros(shape[:2], np.uint8)
    mask[18:42, 28:52] = 255
    filled = filled_in(image, mask, None)
    assert filled.dtype == dtype
    assert np.abs(filled.astype(int) - 90).max() <= 1
    assert image[30, 40].max() == 255
    assert not filled_in(image, np.full(shape[:2], 255, np.uint8), None).any()


def test_ignored_places_show_the_reference_in_this_picture_s_light() -> None:
    reference = np.tile(np.arange(50, 130, dtype=np.uint8), (60, 1))
    image = (reference * 1.5).astype(np.uint8)
    image[20:40, 30:50] = 0
    mask = np.zeros((60, 80), np.uint8)
    mask[20:40, 30:50] = 255
    filled = filled_in(image, mask, reference)
    assert np.abs(filled.astype(float) - reference * 1.5).max() < 3
    colour = filled_in(cv2.merge([image] * 3), mask, reference)
    assert colour.shape == (60, 80, 3)
    assert np.abs(colour[..., 1].astype(float) - reference * 1.5).max() < 3
    black = filled_in(image, mask, np.zeros_like(reference))
    assert not black[20:40, 30:50].any()


def test_heat_in_ignored_cells_is_taken_away() -> None:
    heat = np.full((2, 2), 0.9, np.float32)
    mask = np.zeros((40, 40), np.uint8)
    mask[:20, :20] = 255
    assert without_ignored(judgement(heat), mask).heatmap.tolist() == [[0.0, np.float32(0.9)], [np.float32(0.9)] * 2]
    assert without_ignored(judgement(None), mask).heatmap is None
    located = Located(np.zeros((40, 40), np.uint8), 8, shift(0, 0), np.full((40, 40), 255, np.uint8))
    assert seen_on_frame(judgement(heat), located, (40, 40)) == ((), None)


def test_a_mosaic_is_cut_where_it_begins_and_turned_in_colour(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "r.png"), bracket())
    odd = LocateStep(region=Area(x=3, y=5, w=20, h=20, unit="px"))
    mosaic = frame_of(
        np.arange(512 * 640, dtype=np.uint32).reshape(512, 640).astype(np.uint8), kind=PixelFormat.BAYER_RG8
    )
    (locator,) = make_locators((odd,), None).values()
    located = locator.locate(mosaic)
    assert isinstance(located, Located)
    assert located.image[0, 0] == mosaic.image[4, 2]
    turned = LocateStep(method="fixture", reference="r.png")
    (locator,) = make_locators((turned,), tmp_path).values()
    found = locator.locate(frame_of(moved(bracket(), 30, 20, 10)[0], kind=PixelFormat.BAYER_RG8))
    assert isinstance(found, Located)
    assert found.image.shape == (512, 640, 3)


def test_a_frame_too_small_for_its_reference_is_no_crash(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "r.png"), bracket())
    (locator,) = make_locators((LocateStep(method="fixture", reference="r.png"),), tmp_path).values()
    answer = locator.locate(frame_of(np.zeros((8, 8), np.uint8)))
    assert isinstance(answer, Message)
    assert answer.code == "locate.not_found"
    with pytest.raises(LocateError, match="too small"):
        locator.prepare((8, 8))


def test_a_folder_of_many_sizes_does_not_fill_the_memory(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "r.png"), bracket())
    (locator,) = make_locators((LocateStep(method="fixture", reference="r.png"),), tmp_path).values()
    for height in range(500, 512, 2):
        assert isinstance(locator.locate(frame_of(bracket()[:height])), Located)
    assert len(locator._templates) <= 4


def test_files_of_a_step_are_checked_when_it_is_made(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((200, 200), 90, np.uint8))
    cv2.imwrite(str(tmp_path / "r.png"), bracket())
    cv2.imwrite(str(tmp_path / "mask.png"), np.full((10, 10), 255, np.uint8))
    beyond = Area(x=600, y=0, w=100, h=100, unit="px")
    for step, sentence in (
        (LocateStep(method="fixture", reference="none.png"), "none.png"),
        (LocateStep(method="fixture", reference="broken.png"), "broken.png"),
        (LocateStep(method="fixture", reference="grey.png"), "nothing that could be found"),
        (LocateStep(method="fixture", reference="r.png", region=beyond), "beyond the picture"),
        (LocateStep(method="fixture", reference="r.png", reference_sha256="1" * 64), "another picture"),
        (LocateStep(region=beyond, ignore_picture="none.png"), "none.png"),
    ):
        with pytest.raises(LocateError, match=sentence):
            make_locators((step,), tmp_path)
    step = sealed(LocateStep(method="fixture", reference="r.png", ignore_picture="mask.png"), tmp_path)
    assert len(step.reference_sha256) == len(step.ignore_sha256) == 64
    assert sealed(step, None) == step
    assert list(make_locators((step, JudgeStep()), tmp_path)) == ["main"]
    with pytest.raises(LocateError, match=r"none\.png"):
        sealed(LocateStep(region=beyond, ignore_picture="none.png"), tmp_path)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"method": "fixture"}, "needs a reference"),
        ({"method": "region"}, "needs x, y, w and h"),
        ({"region": {"x": 0.5, "y": 0, "w": 0.6, "h": 1}}, "ends at 1"),
        ({"region": {"x": 0, "y": 0, "w": 1, "h": 1}, "name": "main"}, "another name"),
        ({"region": {"x": 0, "y": 0, "w": 1, "h": 1}, "ignore": [[[0, 0], [1, 1]]]}, "three points"),
        ({"region": {"x": 0, "y": 0, "w": 1, "h": 1}, "ignore": [[[0, 0], [1, 1], [2, 0]]]}, "less than or equal to 1"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(said: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        LocateStep.model_validate(said)


def test_a_recipe_knows_its_cuts() -> None:
    area = Area(x=0, y=0, w=0.5, h=0.5)
    step = LocateStep(region=area)
    recipe = Recipe(name="r", steps=(step, JudgeStep(), BrightnessStep(view="part")))
    assert recipe.source_of("part") == "main"
    assert recipe.source_of("main") == "main"
    assert Recipe.model_validate_json(recipe.model_dump_json()) == recipe
    for steps, sentence in (
        ((JudgeStep(view="part"),), "names view 'part'"),
        ((step, LocateStep(region=area, name="other")), "same view"),
        ((LocateStep(region=area, view="side"),), "names view 'side'"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            Recipe(name="r", steps=steps)
    with pytest.raises(ValidationError, match="name of a cut"):
        Recipe(name="r", views=("main", "part"), steps=(step,))
    with pytest.raises(ValueError, match="no locator for view main"):
        Inspector(recipe, None)  # type: ignore[arg-type]


def test_the_region_of_parts_on_a_ground_holds_all_of_them() -> None:
    pictures = [
        moved(bracket(), 0, x, y, noise=2.0, seed=k, ground=(60,))[0] for k, (x, y) in enumerate(((-60, 0), (50, 30)))
    ]
    found = find_region(pictures)
    assert found is not None
    assert found.because == "ground"
    box = found.box
    assert box.x <= 240 - 60
    assert box.x + box.w >= 400 + 50
    assert box.y <= 186
    assert box.y + box.h >= 326 + 30
    assert found.share < 0.5
    assert "2 pictures" in found.sentence
    assert pixels_of(found.area, found.size) == box


def test_the_region_of_simulated_rings_holds_the_ring() -> None:
    settings = SyntheticSettings(defect_rate=0.3)
    pictures = [render(settings, k).image for k in range(1, 7)]
    found = find_region(iter(pictures))
    assert found is not None
    assert found.box.x <= 320 - 222
    assert found.box.x + found.box.w >= 320 + 222


def test_a_busy_place_in_a_quiet_picture_is_found() -> None:
    rng = np.random.default_rng(4)
    pictures = []
    for _ in range(5):
        picture = rng.normal(np.linspace(40, 200, 640), 2, (512, 640))  # no even ground to stand out of
        picture[150:300, 200:460] = rng.integers(0, 256, (150, 260))
        pictures.append(np.clip(picture, 0, 255).astype(np.uint8))
    found = find_region(pictures)
    assert found is not None
    assert found.because == "busy"
    assert "differences between pictures" in found.sentence
    x, y, w, h = found.box
    assert x <= 200
    assert y <= 150
    assert x + w >= 460
    assert y + h >= 300
    assert found.share < 0.35


@pytest.mark.parametrize("kind", ["none", "grey", "noise", "sizes", "full"])
def test_where_nothing_stands_out_there_is_no_region(kind: str) -> None:
    rng = np.random.default_rng(5)
    pictures = {
        "none": [],
        "grey": [np.full((300, 400), 90, np.uint8)] * 3,
        "noise": [rng.integers(0, 256, (300, 400)).astype(np.uint8) for _ in range(4)],
        "sizes": [np.zeros((30, 40), np.uint8), np.zeros((40, 40), np.uint8)],
        "full": [cv2.resize(bracket()[180:330, 235:405], (640, 512)) for _ in range(3)],
    }[kind]
    assert find_region(pictures) is None


def test_surfaces_have_no_region(shared: Path) -> None:
    folder = shared / "data" / "piped_paper" / "PA_BDP01_TL" / "train" / "good"
    assert find_region([cv2.imread(str(file)) for file in sorted(folder.iterdir())[:8]]) is None
