"""The agreement study's result on one page: the verdict in words, the figures with their intervals, the parts behind.

May import: PySide6, inference.spc, hmi.window.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from hmi.window.panels.panel import Panel, list_of_texts
from hmi.window.study import Study
from hmi.window.study_text import disagreements, figures
from hmi.window.theme import GAP, Look
from inference.spc.measurement.agreement import AttributeStudy


class StudyResult(Panel):
    """Of one study."""

    save_asked = Signal()

    def __init__(self, look: Look, study: Study, result: AttributeStudy) -> None:
        words = look.words
        super().__init__(look, words.say(f"study.verdict.{result.verdict}"), no="panel.close")
        facts = {"parts": result.parts, "passes": result.passes, "wrong": len(disagreements(study, result, words))}
        self.body.addWidget(self.label(words.say("study.result", **facts), "caption"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(look.px(2 * GAP))
        grid.setVerticalSpacing(look.px(2))
        for row, figure in enumerate(figures(result, words)):
            texts = (
                (words.say(f"study.{figure.name}"), "caption"),
                (figure.value, "figure"),
                (figure.interval, "caption"),
            )
            for column, (text, role) in enumerate(texts):
                grid.addWidget(self.label(text, role), row, column)
        for column, share in enumerate((4, 4, 5)):
            grid.setColumnStretch(column, share)
        self.body.addLayout(grid)
        self.list = list_of_texts()
        lines = disagreements(study, result, words)
        for line in lines or (words.say("study.all_right"),):
            self.list.addItem(line)
        self.body.addWidget(self.list, 1)
        self.note = self.label(words.say("study.recorded"), "caption")
        self.body.addWidget(self.note)
        self.save = self.button(words.say("study.save"), self.save_asked.emit)
        self.buttons.removeWidget(self.save)
        self.buttons.insertWidget(0, self.save)

    def first_field(self) -> QWidget:
        """The parts."""
        return self.list

    def tell(self, text: str) -> None:
        """Say what became of it."""
        self.note.setText(text)
