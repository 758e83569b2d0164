"""What the station shows of itself: values, never live objects, so that the engine can move into another process.

Promises: every snapshot is frozen; arrays in it are read-only; taking one costs the line nothing it would notice.
May import: camera, inference, numpy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from camera.clock import Stamp
from camera.frame import Frame
from camera.source import Pacing
from inference.disposition import Override
from inference.inspection import Job, JudgedPart, Verdict
from inference.message import Message
from inference.pipeline.cause_lists import CauseLists
from inference.pipeline.decisions import ChartDecision
from inference.pipeline.events import Alarm
from inference.pipeline.state import StationState

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class CameraState(StrEnum):
    """How the camera is."""

    CLOSED = "closed"
    OPENING = "opening"
    CONNECTED = "connected"
    SILENT = "silent"
    FROZEN = "frozen"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Counters:
    """Counts since the job began. parts = ok + not_ok + not_decidable; all by the machine's verdict save the yield."""

    parts: int = 0
    ok: int = 0
    not_ok: int = 0
    not_decidable: int = 0
    missed: int = 0
    recorded: int = 0
    images_written: int = 0
    effective_ok: int = 0

    @property
    def yield_fraction(self) -> float | None:
        """Effective OK / recorded parts, 0–1; None before the first part."""
        return self.effective_ok / self.recorded if self.recorded else None


@dataclass(frozen=True, slots=True)
class QueueFill:
    """How full one channel is."""

    name: str
    items: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Health:
    """How the machine is. Times in milliseconds over the last parts."""

    provider: str = ""
    """As in `CUDA`, `TensorRT`, `CPU`."""
    device: str = ""
    provider_note: Message | None = None
    """Why it is not the provider asked for, or None."""
    graph_nodes_on_cpu: int = 0
    parity_ok: bool | None = None
    parts_per_s: float = 0.0
    frames_per_s: float = 0.0
    latency_p50_ms: float | None = None
    latency_p95_ms: float | None = None
    latency_p99_ms: float | None = None
    queues: tuple[QueueFill, ...] = ()
    disk_free_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class StationSnapshot:
    """The station at one moment, for the text on the screen (1 Hz) and for `loupe run`'s answer."""

    station_id: str
    state: StationState
    reason: Message | None
    """Why it is HALTED or in ERROR, or what it is busy with while it starts."""
    since: Stamp
    job: Job | None = None
    pacing: Pacing = Pacing.ON_DEMAND
    camera: CameraState = CameraState.CLOSED
    camera_name: str = ""
    last_frame: Stamp | None = None
    waiting_since: Stamp | None = None
    """Since when it waits for a trigger; None while it does not."""
    cycle_s: float | None = None
    counters: Counters = field(default_factory=Counters)
    health: Health = field(default_factory=Health)
    alarms: tuple[Alarm, ...] = ()
    """Those on show, most urgent first."""


@dataclass(frozen=True, slots=True)
class ResultView:
    """The verdict that may be shown now. UNDEFINED from a part's trigger until its result may be shown."""

    verdict: Verdict
    judged: JudgedPart | None
    since: Stamp
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class ChartPointRules:
    """The rules that one point breaks. `at` indexes the snapshot's arrays."""

    at: int
    rules: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChartMark:
    """Something a person put on a point. `at` indexes the snapshot's arrays."""

    at: int
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class ChartSnapshot:
    """The newest points of one control chart. All arrays have one entry a point, oldest first."""

    key: str
    kind: str
    """`p`, `i`, `mr`, `xbar` … (`inference.spc.design.KINDS`)."""
    characteristic: str
    unit: str
    transform: str
    version: int
    """Changes with every change of the chart."""
    first_number: int
    """Number of the first point shown, counted from 1."""
    seqs: Ints
    """Sequence number of the (last) part behind the point: what a click looks up."""
    utc_s: Floats
    values: Floats
    """NaN for a gap."""
    center: Floats
    lcl: Floats
    """NaN where there is no lower limit, or no limits yet."""
    ucl: Floats
    sizes: Ints
    violations: tuple[ChartPointRules, ...]
    rules: tuple[int, ...]
    subgroup: int
    phase1_remaining: int
    """How many more points until there are limits; 0 once there are."""
    lower_spec: float | None = None
    upper_spec: float | None = None
    lower_values: Floats | None = None
    """CUSUM: the second trace, -C-, in the same unit as `values` (which is C+); None for charts of one trace."""
    excluded: tuple[ChartMark, ...] = ()
    """Points a person left out of the baseline: drawn hollow, tested by no rule. The text is the reason."""
    stages: tuple[ChartMark, ...] = ()
    """Points where a new stage begins: a vertical line before the point. The text is the reason."""
    notes: tuple[ChartMark, ...] = ()
    """Annotations people wrote on points."""
    flagged: bool = False
    """Out of control, and nobody has given a cause yet where one must be given."""
    cavity: str = ""
    """Of which cavity or fixture; empty: of all."""
    rule_set: str = "western_electric"
    """Whose rules these are (`inference.spc.presets`)."""
    baseline_version: int | None = None
    """Which frozen baseline the limits come from; 0 is the recipe's own, None: none yet."""


class StationControl(Protocol):
    """All that the window may ask of a station. Every call returns at once; none blocks on the line."""

    def snapshot(self) -> StationSnapshot:
        """The station now."""
        ...

    def take_picture(self) -> Frame | None:
        """The newest live frame since the last call, or None. One slot: older ones are gone."""
        ...

    def take_result(self) -> ResultView | None:
        """The newest result since the last call, or None."""
        ...

    def take_charts(self) -> tuple[ChartSnapshot, ...] | None:
        """All charts where anything changed since the last call, or None."""
        ...

    def recent(self) -> tuple[JudgedPart, ...]:
        """The last parts whose results may be shown, newest first (at most 12)."""
        ...

    def start(self) -> None:
        """Begin, or go on after a stop. The answer is seen in the snapshots."""
        ...

    def stop(self) -> None:
        """Stop in order: the camera first, then what is in the queues is judged and recorded."""
        ...

    def trigger_now(self, serial: str = "") -> None:
        """Ask for one part now (triggered pacing with the keyboard as its trigger)."""
        ...

    def set_serial(self, serial: str) -> None:
        """The serial of the next part."""
        ...

    def change_job(self, *, product: str, lot: str, operator_id: str) -> None:
        """Begin a new job with the next part; counters start anew."""
        ...

    def acknowledge(self, alarm_id: str, actor_id: str) -> None:
        """A person has seen this alarm."""
        ...

    def override(self, override: Override) -> None:
        """Record a person's decision; it takes the same road to the record as a part."""
        ...

    def decide(self, decision: ChartDecision) -> None:
        """Take a person's decision about a chart into account, and record it. `seq` 0 stands for the next part."""
        ...

    def cause_lists(self) -> CauseLists:
        """The causes and actions that people choose from."""
        ...
