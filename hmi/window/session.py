"""`WindowSession`: all that the window is given: a station to ask, a record to read, and how people want it.

Promises: plain values and protocols; the window knows no concrete station.
May import: camera.clock, inference, storage, hmi.station.shifts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from camera.clock import Clock, SystemClock
from hmi.station.shifts import ShiftPlan
from inference.pipeline.decisions import ChartDecision
from inference.pipeline.snapshot import StationControl
from inference.recipe import Recipe
from storage.counts import CharacteristicInfo, DefectCount
from storage.filters import Filters
from storage.history import PartLine, PartRecord
from storage.series import Series
from storage.windows import Progress


class RecordReader(Protocol):
    """What the window reads of the record (`storage.history.History`). Used on a job's thread, opened for each job."""

    def recent(
        self, limit: int = 100, offset: int = 0, filters: Filters = ..., *, before_seq: int | None = None
    ) -> tuple[PartLine, ...]:
        """Parts, newest first."""
        ...

    def part(self, seq: int) -> PartRecord | None:
        """Everything about one part."""
        ...

    def series(self, characteristic: str, filters: Filters = ..., progress: Progress | None = None) -> Series:
        """One characteristic of all parts that the filters leave, oldest first."""
        ...

    def characteristics(
        self, filters: Filters = ..., progress: Progress | None = None
    ) -> tuple[CharacteristicInfo, ...]:
        """What was measured, by name."""
        ...

    def decisions(self, recipe: str, chart: str | None = None) -> tuple[ChartDecision, ...]:
        """What people decided about the charts of this recipe, or about one of them, oldest first."""
        ...

    def defect_counts(self, filters: Filters = ..., progress: Progress | None = None) -> tuple[DefectCount, ...]:
        """Defects by label, most frequent first."""
        ...

    def close(self) -> None:
        """Let the file go."""
        ...


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """How the window is shown. `folder` keeps what people changed (size, language, theme); None keeps nothing."""

    station_name: str = ""
    zone: str = "UTC"
    language: str = "en"
    theme: str = "light"
    auto_start: bool = False
    manual_trigger: bool = False
    """True where Space and F4 may ask for a part."""
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class WindowSession:
    """One window on one station."""

    control: StationControl
    history: Callable[[], RecordReader] | None = None
    """Opens the record for reading; raises StorageError where it cannot. None: there is no record."""
    settings: WindowSettings = field(default_factory=WindowSettings)
    recipe: Recipe | None = None
    """What runs: its charts are those that people decide about. None: nobody said."""
    shifts: ShiftPlan = field(default_factory=ShiftPlan)
    clock: Clock = field(default_factory=SystemClock)
