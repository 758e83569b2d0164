"""Which points break which rules, as a study's answer lists them.

Promises: the fixed lists are those of Nelson and Western Electric with rule 1 at the chart's own width; a preset asked
for adds its rules, with the window of points behind each.
May import: numpy, inference.spc.
"""

from __future__ import annotations

from inference.spc.design import rules_for
from inference.spc.limits import Floats
from inference.spc.presets import PRESETS, Options, nelson, preset, western_electric
from inference.spc.rules import OutsideRule, Rule, TrendRule, WithinRule, ZoneRule
from inference.spc.study.answer import Answer
from inference.spc.study.ask import Fields
from inference.spc.violations import Violations, find_violations


def fixed_lists(z: Floats, nsigma: float = 3.0) -> Answer:
    """Points that complete each rule of Nelson (1-8) and Western Electric (1-4), of scores z, shape [n]."""
    options = Options(nsigma=nsigma)
    by_nelson = find_violations(z, nelson(options=options))
    by_western = find_violations(z, western_electric(options=options))
    return {
        "nelson": {f"nelson{n}": by_nelson.of(n).tolist() for n in range(1, 9)},
        "western_electric": {f"we{n}": by_western.of(n).tolist() for n in range(1, 5)},
    }


def preset_name(params: Fields) -> str:
    """The set of rules asked for, Nelson's by default. Raises FieldError for an unknown one."""
    return params.choice("rules", PRESETS, "nelson")


def chosen_rules(kind: str, params: Fields, nsigma: float) -> tuple[Rule, ...]:
    """Those rules of the preset that make sense on this kind of chart."""
    return rules_for(kind, preset(preset_name(params), options=Options(nsigma=nsigma)))


def violations_of(kind: str, z: Floats, params: Fields, nsigma: float = 3.0) -> Answer:
    """The preset's rules that make sense on this chart: what each says, where it is broken, and by which points."""
    rules = chosen_rules(kind, params, nsigma)
    found = find_violations(z, rules)
    listed = {str(rule.number): _listed(rule, found) for rule in rules}
    return {"preset": preset_name(params), "rules": listed}


def _listed(rule: Rule, found: Violations) -> Answer:
    mask = found.rule == rule.number
    first, last = found.first[mask].tolist(), found.last[mask].tolist()
    return {
        "rule": describe(rule),
        "points": last,
        "windows": [list(window) for window in zip(first, last, strict=True)],
    }


def describe(rule: Rule) -> str:
    """The rule in words."""
    if isinstance(rule, ZoneRule):
        return _zone(rule)
    if isinstance(rule, WithinRule | OutsideRule):
        return _spread(rule)
    how = "rising or falling" if isinstance(rule, TrendRule) else "alternating up and down"
    return f"{rule.window} points in a row {how}"


def _zone(rule: ZoneRule) -> str:
    if rule.window == 1:
        return f"1 point beyond {rule.beyond:g} sigma"
    if rule.beyond == 0.0:
        return f"{rule.window} points in a row on one side of the centre line"
    return f"{rule.needed} of {rule.window} points beyond {rule.beyond:g} sigma on one side"


def _spread(rule: WithinRule | OutsideRule) -> str:
    if isinstance(rule, WithinRule):
        return f"{rule.window} points in a row within {rule.within:g} sigma"
    sides = "on both sides" if rule.both_sides else "on any side"
    return f"{rule.window} points in a row beyond {rule.beyond:g} sigma, {sides}"
