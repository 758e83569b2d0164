"""The catalogue of cameras: from the text a user gives to the source behind it.

Promises: making a source touches no hardware; drivers of other makers are found by name through the entry point group
`loupe.cameras` (a callable that takes `CameraSettings` and gives a `FrameSource`) and cannot replace ours.
May import: camera.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

from camera.folder import SUFFIXES, FolderSource
from camera.frame import PixelFormat
from camera.opencv import VIDEO_SUFFIXES, LiveSource, VideoFileSource
from camera.process import parse_drift
from camera.settings import CameraSettings
from camera.source import CameraUnavailable, FrameSource, Pacing, SourceNotFound
from camera.synthetic import SyntheticSettings, SyntheticSource

Driver = Callable[[CameraSettings], FrameSource]
ENTRY_POINT_GROUP = "loupe.cameras"
_PACINGS_OF_FILES = (None, Pacing.ON_DEMAND)


def open_source(source: str, **settings: object) -> FrameSource:
    """The source for a text such as `pictures/`, `part.avi`, `rtsp://…`, `usb:0`, `synthetic:7`; not opened yet.

    Raises:
        SourceNotFound: nothing is known by that name.
        CameraUnavailable: another maker's driver is installed but does not load.

    """
    return make_source(CameraSettings.model_validate({"source": source, **settings}))


def make_source(settings: CameraSettings) -> FrameSource:
    """The source that a station's settings name; not opened yet. Raises as `open_source`."""
    scheme, colon, _ = settings.source.partition(":")
    # One letter before a colon is a drive of Windows.
    if colon and len(scheme) > 1 and not Path(settings.source).exists():
        return _driver(scheme.lower())(settings)
    return _file_or_folder(settings)


def known_schemes() -> tuple[str, ...]:
    """Every scheme that can stand before a colon, ours first."""
    return *_DRIVERS, *sorted(_others() - _DRIVERS.keys())


def _others() -> set[str]:
    return {point.name for point in entry_points(group=ENTRY_POINT_GROUP)}


def _driver(scheme: str) -> Driver:
    if scheme in _DRIVERS:
        return _DRIVERS[scheme]
    for point in entry_points(group=ENTRY_POINT_GROUP, name=scheme):
        try:
            return point.load()
        except (ImportError, AttributeError) as error:
            raise CameraUnavailable(f"the driver of {scheme}: cameras does not load: {error}") from error
    known = ", ".join(f"{name}:" for name in known_schemes())
    raise SourceNotFound(f"unknown source {scheme}: — a folder, a video file or one of {known} is expected")


def _file_or_folder(settings: CameraSettings) -> FrameSource:
    path = Path(settings.source)
    if settings.pacing not in _PACINGS_OF_FILES:
        raise SourceNotFound(f"{path}: folders and files are read on demand; pacing {settings.pacing} needs a camera")
    suffix = path.suffix.lower()
    is_video = path.is_file() and suffix not in SUFFIXES
    if is_video or (not path.exists() and suffix in VIDEO_SUFFIXES):
        return VideoFileSource(path, loop=settings.loop)
    return FolderSource(path, loop=settings.loop)


def _synthetic(settings: CameraSettings) -> FrameSource:
    seed = settings.source.partition(":")[2]
    if seed and not (seed.isascii() and seed.isdigit()):
        raise SourceNotFound(
            f"{settings.source}: after synthetic: stands a seed, a number from 0 on, as in synthetic:7"
        )
    plain = SyntheticSettings()
    return SyntheticSource(
        SyntheticSettings(
            seed=int(seed) if seed else plain.seed,
            width=settings.width_px or plain.width,
            height=settings.height_px or plain.height,
            pacing=settings.pacing or Pacing.ON_DEMAND,
            period_s=settings.period_ms / 1000 if settings.period_ms else None,
            defect_rate=settings.defect_rate,
            drift=parse_drift(settings.drift) if settings.drift else None,
            pixel_format=PixelFormat.BGR8,
        )
    )


def _usb(settings: CameraSettings) -> FrameSource:
    number = settings.source.partition(":")[2] or "0"
    if not (number.isascii() and number.isdigit()):
        raise SourceNotFound(f"{settings.source}: after usb: stands the camera's number, as in usb:0")
    return LiveSource(int(number), settings)


def _network(settings: CameraSettings) -> FrameSource:
    return LiveSource(settings.source, settings)


_DRIVERS: dict[str, Driver] = {"synthetic": _synthetic, "usb": _usb, "rtsp": _network, "rtsps": _network}
