"""One question of the workbench and its answer: which chart of which parts, and what it says. No widget.

Promises: parts that were read are kept and not read again while only the way of charting them changes.
May import: hmi.station, storage, inference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hmi.station.history_analysis import Analysis, analyse
from hmi.station.history_charts import HistoryChart, charts_of
from hmi.station.history_query import (
    ChartRecord,
    ChartSelection,
    ChartWish,
    SelectedParts,
    known_characteristics,
    select,
)
from inference.pipeline.decisions import ChartDecision
from storage.counts import CharacteristicInfo


@dataclass(frozen=True, slots=True)
class BenchQuestion:
    """What is to be shown."""

    selection: ChartSelection
    wish: ChartWish
    group: str = ""
    """Which of the split's charts; the first where there is no such one."""
    version: int = 1
    """Of the snapshots."""


@dataclass(frozen=True, slots=True, eq=False)
class BenchAnswer:
    """What is shown."""

    question: BenchQuestion
    selected: SelectedParts
    known: tuple[CharacteristicInfo, ...]
    charts: tuple[HistoryChart, ...]
    chart: HistoryChart | None
    """The one that is shown; None: there is no reading."""
    analysis: Analysis | None

    def with_decision(self, decision: ChartDecision) -> BenchAnswer:
        """With a decision that the record does not have yet."""
        seq = decision.seq or self.selected.newest_seq + 1
        return replace(self, selected=self.selected.with_decision(replace(decision, seq=seq)))


def answer(
    record: Callable[[], ChartRecord],
    question: BenchQuestion,
    before: BenchAnswer | None,
    walked: Callable[[int, int], bool] | None = None,
) -> BenchAnswer:
    """Read where something else is asked for than `before`, and chart. `record` is opened only to read.

    Raises SpcError for what cannot be charted, StorageError for what cannot be read.
    """
    if before is not None and before.question.selection == question.selection:
        selected, known = before.selected, before.known
    else:
        reader = record()
        selected, known = select(reader, question.selection, walked), known_characteristics(reader)
    charts = charts_of(selected, question.wish, question.version)
    chart = next((chart for chart in charts if chart.name == question.group), charts[0] if charts else None)
    info = selected.info
    limits = (None, None) if info is None or question.wish.residuals else (info.lower, info.upper)
    return BenchAnswer(question, selected, known, charts, chart, analyse(chart, *limits) if chart is not None else None)
