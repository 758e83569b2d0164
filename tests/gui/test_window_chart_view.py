"""One chart on the screen: where it looks, what it tells, which marks it shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hmi.window.theme import DARK, LIGHT, Look
from hmi.window.words import Words
from inference.pipeline.snapshot import ChartMark, ChartPointRules
from tests.gui.chart_probe import INK, RED, SPEC, Shower, colours, hover, picture, place, press
from tests.gui.charts import BEGIN_S, long_chart, quiet
from tests.gui.take_pictures import spend

Key = Qt.Key


# --- where it looks


def test_home_shows_the_whole_history_and_end_follows_again(show_chart: Shower) -> None:
    view = show_chart(long_chart(5000))
    assert view.sight.points() == (4880, 5000)
    press(view, Key.Key_Home)
    assert view.sight.points() == (0, 5000)
    assert not view.following
    assert view.readout() == "Paused · End: newest"
    press(view, Key.Key_End)
    assert view.following
    assert view.sight.points() == (4880, 5000)


def test_page_keys_pan_and_stop_at_the_ends(show_chart: Shower) -> None:
    view = show_chart(long_chart(1000))
    before = view.sight.points()
    press(view, Key.Key_PageUp)
    after = view.sight.points()
    assert before[0] - after[0] == pytest.approx(96, abs=3)
    press(view, *[Key.Key_PageUp] * 40)
    assert view.sight.points()[0] == 0
    press(view, *[Key.Key_PageDown] * 40)
    assert view.sight.points()[1] == 1000
    assert view.sight.points()[1] - view.sight.points()[0] > 90


def test_plus_and_minus_zoom_round_the_cursor(show_chart: Shower) -> None:
    view = show_chart(long_chart(4000))
    view.sight.look_at((1000.0, 1800.0))
    view._set_cursor(1199)
    press(view, Key.Key_Plus)
    left, right = view.sight.span()
    assert right - left == pytest.approx(400, rel=0.01)
    assert (1200 - left) / (right - left) == pytest.approx(0.25, abs=0.01)
    press(view, Key.Key_Minus)
    assert view.sight.span() == pytest.approx((1000, 1800), abs=1)


def test_zooming_out_and_in_for_ever_loses_nothing(show_chart: Shower) -> None:
    view = show_chart(long_chart(300))
    press(view, *[Key.Key_Minus] * 30)
    assert view.sight.points() == (0, 300)
    press(view, *[Key.Key_Plus] * 60)
    left, right = view.sight.span()
    assert right - left == pytest.approx(4, rel=0.05)


def test_the_wheel_cannot_lose_the_chart(show_chart: Shower) -> None:
    view = show_chart(long_chart(300))
    view._box.setXRange(9000, 9900, padding=0)
    view._box.sigRangeChangedManually.emit([True, False])
    assert view.sight.span()[0] < 300
    assert not view.following


def test_height_follows_what_is_in_sight(show_chart: Shower) -> None:
    chart = quiet(2000)
    chart.values[100] = 50.0
    view = show_chart(chart)
    assert view._box.viewRange()[1][1] < 5
    press(view, Key.Key_Home)
    assert view._box.viewRange()[1][1] > 50
    press(view, Key.Key_End)
    assert view._box.viewRange()[1][1] < 5


def test_new_points_move_a_following_chart_and_leave_a_paused_one(show_chart: Shower) -> None:
    view = show_chart(long_chart(500))
    view.show_chart(replace(long_chart(510), version=2))
    assert view.sight.points() == (390, 510)
    press(view, Key.Key_PageUp)
    paused = view.sight.span()
    view.show_chart(replace(long_chart(520), version=3))
    assert view.sight.span() == pytest.approx(paused)


def test_another_chart_begins_at_its_newest_point(show_chart: Shower) -> None:
    view = show_chart(long_chart(500))
    press(view, Key.Key_Home, Key.Key_Left)
    view.show_chart(replace(quiet(300), key="other"))
    assert view.following
    assert view.item.cursor is None
    assert view.sight.points() == (180, 300)
    assert view._box.viewRange()[1][1] < 5


def test_what_is_looked_at_stays_in_sight_when_the_window_changes(show_chart: Shower) -> None:
    view = show_chart(None, size=(300, 120))
    view.show_chart(long_chart(5000))
    view.show_all()
    whole = view.item.axis.whole()
    for size in ((1280, 400), (500, 200)):
        view.resize(*size)
        spend(0.02)
        assert view.sight.span() == pytest.approx(whole, abs=1)


# --- part or time


def test_t_turns_the_axis_and_keeps_the_points_in_sight(show_chart: Shower) -> None:
    view = show_chart(long_chart(3000))
    assert view.axis == "part"
    view.sight.look_at((1000, 1400))
    view.sight.following = False
    start, stop = view.sight.points()
    press(view, Key.Key_T)
    assert view.axis == "time"
    turned = view.sight.points()
    assert turned[0] == pytest.approx(start, abs=15)
    assert turned[1] == pytest.approx(stop, abs=15)
    view.axis = "part"
    assert view.sight.points()[0] == pytest.approx(start, abs=30)


def test_an_axis_nobody_knows_is_refused(show_chart: Shower) -> None:
    with pytest.raises(ValueError, match="no axis 'value'; known: part, time"):
        show_chart(quiet()).axis = "value"


def test_the_axis_may_be_chosen_before_there_is_a_chart(show_chart: Shower) -> None:
    view = show_chart(None)
    view.axis = "time"
    press(view, Key.Key_Home, Key.Key_PageUp, Key.Key_Left, Key.Key_Return)
    view.show_chart(quiet())
    assert view.item.axis.times is not None


@pytest.mark.parametrize("axis", ["part", "time"])
def test_a_chart_without_points_takes_every_key(show_chart: Shower, axis: str) -> None:
    view = show_chart(replace(quiet(0), phase1_remaining=20))
    view.axis = axis
    press(view, Key.Key_Home, Key.Key_PageUp, Key.Key_Plus, Key.Key_Left, Key.Key_Return, Key.Key_End)
    assert view._foot_texts() == ("20 more points until limits",)
    assert not view.grab().isNull()


def test_idle_time_is_a_gap_on_the_time_axis_only(show_chart: Shower) -> None:
    chart = quiet(60)
    times = chart.utc_s.copy()
    times[30:] += 200.0
    view = show_chart(replace(chart, utc_s=times))

    def data_in_the_gap() -> bool:
        image, left, right = picture(view), place(view, 29), place(view, 30)
        row = {
            image.pixelColor(x, y).name().upper()
            for x in range(left.x() + 8, right.x() - 7)
            for y in range(min(left.y(), right.y()), max(left.y(), right.y()))
        }
        center = view.view.mapFromScene(view._box.mapViewToScene(QPointF(0, 0))).y()
        assert abs(center - (left.y() + right.y()) / 2) < 3
        return any(colour not in {LIGHT.plot, LIGHT.zone, LIGHT.data} for colour in row) or len(row) > 3

    assert data_in_the_gap()
    view.axis = "time"
    spend(0.01)
    assert place(view, 30).x() - place(view, 29).x() > 100
    assert not data_in_the_gap()


def test_the_foot_tells_round_times_on_the_time_axis(show_chart: Shower) -> None:
    view = show_chart(quiet(120))
    view.axis = "time"
    texts = view._foot_texts()
    assert len(texts) >= 4
    assert all(text.endswith("0") for text in texts)


def test_the_axis_button_is_found_by_a_finger(show_chart: Shower) -> None:
    view = show_chart(quiet())
    for at in (QPoint(view.width() - 50, view.height() - 8), QPoint(view.width() - 50, view.height() - 8)):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert view.axis == "part"
    inside = view.view.mapFrom(view, QPoint(view.width() - 50, view.height() - 40))
    QTest.mouseClick(view.view.viewport(), Qt.MouseButton.LeftButton, pos=inside)
    assert view.axis == "time"


# --- what it tells


def test_a_note_is_told_under_the_cursor_and_marked(show_chart: Shower) -> None:
    view = show_chart(quiet(60, notes=(ChartMark(30, "coolant refilled"),)))
    hover(view, place(view, 30))
    assert view.readout().endswith("coolant refilled")
    image, at = picture(view), place(view, 30)
    foot = [colours(image, QPoint(at.x(), y), 1) for y in range(image.height() - 12, image.height())]
    assert any(INK in found for found in foot)


def test_arrows_step_by_pixels_where_points_are_denser_and_bring_the_point_into_sight(show_chart: Shower) -> None:
    view = show_chart(long_chart(100_000))
    press(view, Key.Key_Home, Key.Key_Left)
    first = view.item.cursor
    assert first == 99_999
    press(view, Key.Key_Left)
    assert 50 < first - view.item.cursor < 200
    view.follow()
    press(view, Key.Key_Left, *[Key.Key_Left] * 130)
    assert view.item.cursor == 99_999 - 130
    start, stop = view.sight.points()
    assert start <= view.item.cursor < stop


def test_hovering_a_column_of_many_points_reads_the_nearest_in_height(show_chart: Shower) -> None:
    chart = long_chart(100_000)
    chart.values[50_000] += 1.0
    view = show_chart(chart)
    press(view, Key.Key_Home)
    assert view.sight.nearest(view.view.mapToScene(place(view, 50_000))) == 50_000


def test_a_flagged_chart_says_that_a_cause_is_missing(show_chart: Shower) -> None:
    red = LIGHT.not_ok_fill.upper()
    view = show_chart(quiet())
    head = view.grab(view.rect().adjusted(900, 0, 0, -370)).toImage()
    assert not any(head.pixelColor(x, 15).name().upper() == red for x in range(head.width()))
    view.show_chart(quiet(flagged=True, version=2))
    spend(0.01)
    head = view.grab(view.rect().adjusted(900, 0, 0, -370)).toImage()
    assert sum(head.pixelColor(x, 5).name().upper() == red for x in range(head.width())) > 60
    assert view.cut == ()


@pytest.mark.parametrize("language", ["en", "de", "zh"])
def test_a_small_flagged_chart_cuts_no_text(show_chart: Shower, language: str) -> None:
    look = Look(LIGHT, Words(language))
    look.unit = 0.74
    view = show_chart(quiet(flagged=True, kind="mr"), (292, 118), look)
    picture = view.grab().toImage()
    assert view.cut == ()
    red = [
        (x, y)
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).name().upper() == LIGHT.not_ok_fill.upper()
    ]
    assert len(red) > 300


def test_a_mouse_that_leaves_takes_its_cursor_along(show_chart: Shower) -> None:
    view = show_chart(quiet(60))
    viewport = view.view.viewport()
    hover(view, place(view, 30))
    assert view.item.cursor == 30
    QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
    assert view.item.cursor is None
    assert view.readout() == ""


def test_a_pan_with_the_mouse_chooses_no_part(show_chart: Shower) -> None:
    view = show_chart(long_chart(600))
    chosen: list[int] = []
    view.point_chosen.connect(chosen.append)
    viewport, at = view.view.viewport(), place(view, 550)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(viewport, at + QPoint(200, 0))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=at + QPoint(200, 0))
    assert chosen == []
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at)
    assert len(chosen) == 1


def test_labels_of_limits_near_one_another_are_moved_apart(show_chart: Shower) -> None:
    chart = quiet(40, lower_spec=-3.01, upper_spec=-2.99)
    view = show_chart(replace(chart, values=chart.values * 40, ucl=chart.ucl - 5.9), size=(500, 160))
    texts = [label.text for label in view.item.edge.labels]
    assert len(texts) == 5
    assert view.cut == ()


# --- marks


def test_a_point_left_out_is_hollow(show_chart: Shower) -> None:
    view = show_chart(quiet(40, excluded=(ChartMark(20, "trial"),)))
    image = picture(view)
    assert image.pixelColor(place(view, 20)).name().upper() == LIGHT.plot.upper()
    assert image.pixelColor(place(view, 18)).name().upper() == LIGHT.data.upper()


def test_a_stage_is_a_line_before_its_first_point(show_chart: Shower) -> None:
    view = show_chart(quiet(40, stages=(ChartMark(20, "new tool"), ChartMark(0, "begin"))))
    image = picture(view)
    between = (place(view, 19).x() + place(view, 20).x()) // 2
    ink = LIGHT.ink2.upper()
    column = [colours(image, QPoint(between, y), 1) for y in range(60, image.height() - 20, 7)]
    assert all(ink in found for found in column)


def test_spec_limits_have_another_colour_and_are_no_control_limits(show_chart: Shower) -> None:
    view = show_chart(quiet(40, upper_spec=4.0))
    image = picture(view)
    row = view.view.mapFromScene(view._box.mapViewToScene(QPointF(10, 4.0))).y()
    found = [SPEC in colours(image, QPoint(x, row), 1) for x in range(20, 1000)]
    assert 0.5 < np.mean(found) <= 1.0
    limit = view.view.mapFromScene(view._box.mapViewToScene(QPointF(10, 3.0))).y()
    assert not any(SPEC in colours(image, QPoint(x, limit), 1) for x in range(20, 1000, 5))


def test_a_cusum_chart_shows_both_sums_and_both_limits(show_chart: Shower) -> None:
    lower = -np.linspace(0, 6, 40)
    broken = tuple(ChartPointRules(k, (1,)) for k in np.flatnonzero(lower < -3).tolist())
    view = show_chart(quiet(40, kind="cusum", values=np.zeros(40), lower_values=lower, violations=broken))
    image = picture(view)
    at = view.view.mapFromScene(view._box.mapViewToScene(QPointF(30, lower[29])))
    assert RED in colours(image, at)
    below = view.view.mapFromScene(view._box.mapViewToScene(QPointF(10, lower[9])))
    assert LIGHT.data.upper() in colours(image, below)


def test_readings_near_1e9_with_a_spread_of_1e_3_are_drawn_where_they_are(show_chart: Shower) -> None:
    chart = long_chart(100, mean=1e9, sigma=1e-3, seed=3)
    values = chart.values.copy()
    values[90] = 1e9 + 5e-3
    view = show_chart(replace(chart, values=values, violations=(ChartPointRules(90, (1,)),)))
    assert RED in colours(picture(view), place(view, 90))
    assert place(view, 50).y() != place(view, 90).y()


@pytest.mark.parametrize("values", [np.full(30, np.nan), np.full(30, 5.0), np.array([7.0]), np.array([0.0, np.inf])])
@pytest.mark.parametrize("axis", ["part", "time"])
def test_odd_data_are_painted(show_chart: Shower, values: np.ndarray, axis: str) -> None:
    blank = np.full(len(values), np.nan)
    chart = quiet(len(values), values=values, center=blank, lcl=blank, ucl=blank)
    view = show_chart(chart, look=Look(DARK, Words("zh")))
    view.axis = axis
    press(view, Key.Key_Home, Key.Key_Left)
    assert not view.grab().isNull()


# --- a scanner at a chart that has the focus


def test_a_scanner_moves_nothing(show_chart: Shower) -> None:
    view = show_chart(long_chart(500))
    before = view.sight.stand
    for code in ("T25-900001+", "R25-900=T", "-T+-"):
        QTest.keyClicks(view, code)
        spend(0.06)
        assert view.sight.stand == before, code


def test_a_hand_may_press_the_same_key_quickly(show_chart: Shower) -> None:
    view = show_chart(long_chart(500))
    press(view, Key.Key_Plus, Key.Key_Plus)
    left, right = view.sight.span()
    assert right - left < 40


def test_a_key_held_with_ctrl_is_none_of_the_charts(show_chart: Shower) -> None:
    view = show_chart(long_chart(500))
    QTest.keyClick(view, Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert view.axis == "part"
    assert view.sight.origin_s == BEGIN_S
