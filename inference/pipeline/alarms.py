"""The alarm board: which alarms stand, which were acknowledged, and an event for every change.

Promises: one standing alarm a key, however often its cause is reported; raise, acknowledge and clear are each
handed to `record` once, so the audit trail has no hole. Safe to use from any thread. After ISA-18.2.
May import: camera.clock, inference.pipeline.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from camera.clock import Clock
from inference.message import Message
from inference.pipeline.events import Alarm, Event, EventKind, Priority
from inference.pipeline.ids import new_id

STATION_ACTOR = "service:station"
_KEPT_CLEARED = 50


class AlarmBoard:
    """All alarms of one station."""

    def __init__(self, clock: Clock, record: Callable[[Event], None]) -> None:
        self._clock = clock
        self._record = record
        self._alarms: dict[str, Alarm] = {}
        self._lock = threading.Lock()

    def report(self, key: str, priority: Priority, message: Message) -> None:
        """The cause called `key` lasts. Raises an alarm unless one stands for it already."""
        with self._lock:
            standing = self._standing(key)
            if standing is not None:
                return
            alarm = Alarm(new_id(), key, priority, message, self._clock.now())
            self._alarms[alarm.id] = alarm
            self._forget_old()
            self._record(self._event(EventKind.ALARM_RAISED, alarm, message, STATION_ACTOR))

    def clear(self, key: str, message: Message | None = None) -> None:
        """The cause called `key` is over; `message` may say more (how long it lasted)."""
        with self._lock:
            alarm = self._standing(key)
            if alarm is None:
                return
            alarm = self._alarms[alarm.id] = replace(alarm, cleared=self._clock.now())
            self._record(self._event(EventKind.ALARM_CLEARED, alarm, message or alarm.message, STATION_ACTOR))

    def acknowledge(self, alarm_id: str, actor_id: str) -> bool:
        """A person has seen it, and with it the older ones of the same key. False where there is nothing to see."""
        with self._lock:
            alarm = self._alarms.get(alarm_id)
            if alarm is None or alarm.acknowledged is not None:
                return False
            for same in [a for a in self._alarms.values() if a.key == alarm.key and a.acknowledged is None]:
                seen = replace(same, acknowledged=self._clock.now(), acknowledged_by=actor_id)
                self._alarms[same.id] = seen
                self._record(self._event(EventKind.ALARM_ACKNOWLEDGED, seen, seen.message, actor_id))
            return True

    def on_show(self) -> tuple[Alarm, ...]:
        """Alarms that stand or wait for an acknowledgement, the newest of each key: unacknowledged first, then by
        priority, then newest first."""
        with self._lock:
            shown = {alarm.key: alarm for alarm in self._alarms.values() if alarm.on_show}
        order = sorted(shown.values(), key=lambda a: (a.acknowledged is not None, a.priority, -a.raised.monotonic_ns))
        return tuple(order)

    def _standing(self, key: str) -> Alarm | None:
        return next((a for a in self._alarms.values() if a.key == key and a.standing), None)

    def _forget_old(self) -> None:
        """Memory stays flat: cleared alarms of a key that a newer one stands for are in the record, not here."""
        newest = {alarm.key: alarm.id for alarm in self._alarms.values()}
        gone = [a.id for a in self._alarms.values() if not a.standing and newest[a.key] != a.id]
        for alarm_id in gone[:-_KEPT_CLEARED]:
            del self._alarms[alarm_id]

    def _event(self, kind: EventKind, alarm: Alarm, message: Message, actor_id: str) -> Event:
        return Event(new_id(), self._clock.now(), kind, message, actor_id, alarm.id, alarm.priority)
