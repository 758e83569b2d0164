"""How capable the process is: histogram, indices with intervals, and the conditions under which they mean something.

Promises: no index without its interval and its conditions; where there is none it says why and what to do.
May import: PySide6, hmi.station.history_analysis, hmi.window.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from hmi.station.history_analysis import Analysis
from hmi.window.spc import texts
from hmi.window.spc.fields import Toggle
from hmi.window.spc.histogram_view import HistogramShown, HistogramView
from hmi.window.theme import GAP, Look
from inference.spc.capability.indices import Index

_INDICES = (("Cp", "Cpk"), ("Pp", "Ppk"))


class CapabilityTab(QWidget):
    """For one chart."""

    residuals_asked = Signal(bool)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self.words = look, look.words
        self.histogram = HistogramView(look)
        self.indices = {name: (self._label("title"), self._label("caption")) for row in _INDICES for name in row}
        self.lines, self.conditions = self._label("caption"), self._label("caption")
        self.missing = self._label("why")
        self.residuals = Toggle(look.words.say("spc.residuals"))
        self.residuals.toggled.connect(self.residuals_asked)
        self._figures = QWidget()
        self._lay_out()

    def _label(self, role: str) -> QLabel:
        label = QLabel()
        label.setObjectName(role)
        label.setWordWrap(role != "title")
        return label

    def _lay_out(self) -> None:
        px = self._look.px
        grid = QGridLayout(self._figures)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(px(2))
        for row, names in enumerate(_INDICES):
            for column, name in enumerate(names):
                value, interval = self.indices[name]
                grid.addWidget(value, 2 * row, column)
                grid.addWidget(interval, 2 * row + 1, column)
        head = QHBoxLayout()
        head.setSpacing(px(2 * GAP))
        head.addWidget(self.histogram, 1)
        head.addWidget(self._figures, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.conditions, 3)
        foot.addWidget(self.residuals, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(GAP))
        column.addLayout(head, 1)
        column.addWidget(self.lines)
        column.addWidget(self.missing)
        column.addLayout(foot)

    def show_analysis(self, analysis: Analysis, *, residuals: bool) -> None:
        """What one chart says."""
        words, found = self.words, analysis.capability
        self.histogram.show_content(HistogramShown(analysis))
        self.histogram.setVisible(analysis.histogram is not None)
        self._figures.setVisible(found is not None)
        within, overall = (found.within, found.overall) if found is not None else (None, None)
        pairs = {
            "Cp": within.cp if within else None,
            "Cpk": within.cp_k if within else None,
            "Pp": overall.cp if overall else None,
            "Ppk": overall.cp_k if overall else None,
        }
        for name, index in pairs.items():
            self._show_index(name, index)
        self.lines.setText("\n".join(texts.process_lines(analysis, words)))
        reason = analysis.no_capability
        self.missing.setText("" if reason is None else words.say(f"spc.no_capability.{reason.value}"))
        self.missing.setVisible(reason is not None)
        measured = analysis.process is not None
        self.conditions.setText("\n".join(texts.conditions(analysis, words)) if measured else "")
        self.residuals.setEnabled(residuals or (measured and analysis.dependent))
        self.residuals.set_on(on=residuals)

    def _show_index(self, name: str, index: Index | None) -> None:
        value, interval = self.indices[name]
        number, reach = texts.index_text(index, self.words)
        value.setText(self.words.say("spc.index", name=name, value=number))
        kind = "within" if name.startswith("C") else "overall"
        interval.setText(f"{reach} · {self.words.say(f'spc.cap.{kind}')}" if reach else "")
