"""From shots to parts: a part is complete when every view of the recipe is there.

Promises: every trigger that reached the assembler comes out as exactly one part, complete or with the missing views
named; with one view it comes out at once.
May import: camera, inference.
"""

from __future__ import annotations

from dataclasses import dataclass

from camera.frame import BadFrame, Frame
from camera.line.ports import Trigger
from inference.part import Part


@dataclass(frozen=True, slots=True)
class Shot:
    """One view of one part on its way from the camera stage."""

    trigger: Trigger
    frame: Frame | BadFrame

    @property
    def nbytes(self) -> int:
        """Bytes of its pixels."""
        return self.frame.nbytes


class Assembler:
    """Collects the views of one part after another (a later trigger closes an incomplete part)."""

    def __init__(self, views: tuple[str, ...]) -> None:
        self._views = views
        self._trigger: Trigger | None = None
        self._found: dict[str, Frame | BadFrame] = {}

    def add(self, shot: Shot) -> list[Part]:
        """Take one shot; return the parts that are finished by it, in order."""
        parts: list[Part] = []
        if self._trigger is not None and shot.trigger.id != self._trigger.id:
            parts += self.flush()
        self._trigger = shot.trigger
        self._found[shot.frame.view] = shot.frame
        if all(view in self._found for view in self._views):
            parts += self.flush()
        return parts

    def flush(self) -> list[Part]:
        """The part that still waits for views, with what is missing named (none where nothing waits)."""
        if self._trigger is None:
            return []
        trigger, found = self._trigger, self._found
        self._trigger, self._found = None, {}
        views = tuple(found.get(name) or _missing(name, trigger) for name in self._views)
        return [Part(trigger.id, trigger.serial, trigger.at, views)]


def _missing(view: str, trigger: Trigger) -> BadFrame:
    return BadFrame("view.missing", "no picture of this view came", "", trigger.id, view, trigger.at)
