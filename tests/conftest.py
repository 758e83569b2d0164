"""Guards for every test: what the program logs, leaves behind, or skips is part of its behaviour."""

from __future__ import annotations

import gc
import logging
import os
import sqlite3
import sys
import threading
import time
import traceback
import weakref
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SKIP_REASONS = {
    "shared data not here",
    "needs POSIX signals",
    "needs root to mount a small disk",
    "needs xvfb-run",
    "needs an X server",
    "needs a GPU",
    "needs a machine without a GPU",
    "runs as root, which may write anywhere",
    "not Linux",
}
"""The only reasons for which a test may be skipped; the run's last lines count them."""

_ROOT = Path(__file__).resolve().parents[1]
_THREADS_THAT_STAY = ("pytest_timeout", "execnet", "MainThread", "Dummy", "QThread")


def shared_folder() -> Path | None:
    """Where the real pictures and the reference figures lie, or None."""
    named = os.environ.get("LOUPE_SHARED")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared"
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real pictures (`data/`) and SPC cases (`spc_cases/`)."""
    folder = shared_folder()
    if folder is None:
        pytest.skip("shared data not here")
    return folder


@pytest.fixture(autouse=True)
def _no_unexpected_warning_in_the_log(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Generator[None]:
    """A WARNING nobody expected is a failure. A test that expects one is marked `expects_log`."""
    yield
    if request.node.get_closest_marker("expects_log"):
        return
    loud = [r for phase in ("setup", "call") for r in caplog.get_records(phase) if r.levelno >= logging.WARNING]
    assert not loud, "unexpected in the log: " + "; ".join(record.getMessage() for record in loud)


@pytest.fixture(autouse=True)
def _nothing_left_running(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """No thread that a test started outlives it."""
    before, born = set(threading.enumerate()), dict[threading.Thread, str]()
    start = threading.Thread.start

    def watched(thread: threading.Thread) -> None:
        born[thread] = _caller()
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", watched)
    yield
    deadline = time.monotonic() + 5
    while (left := _left(before)) and time.monotonic() < deadline:
        time.sleep(0.01)
    told = [f"{thread.name} ({born.get(thread, 'started outside Python')})" for thread in left]
    assert not told, f"threads left behind: {', '.join(told)}"


def _left(before: set[threading.Thread]) -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t not in before and not t.name.startswith(_THREADS_THAT_STAY)]


def _caller() -> str:
    """Where in our own files, innermost first, this was called from."""
    ours = [f for f in traceback.extract_stack() if f.filename.startswith(str(_ROOT)) and ".venv" not in f.filename]
    where = [f"{Path(frame.filename).relative_to(_ROOT)}:{frame.lineno}" for frame in reversed(ours)]
    return "started at " + " ← ".join([place for place in where if not place.startswith("tests/conftest")][:3])


@pytest.fixture(autouse=True)
def _no_database_left_open(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Every SQLite connection a test opened is closed again."""
    opened: list[tuple[weakref.ref[sqlite3.Connection], str]] = []
    connect = sqlite3.connect

    def watched(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        kwargs.setdefault("factory", _Watched)
        connection = connect(*args, **kwargs)
        opened.append((weakref.ref(connection), _caller()))
        return connection

    monkeypatch.setattr(sqlite3, "connect", watched)
    yield
    left = [where for ref, where in opened if (c := ref()) is not None and _is_open(c)]
    assert not left, f"databases left open: {', '.join(left)}"


class _Watched(sqlite3.Connection):
    """A connection that can be watched (the base class takes no weak references)."""


def _is_open(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError as error:
        return "closed" not in str(error)  # another thread's open connection says so, too
    return True


@pytest.fixture(autouse=True)
def _no_window_and_no_timer_left(request: pytest.FixtureRequest) -> Generator[None]:
    """No window stays open and no timer of Qt runs on (tests of the window only: others have no Qt)."""
    yield
    if "gui" not in request.node.path.parts or "PySide6.QtWidgets" not in sys.modules:
        return
    from PySide6.QtCore import QCoreApplication, QEvent, QTimer
    from PySide6.QtWidgets import QApplication
    from shiboken6 import isValid

    if QApplication.instance() is None:
        return
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    windows = [type(widget).__name__ for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert not windows, f"windows left open: {windows}"
    timers = [thing for thing in gc.get_objects() if isinstance(thing, QTimer) and isValid(thing) and thing.isActive()]
    assert not timers, f"timers left running: {timers}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped and why; an unknown reason fails the run."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = sorted({str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped})
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} skipped: {'; '.join(reasons)}")
    unknown = set(reasons) - SKIP_REASONS
    if unknown:
        terminalreporter.write_line(f"unexplained skips: {sorted(unknown)}", red=True)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """An unexplained skip is a failure of the whole run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    reasons = {str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped}
    if reasons - SKIP_REASONS and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
