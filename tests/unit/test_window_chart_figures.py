"""A chart's figures and words: limits in runs, marks by point, ranges, titles of every kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.window import chart_texts
from hmi.window.chart_figures import figures, points_of, settle
from hmi.window.words import LANGUAGES, Words
from inference.pipeline.snapshot import ChartMark, ChartPointRules
from tests.gui.charts import long_chart, quiet

KINDS = ("p", "i", "mr", "xbar", "r", "s", "np", "c", "u", "laney_p", "laney_u", "ewma", "cusum", "ma", "g", "t", "t2",
         "mewma")  # fmt: skip
NAN = np.nan


@given(st.lists(st.tuples(st.sampled_from([NAN, 0.0, 1.0]), st.integers(1, 5)), min_size=1, max_size=12), st.data())
def test_limits_in_runs_are_the_limits_of_every_point(runs: list[tuple[float, int]], data: st.DataObject) -> None:
    ucl = np.concatenate([np.full(length, level) for level, length in runs])
    chart = quiet(len(ucl), ucl=ucl)
    limits = figures(chart).limits
    lengths = np.diff(np.append(limits.starts, len(ucl)))
    assert np.array_equal(np.repeat(limits.ucl.values, lengths), ucl, equal_nan=True)
    first = data.draw(st.integers(0, len(ucl) - 1))
    last = data.draw(st.integers(first + 1, len(ucl)))
    start, stop = limits.runs(first, last)
    assert limits.starts[start] <= first
    assert last <= np.append(limits.starts, len(ucl))[stop]
    assert stop - start <= last - first


def test_a_chart_without_limits_is_one_run() -> None:
    blank = np.full(1000, NAN)
    assert figures(quiet(1000, center=blank, lcl=blank, ucl=blank)).limits.starts.tolist() == [0]


@given(st.integers(0, 300), st.integers(0, 300), st.booleans())
def test_figures_taken_over_equal_figures_made_anew(before: int, after: int, changed: bool) -> None:
    whole = long_chart(max(before, after), kind="p")
    if changed and after:
        whole.values[after // 2] += 1.0
    chart = part(whole, after)
    found, anew = figures(chart, figures(part(long_chart(max(before, after), kind="p"), before))), figures(chart)
    for one, other in ((found.trace, anew.trace), (found.limits.ucl, anew.limits.ucl),
                       (found.violated.values, anew.violated.values)):  # fmt: skip
        assert np.array_equal(one.values, other.values, equal_nan=True)
    assert found.range(0, after) == anew.range(0, after)


def part(chart, count: int):
    columns = {
        name: getattr(chart, name)[:count].copy() for name in ("values", "center", "lcl", "ucl", "seqs", "utc_s")
    }
    return replace(chart, violations=tuple(v for v in chart.violations if v.at < count), **columns)


def test_another_chart_or_another_window_takes_nothing_over() -> None:
    before = figures(quiet(10))
    assert figures(quiet(10, first_number=2), before).trace is not before.trace
    assert figures(quiet(10, key="other"), before).trace is not before.trace
    assert figures(quiet(12), before).trace is before.trace


def test_violations_in_any_order_are_found_by_point() -> None:
    shown = figures(quiet(10, violations=(ChartPointRules(7, (2, 5)), ChartPointRules(3, (1,)))))
    assert shown.violated.at.tolist() == [3, 7]
    assert [shown.rules_of(k) for k in (3, 7, 8)] == [(1,), (2, 5), ()]


def test_a_cusum_violation_stands_on_the_trace_that_left_its_limits() -> None:
    lower = -np.array([0.0, 9.0, 9.0, 0.0])
    broken = tuple(ChartPointRules(k, (1,)) for k in (1, 2, 3))
    chart = quiet(4, values=np.array([0.0, 0.5, 8.0, 8.0]), lower_values=lower, violations=broken)
    assert figures(chart).violated.values.values.tolist() == [-9.0, 8.0, 8.0]


def test_the_range_holds_points_limits_and_near_specs() -> None:
    chart = quiet(40, lower_spec=-5.0, upper_spec=400.0)
    shown = figures(chart)
    assert (shown.low, shown.high) == (-5.0, 3.0)
    assert figures(replace(chart, values=10 * chart.values)).range(0, 40) == (-10.0, 10.0)


@pytest.mark.parametrize("value", [0.0, 5.0, -2.0, 1e9, 1e-15, NAN])
def test_constant_data_without_limits_have_a_range(value: float) -> None:
    blank = np.full(5, NAN)
    low, high = figures(quiet(5, values=np.full(5, value), center=blank, lcl=blank, ucl=blank)).range(0, 5)
    assert np.isfinite([low, high]).all()
    assert low < high
    assert not low > value
    assert not high < value


def test_small_spreads_far_from_zero_and_near_zero_keep_their_range() -> None:
    for mean, sigma in ((1e9, 1e-3), (1e-12, 1e-15)):
        chart = long_chart(100, mean=mean, sigma=sigma)
        low, high = figures(chart).range(0, 100)
        assert high - low == pytest.approx(6 * sigma, rel=0.5)


def test_the_picture_stands_still_while_all_fits() -> None:
    before = settle(None, 0.0, 1.0)
    assert before == (-0.15, 1.15)
    assert settle(before, 0.1, 1.0) is before
    assert settle(before, 0.4, 0.6) != before
    assert settle(before, 0.0, 1.2) != before


def test_the_number_of_a_rule_at_an_extreme_point_has_room_in_the_picture_that_stands() -> None:
    before = settle(None, 0.0, 1.0)
    for low, high in ((0.0, 1.14), (-0.14, 1.0)):
        bottom, top = settle(before, low, high)
        assert min(low - bottom, top - high) > 0.1


def test_a_subgroups_point_stands_for_all_its_parts() -> None:
    chart = quiet(4, kind="xbar", subgroup=5, seqs=np.array([5, 10, 15, 20]))
    assert points_of(chart, frozenset({1, 5, 11, 21})) == {0, 2}
    assert points_of(replace(chart, kind="i"), frozenset({5, 11})) == {0}
    assert points_of(quiet(0), frozenset({1})) == frozenset()


# --- words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_of_every_kind_has_a_title(kind: str, language: str) -> None:
    words = Words(language)
    found = chart_texts.title(quiet(kind=kind, subgroup=5), words)
    assert found.startswith(words.name("bore_diameter"))
    assert "chart." not in found
    assert "{" not in found


def test_the_title_names_unit_and_cavity() -> None:
    assert chart_texts.title(quiet(cavity="C3"), Words("en")) == "Bore diameter C3, mm · I chart"


def test_the_point_under_the_cursor_says_all_that_is_known_of_it() -> None:
    chart = quiet(
        10,
        excluded=(ChartMark(3, "trial"),),
        stages=(ChartMark(3, "new tool"),),
        notes=(ChartMark(3, "coolant refilled"), ChartMark(4, "not here")),
    )
    words = Words("en")
    assert chart_texts.point(chart, 3, (1, 5), words) == (
        "part 4 · 14:13:26 · 1.0 mm · rule 1, 5 · left out: trial · new stage: new tool · coolant refilled"
    )


def test_a_cusum_point_tells_both_sums() -> None:
    assert chart_texts.point(quiet(4, lower_values=np.full(4, -0.5)), 1, (), Words("en")).endswith("1.0 mm / −0.5 mm")


def test_counts_have_no_decimals_and_gaps_no_value() -> None:
    words = Words("en")
    assert chart_texts.value_text(quiet(kind="np", unit=""), 4.0, words) == "4"
    assert chart_texts.value_text(quiet(), NAN, words) == "no value"


@pytest.mark.parametrize(("kind", "text"), [("i", "0.500"), ("ewma", "0.500"), ("mr", "0.0"), ("cusum", "0.0")])
def test_only_values_on_the_characteristics_scale_are_turned_back(kind: str, text: str) -> None:
    chart = quiet(kind=kind, transform="logit", unit="")
    assert chart_texts.value_text(chart, 0.0, Words("en")) == text
    assert "nan" not in chart_texts.value_text(chart, -5000.0, Words("en"))


def test_spec_limits_far_away_are_named_with_an_arrow() -> None:
    labels = chart_texts.edge_labels(quiet(upper_spec=400.0, lower_spec=-4.0), Words("en"))
    assert [label.text for label in labels] == ["UCL 3.0", "CL 0.0", "LCL −3.0", "USL 400.0 ↑", "LSL −4.0"]


def test_a_chart_of_more_than_a_day_says_the_day() -> None:
    chart, words = quiet(4), Words("en")
    assert chart_texts.ends(chart, 0, 4, words) == ("14:13:20", "14:13:26")
    chart = replace(chart, utc_s=chart.utc_s + np.array([0, 0, 86400, 86400]))
    assert chart_texts.ends(chart, 0, 2, words) == ("2026-09-21 14:13:20", "14:13:22")
    assert chart_texts.ends(chart, 0, 4, words) == ("2026-09-21 14:13:20", "2026-09-22 14:13:26")
    assert chart_texts.ends(chart, 2, 2, words) == ()
