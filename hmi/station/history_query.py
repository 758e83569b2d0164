"""What a person wants to see of the recorded process: which parts, in which chart, against which limits.

    ChartSelection ── which parts are read from the record (`select`) ──→ SelectedParts
    ChartWish      ── how they are charted (`history_charts.charts_of`), again and again without reading anew

Promises: plain values; reading stops where `progress` says so; the parts selected are those of the station whose record
it is, oldest first.
May import: numpy, inference, storage, hmi.station.shifts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

import numpy as np

from hmi.station.shifts import ShiftPlan
from inference.chart_plan import Cavities, ChartPlan
from inference.pipeline.decisions import ChartDecision
from storage.counts import CharacteristicInfo
from storage.filters import Filters
from storage.history import PartLine
from storage.series import COMPUTED, Ints, Labels, Series
from storage.windows import Progress

_ALL = Filters()
_LOOKED_AT = 2000
"""Newest parts whose measurements say which characteristics there are, with their unit and spec limits."""


class Split(StrEnum):
    """One chart for all parts, or one for each …"""

    NONE = "none"
    PRODUCT = "product"
    LOT = "lot"
    CAVITY = "cavity"
    SHIFT = "shift"
    """The shift of the day: early, late, night."""
    OPERATOR = "operator"


class LimitsFrom(StrEnum):
    """Where limits come from."""

    DECIDED = "decided"
    """As on the live chart: the recipe's, the baselines frozen on record, or learned."""
    SHOWN = "shown"
    """Estimated from the points shown, stage by stage."""


class ChartRecord(Protocol):
    """What is asked of the record (`storage.history.History`)."""

    def recent(
        self, limit: int = 100, offset: int = 0, filters: Filters = ..., *, before_seq: int | None = None
    ) -> tuple[PartLine, ...]:
        """Parts, newest first."""
        ...

    def series(self, characteristic: str, filters: Filters = ..., progress: Progress | None = None) -> Series:
        """One characteristic of all parts that the filters leave, oldest first."""
        ...

    def characteristics(
        self, filters: Filters = ..., progress: Progress | None = None
    ) -> tuple[CharacteristicInfo, ...]:
        """What was measured, by name."""
        ...

    def decisions(self, recipe: str, chart: str | None = None) -> tuple[ChartDecision, ...]:
        """What people decided about the charts of this recipe, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class ChartSelection:
    """Which parts."""

    characteristic: str
    """As of a `ChartPlan`."""
    recipe: str = ""
    """A recipe's name: its parts of all revisions, and people's decisions about its charts. Empty: all parts."""
    filters: Filters = _ALL
    product: str | None = None
    operator: str | None = None
    last: int | None = None
    """At most so many of the newest parts of the record."""


@dataclass(frozen=True, slots=True)
class ChartWish:
    """How the selected parts are charted."""

    plan: ChartPlan
    """Kind, subgroups, rules and settings; for limits as decided also the recipe's baseline."""
    split: Split = Split.NONE
    limits: LimitsFrom = LimitsFrom.DECIDED
    left_out: frozenset[int] = frozenset()
    """Parts whose points are left out besides those that the record says."""
    residuals: bool = False
    """Chart what an autoregressive model leaves of the readings instead of the readings."""
    cavities: Cavities = field(default_factory=Cavities)
    shifts: ShiftPlan = field(default_factory=ShiftPlan)


@dataclass(frozen=True, slots=True, eq=False)
class SelectedParts:
    """What was read: everything that charts of one characteristic need."""

    series: Series
    decisions: tuple[ChartDecision, ...]
    """Of all charts of the recipe, oldest first."""
    info: CharacteristicInfo | None
    """Unit and spec limits; None for what is not measured."""
    cut_before: bool
    """There are older parts that were not selected: a subgroup that began with them is not whole."""
    open_after: bool
    """The newest part of the record is among them: its subgroup may still be filling."""
    newest_seq: int = 0
    """Of the whole record; 0: it is empty."""

    def with_decision(self, decision: ChartDecision) -> SelectedParts:
        """With one more decision, before the record has it."""
        return replace(self, decisions=(*self.decisions, decision))


def select(record: ChartRecord, selection: ChartSelection, progress: Progress | None = None) -> SelectedParts:
    """Read the parts. Raises StorageError, ReadingCancelled where `progress` answered False, sqlite3 errors not."""
    newest = record.recent(1)
    newest_seq = newest[0].seq if newest else 0
    filters = selection.filters
    if selection.last is not None:
        first = max(filters.since_seq or 1, newest_seq - selection.last + 1)
        filters = replace(filters, since_seq=min(first, filters.until_seq or first))
    series = record.series(selection.characteristic, filters, progress)
    series = taken(series, np.flatnonzero(_wanted(series, selection)))
    decisions = record.decisions(selection.recipe) if selection.recipe else ()
    first_seq, last_seq = (int(series.seq[0]), int(series.seq[-1])) if len(series) else (1, 0)
    bounded = filters.since is not None or filters.since_seq is not None
    return SelectedParts(
        series,
        decisions,
        next((info for info in known_characteristics(record) if info.name == selection.characteristic), None),
        cut_before=bounded and first_seq > 1,
        open_after=last_seq == newest_seq,
        newest_seq=newest_seq,
    )


def known_characteristics(record: ChartRecord) -> tuple[CharacteristicInfo, ...]:
    """What was measured on the newest parts, by name; a measured one that shadows a computed one is left out."""
    newest = record.recent(1)
    since = max(1, newest[0].seq - _LOOKED_AT) if newest else 1
    found = record.characteristics(Filters(since_seq=since))
    return tuple(info for info in found if info.name not in COMPUTED)


def taken(series: Series, at: Ints) -> Series:
    """The parts at these places, int64[k], in their order."""
    if len(at) == len(series):
        return series

    def of(labels: Labels) -> Labels:
        return Labels(labels.index[at], labels.names)

    return Series(
        *(series.characteristic, series.seq[at], series.utc_s[at], series.value[at]),
        *(series.machine[at], series.verdict[at]),
        *(of(series.product), of(series.lot), of(series.serial), of(series.recipe), of(series.operator)),
        *(series.score[at], series.duration_ms[at]),
    )


def _wanted(series: Series, selection: ChartSelection) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    wanted = np.ones(len(series), dtype=np.bool_)
    if selection.recipe:
        name = re.compile(re.escape(selection.recipe) + r"( r\d+)?")
        wanted &= _among(series.recipe, [bool(name.fullmatch(text)) for text in series.recipe.names])
    for labels, text in ((series.product, selection.product), (series.operator, selection.operator)):
        if text is not None:
            wanted &= _among(labels, [name == text for name in labels.names])
    return wanted


def _among(labels: Labels, wanted: list[bool]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array(wanted, dtype=np.bool_)[labels.index] if len(labels.index) else np.empty(0, np.bool_)
