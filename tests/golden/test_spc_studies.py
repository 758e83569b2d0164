"""Every reference case through the public study and some through the command line: numbers to rel_tol, points exact."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from hmi.cli.main import run
from inference.spc.study.catalogue import study
from tests.conftest import shared_folder

NOT_ANSWERS = {"published", "rules_per_point", "plain_chart_violations", "mass_grid_lambda"}
"""Keys under `expected` that CONTRACT.md says are no answers, beside `alternative_*` and `qicharts2_*`."""
EXACT = ("violations", "signal_upper", "signal_lower")
FOLDER = (shared_folder() or Path("nowhere")) / "spc_cases"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json") if path.stem != "arl_exact")


def case(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def compare(expected: Any, found: Any, rel: float, where: str, exact: bool = False) -> int:
    """Compare every leaf that counts; the number of leaves compared."""
    if isinstance(expected, dict):
        leaves = 0
        for key, value in expected.items():
            if key in NOT_ANSWERS or key.startswith(("alternative_", "qicharts2_")):
                continue
            assert key in found, f"{where}.{key} is missing"
            leaves += compare(value, found[key], rel, f"{where}.{key}", exact or key in EXACT)
        return leaves
    if isinstance(expected, list) and not exact:
        assert len(found) == len(expected), where
        return sum(compare(a, b, rel, f"{where}[{n}]") for n, (a, b) in enumerate(zip(expected, found, strict=True)))
    if exact or isinstance(expected, str) or expected is None:
        assert found == expected, where
    else:
        # a reference of 0 may be the rounded rest of a difference here
        assert math.isclose(found, expected, rel_tol=rel, abs_tol=0.0 if expected else 1e-12), (
            f"{where}: {found} is not {expected}"
        )
    return 1


@pytest.mark.parametrize("name", NAMES or [pytest.param("none", marks=pytest.mark.skip("shared data not here"))])
def test_a_reference_case_is_answered_to_its_tolerance(name: str) -> None:
    reference = case(name)
    assert compare(reference["expected"], study(reference), reference.get("rel_tol", 1e-9), name) > 0


THROUGH_THE_COMMAND = ("i_mr", "xbar_s", "p", "cusum", "t2_subgroups", "capability", "gage_rr_anova", "pareto")


@pytest.mark.parametrize("chart", THROUGH_THE_COMMAND)
def test_the_command_answers_a_case_file_as_it_is(chart: str, shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = next(path for path in sorted((shared / "spc_cases").glob("*.json")) if case(path.stem)["chart"] == chart)
    assert run(["spc", str(path), "--json"]) == 0
    reference, answer = case(path.stem), json.loads(capsys.readouterr().out)
    assert answer["chart"] == chart
    assert compare(reference["expected"], answer, reference["rel_tol"], path.stem) > 0
