"""A chart out of control asks for its cause, from bar, list and key; the lists are edited; what was given is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hmi.window.main_window import MainWindow
from hmi.window.panels.alarm_list import AlarmList
from hmi.window.panels.cause_history import CauseHistory
from hmi.window.panels.cause_panel import CausePanel
from hmi.window.panels.lists_panel import ListsPanel
from hmi.window.panels.tools_panel import ToolsPanel
from inference.pipeline.cause_lists import ACTIONS, CAUSES, CauseLists, content_of
from inference.pipeline.decisions import ChartDecision, DecisionKind
from storage.history import History
from tests.gui.conftest import Opener
from tests.gui.fake_station import CAMERA_ALARM, CHART_ALARM, JOB, FakeStation, six_charts
from tests.unit.storage_parts import RECIPE, decision, filled, journal

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


def alarmed(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: bool(window.page.alarms.content.lines), timeout=1000)


def asking(qtbot: QtBot, window: MainWindow) -> CausePanel:
    alarmed(qtbot, window)
    window.do("cause")
    panel = window.page.panel
    assert isinstance(panel, CausePanel)
    return panel


def decided(station: FakeStation) -> list[ChartDecision]:
    return [asked[1] for asked in station.asked if asked[0] == "decide"]


def test_acknowledging_a_charts_alarm_asks_for_its_cause_and_esc_leaves_it_open(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("out_of_control")
    alarmed(qtbot, window)
    qtbot.mouseClick(window.page.alarms.acknowledge, Qt.MouseButton.LeftButton)
    panel = window.page.panel
    assert isinstance(panel, CausePanel)
    assert station.asked == [("acknowledge", CHART_ALARM.id, "operator:K. Weber")]
    assert panel.what.text().startswith("Bore diameter out of control (rule 1) · 25.014 at part 48\u2009213")
    qtbot.keyClick(panel, Key.Key_Escape)
    assert window.page.panel is None
    assert decided(station) == []


def test_acknowledging_never_takes_a_panel_from_somebody_who_is_busy_in_it(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("out_of_control")
    alarmed(qtbot, window)
    window.do("job")
    window.page.panel.fields["lot"].setText("2611-05")
    qtbot.keyClick(window, Key.Key_F8)
    assert station.asked == [("acknowledge", CHART_ALARM.id, "operator:K. Weber")]
    assert window.page.panel.fields["lot"].text() == "2611-05"


def test_acknowledging_another_alarm_asks_nothing(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("running")
    station.set(alarms=(CAMERA_ALARM,))
    alarmed(qtbot, window)
    qtbot.keyClick(window, Key.Key_F8)
    assert window.page.panel is None


def test_a_cause_by_keys_alone_is_recorded_with_chart_alarm_action_remark_and_actor(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("out_of_control")
    alarmed(qtbot, window)
    qtbot.keyClick(window, Key.Key_F8, SHIFT)
    panel = window.page.panel
    qtbot.waitUntil(panel.causes.hasFocus, timeout=1000)
    qtbot.keyClick(panel.causes, Key.Key_Down)
    qtbot.keyClick(panel.causes, Key.Key_Tab)
    qtbot.waitUntil(panel.actions.hasFocus, timeout=1000)
    qtbot.keyClick(panel.actions, Key.Key_End)
    panel.remark.setFocus()
    QTest.keyClicks(panel.remark, "edge was dull", delay=60)
    qtbot.wait(80)
    qtbot.keyClick(panel.remark, Key.Key_Return)
    (made,) = decided(station)
    assert (made.kind, made.chart, made.seq) == (DecisionKind.CAUSE, "i:bore_diameter", 0)
    assert made.content == {"cause": CAUSES[1], "action": ACTIONS[-1], "alarm_id": CHART_ALARM.id}
    assert (made.reason, made.actor_id, made.recipe) == ("edge was dull", "operator:K. Weber", "ring_demo")
    assert window.page.panel is None


def test_a_cause_without_cause_or_action_is_not_recorded(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("out_of_control")
    panel = asking(qtbot, window)
    qtbot.keyClick(panel, Key.Key_Return)
    assert panel.error.text() == "Choose a cause first."
    panel.causes.setCurrentRow(0)
    qtbot.keyClick(panel, Key.Key_Return)
    assert panel.error.text().startswith("Choose an action first")
    assert decided(station) == []


def test_of_two_charts_out_of_control_a_person_chooses(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("out_of_control")
    light = replace(CHART_ALARM, id="alarm-2", key="chart:p:reject")
    station.set(alarms=(CHART_ALARM, light))
    qtbot.waitUntil(lambda: len(window.page.alarms.content.lines) == 2, timeout=1000)
    panel = asking(qtbot, window)
    panel.chart.choose("p:reject")
    panel.causes.setCurrentRow(6)
    panel.actions.setCurrentRow(3)
    qtbot.mouseClick(panel.yes, Qt.MouseButton.LeftButton)
    (made,) = decided(station)
    assert (made.chart, made.content["alarm_id"]) == ("p:reject", "alarm-2")


def test_a_flagged_chart_asks_even_where_its_alarm_is_not_on_show(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("running")
    charts = six_charts(version=77)
    station.charts.put((replace(charts[0], flagged=True), *charts[1:]))
    qtbot.waitUntil(lambda: window.page.charts.charts["p:reject"].chart.flagged, timeout=1000)
    window.do("cause")
    panel = window.page.panel
    assert isinstance(panel, CausePanel)
    assert "Reject rate" in panel.what.text()


def test_own_words_are_shown_as_written_and_the_duty_is_told(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    station.lists = CauseLists(("light", "Spannzange lose"), ("none",), mandatory=True)
    window = open_window("out_of_control", language="de")
    panel = asking(qtbot, window)
    assert [panel.causes.item(k).text() for k in range(2)] == ["Licht", "Spannzange lose"]
    assert any("Pflicht" in label.text() for label in panel.findChildren(type(panel.what)))


def test_the_alarm_list_leads_to_the_cause_by_click_and_enter(qtbot: QtBot, open_window: Opener) -> None:
    for enter in (False, True):
        window = open_window("out_of_control")
        alarmed(qtbot, window)
        qtbot.keyClick(window, Key.Key_F10)
        panel = window.page.panel
        assert isinstance(panel, AlarmList)
        panel.list.setCurrentRow(0)
        if enter:
            qtbot.keyClick(panel, Key.Key_Return)
        else:
            panel.list.itemClicked.emit(panel.list.item(0))
        assert isinstance(window.page.panel, CausePanel)


def test_without_anything_out_of_control_the_causes_given_so_far_are_shown(
    qtbot: QtBot, open_window: Opener, station: FakeStation, tmp_path: Path
) -> None:
    path = filled(tmp_path)
    sink = journal(tmp_path)
    content = {"cause": "light", "action": "cleaned", "alarm_id": "a"}
    sink.append([decision("c1", DecisionKind.CAUSE, content=content, reason="lamp dusty", seq=3)])
    sink.close()
    window = open_window("running", history=lambda: History(path))
    station.set(job=replace(JOB, recipe=f"{RECIPE.name} r2"))
    qtbot.waitUntil(lambda: window.presenter.snapshot.job.recipe.endswith("r2"), timeout=1000)
    window.do("cause")
    panel = window.page.panel
    assert isinstance(panel, CauseHistory)
    qtbot.waitUntil(lambda: panel.list.count() == 1, timeout=5000)
    text = panel.list.item(0).text()
    assert "Light → Cleaned" in text
    assert "lamp dusty" in text
    panel.list.setCurrentRow(0)
    qtbot.keyClick(panel, Key.Key_Return)
    qtbot.waitUntil(lambda: window.presenter.pinned is not None and window.presenter.pinned.seq == 3, timeout=5000)
    qtbot.keyClick(panel, Key.Key_Escape)
    assert window.presenter.pinned is None


def test_the_panel_leads_to_the_causes_of_its_own_chart(
    qtbot: QtBot, open_window: Opener, station: FakeStation, tmp_path: Path
) -> None:
    path = filled(tmp_path)
    sink = journal(tmp_path)
    content = {"cause": "tool_wear", "action": "tool_changed", "alarm_id": "a"}
    charts = ("i:bore_diameter", "p:reject", "i:bore_diameter#2")
    sink.append([decision(f"c{k}", DecisionKind.CAUSE, content=content, chart=c) for k, c in enumerate(charts)])
    sink.close()
    window = open_window("out_of_control", history=lambda: History(path))
    station.set(job=replace(JOB, recipe=f"{RECIPE.name} r1"))
    qtbot.waitUntil(lambda: window.presenter.snapshot.job.recipe.endswith("r1"), timeout=1000)
    panel = asking(qtbot, window)
    first = panel.buttons.itemAt(0).widget()
    assert first.text() == "Given so far"
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    shown = window.page.panel
    qtbot.waitUntil(lambda: shown.list.count() == 1, timeout=5000)
    assert "Bore diameter · I chart  ·  Tool worn → Tool changed" in shown.list.item(0).text()
    window.do("cause")
    qtbot.mouseClick(window.page.panel.buttons.itemAt(1).widget(), Qt.MouseButton.LeftButton)
    assert isinstance(window.page.panel, ListsPanel)


def test_a_record_without_causes_and_no_record_say_so(qtbot: QtBot, open_window: Opener, tmp_path: Path) -> None:
    path = filled(tmp_path)
    window = open_window("running", history=lambda: History(path))
    window.do("cause")
    panel = window.page.panel
    qtbot.waitUntil(lambda: panel.note.text() == "No cause was given yet.", timeout=5000)
    window = open_window("running")
    window.do("cause")
    assert window.page.panel.note.text() == "There is no record to look at yet."


# --- the lists


def test_lists_are_replaced_whole_by_one_decision(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("running")
    window.do("lists")
    panel = window.page.panel
    assert isinstance(panel, ListsPanel)
    panel.causes.field.setText("  Collet   loose ")
    qtbot.mouseClick(panel.causes.buttons["add"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.causes.buttons["up"], Qt.MouseButton.LeftButton)
    panel.actions.list.setCurrentRow(0)
    qtbot.mouseClick(panel.actions.buttons["retire"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.actions.buttons["down"], Qt.MouseButton.LeftButton)
    panel.duty.choose("yes")
    assert "stands until its cause is given" in panel.consequence.text()
    qtbot.keyClick(panel, Key.Key_Return)
    (made,) = decided(station)
    causes = (*CAUSES[:-1], "Collet loose", CAUSES[-1])
    actions = (ACTIONS[2], ACTIONS[1], *ACTIONS[3:])
    assert (made.kind, made.chart) == (DecisionKind.LISTS, "")
    assert made.content == content_of(CauseLists(causes, actions, mandatory=True))


def test_unchanged_lists_are_no_decision_and_esc_changes_nothing(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("running")
    window.do("lists")
    qtbot.keyClick(window.page.panel, Key.Key_Return)
    window.do("lists")
    panel = window.page.panel
    panel.duty.choose("yes")
    qtbot.keyClick(panel, Key.Key_Escape)
    assert decided(station) == []


def test_an_entry_is_there_once_and_the_last_one_stays(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    station.lists = CauseLists(("light",), ("none",))
    window = open_window("running")
    window.do("lists")
    panel = window.page.panel
    for again in ("light", "LIGHT", "Light", " "):
        panel.causes.field.setText(again)
        panel.causes.buttons["add"].click()
    panel.causes.list.setCurrentRow(0)
    panel.causes.buttons["retire"].click()
    assert panel.lists == station.lists


def test_enter_in_the_field_adds_and_does_not_save(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("running")
    window.do("lists")
    panel = window.page.panel
    field = panel.actions.field
    field.setFocus()
    QTest.keyClicks(field, "Tool reground", delay=60)
    qtbot.wait(80)
    qtbot.keyClick(field, Key.Key_Return)
    assert window.page.panel is panel
    assert panel.actions.codes[-1] == "Tool reground"
    qtbot.keyClick(field, Key.Key_Return)
    assert decided(station)[0].content["actions"][-1] == "Tool reground"


@pytest.mark.parametrize(("name", "kind"), [("lists", ListsPanel), ("cause", CauseHistory)])
def test_the_menu_opens_each_tool_by_button_and_by_enter(
    qtbot: QtBot, open_window: Opener, name: str, kind: type
) -> None:
    window = open_window("running")
    qtbot.keyClick(window, Key.Key_F12)
    menu = window.page.panel
    assert isinstance(menu, ToolsPanel)
    menu.tools[name].setFocus()
    qtbot.keyClick(menu.tools[name], Key.Key_Return)
    assert isinstance(window.page.panel, kind)
    window.do("tools")
    qtbot.mouseClick(window.page.panel.tools[name], Qt.MouseButton.LeftButton)
    assert isinstance(window.page.panel, kind)
