"""The workbench on a running station with its real record: what is decided there moves the live chart for good."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from hmi.station.compose import Composition, compose
from hmi.station.demo import demo_order
from hmi.window.main_window import MainWindow
from hmi.window.panels.spc_panel import SpcPanel
from hmi.window.start import session_of
from inference.pipeline.decisions import DecisionKind
from inference.pipeline.snapshot import ChartSnapshot
from storage.history import History
from storage.verify import verify

_CHART = "i:brightness"


@pytest.fixture
def made(tmp_path: Path) -> Generator[Composition]:
    order = demo_order(seed=3, drift=None, db=tmp_path / "real.db", parts=None)
    found = compose(replace(order, window=True, end_with_source=False, period_s=0.02))
    yield found
    assert found.station.close(timeout_s=30), "the station did not end"


@pytest.fixture
def window(qtbot: QtBot, made: Composition, tmp_path: Path) -> Generator[MainWindow]:
    session = session_of(made.order, made.station)
    shown = MainWindow(replace(session, settings=replace(session.settings, folder=tmp_path, language="en")))
    shown.resize(1280, 800)
    shown.show()
    shown.begin()
    qtbot.waitUntil(lambda: made.station.counters().recorded > 30, timeout=60_000)
    yield shown
    shown.leave()
    assert shown.end()
    shown.deleteLater()


def live(window: MainWindow) -> ChartSnapshot:
    return next(chart for chart in window.presenter._charts if chart.key == _CHART)


def test_a_baseline_frozen_on_the_workbench_moves_the_live_chart_and_is_recorded(
    qtbot: QtBot, made: Composition, window: MainWindow
) -> None:
    assert live(window).baseline_version == 0
    window.do("charts")
    panel = window.page.panel
    assert isinstance(panel, SpcPanel)
    qtbot.waitUntil(lambda: panel.answer is not None, timeout=10_000)
    panel.head.chart.pick(_CHART)
    qtbot.waitUntil(lambda: panel.answer is not None, timeout=10_000)
    panel.tabs.choose("limits")
    panel.limits.do("freeze")
    qtbot.waitUntil(lambda: panel.limits.asking, timeout=10_000)
    panel.limits.form.reason.setText("first good hour")
    panel.limits.confirm()
    qtbot.waitUntil(lambda: live(window).baseline_version == 1, timeout=10_000)

    def recorded() -> bool:
        with History(made.order.db, "demo") as history:
            found = history.decisions(made.order.recipe.name, _CHART)
        return [(d.kind, d.reason, d.actor_id) for d in found] == [
            (DecisionKind.BASELINE, "first good hour", "operator:demo")
        ]

    qtbot.waitUntil(recorded, timeout=10_000)
    window.do("charts")  # read anew
    again = window.page.panel
    assert isinstance(again, SpcPanel)
    again.head.chart.pick(_CHART)
    qtbot.waitUntil(lambda: again.answer is not None, timeout=10_000)
    assert again.limits.force.text().startswith("In force: version 1, frozen by demo on ")
    assert again.chart.chart is not None
    assert again.chart.chart.baseline_version == 1
    window.leave()
    assert made.station.close(timeout_s=30)
    assert verify(made.order.db).ok
