"""The baseline versions of one chart as people look at them, and decisions about the chart made of what they said.

Promises: versions stand in the order in which they were frozen; nothing is recorded here. No widget.
May import: camera.clock, hmi.station.history_charts, inference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from camera.clock import Stamp
from hmi.station.history_charts import HistoryChart
from inference.chart_plan import COUNTED, SUMMED, ChartPlan
from inference.pipeline.baselines import BaselineVersion, baseline_of, content_of, from_recipe
from inference.pipeline.decisions import ChartDecision, Content, DecisionKind
from inference.pipeline.ids import new_id
from inference.spc.compare import Comparison, compare
from inference.spc.limits import Baseline


@dataclass(frozen=True, slots=True)
class Version:
    """One baseline version with who froze it. `utc_s` None: it stands in the recipe."""

    frozen: BaselineVersion
    utc_s: float | None = None
    actor_id: str = ""
    reason: str = ""


def versions_of(plan: ChartPlan, decisions: Iterable[ChartDecision]) -> tuple[Version, ...]:
    """The recipe's baseline, then those on record of this chart."""
    found = [] if plan.baseline is None else [Version(BaselineVersion(0, from_recipe(plan.baseline)))]
    for made in decisions:
        if made.kind is DecisionKind.BASELINE:
            at = made.at.utc.timestamp()
            found.append(Version(baseline_of(made.content), at, made.actor_id, made.reason))
    return tuple(found)


def version_numbered(versions: Sequence[Version], number: int) -> Version | None:
    """The newest with this number."""
    return next((version for version in reversed(versions) if version.frozen.version == number), None)


def compared(plan: ChartPlan, earlier: Baseline, later: Baseline) -> Comparison:
    """The later baseline against the earlier one; of counts the shift alone, whose chance is another.

    Raises SpcError for baselines of fewer than two points.
    """
    if plan.kind in COUNTED or plan.kind in {"c", "g"}:
        return Comparison(later.mean - earlier.mean, None, None, None, None, None, None)
    return compare(*(replace(base, points=_readings(plan, base)) for base in (earlier, later)))


def _readings(plan: ChartPlan, baseline: Baseline) -> int:
    """Single readings behind a baseline, whose points may be means of several."""
    return max(2, baseline.points * (plan.subgroup if plan.kind in SUMMED else 1))


@dataclass(frozen=True, slots=True)
class ChartVoice:
    """Who speaks about which chart: makes decisions that name both."""

    recipe: str
    chart: str
    actor_id: str
    at: Stamp

    def freeze(self, baseline: BaselineVersion, reason: str) -> ChartDecision:
        """From the next part on these limits hold."""
        return self._say(DecisionKind.BASELINE, 0, reason, content_of(baseline))

    def retire(self, version: int, reason: str) -> ChartDecision:
        """From the next part on the chart learns new limits."""
        return self._say(DecisionKind.RETIRED, 0, reason, {"version": version})

    def stage(self, reason: str) -> ChartDecision:
        """A new stage begins with the next part."""
        return self._say(DecisionKind.STAGE, 0, reason, {})

    def exclude(self, seq: int, reason: str) -> ChartDecision:
        """The point of this part is left out."""
        return self._say(DecisionKind.EXCLUDED, seq, reason, {})

    def include(self, seq: int, reason: str) -> ChartDecision:
        """The point of this part counts again."""
        return self._say(DecisionKind.INCLUDED, seq, reason, {})

    def note(self, seq: int, text: str) -> ChartDecision:
        """A note on the point of this part."""
        return self._say(DecisionKind.NOTE, seq, text, {})

    def _say(self, kind: DecisionKind, seq: int, reason: str, content: Content) -> ChartDecision:
        return ChartDecision(new_id(), self.at, kind, self.recipe, self.chart, seq, self.actor_id, reason, content)


def decisions_for(
    deed: str, voice: ChartVoice, chart: HistoryChart, number: int, reason: str
) -> tuple[ChartDecision, ...]:
    """What is to be recorded. `number`: the part or the version it is about.

    `freeze` needs a chart with limits. Where a point of many parts counts again, so does each part left out of it.
    """
    if deed == "freeze" and chart.frozen is not None:
        return (voice.freeze(replace(chart.frozen, version=number), reason),)
    if deed == "include":
        at = {int(chart.snapshot.seqs[mark.at]): mark.at for mark in chart.snapshot.excluded}.get(number)
        return tuple(voice.include(seq, reason) for seq, place in chart.left_out_parts if place == at)
    say = {
        "retire": lambda: voice.retire(number, reason),
        "stage": lambda: voice.stage(reason),
        "exclude": lambda: voice.exclude(number, reason),
        "note": lambda: voice.note(number, reason),
    }.get(deed)
    return (say(),) if say else ()
