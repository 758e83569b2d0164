"""The sets of run rules that people know by name, and one's own.

| number | western_electric | nelson, jmp | minitab | aiag |
|---|---|---|---|---|
| 1 | 1 point beyond 3 | as left | as left | as left |
| 2 | 2 of 3 beyond 2 | 9 on one side | 9 on one side | 7 on one side |
| 3 | 4 of 5 beyond 1 | 6 rising or falling | as left | as left |
| 4 | 8 on one side | 14 alternating | as left | as left |
| 5 | 6 rising or falling | 2 of 3 beyond 2 | as left | as left |
| 6 | 15 within 1 | 4 of 5 beyond 1 | as left | as left |
| 7 | 14 alternating | 15 within 1 | as left | as left |
| 8 | 8 beyond 1, both sides | 8 beyond 1, both sides | 8 beyond 1, any side | 8 beyond 1, any side |

Sources: Western Electric, Statistical Quality Control Handbook (1956) for its rules 1-4, Montgomery, SQC 7th ed.,
table 6.1 for 5-8; Nelson, Journal of Quality Technology 16 (1984) 237; AIAG, SPC Reference Manual, 2nd ed. (2005),
table II.1; the help texts of Minitab ("tests for special causes") and JMP ("Western Electric rules").

Promises: one number is one rule; whatever sources differ on is a named option, with the preset's own as its default.
May import: inference.spc.rules, inference.spc.limits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from inference.spc.limits import SpcError
from inference.spc.rules import AlternatingRule, OutsideRule, Rule, TrendRule, WithinRule, ZoneRule

Preset = Literal["western_electric", "nelson", "aiag", "minitab", "jmp"]
ALL = (1, 2, 3, 4, 5, 6, 7, 8)


@dataclass(frozen=True, slots=True)
class Options:
    """What sources differ on. None: as the preset's own source."""

    nsigma: float = 3.0
    """Rule 1: a point beyond so many standard errors, as the control limits are drawn."""
    run: int | None = None
    """Points on one side of the centre line: 8 (Western Electric), 9 (Nelson), 7 (AIAG)."""
    beyond_limit_counts: bool = True
    """Points beyond the control limit count in "2 of 3" and "4 of 5" (Western Electric, Nelson, Minitab: yes)."""
    last_must_be_beyond: bool = True
    """The newest point must be one of those counted, so that a process on its way back is not accused again."""
    on_line: bool = False
    """A point on a zone's line counts as beyond it; on the centre line it breaks no run."""
    both_sides: bool | None = None
    """Rule 8 asks for points on both sides (Nelson, JMP, Western Electric: yes; Minitab, AIAG: no)."""


DEFAULT = Options()

_RUN: Mapping[str, int] = {"western_electric": 8, "nelson": 9, "aiag": 7, "minitab": 9, "jmp": 9}
_BOTH_SIDES = frozenset({"western_electric", "nelson", "jmp"})
_NELSON = ("limit", "run", "trend", "alternating", "two_of_three", "four_of_five", "within", "outside")
_ORDER: Mapping[str, tuple[str, ...]] = {
    "western_electric": ("limit", "two_of_three", "four_of_five", "run", "trend", "within", "alternating", "outside"),
    "nelson": _NELSON,
    "aiag": _NELSON,
    "minitab": _NELSON,
    "jmp": _NELSON,
}
PRESETS = tuple(_ORDER)

_MAKERS: Mapping[str, Callable[[int, int, bool, Options], Rule]] = {
    "limit": lambda n, _run, _both, o: ZoneRule(n, 1, 1, o.nsigma, on_line=o.on_line),
    "run": lambda n, run, _both, o: ZoneRule(n, run, run, 0.0, on_line=o.on_line),
    "trend": lambda n, _run, _both, _o: TrendRule(n, 6),
    "alternating": lambda n, _run, _both, _o: AlternatingRule(n, 14),
    "two_of_three": lambda n, _run, _both, o: _zone(n, 2, 3, 2.0, o),
    "four_of_five": lambda n, _run, _both, o: _zone(n, 4, 5, 1.0, o),
    "within": lambda n, _run, _both, _o: WithinRule(n, 15, 1.0),
    "outside": lambda n, _run, both, _o: OutsideRule(n, 8, 1.0, both),
}


def _zone(number: int, needed: int, window: int, beyond: float, options: Options) -> ZoneRule:
    rule = ZoneRule(number, needed, window, beyond, last_counts=options.last_must_be_beyond, on_line=options.on_line)
    left_out = not options.beyond_limit_counts and options.nsigma > beyond
    return replace(rule, not_beyond=options.nsigma) if left_out else rule


def preset(name: str, numbers: Sequence[int] = ALL, options: Options = DEFAULT) -> tuple[Rule, ...]:
    """The rules of a preset with these numbers, rising. Raises SpcError for an unknown name or number."""
    if name not in _ORDER:
        raise SpcError(f"there is no set of rules {name!r}: known are {', '.join(PRESETS)}")
    unknown = sorted(set(numbers) - set(ALL))
    if unknown:
        raise SpcError(f"there is no {name} rule {unknown[0]}: the rules are 1 to {len(ALL)}")
    run = _RUN[name] if options.run is None else options.run
    both = name in _BOTH_SIDES if options.both_sides is None else options.both_sides
    return tuple(_MAKERS[_ORDER[name][n - 1]](n, run, both, options) for n in sorted(set(numbers)))


def western_electric(numbers: Sequence[int] = (1, 2, 3, 4), options: Options = DEFAULT) -> tuple[Rule, ...]:
    """`preset("western_electric", numbers, options)`; without numbers the four that its handbook has."""
    return preset("western_electric", numbers, options)


def nelson(numbers: Sequence[int] = ALL, options: Options = DEFAULT) -> tuple[Rule, ...]:
    """`preset("nelson", numbers, options)`."""
    return preset("nelson", numbers, options)


def first_four(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Those of `rules` that need no symmetric distribution: the limit, runs on one side, trends, alternation.

    Minitab and JMP run only these (Nelson's tests 1-4) on charts of counts, ranges and standard deviations, whose
    statistic is skewed, so that the zones 1 and 2 do not hold what they hold for a mean.
    """
    return tuple(rule for rule in rules if not isinstance(rule, WithinRule | OutsideRule) and not _asks_zones(rule))


def only_limit(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Those of `rules` that speak of one point alone: what is left where neighbours depend on one another."""
    return tuple(rule for rule in rules if isinstance(rule, ZoneRule) and rule.window == 1)


def _asks_zones(rule: Rule) -> bool:
    return isinstance(rule, ZoneRule) and rule.window > 1 and rule.beyond > 0.0
