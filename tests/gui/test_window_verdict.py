"""What stands in the biggest letters is true, for each state the screens are designed for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from hmi.window.presentation import Shape, banner
from hmi.window.words import Words
from inference.inspection import Verdict
from inference.pipeline.snapshot import CameraState, ResultView
from inference.pipeline.state import StationState
from tests.gui.conftest import Opener
from tests.gui.fake_station import FakeStation, judged_part, now, result_of

WORDS = Words("en")


@pytest.mark.parametrize(
    ("scene", "word", "shape", "why"),
    [
        ("running", "OK", Shape.CHECK, "score 0.04 under 0.60"),
        ("defect", "NOT OK", Shape.CROSS, "scratch · 0.97 over 0.60"),
        ("not_decidable", "NOT DECIDABLE", Shape.QUESTION, "The picture cannot be read"),
        ("overrun", "NOT DECIDABLE", Shape.QUESTION, "Too late: 0.31 s, cycle 0.25 s"),
        ("hold", "HOLD", Shape.SQUARE, "The record cannot be written: nothing is released"),
        ("starting", "STARTING", Shape.DOTS, "Loading and checking the model · 3 s"),
        ("stopped", "STOPPED", Shape.SQUARE, "Nothing is inspected. Start: F5"),
        ("not_started", "NOT STARTED", Shape.DOTS, "Press Start (F5)"),
        ("waiting", "READY", Shape.DOTS, "Waiting for a part since 14:30:00"),
    ],
)
def test_each_state_has_its_word_shape_and_reason(
    qtbot: QtBot, open_window: Opener, scene: str, word: str, shape: Shape, why: str
) -> None:
    window = open_window(scene)
    qtbot.waitUntil(lambda: window.page.verdict.content.word == word, timeout=2000)
    shown = window.page.verdict.content
    assert (shown.word, shown.shape, shown.why) == (word, shape, why)


def test_a_lost_camera_takes_the_verdict_away_and_strikes_the_picture_through(
    qtbot: QtBot, open_window: Opener
) -> None:
    window = open_window("camera_lost")
    qtbot.waitUntil(lambda: bool(window.page.picture.content.lost), timeout=2000)
    assert window.page.verdict.content.word == "CAMERA LOST"
    assert window.page.verdict.content.shape is Shape.SQUARE
    assert "14 s ago" in window.page.picture.content.lost or "15 s ago" in window.page.picture.content.lost


@pytest.mark.parametrize(("scene", "token"), [("defect", "not_ok_fill"), ("running", "panel"), ("hold", "stopped")])
def test_the_banner_is_painted_in_the_colour_of_its_verdict(
    qtbot: QtBot, open_window: Opener, scene: str, token: str
) -> None:
    window = open_window(scene)
    qtbot.wait(300)
    pixel = window.page.verdict.grab().toImage().pixelColor(6, 6)
    assert pixel == QColor(getattr(window.look.palette, token))


def test_capitals_of_the_verdict_are_six_percent_of_the_height_in_every_language(open_window: Opener) -> None:
    for language in ("en", "de", "zh"):
        window = open_window("defect", language=language)
        metrics = window.look.metrics(90, bold=True)
        for verdict in ("OK", "NOT_OK", "NOT_DECIDABLE"):
            word = window.look.words.say(f"verdict.{verdict}")
            room = window.page.verdict.width() - window.look.px(20 + 116 + 20 + 12)
            assert metrics.horizontalAdvance(word) * 0.8 <= room, word
        assert metrics.capHeight() >= 0.06 * window.height() - 0.5


def test_ok_is_never_shown_before_it_is_recorded(station: FakeStation) -> None:
    unrecorded = result_of(judged_part(1), recorded=False)
    assert banner(station.snapshot(), unrecorded, now(), WORDS).tone == "quiet"
    assert banner(station.snapshot(), result_of(judged_part(1)), now(), WORDS).tone == "ok"


@pytest.mark.parametrize("camera", [CameraState.LOST, CameraState.SILENT, CameraState.FROZEN])
@pytest.mark.parametrize("state", list(StationState))
def test_a_camera_that_fails_never_leaves_an_ok(station: FakeStation, camera: CameraState, state: StationState) -> None:
    station.set(camera=camera, state=state)
    assert banner(station.snapshot(), result_of(judged_part(1)), now(), WORDS).tone != "ok"


@pytest.mark.parametrize("state", [s for s in StationState if "EXECUTION" not in s])
def test_only_a_running_station_shows_a_result(station: FakeStation, state: StationState) -> None:
    station.set(state=state)
    assert banner(station.snapshot(), result_of(judged_part(1)), now(), WORDS).tone != "ok"


def test_a_result_that_newer_pictures_have_left_behind_is_not_shown(station: FakeStation) -> None:
    result = result_of(judged_part(1))
    later = replace(result.since, monotonic_ns=result.since.monotonic_ns + int(4e9))
    station.set(last_frame=later)
    shown = banner(station.snapshot(), result, later, WORDS)
    assert shown.tone == "quiet"
    assert "No new result" in shown.why


def test_grey_between_parts_appears_only_where_it_lasts(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("running")
    station.results.put(ResultView(Verdict.UNDEFINED, None, now()))
    qtbot.wait(70)
    assert window.page.verdict.content.tone == "ok"
    qtbot.waitUntil(lambda: window.page.verdict.content.tone == "quiet", timeout=1000)


def test_a_part_that_is_judged_quickly_never_shows_grey(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("running")
    seen: list[str] = []
    window.bridge.beat.connect(lambda: seen.append(window.page.verdict.content.tone))
    station.results.put(ResultView(Verdict.UNDEFINED, None, now()))
    qtbot.wait(60)
    station.results.put(result_of(judged_part(48214, Verdict.NOT_OK)))
    qtbot.waitUntil(lambda: "not_ok" in seen, timeout=1000)
    assert "quiet" not in seen
