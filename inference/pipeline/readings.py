"""What each chart takes of the judged parts: one reading a part, or one a subgroup.

| chart of | takes |
|---|---|
| `reject` | a subgroup's NOT_OK parts among its OK and NOT_OK parts |
| `not_decidable` | a subgroup's NOT_DECIDABLE parts among all its parts |
| `score` | the score of parts judged OK; a NOT_OK part is a special cause, counted by the p chart, and here a gap |
| anything else | the measured value, whatever the verdict; a value that is missing is a gap |

Subgroup k of n parts holds the sequence numbers k n + 1 to k n + n, so its borders do not depend on where the counting
began; it closes with its last part, or, short, when a part of a later subgroup arrives.

Promises: readings follow from the parts and their sequence numbers alone.
May import: inference.recipe, inference.pipeline.ports, inference.spc.limits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from inference.pipeline.ports import Observation
from inference.recipe import ChartPlan
from inference.spc.limits import SpcError

_SCORE_MARGIN = 1e-6
_COUNTED: Mapping[str, tuple[str, frozenset[str]]] = {
    "reject": ("NOT_OK", frozenset({"OK", "NOT_OK"})),
    "not_decidable": ("NOT_DECIDABLE", frozenset({"OK", "NOT_OK", "NOT_DECIDABLE"})),
}
"""Characteristic of a p chart → the verdict counted, and those it is counted among."""


class Reading(NamedTuple):
    """What one chart takes of one part, or of one subgroup."""

    number: int
    """Those of neighbours follow one another; a jump says that something else ran in between."""
    value: float
    """NaN for a gap."""
    size: int
    seq: int
    utc_s: float


class Source(Protocol):
    """How a chart comes to its readings."""

    def take(self, observation: Observation) -> tuple[Reading, ...]:
        """The readings that are complete with this part, in order."""
        ...

    def skip_until_border(self) -> None:
        """Parts before the next one are unknown: leave out what cannot be formed without them."""
        ...


class Parts:
    """One reading a part: its score or a measured value."""

    def __init__(self, plan: ChartPlan) -> None:
        self._characteristic = plan.characteristic
        self._of_score = plan.characteristic == "score"
        self._logit = plan.transform == "logit"

    def take(self, observation: Observation) -> tuple[Reading, ...]:
        """The part's one reading."""
        if not self._of_score:
            value = observation.values.get(self._characteristic)
        else:
            value = observation.score if observation.verdict == "OK" else None
        if value is None:
            value = math.nan
        elif self._logit:
            value = logit(value)
        return (Reading(observation.seq, value, 1, observation.seq, observation.utc_s),)

    def skip_until_border(self) -> None:
        """A part stands alone."""


class Subgroups:
    """One reading a subgroup: how many of its parts have a verdict. The borders follow from the sequence numbers."""

    def __init__(self, plan: ChartPlan) -> None:
        if plan.characteristic not in _COUNTED:
            known = " and ".join(_COUNTED)
            raise SpcError(f"a p chart counts verdicts ({known}), not {plan.characteristic!r}")
        self._counted, self._among = _COUNTED[plan.characteristic]
        self._parts = plan.subgroup
        self._open: Reading | None = None
        self._skipping: int | None = None
        self._may_skip = False

    def take(self, observation: Observation) -> tuple[Reading, ...]:
        """The subgroups that end with this part or before it."""
        subgroup, place = divmod(observation.seq - 1, self._parts)
        number = subgroup + 1
        if self._may_skip:
            self._may_skip = False
            self._skipping = number if place else None
        if self._skipping == number:
            return ()
        before = self._open
        ready = (before,) if before and before.number != number else ()
        count, size = (before.value, before.size) if before and not ready else (0.0, 0)
        count += observation.verdict == self._counted
        size += observation.verdict in self._among
        self._open = Reading(number, count, size, observation.seq, observation.utc_s)
        if place == self._parts - 1:
            ready, self._open = (*ready, self._open), None
        return ready

    def skip_until_border(self) -> None:
        """Leave out the next part's subgroup unless it begins with that part."""
        self._may_skip = True


def logit(score: float) -> float:
    """ln(s / (1 - s)) of a score from 0 to 1, clipped 1e-6 from the ends: evens out a score's crowding at 0 and 1."""
    clipped = min(max(score, _SCORE_MARGIN), 1.0 - _SCORE_MARGIN)
    return math.log(clipped / (1.0 - clipped))
