"""Probes of a chart on the screen: where a point stands, which colours are there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hmi.window.theme import LIGHT
from hmi.window.views.chart_view import ChartView
from tests.gui.take_pictures import spend

Shower = Callable[..., ChartView]
RED, SPEC, INK, PLOT = (colour.upper() for colour in (LIGHT.not_ok, LIGHT.spec, LIGHT.ink, LIGHT.plot))


def press(view: ChartView, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(view, key)
    spend(0.005)


def hover(view: ChartView, at: QPoint) -> None:
    """The mouse is there, no button held. (QTest's own move is lost where the pointer stood there before.)"""
    viewport, none = view.view.viewport(), Qt.MouseButton.NoButton
    place, screen = QPointF(at), QPointF(viewport.mapToGlobal(at))
    move = QMouseEvent(QEvent.Type.MouseMove, place, screen, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(viewport, move)


def picture(view: ChartView) -> QImage:
    return view.view.grab().toImage()


def place(view: ChartView, k: int) -> QPoint:
    """Where point k stands in the picture."""
    at = QPointF(float(view.item.axis.at(np.array([k]))[0]), float(view.item.figures.trace.values[k]))
    return view.view.mapFromScene(view._box.mapViewToScene(at))


def colours(image: QImage, at: QPoint, reach: int = 3) -> set[str]:
    """Colours round a place."""
    near = range(-reach, reach + 1)
    points = [(at.x() + dx, at.y() + dy) for dx in near for dy in near]
    return {image.pixelColor(x, y).name().upper() for x, y in points if image.rect().contains(x, y)}
