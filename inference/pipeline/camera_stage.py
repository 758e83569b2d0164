"""The camera stage: owns the open `FrameSource`, and with it the beat of the line.

Promises: every trigger ends as a shot or is counted as missed with its cause; a silent or frozen camera is an alarm at
once and is opened again with growing delay; every gap is told with its length. END is the last thing this stage says.
May import: camera, inference.pipeline.
"""

from __future__ import annotations

from camera.frame import BadFrame, Frame
from camera.line.ports import Trigger, TriggerSource
from camera.source import CameraLost, EndOfSource, FrameSource, FrameTimeout, Pacing
from inference.message import message
from inference.pipeline.assembler import Shot
from inference.pipeline.board import Board
from inference.pipeline.camera_link import FROZEN, POLL_S, CameraLink
from inference.pipeline.camera_plan import CameraPlan, Serials
from inference.pipeline.channels import Channel
from inference.pipeline.ids import new_id
from inference.pipeline.snapshot import CameraState
from inference.pipeline.state import StationState

_REPLAY_TIMEOUT_S = 10.0


class CameraStage:
    """Owns source and triggers, from opening to closing."""

    def __init__(
        self,
        source: FrameSource,
        triggers: TriggerSource | None,
        board: Board,
        outbox: Channel[Shot],
        plan: CameraPlan,
    ) -> None:
        self._link = CameraLink(source, triggers, board, plan)
        self._triggers = triggers
        self._board = board
        self._outbox = outbox
        self._plan = plan
        self._sent = 0
        self._next_due = 0.0
        self.serials = Serials(plan.serial_pattern, self._recorded_before)

    def run(self) -> None:
        """Open, take pictures until told to stop or until nothing is left, send END."""
        board = self._board
        try:
            if board.wait(board.startup.record_open) and self._link.open_first():
                board.startup.camera_open.set()
                if board.wait(board.startup.model_ready):
                    self._link.listen()
                    self._work()
        finally:
            self._link.close()
            self._outbox.put_end()

    # --- the beat

    def _work(self) -> None:
        beat = {
            Pacing.ON_DEMAND: self._on_demand,
            Pacing.FREE_RUN: self._free_run,
            Pacing.TRIGGERED: self._triggered,
        }[self._plan.pacing]
        while not self._board.stopping.is_set():
            if not self._taking():
                self._rest()
                continue
            self._board.set_state(StationState.CONTINUOUS_EXECUTION)
            try:
                more = beat()
            except CameraLost as error:
                self._link.lose(message("camera.lost", detail=str(error)), CameraState.LOST)
                self._link.reconnect()
                continue
            if not more or (self._enough() and not self._pause()):
                return

    def _rest(self) -> None:
        """Stopped by a person: the source is let go, so that another program may use the camera meanwhile."""
        if self._board.camera is not CameraState.CLOSED:
            self._link.close()
            self._board.waiting_since = None
        self._board.set_state(StationState.READY)
        while not (self._board.running.wait(POLL_S) or self._board.stopping.is_set()):
            pass
        if self._board.running.is_set() and self._link.open_first():
            self._link.listen()

    def _taking(self) -> bool:
        return self._board.running.is_set() and not self._board.stopping.is_set()

    def _enough(self) -> bool:
        return self._plan.parts is not None and self._sent >= self._plan.parts

    def _pause(self) -> bool:
        """All parts that were asked for are done; False where that ends the line.

        With a window the line stays: people still decide about its parts, and their decisions are recorded by it.
        """
        if self._plan.end_with_source:
            return False
        self._sent = 0
        self._board.running.clear()
        return True

    def _on_demand(self) -> bool:
        self._keep_pace()
        trigger = Trigger(new_id(), self._board.clock.now(), self.serials.take())
        try:
            frame = self._link.take(trigger, _REPLAY_TIMEOUT_S)
        except EndOfSource:
            return self._at_end()
        except FrameTimeout as error:
            raise CameraLost(str(error)) from error
        self._send(trigger, frame)
        return True

    def _keep_pace(self) -> None:
        if self._plan.period_s is None:
            return
        now = self._board.clock.monotonic()
        self._next_due = max(self._next_due + self._plan.period_s, now)
        self._board.stopping.wait(self._next_due - now)

    def _at_end(self) -> bool:
        if not self._pause():
            return False
        self._board.tell(message("source.end", source=self._link.name))
        return True

    def _free_run(self) -> bool:
        try:
            frame = self._link.take(Trigger(new_id(), self._board.clock.now()), POLL_S)
        except FrameTimeout:
            self._link.check_silence()
            return True
        except EndOfSource:
            return self._at_end()
        if _is_frozen(frame):
            self._board.tally.missed("frozen")
            self._link.reconnect()
            return True
        self._send_newest(Shot(Trigger(frame.trigger_id, frame.at, self.serials.take()), frame))
        return True

    def _send_newest(self, shot: Shot) -> None:
        self._sent += 1
        dropped = self._outbox.put_newest(shot)
        if dropped:
            self._board.tally.missed("overrun", len(dropped))

    def _triggered(self) -> bool:
        assert self._triggers is not None, "triggered pacing has a trigger source"
        if self._board.waiting_since is None:
            self._board.waiting_since = self._board.clock.now()
        trigger = self._triggers.wait(POLL_S)
        if trigger is None:
            return True
        self._board.waiting_since = None
        if not trigger.serial:
            trigger = Trigger(trigger.id, trigger.at, self.serials.take())
        self._board.release.part_arrived(trigger)
        self._answer(trigger)
        return True

    def _answer(self, trigger: Trigger) -> None:
        age_s = self._board.clock.now().seconds_since(trigger.at)
        if self._plan.cycle_s is not None and age_s > self._plan.cycle_s:
            # A picture taken now would show another part.
            self._send(trigger, self._link.bad(trigger, "part.overrun", f"{age_s:.3f} s late"))
            return
        self._link.armed()
        try:
            frame = self._link.take(trigger, self._plan.trigger_timeout_s)
        except (FrameTimeout, CameraLost) as error:
            self._board.tally.missed("no_frame")
            raise CameraLost(str(error)) from error
        self._send(trigger, frame)
        if _is_frozen(frame):
            self._link.reconnect()

    def _send(self, trigger: Trigger, frame: Frame | BadFrame) -> None:
        self._outbox.put(Shot(trigger, frame))
        self._sent += 1

    def _recorded_before(self) -> int:
        resume = self._board.startup.resume
        return resume.last_seq if resume else 0


def _is_frozen(frame: Frame | BadFrame) -> bool:
    return isinstance(frame, BadFrame) and frame.code == FROZEN
