"""The card round a chart: title or readout above, times below, the sign that a cause is missing, the axis button.

Promises: nothing is painted beyond its room; what does not fit is told by `Lettering.cut`.
May import: PySide6, hmi.window.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPen

from hmi.window.theme import CAPTION, SMALL, Look
from hmi.window.views.lettering import CENTER, RIGHT, Lettering

_TWO_TIMES = 150
_BADGE_PAD, _SPACE, _TICK = 6, 16, 4
"""Design pixels: room in the badge, between texts, length of a tick."""


def paint_frame(letters: Lettering, look: Look, room: QRectF, *, focused: bool) -> None:
    """Ground and hairline."""
    letters.painter.setPen(look.colour("focus" if focused else "line"))
    letters.painter.setBrush(look.colour("panel"))
    letters.painter.drawRect(room.adjusted(0.5, 0.5, -0.5, -0.5))


def paint_badge(letters: Lettering, look: Look, head: QRectF, text: str) -> float:
    """The sign at the right that somebody must give a cause. Returns the width it takes."""
    pad = look.px(_BADGE_PAD)
    mark = f"▲ {text}"
    width = look.metrics(CAPTION, bold=True).horizontalAdvance(mark) + 2 * pad
    width = min(width, head.width() / 2)
    badge = QRectF(head.right() - width, head.top() + pad / 2, width, head.height() - pad)
    letters.painter.fillRect(badge, look.colour("not_ok_fill"))
    inner = badge.adjusted(pad, 0, -pad, 0)
    letters.line(inner, mark, CAPTION, "on_strong", bold=True, align=CENTER, smallest=CAPTION * 0.8)
    return width + look.px(_SPACE)


def paint_head(letters: Lettering, look: Look, head: QRectF, title: str, readout: str, *, both: bool) -> None:
    """The readout in place of the title; `both`: beside it, where there is room for the two."""
    needed = look.metrics(CAPTION, bold=True).horizontalAdvance(readout) + look.px(_SPACE)
    beside = both and look.metrics(SMALL, bold=True).horizontalAdvance(title) + needed <= head.width()
    if readout:
        align = {"align": RIGHT} if beside else {}
        letters.line(head, readout, CAPTION, "ink", bold=True, smallest=CAPTION * 0.8, **align)
    if beside or not readout:
        letters.line(head, title, SMALL, "ink", bold=True, smallest=CAPTION * 0.8)


def paint_note(letters: Lettering, foot: QRectF, text: str) -> None:
    """What is missing."""
    letters.line(foot, text, CAPTION, "ink", bold=True, smallest=CAPTION * 0.8)


def paint_ends(letters: Lettering, look: Look, foot: QRectF, ends: tuple[str, str], filled: float) -> None:
    """Times of the first and the last point in sight. `filled`: how far the points reach, as a share of the width."""
    first, last = ends
    letters.line(foot, first, CAPTION, "ink2")
    shown = QRectF(foot)
    least = look.px(_TWO_TIMES) if len(first) <= 8 else look.metrics(CAPTION).horizontalAdvance(first + "  " + last)
    shown.setWidth(max(filled * foot.width(), least))
    letters.line(shown, last, CAPTION, "ink2", align=RIGHT)


def paint_ticks(letters: Lettering, look: Look, foot: QRectF, ticks: Sequence[tuple[float, str]]) -> None:
    """Round times at their places. `ticks`: share of the plot's width, text."""
    end = foot.left()
    for share, text in ticks:
        x = foot.left() + share * foot.width()
        letters.painter.setPen(QPen(look.colour("ink2"), look.px(1)))
        letters.painter.drawLine(QLineF(x, foot.top(), x, foot.top() + look.px(_TICK)))
        width = look.metrics(CAPTION).horizontalAdvance(text)
        left = min(max(foot.left(), x - width / 2), foot.right() - width)
        if left >= end:
            letters.line(QRectF(left, foot.top(), width + 1, foot.height()), text, CAPTION, "ink2")
            end = left + width + look.px(_SPACE)


def paint_axis_button(letters: Lettering, room: QRectF, text: str) -> None:
    """Which axis there is, and the key that turns to the other."""
    letters.line(room, f"{text} · T", CAPTION, "focus", align=RIGHT, smallest=CAPTION * 0.7)
