"""Distributions: each family is recovered, the percentile indices are its own, and what does not exist is said."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from inference.spc.capability.distributions import FAMILIES, choose, families_named, fit_families
from inference.spc.capability.estimators import gamma, lognormal, shifted_lognormal, weibull
from inference.spc.capability.folded import FoldedNormal, folded_normal
from inference.spc.capability.indices import plain_indices
from inference.spc.capability.johnson import johnson_sb, johnson_su, sb_through, su_through
from inference.spc.capability.percentiles import EMPIRICAL, PercentileCaution, percentile_capability
from inference.spc.capability.sample import process_of
from inference.spc.capability.specification import SpecLimits
from inference.spc.limits import SpcError

SHARES = np.array([0.00135, 0.5, 0.99865])
TRUE = {
    "normal": stats.norm(100.0, 2.0),
    "lognormal": stats.lognorm(0.5, scale=7.0),
    "weibull": stats.weibull_min(1.4, scale=40.0),
    "gamma": stats.gamma(2.5, scale=3.0),
    "exponential": stats.expon(scale=4.0),
    "rayleigh": stats.rayleigh(scale=0.02),
    "half normal": stats.halfnorm(scale=3.0),
    "folded normal": stats.foldnorm(1.6, scale=1.5),
    "shifted lognormal": stats.lognorm(0.6, 1000.0),
    "johnson su": stats.johnsonsu(0.5, 1.2, 100.0, 2.0),
    "johnson sb": stats.johnsonsb(0.3, 0.8, 100.0, 2.0),
}
BOTH = SpecLimits(0.0, 2000.0)


def sample_of(name: str, n: int = 3000) -> np.ndarray:
    return np.asarray(TRUE[name].rvs(n, random_state=np.random.default_rng(11)))


@pytest.mark.parametrize("name", TRUE)
def test_each_family_is_recovered_from_its_own_readings(name: str) -> None:
    found = percentile_capability(sample_of(name), BOTH)
    assert found.distribution == name
    assert found.fit is not None
    low, middle, high = TRUE[name].ppf(SHARES)
    assert found.percentiles == pytest.approx((low, middle, high), abs=0.12 * (high - low))
    for x in (low, middle, high):
        assert found.fit.below(x) + found.fit.above(x) == pytest.approx(1.0)
        assert found.fit.quantile(found.fit.below(x)) == pytest.approx(x, abs=1e-6 * (high - low))
    assert found.cautions == ()
    assert all(math.isfinite(fit.aicc) and math.isfinite(fit.anderson_darling) for fit in found.fits)


def test_parameters_are_named_in_the_unit_of_the_readings() -> None:
    fit = percentile_capability(sample_of("weibull"), BOTH, distributions=["weibull"]).fit
    assert fit is not None
    parameters = dict(fit.parameters)
    assert list(parameters) == ["shape", "location", "scale"]
    assert parameters["shape"] == pytest.approx(1.4, rel=0.05)
    assert parameters["location"] == 0.0
    assert parameters["scale"] == pytest.approx(40.0, rel=0.05)


@pytest.mark.parametrize(("name", "estimate"), [("weibull", weibull), ("gamma", gamma)])
def test_maximum_likelihood_is_scipys(name: str, estimate) -> None:
    x = sample_of(name, 200)
    law = TRUE[name].dist
    assert estimate(x) == pytest.approx(law.fit(x, floc=0.0), rel=1e-3)
    assert np.sum(law.logpdf(x, *estimate(x))) >= np.sum(law.logpdf(x, *law.fit(x, floc=0.0))) - 1e-6


def test_the_folded_normal_is_scipys() -> None:
    x, ours, theirs = np.linspace(0.0, 9.0, 40), (1.6, 0.0, 1.5), stats.foldnorm(1.6, 0.0, 1.5)
    assert FoldedNormal.cdf(x, *ours) == pytest.approx(theirs.cdf(x))
    assert FoldedNormal.sf(x, *ours) == pytest.approx(theirs.sf(x))
    assert FoldedNormal.logpdf(x, *ours) == pytest.approx(theirs.logpdf(x))
    assert FoldedNormal.logcdf(x[1:], *ours) == pytest.approx(theirs.logcdf(x[1:]))
    assert FoldedNormal.logsf(x, *ours) == pytest.approx(np.log(theirs.sf(x)))
    assert FoldedNormal.ppf(0.99865, *ours) == pytest.approx(theirs.ppf(0.99865))
    assert folded_normal(sample_of("folded normal")) == pytest.approx((1.6, 0.0, 1.5), abs=0.1)


def test_johnsons_curves_pass_through_their_points() -> None:
    scores = stats.norm.cdf(np.array([-1.5, -0.5, 0.5, 1.5]))
    su, sb = (0.7, 1.3, 2.0, 3.0), (-0.4, 0.9, 2.0, 3.0)
    assert su_through(stats.johnsonsu.ppf(scores, *su), 0.5) == pytest.approx(su)
    assert sb_through(stats.johnsonsb.ppf(scores, *sb), 0.5) == pytest.approx(sb)
    assert su_through(stats.johnsonsb.ppf(scores, *sb), 0.5) is None
    assert sb_through(stats.johnsonsu.ppf(scores, *su), 0.5) is None
    assert su_through(np.zeros(4), 0.5) is None
    assert su_through(np.array([-1e12, 0.0, 1.0, 1e12]), 0.5) is None
    assert sb_through(np.zeros(4), 0.5) is None


def test_families_that_cannot_have_made_the_readings_are_left_out() -> None:
    zero, equal = np.array([0.0, 1.0, 2.0, 1.0]), np.array([1.0, 1.0 + 1e-12, 1.0 - 1e-12])
    assert (lognormal(zero), weibull(zero), gamma(zero)) == (None, None, None)
    assert (lognormal(equal), weibull(equal), gamma(equal), folded_normal(equal)) == (None,) * 4
    assert lognormal(np.array([1e-140, 1e-3, 1.0])) is None
    assert shifted_lognormal(np.array([-2.0, 0.0, 0.5, 0.6, 0.7])) is None
    assert folded_normal(sample_of("exponential")) is None
    assert johnson_su(np.linspace(0.0, 1.0, 49)) is None
    assert johnson_sb(np.append(np.linspace(-1.0, 1.0, 200), [-90.0, 90.0])) is None
    assert {fit.family.name for fit in fit_families(np.array([-5.0, 0.0, 2.0, 3.0, 3.5]))} == {"normal"}


@pytest.mark.parametrize("nsigma", [3.0, 4.0])
def test_a_normal_fit_gives_the_usual_indices(nsigma: float) -> None:
    x = sample_of("normal", 50)
    limits = SpecLimits(90.0, 107.0)
    found = percentile_capability(x, limits, distributions=["normal"], nsigma=nsigma)
    process = process_of(x)
    assert process.sigma_overall is not None
    usual = plain_indices(limits, process.mean, process.sigma_overall, nsigma)
    assert usual is not None
    assert (found.pp, found.pp_l, found.pp_u, found.pp_k) == pytest.approx(usual[:4], rel=1e-9)
    assert found.cautions == (PercentileCaution.FEW,)


def test_small_spreads_far_from_zero_lose_nothing() -> None:
    x = 1e9 + 1e-3 * np.round(1e4 * sample_of("normal", 400)) / 2.0**13
    near, far = (
        percentile_capability(x - 1e9, SpecLimits(0.0, 1.0)),
        percentile_capability(x, SpecLimits(1e9, 1e9 + 1.0)),
    )
    assert (near.distribution, far.distribution) == ("normal", "normal")
    assert far.pp == pytest.approx(near.pp, rel=1e-6)


def test_constant_readings_have_percentiles_and_no_index() -> None:
    found = percentile_capability(np.full(9, 5.0), SpecLimits(0.0, 10.0))
    assert (found.distribution, found.fit, found.fits, found.expected) == (None, None, (), None)
    assert (found.pp, found.pp_l, found.pp_u, found.pp_k) == (None,) * 4
    assert found.percentiles == (5.0, 5.0, 5.0)
    assert found.cautions == (PercentileCaution.CONSTANT,)
    assert percentile_capability(np.array([1.0]), BOTH).cautions == (PercentileCaution.CONSTANT,)


def test_where_nothing_fits_the_readings_speak_for_themselves() -> None:
    rng = np.random.default_rng(3)
    x = np.where(rng.random(2000) < 0.5, rng.normal(0.0, 1.0, 2000), rng.normal(9.0, 1.0, 2000))
    found = percentile_capability(x, SpecLimits(-5.0, 14.0))
    assert (found.distribution, found.fit, found.expected) == (EMPIRICAL, None, None)
    assert found.percentiles == pytest.approx(np.quantile(x, SHARES), rel=0.1)
    assert found.cautions == (PercentileCaution.NOTHING_FITS,)
    assert percentile_capability(x[:300], BOTH).cautions == (
        PercentileCaution.NOTHING_FITS,
        PercentileCaution.BEYOND_READINGS,
    )


def test_percentiles_of_the_readings_can_be_asked_for() -> None:
    found = percentile_capability(np.arange(1001.0), SpecLimits(-500.0, 1500.0), distributions=[])
    assert found.distribution == EMPIRICAL
    assert found.percentiles.middle == 500.0
    assert found.pp == pytest.approx(2.0, rel=0.01)
    assert found.cautions == ()
    ties = percentile_capability(np.array([1.0] * 999 + [2.0]), SpecLimits(0.0, 3.0), distributions=[])
    assert (ties.pp_l, ties.percentiles.low) == (None, 1.0)
    assert ties.pp_k == ties.pp_u


def test_a_distribution_asked_for_is_taken_though_it_does_not_fit_and_it_is_said() -> None:
    found = percentile_capability(sample_of("exponential"), SpecLimits(upper=30.0), distributions=["normal"])
    assert found.distribution == "normal"
    assert found.cautions == (PercentileCaution.NOT_ADEQUATE,)
    assert (found.pp, found.pp_l) == (None, None)
    assert found.pp_k == found.pp_u
    assert found.expected is not None
    assert found.expected.below is None


def test_a_distribution_that_cannot_be_fitted_leaves_the_percentiles_of_the_readings() -> None:
    found = percentile_capability(np.array([0.0, 1.0, 2.0, 4.0]), SpecLimits(lower=-1.0), distributions=["weibull"])
    assert found.distribution == EMPIRICAL
    assert found.expected is None
    lower = percentile_capability(sample_of("normal"), SpecLimits(lower=90.0)).expected
    assert lower is not None
    assert lower.above is None


def test_the_normal_distribution_wins_where_it_is_as_good() -> None:
    fits = fit_families(sample_of("normal", 60))
    chosen = choose(fits)
    assert chosen is not None
    assert chosen.family.name == "normal"
    assert choose([]) is None


@pytest.mark.parametrize("spread", [1e-3, 1e-7, 1e-11])
def test_every_sample_gets_through_without_a_warning(spread: float) -> None:
    rng = np.random.default_rng(6)
    for n in (2, 3, 5, 60, 200):
        for x in (1.0 + spread * rng.normal(size=n), rng.pareto(0.3, n), rng.integers(0, 2, n) * 1.0):
            for scale in (1e-140, 1.0, 1e120):
                with np.errstate(over="ignore"):
                    scaled = np.minimum(x * scale, 1e140)
                found = percentile_capability(scaled, BOTH)
                assert all(math.isfinite(value) for value in found.percentiles)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (lambda: families_named(["Normal"]), "known are normal"),
        (lambda: percentile_capability(np.arange(9.0), BOTH, nsigma=0.0), "nsigma"),
        (lambda: percentile_capability(np.arange(9.0), BOTH, nsigma=math.nan), "nsigma"),
        (lambda: percentile_capability(np.array([math.nan]), BOTH), "no readings"),
        (lambda: fit_families(np.array([math.inf])), "beyond"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(bad, told: str) -> None:
    with pytest.raises(SpcError, match=told):
        bad()


def test_all_families_have_names_of_their_own() -> None:
    names = [family.name for family in FAMILIES]
    assert families_named(names) == FAMILIES
    assert len(set(names)) == len(names)
    assert set(names) == set(TRUE)
