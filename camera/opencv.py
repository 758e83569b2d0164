"""Cameras and video files through OpenCV: UVC (`usb:0`), RTSP, and files.

Promises: every wait has an end, given when the source is opened (a later `set` has no effect); after a stall the
source says `CameraLost` and must be opened again, whatever `isOpened` says; a live source never shows an old picture
as a new one. The only place that uses cv2.VideoCapture.
May import: numpy, camera.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from camera.frame import Picture, PixelFormat
from camera.freshness import Freshness
from camera.settings import CameraSettings
from camera.source import CameraLost, CameraUnavailable, EndOfSource, FrameTimeout, Pacing, SourceNotFound
from camera.vision import cv2

VIDEO_SUFFIXES = (".avi", ".mkv", ".mov", ".mp4", ".m4v", ".mpg", ".mpeg", ".webm", ".wmv", ".ts")
_FASTEST_HZ = 1000
_USUAL_PERIOD_S = 0.04
_PROBED_CAMERAS = 6
# Without time stamps: a picture that was waiting comes at once, a new one has to be waited for.
_WAITED_SHARE = 0.25


class VideoFileSource:
    """A video file, picture by picture, on demand."""

    pacing = Pacing.ON_DEMAND
    live = False
    period_s = None

    def __init__(self, path: Path | str, *, loop: bool = True) -> None:
        self._path = Path(path)
        self._loop = loop
        self._capture: cv2.VideoCapture | None = None
        self._number = 0

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self._path)

    @property
    def frame_size(self) -> tuple[int, int] | None:
        """Width and height while open."""
        return _size(self._capture) if self._capture else None

    def open(self) -> None:
        """Open the file at its beginning. Raises SourceNotFound."""
        self.close()
        if not self._path.is_file():
            raise SourceNotFound(f"{self._path}: there is no such file")
        capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        if not capture.isOpened():
            capture.release()
            raise SourceNotFound(f"{self._path}: this is not a video that can be read, or it is damaged")
        self._capture, self._number = capture, 0

    def grab(self, timeout_s: float) -> Picture:  # noqa: ARG002 (the protocol's; a file does not wait)
        """The next picture of the film. Raises EndOfSource after the last unless it loops."""
        image = self._read()
        if image is None and self._loop and self._number:
            self.open()
            image = self._read()
        if image is None:
            raise EndOfSource(f"{self._path}: all {self._number} pictures are used up")
        self._number += 1
        return _picture(image, f"{self._path.name}#{self._number}")

    def close(self) -> None:
        """Let the file go."""
        if self._capture is not None:
            self._capture.release()
        self._capture = None

    def _read(self) -> npt.NDArray[Any] | None:
        if self._capture is None:
            raise CameraLost(f"{self._path}: the file is not open")
        there, image = self._capture.read()
        return np.asarray(image) if there else None


class LiveSource:
    """A camera that sends on its own: an address (RTSP) or the number of a UVC camera."""

    live = True

    def __init__(self, camera: str | int, settings: CameraSettings) -> None:
        self._camera = camera
        self._settings = settings
        self._capture: cv2.VideoCapture | None = None
        self._rate_hz = 0.0
        self._freshness = Freshness(_USUAL_PERIOD_S)
        self._number = 0

    @property
    def name(self) -> str:
        """The address without its password, or `usb:0`."""
        return f"usb:{self._camera}" if isinstance(self._camera, int) else without_password(self._camera)

    @property
    def pacing(self) -> Pacing:
        """Free run unless the settings say triggered."""
        return self._settings.pacing or Pacing.FREE_RUN

    @property
    def period_s(self) -> float | None:
        """As set, else as the camera says while it is open."""
        if self._settings.period_ms is not None:
            return self._settings.period_ms / 1000
        return 1 / self._rate_hz if 0 < self._rate_hz < _FASTEST_HZ else None

    @property
    def frame_size(self) -> tuple[int, int] | None:
        """Width and height while open."""
        return _size(self._capture) if self._capture else None

    def open(self) -> None:
        """Connect, within the time-out of the settings. Raises CameraUnavailable."""
        self.close()
        capture = self._connect()
        if not capture.isOpened():
            capture.release()
            raise CameraUnavailable(f"the camera {self.name} cannot be opened: {self._advice()}")
        self._capture = capture
        self._rate_hz = float(capture.get(cv2.CAP_PROP_FPS))
        self._freshness = Freshness(self.period_s or _USUAL_PERIOD_S)

    def grab(self, timeout_s: float) -> Picture:
        """The next picture; after a trigger, the first that was not already waiting.

        A read cannot be cut short: it ends with a picture or with the read time-out given at opening.
        Raises CameraLost, FrameTimeout.
        """
        if self._capture is None:
            raise CameraLost(f"the camera {self.name} is not open")
        if self.pacing is Pacing.TRIGGERED:
            self._skip_waiting(self._capture, timeout_s)
        elif not self._capture.grab():
            raise self._lost()
        there, image = self._capture.retrieve()
        if not there:
            raise self._lost()
        self._number += 1
        return _picture(np.asarray(image), f"{self.name}#{self._number}")

    def close(self) -> None:
        """Let the camera go."""
        if self._capture is not None:
            self._capture.release()
        self._capture = None

    def _connect(self) -> cv2.VideoCapture:
        if isinstance(self._camera, int):
            capture = _usb_capture(self._camera)
            if capture.isOpened():
                self._ask_for(capture)
            return capture
        # A slow camera is not a stalled one.
        read_timeout_ms = max(self._settings.read_timeout_ms, 3 * (self._settings.period_ms or 0))
        params = {
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: round(self._settings.open_timeout_ms),
            cv2.CAP_PROP_READ_TIMEOUT_MSEC: round(read_timeout_ms),
            # Several decoding threads hold back a picture each.
            cv2.CAP_PROP_N_THREADS: 1,
        }
        return cv2.VideoCapture(self._camera, cv2.CAP_FFMPEG, [n for pair in params.items() for n in pair])

    def _ask_for(self, capture: cv2.VideoCapture) -> None:
        # Not every camera can do each of these; what it cannot do it leaves as it was.
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        if self._settings.width_px and self._settings.height_px:
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._settings.width_px)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._settings.height_px)

    def _skip_waiting(self, capture: cv2.VideoCapture, timeout_s: float) -> None:
        """Pass over the pictures taken before now, which is just after the trigger."""
        since = begin = time.monotonic()
        while begin < since + timeout_s:
            if not capture.grab():
                raise self._lost()
            arrived = time.monotonic()
            if self._is_new(capture.get(cv2.CAP_PROP_POS_MSEC) / 1000, begin, arrived, since):
                return
            begin = arrived
        raise FrameTimeout(f"the camera {self.name} sent only pictures older than the trigger for {timeout_s:g} s")

    def _is_new(self, stamp_s: float, begin_s: float, arrived_s: float, since_s: float) -> bool:
        if stamp_s > 0:
            return self._freshness.is_new(stamp_s, arrived_s, since_s)
        return arrived_s - begin_s >= _WAITED_SHARE * (self.period_s or _USUAL_PERIOD_S)

    def _lost(self) -> CameraLost:
        return CameraLost(f"the camera {self.name} stopped sending pictures: check its cable, power and network")

    def _advice(self) -> str:
        if isinstance(self._camera, int):
            return "check that it is plugged in and that no other program uses it"
        return "check its address, password, power and network"


def usb_cameras() -> tuple[int, ...]:
    """Numbers of the UVC cameras that can be opened now. Opens each for a moment: not while the line runs."""
    if sys.platform == "linux":
        nodes = Path("/dev").glob("video*")
        numbers = sorted(int(node.name[5:]) for node in nodes if node.name[5:].isdigit())
    else:
        numbers = range(_PROBED_CAMERAS)
    return tuple(number for number in numbers if _opens(number))


def _opens(number: int) -> bool:
    capture = _usb_capture(number)
    opened = capture.isOpened()
    capture.release()
    return opened


def _usb_capture(number: int) -> cv2.VideoCapture:
    return cv2.VideoCapture(number, cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY)


def without_password(address: str) -> str:
    """An address as it may stand on a screen and in the record."""
    return re.sub(r"(?<=//)([^/@:]*):[^/]*@", r"\1:***@", address)


def _size(capture: cv2.VideoCapture) -> tuple[int, int]:
    return round(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), round(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))


def _picture(image: npt.NDArray[Any], source: str) -> Picture:
    mono = image.ndim == 2
    return Picture(image, PixelFormat.MONO8 if mono else PixelFormat.BGR8, source)
