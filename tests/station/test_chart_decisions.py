"""People decide about charts while a real line runs and while it waits; a real record gives the same charts back."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hmi.cli.verify import command
from inference.chart_plan import ChartPlan
from inference.pipeline.decisions import ChartDecision, DecisionKind
from inference.pipeline.ids import new_id
from inference.pipeline.monitor import SpcMonitor
from inference.pipeline.snapshot import ChartSnapshot
from inference.pipeline.station import Station
from inference.recipe import Recipe
from storage.history import History
from storage.images import ImageSettings
from storage.journal import Journal
from tests.station.doubles import CLOCK, RuleInspector, ScriptedSource, job, picture, until
from tests.station.doubles import station as station_of
from tests.unit.chart_parts import assert_same

RECIPE = Recipe(
    name="grey",
    charts=(
        ChartPlan(kind="i", characteristic="score", phase1=6),
        ChartPlan(kind="mr", characteristic="score", phase1=6),
        ChartPlan(kind="ewma", characteristic="score", phase1=6),
        ChartPlan(kind="cusum", characteristic="score", phase1=6),
        ChartPlan(kind="p", characteristic="reject", subgroup=4, phase1=3),
        ChartPlan(kind="g", characteristic="reject", phase1=2),
    ),
)
KEY = "i:score"
GREYS = [100, 104, 98, 210, 101, 103, 99, 97, 220, 102, 100, 105, 160, 98]
NEW_LIMITS = {"version": 2, "mean": 0.4, "sigma": 0.01, "points": 9}


class Line:
    """One station with its record; `begin` is a start of the program."""

    def __init__(self, folder: Path) -> None:
        self.db = folder / "r.db"
        self.station: Station | None = None
        self.source = ScriptedSource([], live=True)

    def begin(self) -> None:
        self.source = source = ScriptedSource([], live=True)
        inspector = RuleInspector()
        inspector.recipe = RECIPE
        parts = station_of(source, None)._parts  # type: ignore[arg-type]
        self.station = Station(
            replace(
                parts,
                job=replace(job(), recipe_digest=RECIPE.digest, model="", model_digest=""),
                documents={RECIPE.digest: RECIPE.canonical_json()},
                inspector=lambda: inspector,
                monitor=lambda: SpcMonitor(RECIPE.charts),
                sink=self.record,
                storage=replace(parts.storage, recipe=RECIPE.name, recipe_digest=RECIPE.digest),
            )
        )
        self.station.start()
        until(lambda: self.running.take_charts() is not None or self.running.failure is not None)
        assert self.running.failure is None

    def record(self) -> Journal:
        return Journal(self.db, station_id="st-1", images=ImageSettings(floor_ok_bytes=0, floor_bytes=0))

    @property
    def running(self) -> Station:
        assert self.station is not None
        return self.station

    def feed(self, *greys: int) -> None:
        before = self.running.counters().recorded
        self.source.steps += [picture(grey) for grey in greys]
        until(lambda: self.running.counters().recorded == before + len(greys))

    def decide(self, kind: DecisionKind, chart: str = KEY, seq: int = 0, **content: Any) -> str:
        made = ChartDecision(new_id(), CLOCK.now(), kind, "", chart, seq, "operator:k", "reason", content)
        self.running.decide(made)
        return made.id

    def decisions(self) -> tuple[ChartDecision, ...]:
        with History(self.db, "st-1") as history:
            return history.decisions(RECIPE.name)

    def events(self) -> list[str]:
        with History(self.db, "st-1") as history:
            return [event.message.code for event in history.events()]

    def end(self) -> tuple[ChartSnapshot, ...]:
        made, self.station = self.running, None
        assert made.close(timeout_s=10)
        assert made.failure is None
        return made.charts()

    def again(self) -> tuple[ChartSnapshot, ...]:
        """What another start shows before its first part."""
        self.begin()
        return self.end()


@pytest.fixture
def line(tmp_path: Path) -> Generator[Line]:
    made = Line(tmp_path)
    made.begin()
    yield made
    if made.station is not None:
        made.station.close(timeout_s=10)


def within_a_second(condition: Callable[[], bool]) -> None:
    began = time.monotonic()
    until(condition, 3.0)
    assert time.monotonic() - began < 1.0


def test_a_decision_is_recorded_within_a_second_while_the_line_waits(line: Line) -> None:
    line.feed(*GREYS[:3])
    decided = line.decide(DecisionKind.NOTE)
    within_a_second(lambda: any(d.id == decided for d in line.decisions()))
    assert [(d.seq, d.recipe) for d in line.decisions()] == [(3, "grey")]


def test_a_decision_is_recorded_within_a_second_while_the_line_runs(line: Line) -> None:
    line.source.steps += [step for _ in range(200) for step in (0.01, picture(100))]
    until(lambda: line.running.counters().recorded > 5)
    decided = line.decide(DecisionKind.EXCLUDED, seq=2)
    within_a_second(lambda: any(d.id == decided for d in line.decisions()))
    assert line.running.counters().recorded < 200
    line.source.steps.clear()


def test_a_decision_made_just_before_the_end_is_recorded(line: Line) -> None:
    line.feed(*GREYS[:3])
    decided = line.decide(DecisionKind.NOTE)
    line.end()
    assert [d.id for d in line.decisions()] == [decided]


def test_a_decision_made_while_no_line_is_there_waits_for_one(line: Line) -> None:
    line.feed(*GREYS[:3])
    assert line.running.close(timeout_s=10)
    decided = line.decide(DecisionKind.NOTE)
    line.running.start()
    until(lambda: any(d.id == decided for d in line.decisions()))


def test_charts_after_a_restart_equal_those_before(line: Line) -> None:
    line.feed(*GREYS)
    line.decide(DecisionKind.EXCLUDED, seq=4)
    line.decide(DecisionKind.STAGE, "ewma:score", seq=5)
    line.decide(DecisionKind.BASELINE, "mr:score", seq=3, **NEW_LIMITS)
    line.decide(DecisionKind.RETIRED, "cusum:score", version=1)
    line.decide(DecisionKind.NOTE, "p:reject", seq=6)
    line.feed(*GREYS)
    before, recorded = line.end(), line.decisions()
    assert_same(line.again(), before)
    assert_same(line.again(), before)
    assert line.decisions() == recorded, "a restart decides nothing"
    shown = {chart.key: chart for chart in before}
    assert [mark.at for mark in shown[KEY].excluded] == [3]
    assert [mark.at for mark in shown["ewma:score"].stages] == [4]
    assert (shown["mr:score"].baseline_version, shown["cusum:score"].baseline_version) == (2, 2)
    assert [mark.text for mark in shown["p:reject"].notes] == ["reason"]
    answer = CliRunner().invoke(command, [str(line.db)])
    assert answer.exit_code == 0, answer.output


def test_a_restart_in_the_middle_changes_nothing(line: Line, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    broken = Line(tmp_path / "other")
    broken.begin()
    for one in (line, broken):
        one.feed(*GREYS)
        one.decide(DecisionKind.EXCLUDED, seq=9)
    broken.end()
    broken.begin()
    for one in (line, broken):
        one.feed(*GREYS)
    whole, parted = line.end(), broken.end()
    times = [replace(chart, utc_s=other.utc_s) for chart, other in zip(whole, parted, strict=True)]
    assert_same(times, parted)


def test_baselines_that_charts_take_stand_in_the_record_once(line: Line) -> None:
    line.feed(*GREYS)
    line.end()
    taken = line.decisions()
    assert [d.chart for d in taken] == [KEY, "mr:score", "ewma:score", "cusum:score", "p:reject"]
    assert {(d.kind, d.actor_id, d.content["version"]) for d in taken} == {
        (DecisionKind.BASELINE, "service:station", 1)
    }
    assert [d.seq for d in taken] == [int(str(d.content["last_seq"])) + 1 for d in taken]
    line.again()
    assert line.decisions() == taken


def test_a_decision_that_cannot_be_is_told_in_the_record_and_stops_nothing(line: Line) -> None:
    line.feed(*GREYS[:2])
    line.decide(DecisionKind.BASELINE, version=1, mean="wide")
    line.decide(DecisionKind.BASELINE, "p:reject", **{**NEW_LIMITS, "mean": 3.0})
    line.decide(DecisionKind.NOTE, "i:unknown")
    line.decide(DecisionKind.LISTS, "", causes=7)
    line.feed(*GREYS[:2])
    line.end()
    assert line.decisions() == ()
    assert line.events().count("chart.decision_refused") == 4


def test_a_record_with_decisions_that_cannot_be_still_starts_the_line(line: Line) -> None:
    line.feed(*GREYS[:2])
    before = line.end()
    sink = line.record()
    sink.open()
    contents: list[dict[str, Any]] = [{}, {**NEW_LIMITS, "sigma": -1.0}, {**NEW_LIMITS, "version": 1e300 * 1e10}]
    made = [
        ChartDecision(new_id(), CLOCK.now(), DecisionKind.BASELINE, "grey", KEY, 1, "operator:k", "", content)
        for content in contents
    ]
    sink.append(made)
    sink.close()
    assert_same(line.again(), before)
    line.begin()
    line.feed(*GREYS)
    assert line.running.failure is None
