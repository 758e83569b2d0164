"""Long series out of the record: one characteristic over up to millions of parts, as numpy columns for a chart.

Promises: parts stand in the order of their sequence numbers, each once; a part without a value of the characteristic
has NaN. A value here equals the one the live chart had. Memory: some 70 bytes a part, and its serial where it has one.
May import: numpy, sqlite3, inference, storage.errors, storage.filters, storage.windows.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from inference.inspection import Verdict
from inference.pipeline.readings import BORDERLINE_FACTOR
from inference.spc.limits import Floats
from storage.filters import Filters
from storage.windows import Progress, Walk, walk_over

Ints = npt.NDArray[np.int64]
Indices = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int8]

VERDICTS = (Verdict.OK, Verdict.NOT_OK, Verdict.NOT_DECIDABLE)
"""A verdict's code is its place here."""
OK, NOT_OK, NOT_DECIDABLE = range(3)

MEASURED = "m:"
"""Before a name: the measured characteristic, even where the name is one of `COMPUTED` (as in the export's columns)."""

_ALL = Filters()
_PARTS = """SELECT record, seq, at_us, job, serial,
        CASE verdict WHEN 'OK' THEN 0 WHEN 'NOT_OK' THEN 1 ELSE 2 END, score, duration_ms
    FROM results WHERE {} ORDER BY record"""
_OVERRIDES = """SELECT inspection, CASE verdict WHEN 'OK' THEN 0 ELSE 1 END FROM overrides
    WHERE inspection BETWEEN ? AND ? ORDER BY inspection, record"""
_DEFECTS = "SELECT inspection, count(*) FROM defects WHERE inspection BETWEEN ? AND ? GROUP BY inspection"
_THRESHOLDS = """SELECT record, threshold FROM inspections
    WHERE record BETWEEN ? AND ? AND threshold IS NOT NULL ORDER BY record"""
_VALUES = """SELECT inspection, value FROM measurements WHERE inspection BETWEEN ? AND ? AND characteristic = ?
    AND value IS NOT NULL ORDER BY inspection, view_number, number"""
_JOBS = "SELECT record, product, lot, recipe, coalesce(operator, '') FROM jobs WHERE station = ?"


@dataclass(frozen=True, slots=True)
class Labels:
    """One text a part, as places in a tuple of the texts that occur."""

    index: Indices
    """int32[n]."""
    names: tuple[str, ...]
    """In the order in which they first occur."""


@dataclass(frozen=True, slots=True)
class Series:
    """One characteristic over n parts of one station, oldest first, with all that splits or explains a chart."""

    characteristic: str
    seq: Ints
    """int64[n], ascending."""
    utc_s: Floats
    """float64[n], seconds since 1970 UTC of the part's trigger."""
    value: Floats
    """float64[n]; NaN where the part has no value."""
    machine: Codes
    """int8[n], places in `VERDICTS`: what the machine said."""
    verdict: Codes
    """int8[n], places in `VERDICTS`: effective, after people's decisions."""
    product: Labels
    lot: Labels
    serial: Labels
    recipe: Labels
    """The recipe's name."""
    operator: Labels
    """Ids; empty where nobody was signed in."""
    score: Floats
    """float64[n]; NaN where the network did not judge."""
    duration_ms: Floats
    """float64[n], from the first step to the verdict; NaN where it is not known."""

    def __len__(self) -> int:
        return len(self.seq)


@dataclass(frozen=True, slots=True)
class _Window:
    """The parts of one window that the filters leave, as columns."""

    connection: sqlite3.Connection
    record: Ints
    seq: Ints
    at_us: Ints
    job: Ints
    serial: Sequence[str]
    machine: Codes
    score: Floats
    duration_ms: Floats

    def put(self, column: Floats | Codes, query: str, *values: str) -> None:
        """Write into `column` what the query answers: (record, number) in order; the last of a record counts."""
        found = _fetch(self.connection, query, (int(self.record[0]), int(self.record[-1]), *values))
        if not found:
            return
        records, numbers = (np.array(of) for of in zip(*found, strict=True))
        last = np.append(records[1:] != records[:-1], True)
        records, numbers = records[last], numbers[last]
        # between the window's first and last record, so every place is inside
        places = np.searchsorted(self.record, records)
        ours = self.record[places] == records
        column[places[ours]] = numbers[ours]


def _flag(window: _Window, code: int) -> Floats:
    return (window.machine == code).astype(np.float64)


def _reject(window: _Window) -> Floats:
    return np.where(window.machine == NOT_DECIDABLE, np.nan, _flag(window, NOT_OK))


def _defects(window: _Window) -> Floats:
    counted = np.zeros(len(window.seq))
    window.put(counted, _DEFECTS)
    # nobody knows how many defects a part has that could not be judged
    return np.where(window.machine == NOT_DECIDABLE, np.nan, counted)


def _overridden(window: _Window) -> Floats:
    decided = np.full(len(window.seq), np.nan)
    window.put(decided, _OVERRIDES)
    return (~np.isnan(decided)).astype(np.float64)


def _borderline(window: _Window) -> Floats:
    threshold = np.full(len(window.seq), np.nan)
    window.put(threshold, _THRESHOLDS)
    near = (threshold / BORDERLINE_FACTOR < window.score) & (window.score < threshold * BORDERLINE_FACTOR)
    return np.where(np.isnan(threshold) | np.isnan(window.score), np.nan, near.astype(np.float64))


_COMPUTED: dict[str, Callable[[_Window], Floats]] = {
    "score": lambda window: window.score,
    "reject": _reject,
    "not_decidable": lambda window: _flag(window, NOT_DECIDABLE),
    "duration_ms": lambda window: window.duration_ms,
    "defects": _defects,
    "overridden": _overridden,
    "borderline": _borderline,
}

COMPUTED = tuple(_COMPUTED)
"""Characteristics that every part has without being measured.

`reject`: 1 where the machine said NOT_OK, 0 where OK, NaN where NOT_DECIDABLE (which has a chart of its own);
`not_decidable`, `overridden` (a person decided on the part, whatever they said): 0 or 1; `defects`: how many were
found in all views, NaN where NOT_DECIDABLE; `borderline`: 1 where the score could as well have lain on the other side
of the threshold (`inference.pipeline.readings.BORDERLINE_FACTOR`), NaN where there is no score.
"""


def series(
    connection: sqlite3.Connection,
    station_id: str,
    characteristic: str,
    filters: Filters = _ALL,
    progress: Progress | None = None,
) -> Series:
    """One characteristic of this station's parts that the filters leave.

    Args:
        connection: an open record; wrap the call in one read transaction where it must be of one moment.
        station_id: whose parts.
        characteristic: one of `COMPUTED`, else a measured one (`m:` before it: always a measured one). Where several
            views measured it on one part, the last view that got a value counts, as on the live chart. A name that
            nothing was measured under gives NaN throughout.
        filters: which parts.
        progress: called after each window of records; False stops.

    Raises:
        ReadingCancelled: `progress` answered False.
        sqlite3.Error: the record cannot be read.

    """
    walk = walk_over(connection, station_id, filters)
    values = _COMPUTED.get(characteristic) or _measured(characteristic.removeprefix(MEASURED))
    columns: defaultdict[str, list[npt.NDArray[Any]]] = defaultdict(list)
    serials: dict[str, int] = {}
    for bounds in walk.windows(progress):
        window = _window(connection, walk, bounds)
        if window is None:
            continue
        for name in ("seq", "at_us", "job", "machine", "score", "duration_ms"):
            columns[name].append(getattr(window, name))
        columns["verdict"].append(_effective(window))
        columns["value"].append(values(window))
        codes = [serials.setdefault(serial, len(serials)) for serial in window.serial]
        columns["serial"].append(np.array(codes, np.int32))
    return _assemble(connection, walk, characteristic, columns, tuple(serials))


def _window(connection: sqlite3.Connection, walk: Walk, bounds: tuple[int, int]) -> _Window | None:
    found = _fetch(connection, _PARTS.format(walk.condition), walk.parameters(bounds))
    if not found:
        return None
    record, seq, at_us, job, serial, machine, score, duration_ms = zip(*found, strict=True)
    return _Window(
        *(connection, np.array(record, np.int64), np.array(seq, np.int64), np.array(at_us, np.int64)),
        *(np.array(job, np.int64), serial, np.array(machine, np.int8)),
        *(np.array(score, np.float64), np.array(duration_ms, np.float64)),
    )


def _fetch(connection: sqlite3.Connection, query: str, values: Sequence[Any]) -> list[Any]:
    """Plain tuples, which cost half of what `sqlite3.Row` does."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor.execute(query, values).fetchall()


def _measured(name: str) -> Callable[[_Window], Floats]:
    def values(window: _Window) -> Floats:
        column = np.full(len(window.seq), np.nan)
        window.put(column, _VALUES, name)
        return column

    return values


def _effective(window: _Window) -> Codes:
    effective = window.machine.copy()
    window.put(effective, _OVERRIDES)
    return effective


def _assemble(
    connection: sqlite3.Connection,
    walk: Walk,
    characteristic: str,
    columns: dict[str, list[npt.NDArray[Any]]],
    serials: tuple[str, ...],
) -> Series:
    def column(name: str, dtype: type[np.generic]) -> npt.NDArray[Any]:
        return np.concatenate([np.empty(0, dtype), *columns.pop(name, [])])

    product, lot, recipe, operator = _labels_of_jobs(connection, walk.station, column("job", np.int64))
    return Series(
        *(characteristic, column("seq", np.int64), column("at_us", np.int64) / 1e6, column("value", np.float64)),
        *(column("machine", np.int8), column("verdict", np.int8)),
        *(product, lot, Labels(column("serial", np.int32), serials), recipe, operator),
        *(column("score", np.float64), column("duration_ms", np.float64)),
    )


def _labels_of_jobs(connection: sqlite3.Connection, station: int, job: Ints) -> tuple[Labels, ...]:
    """Product, lot, recipe and operator of every part, from the job it belongs to."""
    jobs, of_part = np.unique(job, return_inverse=True)
    texts: dict[int, Sequence[str]] = {record: named for record, *named in _fetch(connection, _JOBS, (station,))}
    labels = list[Labels]()
    for n in range(4):
        names: dict[str, int] = {}
        codes = [names.setdefault(texts[record][n], len(names)) for record in jobs.tolist()]
        labels.append(Labels(np.array(codes, np.int32)[of_part], tuple(names)))
    return tuple(labels)
