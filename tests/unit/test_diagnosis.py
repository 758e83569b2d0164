"""Several charts read together: where to look first, and that old or untested points say nothing."""

from __future__ import annotations

import pytest

from inference.chart_plan import ChartBaseline, ChartPlan
from inference.pipeline.diagnosis import Diagnosis, Finding, Subject, diagnose, subject_of
from inference.pipeline.monitor import SpcMonitor
from inference.pipeline.snapshot import ChartSnapshot
from tests.unit.chart_parts import part

NAMES = ("bore", "brightness", "sharpness", "overridden", "duration_ms")
BASELINE = ChartBaseline(mean=0.0, sigma=1.0, points=50)


def charts(*moved: str, quiet_after: int = 0) -> tuple[ChartSnapshot, ...]:
    """Charts of all `NAMES`; those that moved have one point far out, `quiet_after` points before the newest."""
    monitor = SpcMonitor(
        [ChartPlan(kind="i", characteristic=name, rules=(1,), baseline=BASELINE) for name in NAMES[:4]]
    )
    for seq in range(1, 41 + quiet_after):
        monitor.add(part(seq, **{name: 9.0 if name in moved and seq == 40 else 0.0 for name in NAMES[:4]}))
    return monitor.snapshot()


@pytest.mark.parametrize(
    ("moved", "finding"),
    [
        ((), Finding.QUIET),
        (("bore",), Finding.PROCESS),
        (("bore", "overridden"), Finding.PROCESS),
        (("brightness",), Finding.PICTURE),
        (("sharpness", "overridden"), Finding.PICTURE),
        (("overridden",), Finding.MODEL),
        (("bore", "brightness"), Finding.PICTURE_FIRST),
        (("bore", "brightness", "overridden"), Finding.PICTURE_FIRST),
    ],
)
def test_which_groups_moved_says_where_to_look_first(moved: tuple[str, ...], finding: Finding) -> None:
    read = diagnose(charts(*moved))
    assert read.finding is finding
    assert read.signalling == tuple(f"i:{name}" for name in NAMES[:4] if name in moved)
    assert set(read.signalling) | set(read.quiet) == {f"i:{name}" for name in NAMES[:4]}


def test_a_slow_machine_says_nothing_about_the_parts() -> None:
    monitor = SpcMonitor((ChartPlan(kind="cusum", characteristic="duration_ms", baseline=BASELINE),))
    for seq in range(1, 4):
        monitor.add(part(seq).__class__(seq, "id", 0.0, "OK", None, {}, duration_ms=9.0))
    assert diagnose(monitor.snapshot()).finding is Finding.MACHINE


def test_only_the_newest_points_signal() -> None:
    assert diagnose(charts("bore", quiet_after=24)).finding is Finding.PROCESS
    assert diagnose(charts("bore", quiet_after=25)).finding is Finding.QUIET
    assert diagnose(charts("bore", quiet_after=25), newest=26).finding is Finding.PROCESS


def test_without_limits_nothing_is_known() -> None:
    monitor = SpcMonitor((ChartPlan(kind="i", characteristic="bore"),))
    monitor.add(part(1, bore=1.0))
    assert diagnose(monitor.snapshot()) == diagnose(()) == Diagnosis(Finding.UNKNOWN, (), ())


def test_whatever_is_measured_is_about_the_process() -> None:
    assert subject_of("any_bore") is subject_of("reject") is Subject.PROCESS
    assert {subject_of(name) for name in ("score", "borderline", "not_decidable")} == {Subject.MODEL}
