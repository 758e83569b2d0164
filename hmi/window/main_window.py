"""`MainWindow`: the page in its frame: actions and their keys, panels, closing.

Promises: a stop and a close ask first, with their consequence; the line goes on whatever the window does; after `end`
neither thread nor timer of the window is left.
May import: PySide6, inference, hmi.window.
"""

from __future__ import annotations

import logging

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from hmi.window import presentation, shown
from hmi.window.actions import ACTIONS
from hmi.window.bridge import Bridge
from hmi.window.decisions import Decisions
from hmi.window.jobs import Errands, Progress
from hmi.window.memory import Memory
from hmi.window.page import Page
from hmi.window.painter import Painter
from hmi.window.panels.alarm_list import AlarmList
from hmi.window.panels.help_panel import HelpPanel
from hmi.window.panels.job_panel import JobPanel
from hmi.window.panels.review_panel import ReviewPanel
from hmi.window.panels.stop_panel import StopPanel
from hmi.window.presenter import Presenter
from hmi.window.scanner import Scanner
from hmi.window.session import WindowSession
from hmi.window.shown import ShownPart
from hmi.window.theme import PALETTES, Look, stylesheet
from hmi.window.tools import Tools
from hmi.window.words import Words
from hmi.window.workbench import open_workbench

log = logging.getLogger(__name__)

_SMALLEST = QSize(960, 600)


class MainWindow(QMainWindow):
    """One station's window."""

    left = Signal()
    """The window was closed for good."""

    def __init__(self, session: WindowSession) -> None:
        super().__init__()
        self.session = session
        self.control = session.control
        self.errands = Errands()
        self._memory = Memory(session.settings.folder)
        self._theme = self._memory.text("theme", session.settings.theme)
        self._agreed_to_close = False
        self.setMinimumSize(_SMALLEST)
        self.resize(1920, 1080)
        self.look = self._new_look(self._memory.text("language", session.settings.language))
        self.page = self._new_page()
        self.painter = Painter()
        self.presenter = Presenter(self.page, self.painter, session.clock, session.settings)
        self.presenter.opacity = self._memory.fraction("opacity", 0.4)
        self._connect_page()
        self.bridge = Bridge(self.control, self.painter, self)
        self._connect_bridge()
        self._scanner = Scanner(self)
        self._scanner.scanned.connect(self.take_serial)
        QApplication.instance().installEventFilter(self._scanner)
        self.decisions = Decisions(self)
        self.tools = Tools(self)
        self._add_actions()
        self._memory.restore_place(self)

    # --- making

    def _new_look(self, language: str) -> Look:
        settings = self.session.settings
        return Look(PALETTES.get(self._theme, PALETTES["light"]), Words(language, settings.zone))

    def _new_page(self) -> Page:
        page = Page(self.look, self.do, manual=self.session.settings.manual_trigger)
        self.look.fit(self.width(), self.height())
        self.setStyleSheet(stylesheet(self.look))
        page.rescale()
        self.setCentralWidget(page)
        name = self.session.settings.station_name
        self.setWindowTitle(f"{name} · Loupe" if name else "Loupe")
        return page

    def _connect_page(self) -> None:
        self.page.strip.part_chosen.connect(self.presenter.toggle)
        self.page.charts.point_chosen.connect(self.show_part)
        self.page.picture.legend.set_opacity(self.presenter.opacity)
        self.page.picture.opacity_changed.connect(self._set_opacity)

    def _connect_bridge(self) -> None:
        bridge, presenter = self.bridge, self.presenter
        bridge.result.connect(presenter.on_result)
        bridge.frame.connect(presenter.on_frame)
        bridge.painted.connect(presenter.on_painted)
        bridge.strip_painted.connect(presenter.on_strip_painted)
        bridge.charts.connect(presenter.on_charts)
        bridge.status.connect(presenter.on_status)
        bridge.recent.connect(presenter.on_recent)
        bridge.beat.connect(presenter.on_beat)
        bridge.slow_beat.connect(self.errands.poll)

    def _add_actions(self) -> None:
        for entry in ACTIONS:
            if entry.manual_only and not self.session.settings.manual_trigger:
                continue
            action = QAction(self)
            action.setShortcut(QKeySequence(entry.key))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.triggered.connect(lambda _checked=False, name=entry.name: self.do(name))
            self.addAction(action)

    # --- life

    def begin(self) -> None:
        """Show what there is and look from now on."""
        self.page.setFocus()
        self.bridge.start()
        if self.session.settings.auto_start:
            self.control.start()

    def end(self) -> bool:
        """Stop looking and end the window's threads; False where one does not end. May be called twice."""
        self.bridge.end()
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self._scanner)
        painter_ended, jobs_ended = self.painter.end(), self.errands.end()
        return painter_ended and jobs_ended

    def leave(self) -> None:
        """Close without asking: a person has agreed, or the system ends the session."""
        self._agreed_to_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask first where something runs."""
        if not self._agreed_to_close and presentation.is_running(self.control.snapshot()):
            event.ignore()
            self._ask("quit", self.leave)
            return
        self._memory.keep_place(self)
        self.bridge.end()
        event.accept()
        self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Sizes follow the window's height."""
        super().resizeEvent(event)
        if self.look.fit(self.width(), self.height()):
            self.setStyleSheet(stylesheet(self.look))
            self.page.rescale()
        self.presenter.repaint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space triggers where no field or button wanted it."""
        if event.key() == Qt.Key.Key_Space and self.session.settings.manual_trigger and not event.isAutoRepeat():
            self.do("trigger")
        else:
            super().keyPressEvent(event)

    # --- actions

    def do(self, name: str) -> None:
        """Do the action of this name (`hmi.window.actions`)."""
        deeds = {
            "start": self._start_or_stop,
            "override": self.decisions.override,
            "job": self._job,
            "review": self._review,
            "charts": lambda: open_workbench(self),
            "trigger": self._trigger,
            "heat": self.page.picture.legend.step,
            "help": self._help,
            "acknowledge": self.decisions.acknowledge,
            "alarms": self._alarms,
            "full_screen": self._full_screen,
            "live": self._live,
            "quit": self.close,
            **self.tools.deeds,
        }
        deeds[name]()

    def _start_or_stop(self) -> None:
        if presentation.is_running(self.control.snapshot()):  # now, not a quarter of a second ago
            self._ask("stop", self.control.stop)
        else:
            self.control.start()

    def _ask(self, kind: str, then: object) -> None:
        panel = StopPanel(self.look, kind, presentation.stop_consequence(self.control.snapshot(), self.look.words))
        panel.agreed.connect(then)
        self.page.open_panel(panel)

    def _job(self) -> None:
        snapshot = self.presenter.snapshot
        panel = JobPanel(self.look, snapshot.job if snapshot is not None else None, self.presenter.serial)
        panel.serial_asked.connect(self.take_serial)
        panel.job_asked.connect(
            lambda product, lot, operator: self.control.change_job(product=product, lot=lot, operator_id=operator)
        )
        self.page.open_panel(panel)

    def take_serial(self, serial: str) -> None:
        """The serial of the next part, typed or scanned."""
        self.presenter.serial = serial
        self.control.set_serial(serial)
        if isinstance(self.page.panel, JobPanel):
            self.page.panel.set_serial(serial)
        if self.presenter.snapshot is not None:
            self.presenter.on_status(self.presenter.snapshot)

    def _review(self) -> None:
        panel = ReviewPanel(self.look, self.errands, self.session.history)
        panel.part_asked.connect(self.show_part)
        panel.closed.connect(self.presenter.unpin)
        self.page.open_panel(panel)

    def show_part(self, seq: int) -> None:
        """Look at a part: one of the strip at once, an older one out of the record."""
        part = self.presenter.recent_part(seq)
        history = self.session.history
        if part is not None:
            self.presenter.pin(part)
            return
        if history is None:
            return

        def work(_: Progress) -> ShownPart | None:
            reader = history()
            try:
                record = reader.part(seq)
            finally:
                reader.close()
            return shown.recorded(record) if record is not None else None

        self.errands.start("part", work, self.presenter.pin, self._failed)

    def _failed(self, error: Exception) -> None:
        log.error("a past part cannot be shown: %s", error)
        self.presenter.tell_fault(str(error))

    def _trigger(self) -> None:
        self.control.trigger_now(self.presenter.serial)

    def _help(self) -> None:
        panel = HelpPanel(self.look, self._theme, manual=self.session.settings.manual_trigger)
        panel.language_asked.connect(self.set_language)
        panel.theme_asked.connect(self.set_theme)
        self.page.open_panel(panel)

    def _alarms(self) -> None:
        panel = AlarmList(self.look)
        panel.show_lines(self.page.alarms.content.lines)
        panel.alarm_chosen.connect(self.tools.cause_of_alarm)
        panel.cause_asked.connect(self.tools.cause)
        self.page.open_panel(panel)

    def _full_screen(self) -> None:
        self.showNormal() if self.isFullScreen() else self.showFullScreen()

    def _live(self) -> None:
        if self.page.panel is not None:
            self.page.panel.closed.emit()
        else:
            self.presenter.unpin()

    # --- how it looks

    def set_language(self, language: str) -> None:
        """All words anew."""
        self._memory.keep("language", language)
        self._rebuild(language)

    def set_theme(self, theme: str) -> None:
        """All colours anew."""
        self._memory.keep("theme", theme)
        self._theme = theme
        self._rebuild(self.look.words.language)

    def _rebuild(self, language: str) -> None:
        self.look = self._new_look(language)
        self.page = self._new_page()
        self.presenter.move_to(self.page)
        self._connect_page()
        self._help()

    def _set_opacity(self, opacity: float) -> None:
        self.presenter.opacity = opacity
        self._memory.keep("opacity", opacity)
        self.presenter.repaint()
