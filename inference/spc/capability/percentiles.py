"""Capability of processes that are not normal, by percentiles (ISO 22514-2:2017, method M4).

Pp = (upper - lower) / (X99.865 - X0.135), Ppk = the smaller of (upper - X50) / (X99.865 - X50) and
(X50 - lower) / (X50 - X0.135). The percentiles are those of a fitted distribution, which is named, or of the readings
themselves where none fits. For a normal fit they are the usual Pp and Ppk.

Promises: an index that does not exist is None; a caution says on what feet the percentiles stand.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from inference.spc.capability.distributions import FAMILIES, Fit, choose, families_named, fit_families
from inference.spc.capability.sample import readings
from inference.spc.capability.specification import MILLION, Ppm, SpecLimits, observed_ppm
from inference.spc.limits import Floats, SpcError

EMPIRICAL = "empirical"
"""The name of the distribution that is the readings themselves."""
_ENOUGH = 100
"""Fewer readings say little about the tails of the distribution they came from (ISO 22514-2 asks for 100 and more)."""


class PercentileCaution(enum.Enum):
    """What a reader must know before the indices are believed; the name is the message's code."""

    CONSTANT = "the readings do not vary, so no index exists"
    NOTHING_FITS = "no distribution fits, so the percentiles are those of the readings themselves"
    NOT_ADEQUATE = "the distribution asked for does not fit the readings"
    BEYOND_READINGS = "the outer percentiles lie where there are hardly any readings, so the indices come out too large"
    FEW = "with fewer than 100 readings the tails of the distribution are a guess"


class Percentiles(NamedTuple):
    """What lies within `nsigma` sigmas of a normal process: X0.135, X50 and X99.865 for 3."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class PercentileCapability:
    """The capability of one characteristic by percentiles."""

    n: int
    distribution: str | None
    """Name of the fitted distribution, or "empirical"; None for constant readings."""
    fit: Fit | None
    """None where the distribution is empirical or there is none."""
    fits: tuple[Fit, ...]
    """Every candidate, the least AICc first."""
    percentiles: Percentiles
    pp: float | None
    pp_l: float | None
    pp_u: float | None
    pp_k: float | None
    expected: Ppm | None
    """Of the fitted distribution; None without one."""
    observed: Ppm
    cautions: tuple[PercentileCaution, ...]


def percentile_capability(
    x: Floats, limits: SpecLimits, *, distributions: Sequence[str] | None = None, nsigma: float = 3.0
) -> PercentileCapability:
    """The capability of the readings in `x`, of any shape (NaN is missing).

    `distributions` names the candidates (None: all). The best adequate one is taken (`choose`); a single one is taken
    as it is asked for; none at all, an empty list, means the percentiles of the readings. Raises SpcError for unknown
    names, an nsigma that is not above 0, and no readings or infinite ones.
    """
    if not 0.0 < nsigma < 8.0:
        raise SpcError(f"percentiles are taken at an nsigma between 0 and 8, not at {nsigma:g}")
    present = readings(x)
    families = FAMILIES if distributions is None else families_named(distributions)
    fits = fit_families(present, families)
    fit = fits[0] if len(families) == 1 and fits else choose(fits)
    shares = (float(ndtr(-nsigma)), 0.5, float(ndtr(nsigma)))
    scores, origin, unit = _scores(present, fit, shares)
    sides = _sides(limits, scores, origin, unit)
    present_sides = [side for side in sides[1:] if side is not None]
    constant = float(np.ptp(present)) == 0.0
    return PercentileCapability(
        n=present.size,
        distribution=None if constant else fit.family.name if fit else EMPIRICAL,
        fit=fit,
        fits=fits,
        percentiles=Percentiles(*(origin + unit * score for score in scores)),
        pp=sides[0],
        pp_l=sides[1],
        pp_u=sides[2],
        pp_k=min(present_sides) if present_sides else None,
        expected=_expected(limits, fit) if fit else None,
        observed=observed_ppm(limits, present),
        cautions=_cautions(present, fit, shares[0], asked=bool(families)),
    )


def _scores(
    present: Floats, fit: Fit | None, shares: tuple[float, float, float]
) -> tuple[tuple[float, float, float], float, float]:
    """The percentiles as u, with the origin and the unit of u."""
    if fit:
        low, middle, high = (fit.score_quantile(share) for share in shares)
        return (low, middle, high), fit.origin, fit.unit
    origin = float(present[0])
    low, middle, high = np.quantile(present - origin, shares, method="median_unbiased").tolist()
    return (low, middle, high), origin, 1.0


def _sides(
    limits: SpecLimits, scores: tuple[float, float, float], origin: float, unit: float
) -> tuple[float | None, float | None, float | None]:
    """Pp, Pp_l, Pp_u; None without the limit, or where the percentiles coincide."""
    low, middle, high = scores
    lower = None if limits.lower is None else (limits.lower - origin) / unit
    upper = None if limits.upper is None else (limits.upper - origin) / unit
    return (
        None if lower is None or upper is None else _ratio(upper - lower, high - low),
        None if lower is None else _ratio(middle - lower, middle - low),
        None if upper is None else _ratio(upper - middle, high - middle),
    )


def _ratio(distance: float, reach: float) -> float | None:
    """Their quotient; None where it leaves what a float can hold."""
    ratio = distance / reach if reach > 0.0 else math.inf
    return ratio if math.isfinite(ratio) else None


def _expected(limits: SpecLimits, fit: Fit) -> Ppm:
    below = None if limits.lower is None else MILLION * fit.below(limits.lower)
    above = None if limits.upper is None else MILLION * fit.above(limits.upper)
    return Ppm(below, above)


def _cautions(present: Floats, fit: Fit | None, tail: float, *, asked: bool) -> tuple[PercentileCaution, ...]:
    if float(np.ptp(present)) == 0.0:
        return (PercentileCaution.CONSTANT,)
    holds = {
        PercentileCaution.NOTHING_FITS: fit is None and asked,
        PercentileCaution.NOT_ADEQUATE: fit is not None and not fit.adequate,
        PercentileCaution.BEYOND_READINGS: fit is None and present.size * tail < 1.0,
        PercentileCaution.FEW: fit is not None and present.size < _ENOUGH,
    }
    return tuple(caution for caution, true in holds.items() if true)
