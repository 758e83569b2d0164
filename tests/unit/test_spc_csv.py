"""CSV files for `loupe spc`: what is sniffed, what is missing, and where a fault stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hmi.cli.spc_input import answer_file
from hmi.cli.spc_table import read_csv
from hmi.cli.spc_wishes import Wishes
from inference.spc.limits import SpcError
from inference.spc.study.catalogue import study

X = [5.1, 4.9, 5.0, 5.3, 4.8, 5.2, 5.0, 4.9]


def done(tmp_path: Path, text: str | bytes, **wishes: Any) -> dict[str, Any]:
    path = tmp_path / "data.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return answer_file(path, Wishes(**wishes)).answer


def column(values: list[Any], title: str = "x") -> str:
    return title + "\n" + "".join(f"{value}\n" for value in values)


@pytest.mark.parametrize(
    "text",
    [
        "n,bore\n" + "".join(f"{n},{x}\n" for n, x in enumerate(X)),
        "n;bore\r\n" + "".join(f"{n};{str(x).replace('.', ',')}\r\n" for n, x in enumerate(X)),
        "n;bore\n" + "".join(f"{n};{x}\n" for n, x in enumerate(X)),
        "sep=;\r\nn;bore\r\n" + "".join(f"{n};{str(x).replace('.', ',')}\r\n" for n, x in enumerate(X)),
        "n\tbore\n" + "".join(f"{n}\t{x}\n" for n, x in enumerate(X)),
        "\ufeffn,bore\n" + "".join(f"{n},{x}\n" for n, x in enumerate(X)) + "\n\n  \n",
        'n,"bore"\n' + "".join(f'"{n}"," {x} "\n' for n, x in enumerate(X)),
        '"note, with a comma";bore\n' + "".join(f'"a; ""b""\n";{x}\n' for x in X),
    ],
)
def test_delimiters_decimal_commas_quotes_marks_and_blank_ends_are_all_read_alike(tmp_path: Path, text: str) -> None:
    assert done(tmp_path, text, value=("bore",))["i"]["statistics"] == X


def test_an_answer_from_a_file_is_that_of_the_same_study(tmp_path: Path) -> None:
    assert done(tmp_path, column(X)) == study({"chart": "i_mr", "params": {}, "data": {"x": X}})


@pytest.mark.parametrize(
    ("text", "wishes", "words"),
    [
        ("", {}, ["data.csv is empty"]),
        ("\n \n", {}, ["data.csv is empty"]),
        ("x\n", {}, ["a header row and no readings"]),
        ("1.5\n2.5\n", {}, ["line 1", "add a header row"]),
        ("1,5;2,5\n2,5;1\n", {}, ["line 1", "add a header row"]),
        ("x,y\n1,2\n3\n", {"value": ("x",)}, ["line 3 has 1 cells, the header has 2"]),
        ("x,y\n1,2\n3,4,5\n", {"value": ("x",)}, ["line 3 has 3 cells"]),
        ('x,y\n1,2\n"3,4\n', {"value": ("x",)}, ["line 3", "no CSV"]),
        ("x,y\n1,2\n3,abc\n", {"value": ("y",)}, ["line 3, column y: 'abc' is no number"]),
        ("x,y\n1,2\n3,nan\n", {"value": ("y",)}, ["line 3, column y: 'nan' is no number"]),
        ("x,y\n1,2\n3,1_0\n", {"value": ("y",)}, ["line 3, column y: '1_0' is no number"]),
        ("x,y\n1,\n3,\n", {"value": ("y",)}, ["column y is empty"]),
        ("x,y\n1,2\n3,4\n", {"value": ("z",)}, ["no column 'z'", "x, y"]),
        ("bore,y\n1,2\n3,4\n", {"value": ("bor",)}, ["no column 'bor'; did you mean bore?"]),
        ("x,x\n1,2\n3,4\n", {"value": ("x",)}, ["more than one column 'x'"]),
        ("x,y\n1,2\n3,4\n", {}, ["--value", "x, y"]),
        ("x\nabc\n", {}, ["line 2, column x: 'abc' is no number"]),
        ("x,y\na,b\n", {}, ["--value", "no column holds numbers"]),
        ("x,y\n1,2\n1.2.3,4\n5,6\n", {}, ["--value", "columns of numbers are x, y"]),
        ("x\n5\n", {}, ["data.csv: points 1 to 1 do not suffice for limits: two readings"]),
        ("x\n5\n6\n", {"chart": "xbar_r", "subgroup": "0"}, ["--subgroup: a subgroup has 1 reading or more"]),
        ("x\n1\n1e308\n", {}, ["line 3, column x", "too large"]),
        ("sep=;\nx\n1\n1e308\n", {}, ["line 4, column x", "too large"]),
        ("a,b\n1,2\n3,1e308\n", {"value": ("a", "b")}, ["line 3, column b", "too large"]),
        ("a,b;c\n1\n", {"value": ("a",)}, ["line 2 has 1 cells"]),
        ("x\n5\n", {}, ["do not suffice"]),
        ("c,n\n1,5\n6,5\n", {"value": ("c",), "size": "n"}, ["line 3, column c: 6 nonconforming of 5 pieces"]),
        ("c,n\n1,5\n-1,5\n", {"value": ("c",), "size": "n"}, ["line 3, column c", "0 or more, not -1"]),
        ("c,n\n1,5\n1,0\n", {"value": ("c",), "size": "n"}, ["line 3, column n", "1 or more, not 0"]),
        ("c,n\n1,5\n1,\n", {"value": ("c",), "size": "n"}, ["line 3, column n: a number is missing here"]),
        ("c,n\n1,5\n2,6\n", {"value": ("c",), "size": "n", "chart": "np"}, ["line 3, column n", "one constant size"]),
        ("c\n1\n2\n", {"chart": "p"}, ["--size is missing"]),
        ("a,b\n1,2\n", {"chart": "xbar_r", "value": ("a",)}, ["--subgroup"]),
        ("a,b\n1,2\n", {"chart": "t2_individuals", "value": ("a",)}, ["--value", "two columns"]),
        ("a,b\n1,2\n", {"chart": "i_mr", "value": ("a", "b")}, ["--value", "not 2"]),
        ("a,b\n1,2\n", {"chart": "constants"}, ["constants", "STUDY.json"]),
        ("a,b\n1,2\n", {"chart": "xbarr"}, ["--chart", "did you mean xbar_r?"]),
        ("x\n1\n2\n", {"settings": {"nsigma": 0.0}}, ["--nsigma", "above 0, not 0"]),
        ("x\n1\n2\n", {"settings": {"phase1": [1, 9]}}, ["--phase1", "points 1 to 9", "the points are 1 to 2"]),
        ("x\n1\n2\n", {"settings": {"lambda": 0.2}}, ["--lambda has no meaning for i_mr"]),
        ("x\n1\n2\n", {"chart": "ewma", "settings": {"lambda": 1.5}}, ["--lambda", "at most 1, not 1.5"]),
        ("x\n1\n2\n", {"chart": "capability"}, ["--lsl", "is missing"]),
        ("x,p\n1,a\n2,\n", {"chart": "short_run", "value": ("x",), "part": "p"}, ["line 3, column p: a label"]),
        ("x,p,o\n1,a,b\n2,b,b\n", {"value": ("x",), "part": "p", "operator": "o"}, ["2 trials"]),
        ("x,p,o\n1,a,b\n,b,b\n", {"value": ("x",), "part": "p", "operator": "o"}, ["line 3, column x: a number"]),
    ],
)
def test_a_fault_is_one_sentence_with_its_place(
    tmp_path: Path, text: str, wishes: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(SpcError) as error:
        done(tmp_path, text, **wishes)
    for word in words:
        assert word in str(error.value)
    assert "\n" not in str(error.value)


def test_text_of_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SpcError, match=r"line 3: this is no UTF-8"):
        done(tmp_path, b"x\n1\n\xe4\n")


def test_an_empty_cell_is_a_gap_that_no_moving_range_reaches_across(tmp_path: Path) -> None:
    answer = done(tmp_path, "n,x\n1,5\n2,\n3,6\n4,7\n", value=("x",))
    assert answer["i"]["statistics"] == [5.0, None, 6.0, 7.0]
    assert answer["mr"]["statistics"] == [None, None, 1.0]
    assert done(tmp_path, "x\n5\n\n6\n7\n")["i"]["statistics"] == [5.0, None, 6.0, 7.0]


def test_readings_beside_one_another_are_a_subgroup(tmp_path: Path) -> None:
    text = "a,b,c\n" + "".join(f"{x},{x + 1},\n" if n == 2 else f"{x},{x + 1},{x + 2}\n" for n, x in enumerate(X))
    answer = done(tmp_path, text, value=("a", "b", "c"))
    rows = [[x, x + 1, None if n == 2 else x + 2] for n, x in enumerate(X)]
    assert answer == study({"chart": "xbar_r", "data": {"subgroups": rows}})


def test_equal_neighbours_in_a_column_are_a_subgroup(tmp_path: Path) -> None:
    labels = "AAABBBAA"
    text = "lot,x\n" + "".join(f"{label},{x}\n" for label, x in zip(labels, X, strict=True))
    rows = [X[:3], X[3:6], [*X[6:], None]]
    answer = done(tmp_path, text, value=("x",), subgroup="lot")
    assert answer == study({"chart": "xbar_r", "data": {"subgroups": rows}})
    assert done(tmp_path, text, value=("x",), subgroup="lot", chart="s")["s"]["statistics"][0] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("short", "rows"),
    [
        ("plot", [X[:3], X[3:6], [*X[6:], None]]),
        ("gap", [X[:3], X[3:6], [None] * 3]),
        ("merge", [[*X[:3], None, None], X[3:]]),
    ],
)
def test_a_number_groups_readings_in_their_order(tmp_path: Path, short: str, rows: list[Any]) -> None:
    answer = done(tmp_path, column(X), subgroup="3", short=short)
    assert answer == study({"chart": "xbar_r", "data": {"subgroups": rows}})


def test_parts_that_are_bad_or_good_are_summed_up(tmp_path: Path) -> None:
    bad = [0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0]
    answer = done(tmp_path, column(bad), chart="p", subgroup="5")
    assert answer == study({"chart": "p", "data": {"count": [2, 2, 0], "size": [5, 5, 1]}})


@pytest.mark.parametrize("chart", ["p", "u", "laney_p", "laney_u", "np", "c"])
def test_counts_with_their_sizes(tmp_path: Path, chart: str) -> None:
    counts, sizes = [1, 3, 2, 5, 0, 2], [50] * 6
    text = "bad,n\n" + "".join(f"{a},{b}\n" for a, b in zip(counts, sizes, strict=True))
    data = {"count": counts} if chart == "c" else {"count": counts, "size": sizes}
    wishes = {} if chart == "c" else {"size": "n"}
    assert done(tmp_path, text, chart=chart, value=("bad",), **wishes) == study({"chart": chart, "data": data})
    assert done(tmp_path, text, size="n")["center"] == pytest.approx(13 / 300)


def test_characteristics_beside_one_another_are_a_vector(tmp_path: Path) -> None:
    rows = [[1.0, 2.0], [2.0, 1.0], [3.0, 5.0], [4.0, 2.0], [1.0, 1.0], [2.0, 2.5]]
    text = "lot,a,b\n" + "".join(f"{n // 3},{a},{b}\n" for n, (a, b) in enumerate(rows))
    single = study({"chart": "t2_individuals", "data": {"x": rows}})
    assert done(tmp_path, text, chart="t2", value=("a", "b")) == single
    groups = {"x1": [[1.0, 2.0, 3.0], [4.0, 1.0, 2.0]], "x2": [[2.0, 1.0, 5.0], [2.0, 1.0, 2.5]]}
    answer = done(tmp_path, text, chart="t2_subgroups", value=("a", "b"), subgroup="lot")
    assert answer == study({"chart": "t2_subgroups", "data": groups})
    assert done(tmp_path, text, chart="mewma", value=("a", "b"))["center"] == single["center"]


def test_capability_gauge_short_run_and_pareto_come_from_columns_too(tmp_path: Path) -> None:
    limits = {"lsl": 4.0, "usl": 6.0}
    answer = done(tmp_path, column(X), chart="capability", settings=limits)
    assert answer == study({"chart": "capability", "params": limits, "data": {"x": X}})
    grouped = done(tmp_path, column(X), chart="capability", subgroup="4", settings={**limits, "sigma_method": "RMSDF"})
    rows = {"chart": "capability", "params": {**limits, "sigma_within": "RMSDF"}, "data": {"x": [X[:4], X[4:]]}}
    assert grouped == study(rows)
    part, operator = list("aabbaabb"), list("KKKKLLLL")
    text = "y,part,who\n" + "".join(f"{x},{p},{o}\n" for x, p, o in zip(X, part, operator, strict=True))
    gage = study({"chart": "gage_rr_anova", "data": {"part": part, "operator": operator, "y": X}})
    assert done(tmp_path, text, value=("y",), part="part", operator="who") == gage
    nominal = {"nominal": {"a": 5.0, "b": 5.0}}
    short = study({"chart": "short_run", "params": nominal, "data": {"x": X, "part": part}})
    assert done(tmp_path, text, chart="z_mr", value=("y",), part="part", settings=nominal) == short
    counted = study({"chart": "pareto", "data": {"category": ["K", "L"], "count": [4, 4]}})
    assert done(tmp_path, text, chart="pareto", category="who") == counted
    assert done(tmp_path, text, chart="pareto", value=("who",)) == counted
    table = "kind,n\nscratch,3\ndent,7\n"
    assert done(tmp_path, table, chart="pareto", category="kind", value=("n",))["order"] == ["dent", "scratch"]
    assert done(tmp_path, column(X), chart="boxcox")["n"] == 8
    assert done(tmp_path, column(X), chart="ewma")["sigma"] == done(tmp_path, column(X))["i"]["sigma"]
    assert done(tmp_path, column(X), chart="cusum", subgroup="2")["center"] == pytest.approx(sum(X) / 8)
    assert done(tmp_path, column(X), chart="rules", settings={"center": 5.0, "sigma": 0.05})["x"]["nelson"]["nelson1"]


def test_masters_and_verdicts_come_from_columns_too(tmp_path: Path) -> None:
    reference = [5.0, 5.0, 5.0, 6.0, 6.0, 6.0, 7.0, 7.0]
    text = "y,master\n" + "".join(f"{x},{m}\n" for x, m in zip(X, reference, strict=True))
    line = study({"chart": "gage_linearity", "data": {"y": X, "reference": reference}})
    assert done(tmp_path, text, chart="gage_linearity", value=("y",), reference="master") == line
    bias = study({"chart": "gage_bias", "params": {"reference": 5.1}, "data": {"x": X}})
    assert done(tmp_path, text, chart="gage_bias", value=("y",), reference="5.1") == bias
    with pytest.raises(SpcError, match=r"--reference: 'five' is no number"):
        done(tmp_path, text, chart="gage_bias", value=("y",), reference="five")
    with pytest.raises(SpcError, match=r"--reference is missing"):
        done(tmp_path, text, chart="gage_linearity", value=("y",))
    rows = [("1", "Ada", "OK", "OK"), ("1", "Ben", "NOT_OK", "OK"), ("2", "Ada", "NOT_OK", "NOT_OK")]
    rows += [("2", "Ben", "NOT_OK", "NOT_OK"), ("3", "Ada", "OK", "OK"), ("3", "Ben", "OK", "OK")]
    text = "part,who,said,truth\n" + "".join(",".join(row) + "\n" for row in rows)
    names = {"part": "part", "operator": "who", "value": ("said",), "reference": "truth"}
    answer = done(tmp_path, text, chart="attribute_study", **names)
    assert answer["raters"]["Ada"]["verdict"] == "acceptable"
    assert answer["raters"]["Ben"]["false_alarms"] == [1]
    with pytest.raises(SpcError, match=r"line 7, column truth is 'NOT_OK' here and 'OK' before for part 3"):
        done(tmp_path, text[:-3] + "NOT_OK\n", chart="attribute_study", **names)


def test_a_table_names_what_it_has() -> None:
    table = read_csv("a;b\n1,5;x\n;y\n", "t.csv")
    assert table.numbers("a") == [1.5, None]
    assert table.labels("b") == ["x", "y"]
    assert table.place("a", 2) == "t.csv, line 3, column a"
    with pytest.raises(SpcError, match="line 3, column a: a label is missing"):
        table.labels("a")
