"""What a person decides about a part after the machine has judged it.

Promises: an override stands beside the machine's verdict, both there for ever.
May import: inference.inspection, camera.clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from camera.clock import Stamp
from inference.inspection import Verdict


class Disposition(StrEnum):
    """Where the part goes."""

    RELEASE = "RELEASE"
    REWORK = "REWORK"
    SCRAP = "SCRAP"
    HOLD = "HOLD"


@dataclass(frozen=True, slots=True)
class Override:
    """A person's later decision on one inspection: a new record, never an edit."""

    id: str
    inspection_id: str
    seq: int
    """Sequence number of the inspection it is about."""
    verdict: Verdict
    """The effective verdict from now on: OK or NOT_OK."""
    disposition: Disposition
    reason: str
    actor_id: str
    at: Stamp
