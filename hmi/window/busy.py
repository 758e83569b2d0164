"""How busy the Qt thread is: its own processor time over the time that passed, and its longest stretch without rest.

Promises: measured on a real window that shows a running station.
May import: PySide6, hmi.window.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QAbstractEventDispatcher, QEventLoop, QTimer

from hmi.window.app import application
from hmi.window.main_window import MainWindow
from hmi.window.session import WindowSession
from inference.pipeline.snapshot import StationControl

_SETTLE_S = 1.0


@dataclass(frozen=True, slots=True)
class WindowLoad:
    """`busy_fraction`: processor time of the Qt thread, 1 is a whole core. `longest_ms`: its longest
    work without a rest (one turn of the event loop), in processor time."""

    busy_fraction: float
    longest_ms: float
    late_stretches: int
    """Turns of more than 16 ms."""
    frames_shown: int


def measure_window(control: StationControl, seconds: float = 5.0, size: tuple[int, int] = (1920, 1080)) -> WindowLoad:
    """Show a window of `size` on this running station for so long and watch the Qt thread."""
    application()
    window = MainWindow(WindowSession(control))
    window.resize(*size)
    window.show()
    window.begin()
    _run_for(_SETTLE_S)
    busy_fraction = _busy_for(seconds)
    watch = _Watch(window)
    _run_for(seconds)
    watch.end()
    window.leave()
    window.end()
    window.deleteLater()
    _run_for(0.01)
    turns = watch.stretches_ms
    return WindowLoad(busy_fraction, max(turns, default=0.0), sum(ms > 16 for ms in turns), watch.frames_shown)


def _busy_for(seconds: float) -> float:
    """Processor time over wall time, before anything watches: noting each turn costs some percent itself."""
    cpu_s, wall_s = time.thread_time(), time.perf_counter()
    _run_for(seconds)
    return (time.thread_time() - cpu_s) / (time.perf_counter() - wall_s)


class _Watch:
    """Notes the processor time of each turn of the event loop: between two rests the thread only works."""

    def __init__(self, window: MainWindow) -> None:
        self.stretches_ms: list[float] = []
        self.frames_shown = 0
        self._window = window
        self._spent_s = time.thread_time()
        self._dispatcher = QAbstractEventDispatcher.instance()
        self._dispatcher.aboutToBlock.connect(self._rests)
        window.bridge.painted.connect(self._shown)

    def end(self) -> None:
        """Watch no more."""
        self._dispatcher.aboutToBlock.disconnect(self._rests)
        self._window.bridge.painted.disconnect(self._shown)

    def _rests(self) -> None:
        spent_s = time.thread_time()
        self.stretches_ms.append((spent_s - self._spent_s) * 1e3)
        self._spent_s = spent_s

    def _shown(self, _: object) -> None:
        self.frames_shown += 1


def _run_for(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1e3), loop.quit)
    loop.exec()
