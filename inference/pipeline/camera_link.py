"""The camera's link: one source through opening, silence, loss and return, with an alarm for every gap.

Promises: a silent or frozen camera is an alarm at once; it is opened again with growing delay; triggers that come
meanwhile are counted as missed; the alarm that clears tells the gap's length.
May import: camera, inference.pipeline.
"""

from __future__ import annotations

from camera.frame import BadFrame, Frame, Picture, freeze
from camera.line.ports import Trigger, TriggerSource
from camera.source import CameraError, CameraUnavailable, FrameSource, Pacing, SourceNotFound, UnreadableFrame
from camera.watchdog import Backoff, Fault, Watchdog
from inference.message import Message, message
from inference.pipeline.board import Board
from inference.pipeline.camera_plan import CameraPlan
from inference.pipeline.events import Priority
from inference.pipeline.snapshot import CameraState

POLL_S = 0.1
FROZEN = "camera.frozen"
_STATES = {Fault.SILENT: CameraState.SILENT, Fault.FROZEN: CameraState.FROZEN}


class CameraLink:
    """Owns the open `FrameSource` and its triggers."""

    def __init__(self, source: FrameSource, triggers: TriggerSource | None, board: Board, plan: CameraPlan) -> None:
        self._source = source
        self._triggers = triggers
        self._board = board
        self._plan = plan
        self._watchdog = self._new_watchdog()
        self._backoff = Backoff()
        self._lost_since: float | None = None

    @property
    def name(self) -> str:
        """What a person calls the source."""
        return self._source.name

    def open_first(self) -> bool:
        """Open the source. A patient plan waits for the camera; False: the line ends without it."""
        while not self._board.stopping.is_set():
            try:
                self._open()
            except SourceNotFound as error:
                self._board.fail(error, message("camera.not_found", detail=str(error)))
                return False
            except CameraError as error:
                if not self._plan.patient_start:
                    self._board.fail(error, message("camera.unavailable", detail=str(error)))
                    return False
                self.lose(message("camera.unavailable", detail=str(error)), CameraState.LOST)
                self._pause(self._backoff.next_delay_s())
            else:
                return True
        return False

    def listen(self) -> None:
        """From now on triggers count: the station is ready for them."""
        if self._triggers is not None:
            self._triggers.open()

    def _open(self) -> None:
        self._board.camera = CameraState.OPENING
        self._source.open()
        self._board.startup.frame_size = getattr(self._source, "frame_size", None)
        self._watchdog = self._new_watchdog()
        self._watchdog.opened(self._now_s())
        self._board.camera = CameraState.CONNECTED

    def _new_watchdog(self) -> Watchdog:
        """A network camera knows its rate only once it is open."""
        plan, source = self._plan, self._source
        triggered = plan.pacing is Pacing.TRIGGERED
        period_s = plan.period_s or source.period_s
        return Watchdog(period_s, plan.trigger_timeout_s, live=source.live, triggered=triggered)

    def close(self) -> None:
        """Let source and triggers go."""
        self._source.close()
        if self._triggers is not None:
            self._triggers.close()
        self._board.camera = CameraState.CLOSED

    def lose(self, why: Message, state: CameraState) -> None:
        """The camera is gone: alarm at once; nothing is on show as if it were new."""
        self._board.camera = state
        if self._lost_since is None:
            self._lost_since = self._now_s()
        self._board.alarms.report("camera", Priority.URGENT, why)

    def reconnect(self) -> None:
        """Open again, ever more slowly, until it works, the line stops, or patience ends."""
        self._source.close()
        while self._taking():
            self._pause(self._backoff.next_delay_s())
            if not self._taking() or self._out_of_patience():
                return
            try:
                self._open()
            except CameraError as error:
                self.lose(message("camera.unavailable", detail=str(error)), CameraState.LOST)
            else:
                return

    def _out_of_patience(self) -> bool:
        limit, since = self._plan.give_up_after_s, self._lost_since
        if limit is None or since is None or self._now_s() - since < limit:
            return False
        seconds = round(self._now_s() - since)
        error = CameraUnavailable(
            f"no picture from {self._source.name} for {seconds} s: check its cable, power and network, then start again"
        )
        self._board.fail(error, message("camera.gave_up", seconds=seconds, camera=self._source.name))
        return True

    def _pause(self, seconds: float) -> None:
        """Wait, but keep counting the triggers that come while there is no camera."""
        until = self._now_s() + seconds
        while (left := until - self._now_s()) > 0 and not self._board.stopping.is_set():
            if self._triggers is None or not self._board.startup.model_ready.is_set():
                self._board.stopping.wait(min(left, POLL_S))
            elif (trigger := self._triggers.wait(min(left, POLL_S))) is not None:
                self._board.release.part_arrived(trigger)
                self._board.tally.missed("camera_lost")

    def _recovered(self) -> None:
        if self._lost_since is None:
            return
        gap_s = self._now_s() - self._lost_since
        self._lost_since = None
        self._backoff.reset()
        self._board.camera = CameraState.CONNECTED
        self._board.alarms.clear("camera", message("camera.back", seconds=round(gap_s, 3)))

    def check_silence(self) -> None:
        """No picture came while one was hoped for: ask the watchdog whether that is a fault (free run)."""
        fault = self._watchdog.check(self._now_s())
        if fault is not None:
            gap_s = self._watchdog.silent_for_s(self._now_s())
            self.lose(message("camera.silent", seconds=round(gap_s, 3)), _STATES[fault])
            self.reconnect()

    def take(self, trigger: Trigger, timeout_s: float) -> Frame | BadFrame:
        """The picture for `trigger`. Raises what `FrameSource.grab` raises, save `UnreadableFrame`."""
        self._board.grab_allowed_s, self._board.grabbing_since = timeout_s, self._now_s()
        try:
            picture = self._source.grab(timeout_s)
        except UnreadableFrame as error:
            return self.bad(trigger, "frame.unreadable", error.reason, error.source)
        finally:
            self._board.grabbing_since = None
        return self._judge_liveness(trigger, picture)

    def armed(self) -> None:
        """A picture is due from now on (triggered pacing)."""
        self._watchdog.armed(self._now_s())

    def _judge_liveness(self, trigger: Trigger, picture: Picture) -> Frame | BadFrame:
        self._board.tally.frame()
        fault = self._watchdog.frame(picture.image, self._now_s())
        if fault is Fault.FROZEN:
            self.lose(message(FROZEN), CameraState.FROZEN)
            return self.bad(trigger, FROZEN, "the camera repeats one picture", picture.source)
        self._recovered()
        frame = freeze(
            picture,
            trigger_id=trigger.id,
            view=self._plan.view,
            at=self._board.clock.now(),
            calibration_digest=self._plan.calibration_digest,
        )
        self._board.last_frame = frame.at
        self._board.pictures.put(frame)
        return frame

    def bad(self, trigger: Trigger, code: str, detail: str, source: str = "") -> BadFrame:
        """What goes on in place of a picture that cannot be judged."""
        return BadFrame(code, detail, source or self._source.name, trigger.id, self._plan.view, self._board.clock.now())

    def _taking(self) -> bool:
        return self._board.running.is_set() and not self._board.stopping.is_set()

    def _now_s(self) -> float:
        return self._board.clock.monotonic()
