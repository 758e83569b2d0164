"""What people decide about a control chart: baselines, excluded points, stages, notes, causes. Only ever added to.

Promises: a chart is a function of the recorded parts and of these decisions, so it can be rebuilt from the record.
They take the same road to the record as inspections.
May import: camera.clock, the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from camera.clock import Stamp

Content = Mapping[str, "str | int | float | bool | list[int] | list[str] | None"]
"""What a decision says, as it stands in the record (JSON)."""


class DecisionKind(StrEnum):
    """What sort of decision it is; which keys `content` then has."""

    BASELINE = "baseline"
    """A baseline version is frozen: version, mean, sigma, points, first_seq, last_seq, excluded (list of seq)."""
    RETIRED = "retired"
    """The baseline version in force no longer is: version. The chart learns a new one from the parts that follow."""
    EXCLUDED = "excluded"
    """The point of part `seq` is left out of estimation and rules."""
    INCLUDED = "included"
    """It counts again."""
    STAGE = "stage"
    """The process was changed on purpose: a new stage begins with part `seq`."""
    NOTE = "note"
    """An annotation on the point of part `seq`; `reason` is its text."""
    CAUSE = "cause"
    """An out-of-control alarm is explained: cause, action, alarm_id; `reason` is the remark."""
    LISTS = "lists"
    """The lists people choose from: causes (list of str), actions (list of str), mandatory (bool)."""
    STUDY = "study"
    """An agreement study of the station's own verdicts was made, of the recipe and not of a chart: parts, passes,
    reference and names (list of str, one a part), judged (list of str, all passes of the first part, then of the next),
    seqs (list of int, the parts behind `judged`), verdict, kappa, effective, misses, of_bad,
    false_alarms, of_good."""


@dataclass(frozen=True, slots=True)
class ChartDecision:
    """One decision. The newest one counts where two speak of the same thing."""

    id: str
    at: Stamp
    kind: DecisionKind
    recipe: str
    """Name of the recipe whose chart it is: a new revision of the recipe keeps its charts' decisions."""
    chart: str
    """Key of the chart (`i:bore_diameter`); empty for LISTS, which hold for all charts of the station, and STUDY."""
    seq: int
    """The part it is about, or from which on it holds; 0 where it is about none."""
    actor_id: str
    reason: str = ""
    content: Content = field(default_factory=dict[str, "str | int | float | bool | list[int] | list[str] | None"])
