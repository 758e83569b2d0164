"""Sampling plans by variables for one normal characteristic, in the style of ISO 3951-1: accept while Q >= k.

Q is the distance of the sample mean from a specification limit in standard deviations. These plans are computed from
two risk points; they are not the entries of the standard's tables, which are indexed by AQL and lot size.
Promises: both risks are met, with the smallest sample that can.
May import: numpy, scipy, inference.spc.limits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import nct as _untyped

from inference.spc.limits import Floats, SpcError, mean_of

MOST = 20_000
"""Beyond this many readings the qualities are too close for a sample by variables to be of use."""
_NONCENTRAL_T: Any = _untyped


@dataclass(frozen=True, slots=True)
class VariablesPlan:
    """Draw n readings; accept while (limit - mean) / sigma >= k."""

    n: int
    k: float
    """Acceptability constant."""
    sigma_known: bool = field(kw_only=True)
    """True: the sigma method, with the process sigma; False: the s method, with the sample's own (n - 1)."""

    def __post_init__(self) -> None:
        if self.n < (1 if self.sigma_known else 2) or not math.isfinite(self.k):
            raise SpcError(f"{self.n} readings and the constant {self.k:g} make no plan by variables")


def variables_acceptance(plan: VariablesPlan, p: Sequence[float] | Floats) -> Floats:
    """Operating characteristic: probability that a lot with the fraction p beyond the limit is accepted, shape as p.

    Sigma known: F(sqrt(n) (z - k)); unknown: P(T >= k sqrt(n)), T noncentral t with n - 1 degrees of freedom and
    noncentrality sqrt(n) z, where z cuts off p (Lieberman and Resnikoff 1955; Montgomery, SQC 7th ed., 16.2). Raises
    SpcError for p that do not lie between 0 and 1.
    """
    fractions = np.asarray(p, dtype=np.float64)
    if not np.all((fractions > 0.0) & (fractions < 1.0)):
        raise SpcError("a fraction beyond a limit of a normal characteristic lies between 0 and 1")
    z, root = -ndtri(fractions), math.sqrt(plan.n)
    if plan.sigma_known:
        return np.asarray(ndtr(root * (z - plan.k)), dtype=np.float64)
    return np.asarray(_NONCENTRAL_T.sf(plan.k * root, plan.n - 1, root * z), dtype=np.float64)


def find_variables_plan(p1: float, alpha: float, p2: float, beta: float, *, sigma_known: bool) -> VariablesPlan:
    """The plan with the smallest n that accepts p1 with 1 - alpha or more, and p2 with beta or less.

    k lies in the middle of what both risks allow. Raises SpcError for points that no plan of up to `MOST` readings
    can tell apart.
    """
    if not 0.0 < p1 < p2 < 1.0:
        raise SpcError(f"the good quality must be below the bad one, both between 0 and 1: not {p1:g} and {p2:g}")
    for name, risk in (("alpha", alpha), ("beta", beta)):
        if not 0.0 < risk < 1.0:
            raise SpcError(f"the risk {name} lies between 0 and 1, not at {risk:g}")
    first = 1 if sigma_known else 2
    low, high = first - 1, first
    while (room := _room(high, (p1, alpha, p2, beta), sigma_known))[0] > room[1]:
        if high == MOST:
            raise SpcError(f"the qualities {p1:g} and {p2:g} lie too close together for {MOST} readings")
        low, high = high, min(2 * high, MOST)
    while high - low > 1:
        middle = (low + high) // 2
        least, most = _room(middle, (p1, alpha, p2, beta), sigma_known)
        low, high = (low, middle) if least <= most else (middle, high)
    return VariablesPlan(high, sum(_room(high, (p1, alpha, p2, beta), sigma_known)) / 2.0, sigma_known=sigma_known)


def accepts(
    plan: VariablesPlan,
    y: Sequence[float] | Floats,
    *,
    lower: float | None = None,
    upper: float | None = None,
    sigma: float | None = None,
) -> bool:
    """Whether a sample of n readings is accepted; with two limits each is judged by itself ("separate control").

    `sigma` is the process sigma of the sigma method. Raises SpcError for the wrong number of readings, no limit, or a
    sigma that is missing or not called for.
    """
    values = np.asarray(y, dtype=np.float64)
    if values.shape != (plan.n,) or not np.all(np.isfinite(values)):
        raise SpcError(f"the plan asks for {plan.n} readings that are numbers")
    if plan.sigma_known == (sigma is None) or (sigma is not None and not 0.0 <= sigma < math.inf):
        raise SpcError("the sigma method needs the sigma of the process, the s method takes none")
    if lower is None and upper is None:
        raise SpcError("a lot is judged against a lower limit, an upper limit, or both")
    mean = mean_of(values)
    spread = math.sqrt(math.fsum((values - mean) ** 2) / (plan.n - 1)) if sigma is None else sigma
    room = [mean - lower] if lower is not None else []
    room += [upper - mean] if upper is not None else []
    return all(distance >= plan.k * spread for distance in room)


def _room(n: int, points: tuple[float, float, float, float], sigma_known: bool) -> tuple[float, float]:
    """The least k that meets the consumer's risk with n readings, and the greatest that meets the producer's."""
    p1, alpha, p2, beta = points
    z1, z2, root = -float(ndtri(p1)), -float(ndtri(p2)), math.sqrt(n)
    if sigma_known:
        return z2 - float(ndtri(beta)) / root, z1 + float(ndtri(alpha)) / root
    least = float(_NONCENTRAL_T.ppf(1.0 - beta, n - 1, root * z2)) / root
    return least, float(_NONCENTRAL_T.ppf(alpha, n - 1, root * z1)) / root
