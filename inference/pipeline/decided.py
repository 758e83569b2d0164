"""What the decisions about one chart amount to: which limits hold from where, what is left out, what is explained.

Promises: of two decisions about the same thing the later one counts; functions of the decisions alone.
May import: inference.pipeline.baselines, inference.pipeline.decisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from inference.pipeline.baselines import BaselineVersion, baseline_of
from inference.pipeline.decisions import ChartDecision, DecisionKind


class Change(NamedTuple):
    """From part `seq` on another baseline holds; None: the chart learns one."""

    seq: int
    frozen: BaselineVersion | None
    cut: bool
    """Nothing reaches across: a new stage."""


def changes(decisions: Sequence[ChartDecision]) -> list[Change]:
    """What changes limits, in the order of the parts; of two at the same part the later decision comes last."""
    found = list[Change]()
    for decision in decisions:
        if decision.kind is DecisionKind.BASELINE:
            found.append(Change(decision.seq, baseline_of(decision.content), cut=False))
        elif decision.kind in {DecisionKind.RETIRED, DecisionKind.STAGE}:
            found.append(Change(decision.seq, None, cut=True))
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


def next_version(decisions: Sequence[ChartDecision]) -> int:
    """The number of the next baseline; the recipe's own is 0."""
    frozen = (d for d in decisions if d.kind is DecisionKind.BASELINE)
    return 1 + max((baseline_of(decision.content).version for decision in frozen), default=0)
