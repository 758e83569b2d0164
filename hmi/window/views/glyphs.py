"""The shapes that go with verdicts, states and alarm priorities, as paths in a rectangle.

Promises: each verdict and each priority has an outline of its own, recognisable without colour.
May import: PySide6, hmi.window.presentation.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from hmi.window.presentation import Shape

_ALARM_CORNERS = {1: 4, 2: 3, 3: 5, 4: 0}
"""Priority → corners of its outline: diamond, triangle, pentagon, circle."""


def polygon(room: QRectF, corners: int, turn: float = 0.0) -> QPainterPath:
    """A regular polygon in the circle that fits into `room`, first corner up, turned by `turn` radians."""
    middle, radius = room.center(), min(room.width(), room.height()) / 2
    points = [
        QPointF(
            middle.x() + radius * math.sin(turn + 2 * math.pi * k / corners),
            middle.y() - radius * math.cos(turn + 2 * math.pi * k / corners),
        )
        for k in range(corners)
    ]
    path = QPainterPath()
    path.addPolygon(QPolygonF(points))
    path.closeSubpath()
    return path


def outline(shape: Shape, room: QRectF) -> QPainterPath:
    """The outline of a verdict's shape."""
    if shape is Shape.CROSS:
        return polygon(room, 8, math.pi / 8)
    if shape is Shape.QUESTION:
        return polygon(room, 4)
    path = QPainterPath()
    if shape is Shape.SQUARE:
        inset = room.width() * 0.1
        path.addRect(room.adjusted(inset, inset, -inset, -inset))
    else:
        path.addEllipse(room)
    return path


def paint_shape(painter: QPainter, shape: Shape, room: QRectF, mark: QColor, fill: QColor | None) -> None:
    """The shape with its sign. `fill` None: an outline in `mark`; else filled, and `mark` is the sign's colour."""
    width = room.width() * 0.08
    inner = room.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(mark, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    if fill is None:
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(outline(shape, inner))
    else:
        painter.fillPath(outline(shape, room), fill)
    pen.setWidthF(width * 1.25)
    painter.setPen(pen)
    _paint_sign(painter, shape, room, mark)
    painter.restore()


def _paint_sign(painter: QPainter, shape: Shape, room: QRectF, mark: QColor) -> None:
    def at(x: float, y: float) -> QPointF:
        return QPointF(room.left() + x * room.width(), room.top() + y * room.height())

    if shape is Shape.CHECK:
        painter.drawPolyline([at(0.30, 0.52), at(0.44, 0.66), at(0.71, 0.37)])
    elif shape is Shape.CROSS:
        painter.drawLine(at(0.35, 0.35), at(0.65, 0.65))
        painter.drawLine(at(0.65, 0.35), at(0.35, 0.65))
    elif shape is Shape.QUESTION:
        arc = QPainterPath(at(0.39, 0.40))
        arc.cubicTo(at(0.39, 0.24), at(0.62, 0.24), at(0.62, 0.40))
        arc.cubicTo(at(0.62, 0.50), at(0.505, 0.50), at(0.505, 0.60))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(arc)
        painter.drawPoint(at(0.505, 0.73))
    elif shape is Shape.DOTS:
        for x in (0.3, 0.5, 0.7):
            painter.drawPoint(at(x, 0.5))
    else:
        painter.fillRect(QRectF(at(0.36, 0.36), at(0.64, 0.64)), mark)


def paint_priority(painter: QPainter, priority: int, room: QRectF, fill: QColor, hollow: bool) -> None:
    """The outline of an alarm priority, filled, or hollow once acknowledged. The number is the caller's."""
    corners = _ALARM_CORNERS.get(priority, 0)
    path = QPainterPath()
    if corners:
        path = polygon(room, corners)
        box = path.boundingRect()
        path.translate(room.center() - box.center())
    else:
        path.addEllipse(room)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(fill, room.width() * 0.07, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush if hollow else fill)
    painter.drawPath(path)
    painter.restore()
