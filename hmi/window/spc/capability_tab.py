"""How capable the process is: histogram, indices with intervals, and the conditions under which they mean something.

Promises: no index without its interval and its conditions; where there is none it says why and what to do.
May import: PySide6, hmi.station.history_analysis, hmi.window.
"""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from hmi.station.history_analysis import Analysis
from hmi.window.spc import texts
from hmi.window.spc.histogram_view import HistogramShown, HistogramView
from hmi.window.theme import GAP, TEXT, Look
from inference.spc.capability.indices import Index

_ROWS = {"within": ("Cp", "Cpk"), "overall": ("Pp", "Ppk")}


class CapabilityTab(QWidget):
    """For one chart."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self.words = look, look.words
        self.histogram = HistogramView(look)
        self.indices = {
            name: (self._label("value", wrap=False), self._label("caption", wrap=False))
            for names in _ROWS.values()
            for name in names
        }
        self.lines, self.conditions, self.missing = self._label("caption"), self._label(""), self._label("why")
        self._picture, self._figures = QWidget(), QWidget()
        self._lay_out()

    def _label(self, role: str, *, wrap: bool = True) -> QLabel:
        label = QLabel()
        label.setObjectName(role)
        label.setWordWrap(wrap)
        if role == "value":
            label.setFont(self._look.font(TEXT, bold=True))
            label.setStyleSheet(f"font-size: {self._look.px(TEXT)}px; font-weight: bold;")
        return label

    def _lay_out(self) -> None:
        px = self._look.px
        grid = QGridLayout(self._figures)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(px(2 * GAP))
        grid.setVerticalSpacing(0)
        for row, (kind, names) in enumerate(_ROWS.items()):
            title = self._label("caption", wrap=False)
            title.setText(self.words.say(f"spc.cap.{kind}"))
            grid.addWidget(title, 2 * row, 0)
            for column, name in enumerate(names, 1):
                for below, label in enumerate(self.indices[name]):
                    grid.addWidget(label, 2 * row + below, column)
        head = QHBoxLayout(self._picture)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(px(2 * GAP))
        head.addWidget(self.histogram, 1)
        head.addWidget(self._figures)
        self.histogram.setMinimumHeight(px(100))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addWidget(self._picture, 100)
        for label in (self.lines, self.missing, self.conditions):
            column.addWidget(label)
        column.addStretch()

    def show_analysis(self, analysis: Analysis) -> None:
        """What one chart says."""
        words, found = self.words, analysis.capability
        self.histogram.show_content(HistogramShown(analysis))
        self._picture.setVisible(analysis.histogram is not None)
        self._figures.setVisible(found is not None)
        within, overall = (found.within, found.overall) if found is not None else (None, None)
        self._show_index("Cp", within.cp if within else None)
        self._show_index("Cpk", within.cp_k if within else None)
        self._show_index("Pp", overall.cp if overall else None)
        self._show_index("Ppk", overall.cp_k if overall else None)
        reason = analysis.no_capability
        measured = analysis.process is not None
        self._say(self.lines, texts.process_lines(analysis, words))
        self._say(self.missing, [] if reason is None else [words.say(f"spc.no_capability.{reason.value}")])
        self._say(self.conditions, texts.conditions(analysis, words) if measured else [])

    @staticmethod
    def _say(label: QLabel, lines: list[str]) -> None:
        label.setText("\n".join(lines))
        label.setVisible(bool(lines))

    def _show_index(self, name: str, index: Index | None) -> None:
        number, reach = texts.index_text(index, self.words)
        value, interval = self.indices[name]
        value.setText(self.words.say("spc.index", name=name, value=number))
        interval.setText(reach)
