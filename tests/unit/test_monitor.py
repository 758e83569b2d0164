"""The monitor: which parts a chart takes, where subgroups end, what is shown, and that the records alone decide."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.chart_plan import ChartBaseline, ChartPlan
from inference.pipeline.monitor import SpcMonitor
from inference.pipeline.ports import Observation
from inference.pipeline.readings import logit
from inference.pipeline.snapshot import ChartSnapshot
from inference.pipeline.track import Spec
from inference.spc.limits import SpcError

BASELINE = ChartBaseline(mean=25.0, sigma=0.01, points=100)
BORE = ChartPlan(kind="i", characteristic="bore", baseline=BASELINE)
BORE_MR = ChartPlan(kind="mr", characteristic="bore", baseline=BASELINE)
SCORE = ChartPlan(
    kind="i", characteristic="score", transform="logit", baseline=ChartBaseline(mean=-3.0, sigma=1.0, points=100)
)
RATE = ChartBaseline(mean=0.1, sigma=0.3, points=20)
REJECT = ChartPlan(kind="p", characteristic="reject", subgroup=5, baseline=RATE)
UNDECIDED = ChartPlan(kind="p", characteristic="not_decidable", subgroup=5, baseline=RATE)
ALL = (REJECT, UNDECIDED, BORE, BORE_MR, SCORE)


def part(seq: int, verdict: str = "OK", score: float | None = 0.05, **values: float) -> Observation:
    return Observation(seq, f"id{seq}", 1000.0 + seq, verdict, score, values)


def chart(monitor: SpcMonitor, key: str) -> ChartSnapshot:
    return next(snapshot for snapshot in monitor.snapshot() if snapshot.key == key)


def fed(plans: tuple[ChartPlan, ...], *parts: Observation, keep: int = 2000) -> SpcMonitor:
    monitor = SpcMonitor(plans, keep=keep)
    monitor.replay(parts)
    return monitor


def test_a_subgroup_closes_with_its_last_part() -> None:
    monitor = fed((REJECT,), *(part(n, "NOT_OK" if n == 2 else "OK") for n in range(1, 5)))
    assert not chart(monitor, "p:reject").values.size
    monitor.add(part(5))
    shown = chart(monitor, "p:reject")
    assert (shown.values.tolist(), shown.sizes.tolist(), shown.seqs.tolist()) == ([0.2], [5], [5])


def test_parts_not_decided_are_left_out_of_the_reject_rate_and_have_their_own() -> None:
    verdicts = ["OK", "NOT_OK", "NOT_DECIDABLE", "NOT_DECIDABLE", "OK"]
    monitor = fed((REJECT, UNDECIDED), *(part(n, v) for n, v in enumerate(verdicts, 1)))
    reject, undecided = monitor.snapshot()
    assert (reject.values[0], reject.sizes[0]) == (pytest.approx(1 / 3), 3)
    assert (undecided.values[0], undecided.sizes[0]) == (pytest.approx(2 / 5), 5)


def test_a_subgroup_where_nothing_was_decided_is_a_gap() -> None:
    shown = fed((REJECT,), *(part(n, "NOT_DECIDABLE") for n in range(1, 6))).snapshot()[0]
    assert np.isnan(shown.values[0])
    assert (shown.sizes[0], shown.violations) == (0, ())


def test_a_jump_in_the_sequence_closes_the_subgroup_short_and_cuts_moving_ranges() -> None:
    monitor = fed((REJECT, BORE_MR), part(1, bore=25.0), part(2, "NOT_OK", bore=25.01), part(15, bore=25.0))
    reject, ranges = monitor.snapshot()
    assert (reject.values.tolist(), reject.sizes.tolist(), reject.seqs.tolist()) == ([0.5, 0.0], [2, 1], [2, 15])
    assert np.array_equal(np.isnan(ranges.values), [True, False, True])


def test_the_score_chart_takes_parts_judged_ok_on_the_logit_scale() -> None:
    shown = fed((SCORE,), part(1, score=0.5), part(2, "NOT_OK", score=0.99), part(3, score=0.0)).snapshot()[0]
    assert np.array_equal(shown.values, [0.0, math.nan, logit(1e-6)], equal_nan=True)
    assert np.all(np.isfinite(shown.center))


def test_a_missing_measurement_is_a_gap_and_every_verdict_counts() -> None:
    shown = fed((BORE,), part(1, "NOT_OK", bore=25.02), part(2), part(3, "NOT_DECIDABLE", None, bore=25.0)).snapshot()[
        0
    ]
    assert np.array_equal(shown.values, [25.02, math.nan, 25.0], equal_nan=True)
    assert shown.seqs.tolist() == [1, 2, 3]


def test_a_violation_says_chart_rule_point_value_limit_and_part() -> None:
    monitor = fed((BORE, REJECT), part(7, bore=25.0))
    (violation,) = monitor.add(part(8, bore=25.05))
    assert (violation.key, violation.rules, violation.number, violation.seq) == ("i:bore", (1,), 8, 8)
    assert (violation.value, violation.limit) == (25.05, pytest.approx(25.03))
    said = violation.message()
    assert (said.code, said.args["rules"], said.args["seq"]) == ("chart.violation", "1", 8)
    assert chart(monitor, "i:bore").violations[0].at == 1


def test_only_the_newest_point_is_reported() -> None:
    monitor = fed((BORE,))
    reports = [monitor.add(part(n, bore=25.0 + (0.05 if n == 2 else 0.001 * (-1) ** n))) for n in range(1, 6)]
    assert [len(found) for found in reports] == [0, 1, 0, 0, 0]


def test_limits_come_from_the_first_points_and_are_then_frozen() -> None:
    plan = ChartPlan(kind="i", characteristic="bore", phase1=4)
    monitor = SpcMonitor((plan,), {"bore": Spec("mm", 24.9, 25.1)})
    assert (monitor.snapshot()[0].phase1_remaining, monitor.frozen_baselines()) == (4, {})
    for n, value in enumerate([1.0, 2.0, 1.0, 2.0, 9.0], 1):
        monitor.add(part(n, bore=value))
    shown = monitor.snapshot()[0]
    assert shown.phase1_remaining == 0
    assert np.array_equal(np.isnan(shown.ucl), [True] * 4 + [False])
    assert [v.at for v in shown.violations] == [4]
    frozen = monitor.frozen_baselines()["i:bore"]
    assert (frozen.baseline.mean, frozen.baseline.points) == (1.5, 4)
    assert (shown.unit, shown.lower_spec, shown.upper_spec) == ("mm", 24.9, 25.1)


def test_spec_limits_stand_on_the_scale_of_their_chart_and_never_on_a_range() -> None:
    monitor = SpcMonitor((SCORE, BORE_MR), {"score": Spec("", None, 0.5), "bore": Spec("mm", 24.9, 25.1)})
    score, ranges = monitor.snapshot()
    assert (score.lower_spec, score.upper_spec) == (None, 0.0)
    assert (ranges.unit, ranges.lower_spec, ranges.upper_spec) == ("mm", None, None)


def test_snapshots_are_frozen_and_shared_while_nothing_changes() -> None:
    monitor = fed((BORE,), part(1, bore=25.0))
    before, version = monitor.snapshot()[0], monitor.version
    assert monitor.snapshot()[0] is before
    with pytest.raises(ValueError, match="read-only"):
        before.values[0] = 0.0
    monitor.add(part(2, bore=25.0))
    assert monitor.version != version
    assert before.values.size == 1


def test_old_points_go_in_blocks_and_violations_keep_their_place() -> None:
    monitor = fed((BORE,), *(part(n, bore=25.05 if n % 10 == 0 else 25.0) for n in range(1, 36)), keep=16)
    shown = monitor.snapshot()[0]
    assert shown.first_number == 21
    assert shown.seqs.tolist() == list(range(21, 36))
    assert [int(shown.seqs[v.at]) for v in shown.violations if 1 in v.rules] == [30]


def test_a_truncated_history_leaves_out_the_subgroup_whose_start_it_lacks() -> None:
    monitor = SpcMonitor((REJECT, BORE))
    monitor.replay([part(n, bore=25.0) for n in range(8, 17)], truncated=True)
    reject, bore = monitor.snapshot()
    assert reject.seqs.tolist() == [15]
    assert bore.seqs[0] == 8


def test_a_p_chart_of_a_measured_value_is_refused() -> None:
    with pytest.raises(SpcError, match="p chart counts reject or"):
        SpcMonitor((ChartPlan(kind="p", characteristic="bore"),))


def test_quiet_is_counted_in_points_since_the_newest_violation() -> None:
    monitor = fed((BORE, REJECT), *(part(n, bore=25.05 if n == 3 else 25.0) for n in range(1, 13)))
    assert (monitor.quiet_points("i:bore"), monitor.quiet_points("p:reject")) == (9, math.inf)


PARTS = st.tuples(
    st.sampled_from(["OK", "OK", "OK", "NOT_OK", "NOT_DECIDABLE"]),
    st.one_of(st.none(), st.floats(0, 1)),
    st.one_of(st.none(), st.floats(24.95, 25.05)),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=120), st.integers(0, 23))
def test_a_rebuild_from_the_last_parts_shows_what_was_on_the_screen(
    parts: list[tuple[str, float | None, float | None]], dropped_subgroups: int
) -> None:
    history = [
        part(n, verdict, score, **({} if bore is None else {"bore": bore}))
        for n, (verdict, score, bore) in enumerate(parts, 1)
    ]
    first = min(dropped_subgroups * REJECT.subgroup, max(len(history) - 1, 0) // 5 * 5)
    live, rebuilt = fed(ALL, *history), SpcMonitor(ALL)
    rebuilt.replay(history[first:], truncated=first > 0)
    for whole, tail in zip(live.snapshot(), rebuilt.snapshot(), strict=True):
        # The first window of the rules has not yet been seen by the one that began later.
        same = max(tail.values.size - (8 if first else 0), 0)
        assert_same_end(whole, tail, same)


def assert_same_end(whole: ChartSnapshot, tail: ChartSnapshot, count: int) -> None:
    for name in ("seqs", "utc_s", "values", "center", "lcl", "ucl", "sizes"):
        there, here = getattr(whole, name), getattr(tail, name)
        assert np.array_equal(there[there.size - count :], here[here.size - count :], equal_nan=True), name
    if tail.values.size:
        assert whole.first_number + whole.values.size == tail.first_number + tail.values.size
    assert violations_of_last(whole, count) == violations_of_last(tail, count)


def violations_of_last(shown: ChartSnapshot, count: int) -> list[tuple[int, tuple[int, ...]]]:
    at = shown.values.size - count
    return [(v.at - at, v.rules) for v in shown.violations if v.at >= at]


@settings(max_examples=20, deadline=None)
@given(st.integers(40, 90), st.integers(0, 12))
def test_with_enough_history_the_rebuild_shows_exactly_the_same_points(count: int, begin: int) -> None:
    rng = np.random.default_rng(count)
    history = [part(n, bore=float(25 + rng.normal(0, 0.01))) for n in range(1, count + 1)]
    live, rebuilt = fed((BORE,), *history, keep=16), fed((BORE,), *history[begin:], keep=16)
    there, here = live.snapshot()[0], rebuilt.snapshot()[0]
    assert here.first_number == there.first_number
    assert here.violations == there.violations
    assert np.array_equal(here.values, there.values)


@given(st.lists(st.sampled_from(["OK", "NOT_OK", "NOT_DECIDABLE"]), max_size=60), st.integers(1, 7))
def test_no_part_is_lost_between_subgroups(verdicts: list[str], size: int) -> None:
    plan = replace_subgroup(UNDECIDED, size)
    monitor = fed((plan,), *(part(n, v) for n, v in enumerate(verdicts, 1)))
    shown = monitor.snapshot()[0]
    assert shown.sizes.tolist() == [size] * (len(verdicts) // size)
    closed = verdicts[: len(verdicts) // size * size]
    assert round(float(np.sum(shown.values * shown.sizes))) == closed.count("NOT_DECIDABLE")


def replace_subgroup(plan: ChartPlan, size: int) -> ChartPlan:
    return plan.model_copy(update={"subgroup": size})


def test_a_reading_that_is_no_number_is_a_gap() -> None:
    shown = fed((BORE, SCORE), replace(part(1, bore=math.inf), score=math.nan)).snapshot()
    assert all(np.isnan(snapshot.values[0]) for snapshot in shown)


@pytest.mark.slow
def test_the_inference_thread_hardly_notices_six_charts() -> None:
    rng = np.random.default_rng(0)
    bore, odds = rng.normal(25.0, 0.01, 20_400), np.exp(rng.normal(-3.0, 1.0, 20_400))
    parts = [
        part(n, "OK" if n % 11 else "NOT_OK", float(o / (1.0 + o)), bore=float(b), brightness=float(b))
        for n, (b, o) in enumerate(zip(bore, odds, strict=True), 1)
    ]
    brightness = ChartPlan(kind="i", characteristic="brightness")
    rates = (replace_subgroup(plan, 50) for plan in (REJECT, UNDECIDED))
    monitor = SpcMonitor((*rates, BORE, BORE_MR, SCORE, brightness))
    began = time.thread_time()
    monitor.replay(parts[:20_000])
    assert time.thread_time() - began <= 0.5
    adding, showing = zip(*(timed(monitor, observation) for observation in parts[20_000:]), strict=True)
    assert np.median(adding) <= 60e-6
    assert np.median(showing) <= 100e-6


def timed(monitor: SpcMonitor, observation: Observation) -> tuple[float, float]:
    began = time.thread_time()
    monitor.add(observation)
    added = time.thread_time()
    monitor.snapshot()
    return added - began, time.thread_time() - added
