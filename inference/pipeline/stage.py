"""`Stage`: where the line's threads are born. One stage, one thread, one owner of what it opens.

Promises: a stage that fails for a reason nobody foresaw says so to the station and never takes the process with it.
May import: the standard library.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

log = logging.getLogger(__name__)


class Stage:
    """A named thread that runs one function once."""

    def __init__(self, name: str, run: Callable[[], None], on_crash: Callable[[str, Exception], None]) -> None:
        self.name = name
        self._run = run
        self._on_crash = on_crash
        # Not a daemon: the interpreter must not end while a stage still holds something unrecorded.
        self._thread = threading.Thread(target=self._body, name=f"loupe-{name}", daemon=False)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for the end; False: it still runs after `timeout_s`."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """True while it runs."""
        return self._thread.is_alive()

    def _body(self) -> None:
        try:
            self._run()
        except Exception as error:
            # The barrier between a bug of ours and the line: it is logged whole and the station goes to ERROR.
            log.exception("stage %s failed", self.name)
            self._on_crash(self.name, error)


class Aside:
    """A second pair of hands for one stage: does one call at a time on its own thread while the owner does another.

    For work that lets Python's lock go, beside work that does too: measuring in numpy while the network runs.
    """

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"loupe-{name}")

    def begin(self, call: Callable[[], T]) -> Future[T]:
        """Begin `call`; its result or exception waits in the future."""
        return self._pool.submit(call)

    def close(self) -> None:
        """End the thread after what it is doing. May be called twice."""
        self._pool.shutdown(wait=True)
