"""`Pyramid`: the lowest and highest reading of every 4, 16, 64 … readings, so that a million points fit on a screen.

Promises: the answers are those of the readings themselves, never between two of them. A gap (NaN) adds nothing, and a
stretch of nothing but gaps is a gap. A reading is appended in O(1) amortised; n questions cost O(n log N).
May import: numpy.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_FAN = 4
_DIRECT = 512
"""So many readings are looked through faster than the floors above them are built."""
_FLOORS = 31
"""More readings than 4^31 fit into no memory."""
_FRINGE = np.arange(_FAN - 1)[:, None]


class Pyramid:
    """Readings with floors above them: floor k holds the minima and maxima of each full run of 4^k readings.

    Floors are built when a question first needs them; a short chart never does.
    """

    def __init__(self, values: Floats | None = None) -> None:
        """`values`: shape [n], NaN for a gap. They are copied; an infinite one counts as a gap."""
        self.count = 0
        self._values = np.empty(0)
        self._floors: list[tuple[Floats, Floats]] = []
        self._built = 0
        if values is not None:
            self.append(values)

    @property
    def values(self) -> Floats:
        """The readings, shape [count]. Not to be written to."""
        return self._values[: self.count]

    def append(self, more: Floats) -> None:
        """Add readings at the end, shape [m]."""
        total = self.count + len(more)
        self._values = _room(self._values, self.count, total)
        new = self._values[self.count : total]
        new[:] = more
        new[np.isinf(new)] = np.nan
        self.count = total

    def follow(self, whole: Floats) -> None:
        """Hold these readings, shape [n]: where they begin with those held, only the rest is added."""
        whole = np.ascontiguousarray(whole, dtype=np.float64)
        n = self.count
        if len(whole) < n or not np.array_equal(whole[:n].view(np.int64), self.values.view(np.int64)):
            self.count = self._built = 0
        self.append(whole[self.count :])

    def span(self, start: int, stop: int) -> tuple[float, float]:
        """Lowest and highest of readings start … stop-1 (within 0 … count); both NaN where there is none."""
        if stop - start > _DIRECT:
            low, high = self.spans(np.array([start]), np.array([stop]))
            return float(low[0]), float(high[0])
        part = self._values[start:stop]
        if not len(part):
            return np.nan, np.nan
        return float(np.fmin.reduce(part)), float(np.fmax.reduce(part))

    def spans(self, starts: Ints, stops: Ints) -> tuple[Floats, Floats]:
        """Lowest and highest reading of each range start … stop-1, shape [m]; NaN where a range holds none.

        On every floor a range gives up to three readings at each end, and the floor above covers the rest: with four
        readings a bucket nothing is left over, and looking twice at the same one changes no minimum.
        """
        self._build()
        low, high = np.full(len(starts), np.nan), np.full(len(starts), np.nan)
        first, end = np.asarray(starts, np.int64), np.asarray(stops, np.int64)
        for lows, highs in [(self._values, self._values), *self._floors]:
            there = first < end
            if not there.any():
                break
            looked = np.concatenate([np.minimum(first + _FRINGE, end - 1), np.maximum(end - 1 - _FRINGE, first)])
            looked[:, ~there] = 0
            np.fmin(low, np.fmin.reduce(lows[looked]), out=low, where=there)
            np.fmax(high, np.fmax.reduce(highs[looked]), out=high, where=there)
            first, end = -(-first // _FAN), end // _FAN
        return low, high

    def _build(self) -> None:
        """Bring the floors up to the readings: only full buckets, which no later reading changes."""
        if self._built == self.count:
            return
        below, size, done = (self._values, self._values), self.count, self._built
        for number in range(_FLOORS):
            size, done = size // _FAN, done // _FAN
            if not size:
                break
            if number == len(self._floors):
                self._floors.append((np.empty(0), np.empty(0)))
            low, high = self._floors[number]
            below = _raised(low, below[0], done, size, np.fmin), _raised(high, below[1], done, size, np.fmax)
            self._floors[number] = below
        self._built = self.count


def _room(buffer: Floats, used: int, needed: int) -> Floats:
    """A buffer with room for `needed`, its first `used` numbers kept: twice as long each time it grows."""
    if needed <= len(buffer):
        return buffer
    grown = np.empty(max(needed, 2 * len(buffer)))
    grown[:used] = buffer[:used]
    return grown


def _raised(floor: Floats, below: Floats, done: int, size: int, pick: np.ufunc) -> Floats:
    """A floor filled up from the one below it: buckets `done` … `size` - 1."""
    floor = _room(floor, done, size)
    four = below[_FAN * done : _FAN * size].reshape(-1, _FAN)
    pick(pick(four[:, 0], four[:, 1]), pick(four[:, 2], four[:, 3]), out=floor[done:size])
    return floor
