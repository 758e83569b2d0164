"""Which limits the chart has and who decided so; new baselines, stages, points left out, notes.

Promises: a decision is asked for with its consequence and its reason, and handed over, never taken here; where nothing
can be decided it says why.
May import: PySide6, hmi.station, inference, hmi.window.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from hmi.station.history_charts import HistoryChart
from hmi.station.history_query import LimitsFrom
from hmi.window.panels.choice import Choice
from hmi.window.spc import texts, versions
from hmi.window.spc.ask_form import AskForm
from hmi.window.spc.fields import Picker, button
from hmi.window.spc.versions import Version
from hmi.window.theme import GAP, Look
from inference.spc.limits import SpcError

_DEEDS = ("freeze", "retire", "stage", "compare", "exclude", "note")
_COLUMNS = 3


@dataclass(frozen=True, slots=True, eq=False)
class LimitsShown:
    """What the tab is about."""

    chart: HistoryChart
    limits: LimitsFrom
    versions: tuple[Version, ...]
    next_version: int
    live: bool
    """The chart runs with the line, so that it can be decided on."""
    phase1: int
    """Points until a chart without limits has some."""


class LimitsTab(QWidget):
    """For one chart."""

    limits_asked = Signal(str)
    """A `LimitsFrom`: which limits to look at."""
    decided = Signal(str, int, str)
    """What (`freeze`, `retire`, `stage`, `exclude`, `include`, `note`), part or version, reason."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self.words = look, look.words
        self.shown: LimitsShown | None = None
        self.point: int | None = None
        """The last part of the chosen point."""
        self.actor = ""
        """Who decides, as people read it."""
        self._freeze_next = False
        say = look.words.say
        self.mode = Choice(look, {kind.value: say(f"spc.limits.{kind.value}") for kind in LimitsFrom}, 2, "decided")
        self.mode.changed.connect(self.limits_asked)
        self.force, self.note = self._label("force"), self._label("caption")
        self.buttons = {deed: button(say(f"spc.do.{deed}"), lambda deed=deed: self.do(deed)) for deed in _DEEDS}
        self.form = AskForm(look, self.back)
        self.version = Picker(look, say("spc.compare.title"))
        self.version.picked.connect(self._compare)
        self.result = self._label("why")
        self.pages = QStackedWidget()
        for page in (self._main_page(), self.form, self._compare_page()):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)

    def _label(self, role: str) -> QLabel:
        label = QLabel()
        label.setObjectName(role)
        label.setWordWrap(True)
        return label

    def _column(self, page: QWidget, *widgets: QWidget) -> QVBoxLayout:
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._look.px(GAP))
        for widget in widgets:
            column.addWidget(widget)
        return column

    def _main_page(self) -> QWidget:
        page, grid = QWidget(), QGridLayout()
        grid.setSpacing(self._look.px(GAP))
        for k, made in enumerate(self.buttons.values()):
            grid.addWidget(made, k // _COLUMNS, k % _COLUMNS)
            grid.setColumnStretch(k % _COLUMNS, 1)
        column = self._column(page, self.mode, self.force)
        column.addLayout(grid)
        column.addWidget(self.note)
        column.addStretch()
        return page

    def _compare_page(self) -> QWidget:
        page, row = QWidget(), QHBoxLayout()
        row.setSpacing(self._look.px(GAP))
        title = self._label("caption")
        title.setText(self.words.say("spc.compare.title"))
        for widget, share in ((title, 1), (self.version, 2)):
            row.addWidget(widget, share)
        row.addWidget(button(self.words.say("spc.ask.no"), self.back, stretch=False))
        column = self._column(page)
        column.addLayout(row)
        column.addWidget(self.result)
        column.addStretch()
        return page

    # --- what is shown

    @property
    def asking(self) -> bool:
        """A question stands open."""
        return self.pages.currentIndex() != 0

    def back(self) -> None:
        """Away from a question that was not answered."""
        self.pages.setCurrentIndex(0)
        self.buttons["freeze"].setFocus()

    def confirm(self) -> None:
        """Enter: take the decision that is asked for, or leave the comparison."""
        if self.pages.currentWidget() is self.form:
            self.form.confirm()
        else:
            self.back()

    def show_limits(self, shown: LimitsShown) -> None:
        """The chart has been drawn anew."""
        self.shown = shown
        chart, decided = shown.chart, shown.limits is LimitsFrom.DECIDED
        number = chart.frozen.version if chart.frozen is not None else -1
        version = versions.version_numbered(shown.versions, number)
        self.force.setText(texts.in_force(chart, version, self.words, decided=decided))
        for deed, made in self.buttons.items():
            made.setEnabled(shown.live)
            if deed in {"freeze", "compare"}:
                made.setEnabled((shown.live or deed == "compare") and chart.frozen is not None)
        self.buttons["retire"].setEnabled(shown.live and decided and chart.frozen is not None)
        self._show_point()
        self._tell("" if shown.live else self.words.say("spc.not_live"))
        if self._freeze_next:
            self._freeze_next = False
            self.do("freeze")

    def set_mode(self, limits: LimitsFrom) -> None:
        """These limits are looked at, without anybody asking for it."""
        with QSignalBlocker(self.mode):
            self.mode.choose(limits.value)

    def choose_point(self, seq: int) -> None:
        """A point of the chart was chosen."""
        self.point = seq
        self._tell("")
        self._show_point()

    def _show_point(self) -> None:
        self.buttons["exclude"].setText(self.words.say(f"spc.do.{'include' if self._left_out() else 'exclude'}"))

    def _left_out(self) -> bool:
        if self.shown is None or self.point is None:
            return False
        seqs = self.shown.chart.snapshot.seqs
        return any(int(seqs[mark.at]) == self.point for mark in self.shown.chart.snapshot.excluded)

    def _tell(self, text: str) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))

    # --- what is asked

    def do(self, deed: str) -> None:
        """Ask for this decision."""
        if self.shown is None:
            return
        if deed in {"exclude", "note"}:
            self._ask_about_point(deed)
        elif deed == "compare":
            self._begin_compare()
        elif deed == "freeze":
            self._ask_to_freeze(self.shown)
        elif deed == "retire" and self.shown.chart.frozen is not None:
            number = self.shown.chart.frozen.version
            self._ask(deed, number, version=number, count=self.shown.phase1)
        elif deed == "stage":
            self._ask(deed, 0, count=self.shown.phase1)

    def _ask(self, deed: str, number: int, **told: object) -> None:
        self.pages.setCurrentWidget(self.form)
        self.form.ask(deed, self.actor, lambda reason: self.decided.emit(deed, number, reason), **told)

    def _ask_about_point(self, deed: str) -> None:
        if self.point is None:
            self._tell(self.words.say("spc.choose_point"))
            return
        if deed == "exclude" and self._left_out():
            deed = "include"
        self._ask(deed, self.point, seq=self.words.count(self.point))

    def _ask_to_freeze(self, shown: LimitsShown) -> None:
        """Only limits that can be seen are frozen: those of the points shown are shown first."""
        if shown.limits is LimitsFrom.DECIDED:
            self._freeze_next = True
            self.mode.choose(LimitsFrom.SHOWN.value)
            return
        if shown.chart.frozen is None:
            return
        base, words = shown.chart.frozen.baseline, self.words
        mean, sigma = (texts.number(value, words, base.sigma) for value in (base.mean, base.sigma))
        told = {"points": words.count(base.points), "mean": mean, "sigma": sigma}
        self._ask("freeze", shown.next_version, version=shown.next_version, **told)
        if shown.chart.out_of_control:
            self.form.warn(words.say("spc.ask.freeze.out", out=words.count(shown.chart.out_of_control)))

    def _begin_compare(self) -> None:
        shown = self.shown
        if shown is None or shown.chart.frozen is None:
            return
        now = shown.chart.frozen.version if shown.limits is LimitsFrom.DECIDED else None
        lines = {
            str(version.frozen.version): texts.version_text(version, self.words)
            for version in reversed(shown.versions)
            if version.frozen.version != now
        }
        if not lines:
            self._tell(self.words.say("spc.compare.none"))
            return
        self.version.fill(lines, "")
        self.pages.setCurrentIndex(2)
        self.version.setFocus()
        self._compare(self.version.value)

    def _compare(self, number: str) -> None:
        shown = self.shown
        earlier = versions.version_numbered(shown.versions, int(number)) if shown is not None else None
        if shown is None or earlier is None or shown.chart.frozen is None:
            return
        base = earlier.frozen.baseline
        try:
            found = versions.compared(shown.chart.plan, base, shown.chart.frozen.baseline)
        except SpcError as error:
            self.result.setText(self.words.say("spc.failed", detail=str(error)))
            return
        self.result.setText(f"{texts.figures(base, self.words)} {texts.compared(found, base, self.words)}")
