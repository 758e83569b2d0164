"""What makes each kind of chart: how a reading becomes a statistic, and a baseline becomes limits.

Promises: one table row is one kind of chart; the scalar and the whole-series form of a statistic give the same bits.
May import: inference.spc.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from inference.spc import attributes, variables
from inference.spc.limits import LARGEST, WIDTH, Baseline, ControlLimits, Floats, Readings, SpcError
from inference.spc.presets import first_four, only_limit
from inference.spc.rare import gaps_baseline, gaps_limits
from inference.spc.rules import Rule
from inference.spc.subgroup import SigmaMethod

Family = Literal["symmetric", "counted", "spread", "dependent", "rare"]
"""Which rules make sense. Of a *symmetric* statistic all; of a *counted* one and of a *spread* those without zones; of
one whose neighbours share readings (*dependent*: Montgomery, SQC, 6.4 on moving ranges) or whose distribution is far
from any bell (*rare*) only the limit."""


@dataclass(frozen=True, slots=True)
class Design:
    """One kind of Shewhart chart."""

    family: Family
    statistic: Callable[[float, float, float | None], float | None]
    """(value, size, previous value) → the plotted statistic, or None where there is none yet."""
    statistics: Callable[[Floats, Floats], Floats]
    """(values, sizes), shape [n] each → statistics, shape [n]; NaN for gaps."""
    estimate: Callable[[Readings, Any], Baseline | None]
    """(readings of phase I, sigma method or None) → baseline, or None where they do not suffice."""
    limits: Callable[[Baseline, float, float], ControlLimits]
    """(baseline, size, width in standard errors) → limits of one point."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may choose about a chart. The defaults are the books'."""

    width: float = WIDTH
    """Control limits in standard errors."""
    sigma_method: SigmaMethod | None = None
    """None: Rbar/d2, or Sbar/c4 for an s chart."""
    weight: float = 0.2
    """EWMA: lambda, the newest point's weight (0 to 1]."""
    exact: bool = True
    """EWMA: limits that widen from the first point on; else the asymptotic ones from the start."""
    slack: float = 0.5
    """CUSUM: k, half the shift to be found, in standard errors."""
    decision: float = 5.0
    """CUSUM: h, in standard errors."""
    head_start: float = 0.0
    """CUSUM: both sums start here, in standard errors (Lucas and Crosier 1982: h / 2)."""
    span: int = 3
    """Moving average: points it runs over."""

    def __post_init__(self) -> None:
        for name, value in (("the limits' width", self.width), ("h", self.decision)):
            if not 0.0 < value <= LARGEST:
                raise SpcError(f"{name} must be above 0 and at most {LARGEST:g}, not {value:g}")
        if not 0.0 < self.weight <= 1.0:
            raise SpcError(f"lambda must be above 0 and at most 1, not {self.weight:g}")
        if not (0.0 <= self.slack <= LARGEST and 0.0 <= self.head_start <= LARGEST):
            raise SpcError(f"k and the head start must be 0 or more, not {self.slack:g} and {self.head_start:g}")
        if self.span < 2:
            raise SpcError(f"a moving average runs over 2 points or more, not {self.span}")


PLAIN = Settings()

_MEANS = Design(
    "symmetric", variables.itself, variables.all_themselves, variables.means_baseline, variables.means_limits
)
_INDIVIDUALS = Design(
    "symmetric", variables.itself, variables.all_themselves, variables.individuals_baseline, variables.means_limits
)

DESIGNS: Mapping[str, Design] = {
    "xbar": _MEANS,
    "r": Design(
        "spread",
        variables.spread_itself,
        variables.spreads_themselves,
        variables.ranges_baseline,
        variables.range_limits,
    ),
    "s": Design(
        "spread",
        variables.spread_itself,
        variables.spreads_themselves,
        variables.deviations_baseline,
        variables.deviation_limits,
    ),
    "i": _INDIVIDUALS,
    "mr": Design(
        "dependent",
        variables.moving_range,
        variables.all_moving_ranges,
        variables.individuals_baseline,
        variables.moving_range_limits,
    ),
    "p": Design(
        "counted",
        attributes.fraction,
        attributes.fractions,
        attributes.fraction_baseline,
        attributes.fraction_limits,
    ),
    "np": Design(
        "counted",
        attributes.pieces,
        attributes.all_pieces,
        attributes.fraction_baseline,
        attributes.pieces_limits,
    ),
    "c": Design(
        "counted",
        attributes.events,
        attributes.all_events,
        attributes.rate_baseline,
        attributes.events_limits,
    ),
    "u": Design("counted", attributes.rate, attributes.rates, attributes.rate_baseline, attributes.rate_limits),
    "laney_p": Design(
        "counted",
        attributes.fraction,
        attributes.fractions,
        attributes.laney_fraction_baseline,
        attributes.fraction_limits,
    ),
    "laney_u": Design(
        "counted",
        attributes.rate,
        attributes.rates,
        attributes.laney_rate_baseline,
        attributes.rate_limits,
    ),
    "g": Design("rare", attributes.events, attributes.all_events, gaps_baseline, gaps_limits),
    # What these plot runs over several points (`timeweighted`); their readings and baseline are those of means.
    "ma": replace(_MEANS, family="dependent"),
    "ewma": replace(_MEANS, family="dependent"),
    "cusum": replace(_MEANS, family="dependent"),
}
TIME_WEIGHTED = frozenset({"ma", "ewma", "cusum"})
KINDS = tuple(DESIGNS)


def design_of(kind: str) -> Design:
    """The design of this kind of chart. Raises SpcError for an unknown kind."""
    try:
        return DESIGNS[kind]
    except KeyError:
        raise SpcError(f"there is no chart of kind {kind!r}: known are {', '.join(KINDS)}") from None


def rules_for(kind: str, rules: Sequence[Rule], *, all_on_counts: bool = False) -> tuple[Rule, ...]:
    """Those of `rules` that make sense on this kind of chart.

    On charts of counts, ranges and deviations Minitab and JMP run only tests 1-4 (`first_four`); `all_on_counts` lets
    the zones speak there, too. Raises SpcError for an unknown kind.
    """
    family = design_of(kind).family
    if family in {"dependent", "rare"}:
        return only_limit(rules)
    return tuple(rules) if family == "symmetric" or all_on_counts else first_four(rules)
