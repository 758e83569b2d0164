"""Every action by keyboard, harm asked about first, a scanner heard whatever has the focus."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hmi.window.actions import ACTIONS
from hmi.window.main_window import MainWindow
from hmi.window.panels.alarm_list import AlarmList
from hmi.window.panels.help_panel import HelpPanel
from hmi.window.panels.job_panel import JobPanel
from hmi.window.panels.override_panel import OverridePanel
from hmi.window.panels.stop_panel import StopPanel
from hmi.window.presentation import AlarmLine
from inference.disposition import Disposition
from inference.inspection import Verdict
from inference.pipeline.state import StationState
from tests.gui.conftest import Opener
from tests.gui.fake_station import CHART_ALARM, FakeStation

Key = Qt.Key


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    qtbot.keyClick(window, key)
    qtbot.wait(20)


def test_no_two_actions_share_a_key() -> None:
    keys = [action.key for action in ACTIONS]
    assert len(set(keys)) == len(keys)
    assert all(not QKeySequence(key).isEmpty() for key in keys)


def test_f5_starts_a_station_that_stands_still(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("stopped")
    press(qtbot, window, Key.Key_F5)
    assert station.asked == [("start",)]


def test_f5_asks_before_it_stops_and_says_what_that_means(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("running")
    press(qtbot, window, Key.Key_F5)
    panel = window.page.panel
    assert isinstance(panel, StopPanel)
    assert panel.why.text().startswith("2 parts in the queues are judged and recorded first.")
    assert station.asked == []
    press(qtbot, panel, Key.Key_Escape)
    assert window.page.panel is None
    press(qtbot, window, Key.Key_F5)
    press(qtbot, window.page.panel, Key.Key_Return)
    assert station.asked == [("stop",)]
    assert window.page.panel is None


def test_a_stop_while_nothing_can_be_recorded_says_that_parts_stay_held(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("hold")
    qtbot.waitUntil(lambda: window.presenter.snapshot.state is StationState.HALTED, timeout=1000)
    press(qtbot, window, Key.Key_F5)
    assert "2 parts are without record" in window.page.panel.why.text()


def test_closing_a_running_station_asks_first(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("running")
    window.close()
    assert window.isVisible()
    assert isinstance(window.page.panel, StopPanel)
    press(qtbot, window.page.panel, Key.Key_Return)
    assert not window.isVisible()


def test_f6_records_an_override_with_disposition_reason_and_actor(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("defect")
    press(qtbot, window, Key.Key_F6)
    panel = window.page.panel
    assert isinstance(panel, OverridePanel)
    panel.disposition.choose("RELEASE")
    assert "counts as OK" in panel.consequence.text()
    panel.reason.choose("dirt")
    QTest.keyClicks(panel.remark, "wiped", delay=60)
    qtbot.wait(80)
    press(qtbot, panel.remark, Key.Key_Return)
    ((name, override),) = station.asked
    assert name == "override"
    assert (override.seq, override.verdict, override.disposition) == (48214, Verdict.OK, Disposition.RELEASE)
    assert (override.reason, override.actor_id) == ("dirt: wiped", "operator:K. Weber")
    assert window.page.panel is None


def test_an_override_without_a_reason_is_not_recorded(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("defect")
    press(qtbot, window, Key.Key_F6)
    panel = window.page.panel
    press(qtbot, panel, Key.Key_Return)
    assert panel.error.text() == "Choose a reason first."
    panel.reason.choose("other")
    press(qtbot, panel, Key.Key_Return)
    assert station.asked == []


def test_an_override_before_the_first_part_says_that_there_is_none(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("not_started")
    press(qtbot, window, Key.Key_F6)
    assert window.page.panel.title.text() == "There is no part to decide on yet."


def test_an_override_is_about_the_part_it_was_opened_for(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    from tests.gui.fake_station import judged_part

    window = open_window("defect")
    press(qtbot, window, Key.Key_F6)
    panel = window.page.panel
    station.show(judged_part(48215))
    qtbot.waitUntil(lambda: window.page.verdict.content.word == "OK", timeout=1000)
    assert window.page.picture.content.painted.part.seq == 48214
    panel.reason.choose("looked_again")
    press(qtbot, panel, Key.Key_Return)
    assert station.asked[0][1].seq == 48214


def test_f7_begins_a_new_lot_only_where_something_changed(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("running")
    press(qtbot, window, Key.Key_F7)
    panel = window.page.panel
    assert isinstance(panel, JobPanel)
    assert panel.consequence.text().startswith("Only the serial")
    press(qtbot, panel, Key.Key_Return)
    assert station.asked == []
    press(qtbot, window, Key.Key_F7)
    panel = window.page.panel
    panel.fields["lot"].setText("2611-0474")
    assert "counters start at 0" in panel.consequence.text()
    press(qtbot, panel, Key.Key_Return)
    assert station.asked == [("job", "Ring 25 H7", "2611-0474", "operator:K. Weber")]


def test_f8_acknowledges_the_most_urgent_open_alarm(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("out_of_control")
    qtbot.waitUntil(lambda: bool(window.page.alarms.content.lines), timeout=1000)
    press(qtbot, window, Key.Key_F8)
    assert station.asked == [("acknowledge", CHART_ALARM.id, "operator:K. Weber")]


def test_f8_goes_on_to_the_next_alarm(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("camera_lost")
    first, second = station.state.alarms
    station.set(alarms=(replace(first, acknowledged=first.raised), replace(second, acknowledged=None)))
    qtbot.waitUntil(
        lambda: window.page.alarms.content.lines[:1] and window.page.alarms.content.lines[0].id == second.id
    )
    press(qtbot, window, Key.Key_F8)
    assert station.asked[-1][1] == second.id


def test_f10_lists_all_alarms_with_what_to_do(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("camera_lost")
    qtbot.waitUntil(lambda: len(window.page.alarms.content.lines) == 2, timeout=1000)
    press(qtbot, window, Key.Key_F10)
    panel = window.page.panel
    assert isinstance(panel, AlarmList)
    assert [panel.list.item(k).text().split("\n")[0][:1] for k in range(2)] == ["1", "3"]
    assert "Check its cable and power" in panel.list.item(0).text()


def test_no_word_of_a_long_list_of_alarms_lies_under_its_scroll_bar(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("running")
    press(qtbot, window, Key.Key_F10)
    panel = window.page.panel
    assert isinstance(panel, AlarmList)
    panel.show_lines(
        tuple(AlarmLine(f"a{k}", 3, "17:33:04", "Camera lost", "long " * 60, "", acknowledged=False) for k in range(9))
    )
    qtbot.waitUntil(lambda: panel.list.verticalScrollBar().isVisible(), timeout=1000)
    qtbot.waitUntil(lambda: panel.list.visualItemRect(panel.list.item(0)).width() <= panel.list.viewport().width())
    assert not panel.list.horizontalScrollBar().isVisible()


def test_f2_steps_through_the_opacities(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("defect")
    seen = []
    for _ in range(3):
        press(qtbot, window, Key.Key_F2)
        seen.append(window.presenter.opacity)
    assert seen == [0.7, 0.0, 0.4]


def test_space_and_f4_trigger_only_where_a_person_may(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("waiting", manual_trigger=True)
    press(qtbot, window, Key.Key_Space)
    press(qtbot, window, Key.Key_F4)
    assert station.asked == [("trigger", ""), ("trigger", "")]
    station.asked.clear()
    window = open_window("running")
    press(qtbot, window, Key.Key_Space)
    press(qtbot, window, Key.Key_F4)
    assert station.asked == []
    assert "trigger" not in window.page.buttons


def test_f1_shows_every_key_and_esc_closes(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("running")
    press(qtbot, window, Key.Key_F1)
    assert isinstance(window.page.panel, HelpPanel)
    press(qtbot, window, Key.Key_Escape)
    assert window.page.panel is None


def test_f11_fills_the_screen_and_back(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("running")
    press(qtbot, window, Key.Key_F11)
    assert window.isFullScreen()
    press(qtbot, window, Key.Key_F11)
    assert not window.isFullScreen()


def test_a_panel_never_covers_verdict_picture_or_alarms(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("defect")
    for action in ("start", "override", "job", "review", "alarms", "help"):
        window.do(action)
        qtbot.wait(10)
        page = window.page
        covered = page.panel.rect().translated(page.panel.mapTo(page, page.panel.rect().topLeft()))
        for view in (page.verdict, page.picture, page.alarms):
            place = view.rect().translated(view.mapTo(page, view.rect().topLeft()))
            assert not covered.intersects(place), action


# --- scanner


def scan(widget: object, code: str) -> None:
    QTest.keyClicks(widget, code)
    QTest.keyClick(widget, Key.Key_Return)


def test_a_scanner_sets_the_serial_while_nothing_has_the_focus(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("running")
    scan(window.page, "R25-900001")
    assert station.asked == [("serial", "R25-900001")]
    assert window.page.header.content.facts[3].value == "next: R25-900001"


def test_a_scan_into_another_field_is_taken_out_of_it_again(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("running")
    press(qtbot, window, Key.Key_F7)
    lot = window.page.panel.fields["lot"]
    lot.setText("2611-")
    lot.setFocus()
    qtbot.waitUntil(lot.hasFocus)
    qtbot.wait(80)
    scan(lot, "R25-900002")
    assert lot.text() == "2611-"
    assert isinstance(window.page.panel, JobPanel)  # the scanner's Enter has confirmed nothing
    assert window.page.panel.fields["serial"].text() == "R25-900002"
    assert station.asked == [("serial", "R25-900002")]


def test_a_scanner_does_not_agree_to_a_stop(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("running")
    press(qtbot, window, Key.Key_F5)
    window.page.panel.setFocus()
    scan(window.page.panel, "R25-900003")
    assert ("stop",) not in station.asked
    assert isinstance(window.page.panel, StopPanel)


def test_a_hand_that_types_is_no_scanner(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("running")
    press(qtbot, window, Key.Key_F7)
    field = window.page.panel.fields["lot"]
    field.clear()
    QTest.keyClicks(field, "77-A", delay=70)
    qtbot.wait(80)
    press(qtbot, field, Key.Key_Return)
    assert station.asked == [("job", "Ring 25 H7", "77-A", "operator:K. Weber")]


# --- what is remembered


def test_language_theme_opacity_and_place_are_remembered(qtbot: QtBot, open_window: Opener, tmp_path: Path) -> None:
    window = open_window("running", folder=tmp_path)
    window.set_language("de")
    window.set_theme("dark")
    window.page.picture.legend.set_opacity(0.7)
    window.resize(1400, 900)
    window.leave()
    again = open_window("running", folder=tmp_path, size=(1280, 800))
    assert again.look.words.language == "de"
    assert again.look.palette.panel == "#1E2428"
    assert again.presenter.opacity == pytest.approx(0.7)


def test_a_damaged_memory_counts_as_none(open_window: Opener, tmp_path: Path) -> None:
    (tmp_path / "window.ini").write_bytes(b"\x00\xff[General\nopacity=much\nlanguage=xx\ntheme=pink\ngeometry=1")
    window = open_window("running", folder=tmp_path)
    assert window.look.words.language == "en"
    assert window.presenter.opacity == pytest.approx(0.4)


def test_a_language_changed_while_running_keeps_the_station_on_show(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("defect")
    window.set_language("de")
    qtbot.waitUntil(lambda: window.page.verdict.content.word == "NICHT OK", timeout=1000)
    qtbot.waitUntil(lambda: window.page.picture.content.painted is not None, timeout=1000)
    assert len(window.page.charts.charts) == 6
    assert window.page.counters.content[0].caption == "Geprüft"
