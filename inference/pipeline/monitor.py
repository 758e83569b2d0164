"""`SpcMonitor`: the recipe's control charts, moved on by every judged part.

    Observation ─→ Reading (`sources`) ─→ Track (ControlChart, ChartPoints) ─→ ChartSnapshot

Charts are a function of the records: of the parts and of what people decided about the charts. The first point of an
I chart has its part's sequence number, that of a chart of subgroups its subgroup's. Where the sequence jumps (another
recipe ran in between) no run pattern and no moving range reaches across. So a monitor rebuilt from the records, with
the baselines given and from at least `keep` points and one window of the rules back, shows the same as the one that
saw every part.

Promises: one observation costs the same however long the history. Not thread-safe: it lives on the inference thread;
its snapshots may go anywhere.
May import: inference.spc, inference.chart_plan, inference.pipeline.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from inference.chart_plan import Cavities, ChartPlan
from inference.pipeline.baselines import BaselineVersion
from inference.pipeline.cause_lists import NO_LISTS, CauseLists, lists_of
from inference.pipeline.decided import is_usable
from inference.pipeline.decisions import ChartDecision, DecisionKind
from inference.pipeline.ports import Observation
from inference.pipeline.readings import logit
from inference.pipeline.snapshot import ChartSnapshot
from inference.pipeline.track import ChartViolation, Spec, Track

_NO_SPEC = Spec()
_OF_NO_CHART = frozenset({DecisionKind.LISTS, DecisionKind.STUDY})


class SpcMonitor:
    """All charts of one recipe."""

    def __init__(
        self,
        plans: Iterable[ChartPlan],
        specs: Mapping[str, Spec] | None = None,
        keep: int = 2000,
        cavities: Cavities | None = None,
    ) -> None:
        """`specs`: characteristic → unit, lower and upper spec limit. `keep`: points a chart shows at most.

        Raises SpcError for a chart that counts what cannot be counted.
        """
        specs = specs or {}
        self._cavities = cavities or Cavities()
        self._tracks = tuple(
            Track(plan, _on_scale(plan, specs.get(plan.characteristic, _NO_SPEC)), keep, cavity, self._cavities)
            for plan in plans
            for cavity in (self._cavities.names if plan.by == "cavity" else ("",))
        )
        self._by_key = {track.key: track for track in self._tracks}
        self._last_seq = 0
        self.lists: CauseLists = NO_LISTS
        """Causes and actions that people choose from."""

    @property
    def version(self) -> int:
        """Changes with every change of any chart."""
        return sum(track.version for track in self._tracks)

    def add(self, observation: Observation) -> tuple[ChartViolation, ...]:
        """Move every chart on by one judged part; what the new points violate."""
        jumped = self._last_seq not in {0, observation.seq - 1}
        self._last_seq = observation.seq
        cavity = self._cavities.of(observation.seq, observation.serial)
        found = list[ChartViolation]()
        for track in self._tracks:
            track.jumped |= jumped
            if track.cavity != cavity and track.cavity:
                continue
            for reading in track.source.take(observation):
                violation = track.add(reading)
                if violation:
                    found.append(violation)
        return tuple(found)

    def quiet_points(self, key: str) -> float:
        """Points of this chart since its newest violation; infinite where there is none.

        Raises KeyError for an unknown chart.
        """
        return self._by_key[key].quiet_points

    def replay(
        self,
        observations: Iterable[Observation],
        *,
        truncated: bool = False,
        decisions: Iterable[ChartDecision] = (),
    ) -> None:
        """Rebuild from the record, oldest first. `truncated`: there are older parts, not given here.

        A subgroup that began before the first observation is then left out, since its parts are not all known.
        """
        for decision in decisions:
            self.decide(decision)
        if truncated:
            for track in self._tracks:
                track.source.skip_until_border()
        for observation in observations:
            self.add(observation)

    def decide(self, decision: ChartDecision) -> bool:
        """Take a person's decision into account.

        False where it is about a chart that the recipe does not have, or says what cannot be (`decided.is_usable`).
        """
        track = self._by_key.get(decision.chart)
        if not is_usable(decision, track.plan if track else None):
            return False
        if decision.kind is DecisionKind.LISTS:
            self.lists = lists_of(decision.content)
        if decision.kind in _OF_NO_CHART:
            return True
        if track is None:
            return False
        track.decide(decision)
        return True

    def take_learned(self) -> list[tuple[str, BaselineVersion]]:
        """Chart key and baseline, of those that charts took by themselves since the last call."""
        learned = [(track.key, frozen) for track in self._tracks for frozen in track.learned]
        for track in self._tracks:
            track.learned.clear()
        return learned

    def note_learned(self, decision: ChartDecision) -> None:
        """The record knows of a baseline that a chart took by itself."""
        self._by_key[decision.chart].note_learned(decision)

    def frozen_baselines(self) -> dict[str, BaselineVersion]:
        """Chart key → the baseline in force, for every chart that has left phase I."""
        return {track.key: track.frozen for track in self._tracks if track.frozen is not None}

    def to_explain(self) -> tuple[ChartViolation, ...]:
        """The newest violation of each chart that is out of control, where a cause must be given and is not."""
        if not self.lists.mandatory:
            return ()
        return tuple(t.last_violation for t in self._tracks if t.unexplained and t.last_violation is not None)

    def unexplained(self, key: str) -> bool:
        """True while this chart is out of control and a cause must be given. Raises KeyError for an unknown chart."""
        return self.lists.mandatory and self._by_key[key].unexplained

    def snapshot(self) -> tuple[ChartSnapshot, ...]:
        """Every chart's newest points, in the order of the plans."""
        return tuple(track.snapshot(mandatory=self.lists.mandatory) for track in self._tracks)


def _on_scale(plan: ChartPlan, spec: Spec) -> Spec:
    """Unit and spec limits on the chart's own scale. Only single values have spec limits: a mean, a range has none."""
    if plan.kind != "i":
        return Spec(spec.unit)
    if plan.transform == "logit":
        return Spec(spec.unit, *(None if limit is None else logit(limit) for limit in spec[1:]))
    return spec
