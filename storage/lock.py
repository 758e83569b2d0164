"""One writer a record: a lock that the system drops when its process dies, however it dies.

Promises: two stations never write to (or sweep) one record at the same time. Readers are not held up.
May import: the standard library.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class WriterLock:
    """Held from `acquire` to `release`. The lock file stays: removing it would race with the next writer."""

    def __init__(self, record: Path) -> None:
        self._path = record.with_name(record.name + ".lock")
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """True where this object now holds the lock, False where another writer does. Raises OSError."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _try_lock(descriptor)
        except (BlockingIOError, PermissionError):  # PermissionError: Windows' answer for a locked byte
            os.close(descriptor)
            return False
        except OSError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let another writer in. May be called twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
