"""Laws of run lengths: limits and run lengths invert each other, equal charts run alike, more rules speak sooner."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.spc.rules import OutsideRule, RunRules, WithinRule, ZoneRule
from inference.spc.run_length.automata import ZonedRule, automaton
from inference.spc.run_length.cusum import cusum_decision, cusum_run_length
from inference.spc.run_length.ewma import ewma_run_length, ewma_width
from inference.spc.run_length.mewma import mewma_limit, mewma_run_length
from inference.spc.run_length.rules import run_length
from inference.spc.run_length.shewhart import shewhart_run_length, t2_run_length
from inference.spc.run_length.zones import Outcomes, symbols

WEIGHTS = st.floats(0.05, 1.0)
WIDTHS = st.floats(0.5, 6.0)
SHIFTS = st.floats(0.0, 4.0)
POINTS = st.floats(1.5, 1e9)
LEVELS = st.sampled_from([0.0, 0.5, 1.0, 2.0])
ZONE_RULES = st.builds(
    lambda needed, more, beyond, wide, last, on: ZoneRule(1, needed, needed + more, beyond, wide, last, on),
    st.integers(1, 4),
    st.integers(0, 2),
    LEVELS,
    st.sampled_from([3.0, math.inf]),
    st.booleans(),
    st.booleans(),
)
OTHER_RULES = st.one_of(
    st.builds(WithinRule, st.just(7), st.integers(1, 6), LEVELS),
    st.builds(OutsideRule, st.just(8), st.integers(2, 5), LEVELS, st.booleans()),
)
RULES = st.lists(st.one_of(ZONE_RULES, OTHER_RULES), min_size=1, max_size=3)
Z = st.sampled_from([0.0, 0.2, -0.3, 0.5, -0.5, 0.7, -0.8, 1.0, -1.0, 1.5, -1.6, 2.0, 2.5, -2.5, 3.0, 3.5, -4.0])


@settings(max_examples=50, deadline=None)
@given(WEIGHTS, WIDTHS, SHIFTS)
def test_an_ewma_does_not_care_for_the_side(weight: float, width: float, shift: float) -> None:
    assert ewma_run_length(weight, width, shift) == pytest.approx(ewma_run_length(weight, width, -shift), rel=1e-9)


@settings(max_examples=50, deadline=None)
@given(WIDTHS, SHIFTS)
def test_an_ewma_that_forgets_at_once_is_a_shewhart_chart(width: float, shift: float) -> None:
    expected = shewhart_run_length(width, shift)
    assert ewma_run_length(1.0, width, shift) == pytest.approx(expected, rel=1e-9)
    assert ewma_run_length(1.0, width, shift, limits="time_varying") == pytest.approx(expected, rel=1e-9)
    assert t2_run_length(width**2, 1, shift) == pytest.approx(expected, rel=1e-9)


@settings(max_examples=50, deadline=None)
@given(WEIGHTS, WIDTHS, SHIFTS)
def test_limits_that_start_narrow_never_make_an_ewma_run_longer(weight: float, width: float, shift: float) -> None:
    narrow = ewma_run_length(weight, width, shift, limits="time_varying")
    assert 1.0 <= narrow <= ewma_run_length(weight, width, shift) * (1.0 + 1e-9)


@settings(max_examples=50, deadline=None)
@given(st.floats(0.0, 2.0), st.floats(0.1, 8.0), SHIFTS, st.floats(0.0, 1.0))
def test_two_sums_run_no_longer_than_one(k: float, h: float, shift: float, part: float) -> None:
    head_start = part * min(h, 0.5 * h + k)
    both = cusum_run_length(k, h, shift, head_start=head_start)
    assert 1.0 <= both <= cusum_run_length(k, h, shift, head_start=head_start, two_sided=False) * (1.0 + 1e-9)
    assert both == pytest.approx(cusum_run_length(k, h, -shift, head_start=head_start), rel=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.floats(0.1, 2.0), st.floats(0.5, 6.0), st.floats(0.0, 1.0), SHIFTS)
def test_a_greater_head_start_never_makes_a_cusum_run_longer(k: float, h: float, part: float, shift: float) -> None:
    lengths = [cusum_run_length(k, h, shift, head_start=head_start) for head_start in (part * h, h)]
    assert lengths[1] <= lengths[0] * (1.0 + 1e-9)


@settings(max_examples=50, deadline=None)
@given(WEIGHTS, st.floats(0.5, 40.0), st.integers(2, 6))
def test_a_mewma_that_is_off_runs_no_longer(weight: float, limit: float, p: int) -> None:
    assert mewma_run_length(1.0, limit, p) >= 1.0
    assert mewma_run_length(1.0, limit, p) == pytest.approx(t2_run_length(limit, p), rel=1e-9)
    assert mewma_run_length(weight, limit, p) >= mewma_run_length(1.0, limit, p) * (1.0 - 1e-9)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.5, 25.0), st.integers(2, 5), st.floats(0.0, 3.0))
def test_a_mewma_that_forgets_at_once_is_a_t2_chart(limit: float, p: int, distance: float) -> None:
    assert mewma_run_length(1.0, limit, p, distance) == pytest.approx(t2_run_length(limit, p, distance), rel=1e-8)


@settings(max_examples=15, deadline=None)
@given(WEIGHTS, POINTS, st.integers(1, 6), st.floats(0.25, 1.0))
def test_a_limit_gives_the_run_length_it_was_made_for(weight: float, points: float, p: int, k: float) -> None:
    assert ewma_run_length(weight, ewma_width(weight, points)) == pytest.approx(points, rel=1e-9)
    assert mewma_run_length(weight, mewma_limit(weight, p, points), p) == pytest.approx(points, rel=1e-9)
    points += 7.0
    assert cusum_run_length(k, cusum_decision(k, points)) == pytest.approx(points, rel=1e-9)


@settings(max_examples=50, deadline=None)
@given(RULES, st.lists(Z, max_size=40))
def test_an_automaton_speaks_where_the_rules_first_do(rules: list[ZonedRule], series: list[float]) -> None:
    z = np.array(sorted({*series, 9.0}))
    alphabet = symbols(Outcomes(z, np.ones(z.size)), rules)
    machine = automaton(rules, alphabet)
    symbol_of = {
        value: columns_like(symbols(Outcomes(np.array([value]), np.ones(1)), rules).flags, alphabet.flags)
        for value in z.tolist()
    }
    engine, state = RunRules(rules), 0
    for number, value in enumerate(series, 1):
        speaks = bool(machine.speaks[state, symbol_of[value]])
        assert speaks == bool(engine.add(number, value))
        if speaks:
            return
        state = int(machine.follows[state, symbol_of[value]])


def columns_like(column: np.ndarray, columns: np.ndarray) -> int:
    return int(np.flatnonzero((columns == column).all(axis=0))[0])


@settings(max_examples=50, deadline=None)
@given(RULES, st.one_of(ZONE_RULES, OTHER_RULES), st.floats(-3.0, 3.0))
def test_another_rule_never_makes_a_chart_run_longer(rules: list[ZonedRule], more: ZonedRule, shift: float) -> None:
    for kind, mean, size, actual in (("normal", 0.0, 1.0, shift), ("np", 0.2, 12.0, 0.25), ("u", 0.5, 2.5, 0.5)):
        few = run_length(kind, rules, mean=mean, size=size, actual=actual)
        more_often = run_length(kind, [*rules, more], mean=mean, size=size, actual=actual)
        assert more_often.exact
        assert more_often.points >= 1.0 - 1e-9
        assert more_often.points <= few.points * (1.0 + 1e-9)


@settings(max_examples=50, deadline=None)
@given(RULES, st.floats(0.0, 3.0))
def test_rules_do_not_care_for_the_side(rules: list[ZonedRule], shift: float) -> None:
    there, back = (run_length("normal", rules, actual=side * shift).points for side in (1.0, -1.0))
    assert there == pytest.approx(back, rel=1e-9)


@settings(max_examples=50, deadline=None)
@given(RULES)
def test_rules_that_need_no_whole_window_speak_no_later(rules: list[ZonedRule]) -> None:
    early = run_length("normal", rules, whole_windows=False).points
    assert early <= run_length("normal", rules).points * (1.0 + 1e-9)
