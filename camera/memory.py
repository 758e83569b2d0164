"""A source that hands out pictures already in memory: for self-test, benchmark and tests.

Promises: no decoding, no copying, no waiting; the same order every time.
May import: camera.frame, camera.source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from camera.frame import Picture
from camera.source import EndOfSource, Pacing


class MemorySource:
    """Pictures from a list, on demand, `total` of them (going round the list as often as that takes)."""

    pacing = Pacing.ON_DEMAND
    live = False
    period_s = None

    def __init__(self, pictures: Sequence[Picture], total: int | None = None, name: str = "memory") -> None:
        self.name = name
        self._pictures = tuple(pictures)
        self._total = len(self._pictures) if total is None else total
        self._next = 0

    @property
    def frame_size(self) -> tuple[int, int] | None:
        """Width and height where all pictures share them."""
        sizes = {(p.image.shape[1], p.image.shape[0]) for p in self._pictures}
        return sizes.pop() if len(sizes) == 1 else None

    def open(self) -> None:
        """Nothing to open; goes on where it was."""

    def grab(self, timeout_s: float) -> Picture:  # noqa: ARG002 (the protocol's; a list never waits)
        """The next picture. Raises EndOfSource after `total`."""
        if self._next >= self._total:
            raise EndOfSource(f"{self.name}: all {self._total} pictures are used up")
        picture = self._pictures[self._next % len(self._pictures)]
        self._next += 1
        return replace(picture, image=picture.image.view())

    def close(self) -> None:
        """Nothing to let go."""
