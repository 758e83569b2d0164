"""Triggers at a steady beat: for a line without a sensor, and for trials.

Promises: the n-th trigger is due n periods after opening, however late the earlier ones were asked for (no drift).
A late trigger carries the stamp of the moment it was due, so that the part's age is known.
May import: uuid_utils, camera.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import uuid_utils

from camera.clock import Clock, Stamp, SystemClock
from camera.line.ports import Trigger


class TimerTrigger:
    """One trigger every `period_s` seconds, the first one period after `open`."""

    def __init__(self, period_s: float, clock: Clock | None = None) -> None:
        if period_s <= 0:
            raise ValueError(f"period {period_s} s: more than 0 is expected")
        self._period_s = period_s
        self._clock = clock or SystemClock()
        self._opened_s: float | None = None
        self._fired = 0

    def open(self) -> None:
        """Start the beat."""
        self._opened_s = self._clock.monotonic()
        self._fired = 0

    def wait(self, timeout_s: float) -> Trigger | None:
        """The next trigger once it is due, or None when it is not due within `timeout_s`."""
        assert self._opened_s is not None, "opened before use"
        due_s = self._opened_s + (self._fired + 1) * self._period_s
        ahead_s = due_s - self._clock.monotonic()
        if ahead_s > timeout_s:
            self._clock.sleep(timeout_s)
            return None
        if ahead_s > 0:
            self._clock.sleep(ahead_s)
        self._fired += 1
        now = self._clock.now()
        late_s = max(0.0, now.monotonic_ns / 1e9 - due_s)
        return Trigger(str(uuid_utils.uuid7()), _earlier(now, late_s))

    def close(self) -> None:
        """Nothing to let go."""


def _earlier(stamp: Stamp, seconds: float) -> Stamp:
    return replace(
        stamp, utc=stamp.utc - timedelta(seconds=seconds), monotonic_ns=stamp.monotonic_ns - round(seconds * 1e9)
    )
