"""What people decided about charts, read back for the charts' rebuild at the start and for the window.

Promises: a decision read here equals the one that was made. A record that no station has brought up to this layout yet
holds none, and says so by an empty answer. One that a newer program made and this one does not know is left out, and
logged: the line can run without it.
May import: sqlite3, inference, storage.migrations, storage.rows.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping

from inference.pipeline.decisions import ChartDecision, DecisionKind
from storage import rows
from storage.migrations import records_of, version_of

log = logging.getLogger(__name__)

_DECISIONS = """SELECT d.* FROM chart_decisions AS d JOIN stations AS s ON s.id = d.station
    WHERE s.station_id = ? AND {} ORDER BY d.record"""


def decisions_to_resume(connection: sqlite3.Connection, station_id: str, recipe: str) -> tuple[ChartDecision, ...]:
    """All of this station on charts of this recipe (its name), and the lists people choose from; oldest first."""
    return _read(connection, "(d.recipe = ? OR d.kind = ?)", [station_id, rows.text(recipe), DecisionKind.LISTS.value])


def decisions_on(
    connection: sqlite3.Connection, station_id: str, recipe: str, chart: str | None = None
) -> tuple[ChartDecision, ...]:
    """Those of this station on one recipe's charts, or on one of them, oldest first. Recipe `""` has the lists."""
    if chart is None:
        return _read(connection, "d.recipe = ?", [station_id, rows.text(recipe)])
    return _read(connection, "d.recipe = ? AND d.chart = ?", [station_id, rows.text(recipe), rows.text(chart)])


def _read(connection: sqlite3.Connection, condition: str, values: list[str]) -> tuple[ChartDecision, ...]:
    if "chart_decisions" not in records_of(version_of(connection)):
        return ()
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row  # type: ignore[assignment] (typeshed forgets that a cursor may have its own)
    found = cursor.execute(_DECISIONS.format(condition), values).fetchall()
    boots = dict(connection.execute("SELECT record, boot_id FROM boots"))
    read = (_readable(row, boots) for row in found)
    return tuple(decision for decision in read if decision is not None)


def _readable(row: sqlite3.Row, boots: Mapping[int, str]) -> ChartDecision | None:
    try:
        return rows.read_decision(row, boots)
    except ValueError as error:
        log.warning(
            "decision %s on chart %s is left out, this program cannot read it: %s", row["id"], row["chart"], error
        )
        return None
