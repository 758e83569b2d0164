"""The alarm board: one standing alarm a cause, and no change without an event."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camera.clock import ManualClock
from inference.message import message
from inference.pipeline.alarms import AlarmBoard
from inference.pipeline.events import Event, EventKind, Priority


def board() -> tuple[AlarmBoard, list[Event], ManualClock]:
    events: list[Event] = []
    clock = ManualClock()
    return AlarmBoard(clock, events.append), events, clock


def test_a_cause_that_lasts_is_one_alarm() -> None:
    alarms, events, _ = board()
    for _ in range(5):
        alarms.report("camera", Priority.URGENT, message("camera.silent"))
    assert len(alarms.on_show()) == 1
    assert [event.kind for event in events] == [EventKind.ALARM_RAISED]


def test_a_cleared_alarm_stays_on_show_until_somebody_has_seen_it() -> None:
    alarms, events, _ = board()
    alarms.report("camera", Priority.URGENT, message("camera.silent"))
    alarms.clear("camera", message("camera.back", seconds=2.0))
    (alarm,) = alarms.on_show()
    assert not alarm.standing
    assert alarms.acknowledge(alarm.id, "operator:k")
    assert not alarms.acknowledge(alarm.id, "operator:k")
    assert alarms.on_show() == ()
    assert [e.kind.name for e in events] == ["ALARM_RAISED", "ALARM_CLEARED", "ALARM_ACKNOWLEDGED"]
    assert events[-1].actor_id == "operator:k"


def test_the_most_urgent_unacknowledged_alarm_comes_first() -> None:
    alarms, _, clock = board()
    for key, priority in (("disk", Priority.HIGH), ("camera", Priority.URGENT), ("chart", Priority.MEDIUM)):
        alarms.report(key, priority, message(key))
        clock.sleep(1)
    alarms.acknowledge(alarms.on_show()[0].id, "operator:k")
    assert [alarm.key for alarm in alarms.on_show()] == ["disk", "chart", "camera"]


def test_a_cause_that_comes_and_goes_asks_for_one_look() -> None:
    alarms, events, _ = board()
    for _ in range(3):
        alarms.report("chart", Priority.MEDIUM, message("chart.violation"))
        alarms.clear("chart")
    (alarm,) = alarms.on_show()
    alarms.acknowledge(alarm.id, "operator:k")
    assert alarms.on_show() == ()
    assert [e.kind for e in events].count(EventKind.ALARM_ACKNOWLEDGED) == 3


@given(st.lists(st.tuples(st.sampled_from(["report", "clear", "ack"]), st.sampled_from("abc")), max_size=40))
def test_every_change_has_exactly_one_event(steps: list[tuple[str, str]]) -> None:
    alarms, events, _ = board()
    for step, key in steps:
        if step == "report":
            alarms.report(key, Priority.LOW, message(key))
        elif step == "clear":
            alarms.clear(key)
        else:
            for alarm in alarms.on_show():
                alarms.acknowledge(alarm.id, "operator:k")
    by_alarm: dict[str | None, list[EventKind]] = {}
    for event in events:
        by_alarm.setdefault(event.alarm_id, []).append(event.kind)
    for kinds in by_alarm.values():
        assert kinds[0] is EventKind.ALARM_RAISED
        assert len(kinds) == len(set(kinds))
    assert {a.id for a in alarms.on_show()} <= set(by_alarm)
