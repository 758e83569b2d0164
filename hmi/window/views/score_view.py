"""How the network's scores lie: a histogram with the threshold and the zone of borderline parts.

Heights are on a logarithmic scale and say so: the few parts near the threshold matter, the many far from it do not.
Promises: every score is in a bar; a score at the threshold stands right of it, as the judge counts it.
May import: PySide6, numpy, inference, hmi.window.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPen

from hmi.window.theme import CAPTION, SMALL, Look
from hmi.window.views.lettering import CENTER, RIGHT, Lettering
from hmi.window.views.painted_view import PaintedView
from inference.pipeline.readings import BORDERLINE_FACTOR
from inference.spc.limits import Floats

BINS = 50
_MOST_BINS = 200
_SMALLEST = 1e-9
_HEAD, _FOOT, _SIDE = 30, 26, 56
"""Design pixels."""


@dataclass(frozen=True, slots=True)
class Scores:
    """A histogram: `counts` of equal bins from 0 to `right`. No counts: nothing was judged yet."""

    counts: tuple[int, ...] = ()
    right: float = 1.0
    threshold: float | None = None
    empty: str = ""

    @property
    def total(self) -> int:
        """Parts with a score."""
        return sum(self.counts)


def histogram(scores: Floats, threshold: float | None, empty: str) -> Scores:
    """`scores`: float64[n], without NaN. The threshold lies between two bins; what is far off is in the last bin."""
    if not scores.size:
        return Scores(threshold=threshold, empty=empty)
    largest = max(float(scores.max()), threshold or 0.0, _SMALLEST)
    width = _width(largest, threshold)
    bins = min(math.ceil(largest / width), _MOST_BINS)
    places = np.clip(np.floor(scores / width * (1.0 + 1e-12)), 0, bins - 1).astype(np.int64)
    return Scores(tuple(np.bincount(places, minlength=bins).tolist()), bins * width, threshold, empty)


def _width(largest: float, threshold: float | None) -> float:
    """About `BINS` bins, a whole number of them below the threshold."""
    width = largest / BINS
    if threshold is None or threshold <= 0.0:
        return width
    return threshold / max(1, round(threshold / width))


class ScoreView(PaintedView[Scores]):
    """Shows `Scores`."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, Scores())

    def spoken(self) -> str:
        """How many."""
        return self.look.words.say("score.title", count=self.content.total)

    def paint(self, letters: Lettering, room: QRectF) -> None:
        """Title, bars, borderline zone, threshold, scale."""
        px, shown, words = self.look.px, self.content, self.look.words
        self.card(letters, room)
        if not shown.counts:
            letters.line(
                room.adjusted(px(16), 0, -px(16), 0), shown.empty, SMALL, "ink2", align=CENTER, smallest=CAPTION
            )
            return
        head = QRectF(px(8), 0, room.width() - px(16), px(_HEAD))
        letters.line(head, words.say("score.title", count=shown.total), SMALL, "ink", bold=True, smallest=CAPTION)
        field = room.adjusted(px(_SIDE), px(_HEAD + 28), -px(16), -px(_FOOT))
        letters.painter.fillRect(field, self.look.colour("plot"))
        self._paint_zone(letters, field)
        self._paint_bars(letters, field)
        self._paint_threshold(letters, field)
        self._paint_scale(letters, field)

    def _x(self, field: QRectF, score: float) -> float:
        return field.left() + min(1.0, max(0.0, score / self.content.right)) * field.width()

    def _height(self, count: float, field: QRectF) -> float:
        top = math.log10(1.0 + max(self.content.counts))
        return field.height() * math.log10(1.0 + count) / top if top else 0.0

    def _paint_zone(self, letters: Lettering, field: QRectF) -> None:
        limit = self.content.threshold
        if limit is None:
            return
        left, right = self._x(field, limit / BORDERLINE_FACTOR), self._x(field, limit * BORDERLINE_FACTOR)
        letters.painter.fillRect(
            QRectF(left, field.top(), right - left, field.height()), self.look.colour("attention_tint")
        )

    def _paint_bars(self, letters: Lettering, field: QRectF) -> None:
        counts, limit = self.content.counts, self.content.threshold
        width = self.content.right / len(counts)
        for k, count in enumerate(counts):
            if not count:
                continue
            left, right = self._x(field, k * width), self._x(field, (k + 1) * width)
            height = self._height(count, field)
            bad = limit is not None and (k + 0.5) * width > limit
            bar = QRectF(left, field.bottom() - height, max(1.0, right - left - 1), height)
            letters.painter.fillRect(bar, self.look.colour("not_ok" if bad else "data"))

    def _paint_threshold(self, letters: Lettering, field: QRectF) -> None:
        limit, look = self.content.threshold, self.look
        if limit is None:
            return
        x = self._x(field, limit)
        letters.painter.setPen(QPen(look.colour("spec"), look.px(2), Qt.PenStyle.DotLine))
        letters.painter.drawLine(QLineF(x, field.top() - look.px(4), x, field.bottom()))
        width = look.px(200)
        left = min(max(field.left(), x - width / 2), field.right() - width)
        place = QRectF(left, field.top() - look.px(28), width, look.px(24))
        text = look.words.say("picture.limit", threshold=limit)
        letters.line(place, text, CAPTION, "spec", bold=True, align=CENTER)

    def _paint_scale(self, letters: Lettering, field: QRectF) -> None:
        look, words, px = self.look, self.look.words, self.look.px
        foot = QRectF(field.left(), field.bottom(), field.width(), px(_FOOT))
        letters.line(foot, words.number(0.0, 2), CAPTION, "ink2")
        letters.line(foot, words.number(self.content.right, 2), CAPTION, "ink2", align=RIGHT)
        letters.line(foot, words.say("score.axis"), CAPTION, "ink2", align=CENTER, smallest=CAPTION * 0.8)
        most = max(self.content.counts)
        for count in sorted({1, most, round(math.sqrt(most))}):
            y = field.bottom() - self._height(count, field)
            place = QRectF(0, y - px(12), field.left() - px(6), px(24))
            letters.line(place, words.count(count), CAPTION, "ink2", align=RIGHT, smallest=CAPTION * 0.7)
            letters.painter.setPen(QPen(look.colour("line"), 1))
            letters.painter.drawLine(QLineF(field.left() - px(4), y, field.left(), y))
