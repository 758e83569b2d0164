"""The window's threads: `Job` for one piece of work beside the screen, `Loop` for the painter that always runs.

Promises: the only place of the window where threads are born; each is joined and the join's answer is checked.
A job's result is fetched by the Qt thread (`poll`), never pushed into it.
May import: the standard library.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

Result = TypeVar("Result")
JOIN_S = 5.0


class Cancelled(Exception):
    """The job was told to end early."""


class Progress:
    """What a job's work may use: say how far it is, and notice that it is cancelled."""

    def __init__(self) -> None:
        self.fraction = 0.0
        """0 to 1; written by the work, read by the window."""
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Ask the work to end at its next `check`."""
        self._cancelled.set()

    def check(self, fraction: float | None = None) -> None:
        """Say how far the work is. Raises Cancelled where nobody wants the result any more."""
        if self._cancelled.is_set():
            raise Cancelled
        if fraction is not None:
            self.fraction = fraction


class Job(Generic[Result]):
    """One piece of work on a thread of its own: a query, an export."""

    def __init__(self, name: str, work: Callable[[Progress], Result]) -> None:
        self.progress = Progress()
        self._work = work
        self._result: Result | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name=f"job-{name}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._result = self._work(self.progress)
        except Cancelled:
            pass
        except Exception as error:  # noqa: BLE001 (kept for the Qt thread, which shows it)
            self._error = error

    @property
    def done(self) -> bool:
        """True once the work has ended, well or not."""
        return not self._thread.is_alive()

    def result(self) -> Result | None:
        """The result of a job that is done; None where it was cancelled. Raises what the work raised."""
        if self._error is not None:
            raise self._error
        return self._result

    def end(self) -> bool:
        """Cancel and wait. False where the work does not end."""
        self.progress.cancel()
        return _joined(self._thread)


def _unheard(_: object) -> None:
    """For results that nobody wants."""


_DEAF = (_unheard, _unheard)


class Errands:
    """The jobs of one window: started here, asked for their result by the window's timer, ended with the window."""

    def __init__(self) -> None:
        self._running: list[tuple[Job[object], Callable[[object], None], Callable[[Exception], None]]] = []

    def start(
        self,
        name: str,
        work: Callable[[Progress], Result],
        then: Callable[[Result], None],
        failed: Callable[[Exception], None],
    ) -> Job[Result]:
        """Do `work` on a thread; later `then(result)` or `failed(error)` is called by `poll`."""
        job = Job(name, work)
        self._running.append((job, then, failed))  # type: ignore[arg-type]
        return job

    def poll(self) -> None:
        """Hand over the results of the jobs that are done."""
        done = [entry for entry in self._running if entry[0].done]
        self._running = [entry for entry in self._running if entry not in done]
        for job, then, failed in done:
            job.end()
            try:
                result = job.result()
            except Exception as error:  # noqa: BLE001 (shown by the window)
                failed(error)
            else:
                if result is not None:
                    then(result)

    def drop(self, job: Job[Result]) -> None:
        """Nobody wants this result any more: cancel, do not wait."""
        job.progress.cancel()
        self._running = [(j, *_DEAF) if j is job else (j, then, failed) for j, then, failed in self._running]

    def end(self) -> bool:
        """Cancel all jobs and wait for them. False where one does not end."""
        ended = [job.end() for job, _, _ in self._running]
        self._running = []
        return all(ended)


class Loop:
    """Calls `work` again each time it was woken, on one long-lived thread, until `end`."""

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        self._work = work
        self._woken = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    def end(self) -> bool:
        """Let the present work finish and wait for the thread. False where it does not end."""
        self._ending = True
        self._woken.set()
        return _joined(self._thread)

    def _run(self) -> None:
        while True:
            self._woken.wait()
            self._woken.clear()
            if self._ending:
                return
            try:
                self._work()
            except Exception:
                # One bad picture must not leave the screen without pictures for the rest of the shift.
                log.exception("thread %s: this piece of work failed", self._thread.name)


def _joined(thread: threading.Thread) -> bool:
    thread.join(JOIN_S)
    if thread.is_alive():
        log.error("thread %s did not end within %g s", thread.name, JOIN_S)
        return False
    return True
