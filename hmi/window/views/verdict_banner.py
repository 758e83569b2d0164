"""The verdict in the biggest letters, with its shape, its colour and its reason.

Promises: capitals are at least 6 % of the window's height; word, shape and colour always belong together.
May import: PySide6, hmi.window.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF

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

    def spoken(self) -> str:
        """Verdict and reason."""
        return f"{self.content.word}: {self.content.why}"

    def paint(self, letters: Lettering, room: QRectF) -> None:
        """Shape at the left, word and reason beside it."""
        px, shown = self.look.px, self.content
        ground, edge, ink, mark, filled = _TONES[shown.tone]
        self.card(letters, room, ground, edge)
        side = min(px(116), room.height() - px(48))
        glyph = QRectF(px(20), (room.height() - side) / 2, side, side)
        sign = ground if filled else mark
        paint_shape(
            letters.painter, shown.shape, glyph, self.look.colour(sign), self.look.colour(mark) if filled else None
        )
        left = glyph.right() + px(20)
        width = room.width() - left - px(12)
        word = QRectF(left, px(12), width, px(108))
        letters.line(word, shown.word, WORD, ink, bold=True, smallest=_SMALLEST_WORD)
        why = QRectF(left, px(122), width, px(56))
        letters.line(why, shown.why, READ, ink, smallest=TEXT)
