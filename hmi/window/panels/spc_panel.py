"""The charts' workbench: any chart of the recorded process, its rules, limits and capability, beside the live verdict.

Promises: the record is read and charts are worked out on a job's thread; what a person decides is asked for with its
consequence, goes to the record by the station, and shows at once; looking changes nothing on the line.
May import: PySide6, hmi.station, inference, hmi.window.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from hmi.station.history_analysis import false_alarms
from hmi.station.history_charts import HistoryChart, chart_key, decisions_of
from hmi.station.history_query import ChartSelection, ChartWish, LimitsFrom, Split
from hmi.window.jobs import Errands, Job
from hmi.window.panels.choice import Choice
from hmi.window.panels.record_panel import RecordPanel
from hmi.window.presentation import person
from hmi.window.session import RecordReader
from hmi.window.spc import texts
from hmi.window.spc.bench import BenchAnswer, BenchQuestion, answer
from hmi.window.spc.capability_tab import CapabilityTab
from hmi.window.spc.desk import BenchDesk
from hmi.window.spc.fields import Pages, Picker, Toggle
from hmi.window.spc.head import BenchHead
from hmi.window.spc.limits_tab import LimitsShown, LimitsTab
from hmi.window.spc.rules_tab import RulesTab
from hmi.window.spc.versions import ChartVoice, decisions_for, versions_of
from hmi.window.theme import Look
from hmi.window.views.chart_view import ChartView
from inference.chart_plan import ChartPlan
from inference.pipeline import decided
from inference.spc.limits import SpcError
from inference.spc.run_length.transient import RunLength

TABS = ("chart", "rules", "limits", "capability")


class SpcPanel(RecordPanel):
    """One chart at a time."""

    part_asked = Signal(int)
    """Sequence number."""

    def __init__(
        self, look: Look, errands: Errands, history: Callable[[], RecordReader] | None, desk: BenchDesk
    ) -> None:
        super().__init__(look, look.words.say("spc.title"), errands, history)
        self._desk = desk
        self._limits = LimitsFrom.DECIDED
        self._selection: ChartSelection | None = None
        self._version, self._key = 0, ""
        self._whole = True
        """The next chart is shown from its first point to its last."""
        self._told = ""
        self._alarms: Job[tuple[RunLength | None]] | None = None
        self.answer: BenchAnswer | None = None
        """What is shown; None while other parts are being read."""
        self.head = BenchHead(look, desk)
        self.group = Picker(look, look.words.say("spc.group"))
        self.residuals = Toggle(look.words.say("spc.residuals"))
        self.chart = ChartView(look, live=False)
        self.rules, self.limits, self.capability = RulesTab(look), LimitsTab(look), CapabilityTab(look)
        self.tabs = Choice(look, {name: look.words.say(f"spc.tab.{name}") for name in TABS}, len(TABS), TABS[0])
        self.pages = Pages()
        self._lay_out()
        self._connect()
        self._read()

    def _lay_out(self) -> None:
        px = self.look.px
        self.title.hide()
        self.body.addWidget(self.head)
        self.chart.setMinimumHeight(px(120))
        self.body.addWidget(self.chart, 1)
        self.group.hide()
        self.group.setMaximumWidth(px(320))
        self.residuals.hide()
        self.residuals.setMaximumWidth(px(260))
        for place, widget in enumerate((self.group, self.residuals), 1):
            self.foot.insertWidget(place, widget, 1)
        self.body.addLayout(self.foot)
        for page in (self.rules, self.limits, self.capability):
            self.pages.addWidget(page)
        self.pages.hide()
        self.body.addWidget(self.pages)
        self.buttons.insertWidget(0, self.tabs)

    def _connect(self) -> None:
        self.head.parts_changed.connect(self._read)
        self.head.way_changed.connect(self._chart_whole)
        self.group.picked.connect(lambda _name: self._chart_whole())
        self.tabs.changed.connect(self._show_tab)
        self.chart.point_chosen.connect(self._choose_point)
        self.rules.changed.connect(self._choose_rules)
        self.rules.reset.connect(lambda: self._choose_rules(self.head.own() or self.head.plan))
        self.limits.limits_asked.connect(self._choose_limits)
        self.limits.decided.connect(self._decide)
        self.residuals.toggled.connect(lambda _on: self._chart_whole())

    def first_field(self) -> QWidget:
        """The chart: arrow keys move along its points."""
        return self.chart

    # --- what is asked of the record

    def _read(self) -> None:
        """Other parts are wanted: the record is read again."""
        self._selection = self.head.selection()
        if self._key != self.head.plan.key:  # what does not run with the line has no limits that anybody decided on
            self._key = self.head.plan.key
            self._limits = LimitsFrom.SHOWN if self.head.own() is None else LimitsFrom.DECIDED
            self.limits.set_mode(self._limits)
        self.answer, self.limits.point = None, None
        self.residuals.set_on(on=False)
        self._chart_whole()

    def _chart_whole(self) -> None:
        self._whole = True
        self._chart()

    def _chart(self) -> None:
        """The same parts, charted as is wanted now."""
        if self._selection is None:
            return
        self._version += 1
        question = BenchQuestion(self._selection, self._wish(), self.group.value.strip(), self._version)
        before = self.answer
        self.ask(lambda reader, walked: answer(lambda: reader, question, before, walked), self._show)

    def _wish(self) -> ChartWish:
        return ChartWish(
            self.head.plan,
            split=self.head.split_by,
            limits=self._limits,
            residuals=self.residuals.isChecked(),
            cavities=self._desk.cavities,
            shifts=self._desk.shifts,
        )

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, SpcError):
            super()._failed(error)
            return
        self._over()
        self.tell(self.words.say("spc.failed", detail=str(error)))

    # --- what is shown

    def _show(self, found: BenchAnswer) -> None:
        self.answer = found
        self.head.set_known(found.known)
        self._show_groups(found)
        chart, analysis = found.chart, found.analysis
        self.chart.setVisible(chart is not None)
        if chart is None or analysis is None:
            self.tell(self.words.say("spc.empty"))
            return
        self.chart.show_chart(chart.snapshot)
        if self._whole:
            self._whole = False
            self.chart.show_all()
        shown = self.words.say("spc.facts.shown") if self._limits is LimitsFrom.SHOWN else ""
        self.tell(" · ".join(filter(None, (texts.facts(analysis, self.words), shown, self._told))))
        self._told = ""
        self.rules.show_plan(self.head.plan, self.head.own())
        self.limits.actor = person(self._desk.actor())
        self.limits.show_limits(self._limits_shown(found, chart))
        self.capability.show_analysis(analysis)
        self.residuals.setVisible(self.residuals.isChecked() or (analysis.process is not None and analysis.dependent))
        self._work_out_alarms()

    def _show_groups(self, found: BenchAnswer) -> None:
        names = {chart.name or " ": chart.name or self.words.say("spc.unnamed") for chart in found.charts}
        self.group.setVisible(self.head.split_by is not Split.NONE and bool(names))
        self.group.fill(names, (found.chart.name or " ") if found.chart is not None else "")

    def _limits_shown(self, found: BenchAnswer, chart: HistoryChart) -> LimitsShown:
        made = decisions_of(found.selected, found.question.wish, chart.name)
        plan = self.head.plan
        return LimitsShown(
            chart=chart,
            limits=self._limits,
            versions=versions_of(plan, made),
            next_version=decided.next_version(made),
            live=self._is_live(chart),
            phase1=plan.phase1,
        )

    def _is_live(self, chart: HistoryChart) -> bool:
        """Decisions about this very chart mean the one that runs with the line."""
        own, split = self.head.own(), self.head.split_by
        wanted = Split.CAVITY if own is not None and own.by == "cavity" else Split.NONE
        named = split is Split.NONE or bool(chart.name)
        return own is not None and split is wanted and named and not self.residuals.isChecked()

    def _work_out_alarms(self) -> None:
        """How often the rules alarm without a cause: beside the screen, and only where somebody looks."""
        found = self.answer
        if found is None or found.chart is None or self.tabs.chosen != "rules":
            return
        chart = found.chart

        def then(length: tuple[RunLength | None]) -> None:
            self._alarms = None
            self.rules.show_alarms(length[0])

        self._drop_alarms()
        self.rules.show_busy()
        self._alarms = self._errands.start(
            "false-alarms", lambda _: (false_alarms(chart),), then, lambda _error: then((None,))
        )

    def _drop_alarms(self) -> None:
        if self._alarms is not None:
            self._errands.drop(self._alarms)
            self._alarms = None

    def hideEvent(self, event: QHideEvent) -> None:
        """Closed: nobody waits for the run length, either."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._drop_alarms()

    def _show_tab(self, name: str) -> None:
        self.pages.setVisible(name != "chart")
        if name != "chart":
            self.pages.setCurrentIndex(TABS.index(name) - 1)
            self.pages.updateGeometry()
        self._work_out_alarms()

    # --- what a person changes

    def _choose_rules(self, plan: ChartPlan) -> None:
        self.head.set_plan(plan)
        self._chart()

    def _choose_limits(self, limits: str) -> None:
        self._limits = LimitsFrom(limits)
        self._chart()

    def _choose_point(self, seq: int) -> None:
        self.limits.choose_point(seq)
        self.chart.mark(frozenset({seq}))
        self.part_asked.emit(seq)

    def _decide(self, deed: str, number: int, reason: str) -> None:
        """Hand a decision over, and show what it changes before the record has it."""
        found = self.answer
        if found is None or found.chart is None or self._desk.recipe is None:
            return
        wish, chart = found.question.wish, found.chart
        key = chart_key(wish, chart.name)
        voice = ChartVoice(self._desk.recipe.name, key, self._desk.actor(), self._desk.clock.now())
        for decision in decisions_for(deed, voice, chart, number, reason):
            self._desk.decide(decision)
            found = found.with_decision(decision)
        self.answer = found
        self._told = self.words.say("spc.done")
        if deed == "freeze":
            self.limits.mode.choose(LimitsFrom.DECIDED.value)  # draws anew
        else:
            self._chart()

    # --- keys

    def confirm(self) -> None:
        """Enter: what the open question asks for."""
        if self._asking():
            self.limits.confirm()

    def _asking(self) -> bool:
        return self.tabs.chosen == "limits" and self.limits.asking

    def event(self, event: QEvent) -> bool:
        """Esc belongs to an open question before it closes the panel."""
        is_key = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if is_key and event.key() == Qt.Key.Key_Escape and self._asking():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves an open question, then the panel."""
        if event.key() == Qt.Key.Key_Escape and self._asking():
            self.limits.back()
        else:
            super().keyPressEvent(event)
