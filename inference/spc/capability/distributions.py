"""Which distribution do readings follow? Candidates are fitted, compared and the best is named.

Promises: fits do not depend on the unit of the readings; families that start at 0 are only offered readings of 0 or
more; a family that cannot be fitted is left out, never guessed; no warning.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from scipy import stats

from inference.spc.capability import estimators, johnson
from inference.spc.capability.folded import FoldedNormal, folded_normal
from inference.spc.capability.normality import anderson_darling_of
from inference.spc.capability.sample import deviations, readings, sd_of
from inference.spc.limits import Floats, SpcError, mean_of

_LEAST_LOG = -745.0
"""The logarithm of the least float: beyond it scipy has -inf."""
_CLOSE = 2.0
"""Models whose AICc differ by less are equally good (Burnham and Anderson, Model Selection, 2002)."""
_CRITICAL = {1: 1.96, 2: 1.04}
"""A² above this is a misfit at about 1 % with so many fitted parameters; more of them are taken as 2."""


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of distribution."""

    name: str
    law: Any
    """A continuous distribution with the methods of scipy's."""
    parameters: int
    """How many are estimated."""
    estimate: Callable[[Floats], tuple[float, ...] | None]
    shapes: tuple[str, ...] = ()
    """Names of the shape parameters; location and scale follow."""
    from_zero: bool = True
    """Starts at 0, so its location is not estimated."""


_SCIPY = cast("Any", stats)  # it has no types

FAMILIES = (
    Family("normal", _SCIPY.norm, 2, estimators.normal, from_zero=False),
    Family("lognormal", _SCIPY.lognorm, 2, estimators.lognormal, ("sigma_log",)),
    Family("weibull", _SCIPY.weibull_min, 2, estimators.weibull, ("shape",)),
    Family("gamma", _SCIPY.gamma, 2, estimators.gamma, ("shape",)),
    Family("exponential", _SCIPY.expon, 1, estimators.exponential),
    Family("rayleigh", _SCIPY.rayleigh, 1, estimators.rayleigh),
    Family("half normal", _SCIPY.halfnorm, 1, estimators.half_normal),
    Family("folded normal", FoldedNormal, 2, folded_normal, ("fold",)),
    Family("shifted lognormal", _SCIPY.lognorm, 3, estimators.shifted_lognormal, ("sigma_log",), from_zero=False),
    Family("johnson su", _SCIPY.johnsonsu, 4, johnson.johnson_su, ("gamma", "eta"), from_zero=False),
    Family("johnson sb", _SCIPY.johnsonsb, 4, johnson.johnson_sb, ("gamma", "eta"), from_zero=False),
)
"""All families, the normal one first."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One family fitted to a sample. It is held for u = (x - origin) / unit, which loses nothing far from zero."""

    family: Family
    arguments: tuple[float, ...]
    """Shapes, location and scale of u."""
    origin: float
    unit: float
    loglik: float
    """Of the readings x."""
    aicc: float
    """Akaike's criterion for small samples (Hurvich and Tsai, Biometrika 76, 1989): less is better."""
    anderson_darling: float
    """A² of the readings."""

    @property
    def adequate(self) -> bool:
        """Whether A² is such as readings of this distribution have (99 in 100 times, about)."""
        return self.anderson_darling < _CRITICAL[min(self.family.parameters, 2)]

    @property
    def parameters(self) -> tuple[tuple[str, float], ...]:
        """Names and values, location and scale in the unit of the readings."""
        *shapes, location, scale = self.arguments
        values = (*shapes, self.origin + self.unit * location, self.unit * scale)
        return tuple(zip((*self.family.shapes, "location", "scale"), values, strict=True))

    def score_quantile(self, p: float) -> float:
        """The u that a share `p` of all readings stays below."""
        return float(self.family.law.ppf(p, *self.arguments))

    def score(self, x: float) -> float:
        """The u of `x`."""
        return (x - self.origin) / self.unit

    def quantile(self, p: float) -> float:
        """The x that a share `p` of all readings stays below."""
        return self.origin + self.unit * self.score_quantile(p)

    def below(self, x: float) -> float:
        """The share of all readings below `x`."""
        return float(self.family.law.cdf(self.score(x), *self.arguments))

    def above(self, x: float) -> float:
        """The share of all readings above `x`."""
        return float(self.family.law.sf(self.score(x), *self.arguments))


def families_named(names: Sequence[str]) -> tuple[Family, ...]:
    """The families of these names. Raises SpcError for an unknown one."""
    known = {family.name: family for family in FAMILIES}
    for name in names:
        if name not in known:
            raise SpcError(f"there is no distribution {name!r}: known are {', '.join(known)}")
    return tuple(known[name] for name in names)


def fit_families(x: Floats, families: Sequence[Family] = FAMILIES) -> tuple[Fit, ...]:
    """All families that can be fitted to the readings in `x` (any shape, NaN is missing), the least AICc first.

    None at all for readings that do not vary, or too few of them. Raises SpcError for no readings or infinite ones.
    """
    present = readings(x)
    if not sd_of(present):
        return ()
    found = [fit for family in families if (fit := _fit(present, family))]
    return tuple(sorted(found, key=lambda fit: fit.aicc))


def choose(fits: Sequence[Fit]) -> Fit | None:
    """The best of the adequate fits: the normal one where its AICc is within 2 of the least, else the least.

    None where no fit is adequate.
    """
    adequate = [fit for fit in fits if fit.adequate]
    if not adequate:
        return None
    least = min(adequate, key=lambda fit: fit.aicc)
    close = [fit for fit in adequate if fit.family.name == "normal" and fit.aicc <= least.aicc + _CLOSE]
    return close[0] if close else least


def _fit(present: Floats, family: Family) -> Fit | None:
    n, k = present.size, family.parameters
    if n <= k + 1 or (family.from_zero and float(np.min(present)) < 0.0):
        return None
    origin = 0.0 if family.from_zero else mean_of(present)
    unit = mean_of(present) if family.from_zero else sd_of(present) or 1.0
    u = np.sort(present / unit if family.from_zero else deviations(present) / unit)
    arguments = family.estimate(u)
    if arguments is None:
        return None
    law = family.law
    with np.errstate(all="ignore"):  # scipy's tails: ln 0 is cut off below
        logs = [np.maximum(f(u, *arguments), _LEAST_LOG) for f in (law.logcdf, law.logsf, law.logpdf)]
    loglik = math.fsum(logs[2]) - n * math.log(unit)
    aicc = 2.0 * k - 2.0 * loglik + 2.0 * k * (k + 1.0) / (n - k - 1.0)
    return Fit(family, arguments, origin, unit, loglik, aicc, anderson_darling_of(logs[0], logs[1]))
