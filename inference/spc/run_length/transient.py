"""Expected steps until a chain leaves its states, and the search for the limit that gives a wanted run length.

A chart that is in control for a long time is a chain that leaves its states almost never: I - K is then nearly
singular, and a plain solution loses as many digits as the run length has. Here the probabilities of leaving are given
beside the kernel, and states are eliminated by sums of positive numbers alone (Grassmann, Taksar and Heyman 1985,
Operations Research 33, 1107-1116; for expected times O'Cinneide 1993, Numerische Mathematik 65, 109-120), so every
digit holds whatever the run length.

Promises: no subtraction, no warning; a run length beyond 1e190 points is math.inf.
May import: numpy, scipy, inference.spc.limits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from inference.spc.limits import Floats, SpcError

NEVER = 1e190
LEAST = 1e-200
"""No probability of leaving is taken as less than this, so that no quotient is too large for a number."""

_BLOCK = 32
_LONGEST_SIGMA = 500.0
_LARGEST_RUN_LENGTH = 1e12
_CLOSE = 1e-13
_SETTLED = 1e-13
_NOTHING = 1e-17


@dataclass(frozen=True, slots=True)
class RunLength:
    """How many points a chart shows, on average, up to and with the one at which a rule first speaks."""

    points: float
    """math.inf where no rule ever speaks."""
    exact: bool
    """False: simulated."""
    standard_error: float | None
    """Of a simulated run length; None of an exact one."""


def legendre(low: float, high: float, sigmas: float) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes and weights, each [n], on `low` to `high`, an interval that is `sigmas` long.

    With 2.6 nodes a sigma a Gaussian kernel of one sigma is integrated to 1e-15.
    Raises SpcError where that takes more nodes than can be solved for.
    """
    must_be(sigmas < _LONGEST_SIGMA, "a chart with so long a memory has no run length that can be computed")
    nodes, weights = _gauss(math.ceil(2.6 * sigmas) + 20)
    half = 0.5 * (high - low)
    return low + half * (nodes + 1.0), half * weights


@lru_cache(maxsize=64)
def _gauss(count: int) -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return nodes, weights


def expected_steps(kernel: Floats, exits: Floats) -> Floats:
    """Expected steps, [n], from each state until the chain has left: x = 1 + K x.

    `kernel` is [n, n], probabilities (or density times weight) from row to column; `exits`, [n], the probability of
    leaving from each state. The diagonal is not read: a row and its exit make 1. No result is above 1e200; what is
    above 1e190 means never, and `as_points` says so.
    """
    kernel, exits, spent = kernel.copy(), np.maximum(exits, LEAST), np.ones_like(exits)
    leaving = np.ones_like(exits)
    for high in range(exits.size, 1, -_BLOCK):
        low = max(high - _BLOCK, 1)
        for state in range(high - 1, low - 1, -1):
            leaving[state] = _eliminate(kernel, exits, spent, state, low)
        kernel[:low, :low] += kernel[:low, low:high] @ kernel[low:high, :low]
    steps = np.empty_like(exits)
    steps[0] = spent[0] / exits[0]
    for state in range(1, exits.size):
        steps[state] = (spent[state] + kernel[state, :state] @ steps[:state]) / leaving[state]
    return steps


def _eliminate(kernel: Floats, exits: Floats, spent: Floats, state: int, low: int) -> float:
    """Paths through `state` go straight to where they leave it for, among the states before it.

    Rows and columns from `low` on are brought up to date here, the rest of the block's effect in one product later.
    Returns the probability of leaving `state` for elsewhere.
    """
    onward, through = kernel[state, :state], kernel[:state, state]
    leaving = float(exits[state] + onward.sum())
    through /= leaving
    kernel[low:state, :state] += np.outer(through[low:], onward)
    kernel[:low, low:state] += np.outer(through[:low], onward[low:])
    exits[:state] += through * exits[state]
    spent[:state] += through * spent[state]
    return leaving


def as_points(steps: float) -> float:
    """A run length in points; math.inf where the chart never speaks."""
    return steps if steps < NEVER else math.inf


def points_until(probability: float) -> float:
    """Mean run length of independent points that each speak with this probability: 1/p, or math.inf where p is 0."""
    return 1.0 / probability if probability > LEAST else math.inf


def points_of_silence(steps: Iterator[tuple[float, float]], longest: int) -> float:
    """Expected points until something speaks: the sum of the probabilities to be silent still, over all points.

    `steps` gives, from point 0 on, the probability to be silent after it and that of speaking at the next. Once the
    share that speaks has stayed the same for twice the `longest` window, what remains is geometric.
    """
    total, share, steady = 0.0, 0.0, 0
    while True:
        silent, speaking = next(steps)
        if silent <= _NOTHING * total:
            return total
        before, share = share, speaking / silent
        steady = steady + 1 if abs(share - before) <= _SETTLED * share else 0
        if steady > 2 * longest:
            return as_points(total + silent * points_until(share))
        total += silent


def limit_for(wanted: float, run_length: Callable[[float], float], start: float) -> float:
    """The limit whose run length is `wanted`, to 1e-12; the run length grows with the limit, from 1 at 0.

    `start` is a limit greater than 0 to look from. Found by the method of Ridders 1979, IEEE Transactions on Circuits
    and Systems 26, 979-980. Raises SpcError for a run length no greater than 1 or above 1e12.
    """
    must_be(1.0 < wanted <= _LARGEST_RUN_LENGTH, f"a wanted run length is above 1 and up to 1e12, not {wanted:g}")
    low = high = start
    while run_length(low) > wanted:
        low *= 0.5
    while run_length(high) < wanted:
        high *= 1.5
    return _crossing(lambda limit: math.log(run_length(limit) / wanted), low, high)


def _crossing(rises: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function with a value of 0 or less at `low` and 0 or more at `high` is 0."""
    ends: list[tuple[float, float]] = [(low, rises(low)), (high, rises(high))]
    found = math.inf
    while ends[1][0] - ends[0][0] > _CLOSE * ends[1][0]:
        (left, below), (right, above) = ends
        middle = 0.5 * (left + right)
        there = rises(middle)
        before, found = found, middle - (middle - left) * there / math.sqrt(there * there - below * above)
        if abs(found - before) <= _CLOSE * right:
            return found
        points = sorted([*ends, (middle, there), (found, rises(found))])
        ends = [max(p for p in points if p[1] <= 0.0), min(p for p in points if p[1] >= 0.0)]
    return ends[0][0]


def must_be(true: bool, sentence: str) -> None:
    """Raises SpcError with this sentence unless the condition holds."""
    if not true:
        raise SpcError(sentence)
