"""Walking a long record in its order, a window of records at a time, with progress and a way to stop.

Promises: every window is a range of the primary key, so it costs the same wherever it lies and whatever was filtered;
windows that no filtered part can lie in are not visited.
May import: sqlite3, storage.errors, storage.filters, storage.rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from storage.errors import ReadingCancelled
from storage.filters import Filters
from storage.rows import micros

Progress = Callable[[int, int], bool]
"""Called with records passed and records to pass; False stops the reading."""

WINDOW = 20_000
"""Records a window: under 0.1 s, so that a progress bar moves and a cancel is heard."""

_LAST = 2**63 - 1
_ENDS = """SELECT
    (SELECT record FROM inspections WHERE station = ? AND seq >= ? AND seq < ? ORDER BY seq LIMIT 1),
    (SELECT record FROM inspections WHERE station = ? AND seq >= ? AND seq < ? ORDER BY seq DESC LIMIT 1)"""


@dataclass(frozen=True, slots=True)
class Walk:
    """What to walk over: one station's records from `first` to `last` (both included), and the filters' condition."""

    station: int
    first: int
    last: int
    condition: str
    """For WHERE on the view `results`; its parameters are those of `parameters`."""
    values: tuple[str | int, ...]

    def parameters(self, window: tuple[int, int]) -> tuple[str | int, ...]:
        """For `condition` within one window."""
        return (*window, self.station, *self.values)

    def windows(self, progress: Progress | None = None) -> Iterator[tuple[int, int]]:
        """First and last record of each window, oldest first.

        Raises:
            ReadingCancelled: `progress` answered False.

        """
        total = self.last - self.first + 1
        for start in range(self.first, self.last + 1, WINDOW):
            end = min(start + WINDOW - 1, self.last)
            yield start, end
            if progress is not None and not progress(end - self.first + 1, total):
                raise ReadingCancelled(f"stopped after {end - self.first + 1} of {total} records")


def walk_over(connection: sqlite3.Connection, station_id: str, filters: Filters) -> Walk:
    """The walk over this station's parts that the filters leave. Raises sqlite3.Error."""
    found = connection.execute("SELECT id FROM stations WHERE station_id = ?", (station_id,)).fetchone()
    station = 0 if found is None else int(found[0])
    first, last = 1, 0
    if station:
        bounds = [_bounds(connection, query, values) for query, values in _bounding(station, filters)]
        first, last = max(low for low, _ in bounds), min(high for _, high in bounds)
    condition, values = filters.where(scan=True)
    return Walk(station, first, last, f"record BETWEEN ? AND ? AND +station = ? AND {condition}", tuple(values))


def _bounding(station: int, filters: Filters) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Queries for the first and last record that can matter; an index alone answers each."""
    seqs = (station, filters.since_seq or 0, _LAST if filters.until_seq is None else filters.until_seq)
    yield _ENDS, (*seqs, *seqs)
    if filters.since is not None or filters.until is not None:
        since = -_LAST if filters.since is None else micros(filters.since)
        until = _LAST if filters.until is None else micros(filters.until)
        yield "SELECT min(record), max(record) FROM inspections WHERE at_us >= ? AND at_us < ?", (since, until)
    if filters.lot is not None:
        jobs = "SELECT record FROM jobs WHERE lot = ?"
        yield f"SELECT min(record), max(record) FROM inspections WHERE job IN ({jobs})", (filters.lot,)  # noqa: S608 (ours)
    if filters.serial:
        query = "SELECT min(record), max(record) FROM inspections WHERE serial = ? AND serial <> ''"
        yield query, (filters.serial,)


def _bounds(connection: sqlite3.Connection, query: str, values: tuple[Any, ...]) -> tuple[int, int]:
    first, last = connection.execute(query, values).fetchone()
    return (1, 0) if first is None else (int(first), int(last))
