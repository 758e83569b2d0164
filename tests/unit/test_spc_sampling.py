"""Sampling plans: curves against direct sums, plans against search by hand, and requests that cannot be met."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import binom, chi, hypergeom, poisson

from inference.spc.limits import SpcError
from inference.spc.sampling.iso2859 import code_letter, lot_plan, plan_for_letter
from inference.spc.sampling.iso3951 import VariablesPlan, accepts, find_variables_plan, variables_acceptance
from inference.spc.sampling.plans import (
    SinglePlan,
    acceptance,
    find_plan,
    inspected,
    outgoing_limit,
    outgoing_quality,
    quality_at,
)

P = [0.0, 1e-9, 0.001, 0.05, 0.5, 1.0]


def test_the_three_curves_are_the_sums_of_their_distributions() -> None:
    plan = SinglePlan(20, 2)
    assert acceptance(plan, P).tolist() == pytest.approx(binom.cdf(2, 20, P).tolist(), rel=1e-12, abs=1e-300)
    faults = [0.0, 0.1, 2.5]
    assert acceptance(plan, faults, dist="poisson").tolist() == pytest.approx(
        poisson.cdf(2, 20 * np.array(faults)).tolist(), rel=1e-12
    )
    bad = np.array([0, 1, 7, 100])
    assert acceptance(plan, bad / 100, dist="hypergeometric", lot=100).tolist() == pytest.approx(
        hypergeom.cdf(2, 100, bad, 20).tolist(), rel=1e-12
    )


def test_a_plan_that_accepts_more_than_it_draws_accepts_every_lot() -> None:
    assert acceptance(SinglePlan(2, 2), P).tolist() == [1.0] * len(P)
    assert acceptance(SinglePlan(2, 30), [10.0], dist="poisson")[0] == pytest.approx(poisson.cdf(30, 20))


def test_quality_at_a_probability_is_the_curve_read_backwards() -> None:
    plan = SinglePlan(125, 3)
    for accepted in (0.99, 0.5, 0.1):
        assert acceptance(plan, [quality_at(plan, accepted)])[0] == pytest.approx(accepted)
        faults = quality_at(plan, accepted, dist="poisson")
        assert acceptance(plan, [faults], dist="poisson")[0] == pytest.approx(accepted)


def test_outgoing_quality_and_inspection_by_hand() -> None:
    """Montgomery, SQC 7th ed., section 15.2.2: n = 89, c = 2, N = 10 000, p = 0.01: AOQ 0.0093, ATI 687."""
    plan = SinglePlan(89, 2)
    assert outgoing_quality(plan, [0.01], lot=10_000)[0] == pytest.approx(0.0093, abs=5e-5)
    assert outgoing_quality(plan, [0.01])[0] == pytest.approx(0.01 * acceptance(plan, [0.01])[0])
    assert inspected(plan, [0.01], 10_000)[0] == pytest.approx(687, abs=1)


@pytest.mark.parametrize("dist", ["binomial", "poisson", "hypergeometric"])
def test_no_outgoing_quality_is_worse_than_the_limit(dist: Any) -> None:
    plan = SinglePlan(50, 1)
    p = np.linspace(0, 0.2, 4001)
    aoql, at = outgoing_limit(plan, dist=dist, lot=2000)
    aoq = outgoing_quality(plan, p, dist=dist, lot=2000)
    if dist == "hypergeometric":
        aoq = outgoing_quality(plan, np.arange(401) / 2000, dist=dist, lot=2000)
    assert aoql == pytest.approx(float(aoq.max()), rel=1e-6)
    assert aoql >= float(aoq.max()) * (1 - 1e-14)
    assert outgoing_quality(plan, [at], dist=dist, lot=2000)[0] == pytest.approx(aoql, rel=1e-12)


def search(p1: float, alpha: float, p2: float, beta: float) -> tuple[int, int]:
    """Smallest c, then smallest n, tried one by one."""
    for c in range(60):
        n = next(n for n in range(c + 1, 10_000) if binom.cdf(c, n, p2) <= beta)
        if binom.cdf(c, n, p1) >= 1 - alpha:
            return n, c
    raise AssertionError


@pytest.mark.parametrize(
    "points", [(0.02, 0.05, 0.1, 0.1), (0.1, 0.01, 0.4, 0.01), (0.01, 0.1, 0.03, 0.2), (0.3, 0.05, 0.9, 0.05)]
)
def test_the_plan_found_is_the_one_that_trying_all_finds(points: tuple[float, float, float, float]) -> None:
    plan = find_plan(*points)
    assert (plan.n, plan.c) == search(*points)


def test_plans_for_tiny_fractions_and_close_qualities_come_quickly() -> None:
    began = time.perf_counter()
    for p1, p2 in ((1e-4, 2e-4), (1e-8, 3e-8), (0.01, 0.011)):
        plan = find_plan(p1, 0.05, p2, 0.1)
        good, bad = acceptance(plan, [p1, p2])
        assert good >= 0.95
        assert bad <= 0.1
        assert acceptance(SinglePlan(plan.n - 1, plan.c), [p2])[0] > 0.1
    assert time.perf_counter() - began < 5


def test_a_plan_for_faults_may_accept_more_faults_than_pieces() -> None:
    plan = find_plan(5.0, 0.05, 10.0, 0.1, dist="poisson")
    assert plan.c > plan.n
    good, bad = acceptance(plan, [5.0, 10.0], dist="poisson")
    assert good >= 0.95
    assert bad <= 0.1


def test_a_plan_for_one_lot_needs_fewer_pieces_than_one_for_a_process() -> None:
    plan = find_plan(0.01, 0.05, 0.06, 0.1, dist="hypergeometric", lot=1000)
    assert plan.n < find_plan(0.01, 0.05, 0.06, 0.1).n
    good, bad = acceptance(plan, [0.01, 0.06], dist="hypergeometric", lot=1000)
    assert good >= 0.95
    assert bad <= 0.1


def test_a_good_quality_of_nothing_bad_is_met_by_accepting_on_zero() -> None:
    assert find_plan(0.0, 0.05, 0.01, 0.1) == SinglePlan(230, 0)
    assert find_plan(0.5, 0.05, 1.0, 0.1).c == 4


def test_the_plan_by_lot_size_tells_its_true_risks() -> None:
    found = lot_plan(2000, 1.0)
    assert found.accepted_at_aql == pytest.approx(binom.cdf(3, 125, 0.01))
    assert binom.cdf(3, 125, found.quality_10 / 100) == pytest.approx(0.1)
    assert binom.cdf(3, 125, found.quality_95 / 100) == pytest.approx(0.95)
    assert not found.sort_all
    faults = lot_plan(10, 250.0)
    assert faults.accepted_at_aql == pytest.approx(poisson.cdf(faults.plan.c, faults.plan.n * 2.5))


def test_a_sample_as_large_as_the_lot_means_to_sort_it() -> None:
    assert lot_plan(10, 0.010).sort_all
    assert lot_plan(10, 0.010).plan == SinglePlan(1250, 0)


def test_where_no_plan_lies_below_an_arrow_the_last_one_above_holds() -> None:
    assert plan_for_letter("R", 0.015) == ("P", SinglePlan(800, 0))
    assert plan_for_letter("F", 1000.0) == ("B", SinglePlan(3, 44))
    assert plan_for_letter("A", 10.0) == ("C", SinglePlan(5, 1))
    assert plan_for_letter("A", 10.0, severity="tightened") == ("D", SinglePlan(8, 1))


@pytest.mark.parametrize(("n", "k", "p"), [(2, 1.0, 0.01), (30, 1.8, 0.01), (500, 2.0, 0.02), (80, 4.18, 1e-5)])
def test_acceptance_by_variables_is_the_integral_over_sigma(n: int, k: float, p: float) -> None:
    s = np.linspace(0.0, math.sqrt(n - 1) + 10, 40_001)
    z = -float(ndtri(p))
    inside = 0.5 * (1 + np.array([math.erf(v / math.sqrt(2)) for v in math.sqrt(n) * (z - k * s / math.sqrt(n - 1))]))
    expected = float(np.trapezoid(inside * chi.pdf(s, n - 1), s))
    assert variables_acceptance(VariablesPlan(n, k, sigma_known=False), [p])[0] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("points", [(0.01, 0.05, 0.06, 0.1), (1e-6, 0.05, 1e-4, 0.1), (0.4, 0.1, 0.6, 0.05)])
def test_plans_by_variables_meet_both_risks_and_no_smaller_sample_does(
    known: bool, points: tuple[float, float, float, float]
) -> None:
    p1, alpha, p2, beta = points
    plan = find_variables_plan(*points, sigma_known=known)
    good, bad = variables_acceptance(plan, [p1, p2])
    assert good >= 1 - alpha
    assert bad <= beta
    for k in np.linspace(plan.k - 1, plan.k + 1, 2001):
        good, bad = variables_acceptance(VariablesPlan(plan.n - 1, float(k), sigma_known=known), [p1, p2])
        assert good < 1 - alpha or bad > beta


def test_a_single_reading_may_do_where_sigma_is_known() -> None:
    assert find_variables_plan(1e-9, 0.4, 0.9, 0.4, sigma_known=True).n == 1
    assert find_variables_plan(1e-9, 0.4, 0.9, 0.4, sigma_known=False).n == 2


def test_a_sample_is_accepted_while_the_limit_is_far_enough() -> None:
    plan = VariablesPlan(4, 2.0, sigma_known=False)
    y = [10.0, 11.0, 9.0, 10.0]
    s = math.sqrt(2 / 3)
    assert accepts(plan, y, upper=10 + 2.001 * s)
    assert not accepts(plan, y, upper=10 + 1.999 * s)
    assert accepts(plan, y, lower=10 - 2.001 * s)
    assert not accepts(plan, y, lower=10 - 2.001 * s, upper=10 + 1.999 * s)
    assert accepts(VariablesPlan(4, 2.0, sigma_known=True), y, upper=11.0, sigma=0.5)
    assert not accepts(VariablesPlan(4, 2.0, sigma_known=True), y, upper=11.0, sigma=0.51)
    assert accepts(plan, [1e9] * 4, upper=1e9)


PLAN = SinglePlan(10, 1)
BY_S = VariablesPlan(2, 1.0, sigma_known=False)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: SinglePlan(0, 0), "cannot draw 0"),
        (lambda: SinglePlan(5, -1), "accept -1"),
        (lambda: acceptance(PLAN, [1.1]), "between 0 and 1"),
        (lambda: acceptance(PLAN, [-0.1], dist="poisson"), "0 or above"),
        (lambda: acceptance(PLAN, [math.nan]), "between 0 and 1"),
        (lambda: acceptance(PLAN, [math.inf], dist="poisson"), "0 or above"),
        (lambda: acceptance(PLAN, [0.1], dist="hypergeometric"), "number of its pieces"),
        (lambda: acceptance(PLAN, [0.1], dist="hypergeometric", lot=9), "no sample of 10"),
        (lambda: outgoing_quality(PLAN, [0.1], lot=9), "no sample of 10"),
        (lambda: inspected(PLAN, [0.1], 9), "no sample of 10"),
        (lambda: quality_at(PLAN, 1.0), "between 0 and 1"),
        (lambda: quality_at(PLAN, 0.5, dist="hypergeometric"), "steps"),
        (lambda: quality_at(SinglePlan(2, 2), 0.5), "accepts every lot"),
        (lambda: find_plan(0.1, 0.05, 0.1, 0.1), "below the bad one"),
        (lambda: find_plan(-0.1, 0.05, 0.1, 0.1), "below the bad one"),
        (lambda: find_plan(0.1, 0.05, 1.1, 0.1), "both possible"),
        (lambda: find_plan(0.1, 0.0, 0.2, 0.1), "alpha"),
        (lambda: find_plan(0.1, 0.1, 0.2, 1.0), "beta"),
        (lambda: find_plan(0.01, 0.05, 0.010001, 0.1, dist="poisson"), "too close together"),
        (lambda: find_plan(1e-14, 0.05, 2e-14, 0.1), "more than 1e\\+12 pieces"),
        (lambda: find_plan(0.1, 0.05, 0.2, 0.1, dist="hypergeometric"), "number of its pieces"),
        (lambda: find_plan(0.1, 0.05, 0.2, 0.1, dist="hypergeometric", lot=0), "number of its pieces"),
        (lambda: find_plan(0.101, 0.05, 0.102, 0.1, dist="hypergeometric", lot=50), "too close together"),
        (lambda: code_letter(1), "not sampled"),
        (lambda: code_letter(100, "IV"), "none of S-1"),  # type: ignore[arg-type]
        (lambda: lot_plan(100, 1.1), "an AQL of 1.1"),
        (lambda: lot_plan(100, 1.0, severity="reduced"), "only normal and tightened"),  # type: ignore[arg-type]
        (lambda: plan_for_letter("I", 1.0), "no code letter"),
        (lambda: plan_for_letter("S", 1.0), "no code letter"),
        (lambda: plan_for_letter("AB", 1.0), "no code letter"),
        (lambda: VariablesPlan(1, 1.0, sigma_known=False), "no plan by variables"),
        (lambda: VariablesPlan(5, math.nan, sigma_known=True), "no plan by variables"),
        (lambda: variables_acceptance(BY_S, [0.0]), "between 0 and 1"),
        (lambda: find_variables_plan(0.1, 0.05, 0.1, 0.1, sigma_known=True), "below the bad one"),
        (lambda: find_variables_plan(0.1, 0.05, 0.2, 1.0, sigma_known=True), "beta"),
        (lambda: find_variables_plan(0.1, 0.05, 0.101, 0.1, sigma_known=False), "too close together"),
        (lambda: accepts(BY_S, [1.0], upper=2.0), "2 readings"),
        (lambda: accepts(BY_S, [1.0, math.nan], upper=2.0), "2 readings"),
        (lambda: accepts(BY_S, [1.0, 2.0]), "lower limit, an upper limit"),
        (lambda: accepts(BY_S, [1.0, 2.0], upper=2.0, sigma=1.0), "the s method takes none"),
        (lambda: accepts(VariablesPlan(2, 1.0, sigma_known=True), [1.0, 2.0], upper=2.0), "needs the sigma"),
        (
            lambda: accepts(VariablesPlan(2, 1.0, sigma_known=True), [1.0, 2.0], upper=2.0, sigma=-1.0),
            "needs the sigma",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(call: Callable[[], Any], told: str) -> None:
    with pytest.raises(SpcError, match=told):
        call()
