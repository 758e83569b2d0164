"""What a supervisor looks into from the window: causes, Pareto, the inspector itself, the guided study.

Promises: each opens in the panel's place, so that verdict, picture and alarms stay in sight; a decision names who took
it and goes to the record by the station; a study goes on where it was when its panel is opened again.
May import: inference, hmi.window, hmi.station.shifts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from hmi.window.actions import ACTIONS
from hmi.window.causes import Asked, asked, chart_of
from hmi.window.guided import GuidedStudy
from hmi.window.panels.alarm_list import AlarmList
from hmi.window.panels.cause_history import CauseHistory
from hmi.window.panels.cause_panel import CausePanel
from hmi.window.panels.inspector_panel import InspectorPanel
from hmi.window.panels.lists_panel import ListsPanel
from hmi.window.panels.panel import Panel
from hmi.window.panels.pareto_panel import ParetoPanel
from hmi.window.panels.record_panel import RecordPanel
from hmi.window.panels.tools_panel import ToolsPanel
from hmi.window.ranges import Ranges
from inference.pipeline.cause_lists import CauseLists, content_of
from inference.pipeline.decisions import ChartDecision, Content, DecisionKind
from inference.pipeline.ids import new_id
from inference.pipeline.snapshot import ChartSnapshot

if TYPE_CHECKING:
    from hmi.window.main_window import MainWindow

_REVISION = re.compile(r" r\d+$")


class Tools:
    """The tools of one window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.study = GuidedStudy(window, self.decide)
        self.deeds: dict[str, Callable[[], None]] = {
            "tools": self._menu,
            "cause": self.cause,
            "pareto": self._pareto,
            "inspector": self._inspector,
            "study": self.study.open,
            "lists": self._lists,
        }
        window.bridge.slow_beat.connect(self._beat)
        window.bridge.recent.connect(self.study.on_recent)

    def decide(self, kind: DecisionKind, chart: str, content: Content, reason: str = "") -> None:
        """Put a decision on its way to the record."""
        window = self._window
        window.control.decide(
            ChartDecision(
                id=new_id(),
                at=window.session.clock.now(),
                kind=kind,
                recipe=self.recipe,
                chart=chart,
                seq=0,
                actor_id=window.decisions.operator(),
                reason=reason,
                content=content,
            )
        )

    @property
    def recipe(self) -> str:
        """Name of the recipe that runs: charts' decisions stand under it."""
        if self._window.session.recipe is not None:
            return self._window.session.recipe.name
        snapshot = self._window.presenter.snapshot
        job = snapshot.job if snapshot is not None else None
        return _REVISION.sub("", job.recipe) if job is not None else ""

    # --- causes

    def cause_of_alarm(self, alarm_id: str) -> None:
        """An alarm was acknowledged: a chart's asks for its cause, unless somebody is busy in another panel."""
        if not isinstance(self._window.page.panel, AlarmList | None):
            return
        snapshot = self._window.presenter.snapshot
        alarms = snapshot.alarms if snapshot is not None else ()
        alarm = next((alarm for alarm in alarms if alarm.id == alarm_id), None)
        if alarm is not None and alarm.standing and chart_of(alarm):
            self.cause(first=chart_of(alarm))

    def cause(self, first: str = "") -> None:
        """Ask for the cause of what is out of control, the chart `first` before the others."""
        window = self._window
        snapshot = window.presenter.snapshot
        found = asked(snapshot.alarms if snapshot is not None else (), self._charts(), window.look.words)
        found = tuple(sorted(found, key=lambda one: one.chart != first))
        if not found:
            self._history("cause.none", None)
            return
        panel = CausePanel(window.look, found, window.control.cause_lists())
        panel.given.connect(self._give)
        panel.history_asked.connect(lambda chart: self._history("cause.history.title", chart))
        panel.lists_asked.connect(self._lists)
        window.page.open_panel(panel)

    def _give(self, one: Asked, cause: str, action: str, remark: str) -> None:
        content: Content = {"cause": cause, "action": action, "alarm_id": one.alarm_id}
        self.decide(DecisionKind.CAUSE, one.chart, content, remark)

    def _history(self, title: str, chart: str | None) -> None:
        window = self._window
        panel = CauseHistory(window.look, window.errands, window.session.history, window.look.words.say(title))
        self._open(panel)
        panel.read(self.recipe, chart)

    def _lists(self) -> None:
        window = self._window
        panel = ListsPanel(window.look, window.control.cause_lists())
        panel.decided.connect(self._replace_lists)
        window.page.open_panel(panel)

    def _replace_lists(self, lists: CauseLists) -> None:
        self.decide(DecisionKind.LISTS, "", content_of(lists))

    def _charts(self) -> tuple[ChartSnapshot, ...]:
        shown = (view.chart for view in self._window.page.charts.charts.values())
        return tuple(chart for chart in shown if chart is not None)

    # --- the record

    def _pareto(self) -> None:
        window = self._window
        self._open(ParetoPanel(window.look, window.errands, window.session.history, self.recipe, self._ranges()))

    def _inspector(self) -> None:
        window = self._window
        self._open(InspectorPanel(window.look, window.errands, window.session.history, self._ranges(), self._charts))

    def _ranges(self) -> Ranges:
        session, snapshot = self._window.session, self._window.presenter.snapshot
        return Ranges(snapshot.job if snapshot is not None else None, session.shifts, session.clock)

    def _open(self, panel: CauseHistory | ParetoPanel | InspectorPanel) -> None:
        panel.part_asked.connect(self._window.show_part)
        panel.closed.connect(self._window.presenter.unpin)
        self._window.page.open_panel(panel)

    def _menu(self) -> None:
        listed = [(action.name, action.key) for action in ACTIONS if action.in_menu]
        panel = ToolsPanel(self._window.look, listed, self._window.do)
        self._window.page.open_panel(panel)

    def _beat(self) -> None:
        panel: Panel | None = self._window.page.panel
        if isinstance(panel, RecordPanel):
            panel.beat()
