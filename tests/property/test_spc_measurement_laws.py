"""Laws of gauge studies, kappa and Pareto: units, order and names change nothing; the parts add up to the whole."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inference.spc.measurement.agreement import attribute_study
from inference.spc.measurement.gage_bias import bias_study, linearity_study
from inference.spc.measurement.gage_nested import nested_gage_rr
from inference.spc.measurement.gage_range import gage_range
from inference.spc.measurement.gage_rr import GageRr, gage_rr
from inference.spc.measurement.kappa import cohen_kappa, fleiss_kappa
from inference.spc.measurement.proportions import clopper_pearson, wilson
from inference.spc.pareto import pareto, pareto_of

SHAPES = st.tuples(st.integers(2, 5), st.integers(1, 4), st.integers(2, 4))
TABLES = SHAPES.flatmap(lambda shape: arrays(np.int64, shape, elements=st.integers(-1000, 1000))).map(
    lambda y: y.astype(float)
)
VERDICTS = st.sampled_from(["OK", "NOT_OK", "NOT_DECIDABLE"])


def study_of(y: np.ndarray) -> GageRr:
    part, operator, _ = np.indices(y.shape)
    return gage_rr(part.ravel().tolist(), operator.ravel().tolist(), y.ravel())


@given(TABLES)
def test_sums_of_squares_add_up_to_the_total(y: np.ndarray) -> None:
    study = study_of(y)
    assert sum(row.ss for row in study.anova) == pytest.approx(float(np.sum((y - y.mean()) ** 2)), rel=1e-9, abs=1e-9)
    assert sum(row.df for row in study.anova) == y.size - 1


@given(TABLES)
def test_components_are_never_negative_and_shares_stay_below_the_whole(y: np.ndarray) -> None:
    study = study_of(y)
    part, operator, _ = np.indices(y.shape)
    for model in (
        study.with_interaction,
        study.reduced,
        gage_range(part.ravel(), operator.ravel(), y.ravel()).components,
    ):
        assert min(model.repeatability, model.operator, model.interaction, model.part) >= 0.0
        assert model.total == pytest.approx(model.grr + model.part)
        if model.total > 0.0:
            assert model.pct_contribution_grr is not None
            assert 0.0 <= model.pct_contribution_grr <= 100.0 + 1e-9
        else:
            assert model.pct_study_var_grr is None
        assert model.ndc is None or model.ndc >= 1


@given(TABLES, st.integers(-8, 8), st.integers(-(2**30), 2**30))
def test_unit_and_origin_change_no_share(y: np.ndarray, exponent: int, shift: int) -> None:
    here, there = study_of(y), study_of((y + shift) * 2.0**exponent)
    for a, b in zip(here.anova, there.anova, strict=True):
        assert b.ss == pytest.approx(a.ss * 4.0**exponent, rel=1e-9, abs=1e-9 * 4.0**exponent)
    if here.reduced.grr > 1e-6:
        assert there.reduced.pct_study_var_grr == pytest.approx(here.reduced.pct_study_var_grr, rel=1e-7)


@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(y: np.ndarray, random: object) -> None:
    part, operator, _ = (index.ravel().tolist() for index in np.indices(y.shape))
    rows = list(zip(part, operator, y.ravel().tolist(), strict=True))
    random.shuffle(rows)  # type: ignore[attr-defined]
    mixed = gage_rr(*map(list, zip(*rows, strict=True)))
    assert [row.ss for row in mixed.anova] == pytest.approx([row.ss for row in study_of(y).anova], rel=1e-9, abs=1e-9)


@given(TABLES)
def test_a_nested_study_adds_up_too(y: np.ndarray) -> None:
    if y.shape[1] < 2:
        return
    part, operator, _ = np.indices(y.shape)
    study = nested_gage_rr(part.ravel().tolist(), operator.ravel().tolist(), y.ravel())
    assert sum(row.ss for row in study.anova) == pytest.approx(float(np.sum((y - y.mean()) ** 2)), rel=1e-9, abs=1e-9)
    crossed = study_of(y)
    assert study.anova[2].ss == pytest.approx(crossed.anova[3].ss)
    assert study.anova[1].ss == pytest.approx(crossed.anova[0].ss + crossed.anova[2].ss, rel=1e-9, abs=1e-9)


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=30), st.integers(-(2**40), 2**40))
def test_a_bias_is_the_same_wherever_the_scale_begins(y: list[int], shift: int) -> None:
    here, there = bias_study(np.array(y, float), 5.0), bias_study(np.array(y, float) + shift, 5.0 + shift)
    assert there.bias.value == pytest.approx(here.bias.value, abs=1e-9)
    assert there.sigma == pytest.approx(here.sigma, rel=1e-9)
    assert here.bias.low <= here.bias.value <= here.bias.high


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(-50, 50)), min_size=3, max_size=30))
def test_residuals_of_a_linearity_study_are_least(points: list[tuple[int, int]]) -> None:
    x, y = np.array(points, float).T
    if np.ptp(x) == 0.0:
        return
    line = linearity_study(x, x + y).line
    slope, intercept = np.polyfit(x, y, 1)
    assert line.slope.value == pytest.approx(slope, rel=1e-6, abs=1e-9)
    assert line.intercept.value == pytest.approx(intercept, rel=1e-6, abs=1e-6)
    assert line.r2 is None or -1e-9 <= line.r2 <= 1.0 + 1e-9


@given(st.integers(2, 4).flatmap(lambda k: arrays(np.int64, (k, k), elements=st.integers(0, 50))))
def test_kappa_lies_below_1_and_does_not_ask_who_is_first(table: np.ndarray) -> None:
    if not table.sum():
        return
    one, other = cohen_kappa(table.astype(float)), cohen_kappa(table.T.astype(float))
    assert (one is None) == (other is None)
    if one is None or other is None:
        return
    assert one.value == pytest.approx(other.value, abs=1e-12)
    assert one.se == pytest.approx(other.se, rel=1e-6, abs=1e-9)
    assert -1.0 <= one.value <= 1.0 + 1e-12
    assert one.p is None or 0.0 <= one.p <= 1.0


@given(st.lists(st.tuples(VERDICTS, VERDICTS, VERDICTS), min_size=1, max_size=30))
def test_fleiss_kappa_never_depends_on_the_order_of_subjects(rows: list[tuple[str, str, str]]) -> None:
    counts = [[row.count(name) for name in ("OK", "NOT_OK", "NOT_DECIDABLE")] for row in rows]
    here, there = fleiss_kappa(counts).overall, fleiss_kappa(counts[::-1]).overall
    assert (here is None) == (there is None)
    if here is None or there is None:
        return
    assert here.value == pytest.approx(there.value, abs=1e-12)
    assert here.value <= 1.0 + 1e-12
    assert here.se0 > 0.0


@given(st.lists(st.tuples(st.sampled_from(["OK", "NOT_OK"]), VERDICTS, VERDICTS), min_size=1, max_size=40))
def test_misses_and_false_alarms_are_the_wrong_decisions(rows: list[tuple[str, str, str]]) -> None:
    study = attribute_study([row[0] for row in rows], [row[1:] for row in rows], bad="NOT_OK")
    misses = study.miss.hits if study.miss else 0
    alarms = study.false_alarm.hits if study.false_alarm else 0
    assert study.correct.hits + study.undecided.hits + misses + alarms == 2 * len(rows)
    assert study.repeatable is not None
    assert study.effective.hits <= study.repeatable.hits == len(rows) - len(study.unsteady)


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.5, 0.999))
def test_intervals_hold_the_proportion_and_stay_between_0_and_1(case: tuple[int, int], confidence: float) -> None:
    hits, of = case
    for low, high in (clopper_pearson(hits, of, confidence), wilson(hits, of, confidence)):
        assert 0.0 <= low <= hits / of <= high <= 1.0
    mirrored = clopper_pearson(of - hits, of, confidence)
    assert clopper_pearson(hits, of, confidence)[0] == pytest.approx(1.0 - mirrored[1], abs=1e-9)


@given(st.lists(st.integers(0, 10**9), max_size=30), st.floats(0.1, 100.0))
def test_pareto_adds_up_and_its_head_is_the_shortest(counts: list[int], share: float) -> None:
    chart = pareto([str(n) for n in range(len(counts))], counts)
    rows = chart.rows
    assert chart.total == sum(counts) == sum(row.count for row in rows)
    assert all(a.count >= b.count for a, b in pairwise(rows))
    for a, b in pairwise(rows):
        assert a.count > b.count or int(a.category) < int(b.category)
    if chart.total:
        head = chart.vital_few(share)
        assert head[-1].cum >= share / 100 * chart.total * (1 - 1e-9)
        assert len(head) == 1 or head[-2].cum < share / 100 * chart.total
        assert rows[-1].cum_pct == 100.0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=30))
def test_pareto_of_labels_is_the_pareto_of_their_counts(pairs: list[tuple[str, int]]) -> None:
    labels, ids = [label for label, _ in pairs], [number for _, number in pairs]
    chart = pareto_of(labels, ids)
    names = list(dict.fromkeys(labels))
    plain = pareto(names, [labels.count(name) for name in names])
    assert [(r.category, r.count, r.cum) for r in chart.rows] == [(r.category, r.count, r.cum) for r in plain.rows]
    assert sorted(n for row in chart.rows for n in row.ids) == sorted(ids)
    assert all(math.isclose(len(row.ids), row.count) for row in chart.rows)
