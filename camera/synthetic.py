"""A simulated line: turned rings with known sizes and known, seeded defects, for demonstrations and for tests.

Promises: picture `n` of seed `s` is the same whatever was asked before; each picture carries its truth.
May import: numpy, camera.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from camera.clock import Clock, SystemClock
from camera.defects import draw_features
from camera.frame import Picture, PixelFormat, Pixels, TrueDefect, Truth
from camera.process import Drift, SimulatedPart, make_part, part_rng
from camera.ring import MM_PER_PX, Layout, begin, finish, lay_out, scale_of, stock_for
from camera.source import EndOfSource, FrameTimeout, Pacing
from camera.surface import noise_piece
from camera.vision import cv2

_SMALLEST_PX = 64
_FORMATS = (PixelFormat.BGR8, PixelFormat.MONO8)
# Steel under white light is a little blue; a colour camera shows it.
_STEEL_BGR = (1.035, 1.0, 0.975)


@dataclass(frozen=True, slots=True)
class SyntheticSettings:
    """What the simulated line makes and how fast. Raises ValueError where a value makes no sense."""

    seed: int = 7
    width: int = 640
    height: int = 512
    pacing: Pacing = Pacing.ON_DEMAND
    period_s: float | None = None
    """Free run: seconds from one picture to the next; 0.1 unless said."""
    parts: int | None = None
    """After so many the source is used up; None: never."""
    defect_rate: float = 0.04
    drift: Drift | None = None
    pixel_format: PixelFormat = PixelFormat.BGR8

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise ValueError(f"seed {self.seed}: a number from 0 on is expected")
        if min(self.width, self.height) < _SMALLEST_PX:
            raise ValueError(f"picture size {self.width}x{self.height}: at least {_SMALLEST_PX} pixels each way")
        if not 0 <= self.defect_rate <= 1:
            raise ValueError(f"defect rate {self.defect_rate}: a share from 0 to 1 is expected")
        if self.pixel_format not in _FORMATS:
            raise ValueError(f"pixel format {self.pixel_format}: the simulated camera gives {' or '.join(_FORMATS)}")

    @property
    def mm_per_px(self) -> float:
        """The scale of the pictures: 0.1 mm a pixel at 640×512."""
        return MM_PER_PX / scale_of(self.width, self.height)


class SyntheticSource:
    """The simulated line as a `FrameSource`. After `close` and `open` it goes on with the next part."""

    def __init__(self, settings: SyntheticSettings | None = None, clock: Clock | None = None) -> None:
        self.settings = settings or SyntheticSettings()
        self._clock = clock or SystemClock()
        self._next = 1
        self._due_s: float | None = None

    @property
    def name(self) -> str:
        """As a person would name it on the command line."""
        return f"synthetic:{self.settings.seed}"

    @property
    def pacing(self) -> Pacing:
        """As set."""
        return self.settings.pacing

    @property
    def live(self) -> bool:
        """True where it plays a camera: its noise differs from picture to picture."""
        return self.settings.pacing is not Pacing.ON_DEMAND

    @property
    def period_s(self) -> float | None:
        """Seconds between pictures in free run."""
        return (self.settings.period_s or 0.1) if self.settings.pacing is Pacing.FREE_RUN else None

    @property
    def frame_size(self) -> tuple[int, int]:
        """Width and height of every picture."""
        return self.settings.width, self.settings.height

    def open(self) -> None:
        """Make the stock of surfaces ready, so that the first picture is as quick as the others."""
        stock_for(self.settings.width, self.settings.height)
        self._due_s = None

    def grab(self, timeout_s: float) -> Picture:
        """The next part's picture; in free run, once its time has come. Raises EndOfSource, FrameTimeout."""
        settings = self.settings
        if settings.parts is not None and self._next > settings.parts:
            raise EndOfSource(f"{self.name}: all {settings.parts} parts are made")
        self._wait(timeout_s)
        picture = render(settings, self._next)
        self._next += 1
        return picture

    def close(self) -> None:
        """Nothing to let go."""

    def _wait(self, timeout_s: float) -> None:
        if self.period_s is None:
            return
        now = self._clock.monotonic()
        due = now if self._due_s is None else self._due_s
        if due - now > timeout_s:
            self._clock.sleep(timeout_s)
            raise FrameTimeout(f"{self.name}: no picture within {timeout_s:g} s; the next is due later")
        self._clock.sleep(max(0.0, due - now))
        self._due_s = max(due + self.period_s, now)


def render(settings: SyntheticSettings, number: int) -> Picture:
    """Part `number` (counted from 1), drawn anew: equal to what `SyntheticSource` gave or will give."""
    part = make_part(settings.seed, number, settings.defect_rate, settings.drift)
    return render_part(settings, part)


def render_part(settings: SyntheticSettings, part: SimulatedPart) -> Picture:
    """A part of one's own making: for tests and for teaching, where each defect is wanted equally often."""
    stock = stock_for(settings.width, settings.height)
    layout = lay_out(part, settings.width, settings.height)
    canvas = begin(layout, part, stock)
    defects = draw_features(part.defect, canvas, layout, part_rng(settings.seed, part.number, 1))
    noise = noise_piece(stock, part_rng(settings.seed, part.number, 2))
    grey = cv2.convertScaleAbs(finish(canvas, stock, part.light, noise))
    return Picture(
        image=_coloured(np.asarray(grey), settings.pixel_format),
        pixel_format=settings.pixel_format,
        source=f"synthetic:{settings.seed}#{part.number}",
        truth=_truth(part, layout, defects),
    )


def _truth(part: SimulatedPart, layout: Layout, defects: tuple[TrueDefect, ...]) -> Truth:
    return Truth(
        label=part.defect or "good",
        defects=defects,
        dimensions_mm={"bore_diameter": part.bore_mm, "outer_diameter": part.outer_mm},
        geometry_px={
            "center_x": layout.center_x,
            "center_y": layout.center_y,
            "bore_radius": layout.bore_radius,
            "outer_radius": layout.outer_radius,
            "angle_rad": layout.angle_rad,
        },
    )


def _coloured(grey: Pixels, pixel_format: PixelFormat) -> Pixels:
    if pixel_format is PixelFormat.MONO8:
        return grey
    return np.asarray(cv2.LUT(cv2.merge((grey, grey, grey)), _STEEL))


_STEEL = np.clip(np.rint(np.outer(np.arange(256), _STEEL_BGR)), 0, 255).astype(np.uint8)[None]
