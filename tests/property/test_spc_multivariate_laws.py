"""Laws of T² and MEWMA: streaming is batch, units and turns change nothing, terms never exceed the whole."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inference.spc.covariance import MultivariateBaseline, individuals_covariance, known_baseline, subgroups_covariance
from inference.spc.limits import Floats, SpcError
from inference.spc.mewma import MewmaChart, MewmaDesign, mewma_series
from inference.spc.multivariate import decompose, t2_chart, t2_individuals, t2_subgroups
from inference.spc.points import LimitSeries, Point

VALUES = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([math.nan, math.inf, 0.0, -0.0, 1.0, 1e9]))
TABLES = hnp.arrays(np.float64, st.tuples(st.integers(0, 25), st.just(3)), elements=VALUES)
GROUPS = hnp.arrays(np.float64, st.tuples(st.integers(0, 12), st.integers(1, 5), st.just(2)), elements=VALUES)
SEEDS = st.integers(0, 2**32 - 1)
BASELINE = individuals_covariance(np.random.default_rng(3).normal(size=(20, 3)) * [1.0, 1e-3, 1e4] + [0.0, 1e9, -5.0])
GROUPED = subgroups_covariance(np.random.default_rng(4).normal(size=(9, 4, 2)))


def same(points: Iterable[Point], series: LimitSeries[MultivariateBaseline]) -> None:
    points = list(points)
    assert [math.nan if p.value is None else p.value for p in points] == pytest.approx(
        series.statistics.tolist(), rel=1e-12, nan_ok=True
    )
    assert tuple(p.limits for p in points) == series.limits
    assert tuple(p.number for p in points if p.out) == series.violations


@given(TABLES)
def test_a_live_t2_chart_gives_the_points_of_the_whole_series(x: Floats) -> None:
    chart = t2_chart(BASELINE)
    same((chart.add(row) if np.isfinite(row).all() else chart.gap() for row in x), t2_individuals(x, baseline=BASELINE))


@given(GROUPS)
def test_a_live_t2_chart_takes_subgroups_of_any_size(x: Floats) -> None:
    chart = t2_chart(GROUPED)
    same((chart.add(group) for group in x), t2_subgroups(x, baseline=GROUPED))
    other = t2_chart(GROUPED)
    chart.interrupt()  # nothing to forget
    for group in x:
        present = group[np.isfinite(group).all(axis=1)]
        point = other.add(present) if present.size else other.gap()
        again = chart.add(group)
        assert (point.value or 0.0) == pytest.approx(again.value or 0.0, rel=1e-12)
        assert point.limits == again.limits


@given(TABLES, st.sampled_from([0.05, 0.3, 1.0]), st.booleans(), st.data())
def test_a_live_mewma_chart_gives_the_points_of_the_whole_series(
    x: Floats, weight: float, exact: bool, data: st.DataObject
) -> None:
    restarts = data.draw(hnp.arrays(np.bool_, x.shape[0]))
    design = MewmaDesign(weight, 11.0, exact)
    chart = MewmaChart(BASELINE, design)

    def live() -> Iterable[Point]:
        for row, restart in zip(x, restarts, strict=True):
            if restart:
                chart.interrupt()
            yield chart.add(row)

    same(live(), mewma_series(x, design, baseline=BASELINE, restarts=restarts))


@given(SEEDS, st.integers(1, 5))
def test_t2_does_not_depend_on_units_origins_or_order(seed: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(columns + 8, columns)) @ (rng.normal(size=(columns, columns)) + 3.0 * np.eye(columns))
    turned = x @ (rng.normal(size=(columns, columns)) + 3.0 * np.eye(columns)) + rng.normal(size=columns) * 100.0
    order = rng.permutation(columns)
    try:
        here = t2_individuals(x).statistics
        np.testing.assert_allclose(t2_individuals(turned).statistics, here, rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(t2_individuals(x[:, order]).statistics, here, rtol=1e-6, atol=1e-8)
    except SpcError:  # such a turn may be all but singular
        return


@given(SEEDS, st.integers(1, 5), st.integers(1, 4))
def test_the_t2_of_phase_one_sum_to_p_times_their_degrees_of_freedom(seed: int, columns: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(columns + 8, size, columns))
    if size == 1:
        assert t2_individuals(x[:, 0]).statistics.sum() == pytest.approx(columns * (columns + 7), rel=1e-9)
    else:
        assert subgroups_covariance(x).freedom == (columns + 8) * (size - 1)
    assert t2_individuals(x[:, 0]).baseline.center == pytest.approx(x[:, 0].mean(axis=0))


@given(SEEDS, st.integers(1, 6))
def test_no_conditional_term_exceeds_the_whole(seed: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(columns + 10, columns))
    baseline, reading = individuals_covariance(x), rng.normal(size=columns) * 5.0
    t2 = t2_chart(baseline).add(reading).value
    assert t2 is not None
    parts = decompose(baseline, reading)
    assert sorted(part.column for part in parts) == list(range(1, columns + 1))
    assert all(-1e-9 <= part.conditional <= t2 * (1.0 + 1e-9) for part in parts)
    assert all(part.alone <= t2 * (1.0 + 1e-9) for part in parts)


@given(TABLES, st.data())
def test_a_table_gives_a_chart_or_a_sentence_and_never_a_number_that_is_none(x: Floats, data: st.DataObject) -> None:
    excluded = data.draw(hnp.arrays(np.bool_, x.shape[0]))
    try:
        series = t2_individuals(x, excluded=excluded)
    except SpcError:
        return
    assert np.isnan(series.statistics).tolist() == (~np.isfinite(x).all(axis=1)).tolist()
    for line in series.limits:
        assert line is None or (0.0 < line.center < line.upper < math.inf and line.error > 0.0)


@given(st.integers(1, 6), st.floats(0.001, 0.9999))
def test_more_readings_bring_the_limits_down_to_chi_square(columns: int, confidence: float) -> None:
    known = t2_chart(known_baseline(np.zeros(columns), np.eye(columns)), confidence=confidence).gap().limits
    assert known
    uppers = list[float]()
    for readings in (columns + 2, 50, 10**7):
        baseline = MultivariateBaseline(np.zeros(columns), np.zeros(columns), np.eye(columns), readings, readings - 1)
        limits = t2_chart(baseline, confidence=confidence).gap().limits
        assert limits
        uppers.append(limits.upper)
    assert uppers[0] > uppers[1] > uppers[2]
    assert uppers[2] == pytest.approx(known.upper, rel=1e-4)
