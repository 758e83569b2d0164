"""A million points on the screen: quick to load and to move, and nothing that matters is lost between pixels."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage

from hmi.window.theme import LIGHT
from hmi.window.views.chart_view import ChartView
from inference.pipeline.snapshot import ChartMark, ChartPointRules, ChartSnapshot
from tests.gui.chart_probe import PLOT, RED, Shower, colours, picture, place
from tests.gui.charts import long_chart
from tests.gui.take_pictures import spend

MILLION = 1_000_000


@pytest.fixture(scope="module", params=["i", "p"])
def million(request: pytest.FixtureRequest) -> ChartSnapshot:
    """`i`: fixed limits; `p`: limits that change with every point."""
    return long_chart(MILLION, kind=request.param)


def quickest(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of the quickest run: a busy machine slows some, not all."""
    taken: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def load(view: ChartView, chart: ChartSnapshot) -> None:
    view.show_chart(chart)
    view.show_all()
    view.grab()


def test_a_million_points_load_in_half_a_second(show_chart: Shower, million: ChartSnapshot) -> None:
    view = show_chart(None)
    fresh = iter([replace(million, key=str(k)) for k in range(6)])
    for axis in ("part", "time"):
        view.axis = axis
        assert quickest(lambda: load(view, next(fresh))) < 0.5


def test_a_million_points_move_at_45_frames_a_second(show_chart: Shower, million: ChartSnapshot) -> None:
    view = show_chart(million)
    for axis in ("part", "time"):
        view.axis = axis
        left, right = view.item.axis.whole()
        taken: list[float] = []
        for width in [*np.geomspace(right - left, 100 * view.item.axis.beat, 15)] * 2:
            began = time.perf_counter()
            view.sight.look_at((right - width, right))
            picture(view)
            taken.append(time.perf_counter() - began)
        assert statistics.median(taken) < 1 / 45


def test_a_chart_that_grows_by_a_point_is_not_built_anew(show_chart: Shower) -> None:
    whole = long_chart(MILLION)
    columns = ("values", "center", "lcl", "ucl", "seqs", "utc_s", "sizes")
    view, version = show_chart(whole), iter(range(2, 99))

    def grown(by: int) -> ChartSnapshot:
        more = {name: np.append(getattr(whole, name), getattr(whole, name)[-by:]) for name in columns}
        return replace(whole, version=next(version), **more)

    snapshots = iter([grown(by) for by in (1, 2, 3)])
    before = view.item.figures.trace
    assert quickest(lambda: view.show_chart(next(snapshots))) < 0.1
    assert view.item.figures.trace is before
    assert before.count == MILLION + 3
    assert view.following


def isolated(count: int, *at: int) -> ChartSnapshot:
    """A quiet chart with violated points at these places alone."""
    chart = long_chart(count)
    values = np.clip(chart.values, chart.lcl, chart.ucl)
    values[list(at)] = chart.ucl[0] + 0.01
    return replace(chart, values=values, violations=tuple(ChartPointRules(k, (1,)) for k in at))


@pytest.mark.parametrize("axis", ["part", "time"])
def test_no_violated_point_is_hidden_at_any_zoom(show_chart: Shower, axis: str) -> None:
    at = (0, 123_456, 500_000, 500_001, 777_777, MILLION - 1)
    view = show_chart(isolated(MILLION, *at))
    view.axis = axis
    for width in np.geomspace(MILLION, 300, 9):
        for k in at:
            x = float(view.item.axis.at(np.array([k]))[0])
            half = width / 2 * view.item.axis.beat
            view.sight.look_at((x - half, x + half))
            spend(0)
            assert RED in colours(picture(view), place(view, k)), (k, width)


def test_the_farthest_violation_of_a_column_has_the_square(show_chart: Shower) -> None:
    chart = isolated(MILLION, 400_000, 400_010, 400_020)
    chart.values[400_010] += 0.05
    view = show_chart(chart)
    view.show_all()
    spend(0.01)
    assert RED in colours(picture(view), place(view, 400_010))


def column(image: QImage, x: int, top: int = 5) -> set[str]:
    return {image.pixelColor(x, y).name().upper() for y in range(top, image.height() - 5)}


def test_a_gap_as_wide_as_pixels_stays_a_gap(show_chart: Shower) -> None:
    chart = long_chart(MILLION)
    values, blank = chart.values.copy(), np.full(MILLION, np.nan)
    values[300_000:310_000] = np.nan
    view = show_chart(replace(chart, values=values, violations=(), center=blank, lcl=blank, ucl=blank))
    view.show_all()
    spend(0.01)
    image = picture(view)
    inside, outside = (
        view.view.mapFromScene(view._box.mapViewToScene(QPointF(x, 25.0))).x() for x in (305_000, 320_000)
    )
    assert column(image, inside) == {PLOT}
    assert column(image, outside) != {PLOT}


def test_idle_time_interrupts_the_band_and_usual_time_does_not(show_chart: Shower) -> None:
    count = 3000
    chart = long_chart(count)
    times = chart.utc_s + np.where(np.arange(count) >= 1500, 600.0, 0.0)
    blank = np.full(count, np.nan)
    view = show_chart(replace(chart, utc_s=times, violations=(), center=blank, lcl=blank, ucl=blank))
    view.axis = "time"
    view.show_all()
    spend(0.01)
    image, left, right = picture(view), place(view, 1499).x(), place(view, 1500).x()
    assert right - left > 50
    assert all(column(image, x) == {PLOT} for x in range(left + 2, right - 1))
    assert all(column(image, x) != {PLOT} for x in range(10, left - 1))


def test_a_million_gaps_are_painted(show_chart: Shower) -> None:
    view = show_chart(replace(long_chart(MILLION), values=np.full(MILLION, np.nan), violations=()))
    view.show_all()
    spend(0.01)
    image = picture(view)
    assert len(column(image, 400)) > 1  # the limits
    assert LIGHT.data.upper() not in column(image, 400)


@pytest.mark.parametrize("axis", ["part", "time"])
def test_a_band_reaches_from_the_lowest_to_the_highest_point_of_its_column(show_chart: Shower, axis: str) -> None:
    chart = long_chart(MILLION, seed=9)
    blank = np.full(MILLION, np.nan)
    view = show_chart(replace(chart, violations=(), center=blank, lcl=blank, ucl=blank))
    view.axis = axis
    view.show_all()
    spend(0.01)
    image, scene = picture(view), view._box.mapViewToScene
    x = view.item.axis.x(0, MILLION)
    begin, end = scene(QPointF(x[0], 25.0)), scene(QPointF(x[-1], 25.0))
    pixel = np.floor(np.interp(x, [x[0], x[-1]], [begin.x(), end.x()])).astype(int)
    for k in range(40, int(end.x()) - 10, 97):
        inked = [y for y in range(3, image.height() - 3) if image.pixelColor(k, y).name().upper() != PLOT]
        values, near = chart.values[pixel == k], chart.values[np.abs(pixel - k) <= 1]
        top, bottom = (scene(QPointF(0, value)).y() for value in (values.max(), values.min()))
        upmost, lowest = (scene(QPointF(0, value)).y() for value in (near.max(), near.min()))
        assert upmost - 1.5 <= min(inked) <= top + 1.5
        assert bottom - 1.5 <= max(inked) <= lowest + 1.5


def test_marks_on_many_points_stay_quick(show_chart: Shower) -> None:
    chart = long_chart(MILLION)
    every = np.arange(0, MILLION, 50).tolist()
    marked = replace(
        chart,
        excluded=tuple(ChartMark(k, "trial") for k in every),
        notes=tuple(ChartMark(k + 1, "note") for k in every),
        stages=tuple(ChartMark(k, "stage") for k in every[::100]),
    )
    view: ChartView = show_chart(marked)  # between two stages
    assert not picture(view).isNull()
    view.show_all()
    assert quickest(lambda: picture(view), 5) < 0.1
