"""Whatever a document holds, a study either answers with numbers that JSON can hold or refuses in one sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.cli.spc_input import answer_table
from hmi.cli.spc_table import read_csv
from hmi.cli.spc_wishes import Wishes
from inference.spc.limits import SpcError
from inference.spc.study.catalogue import STUDIES, study
from inference.spc.study.panels import panels

ODD = st.sampled_from(
    [0, 1, -1, 0.5, 2, 1e9, 1e9 + 1e-3, 1e-320, 1e-160, 1e99, -1e99, 1e308, 10**400, True, None, "x", ""]
)
NUMBER = st.one_of(st.integers(-3, 60), st.floats(allow_nan=True, allow_infinity=True), ODD)
PLAIN = st.one_of(st.integers(0, 9), st.floats(-100, 100))
TIGHT = st.floats(0, 1e-3).map(lambda value: 1e9 + value)
LABEL = st.sampled_from(["a", "b", "c", 1, 2.5, None, ""])
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBER, st.text(max_size=4)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=8,
)


def lists(kind: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(kind, min_size=1, max_size=24)


def tables(kind: st.SearchStrategy[Any]) -> st.SearchStrategy[list[list[Any]]]:
    shapes = st.tuples(st.integers(1, 12), st.integers(1, 4))
    return shapes.flatmap(
        lambda shape: st.lists(
            st.lists(kind, min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
        )
    )


LISTS = st.one_of(*(lists(kind) for kind in (PLAIN, TIGHT, NUMBER, LABEL, st.just(3.0), st.just(0))))
TABLES = st.one_of(*(tables(kind) for kind in (PLAIN, TIGHT, NUMBER, st.integers(0, 5), st.just(3.0))))
SETTING = st.one_of(PLAIN, NUMBER, JSON, st.sampled_from(["nelson", "RMSDF", "MVLUE-R", "UWAVE-SD", "poisson", [1, 5]]))


@st.composite
def documents(draw: st.DrawFn, chart: str) -> dict[str, Any]:
    kind = STUDIES[chart]
    keys = kind.data or ("a", "b")
    params = {key: draw(SETTING) for key in kind.params if draw(st.integers(0, 3)) == 0}
    data = {key: draw(st.one_of(LISTS, TABLES, JSON)) for key in keys if draw(st.integers(0, 9))}
    return {"chart": chart, "params": params, "data": data}


@st.composite
def sensible(draw: st.DrawFn, chart: str) -> dict[str, Any]:
    """A study of the right form: lists of one length, tables of numbers."""
    kind, n = STUDIES[chart], draw(st.integers(1, 30))
    reading = draw(st.sampled_from([PLAIN, TIGHT, st.just(5.0), st.integers(0, 3), st.one_of(PLAIN, st.none())]))
    data: dict[str, Any] = {}
    for key in kind.data or ("series",):
        if key in {"subgroups", "x1", "x2", "fleiss_counts", "cohen_table"} or "t2" in chart or chart == "mewma":
            width = draw(st.integers(1, 4)) if key != "x2" else len(data["x1"][0])
            data[key] = [[draw(reading) for _ in range(width)] for _ in range(n)]
        elif key in {"part", "operator", "category", "verdict", "reference"} and chart != "gage_linearity":
            data[key] = [draw(st.sampled_from("ab")) for _ in range(n)]
        else:
            data[key] = [draw(st.integers(2, 20)) if key in {"size", "n"} else draw(reading) for _ in range(n)]
    required = {
        "lsl": 1.0,
        "usl": 9.0,
        "mean": 4.0,
        "sigma": 2.0,
        "center": 1.0,
        "n": 20,
        "c": 2,
        "p1": 0.01,
        "p2": 0.1,
    }
    params = {key: required[key] for key in kind.params if key in required and chart != "acceptance_variables"}
    if chart in {"ewma", "cusum", "ma"}:
        data.pop(draw(st.sampled_from(["x", "subgroups"])))
    if draw(st.booleans()) and chart not in {"capability_summary", "rules", "acceptance_variables"}:
        params = {key: value for key, value in params.items() if key not in {"center", "sigma"}}
    return {"chart": chart, "params": params, "data": data}


def answered(document: dict[str, Any]) -> bool:
    try:
        answer = study(document)
    except SpcError as error:
        refused = str(error)
    else:
        refused = ""
        check(document["chart"], answer)
    assert "\n" not in refused
    return not refused


def check(chart: str, answer: dict[str, Any]) -> None:
    json.dumps(answer, allow_nan=False)
    for panel in panels(chart, answer):
        assert len({len(panel.values), len(panel.center), len(panel.lcl), len(panel.ucl)}) == 1
        assert all(panel.first <= point < panel.first + len(panel.values) for point in panel.broken)


@pytest.mark.parametrize("chart", STUDIES)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_a_document_of_any_content_is_answered_or_refused(chart: str, data: st.DataObject) -> None:
    answered(data.draw(documents(chart)))


@pytest.mark.parametrize("chart", STUDIES)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_a_document_of_the_right_form_is_answered_or_refused(chart: str, data: st.DataObject) -> None:
    answered(data.draw(sensible(chart)))


@given(JSON)
@settings(max_examples=200, deadline=None)
def test_what_is_no_study_at_all_is_refused(document: Any) -> None:
    with pytest.raises(SpcError):
        study(document)


CELL = st.one_of(
    st.sampled_from(["1", "2.5", "1,5", "-3", "1e5", "", " ", "abc", '"', '"a', '""', "nan", "1e999", "\u00e4", "0"]),
    st.integers(0, 20).map(str),
)
LINES = st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=12)
CSV = st.one_of(
    st.text(max_size=60),
    st.tuples(LINES, st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"])).map(
        lambda made: "a{0}b{0}c{1}".format(*made[1:]) + made[2].join(made[1].join(line) for line in made[0])
    ),
    st.lists(CELL, min_size=1, max_size=20).map(lambda cells: "a\n" + "\n".join(cells)),
)


@given(CSV, st.sampled_from([None, "i_mr", "xbar_r", "p", "c", "pareto", "capability"]), st.sampled_from([(), ("a",)]))
@settings(max_examples=200, deadline=None)
def test_a_file_of_any_text_is_answered_or_refused(text: str, chart: str | None, value: tuple[str, ...]) -> None:
    wishes = Wishes(chart, value, size="b" if chart == "p" else None, settings={"lsl": 0.0} if chart else {})
    try:
        done = answer_table(read_csv(text, "any.csv"), wishes)
    except SpcError as error:
        refused = str(error)
    else:
        refused = ""
        check(done.chart, done.answer)
    assert "\n" not in refused
