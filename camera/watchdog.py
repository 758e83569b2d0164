"""The watchdog: says when a camera is silent or frozen, and how long to wait before it is opened again.

Promises: pure arithmetic on the seconds it is told; it reads no clock and starts no thread.
May import: numpy, camera.frame.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from camera.frame import Pixels

_SILENT_AT_LEAST_S = 1.0
_SILENT_PERIODS = 3
_FROZEN_PICTURES = 3
_SAMPLE_STEP = 16


class Fault(StrEnum):
    """What is wrong with a camera that has not reported an error itself."""

    SILENT = "silent"
    """No picture came though one was due."""
    FROZEN = "frozen"
    """A live source sent the same picture three times: real sensors never do, their noise differs."""


class Watchdog:
    """Watches one open source. All times are seconds on one monotonic clock, handed in by the caller.

    Free run: a picture is due the larger of 1 s and three periods after the last one (or after opening).
    Triggered: a picture is due `trigger_timeout_s` after `armed`; waiting for a trigger is no fault.
    """

    def __init__(
        self, period_s: float | None, trigger_timeout_s: float, *, live: bool, triggered: bool = False
    ) -> None:
        self._silent_after_s = max(_SILENT_AT_LEAST_S, _SILENT_PERIODS * (period_s or 0.0))
        self._trigger_timeout_s = trigger_timeout_s
        self._live = live
        self._triggered = triggered
        self._last_s = 0.0
        self._due_s: float | None = None
        self._previous: Pixels | None = None
        self._repeats = 0

    def opened(self, now_s: float) -> None:
        """The source has just been opened: what was known of its pictures no longer holds."""
        self._last_s = now_s
        self._due_s = None if self._triggered else now_s + self._silent_after_s
        self._previous = None
        self._repeats = 0

    def armed(self, now_s: float) -> None:
        """A trigger has fired: a picture is due within the time-out."""
        self._due_s = now_s + self._trigger_timeout_s

    def frame(self, image: Pixels, now_s: float) -> Fault | None:
        """A picture came. FROZEN from the third identical one of a live source on.

        Holds `image` until the next call: sources hand over pixels that nobody writes again.
        """
        self._last_s = now_s
        self._due_s = None if self._triggered else now_s + self._silent_after_s
        if not self._live:
            return None
        self._repeats = self._repeats + 1 if self._is_previous(image) else 1
        self._previous = image
        return Fault.FROZEN if self._repeats >= _FROZEN_PICTURES else None

    def check(self, now_s: float) -> Fault | None:
        """SILENT where a picture is overdue."""
        return Fault.SILENT if self._due_s is not None and now_s > self._due_s else None

    def silent_for_s(self, now_s: float) -> float:
        """Seconds since the last picture, or since opening where none came."""
        return now_s - self._last_s

    def _is_previous(self, image: Pixels) -> bool:
        """Whether the picture is the last one again. A sparse sample settles nearly every case in microseconds."""
        previous = self._previous
        if previous is None or previous.shape != image.shape or previous.dtype != image.dtype:
            return False
        sparse = (slice(None, None, _SAMPLE_STEP), slice(None, None, _SAMPLE_STEP))
        return np.array_equal(previous[sparse], image[sparse]) and np.array_equal(previous, image)


class Backoff:
    """Growing delays between attempts: 0.5, 1, 2, 4 … 30 s."""

    def __init__(self, first_s: float = 0.5, longest_s: float = 30.0) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._next_s = first_s

    def next_delay_s(self) -> float:
        """Seconds to wait before the next attempt; each call grows the one after."""
        delay_s = self._next_s
        self._next_s = min(2 * delay_s, self._longest_s)
        return delay_s

    def reset(self) -> None:
        """The camera is back: begin small again next time."""
        self._next_s = self._first_s
