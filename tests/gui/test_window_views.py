"""Each view shows what the snapshot says; nothing is cut; pictures and regions belong together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from hmi.window import theme
from hmi.window.main_window import MainWindow
from hmi.window.words import LANGUAGES
from inference.inspection import Verdict
from tests.gui.conftest import Opener
from tests.gui.fake_station import (
    CAMERA_ALARM,
    CHART_ALARM,
    FakeStation,
    find_picture,
    frame_of,
    judged_part,
    six_charts,
)
from tests.gui.scenes import SCENES

SIZES = [(1280, 800), (1920, 1080), (3840, 2160)]


def values(facts: tuple) -> list[str]:
    return [fact.value for fact in facts]


def test_header_names_station_product_lot_serial_operator_and_state(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("running", station_name="Ring line 2")
    qtbot.waitUntil(lambda: window.page.header.content.facts[3].value != "–", timeout=1000)
    header = window.page.header.content
    assert values(header.facts) == [
        "Ring line 2",
        "Ring 25 H7",
        "2611-0473",
        "R25-048213",
        "K. Weber",
    ]
    assert (header.state, header.running) == ("RUNNING", True)


def test_counters_show_missed_parts_only_where_there_are_some(open_window: Opener) -> None:
    window = open_window("running")
    assert values(window.page.counters.content) == ["17\u2009084", "361", "97.9 %", "0"]


def test_counters_hold_seven_digits(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("not_decidable")
    qtbot.wait(300)
    assert values(window.page.counters.content) == ["1\u2009234\u2009567", "4560", "99.6 %", "7", "12"]
    assert window.page.counters.cut == ()


def test_health_marks_a_station_that_fell_back_to_the_cpu(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("on_cpu")
    qtbot.waitUntil(lambda: window.page.health.content[0].tone == "attention", timeout=1000)
    assert window.page.health.content[0].value == "CPU"
    assert window.page.alarms.content.lines[0].what == "Runs on CPU, slower than asked for"


def test_health_marks_a_disk_that_is_nearly_full(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("hold")
    qtbot.waitUntil(lambda: window.page.health.content[-1].tone == "attention", timeout=1000)


def test_the_picture_on_show_is_that_of_the_verdict(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("running")
    station.pictures.put(frame_of(find_picture("dent"), trigger="newer"))  # the next part, not judged yet
    qtbot.wait(150)
    assert window.page.picture.content.painted.part.seq == 48213


def test_a_live_picture_is_shown_while_no_verdict_stands(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("starting")
    station.pictures.put(frame_of(find_picture("dent"), trigger="live"))
    qtbot.waitUntil(lambda: window.page.picture.content.painted is not None, timeout=2000)
    assert window.page.picture.content.footer.startswith("Live · ")


def test_the_defect_is_outlined_where_it_is(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("defect", size=(1920, 1080))
    view = window.page.picture
    qtbot.waitUntil(lambda: view.content.painted is not None and view.content.painted.part.seq == 48214, timeout=2000)
    painted = view.content.painted
    defect = painted.part.defects[0]
    scale = painted.image.width() / painted.part.frame.size[0]
    left = (view.width() - painted.image.width()) / 2 + defect.region.x * scale
    top = (view.height() - painted.image.height()) / 2 + (defect.region.y + defect.region.h / 2) * scale
    picture = view.grab().toImage()
    row = [picture.pixelColor(round(left) - dx, round(top)) for dx in range(-4, 12)]
    assert any(c.red() > 150 and c.green() < 90 and c.blue() < 90 for c in row), "no red edge"
    assert any(min(c.red(), c.green(), c.blue()) > 240 for c in row), "no white halo"


def test_heat_lies_over_the_defect_and_nowhere_on_a_good_part(open_window: Opener) -> None:
    window = open_window("running")
    good = np.asarray(window.page.picture.content.painted.pixels)[..., :3].astype(int)
    assert np.abs(good[..., 0] - good[..., 2]).max() < 40  # grey stays grey: no heat


def test_two_alarms_show_the_more_urgent_one_and_the_count(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("camera_lost")
    qtbot.waitUntil(lambda: len(window.page.alarms.content.lines) == 2, timeout=1000)
    assert window.page.alarms.content.lines[0].what == "Camera lost"
    assert window.page.alarms.content.open == 1
    assert window.page.alarms.acknowledge.isVisible()


def test_an_acknowledged_alarm_stays_and_says_by_whom(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("running")
    station.set(alarms=(replace(CAMERA_ALARM, acknowledged=CAMERA_ALARM.raised, acknowledged_by="operator:Li"),))
    qtbot.waitUntil(lambda: bool(window.page.alarms.content.lines), timeout=1000)
    assert window.page.alarms.content.lines[0].note == "acknowledged 14:32:07 by Li"
    assert not window.page.alarms.acknowledge.isVisible()


def test_charts_are_made_once_and_then_only_updated(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("running")
    before = dict(window.page.charts.charts)
    assert list(before) == [c.key for c in six_charts()]
    station.charts.put(six_charts(version=2, drift=5.0))
    qtbot.waitUntil(lambda: before["i:bore_diameter"].chart.version == 2, timeout=1000)
    assert window.page.charts.charts == before


def test_an_unchanged_chart_is_not_painted_again(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("running")
    view = window.page.charts.charts["p:reject"]
    before = view.item.figures
    station.charts.put(six_charts(version=1))
    qtbot.wait(250)
    assert view.item.figures is before


def test_a_young_chart_says_how_many_points_are_missing(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("new_lot")
    qtbot.wait(250)
    view = window.page.charts.charts["i:bore_diameter"]
    assert view._foot_texts() == ("41 more points until limits",)


def test_violated_points_are_red_squares(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("out_of_control", size=(1920, 1080))
    qtbot.wait(200)
    image = window.page.charts.charts["i:bore_diameter"].view.grab().toImage()
    red = sum(
        image.pixelColor(x, y).name().upper() == window.look.palette.not_ok
        for x in range(image.width())
        for y in range(0, image.height(), 2)
    )
    assert red > 40


def test_no_line_crosses_a_gap() -> None:
    from hmi.window.chart_figures import figures
    from tests.gui.fake_station import chart

    shown = figures(chart("i", "bore_diameter", gap=60))
    assert np.isnan(shown.values[60])
    assert np.isfinite([shown.low, shown.high]).all()


def test_a_click_on_a_point_asks_for_its_part(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("running")
    view = window.page.charts.charts["i:bore_diameter"]
    chosen: list[int] = []
    view.point_chosen.connect(chosen.append)
    at = view._box.mapViewToScene(_newest_point(view))
    qtbot.mouseClick(view.view.viewport(), Qt.MouseButton.LeftButton, pos=view.view.mapFromScene(at))
    assert chosen == [int(view.chart.seqs[-1])]


def _newest_point(view):
    from PySide6.QtCore import QPointF

    newest = view.chart.first_number + len(view.chart.values) - 1
    return QPointF(newest, float(view.chart.values[-1]))


def test_arrow_keys_read_points_and_enter_shows_the_part(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("running")
    view = window.page.charts.charts["i:bore_diameter"]
    chosen: list[int] = []
    view.point_chosen.connect(chosen.append)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.readout().startswith(f"part {view.chart.seqs[-1]} · ")
    assert view.readout().endswith(" mm")
    qtbot.keyClick(view, Qt.Key.Key_Left)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert chosen == [int(view.chart.seqs[-2])]


def test_panning_back_pauses_following_and_end_goes_on(qtbot: QtBot, open_window: Opener, station: FakeStation) -> None:
    window = open_window("running")
    view = window.page.charts.charts["i:score"]
    view._box.sigRangeChangedManually.emit([True, False])
    assert view.readout().startswith("Paused")
    at = view._box.viewRange()[0]
    station.charts.put(six_charts(version=2, first=902))
    qtbot.waitUntil(lambda: view.chart.version == 2, timeout=1000)
    assert view._box.viewRange()[0] == at
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert view.following
    assert view._box.viewRange()[0] != at


def test_choosing_a_part_in_the_strip_marks_its_points_and_again_lets_go(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("running")
    strip = window.page.strip
    view = window.page.charts.charts["i:bore_diameter"]
    part = strip.content.thumbs[3].part
    view.chart = replace(view.chart, seqs=np.arange(part.seq - 119, part.seq + 1))
    cell = strip._cell(3).center().toPoint()
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(cell))
    assert window.presenter.pinned is part
    assert view.item.marked == frozenset({119})
    qtbot.waitUntil(lambda: "Looking back at part 48\u2009210" in window.page.picture.content.notice, timeout=1000)
    assert window.page.verdict.content.word == "OK"  # the verdict stays live
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(cell))
    assert window.presenter.pinned is None


def test_the_verdict_stays_live_while_somebody_looks_back(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("running")
    window.presenter.pin(window.page.strip.content.thumbs[5].part)
    station.show(judged_part(48214, Verdict.NOT_OK, frame=frame_of(find_picture("scratch"))))
    qtbot.waitUntil(lambda: window.page.verdict.content.word == "NOT OK", timeout=1000)
    content = window.page.picture.content
    qtbot.waitUntil(lambda: content.painted is not None and content.painted.part is not None, timeout=5000)
    assert content.painted.part.seq == window.presenter.pinned.seq


def cut_texts(window: MainWindow) -> list[str]:
    page = window.page
    views = [page.header, page.verdict, page.counters, page.health, page.strip, page.alarms, page.picture]
    found = [text for view in [*views, *page.charts.charts.values()] for text in view.cut]
    for button in window.findChildren(QPushButton):
        if button.isVisible():
            needed = max(button.fontMetrics().horizontalAdvance(line) for line in button.text().split("\n"))
            if needed > button.width():
                found.append(button.text())
    labels = [label for label in window.findChildren(QLabel) if label.isVisible()]
    return found + [x.text() for x in labels if x.heightForWidth(x.width()) > x.height() + 1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_no_text_is_cut(
    qtbot: QtBot, open_window: Opener, station: FakeStation, size: tuple[int, int], language: str
) -> None:
    window = open_window("running", size=size, language=language, station_name="Ring line 2 · Camera 1")
    for scene in SCENES.values():
        station.set(alarms=())
        scene(station)
        if not station.state.alarms:
            station.set(alarms=(CHART_ALARM,))
        window.bridge._look_at_pictures()
        window.bridge._look_at_status()
        window.grab()
        assert cut_texts(window) == [], scene.__name__


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_a_panel_is_cut(qtbot: QtBot, open_window: Opener, language: str) -> None:
    window = open_window("defect", language=language, manual_trigger=True)
    for action in ("start", "override", "job", "review", "alarms", "help"):
        window.do(action)
        qtbot.wait(30)
        assert cut_texts(window) == [], action


def test_words_fit_where_only_a_wide_face_is_installed(
    qtbot: QtBot, open_window: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme, "face", lambda language: "DejaVu Sans")
    for language in ("en", "de"):
        window = open_window("not_decidable", language=language)
        window.grab()
        cut = set(window.page.verdict.cut) | set(window.page.counters.cut)
        assert cut == set()


@pytest.mark.parametrize("kept", ["nothing", "one", "every_second"])
def test_charts_of_gaps_are_painted_and_do_not_take_the_program_with_them(
    qtbot: QtBot, open_window: Opener, station: FakeStation, kept: str
) -> None:
    window = open_window("running")

    def with_gaps(values: np.ndarray) -> np.ndarray:
        gaps = np.full_like(values, np.nan)
        step = {"nothing": slice(0, 0), "one": slice(3, 4), "every_second": slice(0, None, 2)}[kept]
        gaps[step] = values[step]
        return gaps

    charts = six_charts(version=999)
    station.charts.put(tuple(replace(c, values=with_gaps(c.values), violations=()) for c in charts))
    qtbot.wait(300)
    assert not window.grab().isNull()
