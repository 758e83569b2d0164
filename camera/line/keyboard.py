"""Triggers by hand: a key, a button on the screen, or a call from a program.

Promises: `fire` may be called from any thread and never waits; what does not fit is counted, not forgotten in silence.
May import: uuid_utils, camera.
"""

from __future__ import annotations

import queue
import threading

import uuid_utils

from camera.clock import Clock, SystemClock
from camera.line.ports import Trigger


class ManualTrigger:
    """A bounded queue of triggers that somebody fires."""

    def __init__(self, clock: Clock | None = None, capacity: int = 16) -> None:
        self._clock = clock or SystemClock()
        self._waiting: queue.Queue[Trigger] = queue.Queue(capacity)
        self._overflow = 0
        self._lock = threading.Lock()

    @property
    def overflow(self) -> int:
        """Triggers that found the queue full: parts that were never looked at."""
        return self._overflow

    def open(self) -> None:
        """Nothing to open."""

    def fire(self, serial: str = "") -> bool:
        """A part is there now. False where the queue was full; it is then counted in `overflow`."""
        trigger = Trigger(str(uuid_utils.uuid7()), self._clock.now(), serial)
        try:
            self._waiting.put_nowait(trigger)
        except queue.Full:
            with self._lock:
                self._overflow += 1
            return False
        return True

    def wait(self, timeout_s: float) -> Trigger | None:
        """The oldest trigger not yet taken, or None after `timeout_s`."""
        try:
            return self._waiting.get(timeout=timeout_s) if timeout_s > 0 else self._waiting.get_nowait()
        except queue.Empty:
            return None

    def close(self) -> None:
        """Nothing to let go; triggers fired meanwhile are kept."""
