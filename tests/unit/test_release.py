"""The release gate: whatever is late, unrecorded or unknown is never an OK."""

from __future__ import annotations

import pytest

from camera.clock import ManualClock
from camera.frame import BadFrame
from camera.line.ports import Trigger
from inference.inspection import Inspection, Job, JudgedPart, ResultState, Verdict
from inference.part import Part
from inference.pipeline.release import Release


class Wire:
    """What stands on the line's output."""

    def __init__(self) -> None:
        self.now = "-"
        self.sent: list[str] = []

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send(self, trigger_id: str, verdict: str) -> None:
        self.now = verdict
        self.sent.append(f"{trigger_id}:{verdict}")

    def take_back(self) -> None:
        self.now = "-"


class Scene:
    def __init__(self, *, triggered: bool = True, cycle_s: float | None = 1.0) -> None:
        self.clock = ManualClock()
        self.wire = Wire()
        self.seq = 0
        self.release = Release(self.wire, self.clock, triggered=triggered, cycle_s=cycle_s)

    def arrive(self, name: str) -> Trigger:
        trigger = Trigger(name, self.clock.now())
        self.release.part_arrived(trigger)
        return trigger

    def result(self, trigger: Trigger, verdict: Verdict) -> JudgedPart:
        job = Job("j", "s", "", "", "r", "d", "m", "d", "o", trigger.at)
        view = BadFrame("x", "", "", trigger.id, "main", trigger.at)
        part = Part(trigger.id, "", trigger.at, (view,))
        done = ResultState.COMPLETED
        self.seq += 1
        return JudgedPart(Inspection("i", self.seq, trigger.id, job, "", trigger.at, verdict, done, ()), part)


def test_ok_waits_for_the_commit() -> None:
    scene = Scene()
    judged = scene.result(scene.arrive("a"), Verdict.OK)
    scene.release.judged(judged)
    assert scene.wire.now == "-"
    scene.release.committed(judged)
    assert scene.wire.now == "OK"


@pytest.mark.parametrize("verdict", [Verdict.NOT_OK, Verdict.NOT_DECIDABLE])
def test_anything_but_ok_goes_out_at_once_and_once(verdict: Verdict) -> None:
    scene = Scene()
    judged = scene.result(scene.arrive("a"), verdict)
    scene.release.judged(judged)
    assert scene.wire.now == verdict
    scene.release.committed(judged)
    assert scene.wire.sent == [f"a:{verdict}"]


def test_the_next_trigger_takes_an_ok_back() -> None:
    scene = Scene()
    scene.release.committed(scene.result(scene.arrive("a"), Verdict.OK))
    scene.arrive("b")
    assert scene.wire.now == "-"


def test_an_ok_for_a_part_that_has_gone_is_not_released() -> None:
    scene = Scene()
    judged = scene.result(scene.arrive("a"), Verdict.OK)
    scene.arrive("b")
    scene.release.committed(judged)
    assert scene.wire.now == "-"
    assert scene.release.late == 1


def test_an_ok_recorded_after_the_cycle_time_is_not_released() -> None:
    scene = Scene()
    judged = scene.result(scene.arrive("a"), Verdict.OK)
    scene.clock.sleep(1.5)
    scene.release.committed(judged)
    assert scene.wire.now == "-"


def test_an_ok_is_taken_back_when_its_cycle_is_over() -> None:
    scene = Scene()
    scene.release.committed(scene.result(scene.arrive("a"), Verdict.OK))
    scene.clock.sleep(0.9)
    scene.release.tick()
    assert scene.wire.now == "OK"
    scene.clock.sleep(0.2)
    scene.release.tick()
    assert scene.wire.now == "-"


def test_while_holding_nothing_is_released() -> None:
    scene = Scene()
    first = scene.result(scene.arrive("a"), Verdict.OK)
    scene.release.committed(first)
    scene.release.hold()
    assert scene.wire.now == "-"
    scene.release.committed(scene.result(scene.arrive("b"), Verdict.OK))
    assert scene.wire.now == "-"
    scene.release.go_on()
    scene.release.committed(scene.result(scene.arrive("c"), Verdict.OK))
    assert scene.wire.now == "OK"


def test_a_not_ok_that_is_shown_before_an_earlier_ok_is_recorded_stands_in_its_place() -> None:
    scene = Scene(triggered=False, cycle_s=None)
    ok, bad = scene.result(scene.arrive("a"), Verdict.OK), scene.result(scene.arrive("b"), Verdict.NOT_OK)
    scene.release.judged(bad)
    scene.release.committed(ok)
    assert [j.inspection.trigger_id for j in scene.release.recent()] == ["b", "a"]


def test_on_demand_parts_are_shown_in_their_order() -> None:
    scene = Scene(triggered=False, cycle_s=None)
    for name in "abc":
        scene.release.committed(scene.result(scene.arrive(name), Verdict.OK))
    assert [j.inspection.trigger_id for j in scene.release.recent()] == ["c", "b", "a"]
    view = scene.release.results.take()
    assert view is not None
    assert view.verdict is Verdict.OK
