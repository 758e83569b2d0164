"""Laws of the run rules: the stream and the series find what a plain reading of each definition finds.

A point within `TIE` of a line lies on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inference.spc import violations
from inference.spc.presets import PRESETS, Options, preset
from inference.spc.rules import (
    TIE,
    AlternatingRule,
    OutsideRule,
    Rule,
    RuleViolation,
    RunRules,
    TrendRule,
    WithinRule,
    ZoneRule,
)
from inference.spc.violations import find_violations

LINES = [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 3.0000000000000004, 1.9999999999999998, 1e-12, -1e-12]
Z = st.one_of(st.floats(-5, 5), st.sampled_from([*LINES, 1.5, -1.5, 2.5, -2.5, 3.5, -3.5, 5e-324, math.inf, -math.inf]))
SERIES = st.lists(st.one_of(Z, Z, Z, st.just(math.nan)), max_size=80)
LEVELS = st.sampled_from([0.0, 1.0, 2.0])
NUMBER = st.integers(1, 9)


@st.composite
def zone_rules(draw: st.DrawFn) -> ZoneRule:
    window = draw(st.integers(1, 9))
    needed, beyond = draw(st.integers(1, window)), draw(LEVELS)
    not_beyond = draw(st.sampled_from([2.5, 3.0, math.inf]))
    return ZoneRule(draw(NUMBER), needed, window, beyond, not_beyond, draw(st.booleans()), draw(st.booleans()))


OWN_RULES = st.lists(
    st.one_of(
        zone_rules(),
        zone_rules(),
        st.builds(TrendRule, NUMBER, st.integers(2, 5)),
        st.builds(AlternatingRule, NUMBER, st.integers(3, 5)),
        st.builds(WithinRule, NUMBER, st.integers(1, 5), LEVELS),
        st.builds(OutsideRule, NUMBER, st.integers(2, 5), LEVELS, st.booleans()),
    ),
    max_size=5,
)
OPTIONS = st.builds(
    Options,
    nsigma=st.sampled_from([1.5, 2.0, 3.0]),
    run=st.sampled_from([None, 1, 4]),
    beyond_limit_counts=st.booleans(),
    last_must_be_beyond=st.booleans(),
    on_line=st.booleans(),
    both_sides=st.sampled_from([None, True, False]),
)


def stream(rules: Sequence[Rule], series: list[float]) -> list[RuleViolation]:
    engine = RunRules(rules)
    return [v for number, z in enumerate(series, 1) for v in engine.add(number, z)]


def counts(rule: ZoneRule, side: int, z: float) -> bool:
    """A point nearer to a line than TIE lies on it."""
    beyond = side * z > rule.beyond - TIE if rule.on_line else side * z > rule.beyond + TIE
    return beyond and side * z <= rule.not_beyond + TIE


def zone_hits(rule: ZoneRule, points: list[float], at: int) -> list[RuleViolation]:
    found = list[RuleViolation]()
    for side in (1, -1):
        flags = [counts(rule, side, z) for z in points]
        if sum(flags) >= rule.needed and (flags[-1] or not rule.last_counts):
            found.append(RuleViolation(rule.number, at - rule.window + 1 + flags.index(True), at))
    return found


def broken(rule: Rule, points: list[float]) -> bool:
    steps = [1 if b > a else -1 if b < a else 0 for a, b in pairwise(points)]
    if isinstance(rule, TrendRule):
        return steps in ([1] * (rule.window - 1), [-1] * (rule.window - 1))
    if isinstance(rule, AlternatingRule):
        return all(steps) and all(a != b for a, b in pairwise(steps))
    if isinstance(rule, WithinRule):
        return all(abs(z) <= rule.within + TIE for z in points)
    assert isinstance(rule, OutsideRule)
    both = any(z > 0 for z in points) and any(z < 0 for z in points)
    return all(abs(z) > rule.beyond + TIE for z in points) and (both or not rule.both_sides)


def by_definition(rules: Sequence[Rule], series: list[float]) -> list[RuleViolation]:
    """Every window of every rule, read from the words of its definition, nothing remembered."""
    found = list[RuleViolation]()
    for at in range(1, len(series) + 1):
        for rule in rules:
            points = series[max(at - rule.window, 0) : at]
            if len(points) < rule.window or any(map(math.isnan, points)):
                continue
            if isinstance(rule, ZoneRule):
                found += zone_hits(rule, points, at)
            elif broken(rule, points):
                found.append(RuleViolation(rule.number, at - rule.window + 1, at))
    return found


@given(SERIES, OWN_RULES)
def test_rules_of_ones_own_are_found_as_defined(series: list[float], rules: list[Rule]) -> None:
    expected = by_definition(rules, series)
    assert stream(rules, series) == expected
    assert list(find_violations(np.array(series), rules)) == expected


@given(SERIES, st.sampled_from(PRESETS), OPTIONS)
def test_every_preset_with_every_option_is_found_as_defined(series: list[float], name: str, options: Options) -> None:
    rules = preset(name, options=options)
    expected = by_definition(rules, series)
    assert stream(rules, series) == expected
    assert list(find_violations(np.array(series), rules)) == expected


@given(st.integers(0, 2**32 - 1), st.sampled_from(PRESETS), OPTIONS)
def test_long_series_with_long_patterns_are_found_as_defined(seed: int, name: str, options: Options) -> None:
    chance = np.random.default_rng(seed)
    walk = np.where(chance.random(300) < 0.3, chance.integers(-3, 4, 300), chance.normal(0.0, 0.4, 300).cumsum() * 0.5)
    wave = np.where(np.arange(300) % 60 < 20, 1.5 * (-1.0) ** np.arange(300), walk)
    wave[chance.random(300) < 0.005] = math.nan
    rules = preset(name, options=options)
    expected = by_definition(rules, wave.tolist())
    assert stream(rules, wave.tolist()) == expected
    assert list(find_violations(wave, rules)) == expected


@given(SERIES, SERIES, OWN_RULES)
def test_nothing_reaches_across_a_gap(before: list[float], after: list[float], rules: list[Rule]) -> None:
    offset = len(before) + 1
    alone = [RuleViolation(v.rule, v.first + offset, v.last + offset) for v in stream(rules, after)]
    assert stream(rules, [*before, math.nan, *after]) == stream(rules, before) + alone


@given(SERIES, OWN_RULES)
def test_the_sides_are_alike(series: list[float], rules: list[Rule]) -> None:
    assert sorted(stream(rules, series)) == sorted(stream(rules, [-z for z in series]))


@given(SERIES, OWN_RULES, st.integers(1, 20))
def test_a_series_looked_at_in_pieces_breaks_the_same_rules(series: list[float], rules: list[Rule], piece: int) -> None:
    whole = list(find_violations(np.array(series), rules))
    with patch.object(violations, "_POINTS", piece):
        assert list(find_violations(np.array(series), rules)) == whole
