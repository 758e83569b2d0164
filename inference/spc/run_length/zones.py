"""In which zone a point falls, and how likely: all that rules on zones know of a chart.

A normal statistic has one outcome an interval between the lines of the rules; a count has one outcome a count, with its
score worked out as the chart does, so that a point on a line is on it here, too. Outcomes that no rule tells apart are
one symbol.

Promises: probabilities sum to 1 and keep their digits far out; a limit that would lie below 0 is never exceeded.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from inference.spc.attributes import events_limits, fraction_limits, pieces_limits, rate_limits
from inference.spc.limits import WIDTH, Baseline, ControlLimits, Floats
from inference.spc.rules import OutsideRule, Rule, WithinRule, ZoneRule, levels_of
from inference.spc.run_length.transient import must_be

Bools = npt.NDArray[np.bool_]
Kind = Literal["normal", "p", "np", "c", "u"]

KINDS: tuple[Kind, ...] = ("normal", "p", "np", "c", "u")
_REACH_SIGMA = 40.0
_REACH_COUNTS = 200
_MOST_OUTCOMES = 1_000_000


@dataclass(frozen=True, slots=True)
class Statistic:
    """A charted statistic, the centre line it was given, and what the process does really."""

    kind: str
    """normal (means and individuals with known parameters), p, np (binomial), c, u (Poisson)."""
    mean: float
    """The centre line: of p and np the fraction, of c and u the rate of one unit. A normal statistic has 0."""
    size: float
    """Pieces of a p or np chart, units of a c or u chart; of a normal statistic 1."""
    actual: float
    """The mean of the process itself, where a normal statistic has 0 in control, in standard errors."""

    def __post_init__(self) -> None:
        must_be(self.kind in KINDS, f"there is no run length of {self.kind!r} charts: known are {', '.join(KINDS)}")
        most = math.inf if self.kind in {"c", "u"} else 1.0
        for mean in () if self.kind == "normal" else (self.mean, self.actual):
            possible = 0.0 <= mean <= most and math.isfinite(mean)
            must_be(possible, f"the mean of a {self.kind} chart is from 0 to {most:g}, not {mean:g}")
        must_be(math.isfinite(self.actual), f"a mean is a number, not {self.actual}")
        must_be(0.0 < self.size < math.inf, f"a size is above 0, not {self.size:g}")
        whole = self.kind not in {"p", "np"} or self.size == round(self.size)
        must_be(whole, f"pieces come whole, {self.size:g} of them cannot be")


class Outcomes(NamedTuple):
    """What a point may be. Both arrays have shape [m]."""

    z: Floats
    """Its score (statistic - centre line) / standard error; for a normal statistic one inside the interval."""
    probability: Floats


class Symbols(NamedTuple):
    """Outcomes as the rules tell them apart."""

    flags: Bools
    """What each rule sees, [2 rules, k]: counts above, counts below (of rules on |z|: outside, not used)."""
    probability: Floats
    """[k]."""


def outcomes(statistic: Statistic, rules: Sequence[Rule]) -> Outcomes:
    """All that one point may be. Raises SpcError for counts too many to go through one by one."""
    if statistic.kind == "normal":
        return _intervals(statistic.actual, rules)
    counts, probability = _counts(statistic)
    return Outcomes(_scores(statistic, counts), probability)


def symbols(found: Outcomes, rules: Sequence[Rule]) -> Symbols:
    """The outcomes by what the rules see of them; rules on order see nothing."""
    seen = np.array([row for rule in rules for row in _seen(rule, found.z)], dtype=np.bool_).reshape(-1, found.z.size)
    flags, of = np.unique(seen, axis=1, return_inverse=True)
    probability = np.bincount(of.ravel(), found.probability, flags.shape[1])
    return Symbols(flags, np.asarray(probability, dtype=np.float64))


def _seen(rule: Rule, z: Floats) -> tuple[Bools, Bools]:
    if isinstance(rule, ZoneRule):
        level, left_out = levels_of(rule)
        return (z > level) & (z <= left_out), (-z > level) & (-z <= left_out)
    if isinstance(rule, OutsideRule):
        (level,) = levels_of(rule)
        return z > level, z < -level
    inside = np.abs(z) <= levels_of(rule)[0] if isinstance(rule, WithinRule) else np.zeros(z.size, dtype=np.bool_)
    return inside, inside


def _intervals(shift: float, rules: Sequence[Rule]) -> Outcomes:
    """The intervals between the lines, and the normal probability of each, from the side where it is small."""
    lines = sorted({0.0, *(side * level for rule in rules for level in _levels(rule) for side in (1.0, -1.0))})
    edges = np.array([-math.inf, *lines, math.inf])
    inner = np.array([lines[0] - 1.0, *lines, lines[-1] + 1.0])
    low, high = edges[:-1] - shift, edges[1:] - shift
    flip = np.where(low > 0.0, -1.0, 1.0)
    probability = np.abs(np.asarray(ndtr(flip * high) - ndtr(flip * low), dtype=np.float64))
    return Outcomes(0.5 * (inner[:-1] + inner[1:]), probability)


def _levels(rule: Rule) -> tuple[float, ...]:
    if isinstance(rule, ZoneRule):
        return tuple(level for level in (rule.beyond, rule.not_beyond) if level < math.inf)
    if isinstance(rule, WithinRule):
        return (rule.within,)
    return (rule.beyond,) if isinstance(rule, OutsideRule) else ()


def _counts(statistic: Statistic) -> tuple[Floats, Floats]:
    """The counts that may be and the probability of each, both [m]."""
    binomial, actual = statistic.kind in {"p", "np"}, statistic.actual
    mean = actual if statistic.kind == "c" else actual * statistic.size
    reach = _REACH_SIGMA * math.sqrt(mean * (1.0 - actual) if binomial else mean) + _REACH_COUNTS
    must_be(reach < _MOST_OUTCOMES, f"a mean count of {mean:g} is too large to go through all counts one by one")
    low = max(math.floor(mean - reach), 0)
    high = min(math.ceil(mean + reach), int(statistic.size)) if binomial else math.ceil(mean + reach)
    counts = np.arange(low, high + 1, dtype=np.float64)
    if mean == 0.0 or (binomial and actual == 1.0):
        return counts, np.where(counts == mean, 1.0, 0.0)
    odds = (statistic.size - counts[:-1]) * (actual / (1.0 - actual)) if binomial else mean
    log_probability = np.concatenate(([0.0], np.cumsum(np.log(odds / counts[1:]))))
    probability = np.exp(log_probability - log_probability.max())
    return counts, probability / probability.sum()


def _scores(statistic: Statistic, counts: Floats) -> Floats:
    """Scores of counts, [m], by the limits of the chart itself."""
    baseline = Baseline(statistic.mean, 0.0, 1)
    limits = _LIMITS[statistic.kind](baseline, statistic.size, WIDTH)
    distance = (counts / statistic.size if statistic.kind in {"p", "u"} else counts) - limits.center
    if limits.error > 0.0:
        return distance / limits.error
    return np.where(distance == 0.0, 0.0, np.copysign(math.inf, distance))


_LIMITS: Mapping[str, Callable[[Baseline, float, float], ControlLimits]] = {
    "p": fraction_limits,
    "np": pieces_limits,
    "c": events_limits,
    "u": rate_limits,
}
