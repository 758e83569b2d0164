"""`FrameSource`: the one protocol behind every camera, replay and simulation, and what can go wrong with one.

Promises: a driver is a plain synchronous object; it starts no thread. It is opened, asked and closed on one thread.
May import: the standard library, `camera.frame`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol, runtime_checkable

from camera.frame import Picture


class Pacing(StrEnum):
    """Who sets the beat."""

    TRIGGERED = "triggered"
    """A trigger asks for each picture. A late part is recorded NOT_DECIDABLE."""
    FREE_RUN = "free_run"
    """The camera sends at its own rate. The newest picture wins; each one left out is counted as missed."""
    ON_DEMAND = "on_demand"
    """The pipeline asks when it is ready (folders, files, simulation at full speed). Nothing is ever missed."""


class CameraError(Exception):
    """Base of what a source can raise; `str()` is one sentence for a person."""


class SourceNotFound(CameraError):
    """What the user named does not exist or holds no picture: wrong use, not a broken machine."""


class CameraUnavailable(CameraError):
    """The camera cannot be opened now. The sentence says what to do."""


class CameraLost(CameraError):
    """The camera was open and stopped answering: close it and open it again."""


class FrameTimeout(CameraError):
    """No picture came within the time allowed; the camera may still be well."""


class UnreadableFrame(CameraError):
    """One picture came, but cannot be read. The next may be well."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class EndOfSource(CameraError):
    """A folder or file is used up."""


@runtime_checkable
class FrameSource(Protocol):
    """One camera, as the camera stage sees it.

    Life: made (cheap, touches nothing) → `open` → `grab`, `grab`, … → `close`. After `CameraLost` the stage calls
    `close` and, later, `open` again on the same object.
    """

    @property
    def name(self) -> str:
        """What a person calls it, as in `usb:0` or a folder's path."""
        ...

    @property
    def pacing(self) -> Pacing:
        """The beat this source runs at by nature or by its settings."""
        ...

    @property
    def live(self) -> bool:
        """True where an unchanging picture means a fault (a camera), False for replays."""
        ...

    @property
    def period_s(self) -> float | None:
        """Expected seconds between pictures in free run; None where the source has no rate of its own."""
        ...

    def open(self) -> None:
        """Make the source ready. Called on the camera thread, before the first `grab`, and again after a loss.

        Raises:
            SourceNotFound: what was named is not there.
            CameraUnavailable: it is there but cannot be opened now.

        """
        ...

    def grab(self, timeout_s: float) -> Picture:
        """Wait at most `timeout_s` for the next picture. In triggered pacing, called once after each trigger.

        Raises:
            FrameTimeout: nothing came in time.
            UnreadableFrame: a picture came that cannot be read; the source has moved on to the next.
            CameraLost: the connection is gone.
            EndOfSource: a folder or file is used up.

        """
        ...

    def close(self) -> None:
        """Let everything go. May be called twice, and when `open` failed."""
        ...
