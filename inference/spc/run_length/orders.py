"""Run lengths of the rules that look at the order of points only: trends, and points that go up and down in turn.

For independent points of one continuous distribution every order is as likely as any other, so these run lengths hold
for all of them, normal or not, in or out of control.

Promises: exact; no subtraction, so small probabilities keep their digits.
May import: numpy, inference.spc.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from inference.spc.rules import AlternatingRule, TrendRule
from inference.spc.run_length.transient import points_of_silence


def order_run_length(rule: TrendRule | AlternatingRule) -> float:
    """Expected number of points until the rule speaks; math.inf beyond 1e190.

    Orders are built a point at a time: the newest of n+1 points has each rank with probability 1/(n+1), and orders are
    kept apart by the length of their last run (after Levene and Wolfowitz 1944, Annals of Mathematical Statistics 15,
    58-69).
    """
    if rule.window == 2:
        return 2.0
    return points_of_silence(_silence(rule.window, turning=isinstance(rule, AlternatingRule)), rule.window)


def _silence(window: int, *, turning: bool) -> Iterator[tuple[float, float]]:
    """After each point: the probability to be silent still, and that of speaking at the next.

    `silent` is [length of the run - 2, rank of the last point], for a last step upwards; downwards is its mirror
    image. A run goes on with another step upwards, or, if `turning`, with one downwards.
    """
    yield 1.0, 0.0
    yield 1.0, 0.0
    silent = np.zeros((window - 2, 2))
    silent[0, 1] = 0.5
    while True:
        onward, broken = (silent[:, ::-1], silent) if turning else (silent, silent[:, ::-1])
        longer, anew = np.zeros((2, silent.shape[0], silent.shape[1] + 1))
        np.cumsum(onward, axis=1, out=longer[:, 1:])
        np.cumsum(broken, axis=1, out=anew[:, 1:])
        each = 1.0 / longer.shape[1]
        yield 2.0 * float(silent.sum()), 2.0 * each * float(longer[-1].sum())
        silent = np.vstack((anew.sum(axis=0), longer[:-1])) * each
