"""The run rules and their presets: what each option changes, what is no rule, and how violations are kept."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inference.spc.limits import SpcError
from inference.spc.presets import PRESETS, Options, first_four, nelson, only_limit, preset, western_electric
from inference.spc.rules import (
    LONGEST_WINDOW,
    AlternatingRule,
    OutsideRule,
    Rule,
    RuleViolation,
    RunRules,
    TrendRule,
    WithinRule,
    ZoneRule,
)
from inference.spc.violations import Violations, find_violations, joined

OUT, WITHIN = [1.5] * 8, [0.5, -0.5, 0.5, 0.6, -0.5] * 3


def numbers(rules: tuple[Rule, ...], series: list[float]) -> set[int]:
    """The points at which the rules speak, in a stream and at once."""
    engine = RunRules(rules)
    found = [v for n, z in enumerate(series, 1) for v in engine.add(n, z)]
    assert found == list(find_violations(np.array(series), rules))
    return {v.last for v in found}


def test_each_preset_has_its_own_numbers_and_lengths() -> None:
    assert [rule.number for rule in western_electric()] == [1, 2, 3, 4]
    assert [rule.number for rule in nelson()] == list(range(1, 9))
    runs = {name: next(r for r in preset(name) if isinstance(r, ZoneRule) and r.beyond == 0.0) for name in PRESETS}
    lengths = {"western_electric": 8, "nelson": 9, "aiag": 7, "minitab": 9, "jmp": 9}
    assert {name: rule.window for name, rule in runs.items()} == lengths
    assert {name: rule.number for name, rule in runs.items()} == {
        name: 4 if name == "western_electric" else 2 for name in lengths
    }
    both = {name: next(r.both_sides for r in preset(name) if isinstance(r, OutsideRule)) for name in PRESETS}
    assert both == {"western_electric": True, "nelson": True, "aiag": False, "minitab": False, "jmp": True}


def test_rules_are_chosen_by_number_in_rising_order_and_once() -> None:
    assert [rule.number for rule in nelson((5, 1, 5))] == [1, 5]
    assert preset("jmp", ()) == ()
    assert numbers((), [9.0]) == set()


def test_the_named_options_change_what_they_name() -> None:
    def two_of_three(series: list[float], **options: bool) -> set[int]:
        return numbers(western_electric((2,), Options(**options)), series)

    assert two_of_three([0.0, 3.5, 2.5]) == {3}
    assert two_of_three([0.0, 3.5, 2.5], beyond_limit_counts=False) == set()
    assert two_of_three([0.0, 2.5, 2.5, 0.1]) == {3}
    assert two_of_three([0.0, 2.5, 2.5, 0.1], last_must_be_beyond=False) == {3, 4}
    assert two_of_three([0.0, 2.0, 2.5]) == set()
    assert two_of_three([0.0, 2.0, 2.5], on_line=True) == {3}
    assert numbers(nelson((8,)), OUT) == set()
    assert numbers(nelson((8,), Options(both_sides=False)), OUT) == {8}
    assert numbers(preset("minitab", (8,)), OUT) == {8}
    assert numbers(nelson((2,), Options(run=3)), [0.1, 0.2, 0.1]) == {3}
    assert numbers(nelson((2,), Options(run=3, on_line=True)), [0.1, 0.0, 0.1]) == {3}
    assert numbers(nelson((1,), Options(nsigma=2.0)), [2.5]) == {1}


def test_points_beyond_a_limit_that_lies_inside_the_zone_count_all_the_same() -> None:
    rules = western_electric((2,), Options(nsigma=1.5, beyond_limit_counts=False))
    assert numbers(rules, [0.0, 2.5, 2.5]) == {3}


def test_a_point_on_the_centre_line_counts_for_both_sides_where_lines_count() -> None:
    rules = (ZoneRule(7, 2, 3, 0.0, on_line=True),)
    series = [-1.0, 1.0, 0.0]
    expected = [RuleViolation(7, 2, 3), RuleViolation(7, 1, 3)]
    assert list(find_violations(np.array(series), rules)) == expected
    engine = RunRules(rules)
    assert [v for n, z in enumerate(series, 1) for v in engine.add(n, z)] == expected
    trend = (*rules, TrendRule(8, 2))
    engine = RunRules(trend)
    found = [v for n, z in enumerate(series, 1) for v in engine.add(n, z)]
    assert found == list(find_violations(np.array(series), trend)) == [RuleViolation(8, 1, 2), *expected, (8, 2, 3)]


def test_infinite_points_are_beyond_everything_and_equal_to_each_other() -> None:
    assert numbers(western_electric((1,)), [math.inf, -math.inf]) == {1, 2}
    assert numbers((TrendRule(3, 2),), [math.inf, math.inf]) == set()
    assert numbers((OutsideRule(8, 2, 1.0),), [math.inf, -math.inf]) == {2}


def test_a_numpy_number_is_a_point_like_any_other() -> None:
    engine = RunRules(nelson())
    assert [v for n, z in enumerate(np.array([0.0, 1.0, 3.5]), 1) for v in engine.add(n, z)] == [RuleViolation(1, 3, 3)]


@pytest.mark.parametrize(
    ("rules", "left", "limits"),
    [(nelson(), [1, 2, 3, 4], [1]), (western_electric(tuple(range(1, 9))), [1, 4, 5, 7], [1])],
)
def test_on_skewed_statistics_the_zones_are_silent(rules: tuple[Rule, ...], left: list[int], limits: list[int]) -> None:
    assert [rule.number for rule in first_four(rules)] == left
    assert [rule.number for rule in only_limit(rules)] == limits


def test_fifteen_within_and_a_series_too_short_for_any_window() -> None:
    assert numbers((WithinRule(7, 15, 1.0),), WITHIN) == {15}
    assert numbers(nelson(), [0.5]) == set()
    assert numbers(nelson(), []) == set()


def test_unknown_presets_and_numbers_are_named() -> None:
    with pytest.raises(SpcError, match=r"no set of rules 'shewhart': known are western_electric, nelson"):
        preset("shewhart")
    with pytest.raises(SpcError, match="no nelson rule 9: the rules are 1 to 8"):
        nelson((1, 9))
    with pytest.raises(SpcError, match="rule 2: 0 of 0 points"):
        nelson(options=Options(run=0))
    with pytest.raises(SpcError, match="rule 1: beyond nan"):
        nelson(options=Options(nsigma=math.nan))


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        (lambda: ZoneRule(1, 0, 3, 1.0), "0 of 3 points"),
        (lambda: ZoneRule(1, 4, 3, 1.0), "4 of 3 points"),
        (lambda: ZoneRule(1, 1, LONGEST_WINDOW + 1, 1.0), "1 of 256 points"),
        (lambda: ZoneRule(1, 1, 1, -1.0), "beyond -1"),
        (lambda: ZoneRule(1, 1, 1, 3.0, 2.0), "not beyond 2"),
        (lambda: TrendRule(3, 1), "1 points cannot be, it takes 2"),
        (lambda: AlternatingRule(4, 2), "it takes 3"),
        (lambda: WithinRule(7, 0, 1.0), "it takes 1"),
        (lambda: WithinRule(7, 15, -1.0), "distance of -1"),
        (lambda: OutsideRule(8, 1, 1.0), "it takes 2"),
        (lambda: OutsideRule(8, 8, math.inf), "distance of inf"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused(rule: object, wrong: str) -> None:
    with pytest.raises(SpcError, match=wrong):
        rule()  # type: ignore[operator]


def test_the_longest_window_is_counted_to_its_end() -> None:
    rules = (ZoneRule(1, LONGEST_WINDOW, LONGEST_WINDOW, 0.0), ZoneRule(2, LONGEST_WINDOW - 1, LONGEST_WINDOW, 0.0))
    series = [1.0] * (LONGEST_WINDOW - 1)
    assert numbers(rules, series) == set()
    assert numbers(rules, [*series, 1.0]) == {LONGEST_WINDOW}


def test_violations_of_series_that_follow_one_another_are_one_list() -> None:
    first = find_violations(np.array([3.5, 0.0]), western_electric())
    assert list(joined([first, first.moved(2)])) == [RuleViolation(1, 1, 1), RuleViolation(1, 3, 3)]
    assert len(joined([])) == 0
    assert isinstance(joined([]), Violations)


def test_an_engine_remembers_no_more_after_many_points_than_after_a_few() -> None:
    engine = RunRules(nelson())
    for number in range(1, 2000):
        engine.add(number, 1.5 * (-1) ** number)
    assert engine._history.bit_length() <= sum(2 * r.window if isinstance(r, ZoneRule) else r.window for r in nelson())
