"""Bounded channels between stages, and one-slot mailboxes for the screen.

Promises: a channel never holds more items or bytes than it was given (one oversized item is let in alone); nothing
that was put in is lost save by `put_newest`, which says what it dropped; END comes out after all that went in before.
May import: the standard library, inference.pipeline.snapshot.
"""

from __future__ import annotations

import threading
from collections import deque
from enum import Enum
from typing import Final, Generic, Literal, Protocol, TypeVar

from inference.pipeline.snapshot import QueueFill


class _End(Enum):
    END = "end"


END: Final = _End.END
"""The last thing on a channel."""
EndOr = Literal[_End.END]


class Sized(Protocol):
    """Whatever knows its bytes."""

    @property
    def nbytes(self) -> int:
        """Bytes it keeps alive."""
        ...


T = TypeVar("T", bound=Sized)
V = TypeVar("V")


class Channel(Generic[T]):
    """A first-in first-out queue bounded in items and in bytes. One lock, two conditions; any number of threads."""

    def __init__(self, name: str, *, capacity: int, capacity_bytes: int = 1 << 30) -> None:
        self.name = name
        self._capacity = capacity
        self._capacity_bytes = capacity_bytes
        self._items: deque[T] = deque()
        self._bytes = 0
        self._ended = False
        lock = threading.Lock()
        self._not_empty = threading.Condition(lock)
        self._not_full = threading.Condition(lock)

    def put(self, item: T, timeout_s: float | None = None) -> bool:
        """Put `item` in; wait while the channel is full. False: still full after `timeout_s`, or END was said."""
        with self._not_full:
            if not self._not_full.wait_for(lambda: self._ended or self._fits(item), timeout_s) or self._ended:
                return False
            self._push(item)
            return True

    def put_newest(self, item: T) -> list[T]:
        """Put `item` in at once; what had to leave for it (the oldest) is returned."""
        with self._not_full:
            dropped: list[T] = []
            while not self._fits(item):
                dropped.append(self._pop())
            self._push(item)
            return dropped

    def put_end(self) -> None:
        """Say that nothing more comes. Needs no room; may be said twice."""
        with self._not_empty:
            self._ended = True
            self._not_empty.notify_all()
            self._not_full.notify_all()

    def get(self, timeout_s: float | None = None) -> T | EndOr | None:
        """The oldest item, END when nothing is left and nothing more comes, None when `timeout_s` passed."""
        with self._not_empty:
            if not self._not_empty.wait_for(lambda: self._items or self._ended, timeout_s):
                return None
            if not self._items:
                return END
            item = self._pop()
            self._not_full.notify()
            return item

    def drain(self, limit: int) -> list[T]:
        """Up to `limit` items that are there now, oldest first; never waits."""
        with self._not_empty:
            taken = [self._pop() for _ in range(min(limit, len(self._items)))]
            self._not_full.notify_all()
            return taken

    def fill(self) -> QueueFill:
        """How full it is."""
        with self._not_empty:
            return QueueFill(self.name, len(self._items), self._capacity)

    def _fits(self, item: T) -> bool:
        if not self._items:
            return True
        return len(self._items) < self._capacity and self._bytes + item.nbytes <= self._capacity_bytes

    def _push(self, item: T) -> None:
        self._items.append(item)
        self._bytes += item.nbytes
        self._not_empty.notify()

    def _pop(self) -> T:
        item = self._items.popleft()
        self._bytes -= item.nbytes
        return item


class Mailbox(Generic[V]):
    """One slot: the newest value wins, a slow reader costs the writer nothing.

    `wanted` is True after each `take`, so a writer whose value is costly to make can wait until somebody looks.
    """

    def __init__(self) -> None:
        self._value: V | None = None
        self._lock = threading.Lock()
        self.wanted = True

    def put(self, value: V) -> None:
        """Leave `value`, in place of what lay there."""
        with self._lock:
            self._value = value
            self.wanted = False

    def take(self) -> V | None:
        """What lies there, or None; the slot is empty afterwards."""
        with self._lock:
            value, self._value = self._value, None
            self.wanted = True
            return value
