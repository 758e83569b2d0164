"""Charts with a memory: moving average, EWMA, CUSUM. They find small shifts that a Shewhart chart finds late.

Each is a small machine: `add` one reading, get the plotted statistic and its limits. A gap is stepped over (the sums
stand), a stage line begins anew.

Promises: one point costs the same however long the history; the first limits of EWMA and moving average are the exact
ones, for each subgroup's own size.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from inference.spc.design import Settings
from inference.spc.limits import LARGEST, Baseline, ControlLimits, Floats, SpcError, around
from inference.spc.violations import Bools, Ints


class Plotted(NamedTuple):
    """One point of a chart with a memory."""

    value: float
    limits: ControlLimits
    lower: float | None = None
    """CUSUM: the lower sum, as -C-, so that both can be drawn on one axis."""
    since: int = 1
    """Points since the pattern began: CUSUM, since the sum that is out left 0 (Montgomery: N+, N-); else 1."""


class Memory(Protocol):
    """A statistic that runs over the points."""

    def add(self, value: float, size: float) -> Plotted:
        """The next subgroup's mean (or individual) and its size."""
        ...

    def limits(self, size: float) -> ControlLimits:
        """The limits of a point that is missing here."""
        ...

    def restart(self) -> None:
        """Forget: a new stage."""
        ...


class Ewma:
    """z_i = lambda x_i + (1 - lambda) z_(i-1), z_0 the centre line (Roberts 1959; Montgomery, SQC 7th ed., eq. 9.22).

    Its variance runs along in units of sigma^2, var_i = lambda^2/n_i + (1 - lambda)^2 var_(i-1), which for equal n is
    eq. 9.24; asymptotic limits take the variance that this tends to.
    """

    def __init__(self, baseline: Baseline, settings: Settings) -> None:
        self._baseline, self._weight, self._width = baseline, settings.weight, settings.width
        self._exact = settings.exact
        self.restart()

    def restart(self) -> None:
        """The sum is the centre line again."""
        self._z, self._variance = self._baseline.mean, 0.0

    def add(self, value: float, size: float) -> Plotted:
        """The next z with limits centre ± L sigma_z."""
        keep = 1.0 - self._weight
        self._z = self._z + self._weight * (value - self._z)
        self._variance = self._weight**2 / size + keep**2 * self._variance
        return Plotted(self._z, self._around(self._variance if self._exact else self._final(size)))

    def limits(self, size: float) -> ControlLimits:
        """Those of the point before; at the start those of a first point."""
        if not self._exact:
            return self._around(self._final(size))
        return self._around(self._variance or self._weight**2 / size)

    def _final(self, size: float) -> float:
        return self._weight / (2.0 - self._weight) / size

    def _around(self, variance: float) -> ControlLimits:
        return around(self._baseline.mean, self._baseline.sigma * math.sqrt(variance), self._width)


class Cusum:
    """C+ = max(0, C+ + y - k), C- = max(0, C- - y - k), y = (x - centre) / (sigma / sqrt(n)); out where one exceeds h.

    Both start at the head start (Page 1954; Montgomery eqs. 9.2, 9.3; Lucas and Crosier 1982). In standard errors, so
    that k and h mean what they say; no reset after a signal.
    """

    def __init__(self, baseline: Baseline, settings: Settings) -> None:
        if not baseline.sigma > 0.0:
            raise SpcError("a cusum chart needs a sigma above 0: these readings do not vary")
        self._mean, self._sigma = baseline.mean, baseline.sigma
        self._k, self._head = settings.slack, settings.head_start
        self._limits = ControlLimits(0.0, settings.decision / 3.0, -settings.decision, settings.decision)
        self.restart()

    def restart(self) -> None:
        """Both sums are the head start again."""
        self._up = self._down = self._head
        self._up_since = self._down_since = 0

    def add(self, value: float, size: float) -> Plotted:
        """C+ as the value, -C- as the lower one."""
        y = (value - self._mean) / (self._sigma / math.sqrt(size))
        y = max(-LARGEST, min(y, LARGEST))  # else two infinite steps, up and down, would sum to no number
        up = self._up = max(0.0, self._up + y - self._k)
        down = self._down = max(0.0, self._down - y - self._k)
        self._up_since = self._up_since + 1 if up else 0
        self._down_since = self._down_since + 1 if down else 0
        since = self._up_since if up >= down else self._down_since
        return Plotted(up, self._limits, -down, max(since, 1))

    def limits(self, size: float) -> ControlLimits:  # noqa: ARG002 (y has the size in it)
        """0 ± h."""
        return self._limits


class MovingAverage:
    """M_i = mean of the last w subgroup means (of as many as there are, at the start), limits centre ± 3 sigma_M.

    sigma_M = sigma sqrt(sum 1/n_j) / w (Montgomery, SQC 7th ed., section 9.3, where all n are equal).
    """

    def __init__(self, baseline: Baseline, settings: Settings) -> None:
        self._baseline, self._width = baseline, settings.width
        self._window = deque[tuple[float, float]](maxlen=settings.span)

    def restart(self) -> None:
        """The window is empty again."""
        self._window.clear()

    def add(self, value: float, size: float) -> Plotted:
        """The mean over the window with its limits."""
        self._window.append((value, 1.0 / size))
        center = self._baseline.mean
        moved = math.fsum(v - center for v, _ in self._window)
        return Plotted(center + moved / len(self._window), self._around([part for _, part in self._window]))

    def limits(self, size: float) -> ControlLimits:
        """Those of the window as it stands; at the start those of a first point."""
        return self._around([part for _, part in self._window] or [1.0 / size])

    def _around(self, parts: list[float]) -> ControlLimits:
        error = self._baseline.sigma * math.sqrt(math.fsum(parts)) / len(parts)
        return around(self._baseline.mean, error, self._width)


def memory_of(kind: str, baseline: Baseline, settings: Settings) -> Memory:
    """The machine of this kind (`ma`, `ewma` or `cusum`). Raises SpcError where it cannot be (a cusum of sigma 0)."""
    machine = {"ma": MovingAverage, "ewma": Ewma, "cusum": Cusum}[kind]
    return machine(baseline, settings)


class Run(NamedTuple):
    """A whole series of one machine. All arrays have shape [n]; NaN for gaps."""

    statistics: Floats
    lower_sums: Floats
    center: Floats
    error: Floats
    lower: Floats
    upper: Floats
    since: Ints


def run_through(memory: Memory, values: Floats, sizes: Floats, left_out: Bools, breaks: Sequence[int]) -> Run:
    """One point after another, as the live chart does; all arrays have shape [n].

    `left_out`: points that are missing or excluded. `breaks`: numbers of points before which the machine begins anew.
    """
    table, since = np.full((6, values.size), np.nan), np.ones(values.size, dtype=np.int64)
    restarts, last_size = set(breaks), 1.0
    for at, (value, size, missing) in enumerate(zip(values.tolist(), sizes.tolist(), left_out.tolist(), strict=True)):
        if at + 1 in restarts:
            memory.restart()
        last_size = size or last_size
        if missing:
            table[2:, at] = memory.limits(last_size)
        else:
            shown, limits, lower, since[at] = memory.add(value, size)
            table[:, at] = (shown, math.nan if lower is None else lower, *limits)
    statistics, lower_sums, center, error, lower, upper = table
    return Run(statistics, lower_sums, center, error, lower, upper, since)
