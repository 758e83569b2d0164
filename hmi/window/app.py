"""The window as a program: the Qt application, the window, and an orderly end.

Promises: Ctrl-C and SIGTERM close the window in order; after `run` no thread and no timer of the window is left.
May import: PySide6, pyqtgraph, hmi.window.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

import pyqtgraph
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from hmi.window.main_window import MainWindow
from hmi.window.session import WindowSession

log = logging.getLogger(__name__)

_THREADS_LEFT = 3
"""Exit code where the window's threads did not end."""


def run(session: WindowSession) -> int:
    """Show the window until it is closed. Returns 0, or another number where its threads did not end."""
    app = application()
    window = MainWindow(session)
    window.left.connect(app.quit)
    with _leave_on_signals(window), faults_told(window):
        # Where no window manager does it (a kiosk), nobody else keeps the window on its screen.
        window.resize(window.size().boundedTo(window.screen().availableSize()))
        window.show()
        window.begin()
        app.exec()
    ended = window.end()
    window.deleteLater()
    app.processEvents()
    return 0 if ended else _THREADS_LEFT


def application() -> QApplication:
    """The one Qt application of this process, made on the first call."""
    there = QApplication.instance()
    if isinstance(there, QApplication):
        return there
    # Half pixels of a 150 % screen stay what they are: rounding them would make every text too small or too large.
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(QGuiApplication.highDpiScaleFactorRoundingPolicy().PassThrough)
    pyqtgraph.setConfigOptions(antialias=False, exitCleanup=False)
    app = QApplication(["loupe"])
    app.setApplicationName("Loupe")
    app.setApplicationDisplayName("Loupe")
    app.setStyle("Fusion")
    app.setQuitOnLastWindowClosed(False)
    return app


@contextmanager
def faults_told(window: MainWindow) -> Iterator[None]:
    """What a slot or a paint event raises goes to the log, once each, and to the alarm bar; the window goes on."""
    before, told = sys.excepthook, set[tuple[type[BaseException], str]]()

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if (kind, str(error)) in told:
            return
        told.add((kind, str(error)))
        log.error("a fault in the window: %s", error, exc_info=(kind, error, trace))
        window.presenter.tell_fault(f"{kind.__name__}: {error}")

    sys.excepthook = tell
    try:
        yield
    finally:
        sys.excepthook = before


@contextmanager
def _leave_on_signals(window: MainWindow) -> Iterator[None]:
    """The bridge's timers bring Python to run, so a handler needs no wake-up of its own."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        window.leave()

    before = {number: signal.signal(number, leave) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
