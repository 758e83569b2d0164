"""The guided agreement study of the station's own verdicts, as states: which part is due, what counts, when it is over.

    UNARMED ── arm ──→ WAITING ── verdict ──→ UNARMED (or WAITING, where each trigger is a part) … ──→ DONE
       ↑                  │
       └──── resume ── PAUSED        from everywhere but DONE: pause, back; cancelling throws the value away

Known parts are put in one by one, all of them once a pass. Only a verdict on a part that was triggered after it was
asked for counts, and each record counts once, so that neither a late result nor a part of the running line gets in.
Promises: values only; every step gives a new study. Judged as `inference.spc.measurement.agreement` does.
May import: inference.inspection, inference.spc.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from inference.inspection import Verdict
from inference.spc.limits import SpcError
from inference.spc.measurement.agreement import AttributeStudy, attribute_study

FEWEST_PARTS, MOST_PARTS, MOST_PASSES = 2, 200, 10
GOOD, BAD = Verdict.OK.value, Verdict.NOT_OK.value


class Phase(StrEnum):
    """Where a study stands."""

    UNARMED = "unarmed"
    """The part that is due is named; nothing counts until a person says that it lies there."""
    WAITING = "waiting"
    """The next part triggered counts."""
    PAUSED = "paused"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """What will be judged. Raises SpcError for a study that is none."""

    reference: tuple[str, ...]
    """Known verdict of each part, OK or NOT_OK."""
    names: tuple[str, ...]
    """What is written on each part."""
    passes: int
    every_trigger: bool
    """Each trigger is a part put in by hand: no confirmation between parts is needed."""

    def __post_init__(self) -> None:
        n = len(self.reference)
        if not FEWEST_PARTS <= n <= MOST_PARTS:
            raise SpcError(f"a study has {FEWEST_PARTS} to {MOST_PARTS} parts, not {n}")
        if len(self.names) != n:
            raise SpcError(f"there are {n} parts and {len(self.names)} names")
        if not 1 <= self.passes <= MOST_PASSES:
            raise SpcError(f"a study has 1 to {MOST_PASSES} passes, not {self.passes}")
        odd = next((word for word in self.reference if word not in {GOOD, BAD}), None)
        if odd is not None:
            raise SpcError(f"a known verdict is {GOOD} or {BAD}, not {odd}")

    @property
    def total(self) -> int:
        """Verdicts of the whole study."""
        return len(self.reference) * self.passes


@dataclass(frozen=True, slots=True)
class Taken:
    """One verdict that counted."""

    seq: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Study:
    """A study under way."""

    plan: StudyPlan
    phase: Phase = Phase.UNARMED
    taken: tuple[Taken, ...] = ()
    """In the order in which they were asked for: the first pass, then the second."""
    since_ns: int = 0
    """Monotonic time from which on a trigger counts, while it waits."""
    last_seq: int = 0
    """The newest record that was ever taken: neither it nor an older one counts again."""

    @property
    def part(self) -> int:
        """Number of the part that is due, from 1."""
        return len(self.taken) % len(self.plan.reference) + 1

    @property
    def pass_number(self) -> int:
        """The pass, from 1."""
        return min(len(self.taken) // len(self.plan.reference) + 1, self.plan.passes)

    def arm(self, now_ns: int) -> Study:
        """The part that is due lies there: the next trigger counts."""
        return replace(self, phase=Phase.WAITING, since_ns=now_ns) if self.phase is Phase.UNARMED else self

    def judged(self, seq: int, triggered_ns: int, verdict: str, now_ns: int) -> Study:
        """The station has judged a part. The same study where that does not count."""
        if self.phase is not Phase.WAITING or triggered_ns < self.since_ns or seq <= self.last_seq:
            return self
        after = replace(self, taken=(*self.taken, Taken(seq, verdict)), last_seq=seq, phase=Phase.UNARMED)
        if len(after.taken) == self.plan.total:
            return replace(after, phase=Phase.DONE)
        return after.arm(now_ns) if self.plan.every_trigger else after

    def back(self) -> Study:
        """Take the last verdict back: its part is due again."""
        if not self.taken or self.phase is Phase.DONE:
            return self
        paused = self.phase is Phase.PAUSED
        return replace(self, taken=self.taken[:-1], phase=Phase.PAUSED if paused else Phase.UNARMED)

    def pause(self) -> Study:
        """Nothing counts until `resume`."""
        return self if self.phase is Phase.DONE else replace(self, phase=Phase.PAUSED)

    def resume(self) -> Study:
        """Go on with the part that is due."""
        return replace(self, phase=Phase.UNARMED) if self.phase is Phase.PAUSED else self

    def rows(self) -> list[list[Taken]]:
        """A row for each part, one entry a pass, of the passes that are complete."""
        n = len(self.plan.reference)
        complete = len(self.taken) // n
        return [[self.taken[k * n + part] for k in range(complete)] for part in range(n)]

    def result(self) -> AttributeStudy:
        """The study judged. Raises SpcError before the first pass is complete."""
        judged = [[taken.verdict for taken in row] for row in self.rows()]
        if not judged[0]:
            raise SpcError("no pass is complete yet")
        return attribute_study(self.plan.reference, judged, bad=BAD, undecided=Verdict.NOT_DECIDABLE.value)
