"""The window's threads and pixels: off the Qt thread, ended in order, never pushing."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from camera.frame import Frame, PixelFormat
from hmi.window.busy import measure_window
from hmi.window.jobs import Errands, Job, Loop, Progress
from hmi.window.shrink import FULL_SCALE, fit, picture, shrink, thumbnail, with_heat
from tests.gui.conftest import Opener
from tests.gui.fake_station import FakeStation, judged_part, now, six_charts
from tests.gui.scenes import running

ROOT = Path(__file__).resolve().parents[2]


def test_the_painter_paints_off_the_qt_thread(
    qtbot: QtBot, open_window: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hmi.window import painter

    where: set[str] = set()

    def noted(*args: object) -> object:
        where.add(threading.current_thread().name)
        return picture(*args)

    monkeypatch.setattr(painter, "picture", noted)
    open_window("running")
    assert where == {"painter"}


def test_a_slow_screen_misses_pictures_and_keeps_the_newest(
    qtbot: QtBot, open_window: Opener, station: FakeStation
) -> None:
    window = open_window("running")
    for seq in range(50_001, 50_101):  # a hundred parts while the Qt thread is busy elsewhere
        station.show(judged_part(seq))
    qtbot.waitUntil(lambda: window.page.picture.content.painted.part.seq == 50_100, timeout=2000)


@pytest.mark.expects_log
def test_one_picture_that_cannot_be_painted_does_not_end_the_painter(caplog: pytest.LogCaptureFixture) -> None:
    done = threading.Event()
    calls: list[int] = []

    def work() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("bad picture")
        done.set()

    loop = Loop("test-loop", work)
    with caplog.at_level(logging.ERROR):
        loop.wake()
        while not calls:
            time.sleep(0.005)
        time.sleep(0.02)
        loop.wake()
        assert done.wait(2)
    assert loop.end()
    assert "this piece of work failed" in caplog.text


def test_a_jobs_result_is_fetched_and_its_error_told(qtbot: QtBot) -> None:
    errands = Errands()
    heard: list[object] = []

    def fails(_: Progress) -> int:
        raise OSError("the disk is gone")

    errands.start("good", lambda progress: 42, heard.append, heard.append)
    errands.start("bad", fails, heard.append, heard.append)
    deadline = time.monotonic() + 5
    while len(heard) < 2 and time.monotonic() < deadline:
        errands.poll()
        time.sleep(0.005)
    assert 42 in heard
    assert any(isinstance(answer, OSError) for answer in heard)
    assert errands.end()


def test_a_cancelled_job_ends_without_a_result() -> None:
    def work(progress: Progress) -> int:
        while True:
            progress.check(0.5)
            time.sleep(0.001)

    job = Job("endless", work)
    assert job.end()
    assert job.result() is None
    assert job.progress.fraction == 0.5


@pytest.mark.expects_log
def test_a_thread_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    from hmi.window import jobs

    monkeypatch.setattr(jobs, "JOIN_S", 0.05)
    release = threading.Event()
    job = Job("stuck", lambda _: release.wait(5))
    assert not job.end()
    release.set()
    monkeypatch.setattr(jobs, "JOIN_S", 5.0)
    assert job.end()
    assert "did not end" in caplog.text


# --- pixels


def grey(width: int, height: int, value: int = 128) -> np.ndarray:
    return np.full((height, width), value, np.uint8)


@given(st.tuples(st.integers(1, 5000), st.integers(1, 5000)), st.tuples(st.integers(1, 4000), st.integers(1, 4000)))
def test_a_picture_fits_its_room_and_fills_it_one_way(size: tuple[int, int], room: tuple[int, int]) -> None:
    width, height = fit(size, room)
    assert 1 <= width <= room[0]
    assert 1 <= height <= room[1]
    assert abs(width - room[0]) <= 1 or abs(height - room[1]) <= 1


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 300), st.integers(1, 300), st.integers(0, 255))
def test_shrinking_keeps_an_even_picture_even(w: int, h: int, to_w: int, to_h: int, value: int) -> None:
    small = shrink(grey(w, h, value), (to_w, to_h))
    assert small.shape == (to_h, to_w)
    assert set(np.unique(small)) == {value}


@pytest.mark.parametrize(
    ("image", "kind", "bits", "expected"),
    [
        (grey(64, 48, 100), PixelFormat.MONO8, 8, 100),
        (np.full((48, 64), 1023, np.uint16), PixelFormat.MONO10, 10, 255),
        (np.full((48, 64), 2048, np.uint16), PixelFormat.MONO12, 12, 128),
        (np.full((48, 64, 3), 77, np.uint8), PixelFormat.BGR8, 8, 77),
        (grey(64, 48, 90), PixelFormat.BAYER_RG8, 8, 90),
        (grey(1, 1, 55), PixelFormat.MONO8, 8, 55),
    ],
)
def test_every_pixel_format_reaches_the_screen(image: np.ndarray, kind: PixelFormat, bits: int, expected: int) -> None:
    frame = Frame(image, kind, bits, "test", "t", "main", now())
    for pixels in (picture(frame, (32, 24)), thumbnail(frame, (16, 12))):
        assert pixels.dtype == np.uint8
        assert pixels.ndim == 3
        assert pixels.shape[2] == 4
        assert abs(int(pixels[..., :3].mean()) - expected) <= 1


def test_a_bayer_picture_shows_red_as_red() -> None:
    mosaic = np.zeros((48, 64), np.uint8)
    mosaic[::2, ::2] = 200  # RGGB: red is the first pixel
    pixels = picture(Frame(mosaic, PixelFormat.BAYER_RG8, 8, "t", "t", "main", now()), (64, 48))
    blue, green, red = (int(pixels[10:-10, 10:-10, k].mean()) for k in range(3))
    assert red > 150
    assert max(blue, green) < 30


@given(st.floats(0.05, 5.0), st.floats(0, 1))
def test_heat_under_half_the_limit_leaves_the_picture_alone(threshold: float, opacity: float) -> None:
    screen = picture(frame_of_grey(), (64, 48))
    heat = np.full((6, 8), 0.49 * threshold, np.float32)
    assert with_heat(screen, heat, threshold, opacity) is screen


def test_heat_has_one_scale_for_all_pictures() -> None:
    screen = picture(frame_of_grey(), (64, 48))
    alone, beside_more = np.zeros((6, 8), np.float32), np.zeros((6, 8), np.float32)
    alone[3, 2] = beside_more[3, 2] = 0.6
    beside_more[1, 6] = 5.0 * FULL_SCALE
    one, other = (with_heat(screen, heat, 0.6, 0.5) for heat in (alone, beside_more))
    assert np.array_equal(one[26:31, 17:22], other[26:31, 17:22])


def frame_of_grey() -> Frame:
    return Frame(grey(64, 48), PixelFormat.MONO8, 8, "t", "t", "main", now())


# --- load and platform


def test_the_qt_thread_has_time_to_spare(qtbot: QtBot, station: FakeStation) -> None:
    """A coarse bound that holds on a busy machine; the benchmark gives the figure."""
    running(station)
    stop = threading.Event()

    def feed() -> None:
        frames = [judged_part(k).part.views[0] for k in (1, 2)]
        seq = 60_000
        while not stop.wait(1 / 30):
            seq += 1
            station.show(judged_part(seq, frame=frames[seq % 2]))
            if seq % 3 == 0:
                station.charts.put(six_charts(version=seq))

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        load = measure_window(station, seconds=1.5, size=(1280, 800))
    finally:
        stop.set()
        feeder.join()
    assert load.frames_shown > 10
    assert load.busy_fraction < 0.6


def run_python(code: str, *before: str) -> subprocess.CompletedProcess[str]:
    command = [*before, sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="not Linux")
@pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="needs xvfb-run")
def test_a_window_opens_on_x11_after_cv2_was_imported() -> None:
    code = textwrap.dedent(
        """
        from camera.vision import cv2
        from tests.gui.take_pictures import close, open_window
        window = open_window("defect", (1280, 800))
        from PySide6.QtGui import QGuiApplication
        print(QGuiApplication.platformName(), window.page.verdict.content.word, cv2.__name__)
        close(window)
        """
    )
    command = [
        "xvfb-run",
        "-a",
        "-s",
        "-screen 0 1920x1080x24",
        "env",
        "QT_QPA_PLATFORM=xcb",
        sys.executable,
        "-c",
        code,
    ]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)
    assert ran.stdout.split("\n")[0] == "xcb NOT OK cv2", ran.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_sigterm_closes_the_window_in_order() -> None:
    code = textwrap.dedent(
        """
        import os, signal, sys
        from PySide6.QtCore import QTimer
        from hmi.window.app import application, run
        from hmi.window.session import WindowSession
        from tests.gui.fake_station import FakeStation
        from tests.gui.scenes import running
        station = FakeStation()
        running(station)
        application()
        QTimer.singleShot(500, lambda: os.kill(os.getpid(), signal.SIGTERM))
        sys.exit(run(WindowSession(station)))
        """
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.expects_log
def test_a_fault_of_the_window_is_told_and_the_line_goes_on(
    qtbot: QtBot, open_window: Opener, station: FakeStation, caplog: pytest.LogCaptureFixture
) -> None:
    from hmi.window.app import faults_told

    window = open_window("running")
    with faults_told(window):
        slip = ZeroDivisionError("a slip of ours")
        for _ in range(3):
            sys.excepthook(type(slip), slip, None)
        qtbot.waitUntil(lambda: bool(window.page.alarms.content.lines), timeout=1000)
    assert window.page.alarms.content.lines[0].what == "A fault in the window; the line goes on"
    assert caplog.text.count("a fault in the window") == 1  # told once, however often it happens
    window.do("acknowledge")
    qtbot.waitUntil(lambda: not window.page.alarms.content.lines, timeout=1000)
    assert station.asked == []
