"""`History`: reading the record beside the running station, for the window, reports and people's questions.

Promises: read-only; a query sees only committed records. Machine verdicts are never changed here: an effective verdict
stands beside them. One thread at a time uses one `History`.
May import: inference, storage.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from inference.disposition import Override
from inference.inspection import Inspection, Verdict
from inference.pipeline.decisions import ChartDecision
from inference.pipeline.events import Alarm, Event, EventKind, Priority
from inference.pipeline.ports import Observation
from storage import counts, rows
from storage.database import explain, open_for_reading, reading
from storage.decisions import decisions_on
from storage.errors import RecordUnavailable
from storage.filters import Filters
from storage.inspections import read_inspection
from storage.observations import last_observations
from storage.series import Series, series
from storage.totals import Totals, job_totals
from storage.windows import Progress

_ALL = Filters()
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part as a line of a list."""

    seq: int
    id: str
    at: datetime
    """In the station's zone."""
    serial: str
    product: str
    lot: str
    machine_verdict: Verdict
    verdict: Verdict
    """Effective."""
    label: str
    score: float | None
    threshold: float | None
    duration_ms: float | None
    image: Path | None
    """Its first picture, where one was kept."""


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One picture that was kept."""

    view: str
    path: Path
    format: str
    bytes: int
    sha256: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PartRecord:
    """All that the record holds of one part."""

    inspection: Inspection
    at: datetime
    """In the station's zone."""
    verdict: Verdict
    """Effective."""
    overrides: tuple[Override, ...]
    """Oldest first."""
    images: tuple[ImageFile, ...]


class History:
    """An open record. `station_id` None: the station that the record's first part is from."""

    def __init__(self, path: Path, station_id: str | None = None) -> None:
        """Raises NotARecord and RecordUnavailable."""
        self._path = path
        self._db = open_for_reading(path)
        self._db.conn.row_factory = sqlite3.Row
        self._station_id = station_id if station_id is not None else self._only_station()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go. May be called twice."""
        self._db.close()

    @property
    def station_id(self) -> str:
        """Whose parts these are."""
        return self._station_id

    def recent(
        self, limit: int = 100, offset: int = 0, filters: Filters = _ALL, *, before_seq: int | None = None
    ) -> tuple[PartLine, ...]:
        """Parts, newest first. `before_seq` is the quick way to the next page, `offset` the simple one."""
        condition, values = filters.where()
        query = f"""SELECT *, (SELECT path FROM images WHERE inspection = record LIMIT 1) AS image FROM results
            WHERE station_id = ? AND seq < ? AND {condition} ORDER BY seq DESC LIMIT ? OFFSET ?"""  # noqa: S608 (parameters)
        bound = before_seq if before_seq is not None else 2**63 - 1
        found = self._query(query, [self._station_id, bound, *values, limit, offset])
        return tuple(self._line(row) for row in found)

    def count(self, filters: Filters = _ALL) -> int:
        """How many parts the filters leave."""
        condition, values = filters.where()
        query = f"SELECT count(*) FROM results WHERE station_id = ? AND {condition}"  # noqa: S608 (parameters)
        return int(self._query(query, [self._station_id, *values])[0][0])

    def part(self, seq: int) -> PartRecord | None:
        """Everything about one part, or None where the record has no such number."""
        return self._read(lambda connection: self._part(connection, seq))

    def observations(self, recipe_digest: str, limit: int) -> tuple[Observation, ...]:
        """The last `limit` parts of this recipe as SPC sees them, oldest first."""
        return self._read(lambda connection: last_observations(connection, self._station_id, recipe_digest, limit))

    def series(self, characteristic: str, filters: Filters = _ALL, progress: Progress | None = None) -> Series:
        """One characteristic of all parts that the filters leave, oldest first (`storage.series.series`).

        Raises:
            ReadingCancelled: `progress` answered False.

        """
        return self._read(lambda connection: series(connection, self._station_id, characteristic, filters, progress))

    def characteristics(
        self, filters: Filters = _ALL, progress: Progress | None = None
    ) -> tuple[counts.CharacteristicInfo, ...]:
        """What was measured, by name; `storage.series.COMPUTED` names what every part has beside it.

        Raises as `series`.
        """
        return self._read(lambda connection: counts.characteristics(connection, self._station_id, filters, progress))

    def defect_counts(
        self, filters: Filters = _ALL, progress: Progress | None = None
    ) -> tuple[counts.DefectCount, ...]:
        """Defects by label, most frequent first, with the parts they were found on. Raises as `series`."""
        return self._read(lambda connection: counts.defect_counts(connection, self._station_id, filters, progress))

    def decisions(self, recipe: str, chart: str | None = None) -> tuple[ChartDecision, ...]:
        """What people decided about the charts of the recipe of this name, or about one of them, oldest first.

        The lists people choose from hold for all charts and stand under the recipe `""`.
        """
        return self._read(lambda connection: decisions_on(connection, self._station_id, recipe, chart))

    def totals(self, job_id: str) -> Totals:
        """Counts of one job; all 0 where the record has no such job."""
        found = self._query("SELECT record FROM jobs WHERE id = ?", [job_id])
        job = found[0][0] if found else None
        return self._read(lambda connection: job_totals(connection, job))

    def events(self, limit: int = 100) -> tuple[Event, ...]:
        """The last events, newest first."""
        boots = self._boots()
        found = self._query(
            """SELECT e.* FROM events AS e JOIN stations AS s ON s.id = e.station
               WHERE s.station_id = ? ORDER BY e.record DESC LIMIT ?""",
            [self._station_id, limit],
        )
        return tuple(rows.read_event(row, boots) for row in found)

    def alarms(self, limit: int = 100) -> tuple[Alarm, ...]:
        """The last alarms that were raised, newest first, as they stand now. Their `key` is their message's code."""
        boots = self._boots()
        found = self._query(
            """SELECT * FROM events WHERE alarm_id IN (
                   SELECT alarm_id FROM events AS e JOIN stations AS s ON s.id = e.station
                   WHERE s.station_id = ? AND e.kind = 'alarm_raised' ORDER BY e.record DESC LIMIT ?)
               ORDER BY record""",
            [self._station_id, limit],
        )
        by_alarm: defaultdict[str, list[Event]] = defaultdict(list)
        for event in (rows.read_event(row, boots) for row in found):
            by_alarm[event.alarm_id or ""].append(event)
        return tuple(_alarm(events) for events in reversed(by_alarm.values()))

    def document(self, digest: str) -> str | None:
        """The content kept under a digest."""
        found = self._query("SELECT content FROM documents WHERE digest = ?", [digest])
        return str(found[0][0]) if found else None

    def _only_station(self) -> str:
        found = self._query("SELECT station_id FROM stations ORDER BY last_seq = 0, id LIMIT 1", [])
        return str(found[0][0]) if found else "station"

    def _boots(self) -> dict[int, str]:
        return {row[0]: row[1] for row in self._query("SELECT record, boot_id FROM boots", [])}

    def _line(self, row: sqlite3.Row) -> PartLine:
        return PartLine(
            *(row["seq"], row["id"], rows.moment(row["at_us"], row["offset_s"])),
            *(row["serial"], row["product"], row["lot"]),
            *(Verdict(row["verdict"]), Verdict(row["effective_verdict"])),
            *(row["label"], row["score"], row["threshold"], row["duration_ms"]),
            None if row["image"] is None else self._path.parent / row["image"],
        )

    def _part(self, connection: sqlite3.Connection, seq: int) -> PartRecord | None:
        query = "SELECT * FROM results WHERE station_id = ? AND seq = ?"
        row = connection.execute(query, (self._station_id, seq)).fetchone()
        if row is None:
            return None
        boots = self._boots()
        inspection = read_inspection(connection, row, boots)
        made = connection.execute("SELECT * FROM overrides WHERE inspection = ? ORDER BY record", (row["record"],))
        kept = connection.execute("SELECT * FROM images WHERE inspection = ?", (row["record"],))
        return PartRecord(
            inspection,
            rows.moment(row["at_us"], row["offset_s"]),
            Verdict(row["effective_verdict"]),
            tuple(rows.read_override(o, boots, inspection_id=inspection.id, seq=seq) for o in made),
            tuple(self._image(image) for image in kept),
        )

    def _image(self, row: sqlite3.Row) -> ImageFile:
        path = self._path.parent / row["path"]
        return ImageFile(row["view"], path, row["format"], row["bytes"], row["sha256"], row["width"], row["height"])

    def _query(self, query: str, values: Sequence[Any]) -> list[sqlite3.Row]:
        return self._asked(lambda: self._db.conn.execute(query, values).fetchall())

    def _read(self, ask: Callable[[sqlite3.Connection], _Answer]) -> _Answer:
        def at_one_moment() -> _Answer:
            with reading(self._db):
                return ask(self._db.conn)

        return self._asked(at_one_moment)

    def _asked(self, ask: Callable[[], _Answer]) -> _Answer:
        try:
            return ask()
        except sqlite3.Error as error:
            raise RecordUnavailable(explain(error, self._path)) from error


def _alarm(events: list[Event]) -> Alarm:
    of_kind = {event.kind: event for event in reversed(events)}
    raised = of_kind[EventKind.ALARM_RAISED]
    seen, cleared = of_kind.get(EventKind.ALARM_ACKNOWLEDGED), of_kind.get(EventKind.ALARM_CLEARED)
    return Alarm(
        *(raised.alarm_id or "", raised.message.code, raised.priority or Priority.LOW, raised.message, raised.at),
        *((seen.at, seen.actor_id) if seen else (None, None)),
        cleared.at if cleared else None,
    )
