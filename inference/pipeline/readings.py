"""What each chart takes of the judged parts: one reading a part, or one a subgroup.

| chart of | takes |
|---|---|
| `reject` | a subgroup's NOT_OK parts among its OK and NOT_OK parts |
| `not_decidable` | a subgroup's NOT_DECIDABLE parts among all its parts |
| `borderline` | a subgroup's parts with a score within a factor of 1.5 of the threshold, among those with a score |
| `defects` | how many defects were found: of a part (c), of a subgroup (u: per part) |
| any of the above, g chart | the parts that lie between two that have it |
| `score` | the score of parts judged OK; a NOT_OK part is a special cause, counted by the p chart, and here a gap |
| `duration_ms` | the time from the first step to the verdict |
| anything else | the measured value, whatever the verdict; a value that is missing is a gap |

How parts become readings is `inference.pipeline.sources`.

Promises: what is taken follows from the part alone, and can be calculated with.
May import: inference.chart_plan, inference.pipeline.ports, inference.spc.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from inference.chart_plan import ChartPlan
from inference.pipeline.ports import Observation
from inference.spc.limits import LARGEST, SpcError

_SCORE_MARGIN = 1e-6
BORDERLINE_FACTOR = 1.5
"""A score between threshold / 1.5 and threshold x 1.5 could as well have lain on the other side."""


class Reading(NamedTuple):
    """What one chart takes of one part, or of one subgroup."""

    number: int
    """Those of neighbours follow one another; a jump says that something else ran in between."""
    value: float
    """NaN for a gap."""
    size: int
    seq: int
    """Of the (last) part behind it."""
    utc_s: float
    spread: float = math.nan
    """Of a mean: range or deviation of its subgroup."""


def value_of(plan: ChartPlan) -> Callable[[Observation], float]:
    """What a chart of single values takes of a part; NaN where it has none that can be calculated with.

    Raises SpcError for what no part has one value of, or what is no count where a count is asked for.
    """
    name = plan.characteristic
    if plan.kind == "c" and name != "defects":
        raise SpcError(f"a c chart counts defects, not {name!r}")
    if name in COUNTS and name not in _TAKES:
        raise SpcError(f"a chart of kind {plan.kind} takes a value of each part, and {name!r} is counted in subgroups")
    take = _TAKES.get(name) or _measured(name)
    if plan.transform == "none":
        return take
    return lambda observation: _logit_or_nan(take(observation))


def _measured(characteristic: str) -> Callable[[Observation], float]:
    return lambda observation: _usable(observation.values.get(characteristic))


def _score(observation: Observation) -> float:
    return _usable(observation.score) if observation.verdict == "OK" else math.nan


def _duration(observation: Observation) -> float:
    return _usable(observation.duration_ms)


def _usable(value: float | None) -> float:
    return math.nan if value is None or not -LARGEST <= value <= LARGEST else value


def _defects(observation: Observation) -> float:
    return math.nan if observation.verdict == "NOT_DECIDABLE" else float(observation.defects)


_TAKES: Mapping[str, Callable[[Observation], float]] = {
    "score": _score,
    "duration_ms": _duration,
    "defects": _defects,
}


def _rejected(observation: Observation) -> int | None:
    return None if observation.verdict == "NOT_DECIDABLE" else int(observation.verdict == "NOT_OK")


def _undecided(observation: Observation) -> int | None:
    return int(observation.verdict == "NOT_DECIDABLE")


def _borderline(observation: Observation) -> int | None:
    score, threshold = observation.score, observation.threshold
    if score is None or threshold is None:
        return None
    return int(threshold / BORDERLINE_FACTOR < score < threshold * BORDERLINE_FACTOR)


def _found(observation: Observation) -> int | None:
    return None if observation.verdict == "NOT_DECIDABLE" else observation.defects


COUNTS: Mapping[str, Callable[[Observation], int | None]] = {
    "reject": _rejected,
    "not_decidable": _undecided,
    "borderline": _borderline,
    "defects": _found,
}
"""Characteristic → what a part adds to its subgroup's count; None: it is not among the parts counted."""


_OF_THINGS = frozenset({"u", "laney_u"})
"""Kinds whose count may exceed the number of parts."""


def count_of(plan: ChartPlan) -> Callable[[Observation], int | None]:
    """What a part adds to a count; None: it is not among the parts counted.

    Raises SpcError for a characteristic that this kind cannot count.
    """
    known = [name for name in COUNTS if plan.kind in _OF_THINGS or name != "defects"]
    if plan.characteristic not in known:
        raise SpcError(f"a {plan.kind} chart counts {' or '.join(known)}, not {plan.characteristic!r}")
    return COUNTS[plan.characteristic]


def logit(score: float) -> float:
    """ln(s / (1 - s)) of a score from 0 to 1, clipped 1e-6 from the ends: evens out a score's crowding at 0 and 1."""
    clipped = min(max(score, _SCORE_MARGIN), 1.0 - _SCORE_MARGIN)
    return math.log(clipped / (1.0 - clipped))


def _logit_or_nan(value: float) -> float:
    return value if math.isnan(value) else logit(value)
