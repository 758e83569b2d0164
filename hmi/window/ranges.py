"""Which parts a question to the record is about: this lot, this shift, today, seven days, or all.

Promises: shift and day are those of the station's shift plan, at the moment of the question.
May import: camera.clock, inference.inspection, storage.filters, hmi.station.shifts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from camera.clock import Clock
from hmi.station.shifts import ShiftPlan, day_begin, shift_begin
from inference.inspection import Job
from storage.filters import Filters

RANGES = ("lot", "shift", "day", "week", "all")
"""Their texts are `range.<name>`."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """What the names of `RANGES` mean now."""

    job: Job | None
    """The one that runs; None: there is no lot, and all parts are meant."""
    shifts: ShiftPlan
    clock: Clock

    def filters(self, name: str) -> Filters:
        """The parts of a range."""
        if name == "lot":
            return Filters(lot=self.job.lot) if self.job is not None else Filters()
        since = self.began(name)
        return Filters() if since is None else Filters(since=since)

    def began(self, name: str) -> datetime | None:
        """When a range began, for what is no part and has a time only; None: it has no beginning."""
        now = self.clock.now().utc
        if name == "lot":
            return None if self.job is None else self.job.started.utc
        if name == "week":
            return now - timedelta(days=7)
        begin = {"shift": shift_begin, "day": day_begin}.get(name)
        return None if begin is None else datetime.fromtimestamp(begin(self.shifts, now.timestamp()), UTC)
