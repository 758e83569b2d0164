"""The board: what the stages tell one another and the outside, beside the channels.

Promises: every field has one writer named here, or a lock of its own; reading it never waits for the line.
May import: camera, inference.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass, field

from camera.clock import Clock, Stamp
from camera.frame import Frame
from inference.disposition import Override
from inference.message import Message
from inference.pipeline.alarms import STATION_ACTOR, AlarmBoard
from inference.pipeline.cause_lists import NO_LISTS, CauseLists
from inference.pipeline.channels import Mailbox
from inference.pipeline.decisions import ChartDecision
from inference.pipeline.events import Event, EventKind
from inference.pipeline.ids import new_id
from inference.pipeline.ports import ResumePoint
from inference.pipeline.release import Release
from inference.pipeline.snapshot import CameraState, ChartSnapshot, Health
from inference.pipeline.state import StationState, may_follow
from inference.pipeline.tally import Tally

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Startup:
    """The order in which a run comes up: the record, then the camera, then the model. Each waits for the one before."""

    record_open: threading.Event = field(default_factory=threading.Event)
    camera_open: threading.Event = field(default_factory=threading.Event)
    model_ready: threading.Event = field(default_factory=threading.Event)
    resume: ResumePoint | None = None
    """Written by the storage stage before `record_open`."""
    frame_size: tuple[int, int] | None = None
    """Width and height; written by the camera stage before `camera_open`."""


class Board:
    """One run of the line, as everybody may see it."""

    def __init__(self, clock: Clock, release: Release, tally: Tally) -> None:
        self.clock = clock
        self.release = release
        self.tally = tally
        self.alarms = AlarmBoard(clock, self.record)
        self.startup = Startup()
        self.stopping = threading.Event()
        """Set when the line shall end: the camera stage reads it, END does the rest."""
        self.running = threading.Event()
        """Set while the camera shall take pictures: start sets it, stop clears it."""
        self.abandon = threading.Event()
        """Set when a person decided to leave without what the record cannot take."""
        self.pictures: Mailbox[Frame] = Mailbox()
        self.charts: Mailbox[tuple[ChartSnapshot, ...]] = Mailbox()
        self.cause_lists: CauseLists = NO_LISTS
        """Written by the inference stage."""
        self.model_health = Health()
        """Written by the inference stage: provider, device, parity."""
        self.disk_free_bytes: int | None = None
        """Written by the storage stage."""
        self.camera = CameraState.CLOSED
        self.last_frame: Stamp | None = None
        self.waiting_since: Stamp | None = None
        self.grabbing_since: float | None = None
        """Seconds on the clock since when a driver has been asked for a picture; None while none is."""
        self.grab_allowed_s = 0.0
        """What that call may take. These five are written by the camera stage."""
        self._side: deque[Event | Override | ChartDecision] = deque()
        self._decisions: deque[ChartDecision] = deque()
        self._state = StationState.PREOPERATIONAL
        self._reason: Message | None = None
        self._since = clock.now()
        self._hold: tuple[Message, Stamp] | None = None
        self._failure: Exception | None = None
        self._lock = threading.Lock()

    def record(self, entry: Event | Override | ChartDecision) -> None:
        """Put an entry on the way to the record. Alarms are one a cause, so this stays small; it is never cut."""
        self._side.append(entry)

    def tell(self, message: Message, actor_id: str = STATION_ACTOR) -> None:
        """Record something that happened and is no alarm."""
        self.record(Event(new_id(), self.clock.now(), EventKind.INFO, message, actor_id))

    def decide(self, decision: ChartDecision | Override) -> None:
        """A person decided something. What is about a chart the inference stage takes into account and has recorded."""
        if isinstance(decision, Override):
            self.record(decision)
        else:
            self._decisions.append(decision)

    def take_decisions(self) -> list[ChartDecision]:
        """What people decided since the last call (inference stage)."""
        return [self._decisions.popleft() for _ in range(len(self._decisions))]

    def take_entries(self) -> list[Event | Override | ChartDecision]:
        """Everything on the way to the record since the last call (storage stage)."""
        return [self._side.popleft() for _ in range(len(self._side))]

    def set_state(self, state: StationState, reason: Message | None = None) -> None:
        """Go to `state` where the state table allows it from here; otherwise stay."""
        with self._lock:
            if not may_follow(self._state, state):
                log.debug("state %s does not follow %s", state, self._state)
                return
            if (state, reason) != (self._state, self._reason):
                self._state, self._reason, self._since = state, reason, self.clock.now()

    def hold(self, reason: Message) -> None:
        """Nothing is released, and the station shows HALTED whatever its stages do meanwhile, until `go_on`."""
        self.release.hold()
        with self._lock:
            self._hold = self._hold or (reason, self.clock.now())

    def go_on(self) -> None:
        """The hold is over: the station shows again what its stages made of it."""
        with self._lock:
            self._hold = None
        self.release.go_on()

    def state(self) -> tuple[StationState, Message | None, Stamp]:
        """State, why, since when. A hold lies over every state but ERROR."""
        with self._lock:
            if self._hold is not None and self._state is not StationState.ERROR:
                return StationState.HALTED, *self._hold
            return self._state, self._reason, self._since

    def fail(self, error: Exception, reason: Message) -> None:
        """The run cannot go on. The first failure is kept; every stage is told to end."""
        with self._lock:
            self._failure = self._failure or error
        self.release.hold()
        self.set_state(StationState.ERROR, reason)
        self.stopping.set()

    @property
    def failure(self) -> Exception | None:
        """Why the run could not go on, or None."""
        with self._lock:
            return self._failure

    def wait(self, event: threading.Event) -> bool:
        """Wait for a step of the start-up; False where the run ends before it."""
        while not event.wait(0.05):
            if self.stopping.is_set():
                return False
        return True
