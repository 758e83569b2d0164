"""The watchdog: is the camera silent, does it repeat one picture, and how long to wait before it is opened again.

Promises: pure bookkeeping on times that the caller gives (seconds of any monotonic clock); no thread, no sleep.
May import: numpy, the standard library.
"""

from __future__ import annotations

import zlib
from enum import StrEnum

import numpy as np

from camera.frame import Pixels

_IDENTICAL_UNTIL_FROZEN = 3
_SILENT_PERIODS = 3
_SILENT_AT_LEAST_S = 1.0
_DELAYS_S = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
_SAMPLE_STRIDE = 8


class Fault(StrEnum):
    """What is wrong with a camera that is open."""

    SILENT = "silent"
    FROZEN = "frozen"


class Watchdog:
    """Watches one source. Free run: silence is no picture for the larger of 1 s and three periods. Triggered: none
    within the time-out after a trigger; waiting for a trigger is no fault."""

    def __init__(self, period_s: float | None, trigger_timeout_s: float, *, live: bool) -> None:
        self._free_run_limit_s = max(_SILENT_AT_LEAST_S, _SILENT_PERIODS * (period_s or 0.0))
        self._trigger_timeout_s = trigger_timeout_s
        self._live = live
        self._last_s: float | None = None
        self._armed_s: float | None = None
        self._digest: int | None = None
        self._image: Pixels | None = None
        self._identical = 0

    def opened(self, now_s: float) -> None:
        """The camera was opened: silence counts from here, and one picture like the last one is no freeze."""
        self._last_s, self._armed_s = now_s, None
        self._digest = self._image = None
        self._identical = 0

    def armed(self, now_s: float) -> None:
        """A trigger fired: its picture is due."""
        self._armed_s = now_s

    def frame(self, image: Pixels, now_s: float) -> Fault | None:
        """A picture came. FROZEN where it is the third in a row with the very same pixels."""
        self._last_s, self._armed_s = now_s, None
        if not self._live:
            return None
        self._identical = self._identical + 1 if self._same(image) else 1
        return Fault.FROZEN if self._identical >= _IDENTICAL_UNTIL_FROZEN else None

    def check(self, now_s: float) -> Fault | None:
        """No picture came lately: SILENT where one should have."""
        since, limit = (
            (self._last_s, self._free_run_limit_s)
            if self._armed_s is None
            else (self._armed_s, self._trigger_timeout_s)
        )
        return Fault.SILENT if since is not None and now_s - since > limit else None

    def silent_for_s(self, now_s: float) -> float:
        """Seconds since the last picture (or since the camera was opened)."""
        return 0.0 if self._last_s is None else now_s - self._last_s

    def _same(self, image: Pixels) -> bool:
        """Compares a checksum of every eighth pixel both ways first: two pictures of a live sensor differ there."""
        digest = zlib.crc32(np.ascontiguousarray(image[::_SAMPLE_STRIDE, ::_SAMPLE_STRIDE]))
        same = digest == self._digest and self._image is not None and np.array_equal(image, self._image)
        self._digest, self._image = digest, image
        return same


class Backoff:
    """Growing delays between attempts to open a camera again."""

    def __init__(self) -> None:
        self._tries = 0

    def next_delay_s(self) -> float:
        """0.5, 1, 2 … 30 s."""
        delay = _DELAYS_S[min(self._tries, len(_DELAYS_S) - 1)]
        self._tries += 1
        return delay

    def reset(self) -> None:
        """The camera is back: the next loss begins with a short delay."""
        self._tries = 0
