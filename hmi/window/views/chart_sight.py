"""`Sight`: which stretch of a chart is seen, and at which height.

Promises: it follows the newest point until somebody looks elsewhere, and again when told to. Whatever is in sight lies
in the range shown, limits included; the range stands still while all fits and fills it well.
May import: PySide6, pyqtgraph, numpy, hmi.window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF

from hmi.window.chart_axis import FEWEST, Axis, Span, part_axis, time_axis
from hmi.window.chart_figures import SHOWN_POINTS, Figures, figures, settle
from hmi.window.chart_texts import time_marks
from hmi.window.theme import Look
from hmi.window.views.chart_item import ChartItem
from inference.pipeline.snapshot import ChartSnapshot

AXES = ("part", "time")
_POINT_WIDTH = 6
"""Design pixels of a point that can be told from the next."""
_TICK_WIDTH = 130
"""Design pixels of a time at the foot."""
_REACH_PX = 24
_LOOKED_THROUGH = 20_000
"""Points of one pixel column among which the one nearest to the mouse is looked for."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where somebody looks, to come back to."""

    axis: str
    following: bool
    span: Span


class Sight:
    """Moves one `ChartItem` in its view box. `moved` is called after a person moved it."""

    def __init__(self, look: Look, item: ChartItem, moved: Callable[[], None]) -> None:
        self._look = look
        self._item = item
        self._moved = moved
        self.following = True
        self.axis = "part"
        self.origin_s = 0.0
        self._range: tuple[float, float] | None = None
        self._fitted = False
        self._looked: Span = (0.0, 1.0)
        self.box = pg.ViewBox(enableMenu=False)
        self.box.setMouseEnabled(x=True, y=False)
        self.box.addItem(item)
        self.box.sigXRangeChanged.connect(lambda *_: self._fit_height())
        self.box.sigRangeChangedManually.connect(lambda *_: self._moved_by_hand())
        self.box.sigResized.connect(lambda _: self._resized())

    def show(self, chart: ChartSnapshot) -> None:
        """Move on to this snapshot; another chart is looked at from its newest point."""
        before = self._item.figures
        if before is None or before.chart.key != chart.key:
            self.following, self._range, before = True, None, None
        if before is None or before.count == 0:
            self.origin_s = float(chart.utc_s[0]) if len(chart.utc_s) else 0.0
        self._item.figures = figures(chart, before)
        self._item.axis = self._new_axis(chart)
        self._fitted = False
        self._catch_up()
        if not self._fitted:  # nobody has moved
            self._fit_height()

    def _new_axis(self, chart: ChartSnapshot) -> Axis:
        return part_axis(chart) if self.axis == "part" else time_axis(chart, self.origin_s)

    # --- where it looks

    def span(self) -> Span:
        """Left and right x of the plot, the room of the labels not counted."""
        (left, right), _ = self.box.viewRange()
        return left, right - (right - left) * self._item.gutter_px / max(1.0, self.box.width())

    def points(self) -> tuple[int, int]:
        """Start and stop of the points in sight."""
        return self._item.axis.visible(*self.span())

    def look_at(self, span: Span) -> None:
        """Show x from left to right."""
        self._looked = left, right = span
        plot = max(1.0, self.box.width() - self._item.gutter_px)
        self.box.setXRange(left, right + (right - left) * self._item.gutter_px / plot, padding=0)

    def follow(self) -> None:
        """To the newest point, and stay there."""
        self.following = True
        self._catch_up()

    def show_all(self) -> None:
        """The whole history."""
        self._go(self._item.axis.whole())

    def pan(self, share: float) -> None:
        """Move by so many widths of the plot; earlier is less than 0."""
        left, right = self.span()
        self._go((left + share * (right - left), right + share * (right - left)))

    def zoom(self, factor: float) -> None:
        """Show `factor` times as much, round the cursor, or else with the newest point in sight where it is."""
        left, right = self.span()
        axis, still = self._item.axis, right if self.following else (left + right) / 2
        cursor = self._item.cursor
        if cursor is not None and 0 <= cursor < axis.count:
            at = float(axis.at(np.array([cursor]))[0])
            still = at if left <= at <= right else still
        self._go((still - (still - left) * factor, still + (right - still) * factor))

    def reveal(self, point: int) -> None:
        """Move so far that this point is in sight."""
        left, right = self.span()
        at = float(self._item.axis.at(np.array([point]))[0])
        if not left <= at <= right:
            step = at - left if at < left else at - right
            step += np.copysign(0.1 * (right - left), step)
            self._go((left + step, right + step))

    def _go(self, span: Span) -> None:
        if self._item.figures is None:
            return
        self.following = False
        self.look_at(self._item.axis.kept(*span))
        self._moved()

    def _moved_by_hand(self) -> None:
        if self._item.figures is not None:
            span = self.span()
            kept = self._item.axis.kept(*span)
            if kept != span and not np.allclose(kept, span, rtol=0, atol=1e-6 * (span[1] - span[0])):
                self.look_at(kept)
        self._looked = self.span()
        self.following = False
        self._moved()

    def _catch_up(self) -> None:
        if self.following and self._item.figures is not None:
            self.look_at(self._item.axis.newest(self._most_points()))

    def _resized(self) -> None:
        """The labels keep their width: the plot takes up the rest, and shows what it showed."""
        if self._item.figures is not None and not self.following:
            self.look_at(self._looked)
        self._catch_up()

    def _most_points(self) -> int:
        """As many as can be told apart on this plot."""
        plot = self.box.width() - self._item.gutter_px
        return max(FEWEST, min(SHOWN_POINTS, int(plot / self._look.px(_POINT_WIDTH))))

    def _fit_height(self) -> None:
        shown = self._item.figures
        if shown is None:
            return
        self._fitted = True
        found = settle(self._range, *shown.range(*self.points()))
        if found != self._range:
            self._range = found
            self.box.setYRange(*found, padding=0)

    # --- axis

    def turn_to(self, axis: str) -> None:
        """`part` or `time`; the points in sight stay so. Raises ValueError for another."""
        if axis not in AXES:
            raise ValueError(f"a chart has no axis {axis!r}; known: {', '.join(AXES)}")
        shown = self._item.figures
        start, stop = self.points() if shown is not None else (0, 0)
        self.axis = axis
        if shown is None:
            return
        self._item.axis = self._new_axis(shown.chart)
        if self.following or start == stop:
            self._catch_up()
        else:
            left, right = self._item.axis.at(np.array([start, stop - 1])).tolist()
            margin = 0.02 * (right - left) + self._item.axis.beat
            self.look_at(self._item.axis.kept(left - margin, right + margin))
        self._item.update()

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Round times in sight on the time axis, as shares of the plot's width, with their texts."""
        (left, right), origin = self.span(), self.origin_s
        most = max(2, int((self.box.width() - self._item.gutter_px) / self._look.px(_TICK_WIDTH)))
        for at, text in time_marks(origin + left, origin + right, most, self._look.words):
            yield (at - origin - left) / (right - left), text

    @property
    def stand(self) -> Stand:
        """Where somebody looks now."""
        return Stand(self.axis, self.following, self.span())

    def return_to(self, stand: Stand) -> None:
        """Look there again."""
        self.turn_to(stand.axis)
        self.following = stand.following
        self.look_at(stand.span)
        self._moved()

    # --- what is there

    def next(self, here: int | None, step: int) -> int | None:
        """The point `step` points on, or pixels where points are denser; the newest in sight to begin with."""
        count = self._item.axis.count
        if not count:
            return None
        start, stop = self.points()
        stride = max(1, round((stop - start) / max(1.0, self.box.width() - self._item.gutter_px)))
        wanted = stop - 1 if here is None else here + step * stride
        return max(0, min(count - 1, wanted))

    def nearest(self, at: QPointF) -> int | None:
        """Index of the point nearest to `at` (scene coordinates), or None: of those in one pixel column the one
        nearest in height."""
        shown, axis = self._item.figures, self._item.axis
        if shown is None or not shown.count:
            return None
        data = self.box.mapSceneToView(at)
        (left, right), _ = self.box.viewRange()
        pixel = (right - left) / max(1.0, self.box.width())
        start, stop = axis.visible(data.x() - pixel, data.x() + pixel)
        if stop - start > 1:
            return start + _nearest_height(shown, start, min(stop, start + _LOOKED_THROUGH), data.y())
        k = axis.nearest(data.x())
        return k if abs(float(axis.at(np.array([k]))[0]) - data.x()) <= _REACH_PX * pixel else None


def _nearest_height(shown: Figures, start: int, stop: int, height: float) -> int:
    away = np.abs(shown.trace.values[start:stop] - height)
    if shown.lower is not None:
        away = np.fmin(away, np.abs(shown.lower.values[start:stop] - height))
    return int(np.argmin(np.where(np.isnan(away), np.inf, away)))
