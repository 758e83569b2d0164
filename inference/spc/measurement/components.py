"""What a gauge study comes to: components of variance, their shares, and how many categories the gauge can tell apart.

Promises: a share of nothing is None; a component is never below 0.
May import: inference.spc.limits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

from inference.spc.limits import SpcError

STUDY_SIGMAS = 6.0
"""Study variation is 6 standard deviations (AIAG MSA, 4th ed., chapter III)."""

GageVerdict = Literal["acceptable", "marginal", "unacceptable"]


class Share(NamedTuple):
    """One component of variance against the whole."""

    variance: float
    sigma: float
    pct_contribution: float | None
    """100 variance / total variance; None where nothing varied."""
    pct_study_var: float | None
    """100 sigma / total sigma; None where nothing varied."""
    pct_tolerance: float | None
    """100 · 6 sigma / tolerance; None without a tolerance."""


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Variances of single readings, by where they come from."""

    repeatability: float
    operator: float
    interaction: float
    part: float
    tolerance: float | None = None
    """Width of the tolerance, in the unit of the readings."""

    def __post_init__(self) -> None:
        if self.tolerance is not None and not 0.0 < self.tolerance < math.inf:
            raise SpcError(f"a tolerance is a width above 0, not {self.tolerance:g}")

    @property
    def reproducibility(self) -> float:
        """Variance between operators, their interaction with the parts included."""
        return self.operator + self.interaction

    @property
    def grr(self) -> float:
        """Variance of the measurement system: repeatability + reproducibility."""
        return self.repeatability + self.reproducibility

    @property
    def total(self) -> float:
        """Variance of everything: measurement system + parts."""
        return self.grr + self.part

    def share(self, variance: float) -> Share:
        """The given component as parts of the total and of the tolerance (AIAG MSA, 4th ed., chapter III)."""
        sigma, total = math.sqrt(variance), self.total
        return Share(
            variance,
            sigma,
            100.0 * variance / total if total > 0.0 else None,
            100.0 * math.sqrt(variance / total) if total > 0.0 else None,
            None if self.tolerance is None else 100.0 * STUDY_SIGMAS * sigma / self.tolerance,
        )

    @property
    def pct_contribution_grr(self) -> float | None:
        """100 GRR variance / total variance; None where nothing varied."""
        return self.share(self.grr).pct_contribution

    @property
    def pct_study_var_grr(self) -> float | None:
        """100 GRR sigma / total sigma ("%GRR"); None where nothing varied."""
        return self.share(self.grr).pct_study_var

    @property
    def pct_tolerance_grr(self) -> float | None:
        """100 · 6 GRR sigma / tolerance; None without a tolerance."""
        return self.share(self.grr).pct_tolerance

    @property
    def ndc_real(self) -> float | None:
        """Number of distinct categories before rounding, sqrt(2 part / GRR) (Wheeler and Lyday 1989).

        None where the measurement system shows no variation at all: the number has no bound then.
        """
        return math.sqrt(2.0) * math.sqrt(self.part) / math.sqrt(self.grr) if self.grr > 0.0 else None

    @property
    def ndc(self) -> int | None:
        """Number of distinct categories, rounded down, at least 1; None as `ndc_real`."""
        real = self.ndc_real
        return None if real is None else max(1, math.floor(real))


def judge_gage(pct: float) -> GageVerdict:
    """AIAG's words for a %GRR of study variation or of tolerance: below 10 acceptable, above 30 unacceptable.

    Raises SpcError for what is no percentage.
    """
    if not pct >= 0.0:
        raise SpcError(f"{pct:g} % is no share of a variation")
    if pct < 10.0:
        return "acceptable"
    return "marginal" if pct <= 30.0 else "unacceptable"
