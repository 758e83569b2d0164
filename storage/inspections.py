"""One inspection read back whole: its job, its views, and what was found in them.

Promises: an inspection read here equals the one that was recorded.
May import: sqlite3, inference, storage.rows.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from inference.inspection import Inspection, Job, ResultState, Verdict, ViewResult
from storage import rows


def read_inspection(connection: sqlite3.Connection, row: sqlite3.Row, boots: Mapping[int, str]) -> Inspection:
    """From its row of the view `results`; `boots` is record → boot id. Raises sqlite3.Error."""
    return Inspection(
        *(row["id"], row["seq"], row["trigger_id"], _job(connection, row["job"], boots), row["serial"]),
        *(rows.read_stamp(row, boots), Verdict(row["verdict"]), ResultState(row["state"])),
        _views(connection, row["record"], boots),
        *(rows.read_messages(row["reasons"]), row["score"], row["label"], row["threshold"]),
        json.loads(row["timings_ms"]),
    )


def _job(connection: sqlite3.Connection, record: int, boots: Mapping[int, str]) -> Job:
    query = "SELECT j.*, s.station_id FROM jobs AS j JOIN stations AS s ON s.id = j.station WHERE j.record = ?"
    row = connection.execute(query, (record,)).fetchone()
    return Job(
        *(row["id"], row["station_id"], row["product"], row["lot"]),
        *(row["recipe"], row["recipe_digest"] or "", row["model"], row["model_digest"] or "", row["operator"] or ""),
        rows.read_stamp(row, boots),
    )


def _views(connection: sqlite3.Connection, record: int, boots: Mapping[int, str]) -> tuple[ViewResult, ...]:
    def children(table: str, view: int) -> list[sqlite3.Row]:
        query = f"SELECT * FROM {table} WHERE inspection = ? AND view_number = ? ORDER BY number"  # noqa: S608 (ours)
        return connection.execute(query, (record, view)).fetchall()

    found = connection.execute("SELECT * FROM views WHERE inspection = ? ORDER BY view_number", (record,)).fetchall()
    return tuple(
        ViewResult(
            *(row["view"], row["source"], rows.read_stamp(row, boots), row["score"], row["label"], row["threshold"]),
            json.loads(row["probabilities"]),
            tuple(map(rows.read_defect, children("defects", row["view_number"]))),
            tuple(map(rows.read_measurement, children("measurements", row["view_number"]))),
            rows.read_messages(row["reasons"]),
        )
        for row in found
    )
