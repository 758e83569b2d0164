"""What the pipeline asks of the record, as a protocol: storage implements it, a test plugs a list in.

Promises: nothing here knows SQLite.
May import: inference, camera.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from inference.pipeline.decisions import ChartDecision
from inference.pipeline.events import Entry


class SinkError(Exception):
    """Base; `str()` is one sentence for a person."""


class SinkUnavailable(SinkError):
    """The record cannot be opened (missing rights, damaged, made by a newer program): says what to do."""


class SinkFault(SinkError):
    """A write failed and nothing of the batch is in the record; the same batch may be tried again."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What SPC needs of one recorded part; the same whether it comes live or from the record."""

    seq: int
    inspection_id: str
    utc_s: float
    """Seconds since 1970, UTC."""
    verdict: str
    """Machine verdict."""
    score: float | None
    values: dict[str, float]
    """Characteristic → value; what could not be measured is left out."""
    threshold: float | None = None
    defects: int = 0
    """How many were found."""
    duration_ms: float | None = None
    """From the first step to the verdict."""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """Where the record stands when the station starts."""

    last_seq: int
    observations: tuple[Observation, ...]
    """The last parts of this station with this recipe digest, oldest first: the charts are rebuilt from them."""
    truncated: bool = False
    """True where the record holds older ones, too."""
    decisions: tuple[ChartDecision, ...] = ()
    """What people decided about this recipe's charts, oldest first, and the lists they choose from."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What one commit put into the record."""

    recorded: int
    images_written: int


class InspectionSink(Protocol):
    """The record, as the storage stage sees it. Opened, used and closed on the storage thread."""

    def open(self) -> None:
        """Open or make the record and sweep what a crash left behind. Raises SinkUnavailable."""
        ...

    def resume(self, station_id: str, recipe_digest: str, limit: int, *, recipe: str = "") -> ResumePoint:
        """Where to go on: last sequence number, the last `limit` observations of this recipe, and what people decided
        about the charts of the recipe of this name.
        """
        ...

    def append(self, entries: Sequence[Entry]) -> Committed:
        """Commit all entries in their order, or none. On return they are on the disk. Raises SinkFault."""
        ...

    def effective_ok(self) -> int:
        """Parts of the last recorded job that count as OK after overrides: what the yield is made of."""
        ...

    def disk_free(self) -> int:
        """Bytes free where the record lies."""
        ...

    def close(self) -> None:
        """Check-point and close. May be called twice."""
        ...
