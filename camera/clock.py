"""Time as the record needs it: wall clock, a clock that never jumps, and the boot both belong to.

Promises: a `Stamp` can be ordered and subtracted within one boot even when somebody sets the wall clock.
May import: the standard library.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol

_BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """One moment. `monotonic_ns` only compares with stamps of the same `boot_id`."""

    utc: datetime
    monotonic_ns: int
    boot_id: str

    def seconds_since(self, earlier: Stamp) -> float:
        """Seconds from `earlier` to this stamp, by the clock that never jumps where both share a boot."""
        if self.boot_id == earlier.boot_id:
            return (self.monotonic_ns - earlier.monotonic_ns) / 1e9
        return (self.utc - earlier.utc).total_seconds()


class Clock(Protocol):
    """Where stamps come from. Tests put a clock here that they turn by hand."""

    def now(self) -> Stamp:
        """The present moment."""
        ...

    def monotonic(self) -> float:
        """Seconds on the clock that never jumps."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        ...


@cache
def boot_id() -> str:
    """The id of this boot of the machine; where the system has none, of this run of the program."""
    try:
        return _BOOT_ID_FILE.read_text("ascii").strip()
    except OSError:
        return str(uuid.uuid4())


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> Stamp:
        """The present moment."""
        return Stamp(datetime.now(UTC), time.monotonic_ns(), boot_id())

    def monotonic(self) -> float:
        """Seconds on the clock that never jumps."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        time.sleep(seconds)


class ManualClock:
    """A clock that moves only when told: for unit tests and for replays faster than life."""

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start or datetime(2026, 1, 1, tzinfo=UTC)
        self._elapsed_ns = 0

    def now(self) -> Stamp:
        """The moment the clock was last turned to."""
        return Stamp(self._start + timedelta(microseconds=self._elapsed_ns / 1e3), self._elapsed_ns, "manual")

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        return self._elapsed_ns / 1e9

    def sleep(self, seconds: float) -> None:
        """Turn the clock forward by `seconds`."""
        self._elapsed_ns += round(seconds * 1e9)
