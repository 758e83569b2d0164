"""Studies in the small: settings that cases do not use, and what an answer says when a figure does not exist."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from inference.spc.limits import SpcError
from inference.spc.presets import PRESETS, preset
from inference.spc.series import chart_series
from inference.spc.study.answer import column
from inference.spc.study.ask import FieldError, Fields, guess, shown
from inference.spc.study.catalogue import STUDIES, clean, study
from inference.spc.study.panels import panels
from inference.spc.study.patterns import describe

X = [5.1, 4.9, 5.0, 5.3, 4.8, 5.2, 5.0, 4.9]


def ask(chart: str, data: dict[str, Any], **params: Any) -> dict[str, Any]:
    return study({"chart": chart, "params": params, "data": data})


def test_phase_1_makes_the_limits_and_all_points_are_held_against_them() -> None:
    answer = ask("i_mr", {"x": [*X, 9.0]}, phase1=[1, 8], phase2=[9, 9])
    assert answer["i"]["center"] == pytest.approx(np.mean(X))
    assert answer["i"]["violations"]["nelson"]["nelson1"] == [9]
    assert answer["mr"]["violations"]["rule1"] == [9]
    assert answer["sigma_overall"] == pytest.approx(np.std(X, ddof=1))


def test_excluded_points_are_neither_learned_from_nor_tested() -> None:
    answer = ask("i_mr", {"x": [*X, 9.0, *X]}, excluded=[9])
    assert answer["i"]["center"] == pytest.approx(np.mean(X))
    assert answer["i"]["violations"]["nelson"]["nelson1"] == []
    with pytest.raises(SpcError, match=r"params.excluded, row 1: there is no point 10"):
        ask("i_mr", {"x": X}, excluded=[10])


def test_a_center_and_a_sigma_that_are_known_need_no_phase_1() -> None:
    answer = ask("i_mr", {"x": [5.0]}, center=5.0, sigma=0.1)
    assert answer["i"]["ucl"] == [pytest.approx(5.3)]
    rows = ask("xbar_r", {"subgroups": [[5.0, 5.2, 5.1, 5.0]]}, center=5.0, sigma=0.1)
    assert rows["xbar"]["ucl"] == [pytest.approx(5.15)]
    assert rows["r"]["center"] == pytest.approx(0.2058750746)
    with pytest.raises(SpcError, match=r"params.sigma is missing: a number \(above 0\) is needed"):
        ask("i_mr", {"x": X}, center=5.0)


def test_rule_1_lies_where_the_limits_lie() -> None:
    wide = ask("i_mr", {"x": [*X, 5.9]}, phase1=[1, 8], nsigma=4)
    narrow = ask("i_mr", {"x": [*X, 5.9]}, phase1=[1, 8], nsigma=1.5)
    for answer in (wide, narrow):
        block = answer["i"]
        beyond = [n for n, (x, top) in enumerate(zip(block["statistics"], block["ucl"], strict=True), 1) if x > top]
        assert [n for n in block["violations"]["nelson"]["nelson1"] if block["statistics"][n - 1] > 5.03] == beyond
    assert narrow["i"]["violations"]["nelson"]["nelson1"] != wide["i"]["violations"]["nelson"]["nelson1"]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_lists_its_rules_with_their_windows(name: str) -> None:
    run = [*X, *([5.5] * 9)]
    block = ask("i_mr", {"x": run}, phase1=[1, 8], rules=name)["i"]["violations_of"]
    assert block["preset"] == name
    assert list(block["rules"]) == [str(n) for n in range(1, 9)]
    series = chart_series("i", np.array(run[:8]))
    assert [entry["rule"] for entry in block["rules"].values()] == [describe(rule) for rule in preset(name)]
    assert series.baseline.points == 8
    for entry in block["rules"].values():
        assert entry["points"] == [last for _, last in entry["windows"]]
        assert all(first <= last for first, last in entry["windows"])
    assert len({entry["rule"] for entry in block["rules"].values()}) == 8


def test_charts_of_counts_run_the_rules_that_need_no_zones() -> None:
    answer = ask("c", {"count": [3, 4, 5, 3]})
    assert list(answer["violations_of"]["rules"]) == ["1", "2", "3", "4"]
    assert set(answer["violations"]["nelson"]) == {f"nelson{n}" for n in range(1, 9)}


def test_run_lengths_stand_beside_the_charts() -> None:
    only_limit = ask("cusum", {"x": X}, center=5, sigma=0.2)["in_control_run_length"]
    assert only_limit == pytest.approx(465.44, abs=0.01)
    assert ask("ewma", {"x": X}, center=5, sigma=0.2, L=3)["in_control_run_length"] == pytest.approx(559.9, rel=0.01)
    asymptotic = ask("ewma", {"x": X}, center=5, sigma=0.2, limits="asymptotic")
    assert asymptotic["lcl"] == [pytest.approx(asymptotic["asymptotic"]["lcl"])] * 8
    assert ask("ewma", {"x": X}, **{"lambda": 1e-9})["in_control_run_length"] is None
    assert ask("cusum", {"x": X}, head_start=50, h=5)["in_control_run_length"] is None
    assert ask("c", {"count": [0, 0, 0]})["in_control_run_length"] is None
    assert 60 < ask("i_mr", {"x": X})["in_control_run_length"] < 90
    assert ask("p", {"count": [3, 4, 5], "size": [50, 60, 70]})["in_control_run_length"] > 50


def test_dependent_readings_are_told() -> None:
    trend = [n * 0.1 for n in range(40)]
    assert ask("i_mr", {"x": trend})["autocorrelation"]["significant"]
    chance = random.Random(1)
    assert not ask("i_mr", {"x": [chance.gauss(0, 1) for _ in range(40)]})["autocorrelation"]["significant"]


def test_capability_says_null_where_there_is_no_index() -> None:
    one_sided = ask("capability", {"x": X}, usl=6.0)
    assert one_sided["indices"]["Cp"] == {"value": None, "ci95": None}
    assert one_sided["indices"]["Cp_u"]["value"] > 0
    assert one_sided["expected_within"]["ppm_below"] is None
    constant = ask("capability", {"x": [5.0] * 8}, lsl=4, usl=6)
    assert constant["indices"]["Pp_k"]["value"] is None
    assert constant["anderson_darling"] == {"A": None, "p": None}
    single = ask("capability", {"x": [5.0]}, lsl=4, usl=6)
    assert (single["in_control"], single["sigma_overall"]) == (None, None)
    single_with_sigma = ask("capability", {"x": [5.0]}, lsl=4, usl=6, sigma_within=0.1)
    assert single_with_sigma["indices"]["Cp"] == {"value": pytest.approx(10 / 3), "ci95": None}


def test_capability_takes_sigma_within_by_any_method() -> None:
    rows = [[x, x + 0.3, x - 0.1] for x in X]
    found = {
        method: ask("capability", {"x": rows}, lsl=4, usl=6, sigma_within=method)["sigma_within"]
        for method in ("Rbar/d2", "MVLUE-R", "Sbar/c4", "RMSDF")
    }
    assert found["Rbar/d2"] == pytest.approx(found["MVLUE-R"])
    assert found["Sbar/c4"] != pytest.approx(found["Rbar/d2"], rel=1e-9)
    with pytest.raises(SpcError, match=r"params.sigma_within: 'Rbar/d2' is not one of MRbar/d2"):
        ask("capability", {"x": X}, lsl=4, usl=6, sigma_within="Rbar/d2")


def test_a_few_points_out_of_a_long_series_are_no_loss_of_control() -> None:
    chance = random.Random(3)
    quiet = ask("capability", {"x": [chance.gauss(0, 1) for _ in range(3000)]}, lsl=-6, usl=6)
    assert quiet["points_out"] > 0
    assert quiet["in_control"] is True
    assert quiet["cautions"] == []
    moved = ask("capability", {"x": [chance.gauss(3 * (n // 1500), 1) for n in range(3000)]}, lsl=-6, usl=6)
    assert moved["in_control"] is False
    assert moved["cautions"]
    assert ask("capability", {"x": [*X, 9.0]}, lsl=4, usl=10)["in_control"] is False


def test_a_known_mean_and_sigma_that_are_too_small_are_refused() -> None:
    with pytest.raises(SpcError, match=r"params.sigma: 1e-309 is too small|params.sigma"):
        ask("capability_summary", {}, lsl=-1e99, usl=1e99, mean=0, sigma=1e-309)


def test_a_gauge_that_never_scatters_has_no_ratio() -> None:
    data = {"part": list("aabb"), "operator": ["K"] * 4, "y": [5.0] * 4}
    answer = ask("gage_rr_anova", data)
    assert (answer["verdict"], answer["reduced"]["ndc"]) == (None, None)


def test_agreement_on_one_category_has_no_kappa() -> None:
    answer = ask("attribute_agreement", {"cohen_table": [[5, 0], [0, 0]], "fleiss_counts": [[3, 0], [3, 0]]})
    assert answer["cohen_kappa"] is None
    assert answer["fleiss_kappa"] is None


def test_one_kind_of_agreement_is_enough() -> None:
    assert "fleiss_kappa" not in ask("attribute_agreement", {"cohen_table": [[5, 1], [0, 4]]})
    assert "cohen_kappa" not in ask("attribute_agreement", {"fleiss_counts": [[3, 0], [1, 2]]})


def test_what_cannot_be_charted_so_is_refused() -> None:
    with pytest.raises(SpcError, match=r"data.size, row 2: 6 is not 5: an np chart has one constant size"):
        ask("np", {"count": [1, 2], "size": [5, 6]})
    with pytest.raises(SpcError, match=r"data.size, row 2: 2.5 is not 2: a c chart has one constant area"):
        ask("c", {"count": [1, 2], "size": [2, 2.5]})
    assert ask("c", {"count": [1, 2], "size": [2, 2]}) == ask("c", {"count": [1, 2], "size": []})
    with pytest.raises(SpcError, match="a study is an object with chart, params and data, not a list"):
        study([1])


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"chart": "i_mr", "parms": {"nsigma": 2}, "data": {"x": X}}, "parms: a study has no such key; did you mean"),
        ({"chart": "c", "data": {"count": [1, 2.5]}}, "data.count, row 2 must be a whole number of 0 or more, not 2.5"),
        ({"chart": "p", "data": {"count": [1, 2], "size": [5, 5.5]}}, "data.size, row 2 must be a whole number of 1"),
        ({"chart": "ewma", "params": {"start": 4.0}, "data": {"x": X}}, "params.start: 4 is not one of z0=center"),
        (
            {"chart": "ewma", "params": {"limits": "asymtotic"}, "data": {"x": X}},
            "'asymtotic' is not one of exact, time-varying",
        ),
        ({"chart": "mewma", "params": {"covariance": "asymptotic"}, "data": {"x": [[1, 2]]}}, "is exact from"),
        ({"chart": "t2_subgroups", "data": {"x2": [[1, 2], [2, 3]]}}, "data.x1 is missing: a table of subgroups"),
        (
            {"chart": "t2_subgroups", "data": {"x1": [[1, 2]], "x3": [[1, 2]]}},
            "data.x2 is missing: a table of subgroups",
        ),
        (
            {"chart": "ma", "params": {"span": 1e20}, "data": {"x": X}},
            "params.span must be a whole number of 2 or more",
        ),
        (
            {"chart": "pareto", "data": {"category": ["a", float("nan")], "count": [1, 2]}},
            "data.category, row 2: a label",
        ),
        (
            {"chart": "short_run", "params": {"nominal": {"a": 1}}, "data": {"x": [1, 2], "part": ["a", "b"]}},
            "data.part, row 2: 'b' has no nominal: known are a",
        ),
        (
            {"chart": "acceptance_single", "params": {"n": 9, "c": 1}, "data": {"p": [0.1, 1.5]}},
            "data.p, row 2 must be from 0 to 1, not 1.5",
        ),
        (
            {"chart": "acceptance_find_plan", "params": {"p1": 0.06, "p2": 0.01}},
            "params.p2: the bad quality 0.01 must be above the good one, p1 = 0.06",
        ),
        ({"chart": "i_mr", "data": {"x": [5]}}, "points 1 to 1 do not suffice for limits: two readings that follow"),
        (
            {"chart": "xbar_r", "params": {"phase1": [1, 1]}, "data": {"subgroups": [[1, None], [1, 2]]}},
            "points 1 to 1 do not suffice for limits: two readings that follow one another, or a subgroup of two, are",
        ),
        (
            {"chart": "c", "params": {"phase1": [1, 1]}, "data": {"count": [None, 2]}},
            "points 1 to 1 do not suffice for limits: no reading is among them",
        ),
    ],
)
def test_nothing_that_a_document_says_goes_unheard(document: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SpcError) as error:
        study(document)
    assert sentence in str(error.value)


def test_the_limits_of_an_ewma_are_those_that_its_document_names() -> None:
    exact, flat = (ask("ewma", {"x": X}, limits=limits, start="z0 = center") for limits in ("exact time", "Asymptotic"))
    assert exact["ucl"][0] < flat["ucl"][0] == pytest.approx(exact["asymptotic"]["ucl"])


def test_other_gauge_studies_say_what_they_find() -> None:
    y = [10.0, 10.1, 12.0, 12.1, 10.2, 10.1, 12.2, 12.0]
    data = {"part": list("aabbaabb"), "operator": list("KKKKLLLL"), "y": y}
    ranges = ask("gage_rr_range", data, tolerance=5)
    assert ranges["components"]["pct_tolerance_grr"] > 0
    nested = ask("gage_rr_nested", data)
    assert (nested["parts_of_each"], nested["trials"], nested["operators"]) == (2, 2, ["K", "L"])
    assert "pct_tolerance_grr" not in nested["components"]
    still = {**data, "y": [5.0] * 8}
    assert (ask("gage_rr_range", still)["verdict"], ask("gage_rr_nested", still)["verdict"]) == (None, None)
    assert ask("gage_bias", {"x": X}, reference=5.0, variation=6)["acceptable"]
    line = ask("gage_linearity", {"reference": [1, 1, 2, 2, 3], "y": [1.1, 1.0, 2.3, 2.2, 3.4]})
    assert line["at"][2] is None
    assert ask("gage_stability", {"x": X, "time": list(range(8))})["stable"]


def test_a_single_rater_is_judged_alone() -> None:
    data = {"part": [1, 2], "operator": ["K", "K"], "reference": ["good", "bad"], "verdict": ["good", "good"]}
    answer = ask("attribute_study", data, bad="bad", undecided="?")
    assert answer.keys() == {"raters"}
    assert answer["raters"]["K"]["missed"] == [2]
    two = {key: [*values, *values] for key, values in data.items()} | {"operator": [*"KKLL"]}
    assert ask("attribute_study", two, bad="bad")["pairs"][0]["raters"] == ["K", "L"]
    alike = {**two, "verdict": ["good"] * 4, "reference": ["good"] * 4}
    assert ask("attribute_study", alike, bad="bad")["fleiss_kappa"] is None


def test_capability_by_percentiles_names_its_distribution() -> None:
    chance = random.Random(5)
    x = [chance.expovariate(1.0) for _ in range(200)]
    best = ask("capability_percentiles", {"x": x}, usl=9)
    assert best["distribution"] in {"exponential", "weibull", "gamma"}
    assert best["expected"]["ppm_above"] < 1000
    asked = ask("capability_percentiles", {"x": x}, usl=9, distribution="weibull")
    assert (asked["distribution"], set(asked["parameters"])) == ("weibull", {"shape", "location", "scale"})
    constant = ask("capability_percentiles", {"x": [5.0] * 8}, usl=9)
    assert (constant["distribution"], constant["parameters"], constant["anderson_darling"]) == (None, {}, None)
    with pytest.raises(SpcError, match="did you mean weibull"):
        ask("capability_percentiles", {"x": x}, usl=9, distribution="weibul")


def test_plans_by_aql_and_by_variables() -> None:
    plan = ask("acceptance_lot", {}, lot=1000, aql=1.0)
    assert (plan["letter"], plan["n"], plan["c"]) == ("J", 80, 2)
    known = ask("acceptance_variables", {}, p1=0.01, p2=0.06, sigma="known")
    assert known["n"] < ask("acceptance_variables", {}, p1=0.01, p2=0.06)["n"]
    with pytest.raises(SpcError, match=r"params.severity: 'reduced' is not one of normal, tightened"):
        ask("acceptance_lot", {}, lot=1000, aql=1.0, severity="reduced")


def test_labels_may_be_numbers() -> None:
    short = ask("short_run", {"x": X, "part": [1, 1, 2, 2, 1, 1, 2, 2]}, nominal={"1": 5.0, "2": 5.1})
    assert short["z_mr"]["mean_by_part"].keys() == {"1", "2"}
    with pytest.raises(SpcError, match="no nominal"):
        ask("short_run", {"x": X, "part": [1, 1, 2, 2, 1, 1, 2, 3]}, nominal={"1": 5.0, "2": 5.1})


def test_points_outside_come_with_what_each_characteristic_has_to_do_with_it() -> None:
    chance = random.Random(2)
    rows = [[chance.gauss(0, 1), chance.gauss(0, 1)] for _ in range(30)]
    rows[7] = [0.0, 12.0]
    answer = ask("t2_individuals", {"x": rows}, confidence=0.99)
    assert answer["violations"] == [8]
    assert answer["contributions"]["8"][0]["column"] == 2
    few = ask("t2_individuals", {"x": [[1, 2], [2, 1], [3, 3]]})
    assert (few["ucl_phase1"], few["violations"]) == (None, [])


def test_a_mewma_chart_takes_a_known_center_and_covariance() -> None:
    answer = ask("mewma", {"x": [[0.1, 0.2]]}, center=[0, 0], cov=[[1, 0], [0, 1]])
    assert answer["cov"] == [[1.0, 0.0], [0.0, 1.0]]
    with pytest.raises(SpcError, match=r"params.arl0 must be above 1"):
        ask("mewma", {"x": [[0.1, 0.2]]}, arl0=1)


def test_no_answer_holds_what_json_cannot() -> None:
    assert clean({"a": [float("nan"), (1.0, float("inf"))], 2: "x"}) == {"a": [None, [1.0, None]], "2": "x"}
    assert column(np.array([1.0, np.nan, np.inf]), 0.0) == [1.0, 0.0, 0.0]


def test_errors_name_field_row_and_column() -> None:
    error = FieldError("data.x", "is none", 3, 2)
    assert str(error) == "data.x, row 3, column 2 is none"
    assert (error.field, error.wrong, error.row, error.column) == ("data.x", "is none", 3, 2)
    assert guess("xba", STUDIES) == "; did you mean xbar_r?"
    assert guess("zzz", STUDIES) == guess("", STUDIES) == ""
    assert guess("I_MR", STUDIES) == guess("IMR", STUDIES) == "; did you mean i_mr?"
    assert guess("bore", ["Bore_mm"]) == "; did you mean Bore_mm?"
    assert [shown(value) for value in (None, True, {}, [], [1], "x", 1.5)] == [
        *("null", "true", "an object", "an empty list", "a list", "'x'", "1.5")
    ]
    assert len(shown("x" * 100)) == 38
    assert not Fields("data", {"x": None}).has("x")
    with pytest.raises(FieldError, match=r"data.x, row 1: a label is needed, not null"):
        Fields("data", {"x": [None]}).words("x")
    with pytest.raises(FieldError, match=r"data.y is missing: a number is needed"):
        Fields("data", {}).number("y")


def test_panels_hold_what_the_answer_holds() -> None:
    assert [panel.title for panel in panels("i_mr", ask("i_mr", {"x": X}))] == ["Individuals (I)", "Moving ranges (MR)"]
    (only,) = panels("cusum", ask("cusum", {"x": [*X, 9.0, 9.0, 1.0, 1.0, 1.0]}, center=5, sigma=0.2))
    assert only.lower is not None
    assert min(value for value in only.lower if value is not None) < -5
    assert set(only.broken) == {9, 10, 11, 12, 13}
    assert [panel.kind for panel in panels("i_mr", ask("i_mr", {"x": [5.0]}, center=5, sigma=1))] == ["i"]
    without = ask("short_run", {"x": X, "part": list("aabbaabb")})
    assert [panel.kind for panel in panels("short_run", without)] == ["z", "mr_z"]
