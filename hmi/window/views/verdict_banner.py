"""The verdict in the biggest letters, with its shape, its colour and its reason.

Promises: capitals are at least 6 % of the window's height; word, shape and colour always belong together.
May import: PySide6, hmi.window.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from hmi.window.presentation import Banner, Shape
from hmi.window.theme import READ, TEXT, WORD, Look
from hmi.window.views.glyphs import paint_shape
from hmi.window.views.lettering import Lettering
from hmi.window.views.painted_view import PaintedView

HEIGHT = 196
_SMALLEST_WORD = 64
"""A word is rather made smaller than cut; the shipped words stay above 90 in every language."""
_TONES: dict[str, tuple[str, str, str, str, bool]] = {
    "ok": ("panel", "line", "ink", "ok", False),
    "not_ok": ("not_ok_fill", "not_ok_fill", "on_strong", "on_strong", True),
    "attention": ("attention_tint", "attention", "ink", "attention", True),
    "stopped": ("stopped", "stopped", "on_strong", "on_strong", True),
    "quiet": ("panel", "line", "ink2", "ink2", False),
}
"""Tone → ground, edge, text, shape, whether the shape is filled."""


class VerdictBanner(PaintedView[Banner]):
    """Shows one `Banner`."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, Banner(Shape.DOTS, "", "", "quiet"))
        self._sign_key: tuple[object, ...] = ()
        self._sign = QPixmap()
        self._sign_cut: list[str] = []

    def spoken(self) -> str:
        """Verdict and reason."""
        return f"{self.content.word}: {self.content.why}"

    def paint(self, letters: Lettering, room: QRectF) -> None:
        """Shape and word as they were painted before, the reason beside them anew."""
        px, shown = self.look.px, self.content
        self._keep_sign(room)
        letters.painter.drawPixmap(0, 0, self._sign)
        letters.cut += self._sign_cut
        left = self._glyph(room).right() + px(20)
        why = QRectF(left, px(122), room.width() - left - px(12), px(56))
        letters.line(why, shown.why, READ, _TONES[shown.tone][2], smallest=TEXT)

    def _keep_sign(self, room: QRectF) -> None:
        """Large letters cost a tenth of a picture's time: they are painted when they change, not with every part."""
        shown, ratio = self.content, self.devicePixelRatioF()
        key = (shown.tone, shown.shape, shown.word, room.width(), room.height(), ratio, id(self.look), self.look.unit)
        if key == self._sign_key:
            return
        self._sign_key = key
        self._sign = QPixmap(round(room.width() * ratio), round(room.height() * ratio))
        self._sign.setDevicePixelRatio(ratio)
        self._sign.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._sign)
        try:
            letters = Lettering(painter, self.look)
            self._paint_sign(letters, room)
        finally:
            painter.end()
        self._sign_cut = letters.cut

    def _glyph(self, room: QRectF) -> QRectF:
        side = min(self.look.px(116), room.height() - self.look.px(48))
        return QRectF(self.look.px(20), (room.height() - side) / 2, side, side)

    def _paint_sign(self, letters: Lettering, room: QRectF) -> None:
        px, shown = self.look.px, self.content
        ground, edge, ink, mark, filled = _TONES[shown.tone]
        self.card(letters, room, ground, edge)
        glyph = self._glyph(room)
        sign = ground if filled else mark
        paint_shape(
            letters.painter, shown.shape, glyph, self.look.colour(sign), self.look.colour(mark) if filled else None
        )
        left = glyph.right() + px(20)
        word = QRectF(left, px(12), room.width() - left - px(12), px(108))
        letters.line(word, shown.word, WORD, ink, bold=True, smallest=_SMALLEST_WORD)
