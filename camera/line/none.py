"""A station with no line around it: nothing listens to its results.

May import: nothing.
"""

from __future__ import annotations


class NoOutput:
    """Takes every verdict and tells nobody."""

    def open(self) -> None:
        """Nothing to open."""

    def send(self, trigger_id: str, verdict: str) -> None:
        """Nobody listens."""

    def take_back(self) -> None:
        """Nothing to withdraw."""

    def close(self) -> None:
        """Nothing to close."""
