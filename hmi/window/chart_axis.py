"""Where a chart's points stand from left to right: by their numbers, or by their times. No widget.

Promises: a point's x never lies left of an earlier point's, also where the clock was set back. Idle time interrupts the
line only where it is much longer than the usual time from point to point.
May import: numpy, inference.pipeline.snapshot, hmi.window.pyramid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from hmi.window.pyramid import Floats, Ints
from inference.pipeline.snapshot import ChartSnapshot

IDLE = 10.0
"""Times the usual distance of two points: longer is idle time."""
MARGIN = 0.6
"""Space before the first and after the newest point, in usual distances."""
_MARGIN_SHARE = 0.005
FEWEST = 30
"""A young chart leaves room for so many points: it fills from the left."""
_WIDEST, _NARROWEST, _NARROWEST_S, _OVER = 1.25, 4.0, 0.05, 0.1
"""Widest span in charts; narrowest in usual distances, of parts and of times (which come in bursts); how far a span
may reach beyond the chart, in its own width."""

Span = tuple[float, float]
"""Left and right x."""


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """x of every point. `times` None: x is the point's number, and the first one's is `first`."""

    first: int
    count: int
    beat: float = 1.0
    """The usual distance of two points."""
    times: Floats | None = None
    """Seconds since the view's origin, one a point, never falling."""
    breaks: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    """Indices of points with idle time before them, rising."""

    def at(self, indices: Ints) -> Floats:
        """Where these points stand."""
        return indices + float(self.first) if self.times is None else self.times[indices]

    def x(self, start: int, stop: int) -> Floats:
        """Where the points start … stop-1 stand."""
        return np.arange(start, stop) + float(self.first) if self.times is None else self.times[start:stop]

    def before(self, x: Floats) -> Ints:
        """How many points lie left of each x."""
        if self.times is None:
            return np.minimum(np.maximum(np.ceil(x - self.first), 0), self.count).astype(np.int64)
        return np.searchsorted(self.times, x)

    def breaks_in(self, start: int, stop: int) -> Ints:
        """Those of the points start … stop-1 with idle time before them."""
        if not len(self.breaks):
            return self.breaks
        return self.breaks[slice(*np.searchsorted(self.breaks, [start, stop]))]

    def visible(self, left: float, right: float) -> tuple[int, int]:
        """Start and stop of the points from left to right, both included."""
        if self.times is None:
            start, stop = math.ceil(left - self.first), math.floor(right - self.first) + 1
        else:
            start, stop = int(np.searchsorted(self.times, left)), int(np.searchsorted(self.times, right, side="right"))
        start = min(max(0, start), self.count)
        return start, min(max(start, stop), self.count)

    def nearest(self, x: float) -> int:
        """Index of the point nearest to x; the chart has one."""
        right = int(self.before(np.array([x]))[0])
        two = np.array([max(0, right - 1), min(self.count - 1, right)])
        return int(two[np.argmin(np.abs(self.at(two) - x))])

    def borders(self, indices: Ints) -> Floats:
        """Where that begins which holds from a point on: half way from the point before, 0 <= index <= count.

        On the time axis at most half the usual distance before the point: a stage begins with its first part, not in
        the idle night before it.
        """
        if self.times is None:
            return indices + (self.first - 0.5)
        here = self.times[np.minimum(indices, self.count - 1)]
        since = here - self.times[np.maximum(indices - 1, 0)]
        border = here - np.minimum(since, self.beat) / 2
        return np.where(
            indices == self.count, here + self.beat / 2, np.where(indices == 0, here - self.beat / 2, border)
        )

    def whole(self) -> Span:
        """All points, with a margin that marks on the outermost ones find room in."""
        if not self.count:
            return self.first - MARGIN * self.beat, self.first + MARGIN * self.beat
        first, last = self.at(np.array([0, self.count - 1])).tolist()
        margin = max(MARGIN * self.beat, _MARGIN_SHARE * (last - first))
        return first - margin, last + margin

    def newest(self, most: int) -> Span:
        """The newest `most` points; a young chart fills from the left."""
        if not self.count:
            return self.first - MARGIN, self.first + FEWEST - 1 + MARGIN
        shown = min(most, self.count)
        left, right = self.at(np.array([self.count - shown, self.count - 1])).tolist()
        if self.count < FEWEST:
            right = max(right, left + (min(most, FEWEST) - 1) * self.beat)
        return left - MARGIN * self.beat, right + MARGIN * self.beat

    def kept(self, left: float, right: float) -> Span:
        """The span nearest to this one that is on the chart and neither too wide nor too narrow."""
        begin, end = self.whole()
        most = _WIDEST * max(end - begin, FEWEST * self.beat)
        least = self.beat * (_NARROWEST if self.times is None else _NARROWEST_S)
        width = min(most, max(least, right - left))
        left += (right - left - width) / 2
        outer, inner = begin - _OVER * width, end + _OVER * width - width
        left = min(max(left, min(outer, inner)), max(outer, inner))
        return left, left + width


def part_axis(chart: ChartSnapshot) -> Axis:
    """Points side by side at equal distances."""
    return Axis(chart.first_number, len(chart.values))


def time_axis(chart: ChartSnapshot, origin_s: float) -> Axis:
    """Points at their times. `origin_s`: UTC second that is x = 0, near the points (a double holds 1e-7 s there)."""
    times = np.fmax.accumulate(chart.utc_s - origin_s) if len(chart.utc_s) else np.empty(0)
    steps = np.diff(times)
    passed = steps[steps > 0]
    beat = float(np.median(passed)) if passed.size else 1.0
    breaks = np.flatnonzero(steps > IDLE * beat) + 1
    return Axis(chart.first_number, len(chart.values), beat, times, breaks)
