"""Windows for tests: opened on a fake station, closed in order, and nothing of them left."""

from __future__ import annotations

from collections.abc import Callable, Generator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hmi.window.app import application
from hmi.window.main_window import MainWindow
from hmi.window.session import WindowSession, WindowSettings
from hmi.window.theme import LIGHT, Look
from hmi.window.views.chart_view import ChartView
from hmi.window.words import Words
from inference.pipeline.snapshot import ChartSnapshot
from tests.gui.chart_probe import Shower
from tests.gui.fake_station import FakeStation
from tests.gui.scenes import SCENES
from tests.gui.take_pictures import spend

Opener = Callable[..., MainWindow]


def close(window: MainWindow) -> None:
    """Close for good; its threads must end."""
    window.leave()
    assert window.end(), "a thread of the window did not end"
    window.deleteLater()
    spend(0.02)


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The program's own application, so that the tests run with its style."""
    return application()


@pytest.fixture
def station() -> FakeStation:
    """A station in memory."""
    return FakeStation()


@pytest.fixture
def open_window(qtbot: QtBot, station: FakeStation) -> Generator[Opener]:
    """`open_window("running", size=(1280, 800), language="de", …)`; closed at the end of the test."""
    windows: list[MainWindow] = []

    def opener(
        scene: str = "running",
        *,
        size: tuple[int, int] = (1280, 800),
        history: object = None,
        **settings: object,
    ) -> MainWindow:
        while windows:  # two windows on one station would take the mailboxes' content from one another
            close(windows.pop())
        window = MainWindow(WindowSession(station, history, WindowSettings(**settings)))
        windows.append(window)
        window.resize(*size)
        window.show()
        SCENES[scene](station)
        window.begin()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=5000)
        expected = bool(station.parts) and station.parts[0].part.views[0].__class__.__name__ == "Frame"
        qtbot.waitUntil(lambda: not expected or window.page.picture.content.painted is not None, timeout=5000)
        qtbot.waitUntil(lambda: len(window.page.strip.content.thumbs) == len(station.parts), timeout=5000)
        return window

    yield opener
    for window in windows:
        close(window)


@pytest.fixture
def show_chart(qapp: QApplication) -> Generator[Shower]:
    """`show_chart(snapshot or None, size=(1280, 400), look=…)`: one chart, closed at the end of the test."""
    views: list[ChartView] = []

    def shower(chart: ChartSnapshot | None, size: tuple[int, int] = (1280, 400), look: Look | None = None) -> ChartView:
        view = ChartView(look or Look(LIGHT, Words()))
        views.append(view)
        view.resize(*size)
        view.show()
        if chart is not None:
            view.show_chart(chart)
        spend(0.01)
        return view

    yield shower
    for view in views:
        view.close()
        view.deleteLater()
    spend(0.01)


@pytest.fixture(autouse=True)
def _nothing_of_a_window_left(qapp: QApplication) -> Generator[None]:
    """No top-level widget and no running timer outlives a test."""
    before = set(qapp.topLevelWidgets())
    yield
    spend(0.01)
    left = [widget for widget in qapp.topLevelWidgets() if widget not in before]
    assert not left, f"widgets left behind: {left}"
    timers = [timer for widget in qapp.topLevelWidgets() for timer in widget.findChildren(QTimer) if timer.isActive()]
    assert not timers, "timers left running"
