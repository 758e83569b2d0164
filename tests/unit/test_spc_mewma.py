"""The MEWMA chart: its design, gaps that leave its memory alone, stages that clear it, run length by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inference.spc.covariance import known_baseline
from inference.spc.limits import SpcError
from inference.spc.mewma import MewmaChart, MewmaDesign, mewma_design, mewma_series

KNOWN = known_baseline(np.array([10.0, -3.0]), np.array([[4.0, 1.0], [1.0, 1.0]]))
DESIGN = MewmaDesign(0.2, 9.0)


@pytest.mark.parametrize(
    ("weight", "limit", "says"),
    [
        (0.0, 9.0, "weight"),
        (1.1, 9.0, "weight"),
        (math.nan, 9.0, "weight"),
        (0.1, 0.0, "limit"),
        (0.1, math.inf, "limit"),
        (0.1, math.nan, "limit"),
    ],
)
def test_a_design_that_cannot_be_is_refused(weight: float, limit: float, says: str) -> None:
    with pytest.raises(SpcError, match=says):
        MewmaDesign(weight, limit)


def test_the_full_weight_on_the_newest_reading_is_a_t2_chart() -> None:
    x = np.array([[12.0, -3.0], [10.0, -2.0]])
    for exact in (True, False):
        values = mewma_series(x, MewmaDesign(1.0, 9.0, exact), baseline=KNOWN).statistics
        assert values.tolist() == pytest.approx([4.0 / 3.0, 4.0 / 3.0])


def test_the_asymptotic_covariance_makes_the_first_points_smaller() -> None:
    x = np.array([[12.0, -3.0]] * 3)
    exact = mewma_series(x, DESIGN, baseline=KNOWN).statistics
    settled = mewma_series(x, MewmaDesign(0.2, 9.0, exact=False), baseline=KNOWN).statistics
    assert (settled / exact).tolist() == pytest.approx([1.0 - 0.8 ** (2 * i) for i in (1, 2, 3)])


def test_a_gap_is_stepped_over_and_a_stage_starts_anew() -> None:
    chart = MewmaChart(KNOWN, DESIGN, first_number=5)
    first = chart.add(np.array([12.0, -3.0]))
    assert first.number == 5
    assert chart.add(np.array([math.nan, -3.0])) == (6, None, first.limits, False)
    assert chart.gap().number == 7
    second = chart.add(np.array([12.0, -3.0]))
    other = mewma_series(np.array([[12.0, -3.0]] * 2), DESIGN, baseline=KNOWN)
    assert (first.value, second.value) == tuple(other.statistics.tolist())
    chart.interrupt()
    assert chart.add(np.array([12.0, -3.0])).value == first.value


def test_a_lasting_small_shift_leaves_the_limit() -> None:
    chart = MewmaChart(KNOWN, DESIGN)
    outs = [chart.add(np.array([12.0, -3.0])).out for _ in range(60)]
    assert not outs[0]
    assert outs[-1]


def test_an_empty_series_has_no_points() -> None:
    assert not mewma_series(np.empty((0, 2)), DESIGN, baseline=KNOWN).limits


def test_readings_of_other_columns_and_masks_of_another_length_are_refused() -> None:
    with pytest.raises(SpcError, match="3 columns do not fit"):
        MewmaChart(KNOWN, DESIGN).add(np.zeros(3))
    with pytest.raises(SpcError, match="2 axes"):
        MewmaChart(KNOWN, DESIGN).add(np.zeros((2, 2)))
    with pytest.raises(SpcError, match="restarts"):
        mewma_series(np.zeros((3, 2)), DESIGN, baseline=KNOWN, restarts=np.zeros(2, bool))


def test_a_reading_beyond_all_numbers_is_out_until_the_chart_is_restarted() -> None:
    chart = MewmaChart(KNOWN, DESIGN)
    for reading in ([1e308, -1e308], [-1e308, 1e308], [10.0, -3.0]):
        assert chart.add(np.array(reading)).out
    chart.interrupt()
    assert not chart.add(np.array([10.0, -3.0])).out


def test_the_designed_run_length_is_that_of_the_library_s_own_chart() -> None:
    """800 in-control series; the chart with the asymptotic covariance runs for 40 points on average."""
    design = mewma_design(2, weight=0.1, points=40.0, exact=False)
    rng = np.random.default_rng(11)
    x = rng.multivariate_normal(KNOWN.center, KNOWN.covariance, size=(800, 300))
    restarts = np.zeros((800, 300), dtype=bool)
    restarts[:, 0] = True
    outs = mewma_series(x.reshape(-1, 2), design, baseline=KNOWN, restarts=restarts.ravel()).out.reshape(800, 300)
    lengths = np.where(outs.any(axis=1), outs.argmax(axis=1) + 1, 300)
    assert abs(lengths.mean() - 40.0) < 3.0 * lengths.std() / math.sqrt(800)
