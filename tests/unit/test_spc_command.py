"""`loupe spc`: one study in, words, JSON or a picture out; bad input is one sentence and exit code 2."""

from __future__ import annotations

import html
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from hmi.cli.main import run
from hmi.cli.spc_words import words
from inference.inspection import Verdict
from inference.spc.study.catalogue import STUDIES, study
from tests.unit.storage_parts import journal, part, started

X = [5.1, 4.9, 5.0, 5.3, 4.8, 5.2, 5.0, 4.9]
ROWS = [[x, x + 0.1, x - 0.2] for x in X]
GAGE = {"part": list("aabbaabb"), "operator": list("KKKKLLLL"), "y": X}
EXAMPLES: dict[str, dict[str, Any]] = {
    "xbar_r": {"data": {"subgroups": ROWS}},
    "xbar_s": {"data": {"subgroups": ROWS}},
    "xbar": {"data": {"subgroups": ROWS}},
    "i_mr": {"params": {"lsl": 4.0, "usl": 6.0}, "data": {"x": [*X, 9.0, None, 5.0]}},
    "p": {"data": {"count": [1, 2, 30], "size": [50, 60, 50]}},
    "np": {"data": {"count": [1, 2, 3], "size": [50, 50, 50]}},
    "c": {"data": {"count": [1, 2, 3], "size": None}},
    "u": {"data": {"count": [1, 2, 3], "size": [1.5, 2, 2]}},
    "laney_p": {"data": {"count": [1, 2, 3], "size": [50, 50, 50]}},
    "laney_u": {"data": {"count": [1, 2, 3], "size": [50, 50, 50]}},
    "ewma": {"params": {"center": 5, "sigma": 0.2}, "data": {"x": X}},
    "cusum": {"params": {"center": 5.5, "sigma": 0.2}, "data": {"x": X}},
    "ma": {"data": {"x": X}},
    "t2_individuals": {"data": {"x": [[1, 2], [2, 1], [3, 5], [4, 2], [1, 1]]}},
    "t2_subgroups": {"data": {"x1": [[1, 2, 3], [4, 1, 2]], "x2": [[2, 1, 5], [2, 1, 2]]}},
    "mewma": {"data": {"x": [[1, 2], [2, 1], [3, 5], [4, 2], [1, 1]]}},
    "g": {"data": {"x": [3, 5, 100, 0, 2]}},
    "t": {"data": {"x": X}},
    "short_run": {"params": {"nominal": {"a": 5, "b": 5.1}}, "data": {"x": X, "part": list("aabbaabb")}},
    "rules": {"params": {"center": 5, "sigma": 0.05}, "data": {"one": X, "calm": [5.0, 5.01]}},
    "constants": {"data": {"n": [2, 5]}},
    "capability": {"params": {"lsl": 4, "usl": 6, "target": 5}, "data": {"x": [*X, 9.0, *X]}},
    "capability_summary": {"params": {"lsl": 8, "usl": 20, "mean": 16, "sigma": 2}},
    "boxcox": {"data": {"x": X}},
    "gage_rr_anova": {"params": {"tolerance": 2}, "data": GAGE},
    "attribute_agreement": {"data": {"fleiss_counts": [[0, 5], [4, 1], [3, 2]], "cohen_table": [[5, 1], [0, 4]]}},
    "acceptance_single": {"params": {"n": 20, "c": 1}, "data": {"p": [0.01, 0.1]}},
    "acceptance_find_plan": {"params": {"p1": 0.01, "p2": 0.06}},
    "acceptance_lot": {"params": {"lot": 1000, "aql": 1.0}},
    "acceptance_variables": {"params": {"p1": 0.01, "p2": 0.06}},
    "capability_percentiles": {"params": {"usl": 9}, "data": {"x": [*X, *X]}},
    "gage_rr_nested": {"data": GAGE},
    "gage_rr_range": {"params": {"tolerance": 2}, "data": GAGE},
    "gage_bias": {"params": {"reference": 5.0}, "data": {"x": X}},
    "gage_linearity": {"data": {"reference": [5.0, 5, 5, 6, 6, 6, 7, 7], "y": X}},
    "gage_stability": {"data": {"x": X}},
    "attribute_study": {
        "data": {
            "part": [1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3],
            "operator": list("KKKKKKLLLLLL"),
            "reference": ["OK", "OK", "NOT_OK", "NOT_OK", "OK", "OK"] * 2,
            "verdict": ["OK", "OK", "NOT_OK", "OK", "OK", "NOT_OK", "OK", "OK", "NOT_OK", "NOT_OK", "OK", "OK"],
        }
    },
    "pareto": {"data": {"category": ["a", "b"], "count": [3, 9]}},
}
NO_PICTURE = {
    *("rules", "constants", "capability_summary", "boxcox", "attribute_agreement", "acceptance_variables"),
    *("capability_percentiles", "gage_rr_nested", "gage_rr_range", "gage_bias", "gage_linearity", "gage_stability"),
    "attribute_study",
}


def example(chart: str) -> dict[str, Any]:
    return {"chart": chart, **EXAMPLES[chart]}


def written(folder: Path, document: Any) -> str:
    path = folder / "study.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return str(path)


def test_every_kind_of_study_has_an_example_here() -> None:
    assert EXAMPLES.keys() == STUDIES.keys()


@pytest.mark.parametrize("chart", STUDIES)
def test_every_kind_answers_in_json_and_in_words(
    chart: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, example(chart))
    assert run(["spc", path, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    if chart != "rules":
        assert answer.pop("chart") == chart
    assert answer == study(example(chart))
    assert run(["spc", path]) == 0
    told = capsys.readouterr().out
    assert told.startswith(STUDIES[chart].title)
    assert "None" not in told
    assert "nan" not in told
    told.encode("cp1252")


@pytest.mark.parametrize("chart", STUDIES)
def test_every_kind_that_can_be_drawn_is_drawn(chart: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, picture = written(tmp_path, example(chart)), tmp_path / "study.svg"
    code = run(["spc", path, "--plot", str(picture)])
    told = capsys.readouterr()
    if chart in NO_PICTURE:
        assert (code, picture.exists()) == (2, False)
        assert "has no picture" in told.err
    else:
        assert (code, told.err) == (0, "")
        assert STUDIES[chart].title.split("(")[0].strip() in html.unescape(picture.read_text("utf-8"))
    assert {each.name for each in tmp_path.iterdir()} <= {"study.json", "study.svg"}


@pytest.mark.parametrize(
    "params",
    [
        {"n": 5, "c": 5},
        {"n": 20, "c": 2, "dist": "poisson"},
        {"n": 20, "c": 2, "dist": "hypergeometric", "lot": 100},
    ],
)
def test_curves_are_those_of_the_plans_own_distribution(params: dict[str, Any], tmp_path: Path) -> None:
    document = {"chart": "acceptance_single", "params": params, "data": {"p": [0.1, 0.3]}}
    picture = tmp_path / "oc.svg"
    assert run(["spc", written(tmp_path, document), "--plot", str(picture)]) == 0
    assert ("faults per 100" in picture.read_text("utf-8")) == (params.get("dist") == "poisson")


def test_a_picture_has_an_ending_that_can_be_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["spc", written(tmp_path, example("p")), "--plot", str(tmp_path / "x.bmp")]) == 2
    assert "charts are drawn as .png, .svg, .pdf" in capsys.readouterr().err
    constant = {"chart": "capability", "params": {"lsl": 4, "usl": 6}, "data": {"x": [5.0, 5.0, 5.0]}}
    assert run(["spc", written(tmp_path, constant), "--plot", str(tmp_path / "x.png")]) == 0
    nothing = {"chart": "pareto", "data": {"category": ["a"], "count": [0]}}
    assert run(["spc", written(tmp_path, nothing), "--plot", str(tmp_path / "y.png")]) == 0


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("", "study.json, line 1, column 1: this is no JSON"),
        ('{\n  "chart": "c",\n  "data": {"count": [1, 2,}\n}', "study.json, line 3, column 27: this is no JSON"),
        ("[1, 2]", "a study is a JSON object"),
        ("[" * 100_000, "no JSON that can be read"),
        ('{"chart": "c", "data": {"count": [' + "1" * 5000 + "]}}", "no JSON that can be read"),
        ({"data": {"x": X}}, "chart is missing"),
        ({"chart": 7, "data": {"x": X}}, "chart: there is no study 7"),
        ({"chart": "i_rm", "data": {"x": X}}, "there is no study 'i_rm'; did you mean i_mr?"),
        ({"chart": "i_mr"}, "data.x is missing"),
        ({"chart": "i_mr", "data": [1, 2]}, "data: an object with named fields"),
        ({"chart": "i_mr", "data": {"x": {}}}, "data.x: a list of numbers is needed, not an object"),
        ({"chart": "i_mr", "data": {"x": []}}, "data.x is empty"),
        ({"chart": "i_mr", "data": {"x": [None, None]}}, "data.x holds no reading"),
        ({"chart": "i_mr", "data": {"x": [1, 2, "3"]}}, "data.x, row 3: '3' is no number"),
        ('{"chart": "i_mr", "data": {"x": [1, NaN, 3]}}', "data.x, row 2: nan is no number"),
        ('{"chart": "i_mr", "data": {"x": [1, -Infinity, 3]}}', "data.x, row 2: -inf is too large"),
        ({"chart": "i_mr", "data": {"x": [1, True, 3]}}, "data.x, row 2: true is no number"),
        ({"chart": "i_mr", "data": {"x": [5]}}, "do not suffice for limits"),
        ({"chart": "i_mr", "params": {"nsigma": 0}, "data": {"x": X}}, "params.nsigma must be above 0, not 0"),
        ({"chart": "i_mr", "params": {"nsgima": 3}, "data": {"x": X}}, "params.nsgima: there is no such key"),
        ({"chart": "i_mr", "params": {"mr_span": 3}, "data": {"x": X}}, "params.mr_span: moving ranges are of 2"),
        ({"chart": "i_mr", "params": {"phase1": [0, 3]}, "data": {"x": X}}, "the points are 1 to 8"),
        ({"chart": "i_mr", "params": {"phase1": [5, 3]}, "data": {"x": X}}, "points 5 to 3 are asked for"),
        ({"chart": "i_mr", "params": {"phase1": [1, 2, 3]}, "data": {"x": X}}, "not 3 numbers"),
        ({"chart": "i_mr", "params": {"excluded": [99]}, "data": {"x": X}}, "there is no point 99"),
        ({"chart": "i_mr", "params": {"rules": "nelsen"}, "data": {"x": X}}, "did you mean nelson?"),
        (
            {"chart": "ewma", "params": {"lambda": 1.2}, "data": {"x": X}},
            "params.lambda must be above 0 and at most 1",
        ),
        ({"chart": "xbar_r", "data": {"subgroups": [[1, 2], [3]]}}, "data.subgroups, row 2 has 1 readings"),
        ({"chart": "xbar_r", "data": {"subgroups": [[1, 2], 3]}}, "data.subgroups, row 2: a row of numbers"),
        ({"chart": "xbar_r", "data": {"subgroups": [[1, 2], [3, "x"]]}}, "row 2, column 2: 'x' is no number"),
        ({"chart": "xbar_r", "params": {"subgroup_size": 4}, "data": {"subgroups": ROWS}}, "is 4, but the rows have 3"),
        ({"chart": "xbar_r", "params": {"sigma_method": "RMSDF"}, "data": {"subgroups": ROWS}}, "not one of Rbar/d2"),
        (
            {"chart": "p", "data": {"count": [1, -2], "size": [5, 5]}},
            "data.count, row 2 must be a whole number of 0 or more, not -2",
        ),
        ({"chart": "p", "data": {"count": [1, 7], "size": [5, 5]}}, "data.count, row 2: 7 nonconforming of 5"),
        (
            {"chart": "p", "data": {"count": [1, 2], "size": [5, 0]}},
            "data.size, row 2 must be a whole number of 1 or more, not 0",
        ),
        ({"chart": "u", "data": {"count": [1, 2], "size": [5, 0.0]}}, "data.size, row 2 must be above 0, not 0"),
        ({"chart": "p", "data": {"count": [1, 2], "size": [5]}}, "data.size has 1 entries, count has 2"),
        ({"chart": "t2_individuals", "data": {"x": [[1, 2], [2, 4], [3, 6], [4, 8]]}}, "column"),
        ({"chart": "t2_subgroups", "data": {}}, "data.x1 is missing"),
        ({"chart": "t2_subgroups", "data": {"x1": [[1, 2]], "x2": [[1]]}}, "data.x2 has 1 rows of 1"),
        ({"chart": "gage_rr_anova", "data": {**GAGE, "part": list("aabbaaab")}}, "trials"),
        ({"chart": "gage_rr_anova", "params": {"parts": 3}, "data": GAGE}, "params.parts is 3, but the data hold 2"),
        ({"chart": "gage_rr_anova", "data": {**GAGE, "part": [*"aabbaab", None]}}, "data.part, row 8: a label"),
        ({"chart": "capability", "data": {"x": X}}, "params.lsl is missing, and so is usl"),
        ({"chart": "capability", "params": {"lsl": 6, "usl": 4}, "data": {"x": X}}, "must be below the upper one"),
        ({"chart": "capability_summary", "params": {"lsl": 6, "mean": 1}}, "params.sigma is missing"),
        ({"chart": "boxcox", "data": {"x": [1, 0]}}, "data.x, row 2 must be above 0, not 0"),
        ({"chart": "attribute_agreement"}, "fleiss_counts is missing, and so is cohen_table"),
        ({"chart": "attribute_agreement", "data": {"cohen_table": [[1, 2.5], [1, 1]]}}, "row 1 must be a whole"),
        ({"chart": "acceptance_single", "params": {"n": 2.5, "c": 0}}, "params.n must be a whole number of 1 or more"),
        ({"chart": "pareto", "data": {"category": ["a", "a"], "count": [1, 2]}}, "is there twice"),
        ({"chart": "rules", "params": {"center": 0, "sigma": 1}}, "data holds no series"),
        ({"chart": "constants", "data": {"n": [1]}}, "data.n, row 1 must be a whole number from 2"),
        (
            {"chart": "short_run", "params": {"nominal": [5]}, "data": {"x": X, "part": list("aabbaabb")}},
            "params.nominal",
        ),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    document: Any, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["spc", written(tmp_path, document), "--json"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert sentence in told.err
    assert told.err.startswith("loupe: study.json")
    assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "name a STUDY.json"),
        (["nowhere.csv"], "nowhere.csv"),
        (["a.csv", "--from-db", "b.db"], "cannot both be read"),
        (["--from-db", "nowhere.db"], "nowhere.db"),
        (["a.csv", "--phase1", "1-25"], "write it as 1:25"),
        (["a.csv", "--nominal", "ring"], "'ring' is not PART=VALUE"),
        (["a.csv", "--rules", "mine"], "--rules"),
        (["a.csv", "--lot", "7"], "--lot chooses parts of a record: name the record with --from-db"),
    ],
)
def test_wrong_use_is_one_sentence(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["spc", *arguments]) == 2
    told = capsys.readouterr()
    assert (told.out, len(told.err.splitlines())) == ("", 1)
    assert sentence in told.err


@pytest.mark.parametrize(
    ("text", "arguments", "sentence"),
    [
        ('{"chart": "i_mr", "data": {"x": [1, 2], "x": [3, 4]}}', [], "the key 'x' stands twice in one object"),
        ('{"chart": "pareto", "data": {"category": ["\\ud800"], "count": [1]}}', [], "'\\ud800' is half a character"),
        ("[" * 100_000, [], "it is nested too deeply"),
        ('{"chart": "i_mr", "data": {"x": [1, 2]}}', ["--value", "x"], "--value names a column"),
        ('{"chart": "i_mr", "data": {"x": [1, 2]}}', ["--subgroup", "3"], "--subgroup names a column"),
        ('{"chart": "i_mr", "data": {"x": [1, 2]}}', ["--reference", "3"], "--reference has no meaning for i_mr"),
        ('{"chart": "i_mr", "params": 3, "data": {"x": [1, 2]}}', ["--nsigma", "2"], "params: an object with named"),
    ],
)
def test_a_document_that_can_be_heard_in_two_ways_is_refused(
    text: str, arguments: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["spc", written(tmp_path, text), "--json", *arguments]) == 2
    told = capsys.readouterr()
    assert (told.out, len(told.err.splitlines())) == ("", 1)
    assert sentence in told.err


def test_a_character_of_two_halves_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = '{"chart": "pareto", "data": {"category": ["\\ud83d\\ude00"], "count": [1]}}'
    assert run(["spc", written(tmp_path, text), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["order"] == ["\U0001f600"]


def test_a_master_named_by_an_option_counts_for_a_study_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["spc", written(tmp_path, {"chart": "gage_bias", "data": {"x": X}}), "--json", "--reference", "5"]) == 0
    assert json.loads(capsys.readouterr().out)["reference"] == 5.0
    document = {"chart": "gage_bias", "params": {"reference": 5}, "data": {"x": X}}
    assert run(["spc", written(tmp_path, document), "--json", "--confidence", "0.9"]) == 0
    assert json.loads(capsys.readouterr().out)["reference"] == 5.0


def test_a_picture_in_a_folder_that_is_not_there_names_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, {"chart": "i_mr", "data": {"x": X}})
    assert run(["spc", path, "--plot", str(tmp_path / "no" / "x.png")]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"loupe: {tmp_path / 'no'}: there is no such folder: check the path\n")


def test_options_go_before_what_a_study_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, {"chart": "i_mr", "params": {"nsigma": 3}, "data": {"x": X}, "notes": "any"})
    assert run(["spc", path, "--json", "--nsigma", "1", "--rules", "aiag", "--phase1", "1:4"]) == 0
    answer = json.loads(capsys.readouterr().out)
    params = {"nsigma": 1.0, "rules": "aiag", "phase1": [1, 4]}
    assert answer == {"chart": "i_mr", **study({"chart": "i_mr", "params": params, "data": {"x": X}})}


def test_an_option_does_not_hide_what_a_study_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for document, sentence in (({"data": {"x": X}}, "chart is missing"), ({"chart": "i_rm"}, "did you mean i_mr?")):
        assert run(["spc", written(tmp_path, document), "--nsigma", "2"]) == 2
        told = capsys.readouterr().err
        assert told.startswith("loupe: study.json: chart")
        assert sentence in told
    assert run(["spc", written(tmp_path, {"data": {"x": X}, "params": []}), "--chart", "i", "--nsigma", "2"]) == 0


def test_every_option_of_a_csv_reaches_its_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.csv"
    path.write_text("x,part\n" + "".join(f"{x},{'ab'[n % 2]}\n" for n, x in enumerate(X)), "utf-8")

    def asked(*options: str) -> Any:
        assert run(["spc", str(path), "--value", "x", "--json", *options]) == 0
        return json.loads(capsys.readouterr().out)

    cusum = asked("--chart", "cusum", "--center", "5", "--sigma", "0.2", "--k", "0.4", "--h", "4", "--head-start", "2")
    assert (cusum["sigma"], cusum["h"], cusum["c_plus_std"][0]) == (0.2, 4.0, pytest.approx(2.1))
    ewma = asked("--chart", "ewma", "--lambda", "0.4", "--L", "2.7")
    same = {"chart": "ewma", "params": {"lambda": 0.4, "L": 2.7}, "data": {"x": X}}
    assert ewma == {"chart": "ewma", **study(same)}
    assert asked("--chart", "ma", "--span", "4")["span"] == 4
    short = asked("--chart", "short_run", "--part", "part", "--nominal", "a=5", "--nominal", "b=5.5")
    assert short["dnom"]["deviation"][1] == pytest.approx(-0.6)
    able = asked("--chart", "capability", "--lsl", "4", "--usl", "6", "--target", "5", "--confidence", "0.9")
    assert able["in_control"] is True
    assert asked()["chosen_because"] == "there is one column of readings, x"


def test_a_study_may_come_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in (json.dumps(example("p")), "x\n1\n2\n4\n"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert run(["spc", "-", "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_recorded_history_is_listed_and_charted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sink = journal(tmp_path)
    sink.append([started()])
    sink.append([part(seq, Verdict.NOT_OK if seq % 3 == 0 else Verdict.OK) for seq in range(1, 31)])
    sink.close()
    record = str(sink.path)
    assert run(["spc", "--from-db", record]) == 0
    assert "30 parts" in (told := capsys.readouterr().out)
    assert "reject" in told
    assert run(["spc", "--from-db", record, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parts"] == 30
    arguments = ["spc", "--from-db", record, "--value", "reject", "--chart", "p", "--subgroup", "10", "--json"]
    assert run(arguments) == 0
    assert json.loads(capsys.readouterr().out)["statistics"] == [0.3, 0.3, 0.4]
    assert run([*arguments, "--from", "2026-03-29T00:30:00Z", "--lot", "L1"]) == 0
    capsys.readouterr()
    assert run([*arguments, "--lot", "nowhere"]) == 2
    assert "no part is left" in capsys.readouterr().err
    assert run(["spc", "--from-db", record, "--value", "rejct"]) == 2
    assert "did you mean reject?" in capsys.readouterr().err


def test_limits_of_the_record_hold_where_none_are_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sink = journal(tmp_path)
    sink.append([started()])
    sink.append([part(seq, Verdict.OK) for seq in range(1, 13)])
    sink.close()
    arguments = ["spc", "--from-db", str(sink.path), "--chart", "capability", "--json"]
    assert run([*arguments, "--value", "bore"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["n"] == 12
    assert answer["indices"]["Pp"]["value"] == pytest.approx(0.2 / (6 * answer["sigma_overall"]))
    assert run([*arguments, "--value", "bore", "--lsl", "1e5"]) == 2
    assert "must be below the upper one" in capsys.readouterr().err
    assert run([*arguments, "--value", "edge"]) == 2
    assert "column edge is empty" in capsys.readouterr().err
    assert run([*arguments, "--value", "score"]) == 2
    assert "--lsl is missing" in capsys.readouterr().err


def test_words_say_what_is_out_by_which_rule_and_what_to_do() -> None:
    shifted = [0.1, -0.2, 0.3, -0.1, 0.2, -0.3, 0.1, -0.2] + [9.0] + [1.0 + 0.01 * (n % 3) for n in range(30)]
    told = words("i_mr", study({"chart": "i_mr", "params": {"phase1": [1, 8]}, "data": {"x": shifted}}))
    assert "rule 1 (1 point beyond 3 sigma): points 9, " in told
    assert "and 11 more" in told
    assert "What to do: look for the cause at point" in told
    assert "points depend on those before them" in words(
        "i_mr", study({"chart": "i_mr", "data": {"x": [n * 0.1 + (n % 2) * 0.01 for n in range(40)]}})
    )
    far = [[1e9 + 0.001 * n for n in row] for row in ([1, 2], [3, 1], [2, 2], [2, 4])]
    assert "centre 1000000000.002" in words("xbar_r", study({"chart": "xbar_r", "data": {"subgroups": far}}))
    run_of_nine = {"chart": "c", "params": {"phase1": [1, 4]}, "data": {"count": [5, 6, 4, 5, *([6] * 9)]}}
    assert "no point is outside" in words("c", study(run_of_nine))
