"""How the camera stage behaves, and where a part's serial comes from.

Promises: plain values; a serial that was typed or scanned goes to exactly one part.
May import: camera.source, the standard library.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from camera.source import Pacing


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """How the stage behaves."""

    pacing: Pacing
    view: str = "main"
    cycle_s: float | None = None
    """Triggered: a part older than this is an overrun."""
    trigger_timeout_s: float = 1.0
    """Triggered: how long a picture may take after its trigger."""
    parts: int | None = None
    """End after so many shots."""
    end_with_source: bool = True
    """A used-up source ends the line (headless); otherwise the station stops and can be started again."""
    give_up_after_s: float | None = None
    """Seconds without a camera after which the line fails; None: never."""
    patient_start: bool = False
    """True: a camera that cannot be opened at the start is waited for (window). False: the line fails at once."""
    period_s: float | None = None
    """On demand: take at most one picture in this time (a demonstration at the pace of a line)."""
    serial_pattern: str = ""
    """`R25-{n:06d}`: serials made by the station, for simulated lines."""
    calibration_digest: str | None = None


class Serials:
    """Where a part's serial comes from: typed or scanned for the next part, else the pattern. Any thread may set."""

    def __init__(self, pattern: str, first: Callable[[], int]) -> None:
        self._pattern = pattern
        self._first = first
        self._count = 0
        self._next = ""
        self._lock = threading.Lock()

    def set_next(self, serial: str) -> None:
        """The next part has this serial."""
        with self._lock:
            self._next = serial

    def take(self) -> str:
        """The serial of the part that has arrived."""
        with self._lock:
            self._count += 1
            serial, self._next = self._next, ""
        return serial or (self._pattern.format(n=self._first() + self._count) if self._pattern else "")
