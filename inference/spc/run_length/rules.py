"""Run lengths of charts with run rules: how often the rules that somebody has chosen speak without a cause.

| rules | chart | how |
|---|---|---|
| on zones only | any | exact, `automata` (Champ and Woodall 1987) |
| one trend or alternation alone | normal | exact, `orders` |
| any others | any | `simulation`, with its standard error |

Promises: the rules are those of `inference.spc.rules`, patterns and lines alike; the same question is answered once.
May import: inference.spc.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from inference.spc.rules import AlternatingRule, Rule, TrendRule, ZoneRule
from inference.spc.run_length.automata import TooManyStates, ZonedRule, automaton, points_until_speaking
from inference.spc.run_length.orders import order_run_length
from inference.spc.run_length.simulation import simulated_run_length
from inference.spc.run_length.transient import RunLength, must_be
from inference.spc.run_length.zones import Statistic, outcomes, symbols


def in_control_run_length(
    kind: str, rules: Sequence[Rule], *, mean: float = 0.0, size: float = 1.0, nsigma: float = 3.0
) -> RunLength:
    """Expected number of points to the first false alarm of a chart of this kind with these rules.

    `kind`: normal (means, or individuals, with known parameters; `mean` and `size` have no effect), p, np (binomial:
    `mean` is p, `size` is n), c (Poisson: `mean` is the count of one point), u (`mean` is the rate of one unit, `size`
    the units of a point). Lines lie where the chart draws them, so a lower limit below 0 is never exceeded.
    Without rules a point beyond `nsigma` standard errors is the only alarm.
    Raises SpcError for a kind, mean or size that cannot be, and where a simulation saw no alarm at all.
    """
    return run_length(kind, rules, mean=mean, size=size, nsigma=nsigma)


def run_length(
    kind: str,
    rules: Sequence[Rule],
    *,
    mean: float = 0.0,
    size: float = 1.0,
    nsigma: float = 3.0,
    actual: float | None = None,
    whole_windows: bool = True,
) -> RunLength:
    """As `in_control_run_length`, while the mean of the process is `actual` (none: on the centre line).

    For a normal statistic `actual` is the shift in standard errors. Without `whole_windows` "m of n" speaks as soon as
    m points count, even where fewer than n have been seen: so Champ and Woodall 1987 have it (Western Electric 1-4:
    91.75 points); the charts wait for the whole window (91.90).
    Raises SpcError as `in_control_run_length`, and for a simulation without whole windows.
    """
    centre = 0.0 if kind == "normal" else mean
    statistic = Statistic(kind, centre, size, centre if actual is None else actual)
    return _run_length(statistic, tuple(rules) or (ZoneRule(1, 1, 1, nsigma),), whole_windows)


@lru_cache(maxsize=256)
def _run_length(statistic: Statistic, rules: tuple[Rule, ...], whole_windows: bool) -> RunLength:
    order = [rule for rule in rules if isinstance(rule, TrendRule | AlternatingRule)]
    if order == list(rules) and len(order) == 1 and statistic.kind == "normal":
        return RunLength(order_run_length(order[0]), exact=True, standard_error=None)
    zoned = [rule for rule in rules if not isinstance(rule, TrendRule | AlternatingRule)]
    exact = None if order else _exact(statistic, zoned, whole_windows)
    if exact is not None:
        return RunLength(exact, exact=True, standard_error=None)
    must_be(whole_windows, "rules that can only be simulated wait for their whole window")
    return simulated_run_length(statistic, rules)


def _exact(statistic: Statistic, rules: Sequence[ZonedRule], whole_windows: bool) -> float | None:
    """None where the rules tell too many histories apart."""
    alphabet = symbols(outcomes(statistic, rules), rules)
    try:
        machine = automaton(rules, alphabet, whole_windows=whole_windows)
    except TooManyStates:
        return None
    return points_until_speaking(machine, alphabet.probability, max(rule.window for rule in rules))
