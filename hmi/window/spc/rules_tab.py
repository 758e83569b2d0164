"""Which rules the chart is tested by, to see what other rules would have said: set, numbers, options.

Promises: nothing here changes the line; how often the chosen rules alarm without a cause stands beside them.
May import: PySide6, inference, hmi.window.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from hmi.window.spc import texts
from hmi.window.spc.choices import ALL_RULES
from hmi.window.spc.fields import Picker, Toggle, button
from hmi.window.theme import GAP, Look
from inference.chart_plan import ChartPlan
from inference.spc.presets import PRESETS, preset
from inference.spc.run_length.transient import RunLength

_OPTIONS = ("beyond_limit_counts", "last_must_be_beyond", "on_line", "both_sides", "all_on_counts")
_RUNS = (6, 7, 8, 9)
_BOTH_SIDES = frozenset({"western_electric", "nelson", "jmp"})


class RulesTab(QWidget):
    """For one `ChartPlan`."""

    changed = Signal(object)
    """The plan with other rules."""
    reset = Signal()
    """The recipe's own rules are wanted back."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self.words = look, look.words
        self._plan: ChartPlan | None = None
        words = look.words
        self.preset = Picker(look, words.say("spc.rules.set"))
        self.preset.picked.connect(lambda name: self._change(rule_set=name))
        self.options = Toggle(words.say("spc.rules.options"))
        self.recipe = button(words.say("spc.rules.recipe"), self.reset.emit)
        self.numbers = {n: Toggle() for n in ALL_RULES}
        self.choices = {name: Toggle(words.say(f"spc.option.{name}")) for name in _OPTIONS}
        self.run = Picker(look, words.say("spc.option.run"))
        self.run.picked.connect(lambda _: self._change_option("run", None))
        self.alarms = self._label("alarms")
        self.note = self._label("caption")
        self._lay_out()

    def _label(self, role: str) -> QLabel:
        label = QLabel()
        label.setObjectName(role)
        label.setWordWrap(True)
        return label

    def _lay_out(self) -> None:
        px = self._look.px
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(GAP))
        head = QHBoxLayout()
        head.setSpacing(px(GAP))
        for widget in (self.preset, self.options, self.recipe):
            head.addWidget(widget, 1)
        column.addLayout(head)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._grid(list(self.numbers.values()), 4))
        self.pages.addWidget(self._grid([*self.choices.values(), self.run], 3))
        column.addWidget(self.pages)
        column.addWidget(self.alarms)
        column.addWidget(self.note)
        self.options.toggled.connect(lambda on: self.pages.setCurrentIndex(int(on)))
        for toggle in self.numbers.values():
            toggle.toggled.connect(lambda _on: self._change(rules=self._chosen()))
        for name, toggle in self.choices.items():
            toggle.toggled.connect(lambda on, name=name: self._change_option(name, on))

    def _grid(self, widgets: list[QWidget], columns: int) -> QWidget:
        page, grid = QWidget(), QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(self._look.px(GAP))
        for k, widget in enumerate(widgets):
            widget.setMinimumHeight(self._look.px(60))
            grid.addWidget(widget, k // columns, k % columns)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        page.setLayout(grid)
        return page

    # --- what is shown

    def show_plan(self, plan: ChartPlan, own: ChartPlan | None) -> None:
        """`own`: as it runs with the line; None: it does not."""
        self._plan = plan
        words = self.words
        self.preset.fill({name: words.say(f"spc.preset.{name}") for name in PRESETS}, plan.rule_set)
        speak = {rule.number: rule for rule in plan.model_copy(update={"rules": ALL_RULES}).spc_rules()}
        for rule in preset(plan.rule_set, ALL_RULES):
            toggle = self.numbers[rule.number]
            toggle.setText(texts.rule_text(speak.get(rule.number, rule), words))
            toggle.set_on(on=rule.number in plan.rules and rule.number in speak)
            toggle.setEnabled(rule.number in speak)
        for name, toggle in self.choices.items():
            said = getattr(plan.options, name)
            toggle.set_on(on=plan.rule_set in _BOTH_SIDES if said is None else said)
        runs = {"": words.say("spc.option.run.own")}
        runs |= {str(n): words.say("spc.option.run.points", count=n) for n in _RUNS}
        self.run.fill(runs, str(plan.options.run or ""))
        same = own is not None and _rules(own) == _rules(plan)
        self.note.setText(words.say("spc.rules.same" if same else "spc.rules.what_if"))
        self.recipe.setEnabled(own is not None and not same)

    def show_alarms(self, found: RunLength | None) -> None:
        """How often the chart alarms without a cause; None: not known for its kind."""
        self.alarms.setText(texts.alarms_text(found, self.words))

    def show_busy(self) -> None:
        """It is being worked out."""
        self.alarms.setText(self.words.say("spc.alarms.busy"))

    # --- what a person changes

    def _chosen(self) -> tuple[int, ...]:
        """Those switched on, and those that this kind of chart passes over."""
        before = self._plan.rules if self._plan is not None else ()
        return tuple(
            n for n, toggle in self.numbers.items() if (toggle.isChecked() if toggle.isEnabled() else n in before)
        )

    def _change(self, **said: object) -> None:
        if self._plan is not None:
            self.changed.emit(self._plan.model_copy(update=said))

    def _change_option(self, name: str, value: object) -> None:
        if self._plan is None:
            return
        if name == "run":
            value = int(self.run.value) if self.run.value else None
        self._change(options=self._plan.options.model_copy(update={name: value}))


def _rules(plan: ChartPlan) -> tuple[object, ...]:
    return plan.rule_set, tuple(sorted(plan.rules)), plan.options
