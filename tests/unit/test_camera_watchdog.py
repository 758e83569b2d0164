"""The watchdog on a clock turned by hand."""

import numpy as np
import pytest

from camera.watchdog import Backoff, Fault, Watchdog


def picture(seed, shape=(64, 80)):
    return np.random.default_rng(seed).integers(0, 255, shape, np.uint8)


def free_run(period_s=0.1, *, live=True):
    dog = Watchdog(period_s, 0.5, live=live)
    dog.opened(10.0)
    return dog


@pytest.mark.parametrize(("period_s", "limit_s"), [(0.1, 1.0), (None, 1.0), (1.0, 3.0)])
def test_free_run_is_silent_after_a_second_or_three_periods(period_s, limit_s):
    dog = free_run(period_s)
    assert dog.check(10.0 + limit_s) is None
    assert dog.check(10.01 + limit_s) is Fault.SILENT
    assert dog.frame(picture(1), 20.0) is None
    assert dog.check(20.0 + limit_s) is None
    assert dog.check(20.01 + limit_s) is Fault.SILENT
    assert dog.silent_for_s(20.5 + limit_s) == pytest.approx(0.5 + limit_s)


def test_waiting_for_a_trigger_is_no_fault_but_no_picture_after_one_is():
    dog = Watchdog(None, 0.5, live=True, triggered=True)
    dog.opened(0.0)
    assert dog.check(3600.0) is None
    dog.armed(3600.0)
    assert dog.check(3600.5) is None
    assert dog.check(3600.6) is Fault.SILENT
    assert dog.frame(picture(1), 3600.7) is None
    assert dog.check(9999.0) is None


def test_three_identical_pictures_from_a_live_source_are_frozen():
    dog = free_run()
    same = picture(1)
    assert dog.frame(same, 10.1) is None
    assert dog.frame(same.copy(), 10.2) is None
    assert dog.frame(same.copy(), 10.3) is Fault.FROZEN
    assert dog.frame(same.copy(), 10.4) is Fault.FROZEN
    assert dog.frame(picture(2), 10.5) is None


def test_opening_anew_forgets_the_frozen_picture():
    dog = free_run()
    same = picture(1)
    assert [dog.frame(same, 10.1 + n) for n in range(2)] == [None, None]
    dog.opened(20.0)
    assert dog.frame(same, 20.1) is None


def test_one_pixel_that_differs_is_life():
    dog = free_run()
    moving = [picture(1) for _ in range(4)]
    for n, image in enumerate(moving):
        image[17, 33] = n
    assert [dog.frame(image, 10.0 + n) for n, image in enumerate(moving)] == [None] * 4


def test_a_replay_may_repeat_itself():
    dog = free_run(live=False)
    same = picture(1)
    assert [dog.frame(same, 10.0 + n) for n in range(5)] == [None] * 5


def test_pictures_of_another_size_or_depth_are_not_the_same():
    dog = free_run()
    zeros = [np.zeros((64, 80), np.uint8), np.zeros((64, 81), np.uint8), np.zeros((64, 81), np.uint16)]
    assert [dog.frame(image, 10.0 + n) for n, image in enumerate(zeros)] == [None] * 3


def test_delays_grow_to_half_a_minute_and_begin_anew():
    backoff = Backoff()
    assert [backoff.next_delay_s() for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    backoff.reset()
    assert backoff.next_delay_s() == 0.5
