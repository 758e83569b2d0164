"""The card round a chart: title or readout above, times below, the sign that a cause is missing, the axis button.

Promises: nothing is painted beyond its room; what does not fit is told by `Lettering.cut`.
May import: PySide6, hmi.window.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QRect, QRectF
from PySide6.QtGui import QPen

from hmi.window.theme import CAPTION, SMALL, Look
from hmi.window.views.lettering import CENTER, RIGHT, Lettering

_TWO_TIMES = 150
_BADGE_PAD, _SPACE, _TICK = 6, 16, 4
"""Design pixels: room in the badge, between texts, length of a tick."""
_SMALLEST, _SQUEEZED = CAPTION * 0.8, 0.8


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the plot."""

    title: str
    readout: str = ""
    beside: bool = False
    """The readout may stand beside the title; else it takes its place."""
    badge: str = ""
    """Why the chart waits for somebody."""


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands below the plot: a note, or times."""

    note: str = ""
    ends: tuple[str, ...] = ()
    """Times of the first and the last point in sight."""
    filled: float = 1.0
    """How far the points reach, as a share of the plot's width."""
    ticks: tuple[tuple[float, str], ...] | None = None
    """Round times: share of the plot's width, text. None on the part axis."""
    axis: str = ""
    """The axis button's text."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """Where all that stands: the whole card, above the plot, below it, below the labels right of it."""

    card: QRectF
    head: QRectF
    foot: QRectF
    corner: QRectF


def paint_card(letters: Lettering, look: Look, rooms: Rooms, content: tuple[Head, Foot], dirty: QRect) -> None:
    """Ground and hairline, and of the texts those that `dirty` touches."""
    letters.painter.drawRect(rooms.card.adjusted(0.5, 0.5, -0.5, -0.5))
    head, foot = content
    corner_badge = bool(head.badge) and not _badge_fits(look, rooms.head, head)
    if dirty.intersects(rooms.head.toRect()):
        _paint_head(letters, look, rooms.head, head, badge=bool(head.badge) and not corner_badge)
    if dirty.intersects(rooms.foot.toRect()):
        alone = not corner_badge and not foot.axis
        _paint_foot(letters, look, rooms.foot.united(rooms.corner) if alone and foot.note else rooms.foot, foot)
    if dirty.intersects(rooms.corner.toRect()):
        if corner_badge:
            _paint_badge(letters, look, rooms.corner, head.badge)
        elif foot.axis:
            letters.line(rooms.corner, foot.axis, CAPTION, "focus", align=RIGHT, smallest=CAPTION * 0.7)


def _badge_fits(look: Look, room: QRectF, head: Head) -> bool:
    title = look.metrics(_SMALLEST, bold=True).horizontalAdvance(head.title) * _SQUEEZED
    return title + _badge_width(look, head.badge) + look.px(_SPACE) <= room.width()


def _badge_width(look: Look, text: str) -> float:
    return look.metrics(CAPTION, bold=True).horizontalAdvance(_mark(text)) + 2 * look.px(_BADGE_PAD)


def _mark(text: str) -> str:
    return f"▲ {text}"


def _paint_badge(letters: Lettering, look: Look, room: QRectF, text: str) -> float:
    """The sign at the right that somebody is waited for. Returns its width."""
    pad, width = look.px(_BADGE_PAD), min(room.width(), _badge_width(look, text))
    badge = QRectF(room.right() - width, room.top() + pad / 3, width, room.height() - 2 * pad / 3)
    letters.painter.fillRect(badge, look.colour("not_ok_fill"))
    inner = badge.adjusted(pad / 2, 0, -pad / 2, 0)
    letters.line(inner, _mark(text), CAPTION, "on_strong", bold=True, align=CENTER, smallest=CAPTION * 0.7)
    return width


def _paint_head(letters: Lettering, look: Look, room: QRectF, head: Head, *, badge: bool) -> None:
    if badge:
        room = room.adjusted(0, 0, -_paint_badge(letters, look, room, head.badge) - look.px(_SPACE), 0)
    needed = look.metrics(CAPTION, bold=True).horizontalAdvance(head.readout) + look.px(_SPACE)
    title = look.metrics(SMALL, bold=True).horizontalAdvance(head.title)
    beside = head.beside and title + needed <= room.width()
    if head.readout:
        align = {"align": RIGHT} if beside else {}
        letters.line(room, head.readout, CAPTION, "ink", bold=True, smallest=_SMALLEST, **align)
    if beside or not head.readout:
        letters.line(room, head.title, SMALL, "ink", bold=True, smallest=_SMALLEST)


def _paint_foot(letters: Lettering, look: Look, room: QRectF, foot: Foot) -> None:
    if foot.note:
        letters.line(room, foot.note, CAPTION, "ink", bold=True, smallest=_SMALLEST)
    elif foot.ticks is not None:
        _paint_ticks(letters, look, room, foot.ticks)
    elif foot.ends:
        _paint_ends(letters, look, room, foot)


def _paint_ends(letters: Lettering, look: Look, room: QRectF, foot: Foot) -> None:
    first, last = foot.ends
    letters.line(room, first, CAPTION, "ink2")
    shown = QRectF(room)
    needed = look.metrics(CAPTION).horizontalAdvance(first + last) + look.px(_SPACE)
    shown.setWidth(max(foot.filled * room.width(), look.px(_TWO_TIMES), min(needed, room.width())))
    letters.line(shown, last, CAPTION, "ink2", align=RIGHT)


def _paint_ticks(letters: Lettering, look: Look, room: QRectF, ticks: tuple[tuple[float, str], ...]) -> None:
    end = room.left()
    for share, text in ticks:
        x = room.left() + share * room.width()
        letters.painter.setPen(QPen(look.colour("ink2"), look.px(1)))
        letters.painter.drawLine(QLineF(x, room.top(), x, room.top() + look.px(_TICK)))
        width = look.metrics(CAPTION).horizontalAdvance(text)
        left = min(max(room.left(), x - width / 2), room.right() - width)
        if left >= end:
            letters.line(QRectF(left, room.top(), width + 1, room.height()), text, CAPTION, "ink2")
            end = left + width + look.px(_SPACE)
