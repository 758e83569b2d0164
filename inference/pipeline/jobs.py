"""The job desk: which job the parts belong to now, and a change that waits for the next part.

Promises: a job changes between two parts, never within one. Safe to use from any thread.
May import: camera.clock, inference.
"""

from __future__ import annotations

import threading
from dataclasses import replace

from camera.clock import Clock
from inference.inspection import Job
from inference.pipeline.events import JobStarted
from inference.pipeline.ids import new_id


class JobDesk:
    """The current job, and the next one when somebody asked for it."""

    def __init__(self, first: Job, documents: dict[str, str], clock: Clock) -> None:
        self._clock = clock
        self._documents = documents
        self._current = first
        self._waiting: Job | None = first
        self._lock = threading.Lock()

    @property
    def current(self) -> Job:
        """The job asked for last: what the screen shows."""
        with self._lock:
            return self._waiting or self._current

    def ask(self, *, product: str, lot: str, operator_id: str) -> None:
        """A new job of the same recipe begins with the next part."""
        with self._lock:
            self._waiting = replace(
                self._current,
                id=new_id(),
                product=product,
                lot=lot,
                operator_id=operator_id,
                started=self._clock.now(),
            )

    def announce_again(self) -> None:
        """A line is built anew after a failure: its record may not have the job yet (told twice, it is kept once)."""
        with self._lock:
            self._waiting = self._waiting or self._current

    def take_change(self) -> JobStarted | None:
        """Called before each part: the job that begins with it, or None where it is the same as before."""
        with self._lock:
            if self._waiting is None:
                return None
            self._current, self._waiting = self._waiting, None
            return JobStarted(self._current, self._documents)

    @property
    def judged_for(self) -> Job:
        """The job of the part in hand (inference thread)."""
        return self._current
