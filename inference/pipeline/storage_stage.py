"""The storage stage: every judged part goes to the record, and only then may an OK go out.

Promises: a batch is committed whole or tried again; while the record cannot be written the station holds and releases
nothing; whatever reached this stage is recorded before it ends, or the run fails saying how many parts were not.
May import: camera, inference.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inference.disposition import Override
from inference.inspection import JudgedPart
from inference.message import Message, message
from inference.pipeline.board import Board
from inference.pipeline.channels import END, Channel
from inference.pipeline.events import Entry, JobStarted, Priority
from inference.pipeline.ports import Committed, InspectionSink, SinkError, SinkFault

CommitListener = Callable[[Sequence[JudgedPart]], None]
"""Told of parts after their commit, on the storage thread."""

_BATCH = 64
_DISK_EVERY_S = 5.0
_RETRY_S = (0.2, 0.5, 1.0, 2.0, 5.0)
_CLOCK_JUMP_S = 2.0
_HANGS_AFTER_S = 5.0


@dataclass(frozen=True, slots=True)
class Parcel:
    """An entry on its way to the record."""

    entry: JudgedPart | JobStarted

    @property
    def nbytes(self) -> int:
        """Bytes of its pictures."""
        return self.entry.nbytes if isinstance(self.entry, JudgedPart) else 0


@dataclass(frozen=True, slots=True)
class StoragePlan:
    """How the stage behaves."""

    station_id: str
    recipe: str
    """Name of the recipe: people's decisions about its charts outlive its revisions."""
    recipe_digest: str
    resume_limit: int
    group_s: float
    """How long a first entry waits for company before the commit."""
    give_up_after_s: float | None
    """Seconds of a storage fault after which the run fails; None: never."""
    disk_low_bytes: int = 0
    """With less room on the disk there is an alarm; well before the record itself must hold."""
    queue_alarm: bool = True
    """False on demand: there a full queue is only the source being held back."""


class StorageStage:
    """Owns the sink, from opening to closing."""

    def __init__(
        self,
        sink: InspectionSink,
        board: Board,
        inbox: Channel[Parcel],
        plan: StoragePlan,
        listeners: Sequence[CommitListener] = (),
    ) -> None:
        self._sink = sink
        self._board = board
        self._inbox = inbox
        self._plan = plan
        self._listeners = tuple(listeners)
        self._disk_due = 0.0
        self._drift = _wall_minus_monotonic()
        self.unrecorded = 0
        """Parts that could not be recorded before the run gave up. They were never released."""

    def run(self) -> None:
        """Open, record until END, close. First to begin and last to end, so the line's output lives as long."""
        try:
            if self._open():
                self._board.release.open()
                self._work()
        finally:
            self._board.release.close()
            self._sink.close()

    def _open(self) -> bool:
        try:
            self._sink.open()
            plan = self._plan
            resume = self._sink.resume(plan.station_id, plan.recipe_digest, plan.resume_limit, recipe=plan.recipe)
        except SinkError as error:
            self._board.fail(error, message("record.unavailable", detail=str(error)))
            return False
        self._board.startup.resume = resume
        self._board.startup.record_open.set()
        return True

    def _work(self) -> None:
        ended = False
        while not ended:
            parcels, ended = self._collect()
            entries: list[Entry] = [*self._board.take_entries(), *(p.entry for p in parcels)]
            if entries and not self._commit(entries):
                self._abandon(entries)
                return
            self._tick()

    def _collect(self) -> tuple[list[Parcel], bool]:
        first = self._inbox.get(timeout_s=0.05)
        if first is END:
            return [], True
        if first is None:
            return [], False
        if self._plan.group_s > 0 and not self._board.stopping.is_set():
            time.sleep(self._plan.group_s)
        return [first, *self._inbox.drain(_BATCH - 1)], False

    def _commit(self, entries: Sequence[Entry]) -> bool:
        """True once they are recorded; False where the run gives up."""
        began, tries = time.monotonic(), 0
        while True:
            try:
                committed = self._sink.append(entries)
            except SinkFault as fault:
                self._hold(fault)
                if self._gives_up(fault, time.monotonic() - began):
                    return False
                time.sleep(_RETRY_S[min(tries, len(_RETRY_S) - 1)])
                tries += 1
            else:
                self._go_on(tries)
                self._announce(entries, committed)
                return True

    def _hold(self, fault: SinkFault) -> None:
        reason = message("record.fault", detail=str(fault))
        self._board.hold(reason)
        self._board.alarms.report("record", Priority.URGENT, reason)

    def _gives_up(self, fault: SinkFault, held_s: float) -> bool:
        limit = self._plan.give_up_after_s
        patient = limit is None or held_s < limit
        if patient and not self._board.abandon.is_set():
            return False
        self._board.fail(fault, message("record.gave_up", detail=str(fault), seconds=round(held_s)))
        return True

    def _go_on(self, tries: int) -> None:
        if not tries:
            return
        self._board.go_on()
        self._board.alarms.clear("record", message("record.back", tries=tries))

    def _announce(self, entries: Sequence[Entry], committed: Committed) -> None:
        parts = [entry for entry in entries if isinstance(entry, JudgedPart)]
        self._board.tally.recorded([p.inspection for p in parts], committed.images_written)
        for part in parts:
            self._board.release.committed(part)
        if any(isinstance(entry, Override) for entry in entries):
            self._board.tally.set_effective_ok(self._sink.effective_ok())
        for listener in self._listeners:
            listener(parts)

    def _abandon(self, entries: Sequence[Entry]) -> None:
        """The run failed: count what the record does not hold, so that a person can be told."""
        self.unrecorded += sum(isinstance(entry, JudgedPart) for entry in entries)
        while (parcel := self._inbox.get()) is not END:
            self.unrecorded += parcel is not None and isinstance(parcel.entry, JudgedPart)

    def _tick(self) -> None:
        self._board.release.tick()
        self._watch_queue()
        self._watch_camera()
        if time.monotonic() >= self._disk_due:
            self._disk_due = time.monotonic() + _DISK_EVERY_S
            self._watch_disk()
            self._watch_clock()

    def _watch_queue(self) -> None:
        if not self._plan.queue_alarm:
            return
        fill = self._inbox.fill()
        if fill.items >= 0.75 * fill.capacity:
            full = message("record.queue", items=fill.items, capacity=fill.capacity)
            self._board.alarms.report("record.queue", Priority.HIGH, full)
        elif fill.items <= 0.25 * fill.capacity:
            self._board.alarms.clear("record.queue")

    def _watch_disk(self) -> None:
        free = self._board.disk_free_bytes = self._sink.disk_free()
        if free < self._plan.disk_low_bytes:
            self._board.alarms.report("disk", Priority.HIGH, message("disk.low", free_gb=free / 1e9))
        elif free > 1.1 * self._plan.disk_low_bytes:
            self._board.alarms.clear("disk")

    def _watch_camera(self) -> None:
        """A driver that does not come back from a call cannot say so itself: the camera thread hangs in it."""
        board, since = self._board, self._board.grabbing_since
        if since is None:
            board.alarms.clear("camera.hangs")
            return
        held_s = board.clock.monotonic() - since
        if held_s > _HANGS_AFTER_S + 3 * board.grab_allowed_s:
            board.alarms.report("camera.hangs", Priority.URGENT, message("camera.hangs", seconds=round(held_s, 1)))

    def _watch_clock(self) -> None:
        drift = _wall_minus_monotonic()
        if abs(drift - self._drift) > _CLOCK_JUMP_S:
            self._board.tell(_jump(drift - self._drift))
        self._drift = drift


def _wall_minus_monotonic() -> float:
    return time.time() - time.monotonic()


def _jump(seconds: float) -> Message:
    return message("clock.jumped", seconds=round(seconds, 3))
