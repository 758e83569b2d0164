"""`Frame`: one picture of one view of one part, stamped, frozen, and never changed again.

Promises: a frame's pixels cannot be written, so threads share it by reference without a lock.
May import: numpy, the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from camera.clock import Stamp

Pixels = npt.NDArray[Any]
"""uint8 or uint16, [H, W] or [H, W, 3] (BGR)."""


class PixelFormat(StrEnum):
    """How a pixel is laid out; names as in the GenICam pixel format naming convention."""

    MONO8 = "Mono8"
    MONO10 = "Mono10"
    MONO12 = "Mono12"
    MONO16 = "Mono16"
    BGR8 = "BGR8"
    BAYER_RG8 = "BayerRG8"


class Box(NamedTuple):
    """An upright rectangle in source pixels: left, top, width, height."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True)
class TrueDefect:
    """A defect that the simulation drew, and where."""

    label: str
    region: Box


@dataclass(frozen=True, slots=True)
class Truth:
    """What a simulated picture really shows. Real cameras know no truth."""

    label: str
    """`good`, or the label of the first defect."""
    defects: tuple[TrueDefect, ...] = ()
    dimensions_mm: dict[str, float] = field(default_factory=dict[str, float])
    """Characteristic → true value."""
    geometry_px: dict[str, float] = field(default_factory=dict[str, float])
    """What was drawn, in pixels: `center_x`, `center_y`, `bore_radius`, `outer_radius`, `angle_rad`."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What a `FrameSource` hands over: pixels and where they came from, not yet stamped."""

    image: Pixels
    pixel_format: PixelFormat
    source: str
    """A name a person can find again: a relative path, or `synthetic:7#42`."""
    significant_bits: int = 8
    truth: Truth | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A stamped, frozen picture. Made by the camera stage; see `freeze`."""

    image: Pixels
    pixel_format: PixelFormat
    significant_bits: int
    source: str
    trigger_id: str
    view: str
    at: Stamp
    calibration_digest: str | None = None
    truth: Truth | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of the pixels: what a queue bounded in bytes counts."""
        return self.image.nbytes

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.shape[1], self.image.shape[0]


@dataclass(frozen=True, slots=True)
class BadFrame:
    """A picture that was due but cannot be judged. The part behind it is recorded NOT_DECIDABLE, never skipped."""

    code: str
    """A message code: `frame.unreadable`, `part.overrun`, …"""
    detail: str
    source: str
    trigger_id: str
    view: str
    at: Stamp

    @property
    def nbytes(self) -> int:
        """It holds no pixels."""
        return 0


def freeze(picture: Picture, *, trigger_id: str, view: str, at: Stamp, calibration_digest: str | None = None) -> Frame:
    """Stamp a picture and make its pixels read-only (no copy)."""
    image = np.asarray(picture.image)
    image.flags.writeable = False
    return Frame(
        image,
        picture.pixel_format,
        picture.significant_bits,
        picture.source,
        trigger_id,
        view,
        at,
        calibration_digest,
        picture.truth,
    )
