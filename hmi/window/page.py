"""`Page`: the operator's page: all views in their places. One page, no scrolling.

    header
    picture            │ verdict
                       │ counters      ┐ or
    last parts         │ charts        ┘ a panel
    alarms
    buttons            │ health

Promises: views keep their places whatever they show; sizes follow the window's height.
May import: PySide6, hmi.window.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from hmi.window.actions import ACTIONS
from hmi.window.panels.panel import Panel
from hmi.window.theme import GAP, Look
from hmi.window.views import alarm_bar, facts, part_strip, verdict_banner
from hmi.window.views.alarm_bar import AlarmBar
from hmi.window.views.chart_board import ChartBoard
from hmi.window.views.facts import CountersView, HeaderView, HealthView
from hmi.window.views.image_view import ImageView
from hmi.window.views.part_strip import PartStrip
from hmi.window.views.verdict_banner import VerdictBanner

_LEFT, _RIGHT = 53, 47
"""Shares of the width."""
_BUTTON_WIDTH = 132


class Page(QWidget):
    """All views. `do` is called with an action's name when its button is pressed."""

    def __init__(self, look: Look, do: Callable[[str], None], *, manual: bool) -> None:
        super().__init__()
        self.setObjectName("page")
        self.look = look
        self.header = HeaderView(look)
        self.picture = ImageView(look)
        self.strip = PartStrip(look)
        self.verdict = VerdictBanner(look)
        self.counters = CountersView(look)
        self.charts = ChartBoard(look)
        self.alarms = AlarmBar(look)
        self.health = HealthView(look)
        self.buttons = {a.name: QPushButton() for a in ACTIONS if a.button and (manual or not a.manual_only)}
        for name, button in self.buttons.items():
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, name=name: do(name))
        for name, button in (("acknowledge", self.alarms.acknowledge), ("alarms", self.alarms.list)):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, name=name: do(name))
        self._boxes: list[QHBoxLayout | QVBoxLayout] = []
        self._process = self._holder(self._column(self.counters, self.charts))
        self.place = QStackedWidget()
        self.place.addWidget(self._process)
        self._lay_out()
        self.name_buttons(running=False)

    @property
    def panel(self) -> Panel | None:
        """The open panel."""
        shown = self.place.currentWidget()
        return shown if isinstance(shown, Panel) else None

    def open_panel(self, panel: Panel) -> None:
        """Show a panel in place of counters and charts (and of another panel)."""
        self.close_panel()
        panel.closed.connect(self.close_panel)
        self.place.addWidget(panel)
        self.place.setCurrentWidget(panel)
        panel.first_field().setFocus()

    def close_panel(self) -> None:
        """Back to the charts."""
        panel = self.panel
        if panel is not None:
            self.place.setCurrentWidget(self._process)
            self.place.removeWidget(panel)
            panel.deleteLater()
            self.setFocus()

    def name_buttons(self, *, running: bool) -> None:
        """Texts with their keys; the first is Start or Stop."""
        for action in ACTIONS:
            button = self.buttons.get(action.name)
            if button is not None:
                name = "stop" if action.name == "start" and running else action.name
                text = f"{self.look.words.say(f'action.{name}')}\n{action.key}"
                if button.text() != text:
                    button.setText(text)

    def rescale(self) -> None:
        """Follow the window's scale."""
        px = self.look.px
        for view, height in (
            (self.header, facts.HEADER_HEIGHT),
            (self.verdict, verdict_banner.HEIGHT),
            (self.counters, facts.COUNTERS_HEIGHT),
            (self.strip, part_strip.HEIGHT),
            (self.alarms, alarm_bar.HEIGHT),
            (self.health, facts.FOOT_HEIGHT),
        ):
            view.setFixedHeight(px(height))
        for button in self.buttons.values():
            button.setFixedHeight(px(facts.FOOT_HEIGHT))
            button.setMinimumWidth(px(_BUTTON_WIDTH))
        for box in self._boxes:
            box.setSpacing(px(GAP))
        self.layout().setContentsMargins(px(GAP), px(GAP), px(GAP), px(GAP))
        self.charts.rescale()
        self.alarms.rescale()

    def _lay_out(self) -> None:
        left, right = self._column(self.picture, self.strip), self._column(self.verdict, self.place)
        middle = QHBoxLayout()
        for side, share in ((left, _LEFT), (right, _RIGHT)):
            middle.addWidget(self._holder(side), share)
        foot = QHBoxLayout()
        for button in self.buttons.values():
            foot.addWidget(button)
        foot.addWidget(self.health, 1)
        whole = QVBoxLayout(self)
        whole.addWidget(self.header)
        whole.addLayout(middle, 1)
        whole.addWidget(self.alarms)
        whole.addLayout(foot)
        self._boxes += [middle, foot, whole]

    @staticmethod
    def _holder(column: QVBoxLayout) -> QWidget:
        holder = QWidget()
        holder.setLayout(column)
        holder.setMinimumWidth(1)
        return holder

    def _column(self, *views: QWidget) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        for view in views:
            stretches = view not in (self.strip, self.verdict, self.counters)
            column.addWidget(view, 1 if stretches else 0)
        self._boxes.append(column)
        return column
