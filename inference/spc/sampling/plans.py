"""Single sampling plans for lots judged by attributes: draw n pieces, accept with at most c bad ones.

Promises: probabilities come from incomplete beta and gamma functions, exact also for tiny fractions and large plans.
May import: numpy, scipy, inference.spc.limits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.special import betaincc, betainccinv, gammaincc, gammainccinv
from scipy.stats import hypergeom as _untyped

from inference.spc.limits import Floats, SpcError

Distribution = Literal["binomial", "poisson", "hypergeometric"]
"""Bad pieces of a steady process; faults, of which a piece may have several; bad pieces of one lot of a given size."""

LARGEST_N = 10**12
"""No plan draws more pieces than this."""
_HYPERGEOMETRIC: Any = _untyped
_BATCH = 256
_MOST_ACCEPTED = 30_000
_ZOOMS = 7
_TIE = 1e-12
"""A risk met exactly must not be refused because of its last digit."""


@dataclass(frozen=True, slots=True)
class SinglePlan:
    """Draw n, accept the lot with c bad pieces or fewer."""

    n: int
    c: int

    def __post_init__(self) -> None:
        if not (self.c >= 0 and 1 <= self.n <= LARGEST_N):
            raise SpcError(f"a plan cannot draw {self.n} pieces and accept {self.c} bad ones")

    @property
    def r(self) -> int:
        """Rejection number, c + 1."""
        return self.c + 1


def acceptance(
    plan: SinglePlan, p: Sequence[float] | Floats, *, dist: Distribution = "binomial", lot: int | None = None
) -> Floats:
    """Operating characteristic: probability that a lot of quality p is accepted, shape as p.

    p is the fraction of bad pieces (Poisson: faults a piece, which may exceed 1). With "hypergeometric", `lot` is the
    number of pieces and p is taken to the nearest whole number of bad ones. Raises SpcError for p that cannot be, and
    a lot smaller than the sample (Montgomery, SQC 7th ed., eq. 15.1).
    """
    fractions = np.asarray(p, dtype=np.float64)
    top = math.inf if dist == "poisson" else 1.0
    if not np.all((fractions >= 0.0) & (fractions <= top) & np.isfinite(fractions)):
        raise SpcError("a fraction of bad pieces lies between 0 and 1, faults a piece at 0 or above")
    if dist == "hypergeometric":
        lot = _lot(plan, lot)
    return _accepted(np.float64(plan.n), np.float64(plan.c), fractions, dist, lot)


def quality_at(plan: SinglePlan, accepted: float, *, dist: Distribution = "binomial") -> float:
    """The fraction of bad pieces (Poisson: faults a piece) that is accepted with the given probability.

    Raises SpcError for a probability that does not lie between 0 and 1, for a plan that accepts every lot, and for
    "hypergeometric", where p has steps.
    """
    if not 0.0 < accepted < 1.0:
        raise SpcError(f"a probability of acceptance lies between 0 and 1, not at {accepted:g}")
    if dist == "hypergeometric":
        raise SpcError("the quality of one lot moves in steps; ask for it with the binomial distribution")
    if dist == "poisson":
        return float(gammainccinv(plan.c + 1, accepted)) / plan.n
    if plan.c >= plan.n:
        raise SpcError(f"a plan that accepts {plan.c} bad pieces of {plan.n} accepts every lot")
    return float(betainccinv(plan.c + 1, plan.n - plan.c, accepted))


def outgoing_quality(
    plan: SinglePlan, p: Sequence[float] | Floats, *, dist: Distribution = "binomial", lot: int | None = None
) -> Floats:
    """Average outgoing quality (AOQ), shape as p, where rejected lots are sorted and every bad piece found is replaced.

    p · Pa · (lot - n) / lot; without a lot size that of very large lots, p · Pa (Montgomery, SQC 7th ed., eq. 15.4).
    Raises SpcError as `acceptance`.
    """
    fractions = np.asarray(p, dtype=np.float64)
    unseen = 1.0 if lot is None else (_lot(plan, lot) - plan.n) / lot
    return fractions * acceptance(plan, fractions, dist=dist, lot=lot) * unseen


def outgoing_limit(plan: SinglePlan, *, dist: Distribution = "binomial", lot: int | None = None) -> tuple[float, float]:
    """Average outgoing quality limit: (the worst AOQ, the p at which it comes). Raises SpcError as `acceptance`."""
    if dist == "hypergeometric":
        size = _lot(plan, lot)
        return _peak(plan, np.arange(size + 1, dtype=np.float64) / size, dist, lot)[1:]
    # p · Pa(p) has one peak, and it lies where Pa is neither 0 nor 1: close in on it.
    low, high = (quality_at(plan, accepted, dist=dist) for accepted in (1.0 - 1e-9, 1e-9))
    for _ in range(_ZOOMS):
        grid = np.linspace(low, high, 101, dtype=np.float64)
        worst = _peak(plan, grid, dist, lot)[0]
        low, high = float(grid[max(worst - 1, 0)]), float(grid[min(worst + 1, 100)])
    return _peak(plan, np.linspace(low, high, 101, dtype=np.float64), dist, lot)[1:]


def _peak(plan: SinglePlan, p: Floats, dist: Distribution, lot: int | None) -> tuple[int, float, float]:
    """Where on the grid the outgoing quality is worst: index, AOQ, p."""
    aoq = outgoing_quality(plan, p, dist=dist, lot=lot)
    worst = int(np.argmax(aoq))
    return worst, float(aoq[worst]), float(p[worst])


def inspected(plan: SinglePlan, p: Sequence[float] | Floats, lot: int, *, dist: Distribution = "binomial") -> Floats:
    """Average total inspection (ATI) in pieces a lot, shape as p: n + (1 - Pa)(lot - n) (Montgomery, eq. 15.6).

    Raises SpcError as `acceptance`.
    """
    size = _lot(plan, lot)
    return plan.n + (1.0 - acceptance(plan, p, dist=dist, lot=lot)) * (size - plan.n)


def find_plan(
    p1: float,
    alpha: float,
    p2: float,
    beta: float,
    *,
    dist: Distribution = "binomial",
    lot: int | None = None,
) -> SinglePlan:
    """The plan with the smallest c, and with that the smallest n, that meets both risks.

    Lots of quality p1 are accepted with probability 1 - alpha or more (producer's risk), lots of quality p2 with beta
    or less (consumer's risk). Raises SpcError for points that no plan can tell apart.
    """
    _check_points(p1, alpha, p2, beta, dist)
    most = _MOST_ACCEPTED
    if dist == "hypergeometric":
        if lot is None or lot < 1:
            raise SpcError("a plan for one lot needs the number of its pieces")
        most = round(p2 * lot)  # no lot of quality p2 has more bad pieces to find
    for first in range(0, most, _BATCH):
        c = np.arange(first, min(first + _BATCH, most), dtype=np.float64)
        n = _smallest_n(c, p2, beta, dist, lot)
        good = np.flatnonzero(_accepted(n, c, p1, dist, lot) >= 1.0 - alpha - _TIE)
        if good.size:
            return SinglePlan(int(n[good[0]]), int(c[good[0]]))
    raise SpcError(f"the qualities {p1:g} and {p2:g} lie too close together for a single plan")


def _smallest_n(c: Floats, p: float, beta: float, dist: Distribution, lot: int | None) -> Floats:
    """For each c the smallest n at which lots of quality p are accepted with beta or less: bisection, all c at once."""
    most = lot if lot is not None and dist == "hypergeometric" else LARGEST_N
    low = np.zeros_like(c) if dist == "poisson" else c.copy()
    high = np.minimum(2.0 * c + 2.0, most)
    while (far := _accepted(high, c, p, dist, lot) > beta + _TIE).any():
        if high.max() >= LARGEST_N:
            raise SpcError(f"to find a fraction of {p:g}, more than {LARGEST_N:g} pieces would have to be drawn")
        high[far] = np.minimum(2.0 * high[far], most)
    while (high - low > 1.0).any():
        middle = np.floor((low + high) / 2.0)
        far = _accepted(middle, c, p, dist, lot) > beta + _TIE
        low, high = np.where(far, middle, low), np.where(far, high, middle)
    return high


def _accepted(
    n: Floats | np.float64, c: Floats | np.float64, p: Floats | float, dist: Distribution, lot: int | None
) -> Floats:
    if dist == "poisson":
        return np.asarray(gammaincc(c + 1.0, n * p), dtype=np.float64)
    if dist == "hypergeometric" and lot is not None:
        return np.asarray(_HYPERGEOMETRIC.cdf(c, lot, np.rint(np.multiply(p, lot)), n), dtype=np.float64)
    # Up to c pieces cannot hold more than c bad ones.
    within = betaincc(c + 1.0, np.maximum(n - c, 1.0), p)
    return np.asarray(np.where(n > c, within, 1.0), dtype=np.float64)


def _check_points(p1: float, alpha: float, p2: float, beta: float, dist: Distribution) -> None:
    if not (0.0 <= p1 < p2 < math.inf and (p2 <= 1.0 or dist == "poisson")):
        raise SpcError(f"the good quality must be below the bad one, and both possible: not {p1:g} and {p2:g}")
    for name, risk in (("alpha", alpha), ("beta", beta)):
        if not 0.0 < risk < 1.0:
            raise SpcError(f"the risk {name} lies between 0 and 1, not at {risk:g}")


def _lot(plan: SinglePlan, lot: int | None) -> int:
    if lot is None:
        raise SpcError("a single lot's figures need the number of its pieces")
    if lot < plan.n:
        raise SpcError(f"a lot of {lot} pieces has no sample of {plan.n}")
    return lot
