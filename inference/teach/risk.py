"""Thresholds in the words of risk: escapes per million, false rejects a shift, what they cost, what can be promised.

Promises: every rate has its exact interval (Clopper and Pearson 1934); where a set is too small for a promise, a
sentence says so and how many pictures are missing. NOT_OK from the threshold on, as everywhere.
May import: numpy, scipy, inference.teach.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference.teach.dataset import DatasetError
from inference.teach.evaluate import Interval, exact_interval

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

PROMISE = 0.05
"""The escape rate that a set should be able to promise, unless said otherwise."""
_MILLION = 1e6


class RiskError(DatasetError):
    """Nothing can be said about risk; `str()` is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval."""

    value: float
    interval: Interval

    def times(self, factor: float) -> Estimate:
        """The same in another unit; `factor` >= 0."""
        return Estimate(self.value * factor, (self.interval[0] * factor, self.interval[1] * factor))


@dataclass(frozen=True, slots=True)
class Stakes:
    """What is at stake on the line."""

    escape_cost: float
    """Of one bad part judged OK, in the unit of `reject_cost`."""
    reject_cost: float
    """Of one good part judged NOT_OK."""
    prevalence: float
    """Bad parts among all parts of the line, 0 to 1; a set of pictures has far more of them."""
    parts_per_shift: float
    confidence: float = 0.95
    promise: float = PROMISE


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a threshold does: counts of the set, and what follows for the line."""

    threshold: float
    bad: int
    escapes: int
    good: int
    false_rejects: int
    escape_rate: Estimate
    false_reject_rate: Estimate
    escapes_per_million: Estimate
    """Among a million parts of the line, good and bad."""
    escapes_a_shift: Estimate
    false_rejects_a_shift: Estimate
    cost_a_shift: float


@dataclass(frozen=True, slots=True)
class GreyZone:
    """Two thresholds: OK below `low`, NOT_OK from `high` on, a person decides between (and is taken to be right)."""

    low: float
    high: float
    escapes: int
    false_rejects: int
    good_to_a_person: int
    bad_to_a_person: int
    escapes_per_million: Estimate
    false_rejects_a_shift: Estimate
    to_a_person_a_shift: Estimate
    """The interval holds both shares at once (Bonferroni)."""
    cost_a_shift: float


@dataclass(frozen=True, slots=True)
class CostCurve:
    """The figures at rising thresholds, all of one length."""

    threshold: tuple[float, ...]
    cost_a_shift: tuple[float, ...]
    escapes_per_million: tuple[float, ...]
    false_rejects_a_shift: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Risk:
    """Scores of good and of bad parts, what is at stake, and the threshold that costs least."""

    good: Floats
    """[g], rising."""
    bad: Floats
    """[b], rising."""
    stakes: Stakes
    cuts: Floats
    """One threshold for each way to divide the scores, rising: the first rejects all, the last none."""
    threshold: float

    @property
    def best(self) -> Outcome:
        """At the threshold that costs least."""
        return self.at(self.threshold)

    def at(self, threshold: float) -> Outcome:
        """What this threshold does. Raises RiskError where it is no number."""
        if math.isnan(threshold):
            raise RiskError("the threshold is not a number; a score is expected.")
        stakes = self.stakes
        escapes, rejects = (int(n) for n in self._counts(np.array([threshold]))[:, 0])
        escape = self._share(escapes, len(self.bad))
        reject = self._share(rejects, len(self.good))
        of_all = escape.times(stakes.prevalence)
        return Outcome(
            threshold=threshold,
            bad=len(self.bad),
            escapes=escapes,
            good=len(self.good),
            false_rejects=rejects,
            escape_rate=escape,
            false_reject_rate=reject,
            escapes_per_million=of_all.times(_MILLION),
            escapes_a_shift=of_all.times(stakes.parts_per_shift),
            false_rejects_a_shift=reject.times((1 - stakes.prevalence) * stakes.parts_per_shift),
            cost_a_shift=float(self.cost(np.array([threshold]))[0]),
        )

    def grey_zone(self, review_cost: float) -> GreyZone:
        """The two thresholds that cost least where a person looks at what lies between, at `review_cost` a part.

        Raises:
            RiskError: the cost is negative or no number.

        """
        _check_cost("review_cost", review_cost)
        stakes, (below, _) = self.stakes, self._counts(self.cuts)
        bad_each, good_each = self._weights
        escaped = stakes.escape_cost * bad_each * below
        good_below = np.searchsorted(self.good, self.cuts, side="left")
        rejected = stakes.reject_cost * good_each * (len(self.good) - good_below)
        # What a person sees is what lies below `high` but not below `low`: each threshold pays its own part.
        seen_below = review_cost * (bad_each * below + good_each * good_below)
        low_cost, high_cost = escaped - seen_below, rejected + seen_below
        total = np.minimum.accumulate(low_cost) + high_cost
        high = int(np.argmin(total))
        low = int(np.argmin(low_cost[: high + 1]))
        return self._zone(float(self.cuts[low]), float(self.cuts[high]), float(total[high]))

    def curve(self, points: int = 200) -> CostCurve:
        """Figures at no more than `points` of the thresholds that make a difference."""
        rows = np.unique(np.linspace(0, len(self.cuts) - 1, points).round().astype(int))
        cuts = self.cuts[rows]
        escapes, rejects = self._counts(cuts)
        _, good_each = self._weights
        per_million = _MILLION * self.stakes.prevalence * escapes / len(self.bad)
        return CostCurve(
            threshold=tuple(cuts.tolist()),
            cost_a_shift=tuple(self.cost(cuts).tolist()),
            escapes_per_million=tuple(per_million.tolist()),
            false_rejects_a_shift=tuple((good_each * rejects).tolist()),
        )

    @property
    def _weights(self) -> tuple[float, float]:
        """Parts a shift that each bad and each good picture stands for."""
        parts, share = self.stakes.parts_per_shift, self.stakes.prevalence
        return parts * share / len(self.bad), parts * (1 - share) / len(self.good)

    def _counts(self, thresholds: Floats) -> Ints:
        """[2, n]: escapes and false rejects."""
        escapes = np.searchsorted(self.bad, thresholds, side="left")
        rejects = len(self.good) - np.searchsorted(self.good, thresholds, side="left")
        return np.stack([escapes, rejects])

    def cost(self, thresholds: Floats) -> Floats:
        """[n]: what each of `thresholds` [n] costs a shift."""
        escapes, rejects = self._counts(thresholds)
        bad_each, good_each = self._weights
        return self.stakes.escape_cost * bad_each * escapes + self.stakes.reject_cost * good_each * rejects

    def _share(self, count: int, of: int, confidence: float | None = None) -> Estimate:
        return Estimate(count / of, exact_interval(count, of, confidence or self.stakes.confidence))

    def _zone(self, low: float, high: float, cost: float) -> GreyZone:
        stakes = self.stakes
        escapes = int(np.searchsorted(self.bad, low, side="left"))
        rejects = len(self.good) - int(np.searchsorted(self.good, high, side="left"))
        bad_seen = int(np.searchsorted(self.bad, high, side="left")) - escapes
        good_seen = len(self.good) - rejects - int(np.searchsorted(self.good, low, side="left"))
        both = (1 + stakes.confidence) / 2
        seen = (
            self._share(bad_seen, len(self.bad), both).times(stakes.prevalence),
            self._share(good_seen, len(self.good), both).times(1 - stakes.prevalence),
        )
        ends = (seen[0].interval[0] + seen[1].interval[0], seen[0].interval[1] + seen[1].interval[1])
        good_a_shift = (1 - stakes.prevalence) * stakes.parts_per_shift
        return GreyZone(
            low=low,
            high=high,
            escapes=escapes,
            false_rejects=rejects,
            good_to_a_person=good_seen,
            bad_to_a_person=bad_seen,
            escapes_per_million=self._share(escapes, len(self.bad)).times(stakes.prevalence * _MILLION),
            false_rejects_a_shift=self._share(rejects, len(self.good)).times(good_a_shift),
            to_a_person_a_shift=Estimate(seen[0].value + seen[1].value, ends).times(stakes.parts_per_shift),
            cost_a_shift=cost,
        )


def choose(
    scores: npt.NDArray[np.floating],
    bad: npt.NDArray[np.bool_],
    *,
    escape_cost: float,
    reject_cost: float,
    prevalence: float,
    parts_per_shift: float,
    confidence: float = 0.95,
    promise: float = PROMISE,
) -> Risk:
    """The threshold that costs least on the line, of equal ones that in the widest gap between scores.

    `scores` [n], larger is worse, of pictures the model was not taught on; `bad` [n] says which parts are bad. The
    set's own share of bad parts plays no part: `prevalence` is that of the line.

    Raises:
        RiskError: no good or no bad part, a score that is no number, or stakes that make no sense.

    """
    stakes = Stakes(escape_cost, reject_cost, prevalence, parts_per_shift, confidence, promise)
    _check(stakes)
    numbers, is_bad = np.asarray(scores, np.float64), np.asarray(bad, np.bool_)
    if numbers.shape != is_bad.shape or numbers.ndim != 1:
        raise RiskError(f"{numbers.size} scores, but {is_bad.size} parts known as good or bad.")
    if not np.isfinite(numbers).all():
        raise RiskError("a score is no finite number; leave out parts that were not decidable.")
    if is_bad.all() or not is_bad.any():
        missing = "good" if is_bad.all() else "bad"
        raise RiskError(f"risk needs pictures of good and of bad parts; there is no {missing} one.")
    cuts, gaps = _cuts(np.unique(numbers))
    risk = Risk(np.sort(numbers[~is_bad]), np.sort(numbers[is_bad]), stakes, cuts, float(cuts[0]))
    cost = risk.cost(cuts)
    cheapest = cost <= cost.min() * (1 + 1e-12)
    return Risk(risk.good, risk.bad, stakes, cuts, float(cuts[int(np.argmax(np.where(cheapest, gaps, -1.0)))]))


def _cuts(distinct: Floats) -> tuple[Floats, Floats]:
    """Thresholds for every division of rising scores, and the gap each lies in (0 at the ends)."""
    gaps = np.diff(distinct)
    middles = distinct[:-1] + gaps / 2
    # Between neighbouring floats there is no middle; the upper one divides them just as well.
    middles = np.where(middles > distinct[:-1], middles, distinct[1:])
    cuts = np.concatenate([distinct[:1], middles, [np.nextafter(distinct[-1], math.inf)]])
    return cuts, np.concatenate([[0.0], gaps, [0.0]])


def _check(stakes: Stakes) -> None:
    _check_cost("escape_cost", stakes.escape_cost)
    _check_cost("reject_cost", stakes.reject_cost)
    for name, share in (
        ("prevalence", stakes.prevalence),
        ("confidence", stakes.confidence),
        ("promise", stakes.promise),
    ):
        if not 0 < share < 1:
            raise RiskError(f"{name} is {share:g}; a share between 0 and 1 is expected.")
    if not (stakes.parts_per_shift > 0 and math.isfinite(stakes.parts_per_shift)):
        raise RiskError(f"parts_per_shift is {stakes.parts_per_shift:g}; a number above 0 is expected.")


def _check_cost(name: str, cost: float) -> None:
    if not (cost >= 0 and math.isfinite(cost)):
        raise RiskError(f"{name} is {cost:g}; a number from 0 on is expected.")
