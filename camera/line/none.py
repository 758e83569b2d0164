"""No wire to the line: results are on the screen and in the record only.

May import: the standard library.
"""

from __future__ import annotations


class NoOutput:
    """Takes every result and tells nobody."""

    def open(self) -> None:
        """Nothing to open."""

    def send(self, trigger_id: str, verdict: str) -> None:
        """Goes nowhere."""

    def take_back(self) -> None:
        """Nothing is out there."""

    def close(self) -> None:
        """Nothing to let go."""
