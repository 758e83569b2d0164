"""Running a station without a screen: progress on stderr, an orderly end on Ctrl-C or SIGTERM, one answer.

Promises: whatever ends the run, what was judged is recorded first; never imports Qt.
May import: inference, hmi.station, click, rich.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypedDict

from inference.pipeline.snapshot import StationSnapshot
from inference.pipeline.station import Station


class LatencyAnswer(TypedDict):
    """Milliseconds from picture to verdict."""

    p50: float | None
    p95: float | None
    p99: float | None


class RunAnswer(TypedDict):
    """What `loupe run --json` prints (CONTRACT)."""

    parts: int
    ok: int
    not_ok: int
    not_decidable: int
    missed: int
    missed_causes: dict[str, int]
    recorded: int
    images_written: int
    seconds: float
    parts_per_s: float
    provider: str
    latency_ms: LatencyAnswer
    db: str
    job: str


def run_to_end(station: Station, *, expected_parts: int | None, db: str) -> RunAnswer:
    """Start the station, wait for its end, return the counts. Its failure, if any, is left in `station.failure`."""
    began = time.monotonic()
    with _stop_on_signals(lambda: station.close(timeout_s=0)), _progress(expected_parts) as show:
        station.start()
        while not station.wait(timeout_s=0.2):
            show(station.snapshot())
        show(station.snapshot())
    return _answer(station, time.monotonic() - began, db)


def _answer(station: Station, seconds: float, db: str) -> RunAnswer:
    counters, snapshot = station.counters(), station.snapshot()
    health = snapshot.health
    return RunAnswer(
        parts=counters.parts,
        ok=counters.ok,
        not_ok=counters.not_ok,
        not_decidable=counters.not_decidable,
        missed=counters.missed,
        missed_causes=station.missed_causes(),
        recorded=counters.recorded,
        images_written=counters.images_written,
        seconds=round(seconds, 3),
        parts_per_s=round(counters.parts / seconds, 2) if seconds > 0 else 0.0,
        provider=health.provider,
        latency_ms=LatencyAnswer(
            p50=_rounded(health.latency_p50_ms),
            p95=_rounded(health.latency_p95_ms),
            p99=_rounded(health.latency_p99_ms),
        ),
        db=db,
        job=snapshot.job.id if snapshot.job else "",
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


@contextmanager
def _stop_on_signals(stop: Callable[[], object]) -> Generator[None]:
    """SIGINT and SIGTERM ask for an orderly end; a second one does no more than the first."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals can only be caught there
        return

    def handler(_number: int, _frame: FrameType | None) -> None:
        stop()

    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


@contextmanager
def _progress(expected: int | None) -> Generator[Callable[[StationSnapshot], None]]:
    """A bar on a terminal; elsewhere a line every few seconds."""
    if not sys.stderr.isatty():
        yield _Lines(expected)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns: list[Any] = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=expected)
        yield lambda snapshot: bar.update(task, completed=snapshot.counters.recorded, description=_words(snapshot))


class _Lines:
    """Progress for logs: one line at most every five seconds."""

    def __init__(self, expected: int | None) -> None:
        self._expected = expected
        self._due = time.monotonic() + 5.0

    def __call__(self, snapshot: StationSnapshot) -> None:
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + 5.0
        of = f" of {self._expected}" if self._expected else ""
        print(f"{snapshot.counters.recorded}{of} parts recorded, {_words(snapshot)}", file=sys.stderr, flush=True)


def _words(snapshot: StationSnapshot) -> str:
    counters = snapshot.counters
    if not counters.parts:
        return snapshot.state.value.lower().replace("_", " ")
    return f"{counters.not_ok} not OK, {counters.not_decidable} not decided, {snapshot.health.parts_per_s:.1f} parts/s"
