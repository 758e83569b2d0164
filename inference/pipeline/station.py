"""`Station`: the line as one object: start it, stop it, ask it how it is. Works the same with and without a screen.

Promises: every call but `wait` returns at once; the order of shutdown is the order of the data (camera, inference,
storage), each join is checked, and a line that failed is built anew at the next start.
May import: camera, inference.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from camera.clock import Clock
from camera.frame import Frame
from camera.line.ports import ResultOutput, TriggerSource
from camera.source import FrameSource, Pacing
from inference.disposition import Override
from inference.inspection import Job, JudgedPart
from inference.inspector import Inspector
from inference.message import message
from inference.pipeline.assembler import Shot
from inference.pipeline.board import Board
from inference.pipeline.camera_plan import CameraPlan
from inference.pipeline.camera_stage import CameraStage
from inference.pipeline.cause_lists import NO_LISTS, CauseLists
from inference.pipeline.channels import Channel
from inference.pipeline.decisions import ChartDecision
from inference.pipeline.inference_stage import InferencePlan, InferenceStage
from inference.pipeline.jobs import JobDesk
from inference.pipeline.monitor import SpcMonitor
from inference.pipeline.ports import InspectionSink
from inference.pipeline.release import Release
from inference.pipeline.snapshot import (
    CameraState,
    ChartSnapshot,
    Counters,
    Health,
    ResultView,
    StationSnapshot,
)
from inference.pipeline.stage import Stage
from inference.pipeline.state import StationState
from inference.pipeline.storage_stage import CommitListener, Parcel, StoragePlan, StorageStage
from inference.pipeline.tally import Tally

FRAMES_CAPACITY = 4
FRAMES_BYTES = 256 << 20
INSPECTIONS_CAPACITY = 64
INSPECTIONS_BYTES = 512 << 20


@dataclass(frozen=True, slots=True)
class Parts:
    """What a line is built from. The makers are called anew for each line: drivers are not used twice."""

    clock: Clock
    job: Job
    documents: dict[str, str]
    source: Callable[[], FrameSource]
    triggers: Callable[[], TriggerSource | None]
    output: Callable[[], ResultOutput]
    inspector: Callable[[], Inspector]
    monitor: Callable[[], SpcMonitor]
    sink: Callable[[], InspectionSink]
    camera: CameraPlan
    storage: StoragePlan
    listeners: Sequence[CommitListener] = ()


class Line:
    """Three stages, two channels, one board: from the first start to the end or a failure."""

    def __init__(self, parts: Parts, desk: JobDesk, tally: Tally) -> None:
        source, pacing = parts.source(), parts.camera.pacing
        triggered = pacing is Pacing.TRIGGERED
        cycle_s = parts.camera.cycle_s
        self.source_name = source.name
        self.release = Release(parts.output(), parts.clock, triggered=triggered, cycle_s=cycle_s)
        self.board = Board(parts.clock, self.release, tally)
        self.frames: Channel[Shot] = Channel("frames", capacity=FRAMES_CAPACITY, capacity_bytes=FRAMES_BYTES)
        self.inspections: Channel[Parcel] = Channel(
            "inspections", capacity=INSPECTIONS_CAPACITY, capacity_bytes=INSPECTIONS_BYTES
        )
        self.triggers = parts.triggers() if triggered else None
        self.storage = StorageStage(parts.sink(), self.board, self.inspections, parts.storage, parts.listeners)
        self.inference = InferenceStage(
            inspector=parts.inspector(),
            monitor=parts.monitor(),
            board=self.board,
            desk=desk,
            inbox=self.frames,
            outbox=self.inspections,
            plan=InferencePlan(late_after_s=cycle_s if triggered else None),
        )
        self.camera = CameraStage(source, self.triggers, self.board, self.frames, parts.camera)
        bodies = {"storage": self.storage.run, "inference": self.inference.run, "camera": self.camera.run}
        self.stages = [Stage(name, body, self._crashed) for name, body in bodies.items()]

    def _crashed(self, stage: str, error: Exception) -> None:
        self.board.fail(error, message("stage.crashed", stage=stage, detail=str(error)))
        # The stages downstream may wait for an END that the crashed one can no longer send.
        self.frames.put_end()
        if stage != "camera":
            self.inspections.put_end()

    def begin(self) -> None:
        """Start all stages."""
        for stage in self.stages:
            stage.start()

    @property
    def alive(self) -> bool:
        """True while any stage runs."""
        return any(stage.alive for stage in self.stages)

    def join(self, timeout_s: float | None) -> bool:
        """Wait for all stages; False where one still runs."""
        until = None if timeout_s is None else time.monotonic() + timeout_s
        return all(s.join(None if until is None else max(0.0, until - time.monotonic())) for s in reversed(self.stages))


class Station:
    """Implements `inference.pipeline.snapshot.StationControl`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._clock = parts.clock
        self._desk = JobDesk(parts.job, parts.documents, parts.clock)
        self._tally = Tally(parts.clock)
        self._line: Line | None = None
        self._kept = list[ChartDecision | Override]()
        """What people decided while there was no line to take it."""
        self._lock = threading.Lock()

    # --- what the outside asks for

    def prepare(self) -> None:
        """Open record, camera and model, and wait READY for `start`."""
        self._begin(running=False)

    def start(self) -> None:
        """Begin, or go on after a stop."""
        self._begin(running=True)

    def _begin(self, *, running: bool) -> None:
        with self._lock:
            line = self._line
            new = line is None or line.board.failure is not None or not line.alive
            if line is None or new:
                self._desk.announce_again()
                line = self._line = Line(self._parts, self._desk, self._tally)
            if running:
                line.board.running.set()
            if new:
                line.begin()
                kept, self._kept = self._kept, []
                for decision in kept:
                    line.board.decide(decision)

    def stop(self) -> None:
        """Take no more pictures; what is in the queues is judged and recorded."""
        if self._line is not None:
            self._line.board.running.clear()

    def trigger_now(self, serial: str = "") -> None:
        """Fire the line's manual trigger, where it has one."""
        fire = getattr(self._line.triggers, "fire", None) if self._line else None
        if fire is not None:
            fire(serial)

    def set_serial(self, serial: str) -> None:
        """The serial of the next part."""
        if self._line is not None:
            self._line.camera.serials.set_next(serial)

    def change_job(self, *, product: str, lot: str, operator_id: str) -> None:
        """Begin a new job with the next part."""
        self._desk.ask(product=product, lot=lot, operator_id=operator_id)

    def acknowledge(self, alarm_id: str, actor_id: str) -> None:
        """A person has seen this alarm."""
        if self._line is not None:
            self._line.board.alarms.acknowledge(alarm_id, actor_id)

    def override(self, override: Override) -> None:
        """Put a person's decision on the way to the record; without a line, once there is one."""
        self._take(override)

    def decide(self, decision: ChartDecision) -> None:
        """Take a person's decision about a chart into account, and record it; without a line, once there is one."""
        self._take(decision)

    def _take(self, decision: ChartDecision | Override) -> None:
        if self._line is not None and self._line.alive:
            self._line.board.decide(decision)
        else:
            self._kept.append(decision)

    def cause_lists(self) -> CauseLists:
        """The causes and actions that people choose from."""
        return self._line.board.cause_lists if self._line is not None else NO_LISTS

    # --- the end

    def close(self, timeout_s: float | None = None, *, abandon: bool = False) -> bool:
        """Stop, record what was judged, end all stages. False: something still runs after `timeout_s`.

        With `abandon`, parts that the record cannot take are given up (and were never released).
        """
        if self._line is None:
            return True
        if abandon:
            self._line.board.abandon.set()
        self._line.board.stopping.set()
        return self._line.join(timeout_s)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the line has ended by itself (source used up, parts done, failure)."""
        return self._line is None or self._line.join(timeout_s)

    @property
    def failure(self) -> Exception | None:
        """Why the line could not go on, or None."""
        return self._line.board.failure if self._line else None

    @property
    def unrecorded(self) -> int:
        """Parts that were judged and could not be recorded before the line gave up."""
        return self._line.storage.unrecorded if self._line else 0

    @property
    def undelivered(self) -> int:
        """Decisions of people that wait for a line: a program that ends now loses them."""
        return len(self._kept)

    # --- what the outside sees

    def take_picture(self) -> Frame | None:
        """The newest live frame since the last call."""
        return self._line.board.pictures.take() if self._line else None

    def take_result(self) -> ResultView | None:
        """The newest result since the last call."""
        return self._line.release.results.take() if self._line else None

    def take_charts(self) -> tuple[ChartSnapshot, ...] | None:
        """All charts, where one changed since the last call."""
        return self._line.board.charts.take() if self._line else None

    def charts(self) -> tuple[ChartSnapshot, ...]:
        """All charts after the line has ended (while it runs they belong to the inference thread: `take_charts`)."""
        return () if self._line is None or self._line.alive else self._line.inference.charts()

    def recent(self) -> tuple[JudgedPart, ...]:
        """The last parts shown, newest first."""
        return self._line.release.recent() if self._line else ()

    def counters(self) -> Counters:
        """The counts now."""
        return self._tally.counters()

    def missed_causes(self) -> dict[str, int]:
        """Why parts were missed."""
        return self._tally.causes()

    def snapshot(self) -> StationSnapshot:
        """The station now."""
        plan = self._parts.camera
        now = self._clock.now()
        empty = StationSnapshot(
            self._parts.job.station_id,
            StationState.PREOPERATIONAL,
            None,
            now,
            job=self._desk.current,
            pacing=plan.pacing,
            cycle_s=plan.cycle_s,
            counters=self._tally.counters(),
        )
        line = self._line
        if line is None:
            return empty
        board = line.board
        state, reason, since = board.state()
        return replace(
            empty,
            state=state,
            reason=reason,
            since=since,
            camera=board.camera if line.alive else CameraState.CLOSED,
            camera_name=line.source_name,
            last_frame=board.last_frame,
            waiting_since=board.waiting_since,
            health=self._health(line),
            alarms=board.alarms.on_show(),
        )

    def _health(self, line: Line) -> Health:
        parts_per_s, frames_per_s = self._tally.rates()
        latency = self._tally.latency()
        return replace(
            line.board.model_health,
            parts_per_s=parts_per_s,
            frames_per_s=frames_per_s,
            latency_p50_ms=latency.p50,
            latency_p95_ms=latency.p95,
            latency_p99_ms=latency.p99,
            queues=(line.frames.fill(), line.inspections.fill()),
            disk_free_bytes=line.board.disk_free_bytes,
        )
