"""The line end to end with plain ports: what goes in comes out recorded, whatever happens on the way."""

from __future__ import annotations

import time

import pytest

from camera.source import CameraLost, CameraUnavailable, Pacing, SourceNotFound, UnreadableFrame
from inference.disposition import Disposition, Override
from inference.inspection import JudgedPart, Verdict
from inference.pipeline.camera_plan import CameraPlan
from inference.pipeline.events import EventKind, JobStarted
from inference.pipeline.ids import new_id
from inference.pipeline.state import StationState
from tests.station.doubles import (
    CLOCK,
    ListSink,
    ListTriggers,
    RuleInspector,
    ScriptedSource,
    Wire,
    picture,
    run,
    station,
    until,
)


def test_every_picture_of_a_source_is_recorded_in_order() -> None:
    sink = ListSink()
    made = station(ScriptedSource([picture(100 + n % 2 * 120, f"p{n}") for n in range(50)]), sink)
    run(made)
    assert made.failure is None
    assert sink.seqs == list(range(1, 51))
    assert [j.inspection.views[0].source for j in sink.parts] == [f"p{n}" for n in range(50)]
    counters = made.counters()
    assert (counters.parts, counters.ok, counters.not_ok, counters.recorded) == (50, 25, 25, 50)
    assert sink.closed


def test_the_job_is_recorded_before_its_first_part() -> None:
    sink = ListSink()
    run(station(ScriptedSource([picture()]), sink))
    kinds = [type(entry) for entry in sink.entries if isinstance(entry, (JobStarted, JudgedPart))]
    assert kinds == [JobStarted, JudgedPart]


def test_numbers_go_on_where_the_record_stopped() -> None:
    sink = ListSink(last_seq=41)
    run(station(ScriptedSource([picture()] * 2), sink))
    assert sink.seqs == [42, 43]


def test_a_bad_picture_is_a_recorded_not_decidable_and_the_line_goes_on() -> None:
    sink = ListSink()
    steps = [picture(), UnreadableFrame("b.jpg", "the file ends too early"), picture()]
    made = station(ScriptedSource(steps), sink)
    run(made)
    assert sink.verdicts == ["OK", "NOT_DECIDABLE", "OK"]
    assert sink.parts[1].inspection.reasons[0].code == "frame.unreadable"
    assert made.counters().missed == 0


def test_ok_leaves_the_station_only_after_its_commit() -> None:
    sink, wire = ListSink(delay_s=0.05), Wire()
    recorded_when_sent: list[bool] = []
    send = wire.send

    def watch(trigger_id: str, verdict: str) -> None:
        recorded_when_sent.append(any(j.inspection.trigger_id == trigger_id for j in sink.parts))
        send(trigger_id, verdict)

    wire.send = watch  # type: ignore[method-assign]
    run(station(ScriptedSource([picture()] * 5), sink, wire=wire))
    assert recorded_when_sent == [True] * 5


def test_a_storage_fault_holds_the_line_and_nothing_is_lost() -> None:
    sink, wire = ListSink(faults=3), Wire()
    made = station(ScriptedSource([picture()] * 20), sink, wire=wire)
    run(made)
    assert made.failure is None
    assert sink.seqs == list(range(1, 21))
    assert "record.fault" in sink.messages()
    assert "record.back" in sink.messages()


def test_a_lasting_storage_fault_ends_the_run_and_releases_nothing() -> None:
    sink, wire = ListSink(faults=10**6), Wire()
    made = station(ScriptedSource([picture()] * 5), sink, wire=wire, give_up_after_s=0.3)
    run(made)
    assert made.failure is not None
    assert made.unrecorded == 5
    assert wire.sent == []
    assert made.snapshot().state is StationState.ERROR


def test_a_source_that_is_not_there_ends_the_run_at_once() -> None:
    made = station(ScriptedSource([], fail_open=[SourceNotFound("no such folder: x")]), ListSink())
    run(made)
    assert isinstance(made.failure, SourceNotFound)


def test_a_window_waits_for_a_camera_that_is_not_there_yet() -> None:
    source = ScriptedSource([picture()], fail_open=[CameraUnavailable("unplugged")])
    sink = ListSink()
    run(station(source, sink, camera=CameraPlan(pacing=Pacing.ON_DEMAND, patient_start=True)))
    assert sink.seqs == [1]
    assert sink.messages()[0] == "camera.unavailable"


def test_in_a_window_the_line_outlives_the_parts_asked_for_and_a_start_asks_for_as_many_again() -> None:
    source, sink = ScriptedSource([], live=True), ListSink()
    source.steps += [picture(n) for n in range(5)]
    made = station(source, sink, camera=CameraPlan(pacing=Pacing.ON_DEMAND, parts=2, end_with_source=False))
    made.start()
    until(lambda: sink.seqs == [1, 2] and made.snapshot().state is StationState.READY)
    made.override(override(seq=2))
    until(lambda: sink.entries[-1] == override(seq=2))
    made.start()
    until(lambda: sink.seqs == [1, 2, 3, 4] and made.snapshot().state is StationState.READY)
    assert made.close(timeout_s=10)
    assert made.failure is None


def test_an_override_after_the_line_failed_is_recorded_by_the_next_line() -> None:
    sink = ListSink()
    made = station(ScriptedSource([], live=True, fail_open=[SourceNotFound("no such folder: x")]), sink)
    run(made)
    made.override(override(seq=1))
    assert made.undelivered == 1
    made.start()
    until(lambda: override(seq=1) in sink.entries)
    assert made.undelivered == 0
    assert made.close(timeout_s=10)


def test_a_lost_camera_is_an_alarm_and_is_opened_again() -> None:
    source = ScriptedSource([picture(), CameraLost("cable"), picture()])
    sink = ListSink()
    run(station(source, sink))
    assert sink.seqs == [1, 2]
    assert source.opened == 2
    back = [e for e in sink.entries if getattr(e, "kind", None) is EventKind.ALARM_CLEARED]
    assert back[0].message.args["seconds"] > 0  # type: ignore[union-attr, operator]


def test_a_trigger_without_a_picture_is_counted_as_missed() -> None:
    source = ScriptedSource([picture(1), 0.0], Pacing.TRIGGERED, live=True)
    triggers = ListTriggers([0.0, 0.05])
    sink = ListSink()
    plan = CameraPlan(pacing=Pacing.TRIGGERED, cycle_s=5.0, trigger_timeout_s=0.1)
    made = station(source, sink, triggers=triggers, camera=plan)
    made.start()
    until(lambda: made.counters().missed == 1 and made.counters().recorded == 1)
    assert made.close(timeout_s=5)
    assert made.missed_causes() == {"no_frame": 1}


def test_a_frozen_live_camera_is_never_judged_as_new() -> None:
    source = ScriptedSource([picture(7)] * 3 + [picture(8)], Pacing.TRIGGERED, live=True)
    sink = ListSink()
    plan = CameraPlan(pacing=Pacing.TRIGGERED, cycle_s=5.0, trigger_timeout_s=0.1)
    made = station(source, sink, triggers=ListTriggers([0.0] * 3), camera=plan)
    made.start()
    until(lambda: made.counters().recorded == 3)
    assert sink.verdicts == ["OK", "OK", "NOT_DECIDABLE"]
    assert made.close(timeout_s=5)


def test_a_part_that_waits_past_its_cycle_is_a_recorded_overrun() -> None:
    source = ScriptedSource([picture(n) for n in range(6)], Pacing.TRIGGERED)
    sink, judge = ListSink(), RuleInspector(delay_s=0.08)
    plan = CameraPlan(pacing=Pacing.TRIGGERED, cycle_s=0.1, trigger_timeout_s=0.1, parts=6)
    made = station(source, sink, inspector=judge, triggers=ListTriggers([0.0] * 6), camera=plan)
    run(made)
    assert sink.seqs == [1, 2, 3, 4, 5, 6]
    late = [j for j in sink.parts if j.inspection.verdict is Verdict.NOT_DECIDABLE]
    assert late
    assert {j.inspection.reasons[0].code for j in late} == {"part.overrun"}
    assert judge.looked_at < 6


def test_free_run_keeps_the_newest_and_counts_the_rest() -> None:
    source = ScriptedSource([picture(n) for n in range(40)], Pacing.FREE_RUN)
    sink = ListSink()
    made = station(source, sink, inspector=RuleInspector(delay_s=0.01))
    run(made)
    counters = made.counters()
    assert counters.missed > 0
    assert counters.recorded + counters.missed == 40
    assert sink.parts[-1].part.views[0].image[0, 0] == 39  # type: ignore[union-attr]


def test_a_model_that_fails_again_and_again_stops_the_station() -> None:
    made = station(ScriptedSource([picture(255)] * 50), ListSink())
    run(made)
    assert made.failure is not None
    assert made.snapshot().state is StationState.ERROR


def test_stop_and_start_go_on_with_the_same_numbers() -> None:
    source = ScriptedSource([picture()] * 10**4)
    sink = ListSink()
    made = station(source, sink)
    made.start()
    until(lambda: made.counters().recorded > 5)
    assert made.snapshot().state is StationState.CONTINUOUS_EXECUTION
    made.stop()
    until(lambda: made.snapshot().state is StationState.READY)
    made.start()
    before = made.counters().recorded
    until(lambda: made.counters().recorded > before + 5)
    assert made.close(timeout_s=5)
    assert sink.seqs == list(range(1, len(sink.seqs) + 1))
    assert made.counters().recorded == made.counters().parts


def test_a_new_lot_begins_between_two_parts() -> None:
    source = ScriptedSource([picture()] * 10**4)
    sink = ListSink()
    made = station(source, sink)
    made.start()
    until(lambda: made.counters().recorded > 3)
    made.change_job(product="ring", lot="L2", operator_id="operator:b")
    until(lambda: any(j.inspection.job.lot == "L2" for j in sink.parts))
    assert made.close(timeout_s=5)
    lots = [j.inspection.job.lot for j in sink.parts]
    assert lots == sorted(lots)


def test_an_override_takes_the_road_of_the_parts_even_while_stopped() -> None:
    sink = ListSink()
    made = station(ScriptedSource([picture(220)] + [picture()] * 10**4), sink)
    made.start()
    until(lambda: made.counters().recorded > 1)
    made.stop()
    until(lambda: made.snapshot().state is StationState.READY)
    bad = sink.parts[0].inspection
    reason = "dirt, wiped off"
    made.override(
        Override(new_id(), bad.id, bad.seq, Verdict.OK, Disposition.RELEASE, reason, "operator:k", CLOCK.now())
    )
    until(lambda: any(isinstance(entry, Override) for entry in sink.entries))
    assert made.close(timeout_s=5)


@pytest.mark.expects_log
def test_a_crash_of_a_stage_is_an_error_and_everything_ends() -> None:
    class Broken(RuleInspector):
        def inspect(self, part):  # type: ignore[no-untyped-def]
            raise ZeroDivisionError("a bug of ours")

    made = station(ScriptedSource([picture()] * 100), ListSink(), inspector=Broken())
    run(made)
    assert isinstance(made.failure, ZeroDivisionError)
    assert made.snapshot().reason is not None
    assert made.snapshot().reason.code == "stage.crashed"  # type: ignore[union-attr]


def test_listeners_hear_of_parts_only_after_the_commit() -> None:
    sink = ListSink()
    heard: list[bool] = []

    def listen(parts) -> None:  # type: ignore[no-untyped-def]
        heard.extend(part in sink.parts for part in parts)

    run(station(ScriptedSource([picture()] * 4), sink, listeners=[listen]))
    assert heard == [True] * 4


def test_a_driver_that_never_comes_back_is_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.pipeline.storage_stage._HANGS_AFTER_S", 0.1)
    source = ScriptedSource([picture(1), 1.5, picture(2)], Pacing.FREE_RUN, live=True)
    made = station(source, ListSink())
    made.start()
    until(lambda: any(alarm.key == "camera.hangs" for alarm in made.snapshot().alarms))
    assert made.close(timeout_s=5)


def test_a_disk_that_is_nearly_full_is_an_alarm_while_the_line_goes_on() -> None:
    class SmallDisk(ListSink):
        def disk_free(self) -> int:
            return 1_000_000

    sink = SmallDisk()
    made = station(ScriptedSource([picture()] * 10**4), sink, disk_low_bytes=2_000_000)
    made.start()
    until(lambda: any(alarm.key == "disk" for alarm in made.snapshot().alarms))
    before = made.counters().recorded
    until(lambda: made.counters().recorded > before)
    assert made.close(timeout_s=5)


def test_the_output_is_opened_before_the_first_part_and_left_at_not_released() -> None:
    class OpenedWire(Wire):
        log: list[str]

        def __init__(self) -> None:
            super().__init__()
            self.log = []

        def open(self) -> None:
            self.log.append("open")

        def send(self, trigger_id: str, verdict: str) -> None:
            super().send(trigger_id, verdict)
            self.log.append("send")

        def close(self) -> None:
            super().close()
            self.log.append("close")

    wire = OpenedWire()
    run(station(ScriptedSource([picture()]), ListSink(), wire=wire))
    assert wire.log == ["open", "send", "close"]
    assert wire.now == "-"


def test_a_hold_is_shown_until_it_is_over_whatever_the_camera_does() -> None:
    sink = ListSink(faults=10**6)
    made = station(ScriptedSource([0.02, picture()] * 10**3), sink, give_up_after_s=None)
    made.start()
    until(lambda: made.snapshot().state is StationState.HALTED)
    seen: set[StationState] = set()
    for _ in range(200):
        seen.add(made.snapshot().state)
        time.sleep(0.002)
    made.stop()
    time.sleep(0.3)
    seen.add(made.snapshot().state)
    sink.faults = 0  # before anything is asserted: a line that holds for ever would outlive a failure
    until(lambda: made.snapshot().state is StationState.READY, timeout_s=10)
    assert made.close(timeout_s=10)
    assert seen == {StationState.HALTED}
    assert sink.seqs == list(range(1, len(sink.seqs) + 1))


AT = CLOCK.now()


def override(seq: int) -> Override:
    return Override("o", "i", seq, Verdict.NOT_OK, Disposition.SCRAP, "scratch", "operator:k", AT)
