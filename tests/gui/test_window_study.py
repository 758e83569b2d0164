"""The guided study in the window: planned, walked through, paused, repeated, cancelled, recorded, saved."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hmi.window import guided
from hmi.window.main_window import MainWindow
from hmi.window.panels.override_panel import OverridePanel
from hmi.window.panels.stop_panel import StopPanel
from hmi.window.panels.study_panel import StudyPanel
from hmi.window.panels.study_result import StudyResult
from hmi.window.panels.study_setup import StudySetup
from hmi.window.study import Phase
from inference.inspection import Verdict
from inference.pipeline.decisions import ChartDecision, DecisionKind
from tests.gui.conftest import Opener
from tests.gui.fake_station import FakeStation, frame_of, judged_part, picture

Key = Qt.Key


def planned(qtbot: QtBot, window: MainWindow, words: str = "A1 OK A2 NOK", passes: int = 2) -> StudyPanel:
    window.do("study")
    setup = window.page.panel
    assert isinstance(setup, StudySetup)
    setup.field.setText(words)
    setup.take_list()
    setup.passes.set_value(passes)
    qtbot.keyClick(setup, Key.Key_Return)
    panel = window.page.panel
    assert isinstance(panel, StudyPanel)
    return panel


def judge(qtbot: QtBot, window: MainWindow, station: FakeStation, verdict: str, *, counts: bool = True) -> None:
    """The station judges a part that is triggered now."""
    before = len(window.tools.study.study.taken)
    seq = max(part.inspection.seq for part in station.parts) + 1
    station.show(judged_part(seq, Verdict(verdict), frame=frame_of(picture(seq % 9 + 1))))
    if counts:
        qtbot.waitUntil(
            lambda: window.tools.study.study is None or len(window.tools.study.study.taken) == before + 1, timeout=3000
        )
    else:
        qtbot.wait(350)
        assert len(window.tools.study.study.taken) == before


def studies(station: FakeStation) -> list[ChartDecision]:
    return [asked[1] for asked in station.asked if asked[0] == "decide"]


def test_a_study_is_planned_by_buttons_and_keys(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("waiting", manual_trigger=True)
    qtbot.keyClick(window, Key.Key_F4, Qt.KeyboardModifier.ShiftModifier)
    setup = window.page.panel
    assert isinstance(setup, StudySetup)
    assert setup.pace.chosen == "trigger"
    for _ in range(17):
        qtbot.mouseClick(setup.parts.less, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(setup.passes.more, Qt.MouseButton.LeftButton)
    setup.list.setFocus()
    setup.list.setCurrentRow(1)
    qtbot.keyClick(setup.list, Key.Key_Space)
    setup.list.itemClicked.emit(setup.list.item(2))
    assert (setup.reference, setup.passes.value) == (("OK", "NOT_OK", "NOT_OK"), 4)
    assert setup.note.text() == "1 OK, 2 not OK: 12 verdicts in all. Space turns a part."
    qtbot.keyClick(setup.list, Key.Key_Return)
    assert isinstance(window.page.panel, StudyPanel)
    assert window.page.panel.due.text == "Part 1 of 3, pass 1 of 4"


def test_a_study_without_bad_parts_is_warned_of(open_window: Opener) -> None:
    window = open_window("running")
    window.do("study")
    setup = window.page.panel
    assert setup.pace.chosen == "ask"
    assert "no miss rate" in setup.note.text()
    for k in range(setup.list.count()):
        setup.list.itemClicked.emit(setup.list.item(k))
    assert "no false-alarm rate" in setup.note.text()


def test_a_list_that_cannot_be_read_is_told_and_changes_nothing(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("running", language="de")
    window.do("study")
    setup = window.page.panel
    setup.field.setText("A1 OK A2")
    qtbot.keyClick(setup.field, Key.Key_Return)
    assert setup.note.text() == "Die Liste ist nicht lesbar: A2 hat kein Urteil."
    assert setup.list.count() == 20


def test_part_by_part_and_pass_by_pass_to_a_recorded_result(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("running")
    panel = planned(qtbot, window)
    seen = []
    for verdict in ("OK", "OK", "NOT_OK", "NOT_OK"):
        seen.append(panel.due.text)
        assert panel.todo.text() == "Put it in, then press Enter."
        qtbot.keyClick(panel, Key.Key_Return)
        assert panel.todo.text() == "Waiting for its verdict …"
        judge(qtbot, window, station, verdict)
    assert seen == [f"Part {part} of 2, pass {n} of 2 · A{part}" for n in (1, 2) for part in (1, 2)]
    result = window.page.panel
    assert isinstance(result, StudyResult)
    assert result.title.text() == "The station does not judge acceptably"
    assert [result.list.item(k).text() for k in range(2)] == [
        "Part A1, known OK: OK, NOT OK  ·  false alarm · not alike",
        "Part A2, known NOT OK: OK, NOT OK  ·  missed · not alike",
    ]
    (made,) = studies(station)
    assert (made.kind, made.chart, made.actor_id) == (DecisionKind.STUDY, "", "operator:K. Weber")
    assert made.content["judged"] == ["OK", "NOT_OK", "OK", "NOT_OK"]
    assert made.content["seqs"] == [48214, 48216, 48215, 48217]
    figures = ("parts", "passes", "misses", "of_bad", "false_alarms", "of_good", "verdict")
    assert [made.content[name] for name in figures] == [2, 2, 1, 2, 1, 2, "unacceptable"]
    assert window.tools.study.study is None


def test_where_each_trigger_is_a_part_enter_pulls_it_and_space_too(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("waiting", manual_trigger=True)
    panel = planned(qtbot, window)
    assert panel.todo.text() == "Put it in and trigger."
    qtbot.keyClick(panel, Key.Key_Return)
    judge(qtbot, window, station, "OK")
    qtbot.keyClick(panel, Key.Key_Space)
    judge(qtbot, window, station, "NOT_OK")
    assert station.asked == [("trigger", ""), ("trigger", "")]
    assert panel.due.text.startswith("Part 1 of 2, pass 2")


def test_parts_that_nobody_asked_for_do_not_count(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("running")
    panel = planned(qtbot, window)
    judge(qtbot, window, station, "OK", counts=False)
    qtbot.keyClick(panel, Key.Key_Return)
    qtbot.wait(300)
    assert len(window.tools.study.study.taken) == 0  # the parts of the strip were triggered before


def test_a_part_is_repeated_and_the_study_paused_and_gone_on_with(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("running")
    panel = planned(qtbot, window)
    qtbot.keyClick(panel, Key.Key_Return)
    judge(qtbot, window, station, "NOT_OK")
    assert panel.last.text() == "1 of 4 verdicts  ·  part A1 was judged NOT OK"
    qtbot.mouseClick(panel.repeat, Qt.MouseButton.LeftButton)
    assert panel.due.text.startswith("Part 1 of 2")
    assert not panel.repeat.isEnabled()
    qtbot.mouseClick(panel.halt, Qt.MouseButton.LeftButton)
    assert panel.todo.text().startswith("Paused")
    judge(qtbot, window, station, "OK", counts=False)
    qtbot.keyClick(panel, Key.Key_Return)
    qtbot.keyClick(panel, Key.Key_Return)
    judge(qtbot, window, station, "OK")
    assert panel.due.text.startswith("Part 2 of 2")


def test_leaving_the_panel_pauses_and_opening_it_again_goes_on(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("waiting", manual_trigger=True)
    panel = planned(qtbot, window)
    qtbot.keyClick(panel, Key.Key_Return)
    judge(qtbot, window, station, "OK")
    qtbot.keyClick(window, Key.Key_F6)
    assert isinstance(window.page.panel, OverridePanel)
    qtbot.waitUntil(lambda: window.tools.study.study.phase is Phase.PAUSED, timeout=1000)
    judge(qtbot, window, station, "NOT_OK", counts=False)
    window.do("study")
    panel = window.page.panel
    assert isinstance(panel, StudyPanel)
    assert panel.due.text.startswith("Part 2 of 2, pass 1 of 2")
    assert panel.todo.text().startswith("Paused")


def test_cancelling_asks_first_with_its_consequence(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("running")
    panel = planned(qtbot, window)
    qtbot.keyClick(panel, Key.Key_Return)
    judge(qtbot, window, station, "OK")
    qtbot.mouseClick(panel.give_up, Qt.MouseButton.LeftButton)
    asked = window.page.panel
    assert isinstance(asked, StopPanel)
    assert asked.why.text().startswith("1 verdicts of this study are thrown away")
    qtbot.keyClick(asked, Key.Key_Escape)
    assert isinstance(window.page.panel, StudyPanel)
    assert len(window.tools.study.study.taken) == 1
    qtbot.mouseClick(window.page.panel.give_up, Qt.MouseButton.LeftButton)
    qtbot.keyClick(window.page.panel, Key.Key_Return)
    assert window.page.panel is None
    assert window.tools.study.study is None
    assert studies(station) == []


def test_the_result_is_saved_as_a_table_and_says_where(
    qtbot: QtBot, open_window: Opener, station: FakeStation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guided, "documents", lambda: tmp_path / "Loupe")
    window = open_window("running")
    panel = planned(qtbot, window, "=A1 OK A2 NOK", passes=1)
    for verdict in ("OK", "NOT_OK"):
        qtbot.keyClick(panel, Key.Key_Return)
        judge(qtbot, window, station, verdict)
    result = window.page.panel
    assert result.title.text() == "The station judges acceptably"
    assert result.list.item(0).text() == "Every part was judged as known, in every pass."
    qtbot.mouseClick(result.save, Qt.MouseButton.LeftButton)
    (file,) = (tmp_path / "Loupe").iterdir()
    assert result.note.text() == f"Saved: {file}"
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    assert rows[:3] == [
        ["part", "known", "pass 1", "record of pass 1"],
        ["A1", "OK", "OK", "48214"],
        ["A2", "NOT_OK", "NOT_OK", "48215"],
    ]
    assert ["verdict", "acceptable"] in rows
    monkeypatch.setattr(guided, "documents", lambda: file)
    qtbot.mouseClick(result.save, Qt.MouseButton.LeftButton)
    assert result.note.text().startswith("It cannot be saved: ")


def test_a_scan_during_a_study_is_a_serial_and_confirms_nothing(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("running")
    panel = planned(qtbot, window)
    panel.setFocus()
    QTest.keyClicks(panel, "R25-900009")
    QTest.keyClick(panel, Key.Key_Return)
    assert station.asked == [("serial", "R25-900009")]
    assert window.tools.study.study.phase is Phase.UNARMED


def test_another_language_keeps_the_study(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("running")
    planned(qtbot, window)
    window.set_language("de")
    window.do("study")
    assert window.page.panel.due.text == "Teil 1 von 2, Durchgang 1 von 2 · A1"
