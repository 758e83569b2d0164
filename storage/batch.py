"""One batch of entries on its way into the record: numbered, chained, collected by table, then inserted at once.

Promises: touches nothing but the open transaction it is given; the head it works on is its own copy until the commit.
May import: inference, storage.chain, storage.documents, storage.rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import singledispatchmethod

from camera.clock import Stamp
from inference.disposition import Override
from inference.inspection import Inspection, JudgedPart, Verdict
from inference.pipeline.decisions import ChartDecision
from inference.pipeline.events import Entry, Event, JobStarted
from storage import chain, documents, rows
from storage.errors import BadEntry
from storage.images import Saved
from storage.migrations import CHILDREN, RECORDS
from storage.rows import COLUMNS, Row

# parents before children, as the foreign keys ask
_ORDER = ("boots", "jobs", "inspections", *CHILDREN, "events", "overrides", "chart_decisions")
_INSERT = {
    table: f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 (ours)
    for table, columns in ((t, (*COLUMNS[t], *(("chain",) if t in RECORDS else ()))) for t in _ORDER)
}

_NEXT_RECORDS = " UNION ALL ".join(
    f"SELECT '{t}', coalesce(max(record), 0) + 1 FROM {t}"  # noqa: S608 (ours)
    for t in RECORDS
)


@dataclass(slots=True)
class Head:
    """Where a station's record stands, as its writer keeps it in memory."""

    station: int
    last_seq: int
    link: int
    chain: bytes
    next_record: dict[str, int]
    """Table → number of its next row."""
    boots: dict[str, int]
    jobs: dict[str, int]
    """Job id → record, of the jobs met so far."""

    def copy(self) -> Head:
        """A head that can be moved on without moving this one."""
        return replace(self, next_record=dict(self.next_record), boots=dict(self.boots), jobs=dict(self.jobs))


def read_head(connection: sqlite3.Connection, station_id: str) -> Head:
    """The head of this station from the record. Raises sqlite3.Error."""
    station, last_seq, link, head = connection.execute(
        "SELECT id, last_seq, head_link, head_chain FROM stations WHERE station_id = ?", (station_id,)
    ).fetchone()
    numbers = dict(connection.execute(_NEXT_RECORDS).fetchall())
    boots = dict(connection.execute("SELECT boot_id, record FROM boots WHERE station = ?", (station,)).fetchall())
    return Head(station, last_seq, link, head, numbers, boots, {})


@dataclass(frozen=True, slots=True)
class Pictures:
    """What became of one part's pictures."""

    state: str
    saved: tuple[Saved, ...] = ()


class Batch:
    """Made for one transaction; `add` every entry in order, then `flush`."""

    def __init__(self, connection: sqlite3.Connection, head: Head, *, zone: tzinfo, software: str) -> None:
        self.head = head
        self.recorded = 0
        self.images_written = 0
        self._connection = connection
        self._zone = zone
        self._software = software
        self._rows: dict[str, list[Row]] = {table: [] for table in _ORDER}
        self._new: dict[tuple[str, str], int] = {}
        self._actors: set[str] = set()

    def add(self, entry: Entry, pictures: Mapping[str, Pictures]) -> None:
        """Take one entry; `pictures` is looked up by inspection id. Raises BadEntry and sqlite3.Error."""
        if isinstance(entry, JudgedPart):
            self._add_part(entry.inspection, pictures.get(entry.inspection.id))
        else:
            self._add_other(entry)

    def flush(self) -> None:
        """Insert everything collected and move the station's head."""
        for table, collected in self._rows.items():
            if collected:
                self._connection.executemany(_INSERT[table], collected)
        head = self.head
        self._connection.execute(
            "UPDATE stations SET last_seq = ?, head_link = ?, head_chain = ? WHERE id = ?",
            (head.last_seq, head.link, head.chain, head.station),
        )

    def _add_part(self, inspection: Inspection, pictures: Pictures | None) -> None:
        self.recorded += 1
        if inspection.seq <= self.head.last_seq:
            self._already_there(inspection)
            return
        if inspection.seq != self.head.last_seq + 1 or inspection.verdict is Verdict.UNDEFINED or pictures is None:
            expected = f"expected number {self.head.last_seq + 1} with a verdict"
            raise BadEntry(f"part {inspection.seq} ({inspection.verdict}) cannot be recorded: {expected}")
        record = self.head.next_record["inspections"]
        tail = rows.inspection_row(
            inspection,
            job=self._job(inspection),
            boot=self._boot(inspection.at),
            offset_s=self._offset_s(inspection.at),
            pictures=pictures.state,
        )
        # children first: a view's boot may have to be linked before its inspection
        children = self._children(record, inspection, pictures.saved)
        self._link("inspections", tail, children, inspection.id)
        self.head.last_seq = inspection.seq
        self.images_written += len(pictures.saved)

    def _children(self, record: int, inspection: Inspection, saved: Sequence[Saved]) -> tuple[list[Row], ...]:
        numbered = tuple(enumerate(inspection.views))
        views = [rows.view_row(record, n, view, self._boot(view.captured)) for n, view in numbered]
        defects = [rows.defect_row(record, n, k, d) for n, view in numbered for k, d in enumerate(view.defects)]
        measured = [
            rows.measurement_row(record, n, k, m) for n, view in numbered for k, m in enumerate(view.measurements)
        ]
        children = (views, defects, measured, [picture.row(record) for picture in saved])
        for table, of_table in zip(CHILDREN, children, strict=True):
            self._rows[table] += of_table
        return children

    @singledispatchmethod
    def _add_other(self, entry: object) -> None:
        raise BadEntry(f"{type(entry).__name__} is nothing the record knows")

    @_add_other.register
    def _(self, entry: JobStarted) -> None:
        job = entry.job
        if self._find("jobs", job.id) is not None:
            return
        documents.keep(self._connection, job, entry.documents, rows.micros(job.started.utc))
        if job.operator_id:
            self._actor(job.operator_id)
        tail = rows.job_row(job, boot=self._boot(job.started), software=self._software)
        self.head.jobs[job.id] = self._link("jobs", tail, (), job.id)

    @_add_other.register
    def _(self, entry: Event) -> None:
        if self._find("events", entry.id) is None:
            self._actor(entry.actor_id)
            self._link("events", rows.event_row(entry, boot=self._boot(entry.at)), (), entry.id)

    @_add_other.register
    def _(self, entry: Override) -> None:
        if self._find("overrides", entry.id) is not None:
            return
        inspection = self._find("inspections", entry.inspection_id)
        if inspection is None or entry.verdict not in (Verdict.OK, Verdict.NOT_OK):
            raise BadEntry(f"the decision {entry.verdict} on part {entry.seq} names no recorded part or no verdict")
        self._actor(entry.actor_id)
        tail = rows.override_row(entry, inspection=inspection, boot=self._boot(entry.at))
        self._link("overrides", tail, (), entry.id)

    @_add_other.register
    def _(self, entry: ChartDecision) -> None:
        if self._find("chart_decisions", entry.id) is not None:
            return
        try:
            tail = rows.decision_row(entry, boot=self._boot(entry.at))
        except (ValueError, TypeError, AttributeError) as error:
            raise BadEntry(f"the decision {entry.id} on chart {entry.chart} cannot be kept: {error}") from error
        self._actor(entry.actor_id)
        self._link("chart_decisions", tail, (), entry.id)

    def _link(self, table: str, tail: Row, children: Sequence[Sequence[Row]], identity: str) -> int:
        head = self.head
        record = head.next_record[table]
        head.next_record[table] = record + 1
        head.link += 1
        row = (record, head.station, head.link, *tail)
        head.chain = chain.link(head.chain, table, row, children)
        self._rows[table].append((*row, head.chain))
        self._new[table, identity] = record
        return record

    def _boot(self, at: Stamp) -> int:
        known = self.head.boots.get(at.boot_id)
        if known is None:
            known = self._link("boots", (rows.text(at.boot_id), rows.micros(at.utc)), (), at.boot_id)
            self.head.boots[at.boot_id] = known
        return known

    def _job(self, inspection: Inspection) -> int:
        identity = inspection.job.id
        known = self.head.jobs.get(identity)
        if known is None:
            known = self._find("jobs", identity)
            if known is None:
                raise BadEntry(f"part {inspection.seq} belongs to job {identity}, which was never started")
            self.head.jobs[identity] = known
        return known

    def _offset_s(self, at: Stamp) -> int:
        offset = at.utc.astimezone(self._zone).utcoffset()
        return 0 if offset is None else round(offset.total_seconds())

    def _actor(self, actor: str) -> None:
        if actor not in self._actors:
            kind = "service" if actor.startswith("service:") else "person"
            self._connection.execute(
                "INSERT INTO actors VALUES (?, ?) ON CONFLICT DO NOTHING", (rows.text(actor), kind)
            )
            self._actors.add(actor)

    def _find(self, table: str, identity: str) -> int | None:
        known = self._new.get((table, identity))
        if known is None:
            query = f"SELECT record FROM {table} WHERE id = ?"  # noqa: S608 (the name is ours)
            found = self._connection.execute(query, (rows.text(identity),)).fetchone()
            known = None if found is None else int(found[0])
        return known

    def _already_there(self, inspection: Inspection) -> None:
        """A part sent again after a fault whose commit had in truth succeeded is counted, not written twice."""
        found = self._connection.execute(
            """SELECT id, (SELECT count(*) FROM images WHERE inspection = record) FROM inspections
               WHERE station = ? AND seq = ?""",
            (self.head.station, inspection.seq),
        ).fetchone()
        if found is None or found[0] != rows.text(inspection.id):
            raise BadEntry(f"number {inspection.seq} already belongs to another part")
        self.images_written += int(found[1])
