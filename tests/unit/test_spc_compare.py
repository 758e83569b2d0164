"""Two baselines side by side: the tests know a shift from chance, and say nothing where nothing varies."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_ind

from inference.spc.compare import compare
from inference.spc.limits import Baseline, SpcError

BEFORE = Baseline(10.0, 0.2, 25)


def test_the_t_test_is_welchs() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(10.0, 0.2, 25), rng.normal(10.1, 0.3, 40)
    a, b = (Baseline(float(s.mean()), float(s.std(ddof=1)), s.size) for s in (x, y))
    found = compare(a, b)
    peer = ttest_ind(y, x, equal_var=False)
    assert found.p_mean == pytest.approx(peer.pvalue, rel=1e-9)
    assert (found.shift_low, found.shift_high) == pytest.approx(peer.confidence_interval(0.95), rel=1e-9)


def test_a_baseline_equals_itself() -> None:
    found = compare(BEFORE, BEFORE)
    assert (found.shift, found.p_mean, found.sigma_ratio) == (0.0, 1.0, 1.0)
    assert found.p_sigma == pytest.approx(1.0, abs=0.2)


def test_a_real_shift_and_a_wider_spread_are_seen() -> None:
    found = compare(BEFORE, Baseline(10.3, 0.5, 25))
    assert found.shift_sigmas == pytest.approx(1.5)
    assert found.p_mean is not None
    assert found.p_sigma is not None
    assert found.p_mean < 0.02
    assert found.p_sigma < 0.001


def test_what_never_varied_has_no_scale() -> None:
    still = Baseline(10.0, 0.0, 25)
    found = compare(still, Baseline(11.0, 0.0, 25))
    assert (found.shift, found.shift_low, found.shift_sigmas, found.p_mean, found.sigma_ratio, found.p_sigma) == (
        *(1.0, None, None),
        *(None, None, None),
    )
    assert compare(BEFORE, still).p_sigma is None
    assert compare(BEFORE, still).p_mean == pytest.approx(1.0)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -1.0])
def test_a_confidence_lies_between_0_and_1(confidence: float) -> None:
    with pytest.raises(SpcError, match="confidence"):
        compare(BEFORE, BEFORE, confidence)


def test_one_point_is_no_baseline_to_compare() -> None:
    with pytest.raises(SpcError, match="fewer than two"):
        compare(BEFORE, Baseline(1.0, 1.0, 1))
