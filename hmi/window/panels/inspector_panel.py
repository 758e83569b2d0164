"""SPC of the inspector itself: did the process move, the light or camera, or the model? With the charts behind it.

The reading on top rests on the live charts and on those made of the record here; where both have one of a
characteristic, the live one speaks.
Promises: the record is read on a job's thread; what signals is what the charts signal.
May import: PySide6, inference.pipeline, hmi.window.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QWidget

from hmi.window.inspector_record import MEANS, RATES, InspectorRecord, read_inspector
from hmi.window.jobs import Errands
from hmi.window.panels.choice import Choice
from hmi.window.panels.record_panel import RecordPanel
from hmi.window.ranges import RANGES, Ranges
from hmi.window.session import RecordReader
from hmi.window.theme import GAP, Look
from hmi.window.views.chart_view import ChartView
from hmi.window.views.score_view import ScoreView, histogram
from inference.pipeline.diagnosis import Diagnosis, diagnose
from inference.pipeline.snapshot import ChartSnapshot

SCORES = "score"
_SUBJECTS = (SCORES, *RATES, *MEANS)
_COLUMNS = 4
_versions = count(1)


class InspectorPanel(RecordPanel):
    """The reading, and one chart at a time."""

    part_asked = Signal(int)
    """Sequence number."""

    def __init__(
        self,
        look: Look,
        errands: Errands,
        history: Callable[[], RecordReader] | None,
        ranges: Ranges,
        live: Callable[[], tuple[ChartSnapshot, ...]],
    ) -> None:
        """`live`: the line's charts now."""
        super().__init__(look, look.words.say("inspector.title"), errands, history)
        words = look.words
        self._ranges, self._live = ranges, live
        self._record: tuple[ChartSnapshot, ...] = ()
        self._told: Diagnosis | None = None
        self.reading = self.label("", "why")
        self.todo = self.label("", "caption")
        self.range = Choice(look, {name: words.say(f"range.{name}") for name in RANGES}, len(RANGES), RANGES[0])
        self.range.changed.connect(lambda _: self._read())
        self.subject = Choice(look, {name: words.name(name) for name in _SUBJECTS}, _COLUMNS, SCORES)
        self.subject.changed.connect(self._show_subject)
        self.scores = ScoreView(look)
        self.chart = ChartView(look)
        self.chart.point_chosen.connect(self.part_asked)
        self.place = QStackedWidget()
        self.place.addWidget(self.scores)
        self.place.addWidget(self.chart)
        head = QGridLayout()
        head.setSpacing(look.px(GAP / 2))
        head.addWidget(self.reading, 0, 0)
        head.addWidget(self.todo, 1, 0)
        self.body.addLayout(head)
        self.body.addWidget(self.range)
        self.body.addWidget(self.subject)
        self.body.addWidget(self.place, 1)
        self.buttons.insertLayout(0, self.foot, 1)
        self._read()

    def first_field(self) -> QWidget:
        """What is shown."""
        return self.subject.buttons[SCORES]

    def confirm(self) -> None:
        """Enter shows what the chosen subject is; the chart has an Enter of its own."""
        button = next((b for b in self.subject.buttons.values() if b.hasFocus()), None)
        if button is not None:
            button.setChecked(True)

    def beat(self) -> None:
        """The live charts have moved on."""
        super().beat()
        self._tell_reading()

    def _read(self) -> None:
        filters, version = self._ranges.filters(self.range.chosen or RANGES[0]), next(_versions)
        self.ask(lambda reader, walked: read_inspector(reader, filters, walked, version), self._show)

    def _show(self, found: InspectorRecord) -> None:
        self._record = found.charts
        self.scores.show_content(histogram(found.scores, found.threshold, self.words.say("inspector.empty")))
        self._tell_reading()
        self._show_subject(self.subject.chosen or SCORES)

    def _show_subject(self, subject: str) -> None:
        chart = self._chart_of(subject)
        self.place.setCurrentWidget(self.scores if chart is None else self.chart)
        if chart is not None:
            self.chart.show_chart(chart)
        self._tell_points(chart)

    def _chart_of(self, subject: str) -> ChartSnapshot | None:
        return next((chart for chart in self._record if chart.characteristic == subject), None)

    def _tell_points(self, chart: ChartSnapshot | None) -> None:
        words = self.words
        if chart is None:
            self.tell(words.say("inspector.scores") if self.scores.content.counts else "")
        elif not len(chart.values):
            self.tell(words.say("inspector.not_measured", name=words.name(chart.characteristic)))
        else:
            self.tell(words.say("inspector.points", count=chart.subgroup))

    def _tell_reading(self) -> None:
        live = self._live()
        own = {chart.characteristic for chart in live if chart.baseline_version is not None and len(chart.values)}
        charts = (*live, *(chart for chart in self._record if chart.characteristic not in own))
        told = diagnose(charts)
        if told == self._told:
            return
        self._told = told
        words, names = self.words, {chart.key: words_of(chart, self.words.name) for chart in charts}
        signalling = ", ".join(dict.fromkeys(names[key] for key in told.signalling))
        self.reading.setText(words.say(f"diagnosis.{told.finding}"))
        self.todo.setText(
            " ".join(filter(None, [words.say(f"diagnosis.{told.finding}.do"), self._signals(signalling)]))
        )
        self._mark_subjects({chart.characteristic for chart in charts if chart.key in told.signalling})

    def _signals(self, names: str) -> str:
        return self.words.say("inspector.signals", names=names) if names else ""

    def _mark_subjects(self, signalling: set[str]) -> None:
        """A mark besides the name of what signals: never colour alone, and grey while it does not."""
        for name, button in self.subject.buttons.items():
            text = f"▲ {self.words.name(name)}" if name in signalling else self.words.name(name)
            if button.text() != text:
                button.setText(text)
                button.setProperty("signals", name in signalling)


def words_of(chart: ChartSnapshot, name: Callable[[str], str]) -> str:
    """A chart by its characteristic, and by its cavity where it has one."""
    return " ".join(filter(None, (name(chart.characteristic), chart.cavity)))
