"""The supervisor's tools on the real station: real network, real charts, real record."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from hmi.station.compose import compose
from hmi.station.demo import demo_order
from hmi.window.main_window import MainWindow
from hmi.window.panels.cause_panel import CausePanel
from hmi.window.panels.study_panel import StudyPanel
from hmi.window.panels.study_result import StudyResult
from hmi.window.start import session_of
from inference.pipeline.decisions import ChartDecision, DecisionKind
from inference.pipeline.station import Station
from storage.history import History
from storage.verify import verify

Key = Qt.Key
RECIPE = "Ring 25 H7"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "real.db"


@pytest.fixture
def window(qtbot: QtBot, db: Path, tmp_path: Path) -> Generator[MainWindow]:
    order = demo_order(seed=5, drift="shift@10", db=db, parts=None)
    order = replace(order, window=True, end_with_source=False, period_s=0.05)
    made = compose(order)
    session = session_of(order, made.station)
    shown = MainWindow(replace(session, settings=replace(session.settings, folder=tmp_path)))
    shown.resize(1280, 800)
    shown.show()
    shown.begin()
    yield shown
    shown.leave()
    assert shown.end()
    shown.deleteLater()
    assert made.station.close(timeout_s=30), "the station did not end"
    made.close()


def recorded(db: Path, kind: DecisionKind, recipe: str = RECIPE) -> list[ChartDecision]:
    with History(db, "demo") as history:
        return [decision for decision in history.decisions(recipe) if decision.kind is kind]


def test_a_cause_given_in_the_window_reaches_the_record_and_lifts_the_flag(
    qtbot: QtBot, window: MainWindow, db: Path
) -> None:
    station: Station = window.control
    window.do("lists")
    window.page.panel.duty.choose("yes")
    qtbot.keyClick(window.page.panel, Key.Key_Return)
    qtbot.waitUntil(lambda: station.cause_lists().mandatory, timeout=10_000)
    board = window.page.charts
    qtbot.waitUntil(
        lambda: "i:bore_diameter" in board.charts and board.charts["i:bore_diameter"].chart.flagged, timeout=30_000
    )
    station.stop()
    qtbot.waitUntil(lambda: any(line.priority == 3 for line in window.page.alarms.content.lines), timeout=5000)
    window.tools.cause(first="i:bore_diameter")
    panel = window.page.panel
    assert isinstance(panel, CausePanel)
    assert panel.chart.chosen == "i:bore_diameter"
    panel.causes.setCurrentRow(0)
    panel.actions.setCurrentRow(0)
    qtbot.wait(600)  # the last parts are on their way: the cause is about what they showed
    qtbot.keyClick(panel, Key.Key_Return)
    qtbot.waitUntil(lambda: bool(recorded(db, DecisionKind.CAUSE)), timeout=10_000)
    (made,) = recorded(db, DecisionKind.CAUSE)
    assert (made.chart, made.content["cause"]) == ("i:bore_diameter", "tool_wear")
    assert made.seq > 10
    assert len(recorded(db, DecisionKind.LISTS, "")) == 1
    qtbot.waitUntil(lambda: not board.charts["i:bore_diameter"].chart.flagged, timeout=10_000)


def test_a_study_on_the_running_line_counts_what_was_asked_for_and_is_recorded(
    qtbot: QtBot, window: MainWindow, db: Path
) -> None:
    station: Station = window.control
    qtbot.waitUntil(lambda: station.counters().recorded > 5, timeout=30_000)
    window.do("study")
    setup = window.page.panel
    setup.field.setText("A OK B OK C NOK")
    setup.take_list()
    setup.passes.set_value(1)
    qtbot.keyClick(setup, Key.Key_Return)
    asked_at: list[int] = []
    for number in range(1, 4):
        panel = window.page.panel
        assert isinstance(panel, StudyPanel)
        qtbot.wait(300)  # parts go by: none of them counts
        assert len(panel.study.taken) == number - 1
        asked_at.append(station.counters().parts)
        qtbot.keyClick(panel, Key.Key_Return)
        qtbot.waitUntil(
            lambda number=number: window.tools.study.study is None or len(window.tools.study.study.taken) == number,
            timeout=10_000,
        )
    assert isinstance(window.page.panel, StudyResult)
    qtbot.waitUntil(lambda: bool(recorded(db, DecisionKind.STUDY)), timeout=10_000)
    (made,) = recorded(db, DecisionKind.STUDY)
    assert (made.content["parts"], made.content["passes"]) == (3, 1)
    with History(db, "demo") as history:
        verdicts = [history.part(seq).inspection.verdict for seq in made.content["seqs"]]
    assert verdicts == made.content["judged"]
    assert all(seq >= asked for seq, asked in zip(made.content["seqs"], asked_at, strict=True))


def test_the_record_holds_after_all_of_it(qtbot: QtBot, window: MainWindow, db: Path) -> None:
    station: Station = window.control
    qtbot.waitUntil(lambda: station.counters().recorded > 30, timeout=30_000)
    for tool in ("pareto", "inspector", "cause", "study", "lists", "tools"):
        window.do(tool)
        qtbot.wait(150)
    window.do("inspector")
    panel = window.page.panel
    panel.range.choose("all")
    qtbot.waitUntil(lambda: panel.scores.content.total > 20, timeout=10_000)
    panel.subject.choose("sharpness")
    assert panel.chart.chart.values.size > 0
    window.leave()
    assert station.close(timeout_s=30)
    assert verify(db).ok
