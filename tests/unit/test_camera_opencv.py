"""Video files and a real RTSP stream: what comes, in which order, and what a stall looks like."""

import time
from itertools import pairwise

import numpy as np
import pytest

from camera.catalog import open_source
from camera.freshness import Freshness
from camera.opencv import without_password
from camera.source import CameraError, CameraLost, CameraUnavailable, EndOfSource, Pacing, SourceNotFound
from camera.vision import cv2
from tests.unit.rtsp_stream import RtspCamera


def numbered(n):
    """A picture that says its number in its grey value, 0–15, in steps that no codec mixes up."""
    image = np.full((64, 96, 3), 8 + 16 * (n % 16), np.uint8)
    image[:8, : 4 * (n % 16) + 4] = 255
    return image


def number_of(image):
    return round((float(np.median(image[20:])) - 8) / 16)


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "film ä.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (96, 64))
    assert writer.isOpened()
    for n in range(10):
        writer.write(numbered(n))
    writer.release()
    return path


def test_a_film_gives_every_picture_once_in_order(film):
    source = open_source(str(film), loop=False)
    assert (source.pacing, source.live) == (Pacing.ON_DEMAND, False)
    source.open()
    pictures = [source.grab(1) for _ in range(10)]
    assert [number_of(p.image) for p in pictures] == list(range(10))
    assert pictures[3].source == "film ä.avi#4"
    with pytest.raises(EndOfSource):
        source.grab(1)
    source.close()
    source.close()


def test_a_film_that_loops_begins_anew(film):
    source = open_source(str(film), loop=True)
    source.open()
    assert [number_of(source.grab(1).image) for _ in range(12)] == [*range(10), 0, 1]
    source.close()


def test_what_is_no_film_is_refused_in_one_sentence(tmp_path):
    text = tmp_path / "film.mp4"
    text.write_text("this is not a film")
    for path in (text, tmp_path / "missing.avi"):
        with pytest.raises(SourceNotFound) as refused:
            open_source(str(path)).open()
        assert str(path) in str(refused.value)
        assert "\n" not in str(refused.value)


def live(camera, **settings):
    return open_source(camera.address, open_timeout_ms=3000, read_timeout_ms=500, **settings)


def test_a_network_camera_runs_freely_and_in_order():
    with RtspCamera(numbered) as camera:
        source = live(camera)
        source.open()
        try:
            numbers = [number_of(source.grab(1).image) for _ in range(12)]
            assert source.live
            assert source.pacing is Pacing.FREE_RUN
            assert source.period_s == pytest.approx(0.04)
            assert source.frame_size == (96, 64)
        finally:
            source.close()
    assert [(b - a) % 16 for a, b in pairwise(numbers)] == [1] * 11


def test_a_stalled_camera_is_lost_within_its_timeout_and_comes_back_when_opened_again():
    with RtspCamera(numbered) as camera:
        source = live(camera)
        source.open()
        try:
            source.grab(1)
            camera.stalled.set()
            begin = time.monotonic()
            with pytest.raises(CameraLost):
                _grab_until_error(source)
            assert time.monotonic() - begin < 2.0
            with pytest.raises(CameraLost):
                source.grab(1)
            camera.stalled.clear()
            source.open()
            assert source.grab(1).image.shape == (64, 96, 3)
        finally:
            source.close()


def _grab_until_error(source):
    for _ in range(1000):
        source.grab(1)


def test_after_a_trigger_no_picture_from_before_it_is_shown():
    with RtspCamera(numbered) as camera:
        source = live(camera, pacing="triggered")
        source.open()
        try:
            source.grab(1)
            time.sleep(0.35)
            sent_before = next(camera.sent)
            seen = number_of(source.grab(1).image)
        finally:
            source.close()
    # The number taken above to look at the count was never sent.
    # Nine older pictures were waiting; a busy machine may take one a little later.
    assert (seen - sent_before) % 16 in range(1, 6)


def test_pictures_that_wait_are_old_until_the_buffer_is_empty():
    fresh = Freshness(0.1)
    # Three pictures of a second ago wait, then the stream is live: 0.5 s between its clock and ours.
    arrivals = [(9.0, 10.00), (9.1, 10.01), (9.2, 10.02), (9.5, 10.03), (9.6, 10.11), (9.7, 10.21)]
    seen = [fresh.is_new(stamp, arrived, since_s=10.0) for stamp, arrived in arrivals]
    assert seen == [False, False, False, False, True, True]


def test_a_late_picture_from_before_the_trigger_is_old():
    fresh = Freshness(0.1)
    assert [fresh.is_new(n / 10, 5 + n / 10, since_s=0) for n in range(1, 4)] == [False, True, True]
    assert not fresh.is_new(0.4, 5.6, since_s=5.45)
    assert fresh.is_new(0.5, 5.65, since_s=5.45)


def test_a_camera_that_is_not_there_is_unavailable_within_its_timeout(unused_port):
    begin = time.monotonic()
    with pytest.raises(CameraUnavailable) as refused:
        open_source(f"rtsp://me:secret@127.0.0.1:{unused_port}/x", open_timeout_ms=1000).open()
    assert time.monotonic() - begin < 3
    assert "secret" not in str(refused.value)


@pytest.fixture
def unused_port():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_a_usb_camera_that_is_not_there_says_what_to_check():
    with pytest.raises(CameraUnavailable, match="plugged in"):
        open_source("usb:97").open()


@pytest.mark.parametrize("source", ["rtsp://127.0.0.1:9/x", "usb:97"])
def test_a_source_that_is_not_open_is_lost_not_a_crash(source):
    with pytest.raises(CameraError):
        open_source(source).grab(0.1)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://u:p@host/x", "rtsp://u:***@host/x"),
        ("rtsp://u:p:q@host:554/x", "rtsp://u:***@host:554/x"),
        ("rtsp://u:p@ss@host/x", "rtsp://u:***@host/x"),
        ("rtsp://host:554/a@b", "rtsp://host:554/a@b"),
        ("rtsp://user@host/x", "rtsp://user@host/x"),
    ],
)
def test_passwords_are_never_shown(address, shown):
    assert without_password(address) == shown
