"""What a threshold means, in sentences a person can act on, and what a set of this size can promise at all.

Promises: no rate is told without the room that is left for it; "none seen" is never told as "none".
May import: scipy, inference.teach.
"""

from __future__ import annotations

import math

from inference.teach.evaluate import exact_interval
from inference.teach.risk import Estimate, GreyZone, Outcome, Stakes


def upper_bound(count: int, of: int, confidence: float = 0.95) -> float:
    """Largest share that `count` among `of` > 0 does not exclude, one-sided and exact (Clopper and Pearson 1934).

    With a count of 0 about 3 / of at 95 %: the rule of three (Hanley and Lippman-Hand, JAMA 249, 1983).
    """
    return exact_interval(count, of, 2 * confidence - 1)[1]


def pictures_needed(count: int, promise: float, confidence: float = 0.95) -> int:
    """Fewest pictures among which `count` errors exclude a rate above `promise`, 0 < promise < 1."""
    if count == 0:
        return math.ceil(math.log1p(-confidence) / math.log1p(-promise) - 1e-9)
    enough = count + 1
    while upper_bound(count, enough, confidence) > promise:
        enough *= 2
    too_few = enough // 2
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        if upper_bound(count, middle, confidence) > promise:
            too_few = middle
        else:
            enough = middle
    return enough


def outcome_words(outcome: Outcome, stakes: Stakes) -> list[str]:
    """What the threshold does on the line, and what the set cannot promise."""
    escapes = f"{_figure(outcome.escapes_per_million, stakes)} escapes per million parts"
    rejects = f"{_figure(outcome.false_rejects_a_shift, stakes)} false rejects a shift"
    return [
        f"threshold {outcome.threshold:.4f}: {escapes}, {rejects}, cost {outcome.cost_a_shift:.4g} a shift",
        *_promise("bad", "an escape", outcome.escapes, outcome.bad, stakes),
        *_promise("good", "a false reject", outcome.false_rejects, outcome.good, stakes),
    ]


def grey_words(zone: GreyZone, stakes: Stakes) -> str:
    """What two thresholds do."""
    if zone.low >= zone.high:
        return "a grey zone does not pay: a person's look costs more than it saves"
    seen = f"{_figure(zone.to_a_person_a_shift, stakes)} parts a shift go to a person"
    escapes = f"{_figure(zone.escapes_per_million, stakes)} escapes per million parts"
    rejects = f"{_figure(zone.false_rejects_a_shift, stakes)} false rejects a shift"
    return (
        f"grey zone {zone.low:.4f} to {zone.high:.4f}: {seen}, {escapes} and {rejects} are left, "
        f"cost {zone.cost_a_shift:.4g} a shift"
    )


def _promise(kind: str, event: str, count: int, of: int, stakes: Stakes) -> list[str]:
    bound = upper_bound(count, of, stakes.confidence)
    words: list[str] = []
    if count == 0:
        rule = f"; about 3 in {of} still may be (rule of three)" if stakes.confidence == 0.95 and of > 3 else ""
        words.append(f"none of {of} {kind} pictures was {event}, which is no proof that none ever is{rule}")
    if bound > stakes.promise:
        more = pictures_needed(count, stakes.promise, stakes.confidence) - of
        seen = "" if count == 0 else f", {count} of them {event},"
        words.append(
            f"with {of} {kind} pictures{seen} only a rate above {_percent(bound)} can be excluded: "
            f"{more} more without {event} are needed to promise {_percent(stakes.promise)}"
        )
    return words


def _figure(estimate: Estimate, stakes: Stakes) -> str:
    low, high = estimate.interval
    return f"{_number(estimate.value)} ({100 * stakes.confidence:.4g} %: {_number(low)} to {_number(high)})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:.2g}"


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %"
