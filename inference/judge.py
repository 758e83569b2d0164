"""Summing up: from what was found in each view to one verdict for the part.

Promises: a definite defect outweighs a doubt, a doubt outweighs an OK; OK needs every view judged and every
measurement with limits inside them. Anything unknown is NOT_DECIDABLE, never OK.
May import: inference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from inference.inspection import Measurement, Verdict, ViewResult
from inference.message import Message, message


def sum_up(views: Sequence[ViewResult], *, judged_views: frozenset[str]) -> tuple[Verdict, tuple[Message, ...]]:
    """Verdict and reasons of a part.

    `judged_views` are the views the recipe wants judged by the network: each must have a score. A view's own
    reasons are doubts: the picture was missing, unreadable or late, or a step failed.
    """
    bad = [reason for view in views for reason in _rejections(view)]
    doubts = [reason for view in views for reason in _doubts(view, must_score=view.view in judged_views)]
    missing = judged_views - {view.view for view in views}
    doubts += [message("view.missing", view=name) for name in sorted(missing)]
    if bad:
        return Verdict.NOT_OK, tuple(bad + doubts)
    if doubts or not views:
        return Verdict.NOT_DECIDABLE, tuple(doubts) or (message("part.no_views"),)
    return Verdict.OK, ()


def _rejections(view: ViewResult) -> list[Message]:
    reasons: list[Message] = []
    if view.score is not None and view.threshold is not None and view.score >= view.threshold:
        reasons.append(message("judge.defect", label=view.label, score=view.score, threshold=view.threshold))
    reasons += [_out_of_spec(m) for m in view.measurements if m.within_spec is False]
    return reasons


def _doubts(view: ViewResult, *, must_score: bool) -> list[Message]:
    reasons = list(view.reasons)
    if must_score and not reasons and (view.score is None or view.threshold is None or not math.isfinite(view.score)):
        reasons.append(message("judge.no_score", view=view.view))
    reasons += [m.reason for m in view.measurements if m.value is None and m.reason and _has_limits(m)]
    return reasons


def _has_limits(measurement: Measurement) -> bool:
    return measurement.lower is not None or measurement.upper is not None


def _out_of_spec(m: Measurement) -> Message:
    return message(
        "measure.out_of_spec",
        characteristic=m.characteristic,
        value=m.value,
        unit=m.unit,
        lower=m.lower,
        upper=m.upper,
    )
