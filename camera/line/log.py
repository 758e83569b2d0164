"""The line's output as lines in the log: to watch, without any wiring, what a real output would be told.

May import: the standard library.
"""

from __future__ import annotations

import logging

_log = logging.getLogger(__name__)


class LogOutput:
    """Writes what goes out, at level INFO."""

    def open(self) -> None:
        """The line starts at *not released*."""
        _log.info("output: not released")

    def send(self, trigger_id: str, verdict: str) -> None:
        """One part's verdict."""
        _log.info("output: %s for part %s", verdict, trigger_id)

    def take_back(self) -> None:
        """The verdict is withdrawn."""
        _log.info("output: not released")

    def close(self) -> None:
        """Left at *not released*."""
        _log.info("output: not released")
