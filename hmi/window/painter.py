"""The painter: turns frames into ready images of the widget's size on a thread of its own, to be fetched.

Promises: one slot each way, newest wins; the Qt thread neither waits for it nor is called by it.
May import: numpy, camera, inference, PySide6.QtGui (QImage only), hmi.window.{jobs,shrink}.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from camera.frame import Box, Frame, Pixels
from hmi.window.jobs import Loop
from hmi.window.shown import ShownPart
from hmi.window.shrink import picture, thumbnail, with_heat
from inference.pipeline.channels import Mailbox

Room = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class PictureOrder:
    """Paint this part into this room (device pixels)."""

    part: ShownPart
    room: Room
    opacity: float


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """A ready image; `pixels` is the memory that it shows and lives as long."""

    part: ShownPart
    image: QImage
    pixels: Pixels


@dataclass(frozen=True, slots=True, eq=False)
class StripOrder:
    """Thumbnails of these parts, newest first."""

    parts: Sequence[ShownPart]
    room: Room


@dataclass(frozen=True, slots=True, eq=False)
class PaintedStrip:
    """As ordered."""

    thumbs: tuple[Painted, ...]


class Painter:
    """Owns the painter's thread."""

    def __init__(self) -> None:
        self._orders: Mailbox[PictureOrder] = Mailbox()
        self._strip_orders: Mailbox[StripOrder] = Mailbox()
        self.pictures: Mailbox[Painted] = Mailbox()
        self.strips: Mailbox[PaintedStrip] = Mailbox()
        self._thumbs: dict[tuple[str, Room], Painted] = {}
        self._loop = Loop("painter", self._work)

    def order(self, order: PictureOrder) -> None:
        """The picture to show next."""
        self._orders.put(order)
        self._loop.wake()

    def order_strip(self, order: StripOrder) -> None:
        """The thumbnails to show next."""
        self._strip_orders.put(order)
        self._loop.wake()

    def end(self) -> bool:
        """End the thread; False where it does not."""
        return self._loop.end()

    def _work(self) -> None:
        self._paint_picture()
        strip = self._strip_orders.take()
        if strip is None:
            return
        thumbs: list[Painted] = []
        for part in strip.parts:
            thumbs.append(self._thumb(part, strip.room))
            self._paint_picture()  # a live picture does not wait for twelve thumbnails
        kept = {(p.part.id, strip.room): p for p in thumbs}
        self._thumbs = kept
        self.strips.put(PaintedStrip(tuple(thumbs)))

    def _paint_picture(self) -> None:
        order = self._orders.take()
        if order is not None:
            self.pictures.put(painted(order))

    def _thumb(self, part: ShownPart, room: Room) -> Painted:
        known = self._thumbs.get((part.id, room))
        if known is not None:
            return known
        pixels = thumbnail(part.frame, room) if part.frame is not None else _BLANK
        return Painted(part, as_image(pixels), pixels)


def painted(order: PictureOrder) -> Painted:
    """Shrink, colour and wrap one picture."""
    part = order.part
    pixels = picture(part.frame, order.room) if part.frame is not None else _BLANK
    if part.heatmap is not None and part.threshold is not None:
        pixels = with_heat(pixels, part.heatmap, part.threshold, order.opacity)
    return Painted(part, as_image(pixels), pixels)


def as_image(pixels: Pixels) -> QImage:
    """A QImage on the array's own memory: the caller keeps the array alive."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32)


def on_screen(box: Box, frame: Frame, painted_width: float) -> Box:
    """A region of the frame in the painted picture's pixels."""
    scale = painted_width / frame.size[0]
    return Box(*(value * scale for value in box))


_BLANK = np.zeros((1, 1, 4), np.uint8)
