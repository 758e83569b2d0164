"""Laws of capability: units change nothing, one side is half of two, intervals narrow, nothing warns."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inference.spc.autocorrelation import acf, ar_residuals, autocorrelation
from inference.spc.capability.boxcox import boxcox, inverse, transform, transform_limits
from inference.spc.capability.distributions import fit_families
from inference.spc.capability.indices import Capability, capability, capability_of
from inference.spc.capability.normality import normality
from inference.spc.capability.percentiles import percentile_capability
from inference.spc.capability.sample import Process, process_of
from inference.spc.capability.specification import SpecLimits

NAN = math.nan
GRID = st.integers(-400, 400).map(lambda k: k / 8.0)
"""Multiples of 1/8: shifting them by whole numbers loses nothing."""
SERIES = st.lists(st.one_of(GRID, st.just(NAN)), min_size=2, max_size=40).filter(lambda x: not all(map(math.isnan, x)))
POSITIVE = st.lists(st.floats(1e-3, 1e3), min_size=4, max_size=40)
SHIFT = st.sampled_from([0.0, 1.0, -1024.0, 2.0**30, -(2.0**33)])
SCALE = st.sampled_from([1.0, 0.125, 2.0**40, -1.0, -8.0, 2.0**-40])
ANY = st.lists(
    st.one_of(st.floats(-1e150, 1e150), st.sampled_from([NAN, 0.0, 1.0, 1e9, 1e9 + 1e-3, 5e-324])),
    min_size=1,
    max_size=30,
).filter(lambda x: not all(map(math.isnan, x)))


def indices(found: Capability) -> dict[str, tuple[float, float, float] | None]:
    return {name: index and (index.value, index.lower, index.upper) for name, index in found.named().items()}


def moved(limits: SpecLimits, shift: float, scale: float) -> SpecLimits:
    ends = [None if v is None else scale * v + shift for v in (limits.lower, limits.upper)]
    target = None if limits.target is None else scale * limits.target + shift
    return SpecLimits(ends[0], ends[1], target) if scale > 0.0 else SpecLimits(ends[1], ends[0], target)


def mirrored(named: dict[str, object]) -> dict[str, object]:
    swap = {"Cp_l": "Cp_u", "Cp_u": "Cp_l", "Pp_l": "Pp_u", "Pp_u": "Pp_l"}
    return {swap.get(name, name): index for name, index in named.items()}


@given(
    SERIES, SHIFT, SCALE, st.sampled_from([SpecLimits(-60.0, 70.0, 1.0), SpecLimits(lower=-9.0), SpecLimits(upper=3.0)])
)
def test_another_unit_changes_no_index(x: list[float], shift: float, scale: float, limits: SpecLimits) -> None:
    usual = capability_of(np.array(x), limits)
    other = capability_of(scale * np.array(x) + shift * abs(scale), moved(limits, shift * abs(scale), scale))
    here, there = indices(usual), indices(other)
    if scale < 0.0:
        there = mirrored(there)
    for name, index in here.items():
        assert there[name] == (None if index is None else pytest.approx(index, rel=1e-6, abs=1e-6)), name
    assert usual.cautions == other.cautions
    assert sorted(usual.observed, key=str) == sorted(other.observed, key=str)


@given(SERIES)
def test_one_limit_says_what_that_side_of_two_says(x: list[float]) -> None:
    both, lower = capability_of(np.array(x), SpecLimits(-60.0, 70.0)), capability_of(np.array(x), SpecLimits(-60.0))
    upper = capability_of(np.array(x), SpecLimits(upper=70.0))
    for two, low, high in ((both.within, lower.within, upper.within), (both.overall, lower.overall, upper.overall)):
        if two is None or low is None or high is None:
            assert two is low is high is None
            continue
        assert (low.cp_l, high.cp_u) == (two.cp_l, two.cp_u)
        assert two.cp_k is not None
        assert low.cp_k is not None
        assert high.cp_k is not None
        assert two.cp_k.value == min(low.cp_k.value, high.cp_k.value)
        assert two.cp is not None
        assert two.cp.value == pytest.approx((low.cp_k.value + high.cp_k.value) / 2.0)


@given(
    st.floats(-30.0, 30.0),
    st.floats(0.01, 20.0),
    st.integers(2, 2000),
    st.floats(0.5, 0.999),
    st.sampled_from(["overall", "within"]),
)
def test_intervals_hold_the_index_and_narrow_with_more_readings(
    mean: float, sigma: float, n: int, confidence: float, df: str
) -> None:
    limits = SpecLimits(-10.0, 12.0, 1.0)

    def widths(n: int) -> list[float]:
        found = capability(Process(mean, sigma, sigma, n, 0.7 * n), limits, confidence=confidence, interval_df=df)
        result = []
        for name, index in indices(found).items():
            assert index is not None
            value, low, high = index
            assert low <= high
            if name[1:] not in {"p", "pm"} or (n > 20 and confidence > 0.7):  # a chi-square's median is not its mean
                assert low <= value <= high, name
            result.append(high - low)
        return result

    if confidence > 0.7:
        assert all(more <= less for more, less in zip(widths(4 * n), widths(n), strict=True))
    else:
        widths(n)


@given(st.floats(-9.0, 11.0), st.floats(0.01, 20.0))
def test_cpk_and_cpm_never_exceed_cp(mean: float, sigma: float) -> None:
    found = capability(Process(mean, sigma, sigma, 50), SpecLimits(-10.0, 12.0, 1.0))
    assert found.within is not None
    values = [index.value for index in found.within if index]
    assert values[3] <= values[0] * (1.0 + 1e-12)
    assert 0.0 < values[4] <= values[0] * (1.0 + 1e-12)
    assert found.k is not None
    assert values[3] == pytest.approx(values[0] * (1.0 - abs(found.k)), abs=1e-9 * values[0])


@given(SERIES)
def test_rows_of_two_without_gaps_are_a_series_of_separate_ranges(x: list[float]) -> None:
    rows = np.array([[value, value + 1.0] for value in x if not math.isnan(value)])
    process = process_of(rows)
    assert process.sigma_within == pytest.approx(math.sqrt(math.pi) / 2.0)
    assert process.n == rows.size


@given(SERIES, SHIFT, SCALE)
def test_another_unit_changes_no_test_of_normality(x: list[float], shift: float, scale: float) -> None:
    usual, other = normality(np.array(x)), normality(scale * (np.array(x) + shift))
    sign = math.copysign(1.0, scale)
    assert (other.n, other.cautions) == (usual.n, usual.cautions)
    for a, b in ((usual.anderson_darling, other.anderson_darling), (usual.shapiro_wilk, other.shapiro_wilk)):
        assert b == (None if a is None else pytest.approx(a, rel=1e-6, abs=1e-9))
    if usual.skewness is not None:
        assert other.skewness == pytest.approx(sign * usual.skewness, rel=1e-6, abs=1e-6)
    if usual.kurtosis is not None:
        assert other.kurtosis == pytest.approx(usual.kurtosis, rel=1e-6, abs=1e-6)


@given(ANY)
def test_whatever_the_readings_nothing_warns_and_nothing_is_nan(x: list[float]) -> None:
    data = np.array(x)
    found = capability_of(data, SpecLimits(-1.0, 1.0, 0.5))
    for index in found.named().values():
        assert index is None or all(end is None or math.isfinite(end) for end in index)
    shape = normality(data)
    for test in (shape.anderson_darling, shape.shapiro_wilk):
        assert test is None or (math.isfinite(test.statistic) and 0.0 <= test.p_value <= 1.0)
    by_percentiles = percentile_capability(data, SpecLimits(-1.0, 1.0))
    for value in (by_percentiles.pp, by_percentiles.pp_l, by_percentiles.pp_u):
        assert value is None or math.isfinite(value)
    past = autocorrelation(data)
    assert past.lag1 is None or -1.0 <= past.lag1 <= 1.0
    assert past.p_value is None or 0.0 <= past.p_value <= 1.0
    assert not np.any(np.isnan(ar_residuals(data, 0).values[~np.isnan(data)]))


@given(POSITIVE, st.sampled_from([1.0, 4.0, 2.0**-20, 2.0**30]))
def test_the_unit_of_the_readings_does_not_choose_the_family(x: list[float], scale: float) -> None:
    usual, other = fit_families(np.array(x)), fit_families(scale * np.array(x))
    assert {fit.family.name for fit in usual} == {fit.family.name for fit in other}
    by_name = {fit.family.name: fit for fit in other}
    for fit in usual:
        shifted = fit.aicc + 2.0 * len(x) * math.log(scale)
        assert by_name[fit.family.name].aicc == pytest.approx(shifted, rel=1e-4, abs=1e-2)


@given(POSITIVE, st.floats(-1.0, 1.0), st.sampled_from([1.0, 10.0, 0.3]))
def test_the_inverse_gives_back_the_readings(x: list[float], power: float, unit: float) -> None:
    data = np.array(x)
    assert inverse(transform(data, power, unit), power, unit) == pytest.approx(data, rel=1e-6)
    y = transform(np.sort(data), power, unit)
    assert np.all(np.diff(y) >= 0.0)


@given(POSITIVE, st.floats(-1.0, 1.0))
def test_no_power_is_more_likely_than_the_one_found(x: list[float], rival: float) -> None:
    assume(max(x) > 1.001 * min(x))
    data = np.array(x)
    found = boxcox(data)
    assert -1.0 <= found.power <= 1.0
    y = transform(data, rival, found.geometric_mean)
    loglik = -0.5 * found.n * math.log(np.var(y)) - found.n * math.log(found.geometric_mean)
    assert loglik <= found.loglik + 1e-6 * (1.0 + abs(found.loglik))
    assert boxcox(8.0 * data).power == pytest.approx(found.power, abs=1e-3)


@given(POSITIVE, st.floats(-1.0, 1.0), st.sampled_from([0.25, 1.0, 40.0]))
def test_capability_of_transformed_readings_does_not_depend_on_the_unit(
    x: list[float], power: float, unit: float
) -> None:
    assume(max(x) > 1.1 * min(x))
    data, limits = np.array(x), SpecLimits(0.5 * min(x), 2.0 * max(x))
    found = []
    for u in (1.0, unit):
        asked = transform_limits(limits, power, u)
        assert asked is not None
        found.append(indices(capability_of(transform(data, power, u), asked))["Pp_k"])
    assert found[1] == pytest.approx(found[0], rel=1e-5, abs=1e-5)


@given(SERIES, SHIFT, SCALE)
def test_another_unit_changes_no_autocorrelation(x: list[float], shift: float, scale: float) -> None:
    usual, other = autocorrelation(np.array(x)), autocorrelation(scale * (np.array(x) + shift))
    assert (other.lag1, other.p_value) == (
        (None, None)
        if usual.lag1 is None
        else (pytest.approx(usual.lag1, abs=1e-6), pytest.approx(usual.p_value, abs=1e-6))
    )
    if usual.lag1 is None:
        return
    a, b = ar_residuals(np.array(x), 1), ar_residuals(scale * (np.array(x) + shift), 1)
    assert b.coefficients == pytest.approx(a.coefficients, abs=1e-5)
    assert np.isnan(a.values).tolist() == np.isnan(b.values).tolist()


@given(SERIES, st.integers(1, 30))
def test_a_longer_gap_says_no_more_than_a_short_one(x: list[float], more: int) -> None:
    wider = [value for reading in x for value in ([NAN] * more if math.isnan(reading) else [reading])]
    assert autocorrelation(np.array(x), 3) == autocorrelation(np.array(wider), 3)
    if len(set(x)) > 2:
        assert acf(np.array(x), 3) == pytest.approx(acf(np.array(wider), 3)) or np.ptp(np.array(x)) == 0.0


@given(SERIES)
def test_a_model_is_always_stationary(x: list[float]) -> None:
    found = ar_residuals(np.array(x))
    roots = np.roots(np.append(1.0, -found.coefficients)) if found.order else np.zeros(1)
    assert np.all(np.abs(roots) <= 1.0 + 1e-6)
