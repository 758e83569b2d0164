"""Acceptance sampling and Pareto against R and published plans, to the cases' own tolerance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inference.spc.pareto import pareto
from inference.spc.sampling.iso2859 import AQLS, LETTERS, code_letter, lot_plan, plan_for_letter
from inference.spc.sampling.iso3951 import find_variables_plan
from inference.spc.sampling.plans import SinglePlan, acceptance, find_plan, outgoing_limit

Case = dict[str, Any]


@pytest.fixture(scope="session")
def spc_cases(shared: Path) -> Path:
    return shared / "spc_cases"


def load(folder: Path, name: str) -> Case:
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


def test_operating_characteristic_of_a_single_plan(spc_cases: Path) -> None:
    case = load(spc_cases, "oc_single_89_2")
    plan = SinglePlan(case["params"]["n"], case["params"]["c"])
    assert acceptance(plan, case["data"]["p"]).tolist() == pytest.approx(case["expected"]["pa"], rel=case["rel_tol"])


def test_smallest_plan_that_meets_both_risks(spc_cases: Path) -> None:
    case = load(spc_cases, "find_plan_1pct_6pct")
    plan = find_plan(**case["params"])
    assert {"n": plan.n, "c": plan.c, "r": plan.r} == case["expected"]


def test_pareto_of_counts(spc_cases: Path) -> None:
    case = load(spc_cases, "pareto_defects")
    expected, rel = case["expected"], case["rel_tol"]
    rows = pareto(case["data"]["category"], case["data"]["count"]).rows
    assert [row.category for row in rows] == expected["order"]
    assert [row.count for row in rows] == expected["count"]
    assert [row.cum for row in rows] == expected["cum"]
    assert [row.pct for row in rows] == pytest.approx(expected["pct"], rel=rel)
    assert [row.cum_pct for row in rows] == pytest.approx(expected["cum_pct"], rel=rel)


def test_worst_outgoing_quality_of_montgomerys_plan() -> None:
    """SQC 7th ed., section 15.2.2: n = 89, c = 2, AOQL about 1.55 % near p = 2.5 %."""
    aoql, at = outgoing_limit(SinglePlan(89, 2))
    assert aoql == pytest.approx(0.0155, abs=2e-4)
    assert at == pytest.approx(0.025, abs=1e-3)


def test_variables_plan_of_montgomerys_nomograph() -> None:
    """SQC 7th ed., section 16.2: 1 % at 95 %, 6 % at 10 %, sigma unknown: n = 40, k = 1.9 as read off by eye."""
    plan = find_variables_plan(0.01, 0.05, 0.06, 0.10, sigma_known=False)
    assert plan.n == pytest.approx(40, abs=2)
    assert plan.k == pytest.approx(1.9, abs=0.01)


# MIL-STD-105E, table I.
LETTER_ROWS = {
    (2, 8): "AAAAAAB",
    (9, 15): "AAAAABC",
    (16, 25): "AABBBCD",
    (26, 50): "ABBCCDE",
    (51, 90): "BBCCCEF",
    (91, 150): "BBCDDFG",
    (151, 280): "BCDEEGH",
    (281, 500): "BCDEFHJ",
    (501, 1200): "CCEFGJK",
    (1201, 3200): "CDEGHKL",
    (3201, 10000): "CDFGJLM",
    (10001, 35000): "CDFHKMN",
    (35001, 150000): "DEGJLNP",
    (150001, 500000): "DEGJMPQ",
    (500001, 10**7): "DEHKNQR",
}


@pytest.mark.parametrize(("lots", "letters"), LETTER_ROWS.items())
def test_code_letters_are_those_of_table_1(lots: tuple[int, int], letters: str) -> None:
    levels = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
    for lot in lots:
        assert "".join(code_letter(lot, level) for level in levels) == letters


# MIL-STD-105E, tables II-A and II-B as the US public-works guide prints them: AQL 0.65 to 15, rejection numbers;
# "v" is an arrow down, "^" an arrow up.
COLUMNS = (0.65, 1.0, 1.5, 2.5, 4.0, 6.5, 10.0, 15.0)
NORMAL = """
A v v v v v 1 v v
B v v v v 1 ^ v 2
C v v v 1 ^ v 2 3
D v v 1 ^ v 2 3 4
E v 1 ^ v 2 3 4 6
F 1 ^ v 2 3 4 6 8
G ^ v 2 3 4 6 8 11
H v 2 3 4 6 8 11 15
J 2 3 4 6 8 11 15 22
K 3 4 6 8 11 15 22 ^
L 4 6 8 11 15 22 ^ ^
M 6 8 11 15 22 ^ ^ ^
"""
TIGHTENED = """
B v v v v v 1 v v
C v v v v 1 v v 2
D v v v 1 v v 2 3
E v v 1 v v 2 3 4
F v 1 v v 2 3 4 6
G 1 v v 2 3 4 6 9
H v v 2 3 4 6 9 13
J v 2 3 4 6 9 13 19
K 2 3 4 6 9 13 19 ^
L 3 4 6 9 13 19 ^ ^
"""


@pytest.mark.parametrize(("severity", "table"), [("normal", NORMAL), ("tightened", TIGHTENED)])
def test_the_diagonal_rule_gives_the_printed_master_table(severity: Any, table: str) -> None:
    for line in table.split("\n"):
        letter, *entries = line.split() or [""]
        for aql, entry in zip(COLUMNS, entries, strict=False):
            found, plan = plan_for_letter(letter, aql, severity=severity)
            if entry in "v^":
                assert (LETTERS.index(found) > LETTERS.index(letter)) == (entry == "v"), (letter, aql)
            else:
                assert (found, plan.r) == (letter, int(entry)), (letter, aql)


# Rows of table II-A (MIL-STD-105E), acceptance numbers from left to right without arrows.
@pytest.mark.parametrize(
    ("letter", "accepted"),
    [
        ("A", [0, 1, 2, 3, 5, 7, 10, 14, 21, 30]),
        ("B", [0, 1, 2, 3, 5, 7, 10, 14, 21, 30, 44]),
        ("E", [0, 1, 2, 3, 5, 7, 10, 14, 21, 30, 44]),
        ("F", [0, 1, 2, 3, 5, 7, 10, 14, 21]),
        ("Q", [0, 1, 2, 3, 5, 7, 10, 14, 21]),
        ("R", [1, 2, 3, 5, 7, 10, 14, 21]),
    ],
)
def test_rows_of_the_normal_table(letter: str, accepted: list[int]) -> None:
    entries = [plan_for_letter(letter, aql) for aql in AQLS]
    assert [plan.c for found, plan in entries if found == letter] == accepted


@pytest.mark.parametrize(
    ("lot", "aql", "letter", "n", "ac"),
    [
        (2000, 1.0, "K", 125, 3),
        (1000, 0.65, "J", 80, 1),
        (200, 0.40, "G", 32, 0),
        (5000, 0.65, "L", 200, 3),
        (400, 2.5, "H", 50, 3),
        (400, 0.65, "J", 80, 1),
        (200, 0.65, "F", 20, 0),
        (40, 1.0, "E", 13, 0),
    ],
)
def test_published_plans_at_level_2(lot: int, aql: float, letter: str, n: int, ac: int) -> None:
    found = lot_plan(lot, aql)
    assert (found.letter, found.plan) == (letter, SinglePlan(n, ac))


def test_the_tightened_table_ends_in_the_sample_of_3150() -> None:
    assert plan_for_letter("R", 0.025, severity="tightened") == ("S", SinglePlan(3150, 1))
    assert plan_for_letter("Q", 0.025, severity="tightened") == ("S", SinglePlan(3150, 1))
