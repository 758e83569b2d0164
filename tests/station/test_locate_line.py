"""A line on which parts lie anywhere: what is found is judged upright, what is missing is never OK."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from camera.clock import SystemClock
from camera.vision import cv2
from hmi.station.compose import compose
from hmi.station.settings import SettingsError
from hmi.station.settings_order import Wishes, order_from
from inference.inspection import Verdict
from inference.inspector import Finding, Inspector
from inference.locate.locator import make_locators
from inference.locate.step import Area, LocateStep
from inference.model.package import load_package
from inference.model.session import ModelSession
from inference.part import Part
from inference.recipe import BrightnessStep, Calibration, CircleStep, JudgeStep, Recipe
from storage.history import History
from tests.unit.locate_parts import SIZE, bracket, frame_of, moved, small_ring
from tests.unit.model_parts import write_bright

REGION = Area(x=200, y=150, w=240, h=212, unit="px")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_bright(tmp_path / "bright")
    cv2.imwrite(str(tmp_path / "reference.png"), bracket())
    return tmp_path


def fixture_recipe(**more: object) -> Recipe:
    step = LocateStep(method="fixture", reference="reference.png", region=REGION, **more)  # type: ignore[arg-type]
    return Recipe(name="bracket", steps=(step, JudgeStep(threshold=0.9), BrightnessStep(), _IN_CUT))


_IN_CUT = BrightnessStep(characteristic="brightness_part", view="part")


def judge(folder: Path, recipe: Recipe, *images: np.ndarray) -> list[Finding]:
    session = ModelSession(load_package(folder / "bright"), "cpu", 1)
    inspector = Inspector(recipe, session, make_locators(recipe.steps, folder))
    inspector.open((images[0].shape[1], images[0].shape[0]))
    try:
        at = SystemClock().now()
        return [inspector.inspect(Part("t", "", at, (frame_of(image),))) for image in images]
    finally:
        inspector.close()


def test_a_part_that_lies_anywhere_is_judged_as_if_it_lay_upright(folder: Path) -> None:
    upright = bracket()
    images = [
        moved(upright, angle, x, y, ground=(60,))[0] for angle, x, y in ((0, 0, 0), (137, 120, -80), (260, -99, 60))
    ]
    findings = judge(folder, fixture_recipe(), *images)
    assert [f.verdict for f in findings] == [Verdict.OK] * 3
    cut = upright[150:362, 200:440].mean() / 255
    assert [f.score for f in findings] == pytest.approx([cut] * 3, abs=0.002)
    for found, image in zip(findings, images, strict=True):
        on_frame, in_cut = found.views[0].measurements
        assert on_frame.value == pytest.approx(image[::4, ::4].mean())
        assert in_cut.value == pytest.approx(255 * cut, abs=1.0)
        assert "locate" in found.timings_ms


def test_a_missing_part_is_never_judged(folder: Path) -> None:
    grey = np.full((SIZE[1], SIZE[0]), 60, np.uint8)
    noisy = np.clip(grey + np.random.default_rng(2).normal(0, 3, grey.shape), 0, 255).astype(np.uint8)
    for found in judge(folder, fixture_recipe(), grey, noisy, np.zeros_like(grey), np.full_like(grey, 255)):
        assert found.verdict is Verdict.NOT_DECIDABLE
        assert [reason.code for reason in found.reasons] == ["locate.not_found"]
        assert found.score is None
        assert not found.failed
        assert found.views[0].measurements[1].reason is not None


def test_half_a_part_and_two_parts_are_not_judged(folder: Path) -> None:
    upright = bracket()
    cut_off = moved(upright, 20, 285, 0, ground=(60,))[0]
    two = np.maximum(moved(upright, 0, -160, -100, ground=(60,))[0], moved(upright, 90, 160, 100, ground=(60,))[0])
    half, both = judge(folder, fixture_recipe(), cut_off, two)
    assert [reason.code for reason in half.reasons] == ["locate.not_whole"]
    assert [reason.code for reason in both.reasons] == ["locate.several"]
    assert {half.verdict, both.verdict} == {Verdict.NOT_DECIDABLE}
    (passed,) = judge(folder, fixture_recipe(others="pass"), two)
    assert passed.verdict is Verdict.OK


def test_a_defect_comes_back_to_where_it_is_in_the_frame(folder: Path) -> None:
    upright = bracket()
    upright[180:190, 250:262] = 255  # on the upper arm
    recipe = fixture_recipe()
    image, matrix = moved(upright, 75, 90, -70, ground=(60,))
    steps = (recipe.steps[0], JudgeStep(threshold=0.3))
    (found,) = judge(folder, recipe.model_copy(update={"steps": steps}), image)
    assert found.verdict is Verdict.NOT_OK
    worst = found.views[0].defects[0]
    x, y = matrix @ (255.5, 184.5, 1.0)
    assert worst.region.x - 1 <= x <= worst.region.x + worst.region.w + 1
    assert worst.region.y - 1 <= y <= worst.region.y + worst.region.h + 1
    heat = found.views[0].heatmap
    assert heat is not None
    row, column = np.unravel_index(int(heat.argmax()), heat.shape)
    assert (column + 0.5) * 640 / heat.shape[1] == pytest.approx(x, abs=12)
    assert (row + 0.5) * 512 / heat.shape[0] == pytest.approx(y, abs=12)


def test_a_fixed_region_is_what_the_network_sees(folder: Path) -> None:
    image = np.full((100, 200), 40, np.uint8)
    image[20:60, 50:150] = 240
    area = Area(x=0.25, y=0.2, w=0.5, h=0.4)
    recipe = Recipe(name="r", steps=(LocateStep(region=area), JudgeStep(threshold=0.9)))
    (found,) = judge(folder, recipe, image)
    assert found.score == pytest.approx(240 / 255, abs=1e-5)
    box = found.views[0].defects[0].region
    assert tuple(box) == pytest.approx((50, 20, 100, 40))


def test_what_is_ignored_is_not_judged(folder: Path) -> None:
    image = np.full((100, 200), 40, np.uint8)
    image[30:50, 60:90] = 255
    polygon = ((0.05, 0.0), (0.6, 0.0), (0.6, 1.0), (0.05, 1.0))
    area = Area(x=50, y=20, w=100, h=40, unit="px")
    recipe = Recipe(name="r", steps=(LocateStep(region=area, ignore=(polygon,)), JudgeStep(threshold=0.19)))
    (found,) = judge(folder, recipe, image)
    assert found.score == pytest.approx(40 / 255, abs=0.02)
    assert found.verdict is Verdict.OK
    (seen,) = judge(folder, Recipe(name="r", steps=(LocateStep(region=area), JudgeStep(threshold=0.19))), image)
    assert seen.verdict is Verdict.NOT_OK


def test_a_region_beyond_the_frame_is_told(folder: Path) -> None:
    recipe = Recipe(name="r", steps=(LocateStep(region=Area(x=600, y=0, w=100, h=100, unit="px")), JudgeStep()))
    (found,) = judge(folder, recipe, np.full((512, 640), 40, np.uint8))
    assert [reason.code for reason in found.reasons] == ["locate.outside"]


def test_a_circle_in_the_cut_has_the_camera_s_size(folder: Path) -> None:
    """The part seen 6 % larger: it is scaled to the reference, the millimetres are not."""
    ring = small_ring()
    cv2.imwrite(str(folder / "reference.png"), ring)
    steps = (
        LocateStep(method="fixture", reference="reference.png"),
        CircleStep(characteristic="bore", nominal_px=150.0),
        CircleStep(characteristic="bore_cut", view="part", nominal_px=150.0),
    )
    recipe = Recipe(name="ring", steps=steps, calibrations=(Calibration(mm_per_px=0.1),))
    image = moved(ring, 33, 20, 15, scale=1.06)[0]
    (found,) = judge(folder, recipe, image)
    on_frame, in_cut = found.views[0].measurements
    assert on_frame.value is not None
    assert in_cut.value == pytest.approx(on_frame.value, abs=0.01)


def test_a_station_finds_shifted_parts_and_records_missing_ones(folder: Path) -> None:
    pictures = folder / "pictures"
    pictures.mkdir()
    for k, image in enumerate((moved(bracket(), 70, 80, 40, ground=(60,))[0], np.full((512, 640), 60, np.uint8))):
        cv2.imwrite(str(pictures / f"{k}.png"), image)
    (folder / "recipe.json").write_text(fixture_recipe().model_dump_json(), "utf-8")
    (folder / "station.toml").write_text('[recipe]\nfile = "recipe.json"\n', "utf-8")
    order = order_from(
        folder / "station.toml",
        Wishes(source=str(pictures), model=folder / "bright", db=folder / "r.db", until_end=True, provider="cpu"),
    )
    assert order.recipe.steps[0].reference_sha256  # type: ignore[union-attr]
    made = compose(order)
    made.station.start()
    assert made.station.wait(60)
    assert made.station.failure is None
    with History(folder / "r.db", order.station_id) as history:
        parts = history.recent(10)
    assert [str(part.machine_verdict) for part in parts] == ["NOT_DECIDABLE", "OK"]


def test_a_recipe_whose_picture_is_missing_or_exchanged_is_refused_at_the_start(folder: Path) -> None:
    (folder / "station.toml").write_text('[recipe]\nfile = "recipe.json"\n', "utf-8")
    wishes = Wishes(source=str(folder), model=folder / "bright", db=folder / "r.db")
    for recipe, sentence in (
        (fixture_recipe(reference_sha256="0" * 64), "another picture"),
        (Recipe(name="r", steps=(LocateStep(method="fixture", reference="no.png"),)), "no.png"),
    ):
        (folder / "recipe.json").write_text(recipe.model_dump_json(), "utf-8")
        with pytest.raises(SettingsError, match=sentence):
            order_from(folder / "station.toml", wishes)
    assert not (folder / "r.db").exists()
