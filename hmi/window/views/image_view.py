"""The picture: letterboxed, with defect regions, heat map, footer; greyed and struck through when the camera is lost.

Promises: the regions drawn belong to the picture shown. It never scales a picture: the painter did that.
May import: PySide6, camera, inference, hmi.window.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPen, QResizeEvent

from hmi.window.painter import Painted, on_screen
from hmi.window.theme import CAPTION, LARGE, SMALL, TEXT, Look
from hmi.window.views.heat_legend import HeatLegend
from hmi.window.views.lettering import CENTER, Lettering
from hmi.window.views.painted_view import PaintedView
from inference.inspection import Defect

_MOST_REGIONS = 12
_VEIL = QColor(70, 76, 82, 170)
_PLATE = QColor(12, 14, 16, 220)
_WHITE = QColor("#FFFFFF")


@dataclass(frozen=True, slots=True)
class Scene:
    """What the picture's place shows."""

    painted: Painted | None = None
    footer: str = ""
    notice: str = ""
    """Across the top: that somebody looks back."""
    missing: str = ""
    """In place of the picture: why there is none."""
    lost: str = ""
    """The age of the last picture while the camera is lost."""
    threshold: float | None = None
    """The heat map's limit, where there is a heat map."""


class ImageView(PaintedView[Scene]):
    """Shows one `Scene`."""

    opacity_changed = Signal(float)

    def __init__(self, look: Look) -> None:
        super().__init__(look, Scene())
        self.setMinimumSize(200, 150)
        self.legend = HeatLegend(look, self)
        self.legend.opacity_changed.connect(self.opacity_changed)

    @property
    def room(self) -> tuple[int, int]:
        """Width and height in device pixels: what the painter paints for."""
        ratio = self.devicePixelRatioF()
        return max(1, int(self.width() * ratio)), max(1, int(self.height() * ratio))

    def spoken(self) -> str:
        """Notice and footer."""
        return " ".join(filter(None, (self.content.notice, self.content.lost, self.content.footer)))

    def show_content(self, content: Scene) -> None:
        """As `PaintedView`; the legend comes and goes with the heat map."""
        super().show_content(content)
        self.legend.show_threshold(content.threshold)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The legend stays in its corner."""
        super().resizeEvent(event)
        self.legend.place(self.size())

    def paint(self, letters: Lettering, room: QRectF) -> None:
        """Picture, regions, plates."""
        letters.painter.fillRect(room, self.look.colour("well"))
        painted = self.content.painted
        if painted is not None and painted.part.frame is not None:
            place = self._paint_picture(letters, room, painted)
            if self.content.lost:
                self._strike(letters, place)
            else:
                self._paint_regions(letters, place, painted)
        else:
            self._paint_empty(letters, room)
        self._paint_plates(letters, room)

    def _paint_picture(self, letters: Lettering, room: QRectF, painted: Painted) -> QRectF:
        ratio = self.devicePixelRatioF()
        width, height = painted.image.width() / ratio, painted.image.height() / ratio
        if width > room.width() + 1 or height > room.height() + 1:  # painted for a larger window: until the next one
            scale = min(room.width() / width, room.height() / height)
            width, height = width * scale, height * scale
        place = QRectF(round((room.width() - width) / 2), round((room.height() - height) / 2), width, height)
        letters.painter.drawImage(place, painted.image)
        return place

    def _strike(self, letters: Lettering, place: QRectF) -> None:
        painter = letters.painter
        painter.fillRect(place, _VEIL)
        painter.setRenderHint(painter.RenderHint.Antialiasing)
        painter.setPen(QPen(_WHITE, self.look.px(6)))
        painter.drawLine(QLineF(place.topLeft(), place.bottomRight()))
        painter.drawLine(QLineF(place.topRight(), place.bottomLeft()))
        painter.setRenderHint(painter.RenderHint.Antialiasing, on=False)
        plate = QRectF(0, 0, min(place.width(), self.look.px(560)), self.look.px(72))
        plate.moveCenter(place.center())
        painter.fillRect(plate, _PLATE)
        inner = plate.adjusted(self.look.px(16), 0, -self.look.px(16), 0)
        letters.line(inner, self.content.lost, LARGE, _WHITE, bold=True, align=CENTER, smallest=SMALL)

    def _paint_regions(self, letters: Lettering, place: QRectF, painted: Painted) -> None:
        part = painted.part
        if part.frame is None:
            return
        for defect in part.defects[:_MOST_REGIONS]:
            box = on_screen(defect.region, part.frame, place.width())
            region = QRectF(place.left() + box.x, place.top() + box.y, box.w, box.h)
            self._paint_region(letters, region.adjusted(-4, -4, 4, 4), defect, place)

    def _paint_region(self, letters: Lettering, region: QRectF, defect: Defect, place: QRectF) -> None:
        painter, px = letters.painter, self.look.px
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((_WHITE, px(7)), (QColor("#B3261E"), px(3))):
            painter.setPen(QPen(colour, width, j=Qt.PenJoinStyle.MiterJoin))
            painter.drawRect(region)
        words = self.look.words
        text = f"{words.name(defect.label)} {words.number(defect.score, 2)}"
        metrics_width = painter.fontMetrics().horizontalAdvance(text)
        tag = QRectF(0, 0, max(px(150), metrics_width + px(24)), px(34))
        above = region.top() - px(4) - tag.height()
        tag.moveTopLeft(QPointF(region.left() - px(3), above if above > place.top() else region.bottom() + px(4)))
        tag.moveLeft(max(place.left(), min(tag.left(), place.right() - tag.width())))
        painter.fillRect(tag, QColor("#A8231B"))
        letters.line(tag.adjusted(px(10), 0, -px(6), 0), text, SMALL, _WHITE, bold=True, smallest=CAPTION)

    def _paint_empty(self, letters: Lettering, room: QRectF) -> None:
        px, words = self.look.px, self.look.words
        middle = room.center().y()
        title = QRectF(px(16), middle - px(48), room.width() - px(32), px(48))
        missing = self.content.missing
        letters.line(
            title, missing or words.say("picture.none"), LARGE, _WHITE, bold=True, align=CENTER, smallest=SMALL
        )
        if not missing:
            why = QRectF(px(16), middle, room.width() - px(32), px(40))
            letters.line(why, words.say("picture.none.why"), SMALL, _WHITE, align=CENTER, smallest=CAPTION)

    def _paint_plates(self, letters: Lettering, room: QRectF) -> None:
        px = self.look.px
        if self.content.notice:
            plate = QRectF(0, 0, room.width(), px(48))
            letters.painter.fillRect(plate, _PLATE)
            inner = plate.adjusted(px(16), 0, -px(16), 0)
            letters.line(inner, self.content.notice, TEXT, _WHITE, bold=True, smallest=CAPTION)
        if self.content.footer:
            width = min(room.width() - px(16), px(520) if self.content.threshold is None else px(420))
            plate = QRectF(px(8), room.bottom() - px(48), width, px(40))
            letters.painter.setFont(self.look.font(SMALL))
            wanted = letters.painter.fontMetrics().horizontalAdvance(self.content.footer) + px(28)
            plate.setWidth(min(plate.width(), wanted))
            letters.painter.fillRect(plate, _PLATE)
            inner = plate.adjusted(px(12), 0, -px(8), 0)
            letters.line(inner, self.content.footer, SMALL, _WHITE, smallest=CAPTION)
