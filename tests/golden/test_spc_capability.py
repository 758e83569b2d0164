"""Capability, normality and Box-Cox against R qcc and the NIST handbook, to the cases' own tolerance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.spc.capability.boxcox import boxcox
from inference.spc.capability.indices import capability_of, k_index, plain_indices
from inference.spc.capability.normality import normality
from inference.spc.capability.specification import SpecLimits

CASES = ("capability_pistonrings", "capability_ss_volume")


def load(shared: Path, name: str) -> dict[str, Any]:
    return json.loads((shared / "spc_cases" / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_indices_intervals_and_expected_parts(shared: Path, name: str) -> None:
    case = load(shared, name)
    params, expected, rel = case["params"], case["expected"], case["rel_tol"]
    limits = SpecLimits(params["lsl"], params["usl"], params["target"])
    found = capability_of(
        np.array(case["data"]["x"], float), limits, nsigma=params["nsigma"], confidence=params["confidence"]
    )
    assert found.process.mean == pytest.approx(expected["mean"], rel=rel)
    assert found.process.sigma_within == pytest.approx(expected["sigma_within"], rel=rel)
    assert found.process.sigma_overall == pytest.approx(expected["sigma_overall"], rel=rel)
    named = found.named()
    assert list(named) == list(expected["indices"])
    for key, index in expected["indices"].items():
        assert named[key] == pytest.approx((index["value"], *index["ci95"]), rel=rel), key
    for key, ppm in (("expected_within", found.expected_within), ("expected_overall", found.expected_overall)):
        assert ppm == pytest.approx((expected[key]["ppm_below"], expected[key]["ppm_above"]), rel=rel), key


@pytest.mark.parametrize("name", CASES)
def test_normality(shared: Path, name: str) -> None:
    case = load(shared, name)
    expected, rel = case["expected"], case["rel_tol"]
    found = normality(np.array(case["data"]["x"], float))
    darling, wilk = expected["anderson_darling"], expected["shapiro_wilk"]
    assert found.anderson_darling == pytest.approx((darling["A"], darling["p"]), rel=rel)
    assert found.shapiro_wilk == pytest.approx((wilk["W"], wilk["p"]), rel=rel)


def test_a_summary_by_mean_and_sigma_alone(shared: Path) -> None:
    case = load(shared, "capability_nist_6_1_6")
    params, expected, rel = case["params"], case["expected"], case["rel_tol"]
    limits = SpecLimits(params["lsl"], params["usl"], params["target"])
    found = plain_indices(limits, params["mean"], params["sigma"])
    assert found is not None
    wanted = [expected[key] for key in ("cp", "cpl", "cpu", "cpk", "cpm")]
    assert found == pytest.approx(wanted, rel=rel)
    assert k_index(limits, params["mean"]) == pytest.approx(expected["k"], rel=rel)


def test_box_cox(shared: Path) -> None:
    case = load(shared, "boxcox_nist_6_5_2")
    expected, rel = case["expected"], case["rel_tol"]
    found = boxcox(np.array(case["data"]["x"]))
    assert found.power == pytest.approx(expected["lambda"], rel=rel)
    assert found.loglik == pytest.approx(expected["loglik"], rel=rel)
    assert found.n == expected["n"]
