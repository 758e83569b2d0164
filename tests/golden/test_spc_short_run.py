"""Short runs against R qcc: deviations from nominal and Z-MR, every figure to the case's own tolerance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.spc.short_run import deviation_series, z_range_series, z_series


def load(shared: Path, name: str) -> dict[str, Any]:
    return json.loads((shared / "spc_cases" / f"{name}.json").read_text("utf-8"))


def test_deviations_from_nominal(shared: Path) -> None:
    case = load(shared, "short_run_z_mr")
    expected, rel = case["expected"]["dnom"], case["rel_tol"]
    series = deviation_series(np.array(case["data"]["x"], float), case["data"]["part"], case["params"]["nominal"])
    limits = series.limits[0]
    assert limits
    found = {"center": limits.center, "sigma": series.baseline.sigma, "lcl": limits.lower, "ucl": limits.upper}
    assert found == pytest.approx({name: expected[name] for name in found}, rel=rel)
    assert series.statistics.tolist() == pytest.approx(expected["deviation"], rel=rel)


def test_z_and_its_moving_range(shared: Path) -> None:
    case = load(shared, "short_run_z_mr")
    expected, rel = case["expected"]["z_mr"], case["rel_tol"]
    z = z_series(np.array(case["data"]["x"], float), case["data"]["part"])
    mr = z_range_series(z)
    parts = z.baseline.parts
    assert {part: parts[part].mean for part in parts} == pytest.approx(expected["mean_by_part"], rel=rel)
    assert {part: parts[part].sigma for part in parts} == pytest.approx(expected["sigma_by_part"], rel=rel)
    assert z.statistics.tolist() == pytest.approx(expected["z"], rel=rel)
    assert np.isnan(mr.statistics[0])
    assert mr.statistics[1:].tolist() == pytest.approx(expected["mr_z"], rel=rel)
    lines, ranges = z.limits[0], mr.limits[0]
    assert lines
    assert ranges
    assert (lines.lower, lines.upper) == (expected["lcl"], expected["ucl"])
    assert (ranges.center, ranges.upper) == pytest.approx((expected["mr_center"], expected["mr_ucl"]), rel=rel)
