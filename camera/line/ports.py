"""The line's two wires: where triggers come from and where results go.

Promises: protocols only; drivers are one short file each beside this one.
May import: the standard library, `camera.clock`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from camera.clock import Stamp


@dataclass(frozen=True, slots=True)
class Trigger:
    """One part has arrived. The id follows the part: trigger → frames → inspection → output."""

    id: str
    at: Stamp
    serial: str = ""


class TriggerSource(Protocol):
    """Says when a part is there. Used on the camera thread only, save for `fire` of a manual one."""

    def open(self) -> None:
        """Make ready."""
        ...

    def wait(self, timeout_s: float) -> Trigger | None:
        """The next trigger, or None when `timeout_s` passed without one (which is not a fault)."""
        ...

    def close(self) -> None:
        """Let everything go. May be called twice."""
        ...


class ResultOutput(Protocol):
    """Tells the line what became of a part. OK is sent only after the record is committed."""

    def open(self) -> None:
        """Make ready; until the first result the output says *not released*."""
        ...

    def send(self, trigger_id: str, verdict: str) -> None:
        """Put one verdict on the wire (`OK`, `NOT_OK`, `NOT_DECIDABLE`)."""
        ...

    def take_back(self) -> None:
        """Withdraw whatever is on the wire: the next part is here, or the cycle time is over."""
        ...

    def close(self) -> None:
        """Leave the wire at *not released*."""
        ...
