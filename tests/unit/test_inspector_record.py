"""Charts of the inspector itself: what moves is told, what merely varies is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.window.inspector_record import FEWEST, TESTED, mean_chart, rate_chart, read_inspector
from inference.inspection import Measurement, Verdict
from inference.pipeline.diagnosis import Finding, diagnose
from storage.filters import Filters
from storage.history import History
from storage.series import Labels, Series
from tests.unit.storage_parts import journal, override, part, started

NOBODY = Labels(np.empty(0, np.int32), ())


def parts(n: int) -> Series:
    seq, none = np.arange(1, n + 1), np.full(n, np.nan)
    codes = np.zeros(n, np.int8)
    return Series("x", seq, seq * 1.0, none, codes, codes, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, none, none)


def signals(chart: object) -> bool:
    return diagnose([chart]).finding not in {Finding.QUIET, Finding.UNKNOWN}


def test_a_point_is_a_block_of_neighbours_and_the_newest_part_is_in_the_last() -> None:
    chart = mean_chart("sharpness", parts(605), np.arange(605.0))
    assert (chart.subgroup, len(chart.values)) == (11, 55)
    assert (chart.values[-1], chart.seqs[-1]) == (599.0, 605)
    assert chart.seqs[0] == 11


def test_too_few_parts_have_no_limits_and_say_how_many_more_points() -> None:
    for make, per_point in ((mean_chart, 1), (rate_chart, 10)):
        chart = make("overridden", parts(12 * per_point), np.zeros(12 * per_point))
        assert chart.phase1_remaining == FEWEST + TESTED - 12
        assert chart.baseline_version is None
        assert np.isnan(chart.ucl).all()


def test_nothing_measured_is_a_chart_without_points() -> None:
    chart = mean_chart("sharpness", parts(100), np.full(100, np.nan))
    assert len(chart.values) == 0
    assert chart.violations == ()
    assert mean_chart("sharpness", parts(0), np.empty(0)).values.size == 0
    assert rate_chart("borderline", parts(0), np.empty(0)).values.size == 0


def test_a_lens_that_loosened_signals_in_the_newest_points_only() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(4.0, 0.1, 1200)
    assert not signals(mean_chart("sharpness", parts(1200), values))
    values[-60:] -= 0.3
    chart = mean_chart("sharpness", parts(1200), values)
    assert diagnose([chart]).finding is Finding.PICTURE
    assert all(violation.at >= len(chart.values) - TESTED for violation in chart.violations)


def test_one_pause_of_the_machine_is_no_shift_of_its_time() -> None:
    values = np.random.default_rng(3).normal(30.0, 1.0, 2400)
    values[-5] = 4000.0
    assert not signals(mean_chart("duration_ms", parts(2400), values))
    values[-100:] += 15.0
    assert diagnose([mean_chart("duration_ms", parts(2400), values)]).finding is Finding.MACHINE


def test_a_first_override_is_no_alarm_and_many_are() -> None:
    flags = np.zeros(600)
    flags[-3] = 1.0
    assert not signals(rate_chart("overridden", parts(600), flags))
    flags[-9:] = 1.0
    chart = rate_chart("overridden", parts(600), flags)
    assert diagnose([chart]).finding is Finding.MODEL
    assert chart.center[0] == 0.0


def test_a_rate_that_always_varied_between_blocks_is_no_alarm_for_going_on_so() -> None:
    rng, n = np.random.default_rng(4), 120_000
    rates = np.repeat(rng.uniform(0.005, 0.035, 60), n // 60)
    flags = rng.binomial(1, rates) * 1.0
    chart = rate_chart("not_decidable", parts(n), flags)
    assert not signals(chart)
    flags[-2000:] = rng.binomial(1, 0.12, 2000)
    assert signals(rate_chart("not_decidable", parts(n), flags))


def test_parts_that_cannot_be_either_are_left_out_of_a_rate() -> None:
    flags = np.zeros(600)
    flags[::2] = np.nan
    chart = rate_chart("borderline", parts(600), flags)
    assert np.array_equal(chart.values, np.zeros(60))
    gone = rate_chart("borderline", parts(600), np.full(600, np.nan))
    assert np.isnan(gone.values).all()
    assert gone.baseline_version is None


def test_a_process_that_never_varied_has_limits_on_its_line() -> None:
    values = np.full(600, 7.0)
    assert not signals(mean_chart("brightness", parts(600), values))
    values[-15:] = 7.1
    assert signals(mean_chart("brightness", parts(600), values))


def test_quiet_records_are_read_as_quiet_nearly_always() -> None:
    rng = np.random.default_rng(7)
    runs, false = 200, 0
    for _ in range(runs):
        n = 1200
        charts = [
            rate_chart(name, parts(n), rng.binomial(1, p, n) * 1.0)
            for name, p in (("overridden", 0.002), ("borderline", 0.05), ("not_decidable", 0.01))
        ]
        charts += [
            mean_chart(name, parts(n), rng.normal(60, 1, n)) for name in ("brightness", "sharpness", "duration_ms")
        ]
        false += diagnose(charts).finding is not Finding.QUIET
    assert false / runs < 0.08


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), max_size=150))
def test_whatever_was_measured_is_charted(values: list[float | None]) -> None:
    column = np.array([np.nan if value is None else value for value in values], np.float64)
    chart = mean_chart("brightness", parts(len(values)), column)
    assert len(chart.values) == len(chart.seqs) == len(chart.ucl) <= 60


def test_the_record_is_read_in_one_walk_for_each_characteristic(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    sink.append([started()])
    judged = [part(seq, Verdict.NOT_DECIDABLE if seq == 5 else Verdict.OK) for seq in range(1, 41)]
    light = (Measurement("brightness", 60.0, "grey"), Measurement("sharpness", 4.0, "%"))
    judged = [
        replace(
            one,
            inspection=replace(one.inspection, views=(replace(one.inspection.views[0], measurements=light),)),
        )
        for one in judged
    ]
    sink.append(judged)
    sink.append([override(3)])
    sink.close()
    seen: list[tuple[int, int]] = []
    with History(sink.path) as history:
        found = read_inspector(history, Filters(), lambda done, whole: seen.append((done, whole)) is None, 3)
    charts = {chart.characteristic: chart for chart in found.charts}
    assert (found.parts, found.scores.size, found.threshold) == (40, 40, pytest.approx(0.5))
    assert charts["overridden"].values.tolist() == [0.1, 0.0, 0.0, 0.0]
    assert charts["not_decidable"].values.tolist() == [0.1, 0.0, 0.0, 0.0]
    assert set(charts["brightness"].values) == {60.0}
    assert seen[-1][0] == seen[-1][1]
    assert [done / whole for done, whole in seen] == sorted(done / whole for done, whole in seen)
