"""The window on the real station: real network, real record, real keys."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from hmi.station.compose import compose
from hmi.station.demo import demo_order
from hmi.window.main_window import MainWindow
from hmi.window.start import session_of
from hmi.window.start_page import Choice, StartPage
from inference.disposition import Disposition, Override
from inference.inspection import Verdict
from inference.pipeline.ids import new_id
from inference.pipeline.state import StationState
from inference.pipeline.station import Station
from storage.history import History
from storage.verify import verify
from tests.gui.take_pictures import spend

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "real.db"


@pytest.fixture
def station(db: Path) -> Generator[Station]:
    order = demo_order(seed=5, drift="defects@1", db=db, parts=None)
    made = compose(replace(order, window=True, end_with_source=False, period_s=0.05)).station
    yield made
    assert made.close(timeout_s=30), "the station did not end"


@pytest.fixture
def window(qtbot: QtBot, station: Station, db: Path, tmp_path: Path) -> Generator[MainWindow]:
    order = demo_order(seed=5, drift=None, db=db, parts=None)
    session = session_of(order, station)
    shown = MainWindow(replace(session, settings=replace(session.settings, folder=tmp_path)))
    shown.resize(1280, 800)
    shown.show()
    shown.begin()
    qtbot.waitUntil(lambda: station.counters().recorded > 5, timeout=30_000)
    yield shown
    shown.leave()
    assert shown.end()
    shown.deleteLater()


def test_parts_run_stop_and_run_again_by_one_key(qtbot: QtBot, window: MainWindow, station: Station) -> None:
    assert station.snapshot().state is StationState.CONTINUOUS_EXECUTION
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.wait(300)
    focus = window.focusWidget() or window
    qtbot.keyClick(focus, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: station.snapshot().state is StationState.READY, timeout=10_000)
    counters = station.counters()
    qtbot.waitUntil(lambda: station.counters().recorded == station.counters().parts, timeout=5000)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: station.counters().recorded > counters.recorded + 3, timeout=10_000)


def test_an_override_reaches_the_record_and_the_yield(
    qtbot: QtBot, window: MainWindow, station: Station, db: Path
) -> None:
    qtbot.waitUntil(lambda: station.counters().not_ok > 0, timeout=30_000)
    bad = next(j.inspection for j in station.recent() if j.inspection.verdict is Verdict.NOT_OK)
    station.stop()
    qtbot.waitUntil(lambda: station.snapshot().state is StationState.READY, timeout=10_000)
    qtbot.wait(400)  # the last picture taken may still be on its way through the network
    qtbot.waitUntil(lambda: station.counters().recorded == station.counters().parts, timeout=10_000)
    before = station.counters().effective_ok
    now = station.snapshot().since
    reason = "dirt, wiped off"
    station.override(Override(new_id(), bad.id, bad.seq, Verdict.OK, Disposition.RELEASE, reason, "operator:k", now))
    qtbot.waitUntil(lambda: station.counters().effective_ok == before + 1, timeout=10_000)
    with History(db, "demo") as history:
        part = history.part(bad.seq)
    assert part is not None
    assert part.verdict is Verdict.OK
    assert part.inspection.verdict is Verdict.NOT_OK
    assert part.overrides[0].reason == reason


def test_what_the_window_showed_is_in_the_record(window: MainWindow, station: Station, db: Path) -> None:
    window.leave()
    assert station.close(timeout_s=30)
    answer = verify(db)
    assert answer.ok, answer.problems
    assert answer.records == station.counters().recorded == station.counters().parts


@pytest.mark.parametrize("language", ["en", "de", "zh"])
def test_the_start_page_offers_the_demonstration_by_one_key(qtbot: QtBot, language: str) -> None:
    page = StartPage(language)
    page.show()
    qtbot.waitExposed(page)
    page.choose(Choice.DEMO)
    assert page.chosen is not None
    assert page.chosen.choice is Choice.DEMO
    page.deleteLater()
    spend(0.02)


@pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="needs xvfb-run")
def test_a_window_opens_on_a_real_display_after_cv2_was_imported() -> None:
    code = (
        "import os; from camera.vision import cv2; "
        "assert 'QT_QPA_PLATFORM_PLUGIN_PATH' not in os.environ and 'QT_QPA_FONTDIR' not in os.environ; "
        "from hmi.window.app import application; app = application(); assert app.platformName() == 'xcb'; "
        "from PySide6.QtWidgets import QLabel; label = QLabel('Loupe'); label.show(); app.processEvents(); "
        "assert label.grab().width() > 0; print('shown')"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb"}
    answer = subprocess.run(
        ["xvfb-run", "-a", "-s", "-screen 0 1280x800x24", sys.executable, "-c", code],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "shown" in answer.stdout, answer.stderr
