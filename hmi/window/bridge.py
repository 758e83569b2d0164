"""The bridge: timers of the Qt thread that pull the station's mailboxes and say what was in them.

Promises: nothing is ever pushed into the Qt thread, so a slow screen misses pictures and never eats memory. All signals
are emitted, and received, on the Qt thread.
May import: PySide6, inference.pipeline.snapshot, hmi.window.painter.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from hmi.window.painter import Painter
from inference.pipeline.snapshot import StationControl

PICTURE_MS, CHARTS_MS, STATUS_MS = 33, 100, 250
"""About 30, 10 and 4 times a second. Text changes at most with the status."""


class Bridge(QObject):
    """Owns the timers."""

    result = Signal(object)
    """ResultView."""
    frame = Signal(object)
    """Frame."""
    painted = Signal(object)
    strip_painted = Signal(object)
    charts = Signal(object)
    """tuple of ChartSnapshot."""
    status = Signal(object)
    """StationSnapshot."""
    recent = Signal(object)
    """tuple of JudgedPart, newest first."""
    beat = Signal()
    """After each look at the picture and result mailboxes."""
    slow_beat = Signal()
    """After each look at the charts: for whatever may wait 0.1 s."""

    def __init__(self, control: StationControl, painter: Painter, parent: QObject) -> None:
        super().__init__(parent)
        self._control = control
        self._painter = painter
        self._timers = [
            self._timer(PICTURE_MS, self._look_at_pictures, Qt.TimerType.PreciseTimer),
            self._timer(CHARTS_MS, self._look_at_charts, Qt.TimerType.CoarseTimer),
            self._timer(STATUS_MS, self._look_at_status, Qt.TimerType.CoarseTimer),
        ]

    def start(self) -> None:
        """Look at everything once, then begin."""
        self._look_at_status()
        self._look_at_charts()
        for timer in self._timers:
            timer.start()

    def end(self) -> None:
        """Look no more."""
        for timer in self._timers:
            timer.stop()

    def _timer(self, every_ms: int, slot: object, kind: Qt.TimerType) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(every_ms)
        timer.setTimerType(kind)
        timer.timeout.connect(slot)
        return timer

    def _look_at_pictures(self) -> None:
        for take, signal in (
            (self._control.take_result, self.result),
            (self._control.take_picture, self.frame),
            (self._painter.pictures.take, self.painted),
            (self._painter.strips.take, self.strip_painted),
        ):
            found = take()
            if found is not None:
                signal.emit(found)
        self.beat.emit()

    def _look_at_charts(self) -> None:
        found = self._control.take_charts()
        if found is not None:
            self.charts.emit(found)
        self.slow_beat.emit()

    def _look_at_status(self) -> None:
        self.status.emit(self._control.snapshot())
        self.recent.emit(self._control.recent())
