"""`ChartPoints`: the newest points of one chart, kept in columns so that a snapshot is two copies.

Promises: at most `keep` points; the oldest are dropped in blocks whose borders depend on the points' numbers alone, so
that two charts that hold the same newest points show the same ones. Appending costs the same however long the history.
May import: numpy, inference.spc, inference.pipeline.snapshot.
"""

from __future__ import annotations

import math

import numpy as np

from inference.pipeline.snapshot import ChartPointRules, Floats, Ints
from inference.spc.chart import Point

_BLOCKS = 4
"""The points are dropped a quarter of `keep` at a time."""


class ChartPoints:
    """Oldest first; see the module."""

    def __init__(self, keep: int) -> None:
        self.first_number = 1
        self._floats: Floats = np.empty((6, keep))
        self._ints: Ints = np.empty((2, keep), dtype=np.int64)
        self._violations = list[ChartPointRules]()
        self._count = 0

    @property
    def violations(self) -> tuple[ChartPointRules, ...]:
        """The points that break rules; `at` indexes the columns."""
        return tuple(self._violations)

    def append(self, point: Point, seq: int, utc_s: float) -> None:
        """Keep one more point; `seq` and `utc_s` are those of the (last) part behind it."""
        if self._count == self._floats.shape[1]:
            self._drop_block()
        at = self._count
        if not at:
            self.first_number = point.number
        value = math.nan if point.value is None else point.value
        second = math.nan if point.lower is None else point.lower
        if point.limits is None:
            self._floats[:, at] = (utc_s, value, math.nan, math.nan, math.nan, second)
        else:
            center, _, lower, upper = point.limits
            self._floats[:, at] = (utc_s, value, center, math.nan if lower is None else lower, upper, second)
        self._ints[:, at] = (seq, point.size)
        if point.violations:
            self._violations.append(ChartPointRules(at, tuple(v.rule for v in point.violations)))
        self._count = at + 1

    def columns(self) -> tuple[Floats, Ints]:
        """Read-only copies: [6, n] utc_s, value, centre, lower limit, upper limit, lower sum; [2, n] seq, size."""
        floats, ints = self._floats[:, : self._count].copy(), self._ints[:, : self._count].copy()
        floats.flags.writeable = ints.flags.writeable = False
        return floats, ints

    def _drop_block(self) -> None:
        """Drop the oldest points, up to the next number that is a whole number of blocks."""
        block = max(self._floats.shape[1] // _BLOCKS, 1)
        dropped = block - (self.first_number - 1) % block
        for columns in (self._floats, self._ints):
            columns[:, :-dropped] = columns[:, dropped:].copy()
        self.first_number += dropped
        self._count -= dropped
        self._violations = [ChartPointRules(v.at - dropped, v.rules) for v in self._violations if v.at >= dropped]
