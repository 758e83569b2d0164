"""Gauge studies: what they say of clear cases, of degenerate ones, and of studies that are none."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
import pytest

from inference.spc.constants import d2
from inference.spc.limits import SpcError
from inference.spc.measurement.components import VarianceComponents, judge_gage
from inference.spc.measurement.gage_bias import bias_study, linearity_study, stability_study
from inference.spc.measurement.gage_nested import nested_gage_rr
from inference.spc.measurement.gage_range import d2_star, gage_range
from inference.spc.measurement.gage_rr import gage_rr, repeatability_interval

Rows = tuple[list[Hashable], list[Hashable], list[float]]


def rows(table: Any) -> Rows:
    """A table [parts][operators][trials] as three columns."""
    y = np.asarray(table, float)
    index = list(np.ndindex(y.shape))
    return [i[0] for i in index], ["ABCDEF"[i[1]] for i in index], [float(y[i]) for i in index]


SMALL = [[[1.0, 2.0], [2.0, 4.0]], [[5.0, 6.0], [7.0, 9.0]], [[3.0, 3.0], [4.0, 3.0]]]


def test_a_small_study_by_hand() -> None:
    study = gage_rr(*rows(SMALL), tolerance=24.0)
    part, operator, inter, rest = study.anova
    assert (part.df, operator.df, inter.df, rest.df) == (2, 1, 2, 6)
    assert (operator.ss, rest.ss) == pytest.approx((81 / 12, 5.5))
    assert study.average_range == pytest.approx(7 / 6)
    assert study.cell_means.tolist() == [[1.5, 3.0], [5.5, 8.0], [3.0, 3.5]]
    assert study.cell_ranges.tolist() == [[1, 2], [1, 2], [0, 1]]
    model = study.with_interaction
    assert model.pct_tolerance_grr == pytest.approx(100 * 6 * math.sqrt(model.grr) / 24)
    low, high = repeatability_interval(study)
    assert (low, high) == pytest.approx((5.5 / 14.449375, 5.5 / 1.237344), rel=1e-6)


def test_the_reduced_model_is_chosen_while_the_interaction_is_not_significant() -> None:
    study = gage_rr(*rows(SMALL))
    assert study.chosen() is study.reduced
    assert study.chosen(alpha=0.9) is study.with_interaction


def test_an_interaction_that_no_trial_blurs_is_kept() -> None:
    study = gage_rr(*rows([[[1, 1], [2, 2]], [[5, 5], [3, 3]]]))
    assert study.anova[2].f is None
    assert study.chosen() is study.with_interaction
    assert study.with_interaction.interaction > 0.0


def test_rounding_is_no_interaction() -> None:
    parts, operators = [0.1, 0.7, 1.3], [0.0, 0.2, 0.4]
    study = gage_rr(*rows([[[p + o, p + o] for o in operators] for p in parts]))
    assert study.anova[2].ss == 0.0
    assert study.anova[0].f is None
    assert study.chosen() is study.reduced
    assert study.reduced.operator == pytest.approx(0.04)


def test_a_ratio_too_large_to_write_down_is_none() -> None:
    single = gage_rr(*rows([[[0, 1e-160]], [[9, 9]]]))
    assert (single.anova[0].f, single.anova[0].p) == (None, None)


def test_one_operator_makes_a_one_way_study() -> None:
    study = gage_rr(*rows([[[1.0, 2.0]], [[5.0, 6.0]], [[3.0, 3.0]]]))
    part, operator, inter, rest = study.anova
    assert (operator.df, operator.ms, inter.df, inter.ms) == (0, None, 0, None)
    assert part.f == pytest.approx(part.ss / 2 / (rest.ss / 3))
    assert study.with_interaction == study.reduced
    assert study.reduced.reproducibility == 0.0
    assert study.reduced.part == pytest.approx((part.ss / 2 - rest.ss / 3) / 2)
    assert gage_range(*rows([[[1.0, 2.0]], [[5.0, 6.0]]])).av == 0.0


def test_a_gauge_that_always_says_the_same_has_no_shares() -> None:
    study = gage_rr(*rows(np.full((3, 2, 2), 0.1)), tolerance=1.0)
    model = study.with_interaction
    assert [row.f for row in study.anova] == [None] * 4
    assert (model.pct_contribution_grr, model.pct_study_var_grr, model.ndc, model.ndc_real) == (None,) * 4
    assert model.pct_tolerance_grr == 0.0
    assert gage_range(*rows(np.full((3, 2, 2), 0.1))).components.total == 0.0


def test_a_gauge_that_cannot_tell_parts_apart_has_one_category() -> None:
    model = VarianceComponents(1.0, 0.0, 0.0, 0.0)
    assert (model.ndc_real, model.ndc) == (0.0, 1)


def test_a_perfect_gauge_has_no_number_of_categories() -> None:
    model = gage_rr(*rows([[[1, 1], [1, 1]], [[2, 2], [2, 2]]])).with_interaction
    assert (model.pct_study_var_grr, model.ndc) == (0.0, None)


def test_rows_may_come_in_any_order_and_labels_may_be_anything() -> None:
    part, operator, y = rows(SMALL)
    order = np.random.default_rng(1).permutation(len(y))
    label = {0: ("a", 1), 1: None, 2: frozenset({2})}
    mixed = gage_rr([label[part[i]] for i in order], [operator[i] for i in order], [y[i] for i in order])  # type: ignore[index]
    straight = gage_rr(part, operator, y)
    assert [row.ss for row in mixed.anova] == pytest.approx([row.ss for row in straight.anova], rel=1e-12)


def test_a_study_far_from_zero_loses_nothing() -> None:
    part, operator, y = rows(SMALL)
    here = gage_rr(part, operator, [value / 1024 for value in y])
    far = gage_rr(part, operator, [1e9 + value / 1024 for value in y])
    assert [row.ss for row in far.anova] == [row.ss for row in here.anova]


def test_averages_and_ranges_by_hand() -> None:
    study = gage_range(*rows(SMALL))
    assert study.ev == pytest.approx(7 / 6 / math.sqrt(d2(2) ** 2 + (2 - 4 / math.pi) / 6))
    assert study.operator_range == pytest.approx(1.5)
    assert study.part_range == pytest.approx(4.5)
    assert study.pv == pytest.approx(4.5 / d2_star(3, 1))
    assert study.av == pytest.approx(math.sqrt((1.5 / math.sqrt(2)) ** 2 - study.ev**2 / 6))
    assert gage_range(*rows(SMALL), star_up_to=5).ev == pytest.approx(7 / 6 / d2(2))


def test_the_constant_d2_star_is_the_tables() -> None:
    assert [d2_star(2, 1), d2_star(3, 1), d2_star(10, 1), d2_star(3, 15)] == pytest.approx(
        [1.41421, 1.91155, 3.17905, 1.70804], abs=5e-5
    )


# Montgomery, Design and Analysis of Experiments, 8th ed., example 14.1: 3 suppliers, 4 batches of each, 3 readings.
PURITY = {
    1: [[1, -1, 0], [-2, -3, -4], [-2, 0, 1], [1, 4, 0]],
    2: [[1, -2, -3], [0, 4, 2], [-1, 0, -2], [0, 3, 2]],
    3: [[2, 4, 0], [-2, 0, 2], [1, -1, 2], [3, 2, 1]],
}


def test_a_nested_study_gives_the_published_table() -> None:
    cells = [(batch, supplier, y) for supplier, four in PURITY.items() for batch, ys in enumerate(four) for y in ys]
    part, operator, y = zip(*cells, strict=True)
    study = nested_gage_rr(part, operator, y, tolerance=20.0)
    assert [row.df for row in study.anova] == [2, 9, 24]
    assert [row.ss for row in study.anova] == pytest.approx([15.06, 69.92, 63.33], abs=5e-3)
    assert [row.f for row in study.anova[:2]] == pytest.approx([0.97, 2.94], abs=5e-3)
    assert study.anova[0].p == pytest.approx(0.416, abs=5e-4)
    assert study.components.part == pytest.approx(1.71, abs=5e-3)
    assert study.components.repeatability == pytest.approx(2.64, abs=5e-3)
    assert study.components.operator == 0.0
    assert (study.operators, study.parts_of_each, study.trials) == ((1, 2, 3), 4, 3)


def test_aiags_words_for_a_gauge() -> None:
    assert [judge_gage(pct) for pct in (0, 9.9, 10, 30, 30.1)] == [
        "acceptable",
        "acceptable",
        "marginal",
        "marginal",
        "unacceptable",
    ]
    with pytest.raises(SpcError, match="no share"):
        judge_gage(math.nan)


def test_bias_by_hand() -> None:
    study = bias_study([5.0, 5.2, 5.4, 5.2], 5.0, variation=4.0)
    assert (study.mean, study.bias.value) == pytest.approx((5.2, 0.2))
    assert study.sigma == pytest.approx(math.sqrt(0.08 / 3))
    assert study.bias.t == pytest.approx(0.2 / (study.sigma / 2))
    assert study.bias.p == pytest.approx(0.0917, abs=5e-5)
    assert study.bias.high - study.bias.value == pytest.approx(3.182446 * study.sigma / 2)
    assert study.pct_of_variation == pytest.approx(5.0)
    assert study.acceptable


def test_a_bias_without_scatter_has_no_test() -> None:
    study = bias_study([0.3, 0.3, 0.3], 0.1)
    assert (study.sigma, study.bias.t, study.bias.p, study.pct_of_variation) == (0.0, None, None, None)
    assert not study.acceptable
    assert bias_study([0.3, 0.3], 0.3).acceptable


def test_a_bias_near_1e9_keeps_its_digits() -> None:
    study = bias_study([1e9 + 0.5, 1e9 + 0.25, 1e9 + 0.75], 1e9)
    assert (study.bias.value, study.sigma) == (0.5, 0.25)


def test_a_gauge_without_bias_is_linear() -> None:
    study = linearity_study([1, 1, 2, 2, 3], [1.1, 0.9, 2.1, 1.9, 3.0])
    assert study.acceptable
    assert study.at[2] is None
    assert study.linearity is None
    assert study.references == (1.0, 2.0, 3.0)


def test_a_gauge_that_reads_ten_percent_high_has_a_slope_without_error() -> None:
    study = linearity_study([1e6, 2e6, 3e6, 7e6], [1.1e6, 2.2e6, 3.3e6, 7.7e6])
    assert study.line.slope.value == pytest.approx(0.1)
    assert (study.line.sigma, study.line.slope.t, study.line.slope.p) == (0.0, None, None)
    assert study.line.r2 == pytest.approx(1.0)
    assert study.pct_linearity == pytest.approx(10.0)
    assert not study.acceptable


def test_the_band_is_narrowest_at_the_mean() -> None:
    line = linearity_study([1, 2, 3, 4], [1.1, 1.9, 3.2, 3.9]).line
    low, fit, high = line.band(2.5)
    assert high - fit == pytest.approx(fit - low)
    assert high - fit == pytest.approx(line.quantile * line.sigma / 2)
    assert line.band(0.0)[1] == pytest.approx(line.intercept.value)
    assert line.band(0.0)[2] == pytest.approx(line.intercept.high)


def test_a_stable_master_and_one_that_drifts() -> None:
    rng = np.random.default_rng(5)
    noise = rng.normal(0, 0.01, 60)
    steady = stability_study(10 + noise)
    assert steady.stable()
    assert (steady.lower, steady.upper) == pytest.approx(
        (steady.mean - 3 * steady.sigma, steady.mean + 3 * steady.sigma)
    )
    drifting = stability_study(10 + noise + np.arange(60) * 0.001, np.arange(60) * 8.0)
    assert not drifting.stable()
    assert drifting.drift.slope.value == pytest.approx(0.001 / 8, rel=0.3)
    jump = stability_study([*([10.0, 10.1] * 8), 11.0])
    assert jump.outside == (17,)
    assert not jump.stable()


def test_a_master_that_always_reads_the_same_is_stable_and_one_on_a_slope_is_not() -> None:
    same = stability_study([0.1] * 5)
    assert (same.sigma, same.drift.r2, same.outside) == (0.0, None, ())
    assert same.stable()
    assert not stability_study([1.0, 2.0, 3.0, 4.0]).stable()


def twice(value: float) -> Callable[..., Any]:
    return lambda: gage_rr([1, 1, 2, 2], "AAAA", [1.0, 2.0, 3.0, value])


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: gage_rr([1, 1, 1, 1, 1, 3, 3, 3, 3], "AAABBAABB", range(9)), "part 1, operator B has 2 of 3 trials"),
        (lambda: gage_rr([1, 1, 2], "AAA", [1, 2, 3]), "part 2, operator A has 1 of 2 trials"),
        (lambda: gage_rr([1, 1, 2, 2], "AABB", [1, 2, 3, 4]), "part 1, operator B has 0 of 2 trials"),
        (lambda: gage_rr([1, 2], "AA", [1, 2]), "needs 2 trials"),
        (lambda: gage_rr([1, 1], "AA", [1, 2]), "needs 2 parts"),
        (lambda: gage_rr([], "", []), "no readings"),
        (lambda: gage_rr([1, 2], "A", [1, 2]), "belong together"),
        (lambda: gage_rr([1, 1], "AA", [[1, 2], [3, 4]]), "2 dimensions"),  # type: ignore[list-item]
        (twice(math.nan), "reading 4 is nan"),
        (twice(math.inf), "reading 4 is inf"),
        (twice(1e200), "reading 4 is 1e\\+200"),
        (lambda: gage_rr(*rows(SMALL), tolerance=0.0), "width above 0"),
        (lambda: repeatability_interval(gage_rr(*rows(SMALL)), 1.0), "between 0 and 1"),
        (lambda: d2_star(1, 1), "no constant"),
        (lambda: d2_star(2, 0), "no constant"),
        (lambda: nested_gage_rr([1, 1, 2, 2], "AABB", [1, 2, 3, 4]), "2 parts"),
        (lambda: nested_gage_rr([1, 1, 2, 2], "AAAA", [1, 2, 3, 4]), "2 operators"),
        (lambda: nested_gage_rr([1, 1, 2, 2, 1, 1], "AAAABB", range(6)), "operator B measured 1 parts, another 2"),
        (lambda: nested_gage_rr([1, 1, 2, 1, 1, 2, 2], "AAABBBB", range(7)), "part 2, operator A has 1 of 2 trials"),
        (lambda: bias_study([1.0], 1.0), "2 readings"),
        (lambda: bias_study([1.0, 2.0], math.nan), "reference 1 is nan"),
        (lambda: bias_study([1.0, 2.0], 1.0, variation=-1.0), "width above 0"),
        (lambda: bias_study([1.0, 2.0], 1.0, confidence=95), "between 0 and 1"),
        (lambda: linearity_study([1.0], [1.0, 2.0]), "belong together"),
        (lambda: linearity_study([1.0, 2.0], [1.0, 2.0]), "3 points"),
        (lambda: linearity_study([2.0] * 4, [1.0, 2.0, 3.0, 2.0]), "two places"),
        (lambda: stability_study([1.0] * 4, [0.0, 1.0]), "belong together"),
        (lambda: stability_study([]), "3 points"),
    ],
)
def test_a_study_that_is_none_is_refused_with_a_sentence(call: Callable[[], Any], told: str) -> None:
    with pytest.raises(SpcError, match=told):
        call()
