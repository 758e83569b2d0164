"""Single sampling plans by lot size, inspection level and AQL, as ISO 2859-1 (MIL-STD-105E) lays them out.

The master tables are regular: from one sample size to the next, and from one AQL to the next, n · AQL grows by the
same factor (the fifth root of 10), so the acceptance number depends only on the sum of row and column. The tables
are rebuilt here from that rule: normal (table 2-A) and tightened (2-B) inspection. Reduced inspection is left out,
since its acceptance numbers differ between editions; so are the fractional plans and the switching rules.
Promises: an arrow is followed to the plan it points at; a plan for a sample as large as the lot says so; each plan
comes with its true risks, computed.
May import: numpy, inference.spc.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal

from inference.spc.limits import SpcError
from inference.spc.sampling.plans import Distribution, SinglePlan, acceptance, quality_at

Level = Literal["S-1", "S-2", "S-3", "S-4", "I", "II", "III"]
Severity = Literal["normal", "tightened"]

AQLS = (
    *(0.010, 0.015, 0.025, 0.040, 0.065, 0.10, 0.15, 0.25, 0.40, 0.65, 1.0, 1.5, 2.5, 4.0, 6.5, 10.0),
    *(15.0, 25.0, 40.0, 65.0, 100.0, 150.0, 250.0, 400.0, 650.0, 1000.0),
)
"""Acceptance quality limits: % nonconforming up to 10, above that nonconformities per 100 pieces."""

LETTERS = "ABCDEFGHJKLMNPQRS"
SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150)
"""Sample sizes by code letter; S is no lot's own letter, only where an arrow of the tightened table ends."""

_LOTS = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)
"""The greatest lot of each row of table 1; the last row is open."""
_TABLE_1: dict[Level, str] = {
    "S-1": "AAAABBBBCCCCDDD",
    "S-2": "AAABBBCCCDDDEEE",
    "S-3": "AABBCCDDEEFFGGH",
    "S-4": "AABCCDEEFGGHJJK",
    "I": "AABCCDEFGHJKLMN",
    "II": "ABCDEFGHJKLMNPQ",
    "III": "BCDEFGHJKLMNPQR",
}

_ACCEPT: dict[Severity, dict[int, int]] = {
    "normal": {14: 0, 17: 1, 18: 2, 19: 3, 20: 5, 21: 7, 22: 10, 23: 14, 24: 21, 25: 30, 26: 44},
    "tightened": {15: 0, 18: 1, 19: 2, 20: 3, 21: 5, 22: 8, 23: 12, 24: 18, 25: 27, 26: 41},
}
"""Row + column → acceptance number."""
_UP: dict[Severity, int] = {"normal": 15, "tightened": -1}
"""Row + column of the arrow that points up, from between Ac 0 and Ac 1 back to Ac 0; none in the tightened table."""
_LAST_ZERO = AQLS.index(6.5)
"""Ac 0 stands in columns up to AQL 6.5 only."""
_LAST_LONG_ROW, _LONGEST = LETTERS.index("E"), 24
"""Only letters A to E go beyond row + column 24: the largest samples need no acceptance number above 21 (18)."""


@dataclass(frozen=True, slots=True)
class LotPlan:
    """The plan for lots of one size."""

    letter: str
    """Code letter of the plan found, after arrows."""
    asked: str
    """Code letter that lot size and level gave."""
    aql: float
    severity: Severity
    plan: SinglePlan
    sort_all: bool
    """The sample would be the whole lot or more: inspect every piece."""
    accepted_at_aql: float
    """Probability that a lot of quality AQL is accepted; the rest is the producer's risk."""
    quality_95: float
    """Quality in % (per 100 pieces above AQL 10) that is accepted with 95 %."""
    quality_10: float
    """Quality in % (per 100 pieces above AQL 10) that is still accepted with 10 %: the consumer's risk."""


def code_letter(lot: int, level: Level = "II") -> str:
    """Sample size code letter (ISO 2859-1, table 1). Raises SpcError for lots below 2 and unknown levels."""
    if lot < 2:
        raise SpcError(f"a lot of {lot} is not sampled")
    if level not in _TABLE_1:
        raise SpcError(f"the inspection level {level} is none of {', '.join(_TABLE_1)}")
    return _TABLE_1[level][bisect_left(_LOTS, lot)]


def lot_plan(lot: int, aql: float, *, level: Level = "II", severity: Severity = "normal") -> LotPlan:
    """The plan for lots of `lot` pieces. `aql` is one of `AQLS`, in %.

    Raises SpcError as `code_letter`, and for an AQL or a severity that the standard does not have.
    """
    asked = code_letter(lot, level)
    letter, plan = plan_for_letter(asked, aql, severity=severity)
    dist: Distribution = "binomial" if aql <= 10.0 else "poisson"
    return LotPlan(
        letter,
        asked,
        aql,
        severity,
        plan,
        plan.n >= lot,
        float(acceptance(plan, [aql / 100.0], dist=dist)[0]),
        100.0 * quality_at(plan, 0.95, dist=dist),
        100.0 * quality_at(plan, 0.10, dist=dist),
    )


def plan_for_letter(letter: str, aql: float, *, severity: Severity = "normal") -> tuple[str, SinglePlan]:
    """The entry of the master table, arrows followed: (letter of the plan, plan). Raises SpcError as `lot_plan`.

    An arrow down leads to the next plan with a larger sample; where there is none, or the arrow points up, the next
    one above holds.
    """
    if severity not in _ACCEPT:
        raise SpcError(f"{severity} inspection is not computed, only normal and tightened")
    if aql not in AQLS:
        raise SpcError(f"an AQL of {aql:g} is none of the standard's: {', '.join(f'{each:g}' for each in AQLS)}")
    rows = LETTERS[:-1] if severity == "normal" else LETTERS
    if len(letter) != 1 or letter not in LETTERS[:-1]:
        raise SpcError(f"{letter} is no code letter that a lot size leads to")
    asked, column = rows.index(letter), AQLS.index(aql)
    plans = {row: ac for row in range(len(rows)) if (ac := _entry(row, column, severity)) is not None}
    below = [row for row in plans if row >= asked]
    above = [row for row in plans if row <= asked]
    points_up = asked + column == _UP[severity] and bool(above)
    row = below[0] if below and not points_up else above[-1]
    return rows[row], SinglePlan(SIZES[row], plans[row])


def _entry(row: int, column: int, severity: Severity) -> int | None:
    """Acceptance number at a place of the master table; None where an arrow stands."""
    accept = _ACCEPT[severity].get(row + column)
    if accept == 0 and column > _LAST_ZERO:
        return None
    if row > _LAST_LONG_ROW and row + column > _LONGEST:
        return None
    return accept
