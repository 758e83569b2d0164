"""`Hand`: tells a hand on the keyboard from a scanner, and takes back what a scanner's first letter did to a chart.

May import: hmi.window.
"""

from __future__ import annotations

import time

from hmi.window.scanner import FASTEST_HAND_S
from hmi.window.views.chart_sight import Sight, Stand


class Hand:
    """Watches the letters that reach one chart."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._before = ""
        self._then_s = 0.0
        self._stand: Stand | None = None
        """Where somebody looked before the last letter."""

    def types(self, text: str) -> bool:
        """True for a key without a letter and for a hand's letter. No hand presses two different ones so quickly."""
        if not text or not text.isprintable():
            return True
        now_s = time.monotonic()
        scanned = text != self._before and now_s - self._then_s < FASTEST_HAND_S
        self._before, self._then_s = text, now_s
        if not scanned:
            self._stand = self._sight.stand
        elif self._stand is not None:
            self._sight.return_to(self._stand)
            self._stand = None
        return not scanned
