"""Plain implementations of the pipeline's protocols: a scripted source, a list as the record, a judge by rule.

They are real objects at the ports the pipeline offers, not mocks of its inside.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from camera.clock import SystemClock
from camera.frame import BadFrame, Picture, PixelFormat
from camera.line.ports import Trigger
from camera.source import EndOfSource, FrameTimeout, Pacing
from inference.inspection import Job, JudgedPart, Verdict, ViewResult
from inference.inspector import Finding
from inference.message import Message, message
from inference.part import Part
from inference.pipeline.camera_plan import CameraPlan
from inference.pipeline.events import Entry
from inference.pipeline.ids import new_id
from inference.pipeline.monitor import SpcMonitor
from inference.pipeline.ports import Committed, ResumePoint, SinkFault
from inference.pipeline.snapshot import Health
from inference.pipeline.station import Parts, Station
from inference.pipeline.storage_stage import StoragePlan
from inference.recipe import Recipe

CLOCK = SystemClock()


def picture(grey: int = 100, name: str = "p") -> Picture:
    """A small picture; grey 200 and more is a defect to `RuleInspector`."""
    image = np.full((8, 8), grey, np.uint8)
    return Picture(image, PixelFormat.MONO8, name)


Step = Picture | Exception | float
"""A picture, something to raise, or seconds to wait first."""


class ScriptedSource:
    """Plays a list of steps; after the last: EndOfSource, or silence for a live camera."""

    period_s: float | None = None

    def __init__(
        self,
        steps: Sequence[Step],
        pacing: Pacing = Pacing.ON_DEMAND,
        *,
        live: bool = False,
        fail_open: Sequence[Exception] = (),
    ) -> None:
        self.name = "script"
        self.pacing = pacing
        self.live = live
        self.steps = list(steps)
        self.fail_open = list(fail_open)
        self.opened = 0
        self.closed = 0

    def open(self) -> None:
        self.opened += 1
        if self.fail_open:
            raise self.fail_open.pop(0)

    def close(self) -> None:
        self.closed += 1

    def grab(self, timeout_s: float) -> Picture:
        while self.steps:
            step = self.steps.pop(0)
            if isinstance(step, Exception):
                raise step
            if isinstance(step, Picture):
                return step
            time.sleep(step)
        if not self.live:
            raise EndOfSource("used up")
        time.sleep(min(timeout_s, 0.05))
        raise FrameTimeout("nothing came")


class ListSink:
    """The record as a list. `faults`: how many appends fail before one works again, each time."""

    def __init__(self, faults: int = 0, last_seq: int = 0, delay_s: float = 0.0) -> None:
        self.entries: list[Entry] = []
        self.faults = faults
        self.last_seq = last_seq
        self.delay_s = delay_s
        self.closed = False

    def open(self) -> None: ...

    def resume(self, station_id: str, recipe_digest: str, limit: int, *, recipe: str = "") -> ResumePoint:
        return ResumePoint(self.last_seq, ())

    def append(self, entries: Sequence[Entry]) -> Committed:
        time.sleep(self.delay_s)
        if self.faults:
            self.faults -= 1
            raise SinkFault("the disk is full: free some space")
        self.entries += entries
        return Committed(sum(isinstance(e, JudgedPart) for e in entries), 0)

    def effective_ok(self) -> int:
        return sum(j.inspection.verdict is Verdict.OK for j in self.parts)

    def disk_free(self) -> int:
        return 1 << 40

    def close(self) -> None:
        self.closed = True

    @property
    def parts(self) -> list[JudgedPart]:
        return [entry for entry in self.entries if isinstance(entry, JudgedPart)]

    @property
    def seqs(self) -> list[int]:
        return [judged.inspection.seq for judged in self.parts]

    @property
    def verdicts(self) -> list[str]:
        return [str(judged.inspection.verdict) for judged in self.parts]

    def messages(self) -> list[str]:
        """Codes of all events, in their order."""
        return [entry.message.code for entry in self.entries if hasattr(entry, "message")]  # type: ignore[union-attr]


class RuleInspector:
    """Judges by grey value: 200 and more is NOT_OK, 255 is a machine failure."""

    def __init__(self, delay_s: float = 0.0) -> None:
        self.recipe = Recipe(name="grey")
        self.delay_s = delay_s
        self.looked_at = 0

    def open(self, size: tuple[int, int] | None) -> Health:
        return Health(provider="CPU", device="rule", parity_ok=True)

    def close(self) -> None: ...

    def inspect(self, part: Part) -> Finding:
        self.looked_at += 1
        time.sleep(self.delay_s)
        view = part.views[0]
        if isinstance(view, BadFrame):
            return self.decline(part, message(view.code, detail=view.detail))
        grey = int(view.image[0, 0])
        if grey == 255:
            found = self.decline(part, message("model.failed", detail="boom"))
            return Finding(found.verdict, found.reasons, found.views, failed=True)
        verdict = Verdict.NOT_OK if grey >= 200 else Verdict.OK
        result = ViewResult("main", view.source, view.at, score=grey / 255, threshold=200 / 255)
        return Finding(verdict, (), (result,), score=grey / 255, threshold=200 / 255)

    def decline(self, part: Part, reason: Message) -> Finding:
        views = tuple(ViewResult(view.view, view.source, view.at, reasons=(reason,)) for view in part.views)
        return Finding(Verdict.NOT_DECIDABLE, (reason,), views)


@dataclass
class Wire:
    """The line's output."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    now: str = "-"

    def open(self) -> None: ...

    def close(self) -> None:
        self.now = "-"

    def send(self, trigger_id: str, verdict: str) -> None:
        self.now = verdict
        self.sent.append((trigger_id, verdict))

    def take_back(self) -> None:
        self.now = "-"


class ListTriggers:
    """Fires at the given delays, then never again."""

    def __init__(self, delays_s: Sequence[float]) -> None:
        self.delays_s = list(delays_s)
        self.ids: list[str] = []

    def open(self) -> None: ...

    def close(self) -> None: ...

    def wait(self, timeout_s: float) -> Trigger | None:
        if not self.delays_s:
            time.sleep(timeout_s)
            return None
        time.sleep(self.delays_s.pop(0))
        trigger = Trigger(new_id(), CLOCK.now())
        self.ids.append(trigger.id)
        return trigger


def job() -> Job:
    return Job("job-1", "st-1", "ring", "L1", "grey", "sha256:r", "rule", "sha256:m", "operator:k", CLOCK.now())


def station(
    source: ScriptedSource,
    sink: ListSink,
    *,
    inspector: RuleInspector | None = None,
    triggers: ListTriggers | None = None,
    wire: Wire | None = None,
    camera: CameraPlan | None = None,
    give_up_after_s: float | None = 5.0,
    listeners: Sequence[Callable[[Sequence[JudgedPart]], None]] = (),
    disk_low_bytes: int = 0,
) -> Station:
    """A station of these parts."""
    judge = inspector or RuleInspector()
    wire = wire or Wire()
    return Station(
        Parts(
            clock=CLOCK,
            job=job(),
            documents={},
            source=lambda: source,
            triggers=lambda: triggers,
            output=lambda: wire,
            inspector=lambda: judge,  # type: ignore[arg-type, return-value]
            monitor=lambda: SpcMonitor((), {}),
            sink=lambda: sink,
            camera=camera or CameraPlan(pacing=source.pacing),
            storage=StoragePlan("st-1", "r", "sha256:r", 100, 0.0, give_up_after_s, disk_low_bytes),
            listeners=listeners,
        )
    )


def run(made: Station, timeout_s: float = 20.0) -> None:
    """Start and wait for the end."""
    made.start()
    assert made.wait(timeout_s), "the station did not end"


def until(condition: Callable[[], bool], timeout_s: float = 5.0) -> None:
    """Wait until `condition` holds."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)
