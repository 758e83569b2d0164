"""The workbench's head: which chart, which kind of it, of which parts, split by what.

Promises: what is chosen here is whole: a chart that runs with the line has its recipe's plan; of others rules and
settings stay as they are while the kind changes.
May import: PySide6, hmi.station, inference, storage, hmi.window.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hmi.station.history_query import ChartSelection, Split
from hmi.window.spc import choices
from hmi.window.spc.choices import ChartChoice
from hmi.window.spc.desk import BenchDesk
from hmi.window.spc.fields import Picker
from hmi.window.theme import GAP, Look
from inference.chart_plan import ChartKind, ChartPlan
from storage.counts import CharacteristicInfo

_RANGE = "1000"


class BenchHead(QWidget):
    """Four pickers."""

    parts_changed = Signal()
    """Other parts are wanted: another characteristic or another range."""
    way_changed = Signal()
    """The same parts in another chart."""

    def __init__(self, look: Look, desk: BenchDesk) -> None:
        super().__init__()
        self.words = look.words
        self._desk = desk
        self._choices = choices.chart_choices(desk.recipe, ())
        self.plan = self._choices[0].plan
        """What is charted now."""
        say = look.words.say
        self.chart, self.kind, self.range, self.split = (
            Picker(look, say(f"spc.{name}")) for name in ("chart", "kind", "range", "split")
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(GAP))
        for picker, share in ((self.chart, 10), (self.kind, 8), (self.range, 8), (self.split, 9)):
            row.addWidget(picker, share)
        self.chart.picked.connect(self._choose_chart)
        self.kind.picked.connect(self._choose_kind)
        self.range.picked.connect(lambda _code: self.parts_changed.emit())
        self.split.picked.connect(lambda _code: self.way_changed.emit())
        self.range.fill({code: self._range_name(code) for code in choices.RANGES}, _RANGE)
        splits = choices.splits_for(desk.recipe)
        self.split.fill({split.value: say(f"spc.split.{split.value}") for split in splits}, Split.NONE.value)
        self._fill()

    # --- what is chosen

    @property
    def split_by(self) -> Split:
        """By what the parts are split."""
        return Split(self.split.value)

    def own(self) -> ChartPlan | None:
        """The chosen chart as it runs with the line; None: it does not."""
        return next((choice.plan for choice in self._choices if choice.live and choice.key == self.plan.key), None)

    def selection(self) -> ChartSelection:
        """The parts that are chosen now."""
        recipe = self._desk.recipe
        name = recipe.name if recipe is not None and self.own() is not None else ""
        now_s = self._desk.clock.now().utc.timestamp()
        return choices.selection_of(self.range.value, self.plan, name, self._desk.shifts, now_s)

    def set_known(self, known: Sequence[CharacteristicInfo]) -> None:
        """What was measured, as the record says."""
        self._choices = choices.chart_choices(self._desk.recipe, known)
        self._fill()

    def set_plan(self, plan: ChartPlan) -> None:
        """The same chart with other rules."""
        self.plan = plan

    # --- what a person changes

    def _choose_chart(self, key: str) -> None:
        chosen = next((choice for choice in self._choices if choice.key == key), None)
        if chosen is not None:
            self.plan = chosen.plan
            self._split_as_it_runs()
            self.parts_changed.emit()

    def _choose_kind(self, kind: str) -> None:
        made = choices.plan_for(self.plan.characteristic, cast("ChartKind", kind), self.plan)
        self.plan = made
        self.plan = self.own() or made
        self._split_as_it_runs()
        self.parts_changed.emit()

    def _split_as_it_runs(self) -> None:
        own = self.own()
        if own is not None and own.by == "cavity":
            self.split.setCurrentIndex(max(0, self.split.findData(Split.CAVITY.value)))

    # --- the lists

    def _fill(self) -> None:
        words, plan = self.words, self.plan
        key = plan.key if any(choice.key == plan.key for choice in self._choices) else self._of_characteristic()
        short = {choice.key: words.name(choice.plan.characteristic) for choice in self._choices}
        self.chart.fill({choice.key: self._chart_name(choice) for choice in self._choices}, key, short)
        kinds = dict.fromkeys((*choices.kinds_for(plan.characteristic), plan.kind))
        self.kind.fill({kind: words.say(f"spc.kind.{kind}") for kind in kinds}, plan.kind)

    def _of_characteristic(self) -> str:
        name = self.plan.characteristic
        return next((choice.key for choice in self._choices if choice.plan.characteristic == name), "")

    def _chart_name(self, choice: ChartChoice) -> str:
        words = self.words
        name = words.name(choice.plan.characteristic)
        if not choice.live:
            return name
        return words.say("spc.live", name=f"{name} · {words.say(f'spc.kind.{choice.plan.kind}')}")

    def _range_name(self, code: str) -> str:
        if code.isdigit():
            return self.words.say("spc.range.last", count=int(code))
        return self.words.say(f"spc.range.{code}")
