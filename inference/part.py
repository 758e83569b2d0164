"""`Part`: the thing on the line. A part is not a frame: it has one or more views.

Promises: plain frozen values.
May import: camera.
"""

from __future__ import annotations

from dataclasses import dataclass

from camera.clock import Stamp
from camera.frame import BadFrame, Frame


@dataclass(frozen=True, slots=True)
class Part:
    """One part with all the pictures taken of it."""

    trigger_id: str
    serial: str
    at: Stamp
    """When its trigger fired (free run: when its first picture came)."""
    views: tuple[Frame | BadFrame, ...]

    @property
    def nbytes(self) -> int:
        """Bytes of all its pictures."""
        return sum(view.nbytes for view in self.views)
