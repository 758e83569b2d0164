"""Recorded parts as SPC sees them, for the charts' rebuild at the start and for the window.

Promises: an observation read here equals the one the pipeline made live.
May import: sqlite3, inference.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from inference.pipeline.ports import Observation

_PARTS = """SELECT record, seq, id, at_us, verdict, score, threshold, duration_ms, serial FROM inspections
    WHERE job = ? ORDER BY seq DESC LIMIT ?"""
_DEFECTS = "SELECT inspection, count(*) FROM defects WHERE inspection BETWEEN ? AND ? GROUP BY inspection"
_VALUES = """SELECT inspection, characteristic, value FROM measurements
    WHERE inspection BETWEEN ? AND ? AND value IS NOT NULL ORDER BY inspection, view_number, number"""


def last_observations(
    connection: sqlite3.Connection, station_id: str, recipe_digest: str, limit: int
) -> tuple[Observation, ...]:
    """The last `limit` parts of this station with this recipe, oldest first."""
    jobs = connection.execute(
        """SELECT j.record FROM jobs AS j JOIN stations AS s ON s.id = j.station
           WHERE s.station_id = ? AND j.recipe_digest = ? ORDER BY j.record DESC""",
        (station_id, recipe_digest),
    ).fetchall()
    newest_first: list[Observation] = []
    for (job,) in jobs:
        if len(newest_first) >= limit:
            break
        newest_first += _of_job(connection, job, limit - len(newest_first))
    return tuple(sorted(newest_first, key=lambda seen: seen.seq))


def _of_job(connection: sqlite3.Connection, job: int, limit: int) -> list[Observation]:
    parts = connection.execute(_PARTS, (job, limit)).fetchall()
    if not parts:
        return []
    values: defaultdict[int, dict[str, float]] = defaultdict(dict)
    for record, characteristic, value in connection.execute(_VALUES, (parts[-1][0], parts[0][0])):
        values[record][characteristic] = value
    defects: dict[int, int] = dict(connection.execute(_DEFECTS, (parts[-1][0], parts[0][0])).fetchall())
    return [
        Observation(
            *(seq, identity, at_us / 1e6, verdict, score, values.get(record, {})),
            *(threshold, defects.get(record, 0), duration_ms, serial),
        )
        for record, seq, identity, at_us, verdict, score, threshold, duration_ms, serial in parts
    ]
