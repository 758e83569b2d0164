"""What the decisions about one chart amount to: which limits hold from where, what is left out, what is explained.

Promises: of two decisions about the same thing the later one counts; functions of the decisions alone.
May import: inference.chart_plan, inference.pipeline.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from inference.chart_plan import ChartPlan
from inference.pipeline.baselines import BaselineVersion, baseline_of
from inference.pipeline.cause_lists import lists_of
from inference.pipeline.decisions import ChartDecision, DecisionKind


class Change(NamedTuple):
    """From part `seq` on another baseline holds; None: the chart learns one."""

    seq: int
    frozen: BaselineVersion | None
    cut: bool
    """Nothing reaches across: a new stage."""

    def is_taken_from(self, seq: int) -> bool:
        """Part `seq` is one of those that this baseline was taken from."""
        return self.frozen is not None and self.frozen.first_seq <= seq <= self.frozen.last_seq


def changes(decisions: Sequence[ChartDecision]) -> list[Change]:
    """What changes limits, in the order of the parts; of two at the same part the later decision comes last.

    A stage line put in afterwards takes away the baselines that were taken from parts on both sides of it, and a
    baseline those that the chart would not have learned with it in force.
    """
    found = list[Change]()
    for decision in decisions:
        at, cut = decision.seq, decision.kind in {DecisionKind.RETIRED, DecisionKind.STAGE}
        if cut or decision.kind is DecisionKind.BASELINE:
            found = [c for c in found if not c.is_taken_from(at) or (cut and not c.is_taken_from(at - 1))]
            found.append(Change(at, None if cut else baseline_of(decision.content), cut))
    return sorted(found, key=lambda change: change.seq)


def left_out(decisions: Sequence[ChartDecision]) -> dict[int, str]:
    """Part → reason, of the points that are left out now."""
    reasons = dict[int, str]()
    for decision in decisions:
        if decision.kind is DecisionKind.EXCLUDED:
            reasons[decision.seq] = decision.reason
        elif decision.kind is DecisionKind.INCLUDED:
            reasons.pop(decision.seq, None)
    return dict(sorted(reasons.items()))


def texts(decisions: Sequence[ChartDecision], kind: DecisionKind) -> list[tuple[int, str]]:
    """Part and text of every decision of this kind, in the order they were made."""
    return [(decision.seq, decision.reason) for decision in decisions if decision.kind is kind]


def explained_until(decisions: Sequence[ChartDecision]) -> int:
    """The newest part whose signals somebody gave a cause for; 0 where nobody did."""
    return max((decision.seq for decision in decisions if decision.kind is DecisionKind.CAUSE), default=0)


def next_version(decisions: Sequence[ChartDecision], learned: Iterable[BaselineVersion] = ()) -> int:
    """The number of the next baseline, after those decided and those `learned` since; the recipe's own is 0."""
    frozen = [baseline_of(d.content).version for d in decisions if d.kind is DecisionKind.BASELINE]
    return 1 + max((*frozen, *(baseline.version for baseline in learned)), default=0)


def is_usable(decision: ChartDecision, plan: ChartPlan | None) -> bool:
    """False for one that says what cannot be (written by a program that knew more, or less).

    Such are lists that are none, and figures that are no baseline, or none of the chart of `plan`.
    """
    try:
        if decision.kind is DecisionKind.LISTS:
            lists_of(decision.content)
        elif decision.kind is DecisionKind.BASELINE and plan is not None:
            plan.refuse_baseline(baseline_of(decision.content).baseline)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return False
    return True
