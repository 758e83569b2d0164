"""Readings of a chart out of recorded parts, in columns: the same that the live chart takes of them one by one.

What a chart takes of a part stands in the table of `inference.pipeline.readings`; here it is done for a million parts
at once. Parts may be split among several charts (by lot, cavity, …): where parts of another one lay in between, no
pattern reaches across, except between the cavities of one tool, which take turns.

Promises: the readings of all parts of a recipe, unsplit or by cavity, equal those of the live chart, number for number.
May import: numpy, inference, storage.series, hmi.station.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hmi.station.history_query import ChartWish, SelectedParts, Split
from hmi.station.shifts import shifts_of
from inference.chart_plan import COUNTED, SUMMED, ChartPlan
from inference.pipeline.readings import count_of, logit, value_of
from inference.pipeline.sources import parts_of_point
from inference.spc.limits import LARGEST, Floats
from inference.spc.subgroup import Spread, summarise_all
from inference.spc.violations import Bools, Ints
from storage.series import OK, Series

_BY_RANGE = frozenset({None, "Rbar/d2", "UWAVE-R", "MVLUE-R"})
MOST_GROUPS = 60
"""Charts of a split: of more lots than that the newest are shown."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadingColumns:
    """The readings of one chart. All arrays have shape [n], one entry a reading, oldest first."""

    first_number: int
    """Of the first reading, as the live chart counts."""
    seq: Ints
    """Of the (last) part behind a reading."""
    utc_s: Floats
    value: Floats
    """NaN for a gap."""
    size: Floats
    """Parts counted or measured behind a reading; 0 where there is none."""
    spread: Floats
    """Of a mean: range or deviation of its subgroup; else NaN."""
    broken: Bools
    """Something else ran since the reading before."""
    parts: Floats
    """Shape [m]: the single values behind the readings (NaN: missing), for capability."""
    part_of: Ints
    """Shape [m]: which reading each belongs to."""


def groups_of(selected: SelectedParts, wish: ChartWish) -> tuple[tuple[str, Ints], ...]:
    """Name and places of the parts of each chart of the split, in the order in which they first occur."""
    series = selected.series
    every = np.arange(len(series))
    if wish.split is Split.NONE:
        return (("", every),)
    names, index = _labels(series, wish)
    order = np.argsort(index, kind="stable")
    pieces = np.split(order, np.flatnonzero(np.diff(index[order])) + 1)
    found = [(names[int(index[piece[0]])], piece) for piece in pieces if len(piece)]
    return tuple(sorted(found, key=lambda group: int(group[1][0])))[-MOST_GROUPS:]


def _labels(series: Series, wish: ChartWish) -> tuple[tuple[str, ...], Ints]:
    """Names, and which each part has."""
    if wish.split is Split.CAVITY:
        return _cavities(series, wish)
    if wish.split is Split.SHIFT:
        starts = wish.shifts.starts
        ends = (*starts[1:], starts[0])
        names = tuple(f"{start}–{end}" for start, end in zip(starts, ends, strict=True))
        return names, shifts_of(wish.shifts, series.utc_s).shift
    labels = {Split.PRODUCT: series.product, Split.LOT: series.lot, Split.OPERATOR: series.operator}[wish.split]
    return labels.names, labels.index.astype(np.int64)


def _cavities(series: Series, wish: ChartWish) -> tuple[tuple[str, ...], Ints]:
    cavities = wish.cavities
    if not cavities.names:
        return ("",), np.zeros(len(series), np.int64)
    names = (*cavities.names, "")
    if not cavities.serial_pattern:
        return names, (series.seq - 1) % len(cavities.names)
    of_serial = np.array([names.index(cavities.of(1, serial)) for serial in series.serial.names] or [0], np.int64)
    return names, of_serial[series.serial.index]


def span_of(wish: ChartWish) -> int:
    """Over how many sequence numbers a point of parts in subgroups reaches; otherwise 1."""
    return parts_of_point(wish.plan, wish.cavities if wish.split is Split.CAVITY else None)


def readings_of(selected: SelectedParts, wish: ChartWish, at: Ints) -> ReadingColumns:
    """The readings of the parts at these places. Raises SpcError for what this kind of chart cannot take."""
    plan, series = wish.plan, selected.series
    value = part_values(plan, series)[at]
    jumps = np.cumsum(np.diff(series.seq, prepend=series.seq[:1]) > 1, dtype=np.int64)[at]
    scattered = plan.kind == "g" or (wish.split is Split.CAVITY and not plan.grouped)
    parts = _Parts(series.seq[at], series.utc_s[at], value, jumps, scattered=scattered)
    if plan.kind == "g":
        return _between(parts)
    if not plan.grouped:
        return _singles(parts)
    in_turn = wish.split is Split.CAVITY and not wish.cavities.serial_pattern
    step = max(len(wish.cavities.names), 1) if in_turn else 1
    return _subgroups(parts, selected, plan, _Borders(span_of(wish), step))


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """The parts of one chart as columns."""

    seq: Ints
    utc_s: Floats
    value: Floats
    jumps: Ints
    """How often something else ran up to each part."""
    scattered: bool
    """Parts of others in between are no break."""

    def broken(self, numbers: Ints, told: Ints) -> Bools:
        """Where something else ran before a reading; `told`: places of the parts with which readings are complete."""
        if self.scattered:
            return np.diff(self.jumps[told], prepend=self.jumps[told][:1]) > 0
        return np.diff(numbers, prepend=numbers[:1] - 1) != 1


def part_values(plan: ChartPlan, series: Series) -> Floats:
    """What a chart of this plan takes of each part, float64[n]; NaN: nothing. Raises SpcError as `readings_of`."""
    name = plan.characteristic
    if name != "overridden":
        (count_of if plan.kind in COUNTED or plan.kind == "g" else value_of)(plan)
    value = np.where(np.abs(series.value) <= LARGEST, series.value, np.nan)
    if name == "score":  # a NOT_OK part is a special cause, counted by the reject chart
        value[series.machine != OK] = np.nan
    return _logits(value) if plan.transform == "logit" else value


def _logits(value: Floats) -> Floats:
    """One by one, so that every value is the live chart's to the last bit."""
    there = np.flatnonzero(~np.isnan(value))
    found = np.full(len(value), np.nan)
    found[there] = [logit(score) for score in value[there].tolist()]
    return found


def _singles(parts: _Parts) -> ReadingColumns:
    count = len(parts.seq)
    every = np.arange(count)
    first = int(parts.seq[0]) if count and not parts.scattered else 1
    none = np.broadcast_to(np.float64(np.nan), (count,))
    ones = np.broadcast_to(np.float64(1.0), (count,))
    broken = parts.broken(parts.seq, every)
    return ReadingColumns(first, parts.seq, parts.utc_s, parts.value, ones, none, broken, parts.value, every)


def _between(parts: _Parts) -> ReadingColumns:
    """Parts without between parts with; the first of these only begins the count."""
    hits = np.flatnonzero(parts.value > 0.0)
    without = np.cumsum(parts.value == 0.0)
    found, last = hits[1:], hits[:-1]
    value = (without[found] - without[last]).astype(np.float64)
    none, ones = np.full(found.size, np.nan), np.ones(found.size)
    broken = parts.broken(np.arange(found.size), found)
    return ReadingColumns(
        1, parts.seq[found], parts.utc_s[found], value, ones, none, broken, value, np.arange(found.size)
    )


@dataclass(frozen=True, slots=True)
class _Borders:
    """Subgroup k holds the sequence numbers (k - 1) `span` + 1 to k `span`; every `step`-th of them is its own."""

    span: int
    step: int

    def numbers(self, seq: Ints) -> Ints:
        """The subgroup of each part."""
        return (seq - 1) // self.span + 1

    def is_last(self, seq: Ints) -> Bools:
        """Where no later part can be of the same subgroup."""
        return (seq - 1) % self.span + self.step >= self.span


def _subgroups(parts: _Parts, selected: SelectedParts, plan: ChartPlan, borders: _Borders) -> ReadingColumns:
    parts = _whole(parts, selected, borders)
    numbers = borders.numbers(parts.seq)
    begins = np.flatnonzero(np.diff(numbers, prepend=-1))
    ends = np.append(begins[1:], len(numbers)) - 1 if begins.size else begins
    rows = np.cumsum(np.diff(numbers, prepend=numbers[:1]) > 0, dtype=np.int64)
    table = np.full((begins.size, -(-borders.span // borders.step)), np.nan)
    table[rows, (parts.seq - 1) % borders.span // borders.step] = parts.value
    value, size, spread = _summed(table, plan) if plan.kind in SUMMED else _counted(table)
    if plan.short == "gap":
        value = np.where(ends - begins + 1 < plan.subgroup, np.nan, value)
    first = int(numbers[0]) if numbers.size else 1
    broken = parts.broken(numbers[begins], ends)
    seq, utc_s = parts.seq[ends], parts.utc_s[ends]
    return ReadingColumns(first, seq, utc_s, value, size, spread, broken, parts.value, rows)


def _whole(parts: _Parts, selected: SelectedParts, borders: _Borders) -> _Parts:
    """Without the subgroup that began before the selection, and the one that is still filling."""
    numbers = borders.numbers(parts.seq)
    keep = np.ones(len(numbers), dtype=np.bool_)
    first = selected.series.seq[:1]
    if first.size and selected.cut_before and int(first[0] - 1) % borders.span:
        keep &= numbers != borders.numbers(first)[0]
    if len(numbers) and selected.open_after and not borders.is_last(parts.seq[-1:])[0]:
        keep &= numbers != numbers[-1]
    return _Parts(parts.seq[keep], parts.utc_s[keep], parts.value[keep], parts.jumps[keep], scattered=parts.scattered)


def _summed(table: Floats, plan: ChartPlan) -> tuple[Floats, Floats, Floats]:
    by_range = plan.kind == "r" or (plan.kind == "xbar" and plan.settings.sigma_method in _BY_RANGE)
    spread: Spread = "range" if by_range else "deviation"
    groups = summarise_all(table, spread)
    sizes = np.ascontiguousarray(groups.sizes)
    if plan.kind == "xbar":
        return groups.means, sizes, groups.spreads
    return groups.spreads, sizes, np.full(len(table), np.nan)


def _counted(table: Floats) -> tuple[Floats, Floats, Floats]:
    there = ~np.isnan(table)
    counts = np.where(there, table, 0.0).sum(axis=1)
    return counts, there.sum(axis=1).astype(np.float64), np.full(len(table), np.nan)


def each_group(selected: SelectedParts, wish: ChartWish) -> Iterator[tuple[str, ReadingColumns]]:
    """Name and readings of each chart. Raises SpcError as `readings_of`."""
    for name, at in groups_of(selected, wish):
        yield name, readings_of(selected, wish, at)
