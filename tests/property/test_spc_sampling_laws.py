"""Laws of acceptance sampling: worse lots pass less often, larger plans tell more, found plans meet their risks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inference.spc.limits import SpcError
from inference.spc.sampling.iso2859 import AQLS, LETTERS, SIZES, lot_plan, plan_for_letter
from inference.spc.sampling.iso3951 import find_variables_plan, variables_acceptance
from inference.spc.sampling.plans import SinglePlan, acceptance, find_plan, inspected, outgoing_limit, outgoing_quality

PLANS = st.tuples(st.integers(1, 500), st.integers(0, 20)).map(lambda pair: SinglePlan(*pair))
KINDS: Any = st.sampled_from(["binomial", "poisson", "hypergeometric"])
LETTER = st.sampled_from(LETTERS[:-1])
AQL = st.sampled_from(AQLS)


@given(PLANS, KINDS)
def test_a_worse_lot_is_never_accepted_more_often(plan: SinglePlan, dist: Any) -> None:
    p = np.linspace(0.0, 1.0, 41)
    pa = acceptance(plan, p, dist=dist, lot=1000)
    assert pa[0] == pytest.approx(1.0)
    assert np.all(np.diff(pa) <= 1e-12)
    assert np.all((pa >= 0.0) & (pa <= 1.0 + 1e-12))
    ati = inspected(plan, p, 1000, dist=dist)
    assert np.all((ati >= plan.n - 1e-6) & (ati <= 1000 + 1e-6))


@given(st.integers(1, 500), st.integers(0, 20), st.floats(0.001, 0.5))
def test_one_more_accepted_accepts_more_and_one_more_drawn_accepts_less(n: int, c: int, p: float) -> None:
    here = acceptance(SinglePlan(n, c), [p])[0]
    assert acceptance(SinglePlan(n, c + 1), [p])[0] >= here - 1e-12
    assert acceptance(SinglePlan(n + 1, c), [p])[0] <= here + 1e-12


@given(st.integers(2, 500), st.integers(0, 5), st.floats(0.0, 1.0))
def test_no_quality_goes_out_worse_than_the_limit(n: int, c: int, p: float) -> None:
    assume(c < n)
    plan = SinglePlan(n, c)
    assert outgoing_quality(plan, [p])[0] <= outgoing_limit(plan)[0] * (1 + 1e-9)


@given(
    st.floats(1e-6, 0.2), st.floats(1.5, 20), st.floats(0.005, 0.3), st.floats(0.005, 0.3), KINDS, st.integers(50, 3000)
)
def test_a_plan_found_meets_both_risks_with_the_smallest_sample(
    p1: float, ratio: float, alpha: float, beta: float, dist: Any, lot: int
) -> None:
    p2 = p1 * ratio
    assume(p2 < 0.95)
    try:
        plan = find_plan(p1, alpha, p2, beta, dist=dist, lot=lot)
    except SpcError:
        assert dist == "hypergeometric"
        assert round(p1 * lot) == round(p2 * lot)
        return
    good, bad = acceptance(plan, [p1, p2], dist=dist, lot=lot)
    assert good >= 1 - alpha - 1e-9
    assert bad <= beta + 1e-9
    if plan.n > 1:
        assert acceptance(SinglePlan(plan.n - 1, plan.c), [p2], dist=dist, lot=lot)[0] > beta - 1e-9


@given(LETTER, AQL, st.sampled_from(["normal", "tightened"]))
def test_every_place_of_the_master_table_leads_to_a_plan(letter: str, aql: float, severity: Any) -> None:
    found, plan = plan_for_letter(letter, aql, severity=severity)
    assert plan.n == SIZES[LETTERS.index(found)]
    assert plan_for_letter(found, aql, severity=severity)[1] == plan if found != "S" else plan.n == 3150


@given(LETTER, AQL)
def test_tightened_inspection_never_accepts_more_at_the_same_sample(letter: str, aql: float) -> None:
    normal, tightened = plan_for_letter(letter, aql), plan_for_letter(letter, aql, severity="tightened")
    assert tightened[1].c <= normal[1].c or tightened[1].n > normal[1].n


@given(st.integers(2, 10**7), AQL, st.sampled_from(["S-1", "S-2", "S-3", "S-4", "I", "II", "III"]))
def test_a_lot_of_the_limits_quality_is_mostly_accepted(lot: int, aql: float, level: Any) -> None:
    """The producer's risk of the standard lies between 1 % and about 20 %."""
    found = lot_plan(lot, aql, level=level)
    assert 0.75 < found.accepted_at_aql < 1.0
    assert found.quality_95 < found.quality_10


@given(st.floats(1e-6, 0.3), st.floats(2.0, 30.0), st.floats(0.01, 0.3), st.floats(0.01, 0.3), st.booleans())
def test_plans_by_variables_meet_their_risks_with_fewer_readings(
    p1: float, ratio: float, alpha: float, beta: float, known: bool
) -> None:
    p2 = p1 * ratio
    assume(p2 < 0.9)
    plan = find_variables_plan(p1, alpha, p2, beta, sigma_known=known)
    good, bad = variables_acceptance(plan, [p1, p2])
    assert good >= 1 - alpha - 1e-9
    assert bad <= beta + 1e-9
    assert find_variables_plan(p1, alpha, p2, beta, sigma_known=True).n <= plan.n
