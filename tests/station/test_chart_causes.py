"""A chart out of control asks for a cause: on the real line, with a real record, over a restart."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from inference.chart_plan import ChartBaseline, ChartPlan
from inference.pipeline.cause_lists import CauseLists, content_of
from inference.pipeline.decisions import ChartDecision, DecisionKind
from inference.pipeline.ids import new_id
from inference.pipeline.monitor import SpcMonitor
from inference.pipeline.snapshot import ChartSnapshot
from inference.pipeline.station import Station
from inference.recipe import Recipe
from storage.history import History
from storage.images import ImageSettings
from storage.journal import Journal
from storage.verify import verify
from tests.station.doubles import CLOCK, RuleInspector, ScriptedSource, job, picture, until
from tests.station.doubles import station as station_of

KEY = "i:score"
SCORES = ChartPlan(
    kind="i", characteristic="score", rules=(1,), baseline=ChartBaseline(mean=100 / 255, sigma=0.02, points=50)
)
RECIPE = Recipe(name="grey", charts=(SCORES,))
GREY, STRANGE = 100, 150
"""150 is well below the defect limit of 200, and far beyond the chart's."""
LISTS = CauseLists(causes=("light", "Spannzange lose"), actions=("cleaned",), mandatory=True)


class Bench:
    """A station with a record; each `line` is another start of the program."""

    def __init__(self, folder: Path) -> None:
        self.db = folder / "r.db"
        self.steps: list[object] = []
        self.open: Station | None = None

    def line(self) -> Station:
        self.steps = []
        source = ScriptedSource([], live=True)
        self.steps = source.steps
        parts = station_of(source, None, inspector=RuleInspector())._parts  # type: ignore[arg-type]
        inspector = RuleInspector()
        inspector.recipe = RECIPE
        made = Station(
            replace(
                parts,
                job=replace(job(), recipe_digest=RECIPE.digest, model="", model_digest=""),
                documents={RECIPE.digest: RECIPE.canonical_json()},
                inspector=lambda: inspector,
                monitor=lambda: SpcMonitor(RECIPE.charts, {}),
                sink=lambda: Journal(self.db, station_id="st-1", images=ImageSettings(floor_ok_bytes=0, floor_bytes=0)),
                storage=replace(parts.storage, recipe=RECIPE.name, recipe_digest=RECIPE.digest),
            )
        )
        made.start()
        self.open = made
        until(lambda: made.take_charts() is not None or made.failure is not None)
        assert made.failure is None
        return made

    def feed(self, made: Station, *greys: int) -> None:
        before = made.counters().recorded
        self.steps += [picture(grey) for grey in greys]
        until(lambda: made.counters().recorded == before + len(greys))

    def end(self) -> None:
        if self.open is not None:
            assert self.open.close(timeout_s=10)
            self.open = None


@pytest.fixture
def bench(tmp_path: Path) -> Generator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.end()


def decide(made: Station, kind: DecisionKind, chart: str = KEY, **content: object) -> None:
    made.decide(ChartDecision(new_id(), CLOCK.now(), kind, "", chart, 0, "operator:k", "wiped", content))


def alarms(made: Station) -> list[str]:
    return [alarm.key for alarm in made.snapshot().alarms if alarm.standing and alarm.key != "camera"]


def chart(made: Station) -> ChartSnapshot:
    """The chart now; a decision makes the line show it anew, also while no part comes."""
    made.take_charts()
    decide(made, DecisionKind.NOTE)
    shown: list[ChartSnapshot] = []
    until(lambda: bool(shown) or shown.extend(made.take_charts() or ()) or bool(shown))
    return shown[0]


def explain(made: Station) -> None:
    decide(made, DecisionKind.CAUSE, cause="light", action="cleaned", alarm_id="a")


def make_mandatory(made: Station) -> None:
    decide(made, DecisionKind.LISTS, "", **content_of(LISTS))
    until(lambda: made.cause_lists() == LISTS)


def test_without_duty_the_alarm_clears_after_quiet_parts(bench: Bench) -> None:
    made = bench.line()
    bench.feed(made, GREY, STRANGE)
    assert alarms(made) == [f"chart:{KEY}"]
    bench.feed(made, *[GREY] * 26)
    assert alarms(made) == []


def test_where_a_cause_must_be_given_the_alarm_stands_until_it_is(bench: Bench) -> None:
    made = bench.line()
    make_mandatory(made)
    bench.feed(made, GREY, STRANGE, *[GREY] * 40)
    assert alarms(made) == [f"chart:{KEY}"]
    assert chart(made).flagged
    explain(made)
    until(lambda: not alarms(made))
    assert not chart(made).flagged


def test_an_acknowledged_alarm_without_its_cause_goes_on_standing(bench: Bench) -> None:
    made = bench.line()
    make_mandatory(made)
    bench.feed(made, STRANGE)
    alarm = next(alarm for alarm in made.snapshot().alarms if alarm.key == f"chart:{KEY}")
    made.acknowledge(alarm.id, "operator:k")
    bench.feed(made, *[GREY] * 40)
    assert alarms(made) == [f"chart:{KEY}"]
    assert {a.acknowledged_by for a in made.snapshot().alarms if a.id == alarm.id} == {"operator:k"}


def test_alarm_flag_and_lists_survive_a_restart_and_the_cause_ends_them_for_good(bench: Bench) -> None:
    made = bench.line()
    make_mandatory(made)
    bench.feed(made, STRANGE, *[GREY] * 40)
    bench.end()
    again = bench.line()
    assert again.cause_lists() == LISTS
    assert alarms(again) == [f"chart:{KEY}"]
    bench.feed(again, *[GREY] * 30)
    assert alarms(again) == [f"chart:{KEY}"]
    assert chart(again).flagged
    explain(again)
    until(lambda: not alarms(again))
    bench.end()
    third = bench.line()
    assert alarms(third) == []
    assert not chart(third).flagged


def test_a_new_violation_after_the_cause_asks_again(bench: Bench) -> None:
    made = bench.line()
    make_mandatory(made)
    bench.feed(made, STRANGE)
    explain(made)
    until(lambda: not chart(made).flagged)
    bench.feed(made, GREY, STRANGE, *[GREY] * 40)
    assert alarms(made) == [f"chart:{KEY}"]
    assert chart(made).flagged


def test_a_duty_that_begins_later_brings_the_unexplained_alarm_back(bench: Bench) -> None:
    made = bench.line()
    bench.feed(made, STRANGE, *[GREY] * 40)
    assert alarms(made) == []
    make_mandatory(made)
    until(lambda: alarms(made) == [f"chart:{KEY}"])
    assert chart(made).flagged


def test_cause_lists_and_studies_stand_in_the_record_and_the_record_holds(bench: Bench) -> None:
    made = bench.line()
    make_mandatory(made)
    bench.feed(made, STRANGE)
    explain(made)
    decide(made, DecisionKind.STUDY, "", parts=2, passes=2, seqs=[1, 2, 3, 4], verdict="acceptable")
    until(lambda: not chart(made).flagged)
    bench.end()
    with History(bench.db, "st-1") as history:
        decided = history.decisions(RECIPE.name)
        (lists,) = history.decisions("")
    assert lists.kind is DecisionKind.LISTS
    told = {d.kind: d for d in decided}
    cause, study = told[DecisionKind.CAUSE], told[DecisionKind.STUDY]
    assert (cause.chart, cause.seq, cause.actor_id, cause.reason) == (KEY, 1, "operator:k", "wiped")
    assert cause.content == {"cause": "light", "action": "cleaned", "alarm_id": "a"}
    assert (study.chart, study.content["seqs"]) == ("", [1, 2, 3, 4])
    assert verify(bench.db).ok


def test_a_study_in_the_record_does_not_hinder_the_next_start(bench: Bench) -> None:
    made = bench.line()
    bench.feed(made, GREY)
    decide(made, DecisionKind.STUDY, "", parts=1, passes=1)
    bench.end()
    again = bench.line()
    bench.feed(again, GREY)
    assert chart(again).values.size == 2
