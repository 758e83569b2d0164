"""Capability indices of a normal process with their intervals: Cp, Cpk, Cpm within, Pp, Ppk, Ppm overall.

Promises: an index that does not exist (one-sided limits, no target, no spread) is None and a caution says why; nothing
is infinite or NaN.
May import: scipy, inference.spc.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from scipy.special import gammaincinv, ndtri

from inference.spc.capability.sample import Process, process_of
from inference.spc.capability.specification import Ppm, SpecLimits, expected_ppm, observed_ppm
from inference.spc.limits import Floats, SpcError

_SMALLEST_VARIANCE = 1e-9
"""Of a relative estimate: finer intervals than those of a thousand million degrees of freedom help nobody."""


class Caution(enum.Enum):
    """What a reader must know before an index is believed; the name is the message's code."""

    NOT_IN_CONTROL = "the process is not in control, so an index says little about what it will make"
    NO_SIGMA_WITHIN = "no two readings follow one another or share a subgroup, so there is no sigma within"
    NO_SIGMA_OVERALL = "a single reading has no spread"
    NO_SPREAD_WITHIN = "the readings do not vary within subgroups, so Cp, Cpk and Cpm do not exist"
    NO_SPREAD_OVERALL = "the readings do not vary, so Pp, Ppk and Ppm do not exist"
    TARGET_OUTSIDE = "the target lies outside the specification limits"


class Index(NamedTuple):
    """One index with its confidence interval; the ends are None for a single reading."""

    value: float
    lower: float | None
    upper: float | None


class Values(NamedTuple):
    """The plain indices of one sigma; None where one does not exist."""

    cp: float | None
    cp_l: float | None
    cp_u: float | None
    cp_k: float | None
    cpm: float | None


class Indices(NamedTuple):
    """The indices of one sigma with intervals; None where one does not exist."""

    cp: Index | None
    cp_l: Index | None
    cp_u: Index | None
    cp_k: Index | None
    cpm: Index | None


@dataclass(frozen=True, slots=True)
class Capability:
    """The capability of one characteristic."""

    process: Process
    limits: SpecLimits
    within: Indices | None
    """Cp, Cp_l, Cp_u, Cp_k, Cpm by the sigma within; None where that is missing or 0."""
    overall: Indices | None
    """Pp, Pp_l, Pp_u, Pp_k, Ppm by the sigma overall; None where that is missing or 0."""
    expected_within: Ppm | None
    expected_overall: Ppm | None
    observed: Ppm | None
    """Counted among the readings; None where only their figures were given."""
    k: float | None
    """(target - mean) / half the tolerance, the middle standing in for a missing target; None with one limit."""
    violations: int | None
    """How many points of the control chart broke a rule; None: nobody looked."""
    cautions: tuple[Caution, ...]

    def named(self) -> dict[str, Index | None]:
        """All ten indices by their usual names, Cp first."""
        names = ("{}p", "{}p_l", "{}p_u", "{}p_k", "{}pm")
        none = (None,) * len(names)
        within = zip((name.format("C") for name in names), self.within or none, strict=True)
        overall = zip((name.format("P") for name in names), self.overall or none, strict=True)
        return {**dict(within), **dict(overall)}


def plain_indices(limits: SpecLimits, mean: float, sigma: float, nsigma: float = 3.0) -> Values | None:
    """The indices without intervals; None where sigma is 0, or so small that an index leaves what a float can hold.

    Cp = (upper - lower) / (2 nsigma sigma); Cp_l, Cp_u = distance of the mean from its limit / (nsigma sigma), negative
    where the mean lies outside; Cp_k = the smaller; Cpm = (upper - lower) / (2 nsigma sqrt(sigma² + (mean - target)²))
    (Kane 1986; Chan, Cheng and Spiring 1988). Raises SpcError for a sigma below 0 or an nsigma that is not above 0.
    """
    if not (sigma >= 0.0 and 0.0 < nsigma < math.inf):
        raise SpcError(f"indices need a sigma of 0 or more and an nsigma above 0, not {sigma:g} and {nsigma:g}")
    if not sigma:
        return None
    low, high, reach = limits.lower, limits.upper, nsigma * sigma
    cp_l = None if low is None else (mean - low) / reach
    cp_u = None if high is None else (high - mean) / reach
    sides = [side for side in (cp_l, cp_u) if side is not None]
    if not all(map(math.isfinite, sides)):
        return None
    if low is None or high is None:
        return Values(None, cp_l, cp_u, min(sides), None)
    off = None if limits.target is None else math.hypot(sigma, mean - limits.target)
    cpm = None if off is None else (high - low) / (2.0 * nsigma * off)
    return Values((high - low) / (2.0 * reach), cp_l, cp_u, min(sides), cpm)


def k_index(limits: SpecLimits, mean: float) -> float | None:
    """(target - mean) / half the tolerance (NIST e-Handbook 6.1.6); None with one limit.

    Without a target the middle of the tolerance stands in for it.
    """
    if limits.lower is None or limits.upper is None:
        return None
    half = (limits.upper - limits.lower) / 2.0
    target = limits.lower + half if limits.target is None else limits.target
    return (target - mean) / half


def capability(
    process: Process,
    limits: SpecLimits,
    *,
    nsigma: float = 3.0,
    confidence: float = 0.95,
    interval_df: Literal["overall", "within"] = "overall",
    violations: int | None = None,
) -> Capability:
    """The capability of a process by its figures.

    Intervals: Cp and Cpm by chi-square (Kane 1986; Boyles 1991), the one-sided ones and Cp_k by the normal
    approximation of Bissell (Applied Statistics 39, 1990), Cp_l and Cp_u as one-sided bounds. `interval_df` says which
    degrees of freedom those of the sigma within have: "overall" N-1, as R qcc, or "within" those of its estimate
    (`Process.df_within`). `violations`: points of the control chart that broke a rule. Raises SpcError for a confidence
    outside 0.5 to 1, and where "within" is asked for and the process has no `df_within` although it varies within.
    """
    if not 0.5 <= confidence < 1.0:
        raise SpcError(f"a confidence lies between 0.5 and 1, not at {confidence:g}")
    df = _df_within(process) if interval_df == "within" and process.sigma_within else None
    within = _indices(process, limits, process.sigma_within, nsigma, confidence=confidence, df=df)
    overall = _indices(process, limits, process.sigma_overall, nsigma, confidence=confidence, df=None)
    return Capability(
        process=process,
        limits=limits,
        within=within,
        overall=overall,
        expected_within=expected_ppm(limits, process.mean, process.sigma_within),
        expected_overall=expected_ppm(limits, process.mean, process.sigma_overall),
        observed=None,
        k=k_index(limits, process.mean),
        violations=violations,
        cautions=_cautions(process, limits, within, overall, violations),
    )


def capability_of(
    x: Floats,
    limits: SpecLimits,
    *,
    nsigma: float = 3.0,
    confidence: float = 0.95,
    interval_df: Literal["overall", "within"] = "overall",
    violations: int | None = None,
) -> Capability:
    """The capability of a process by its readings, rows of subgroups [m, n] or a series [n] (see `process_of`).

    As `capability`, and with the ppm counted among the readings.
    """
    found = capability(
        process_of(x), limits, nsigma=nsigma, confidence=confidence, interval_df=interval_df, violations=violations
    )
    return replace(found, observed=observed_ppm(limits, x))


def _df_within(process: Process) -> float:
    if process.df_within is None:
        raise SpcError("intervals by the sigma within need its degrees of freedom, which are not known")
    return process.df_within


def _indices(
    process: Process, limits: SpecLimits, sigma: float | None, nsigma: float, *, confidence: float, df: float | None
) -> Indices | None:
    """The indices of one sigma with intervals; `df` None stands for N-1."""
    values = None if sigma is None else plain_indices(limits, process.mean, sigma, nsigma)
    if values is None:
        return None
    n = process.n
    f = float(n - 1) if df is None else df
    alpha = 1.0 - confidence
    one_sided, two_sided = -float(ndtri(alpha)), -float(ndtri(alpha / 2.0))
    return Indices(
        _chi_square(values.cp, f, alpha),
        _bissell(values.cp_l, n, f, one_sided),
        _bissell(values.cp_u, n, f, one_sided),
        _bissell(values.cp_k, n, f, two_sided),
        _chi_square(values.cpm, _df_about_target(values, n, df), alpha),
    )


def _df_about_target(values: Values, n: int, df: float | None) -> float:
    """Degrees of freedom of Cpm, with g = (mean - target) / sigma and r = 1 / (1 + g²) = (Cpm / Cp)².

    N-1 in use: N (1+g²) / (1+2g²) = N / (2-r), as R qcc. The sigma within in use: the chi-square of the same mean and
    variance as sigma² (chi²(f) / f + g²), (1+g²)² / (1/f + 2g²/N) (after Boyles, J. Quality Technology 23, 1991).
    """
    if values.cp is None or values.cpm is None or n < 2:
        return 0.0
    r = (values.cpm / values.cp) ** 2
    if df is None:
        return n / (2.0 - r)
    return 1.0 / max(r * r / df + 2.0 * (r - r * r) / n, _SMALLEST_VARIANCE)


def _chi_square(value: float | None, f: float, alpha: float) -> Index | None:
    """The value times sqrt(chi²(alpha/2; f) / f) and sqrt(chi²(1-alpha/2; f) / f)."""
    if value is None:
        return None
    if not f > 0.0:
        return Index(value, None, None)
    ends = [value * math.sqrt(2.0 * float(gammaincinv(f / 2.0, p)) / f) for p in (alpha / 2.0, 1.0 - alpha / 2.0)]
    return Index(value, ends[0], ends[1])


def _bissell(value: float | None, n: int, f: float, z: float) -> Index | None:
    """The value times (1 ± z sqrt(1/(9 N value²) + 1/(2f))), written so that it holds at 0 and below, too."""
    if value is None:
        return None
    if not f > 0.0:
        return Index(value, None, None)
    half = z * math.hypot(1.0 / (3.0 * math.sqrt(n)), value / math.sqrt(2.0 * f))
    return Index(value, value - half, value + half)


def _cautions(
    process: Process, limits: SpecLimits, within: Indices | None, overall: Indices | None, violations: int | None
) -> tuple[Caution, ...]:
    target, low, high = limits.target, limits.lower, limits.upper
    outside = target is not None and ((low is not None and target < low) or (high is not None and target > high))
    holds = {
        Caution.NOT_IN_CONTROL: bool(violations),
        Caution.NO_SIGMA_WITHIN: process.sigma_within is None,
        Caution.NO_SIGMA_OVERALL: process.sigma_overall is None,
        Caution.NO_SPREAD_WITHIN: process.sigma_within is not None and within is None,
        Caution.NO_SPREAD_OVERALL: process.sigma_overall is not None and overall is None,
        Caution.TARGET_OUTSIDE: outside,
    }
    return tuple(caution for caution, true in holds.items() if true)
