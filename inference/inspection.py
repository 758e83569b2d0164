"""`Inspection`: one result for one part. Never edited; a person's later decision is an `Override` beside it.

Promises: frozen values that serialise; heat maps ride along for the screen and are not part of the record.
May import: camera, numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

import numpy as np
import numpy.typing as npt

from camera.clock import Stamp
from camera.frame import Box
from inference.message import Message
from inference.part import Part


class Verdict(StrEnum):
    """What became of a part (OPC 40100-1). UNDEFINED stands before a result exists and is never recorded."""

    OK = "OK"
    NOT_OK = "NOT_OK"
    NOT_DECIDABLE = "NOT_DECIDABLE"
    UNDEFINED = "UNDEFINED"


class ResultState(StrEnum):
    """How far the inspection came (OPC 40001-101)."""

    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    ABORTED = "ABORTED"
    FAILED = "FAILED"


class Severity(IntEnum):
    """How bad a defect is."""

    MINOR = 1
    MAJOR = 2
    CRITICAL = 3


@dataclass(frozen=True, slots=True)
class Defect:
    """One defect found in one view. `region` and `area_px` are in source pixels."""

    label: str
    score: float
    region: Box
    area_px: float
    severity: Severity = Severity.MAJOR


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured characteristic with the spec limits in force."""

    characteristic: str
    value: float | None
    """None where it could not be measured; `reason` then says why."""
    unit: str
    lower: float | None = None
    upper: float | None = None
    reason: Message | None = None

    @property
    def within_spec(self) -> bool | None:
        """True inside the spec limits (they belong to the good side), None where nothing was measured."""
        if self.value is None:
            return None
        above = self.lower is None or self.value >= self.lower
        below = self.upper is None or self.value <= self.upper
        return above and below


@dataclass(frozen=True, slots=True)
class ViewResult:
    """What was found in one view."""

    view: str
    source: str
    captured: Stamp
    score: float | None = None
    """Larger is worse; None where the network did not judge."""
    label: str = ""
    threshold: float | None = None
    probabilities: Mapping[str, float] = field(default_factory=dict[str, float])
    defects: tuple[Defect, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    reasons: tuple[Message, ...] = ()
    heatmap: npt.NDArray[np.float32] | None = field(default=None, compare=False)
    """[h, w], on the score's scale; for the screen, not recorded."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a recipe at a station."""

    id: str
    station_id: str
    product: str
    lot: str
    recipe: str
    recipe_digest: str
    model: str
    model_digest: str
    operator_id: str
    started: Stamp


@dataclass(frozen=True, slots=True)
class Inspection:
    """One result for one part: the sum of its views."""

    id: str
    seq: int
    """Gapless for each station; the order of the record."""
    trigger_id: str
    job: Job
    serial: str
    at: Stamp
    """When the part's trigger fired."""
    verdict: Verdict
    state: ResultState
    views: tuple[ViewResult, ...]
    reasons: tuple[Message, ...] = ()
    score: float | None = None
    label: str = ""
    threshold: float | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict[str, float])
    """Step → milliseconds; `total` is from the first step to the verdict."""

    @property
    def measurements(self) -> tuple[Measurement, ...]:
        """All views' measurements, in the order of the views."""
        return tuple(m for view in self.views for m in view.measurements)

    @property
    def defects(self) -> tuple[Defect, ...]:
        """All views' defects, in the order of the views."""
        return tuple(d for view in self.views for d in view.defects)


@dataclass(frozen=True, slots=True)
class JudgedPart:
    """An inspection with the pictures it was made from: what goes to storage and to the screen."""

    inspection: Inspection
    part: Part

    @property
    def nbytes(self) -> int:
        """Bytes of its pictures."""
        return self.part.nbytes
