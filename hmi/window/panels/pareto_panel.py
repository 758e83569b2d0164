"""Which defects come most often, or which causes were given most often; a bar leads to the parts behind it.

Promises: the record is read on a job's thread; a bar shows its newest part first, then the older ones by key or button.
May import: PySide6, inference, storage, hmi.window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from hmi.window.causes import cause_text, given
from hmi.window.jobs import Errands
from hmi.window.panels.choice import Choice
from hmi.window.panels.record_panel import RecordPanel, Walked
from hmi.window.ranges import RANGES, Ranges
from hmi.window.session import RecordReader
from hmi.window.theme import Look
from hmi.window.views.pareto_view import ParetoBar, ParetoContent, ParetoView
from hmi.window.words import DASH
from inference.spc.pareto import pareto

KINDS = ("defects", "causes")
Counted = Sequence[tuple[str, int, tuple[int, ...]]]
"""Name, count, the parts behind it in ascending order."""
_STEP = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class ParetoPanel(RecordPanel):
    """Bars of defects or of causes in a range of the record."""

    part_asked = Signal(int)
    """Sequence number."""

    def __init__(
        self,
        look: Look,
        errands: Errands,
        history: Callable[[], RecordReader] | None,
        recipe: str,
        ranges: Ranges,
    ) -> None:
        super().__init__(look, look.words.say("pareto.title"), errands, history)
        words = look.words
        self._recipe, self._ranges = recipe, ranges
        self.kind = Choice(look, {kind: words.say(f"pareto.{kind}") for kind in KINDS}, len(KINDS), KINDS[0])
        self.range = Choice(look, {name: words.say(f"range.{name}") for name in RANGES}, len(RANGES), RANGES[0])
        self.view = ParetoView(look)
        self._at = 0
        """Which part of the chosen bar is shown, counted from its oldest."""
        for choice in (self.kind, self.range):
            choice.changed.connect(lambda _: self._read())
            self.body.addWidget(choice)
        self.view.bar_asked.connect(self.confirm)
        self.view.moved.connect(self._tell_bar)
        self.body.addWidget(self.view, 1)
        self.body.addLayout(self.foot)
        self.older = self.button(f"←  {words.say('pareto.older')}", lambda: self.step(-1))
        self.newer = self.button(f"{words.say('pareto.newer')}  →", lambda: self.step(1))
        for place, button in enumerate((self.older, self.newer)):
            self.buttons.removeWidget(button)
            self.buttons.insertWidget(place, button)
        self._read()

    def first_field(self) -> QWidget:
        """The bars."""
        return self.view

    def confirm(self) -> None:
        """Enter: the newest part of the chosen bar."""
        bar = self.view.chosen
        if bar is None:
            self.view.choose(0 if self.view.bars() else None)
            bar = self.view.chosen
        if bar is not None and bar.seqs:
            self._show_part(bar, len(bar.seqs) - 1)

    def step(self, by: int) -> None:
        """To an older or a newer part of the chosen bar."""
        bar = self.view.chosen
        if bar is None or not bar.seqs:
            self.confirm()
            return
        self._show_part(bar, min(max(self._at + by, 0), len(bar.seqs) - 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right go through the parts of a bar."""
        step = _STEP.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.step(step)

    def _show_part(self, bar: ParetoBar, at: int) -> None:
        self._at = at
        seq = bar.seqs[at]
        place = {"name": bar.name, "place": len(bar.seqs) - at, "count": len(bar.seqs), "seq": seq}
        self.tell(self.words.say("pareto.part", **place))
        self._offer()
        self.part_asked.emit(seq)

    def _tell_bar(self) -> None:
        bar = self.view.chosen
        self._at = len(bar.seqs) if bar is not None else 0
        self._offer()
        if bar is not None:
            self.tell(self.words.say("pareto.bar", name=bar.name, count=len(bar.seqs)))

    def _offer(self) -> None:
        bar = self.view.chosen
        self.older.setEnabled(bar is not None and self._at > 0)
        self.newer.setEnabled(bar is not None and self._at < len(bar.seqs) - 1)

    def _read(self) -> None:
        self.view.show_content(ParetoContent())
        self._offer()
        name, kind = self.range.chosen or RANGES[0], self.kind.chosen
        filters, began, recipe = self._ranges.filters(name), self._ranges.began(name), self._recipe

        def defects(reader: RecordReader, walked: Walked) -> Counted:
            return [
                (found.label, found.count, tuple(found.seq.tolist())) for found in reader.defect_counts(filters, walked)
            ]

        def causes(reader: RecordReader, _: Walked) -> Counted:
            seqs: dict[str, list[int]] = {}
            for decision in reversed(given(reader.decisions(recipe))):
                if began is None or decision.at.utc >= began:
                    seqs.setdefault(str(decision.content.get("cause") or DASH), []).append(decision.seq)
            return [(code, len(of), tuple(sorted(set(of)))) for code, of in seqs.items()]

        self.ask(causes if kind == "causes" else defects, lambda counted: self._show(kind or KINDS[0], counted))

    def _show(self, kind: str, counted: Counted) -> None:
        words = self.words
        ordered = pareto([name for name, _, _ in counted], [count for _, count, _ in counted])
        seqs: Mapping[str, tuple[int, ...]] = {name: of for name, _, of in counted}
        bars = tuple(
            ParetoBar(
                cause_text(row.category, words) if kind == "causes" else words.name(row.category),
                int(row.count),
                (row.pct or 0.0) / 100.0,
                (row.cum_pct or 0.0) / 100.0,
                seqs[row.category],
            )
            for row in ordered.rows
        )
        self.view.show_content(ParetoContent(bars, None, words.say(f"pareto.empty.{kind}")))
        self._offer()
        if bars:
            few = ", ".join(bar.name for bar in bars[: len(ordered.vital_few())])
            self.tell(words.say("pareto.few", names=few, total=int(ordered.total)))
