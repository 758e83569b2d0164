"""Events and alarms: what happened beside the parts. They take the same road to the record as inspections.

Promises: every raise, acknowledge and clear is an event of its own with its time and its actor.
May import: camera.clock, inference.message, inference.disposition, inference.inspection.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from camera.clock import Stamp
from inference.disposition import Override
from inference.inspection import Job, JudgedPart
from inference.message import Message
from inference.pipeline.decisions import ChartDecision


class Priority(IntEnum):
    """Alarm priority as in ISA-18.2: 1 is the most urgent."""

    URGENT = 1
    HIGH = 2
    MEDIUM = 3
    LOW = 4


class EventKind(StrEnum):
    """What sort of event it is."""

    INFO = "info"
    ALARM_RAISED = "alarm_raised"
    ALARM_ACKNOWLEDGED = "alarm_acknowledged"
    ALARM_CLEARED = "alarm_cleared"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at the station."""

    id: str
    at: Stamp
    kind: EventKind
    message: Message
    actor_id: str
    """A person or a service."""
    alarm_id: str | None = None
    """Raise, acknowledge and clear of one alarm share it."""
    priority: Priority | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm as it stands now: raised, perhaps acknowledged, perhaps cleared."""

    id: str
    key: str
    """What it is about, for instance `camera` or `chart:i:bore_diameter`: one standing alarm a key."""
    priority: Priority
    message: Message
    raised: Stamp
    acknowledged: Stamp | None = None
    acknowledged_by: str | None = None
    cleared: Stamp | None = None

    @property
    def standing(self) -> bool:
        """True while its cause lasts."""
        return self.cleared is None

    @property
    def on_show(self) -> bool:
        """True while it lasts or nobody has acknowledged it."""
        return self.standing or self.acknowledged is None


@dataclass(frozen=True, slots=True)
class JobStarted:
    """A job begins: its documents (digest → canonical JSON) must be in the record before its first inspection."""

    job: Job
    documents: dict[str, str]


Entry = JudgedPart | Event | Override | JobStarted | ChartDecision
"""Whatever goes to the record, in the order it happened."""
