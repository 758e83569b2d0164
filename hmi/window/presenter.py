"""`Presenter`: what comes over the bridge goes to the views: which verdict, which picture, looking back or live.

Promises: picture and verdict on show belong to the same part, or the picture says that it is another one.
A verdict that is taken back vanishes at once; the grey in between is shown only where it lasts.
May import: PySide6, inference, camera.clock, hmi.window.
"""

from __future__ import annotations

from camera.clock import Clock
from camera.frame import Frame
from hmi.window import presentation, shown
from hmi.window.page import Page
from hmi.window.painter import Painted, PaintedStrip, Painter, PictureOrder, StripOrder
from hmi.window.panels.alarm_list import AlarmList
from hmi.window.session import WindowSettings
from hmi.window.shown import ShownPart
from hmi.window.views.alarm_bar import Alarms
from hmi.window.views.image_view import Scene
from hmi.window.views.part_strip import Strip
from inference.inspection import JudgedPart, Verdict
from inference.message import message
from inference.pipeline.events import Alarm, Priority
from inference.pipeline.snapshot import CameraState, ChartSnapshot, ResultView, StationSnapshot

GREY_AFTER_S = 0.15
"""A part that is judged quicker than this never shows the grey in between."""
WINDOW_FAULT = "window.fault"
_GONE = {CameraState.LOST, CameraState.SILENT, CameraState.FROZEN}


class Presenter:
    """Knows what is on show. Lives on the Qt thread."""

    def __init__(self, page: Page, painter: Painter, clock: Clock, settings: WindowSettings) -> None:
        self.page = page
        self.snapshot: StationSnapshot | None = None
        self.serial = ""
        """The serial asked for and not used yet."""
        self.opacity = 0.4
        self.pinned: ShownPart | None = None
        self.current: ShownPart | None = None
        """The part whose verdict is, or was last, on show; a live frame where there is none."""
        self.fault: Alarm | None = None
        """A fault of the window itself, until a person has seen it."""
        self._painter = painter
        self._clock = clock
        self._settings = settings
        self._result: ResultView | None = None
        self._coming: ResultView | None = None
        self._painted: Painted | None = None
        self._recent: dict[str, ShownPart] = {}
        self._thumbs: tuple[Painted, ...] = ()
        self._charts: tuple[ChartSnapshot, ...] = ()

    # --- from the bridge

    def on_result(self, result: ResultView) -> None:
        """A result may be shown, or one was taken back."""
        if result.verdict is Verdict.UNDEFINED:
            self._coming = result
            return
        self._coming = None
        self._result = result
        if result.judged is not None:
            if result.judged.inspection.serial == self.serial:
                self.serial = ""
            self._look_at(shown.judged(result.judged))
        if result.verdict is not Verdict.OK:
            self._show_header()  # the serial of a part that is not OK does not wait for the next look
        self._show_verdict()

    def on_frame(self, frame: Frame) -> None:
        """A live picture: shown while no verdict stands."""
        if not self._verdict_stands():
            self._look_at(shown.live(frame))

    def on_beat(self) -> None:
        """Grey, once it has lasted."""
        coming = self._coming
        if coming is not None and self._clock.now().seconds_since(coming.since) > GREY_AFTER_S:
            self._coming, self._result = None, coming
            self._show_verdict()

    def on_painted(self, painted: Painted) -> None:
        """The painter has a picture ready."""
        if self.pinned is None or painted.part is self.pinned:
            self._painted = painted
            self.show_scene()

    def on_strip_painted(self, strip: PaintedStrip) -> None:
        """The painter has the thumbnails ready."""
        self._thumbs = strip.thumbs
        self._show_strip()

    def on_recent(self, parts: tuple[JudgedPart, ...]) -> None:
        """The last parts."""
        ids = [part.inspection.id for part in parts]
        if ids == list(self._recent):
            return
        known = self._recent
        self._recent = {part.inspection.id: known.get(part.inspection.id) or shown.judged(part) for part in parts}
        self._painter.order_strip(StripOrder(tuple(self._recent.values()), self.page.strip.room))

    def on_charts(self, charts: tuple[ChartSnapshot, ...]) -> None:
        """New points."""
        self._charts = charts
        self.page.charts.show_charts(charts)

    def on_status(self, snapshot: StationSnapshot) -> None:
        """State, counts, alarms, health: a few times a second."""
        before, self.snapshot = self.snapshot, snapshot
        now, words, page = self._clock.now(), self.page.look.words, self.page
        self._show_header()
        page.counters.show_content(presentation.counters(snapshot.counters, words))
        page.health.show_content(presentation.health(snapshot, words))
        lines = presentation.alarm_lines((*snapshot.alarms, *filter(None, [self.fault])), words)
        page.alarms.show_content(Alarms(lines, bright=now.utc.second % 2 == 0))
        if isinstance(page.panel, AlarmList):
            page.panel.show_lines(lines)
        page.name_buttons(running=presentation.is_running(snapshot))
        if before is None or _lost(before) != _lost(snapshot) or _lost(snapshot):
            self.show_scene()
        self._show_verdict()

    def tell_fault(self, detail: str) -> None:
        """Something in the window went wrong; the line goes on."""
        told = message("window.fault", detail=detail)
        self.fault = Alarm(WINDOW_FAULT, WINDOW_FAULT, Priority.LOW, told, self._clock.now())

    # --- looking back

    def pin(self, part: ShownPart) -> None:
        """Look at this part until `unpin`; the line goes on."""
        self.pinned = part
        self._order()
        self.page.charts.mark(part.seq)
        self._show_strip()
        self.show_scene()

    def unpin(self) -> None:
        """Back to the live picture."""
        self.pinned = None
        self.page.charts.mark(None)
        self._show_strip()
        self._order()
        self.show_scene()

    def toggle(self, part: ShownPart) -> None:
        """Chosen a second time, a part is let go."""
        if self.pinned is not None and self.pinned.id == part.id:
            self.unpin()
        else:
            self.pin(part)

    def recent_part(self, seq: int) -> ShownPart | None:
        """A part of the strip."""
        return next((part for part in self._recent.values() if part.seq == seq), None)

    def part_to_decide_on(self) -> ShownPart | None:
        """The part looked at, or the one whose verdict came last."""
        part = self.pinned or self.current
        if part is not None and part.inspection is not None:
            return part
        return next(iter(self._recent.values()), None)

    # --- to the views

    def repaint(self) -> None:
        """The room or the opacity has changed: have the pictures painted anew."""
        self._order()
        if self._recent:
            self._painter.order_strip(StripOrder(tuple(self._recent.values()), self.page.strip.room))

    def move_to(self, page: Page) -> None:
        """The same station on a new page (language or theme were changed)."""
        self.page = page
        if self._charts:
            page.charts.show_charts(self._charts)
        if self.snapshot is not None:
            self.on_status(self.snapshot)
        self._show_strip()
        self.show_scene()
        self.repaint()

    def show_scene(self) -> None:
        """Picture, footer and notices."""
        words, painted, part = self.page.look.words, self._painted, self._part_on_show()
        fits = painted is not None and part is not None and painted.part.id == part.id
        scene = Scene(
            painted=painted if fits else None,
            footer=shown.footer(part, words) if part is not None else "",
            notice=self._notice(part),
            missing=shown.why_missing(part, words) if part is not None else "",
            lost=self._lost_text() if self.pinned is None else "",
            threshold=self._heat_limit(part),
        )
        self.page.picture.show_content(scene)

    def _part_on_show(self) -> ShownPart | None:
        """The part looked at; else the newest, as soon as its picture is painted or it is known to have none."""
        current, painted = self.current, self._painted
        if self.pinned is not None:
            return self.pinned
        return current if current is not None and current.frame is None else painted.part if painted else None

    def _heat_limit(self, part: ShownPart | None) -> float | None:
        """The legend comes with a part that is not good, or that somebody looks back at: else it says nothing."""
        if part is None or part.heatmap is None or part.inspection is None:
            return None
        good = part.inspection.verdict is Verdict.OK and self.pinned is None
        return None if good else part.threshold

    def _notice(self, part: ShownPart | None) -> str:
        if part is None or part.inspection is None or self.pinned is None:
            return ""
        words = self.page.look.words
        verdict = words.say(f"verdict.{part.inspection.verdict}")
        if part.effective is not None and part.effective is not part.inspection.verdict:
            verdict += f" ({words.say('review.override', verdict=words.say(f'verdict.{part.effective}'))})"
        return words.say("picture.pinned", seq=words.count(part.inspection.seq), verdict=verdict)

    def _lost_text(self) -> str:
        snapshot = self.snapshot
        if snapshot is None or not _lost(snapshot) or snapshot.last_frame is None:
            return ""
        words = self.page.look.words
        return words.say("picture.last", age=words.age(self._clock.now().seconds_since(snapshot.last_frame)))

    def _serial_text(self) -> str:
        if self.serial:
            return self.page.look.words.say("header.next", serial=self.serial)
        result = self._result
        return result.judged.inspection.serial if result is not None and result.judged is not None else ""

    def _look_at(self, part: ShownPart) -> None:
        self.current = part
        if self.pinned is None:
            self._order()

    def _order(self) -> None:
        part = self.pinned or self.current
        if part is not None and part.frame is not None:
            self._painter.order(PictureOrder(part, self.page.picture.room, self.opacity))
        elif part is not None:
            self.show_scene()

    def _verdict_stands(self) -> bool:
        result, snapshot = self._result, self.snapshot
        if result is None or result.judged is None or snapshot is None:
            return False
        return presentation.shows_result(snapshot) and not presentation.is_stale(snapshot, result)

    def _show_header(self) -> None:
        if self.snapshot is not None:
            name, words = self._settings.station_name, self.page.look.words
            content = presentation.header(self.snapshot, name, self._serial_text(), self._clock.now(), words)
            self.page.header.show_content(content)

    def _show_verdict(self) -> None:
        if self.snapshot is not None:
            words = self.page.look.words
            self.page.verdict.show_content(presentation.banner(self.snapshot, self._result, self._clock.now(), words))

    def _show_strip(self) -> None:
        chosen = self.pinned.id if self.pinned is not None else ""
        self.page.strip.show_content(Strip(self._thumbs, chosen))


def _lost(snapshot: StationSnapshot) -> bool:
    return snapshot.camera in _GONE
