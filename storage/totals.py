"""Counts of one job, as the record holds them.

Promises: machine verdicts are counted from an index alone; people's decisions come from the few overrides.
May import: sqlite3.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Totals:
    """parts = ok + not_ok + not_decidable, by the machine; `effective_ok` after overrides."""

    parts: int = 0
    ok: int = 0
    not_ok: int = 0
    not_decidable: int = 0
    effective_ok: int = 0


def job_totals(connection: sqlite3.Connection, job: int | None) -> Totals:
    """Counts of the job with this record number; all 0 where it is None."""
    counted = connection.execute("SELECT verdict, count(*) FROM inspections WHERE job = ? GROUP BY verdict", (job,))
    n: dict[str, int] = dict(counted.fetchall())
    decided = connection.execute(
        """SELECT coalesce(sum((effective_verdict = 'OK') - (verdict = 'OK')), 0) FROM results
           WHERE record IN (SELECT inspection FROM overrides) AND job = ?""",
        (job,),
    ).fetchone()
    ok, not_ok, not_decidable = (n.get(verdict, 0) for verdict in ("OK", "NOT_OK", "NOT_DECIDABLE"))
    return Totals(sum(n.values()), ok, not_ok, not_decidable, ok + int(decided[0]))
