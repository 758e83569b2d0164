"""Counting: parts, verdicts, misses and times, from several threads, read by anyone.

Promises: parts = ok + not_ok + not_decidable always; latencies are of the last parts only, so memory stays flat.
May import: inference, the standard library.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass, replace

from camera.clock import Clock
from inference.inspection import Inspection, Verdict
from inference.pipeline.snapshot import Counters

_KEPT = 1000
_RATE_WINDOW_S = 5.0
_FIELD = {Verdict.OK: "ok", Verdict.NOT_OK: "not_ok", Verdict.NOT_DECIDABLE: "not_decidable"}


@dataclass(frozen=True, slots=True)
class Latency:
    """Picture to verdict, in milliseconds; None before the first part."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


class Tally:
    """The counters of one job and the station's rates."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counters = Counters()
        self._causes: Counter[str] = Counter()
        self._latencies_ms: deque[float] = deque(maxlen=_KEPT)
        self._frame_times: deque[float] = deque(maxlen=_KEPT)
        self._part_times: deque[float] = deque(maxlen=_KEPT)

    def new_job(self) -> None:
        """Counters start anew; rates and latencies go on."""
        with self._lock:
            self._counters = Counters()
            self._causes.clear()

    def frame(self) -> None:
        """A picture came."""
        with self._lock:
            self._frame_times.append(self._clock.monotonic())

    def missed(self, cause: str, count: int = 1) -> None:
        """Triggers or free-run frames that will never be judged."""
        with self._lock:
            self._causes[cause] += count
            self._counters = replace(self._counters, missed=self._counters.missed + count)

    def judged(self, inspection: Inspection, latency_ms: float) -> None:
        """A part has its verdict."""
        with self._lock:
            name = _FIELD[inspection.verdict]
            self._counters = replace(
                self._counters, parts=self._counters.parts + 1, **{name: getattr(self._counters, name) + 1}
            )
            self._latencies_ms.append(latency_ms)
            self._part_times.append(self._clock.monotonic())

    def recorded(self, inspections: list[Inspection], images_written: int) -> None:
        """These parts are on the disk."""
        good = sum(i.verdict is Verdict.OK for i in inspections)
        with self._lock:
            now = self._counters
            self._counters = replace(
                now,
                recorded=now.recorded + len(inspections),
                effective_ok=now.effective_ok + good,
                images_written=now.images_written + images_written,
            )

    def set_effective_ok(self, count: int) -> None:
        """People decided otherwise on some parts: the yield follows the record."""
        with self._lock:
            self._counters = replace(self._counters, effective_ok=count)

    def counters(self) -> Counters:
        """The counts now."""
        with self._lock:
            return self._counters

    def causes(self) -> dict[str, int]:
        """Why parts were missed, cause → count."""
        with self._lock:
            return dict(self._causes)

    def latency(self) -> Latency:
        """Percentiles (nearest rank) of the last parts' latencies."""
        with self._lock:
            ordered = sorted(self._latencies_ms)
        if not ordered:
            return Latency()
        p50, p95, p99 = (ordered[min(len(ordered) - 1, int(q * len(ordered)))] for q in (0.5, 0.95, 0.99))
        return Latency(p50, p95, p99)

    def rates(self) -> tuple[float, float]:
        """Parts and frames a second over the last seconds."""
        now = self._clock.monotonic()
        with self._lock:
            return _rate(self._part_times, now), _rate(self._frame_times, now)


def _rate(times: deque[float], now: float) -> float:
    recent = [t for t in times if now - t <= _RATE_WINDOW_S]
    if len(recent) < 2:
        return 0.0
    return (len(recent) - 1) / max(now - recent[0], 1e-9)
