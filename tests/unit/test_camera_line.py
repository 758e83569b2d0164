"""Triggers by hand and by the clock."""

import threading
import uuid

import pytest

from camera.clock import ManualClock, SystemClock
from camera.line.keyboard import ManualTrigger
from camera.line.log import LogOutput
from camera.line.none import NoOutput
from camera.line.timer import TimerTrigger


def test_triggers_fired_on_many_threads_all_arrive_or_are_counted():
    trigger = ManualTrigger(capacity=10)
    threads = [threading.Thread(target=lambda: [trigger.fire() for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = []
    while (one := trigger.wait(0)) is not None:
        taken.append(one)
    assert len(taken) == 10
    assert trigger.overflow == 30
    assert len({one.id for one in taken}) == 10


def test_a_trigger_by_hand_keeps_its_serial_and_the_moment_it_was_fired():
    clock = ManualClock()
    trigger = ManualTrigger(clock)
    trigger.open()
    assert trigger.fire("R25-1")
    clock.sleep(5)
    taken = trigger.wait(1)
    trigger.close()
    assert (taken.serial, taken.at.monotonic_ns) == ("R25-1", 0)
    assert uuid.UUID(taken.id).version == 7
    assert trigger.wait(0.01) is None


def test_a_timer_does_not_drift_and_stamps_the_moment_that_was_due():
    clock = ManualClock()
    timer = TimerTrigger(0.1, clock)
    timer.open()
    due_ms = []
    for late_s in (0.0, 0.07, 0.0, 0.25, 0.0, 0.0, 0.0):
        clock.sleep(late_s)
        due_ms.append(round(timer.wait(1.0).at.monotonic_ns / 1e6))
    assert due_ms == [100, 200, 300, 400, 500, 600, 700]


def test_a_timer_that_is_not_due_gives_nothing():
    clock = ManualClock()
    timer = TimerTrigger(1.0, clock)
    timer.open()
    assert timer.wait(0.4) is None
    assert timer.wait(0.4) is None
    assert timer.wait(0.4) is not None
    assert clock.monotonic() == pytest.approx(1.0)


def test_a_timer_opened_again_starts_its_beat_anew():
    clock = ManualClock()
    timer = TimerTrigger(1.0, clock)
    timer.open()
    clock.sleep(10)
    timer.open()
    assert timer.wait(0.5) is None


def test_a_timer_runs_on_the_real_clock():
    timer = TimerTrigger(0.02, SystemClock())
    timer.open()
    stamps = [timer.wait(1.0).at for _ in range(5)]
    assert stamps[-1].seconds_since(stamps[0]) == pytest.approx(0.08, abs=1e-6)


def test_a_beat_of_no_length_is_refused():
    with pytest.raises(ValueError, match="period"):
        TimerTrigger(0)


@pytest.mark.parametrize("output", [NoOutput(), LogOutput()])
def test_outputs_take_whatever_comes(output):
    output.open()
    output.send("t1", "OK")
    output.take_back()
    output.close()
    output.close()
