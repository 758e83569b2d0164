"""The inference stage: owns the model session, warmed up, and the SPC monitor; turns shots into inspections.

Promises: every shot becomes an inspection with the next sequence number: a bad picture or a late part is recorded
NOT_DECIDABLE, never skipped. NOT_OK goes out before the record, OK never does.
May import: camera, inference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from camera.clock import Stamp
from camera.frame import Frame
from inference.inspection import Inspection, JudgedPart, ResultState, Verdict
from inference.inspector import Finding, Inspector, ModelRefused
from inference.message import Message, message
from inference.model.judgement import JudgingFailed
from inference.model.package import PackageError
from inference.model.providers import ProviderUnavailable
from inference.part import Part
from inference.pipeline.assembler import Assembler, Shot
from inference.pipeline.board import Board
from inference.pipeline.channels import END, Channel
from inference.pipeline.chart_watch import ChartWatch
from inference.pipeline.events import Priority
from inference.pipeline.ids import new_id
from inference.pipeline.jobs import JobDesk
from inference.pipeline.monitor import SpcMonitor
from inference.pipeline.snapshot import ChartSnapshot
from inference.pipeline.state import StationState
from inference.pipeline.storage_stage import Parcel

_FAILURES_UNTIL_ERROR = 5
_IDLE_S = 0.25
"""How long it waits for a part before it looks at what people decided."""


@dataclass(frozen=True, slots=True)
class InferencePlan:
    """How the stage behaves."""

    late_after_s: float | None
    """Triggered pacing: a part older than this is an overrun. None: parts wait as long as they must."""


class InferenceStage:
    """Owns inspector and monitor, from opening to closing."""

    def __init__(
        self,
        *,
        inspector: Inspector,
        monitor: SpcMonitor,
        board: Board,
        desk: JobDesk,
        inbox: Channel[Shot],
        outbox: Channel[Parcel],
        plan: InferencePlan,
    ) -> None:
        self._inspector = inspector
        self._watch = ChartWatch(monitor, board, inspector.recipe.name)
        self._board = board
        self._desk = desk
        self._inbox = inbox
        self._outbox = outbox
        self._plan = plan
        self._assembler = Assembler(inspector.recipe.views)
        self._seq = 0
        self._failures = 0
        self._judging = False

    def run(self) -> None:
        """Load, rebuild the charts from the record, judge until END, forward END."""
        try:
            if self._open():
                self._work()
        finally:
            self._inspector.close()
            self._outbox.put_end()

    def charts(self) -> tuple[ChartSnapshot, ...]:
        """The charts at the end: only to be asked once the stage has ended."""
        return self._watch.snapshot()

    def _open(self) -> bool:
        board = self._board
        if not (board.wait(board.startup.record_open) and board.wait(board.startup.camera_open)):
            return False
        board.set_state(StationState.INITIALIZED, message("start.model"))
        try:
            board.model_health = self._inspector.open(board.startup.frame_size)
        except (ModelRefused, PackageError, ProviderUnavailable) as error:
            board.fail(error, message("model.unavailable", detail=str(error)))
            return False
        self._report_model()
        self._rebuild_charts()
        board.set_state(StationState.READY)
        board.startup.model_ready.set()
        return True

    def _report_model(self) -> None:
        health = self._board.model_health
        if health.provider_note is not None:
            self._board.alarms.report("provider", Priority.MEDIUM, health.provider_note)

    def _rebuild_charts(self) -> None:
        resume = self._board.startup.resume
        assert resume is not None, "record_open is set after resume"
        self._seq = resume.last_seq
        self._watch.rebuild(resume)

    def _work(self) -> None:
        while (shot := self._inbox.get(_IDLE_S)) is not END:
            self._watch.decide(self._seq)
            for part in self._assembler.add(shot) if shot is not None else ():
                self._judge(part)
        for part in self._assembler.flush():
            self._judge(part)
        self._watch.decide(self._seq)

    def _judge(self, part: Part) -> None:
        change = self._desk.take_change()
        if change is not None:
            if self._judging:
                self._board.tally.new_job()
            self._outbox.put(Parcel(change))
        self._judging = True
        finding = self._overrun(part) if self._late(part.at) else self._inspector.inspect(part)
        self._watch_failures(finding)
        judged = JudgedPart(self._conclude(part, finding), part)
        self._board.tally.judged(judged.inspection, self._latency_ms(part))
        self._board.release.judged(judged)
        self._watch.observe(judged.inspection)
        self._outbox.put(Parcel(judged))

    def _conclude(self, part: Part, finding: Finding) -> Inspection:
        if finding.verdict is Verdict.OK and self._late(part.at):
            # The machine it belongs to has moved on: an OK now would be an OK for another part.
            finding = replace(finding, verdict=Verdict.NOT_DECIDABLE, reasons=(self._overrun_reason(part.at),))
        self._seq += 1
        return Inspection(
            id=new_id(),
            seq=self._seq,
            trigger_id=part.trigger_id,
            job=self._desk.judged_for,
            serial=part.serial,
            at=part.at,
            verdict=finding.verdict,
            state=ResultState.FAILED if finding.failed else ResultState.COMPLETED,
            views=finding.views,
            reasons=finding.reasons,
            score=finding.score,
            label=finding.label,
            threshold=finding.threshold,
            timings_ms=finding.timings_ms,
        )

    def _late(self, at: Stamp) -> bool:
        limit = self._plan.late_after_s
        return limit is not None and self._board.clock.now().seconds_since(at) > limit

    def _overrun(self, part: Part) -> Finding:
        return self._inspector.decline(part, self._overrun_reason(part.at))

    def _overrun_reason(self, at: Stamp) -> Message:
        late_s = self._board.clock.now().seconds_since(at)
        return message("part.overrun", seconds=round(late_s, 3), cycle_s=self._plan.late_after_s)

    def _latency_ms(self, part: Part) -> float:
        captured = [view.at for view in part.views if isinstance(view, Frame)]
        since = min(captured) if captured else part.at
        return self._board.clock.now().seconds_since(since) * 1e3

    def _watch_failures(self, finding: Finding) -> None:
        """One failed inference is a doubt about one part; several in a row are a broken model or machine."""
        self._failures = self._failures + 1 if finding.failed else 0
        if self._failures >= _FAILURES_UNTIL_ERROR:
            detail = finding.reasons[0].args.get("detail") if finding.reasons else ""
            reason = message("model.failing", count=self._failures, detail=detail)
            self._board.fail(JudgingFailed(f"the model failed {self._failures} times in a row: {detail}"), reason)
