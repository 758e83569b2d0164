"""The gate between a verdict and the world. Fail safe: whatever is late, unrecorded or unknown is never an OK.

Promises: NOT_OK and NOT_DECIDABLE go out at once. OK goes out only after its record is committed, only while its
part is still the one at the station (triggered pacing), and is taken back at the next trigger or after the cycle time.
Safe to use from any thread: the camera stage announces parts, inference judges, storage commits.
May import: camera, inference.
"""

from __future__ import annotations

import threading
from collections import deque

from camera.clock import Clock
from camera.line.ports import ResultOutput, Trigger
from inference.inspection import JudgedPart, Verdict
from inference.pipeline.channels import Mailbox
from inference.pipeline.snapshot import ResultView

_RECENT = 12


class Release:
    """What the line's output and the screen may show now."""

    def __init__(self, output: ResultOutput, clock: Clock, *, triggered: bool, cycle_s: float | None) -> None:
        self._output = output
        self._clock = clock
        self._triggered = triggered
        self._cycle_s = cycle_s
        self._current: str | None = None
        self._ok_since: float | None = None
        self._holding = False
        self._lock = threading.Lock()
        self._recent: deque[JudgedPart] = deque(maxlen=_RECENT)
        self.results: Mailbox[ResultView] = Mailbox()
        self.late = 0
        """OK parts that were recorded too late to be released."""

    def open(self) -> None:
        """Make the output ready; until the first result it says *not released*."""
        self._output.open()

    def close(self) -> None:
        """Leave the output at *not released*."""
        with self._lock:
            self._output.close()

    def part_arrived(self, trigger: Trigger) -> None:
        """A new part is at the station: whatever was shown belongs to an older one."""
        if not self._triggered:
            return
        with self._lock:
            self._current = trigger.id
            self._take_back()

    def judged(self, judged: JudgedPart) -> None:
        """A verdict is there. Anything but OK goes out at once."""
        if judged.inspection.verdict is Verdict.OK:
            return
        with self._lock:
            self._show(judged, recorded=False)

    def committed(self, judged: JudgedPart) -> None:
        """The record of it is on the disk: now an OK may go out, if it still means the part that is there."""
        with self._lock:
            if judged.inspection.verdict is not Verdict.OK:
                return
            if self._holding or self._too_late(judged):
                self.late += 1
                return
            self._show(judged, recorded=True)
            self._ok_since = self._clock.monotonic()

    def hold(self) -> None:
        """From now on nothing is released, and what was released is taken back."""
        with self._lock:
            if not self._holding:
                self._take_back()
            self._holding = True

    def go_on(self) -> None:
        """Parts may be released again."""
        with self._lock:
            self._holding = False

    def tick(self) -> None:
        """Called now and then: takes an OK back whose cycle time is over."""
        with self._lock:
            if self._cycle_s is None or self._ok_since is None:
                return
            if self._clock.monotonic() - self._ok_since > self._cycle_s:
                self._take_back()

    def recent(self) -> tuple[JudgedPart, ...]:
        """The last parts shown, newest part first (a NOT_OK is shown before an earlier OK is recorded)."""
        with self._lock:
            return tuple(sorted(self._recent, key=lambda judged: judged.inspection.seq, reverse=True))

    def _show(self, judged: JudgedPart, *, recorded: bool) -> None:
        verdict = judged.inspection.verdict
        self._output.send(judged.inspection.trigger_id, verdict)
        self._recent.append(judged)
        self._ok_since = None
        self.results.put(ResultView(verdict, judged, self._clock.now(), recorded))

    def _take_back(self) -> None:
        self._output.take_back()
        self._ok_since = None
        self.results.put(ResultView(Verdict.UNDEFINED, None, self._clock.now()))

    def _too_late(self, judged: JudgedPart) -> bool:
        if self._triggered and judged.inspection.trigger_id != self._current:
            return True
        age_s = self._clock.now().seconds_since(judged.inspection.at)
        return self._triggered and self._cycle_s is not None and age_s > self._cycle_s
