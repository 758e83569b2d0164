"""What there is to chart, and how often each defect was found: the lists beside the charts.

Promises: reads the record in windows, like a series; equal to counting the parts one by one.
May import: numpy, sqlite3, storage.filters, storage.series, storage.windows.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np

from storage.filters import Filters
from storage.series import Ints
from storage.windows import Progress, walk_over

_ALL = Filters()
_MEASURED = """SELECT characteristic, count(value), max(inspection)
    FROM results CROSS JOIN measurements ON inspection = record WHERE {} GROUP BY characteristic"""
_NEWEST = """SELECT unit, lower, upper FROM measurements WHERE inspection = ? AND characteristic = ?
    ORDER BY view_number DESC, number DESC LIMIT 1"""
_FOUND = """SELECT d.label, seq FROM defects AS d CROSS JOIN results ON record = d.inspection
    WHERE d.inspection BETWEEN ? AND ? AND {} ORDER BY d.inspection, d.view_number, d.number"""


@dataclass(frozen=True, slots=True)
class CharacteristicInfo:
    """One measured characteristic; unit and spec limits are those of its newest measurement."""

    name: str
    unit: str
    lower: float | None
    upper: float | None
    count: int
    """How many values were measured."""


@dataclass(frozen=True, slots=True)
class DefectCount:
    """One label of defects, as a column of a Pareto chart."""

    label: str
    count: int
    """Defects; a part may have several."""
    seq: Ints
    """int64[k], ascending: the parts they were found on, each once."""


def characteristics(
    connection: sqlite3.Connection, station_id: str, filters: Filters = _ALL, progress: Progress | None = None
) -> tuple[CharacteristicInfo, ...]:
    """What was measured on the parts that the filters leave, by name. Raises as `series.series`."""
    walk = walk_over(connection, station_id, filters)
    query = _MEASURED.format(walk.condition)
    counts, newest = Counter[str](), dict[str, int]()
    for window in walk.windows(progress):
        for name, count, last in connection.execute(query, walk.parameters(window)):
            counts[name] += count
            newest[name] = last
    found = list[CharacteristicInfo]()
    for name, last in sorted(newest.items()):
        unit, lower, upper = connection.execute(_NEWEST, (last, name)).fetchone()
        found.append(CharacteristicInfo(name, unit, lower, upper, counts[name]))
    return tuple(found)


def defect_counts(
    connection: sqlite3.Connection, station_id: str, filters: Filters = _ALL, progress: Progress | None = None
) -> tuple[DefectCount, ...]:
    """Defects of the parts that the filters leave, by label, most frequent first. Raises as `series.series`."""
    walk = walk_over(connection, station_id, filters)
    query = _FOUND.format(walk.condition)
    seqs: defaultdict[str, list[int]] = defaultdict(list)
    for window in walk.windows(progress):
        for label, seq in connection.execute(query, (*window, *walk.parameters(window))):
            seqs[label].append(seq)
    counted = (DefectCount(label, len(of), np.unique(np.array(of, np.int64))) for label, of in seqs.items())
    return tuple(sorted(counted, key=lambda found: (-found.count, found.label)))
