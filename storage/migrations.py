"""The record's layout, one migration = one function = one transaction.

Promises: a migration that fails leaves the file as it was. Migrations that were shipped are never edited.

Every *record* (boot, job, inspection, event, override, chart decision) stands in its station's chain: `link` counts
them from 1 over all these tables, `chain` is SHA-256 over the link before and the row with its children
(`storage.chain`). What it owns (views, defects, measurements, images) is keyed by it. Names of people stand in
`people` alone, which may be erased. Times are microseconds since 1970 UTC (`…_us`), `mono_ns` compares within one
`boot`, `offset_s` is the station's offset from UTC at that moment.

May import: sqlite_utils.
"""

from __future__ import annotations

import sqlite3
import uuid

from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x4C4F5550
"""`LOUP`, in the file's header: which program made it."""

_RECORDS_1 = ("boots", "jobs", "inspections", "events", "overrides")
_RECORDS_2 = (*_RECORDS_1, "chart_decisions")

RECORDS = _RECORDS_2
"""Tables whose rows stand in the chain."""

CHILDREN = ("views", "defects", "measurements", "images")
"""Tables whose rows belong to an inspection and are hashed with it."""

_STAMP = "at_us INTEGER NOT NULL, mono_ns INTEGER NOT NULL, boot INTEGER NOT NULL REFERENCES boots"
_LINKED = "record INTEGER PRIMARY KEY, station INTEGER NOT NULL REFERENCES stations, link INTEGER NOT NULL"
_VERDICT = "verdict TEXT NOT NULL CHECK (verdict IN ('OK', 'NOT_OK', 'NOT_DECIDABLE'))"
_OF_INSPECTION = "inspection INTEGER NOT NULL REFERENCES inspections"

_TABLES = (
    "CREATE TABLE record (uid TEXT PRIMARY KEY) STRICT",
    """CREATE TABLE documents (digest TEXT PRIMARY KEY, kind TEXT NOT NULL, content TEXT NOT NULL,
        created_us INTEGER NOT NULL) STRICT""",
    """CREATE TABLE actors (id TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('person', 'service')))
        STRICT, WITHOUT ROWID""",
    "CREATE TABLE people (actor TEXT PRIMARY KEY REFERENCES actors, name TEXT NOT NULL, badge TEXT) STRICT",
    """CREATE TABLE stations (id INTEGER PRIMARY KEY, station_id TEXT NOT NULL UNIQUE, zone TEXT NOT NULL,
        last_seq INTEGER NOT NULL, head_link INTEGER NOT NULL, head_chain BLOB NOT NULL) STRICT""",
    f"CREATE TABLE boots ({_LINKED}, boot_id TEXT NOT NULL, at_us INTEGER NOT NULL, chain BLOB NOT NULL) STRICT",
    f"""CREATE TABLE jobs ({_LINKED}, id TEXT NOT NULL UNIQUE, product TEXT NOT NULL, lot TEXT NOT NULL,
        recipe TEXT NOT NULL, recipe_digest TEXT REFERENCES documents,
        model TEXT NOT NULL, model_digest TEXT REFERENCES documents,
        operator TEXT REFERENCES actors, software TEXT NOT NULL, {_STAMP}, chain BLOB NOT NULL) STRICT""",
    f"""CREATE TABLE inspections ({_LINKED}, id TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL,
        trigger_id TEXT NOT NULL, job INTEGER NOT NULL REFERENCES jobs, serial TEXT NOT NULL,
        {_STAMP}, offset_s INTEGER NOT NULL, {_VERDICT}, state TEXT NOT NULL,
        label TEXT NOT NULL, score REAL, threshold REAL, duration_ms REAL, timings_ms TEXT NOT NULL,
        reasons TEXT NOT NULL, pictures TEXT NOT NULL CHECK (pictures IN ('kept', 'not_due', 'left_out', 'none')),
        chain BLOB NOT NULL, UNIQUE (station, seq)) STRICT""",
    f"""CREATE TABLE views ({_OF_INSPECTION}, view_number INTEGER NOT NULL, view TEXT NOT NULL, source TEXT NOT NULL,
        {_STAMP}, score REAL, label TEXT NOT NULL, threshold REAL, probabilities TEXT NOT NULL, reasons TEXT NOT NULL,
        PRIMARY KEY (inspection, view_number)) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE defects ({_OF_INSPECTION}, view_number INTEGER NOT NULL, number INTEGER NOT NULL,
        label TEXT NOT NULL, score REAL, x REAL, y REAL, w REAL, h REAL, area_px REAL, severity INTEGER NOT NULL,
        PRIMARY KEY (inspection, view_number, number)) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE measurements ({_OF_INSPECTION}, view_number INTEGER NOT NULL, number INTEGER NOT NULL,
        characteristic TEXT NOT NULL, value REAL, unit TEXT NOT NULL, lower REAL, upper REAL, reason TEXT,
        PRIMARY KEY (inspection, view_number, number)) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE images ({_OF_INSPECTION}, view_number INTEGER NOT NULL, view TEXT NOT NULL, kind TEXT NOT NULL,
        path TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
        width INTEGER NOT NULL, height INTEGER NOT NULL, format TEXT NOT NULL,
        PRIMARY KEY (inspection, view_number)) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE events ({_LINKED}, id TEXT NOT NULL UNIQUE, {_STAMP}, kind TEXT NOT NULL, code TEXT NOT NULL,
        args TEXT NOT NULL, actor TEXT NOT NULL REFERENCES actors, alarm_id TEXT, priority INTEGER,
        chain BLOB NOT NULL) STRICT""",
    f"""CREATE TABLE overrides ({_LINKED}, id TEXT NOT NULL UNIQUE, {_OF_INSPECTION}, {_STAMP}, {_VERDICT},
        disposition TEXT NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL REFERENCES actors,
        chain BLOB NOT NULL) STRICT""",
)

_INDEXES = (
    "CREATE INDEX inspections_of_job ON inspections (job, seq, verdict)",
    "CREATE INDEX inspections_at ON inspections (at_us)",
    "CREATE INDEX inspections_serial ON inspections (serial) WHERE serial <> ''",
    "CREATE INDEX jobs_lot ON jobs (lot)",
    "CREATE INDEX jobs_recipe ON jobs (recipe_digest)",
    "CREATE INDEX overrides_of_inspection ON overrides (inspection, record)",
    "CREATE INDEX events_alarm ON events (alarm_id) WHERE alarm_id IS NOT NULL",
    "CREATE UNIQUE INDEX boots_of_station ON boots (station, boot_id)",
)

_VIEWS = (
    # An inspection with what people made of it later; the last override counts.
    """CREATE VIEW results AS
        SELECT i.*, s.station_id, j.id AS job_id, j.product, j.lot, j.recipe, j.recipe_digest, j.model, j.model_digest,
               j.operator, coalesce(o.verdict, i.verdict) AS effective_verdict, o.disposition,
               o.actor AS override_by, o.reason AS override_reason
        FROM inspections AS i
        JOIN jobs AS j ON j.record = i.job
        JOIN stations AS s ON s.id = i.station
        LEFT JOIN overrides AS o
          ON o.record = (SELECT max(later.record) FROM overrides AS later WHERE later.inspection = i.record)""",
)

migrations = Migrations("loupe")


def _insert_only(table: str) -> tuple[str, str]:
    return (
        f"""CREATE TRIGGER {table}_never_edited BEFORE UPDATE ON {table}
            BEGIN SELECT raise(ABORT, '{table} are never edited'); END""",
        f"""CREATE TRIGGER {table}_never_deleted BEFORE DELETE ON {table}
            BEGIN SELECT raise(ABORT, '{table} are never deleted'); END""",
    )


@migrations()
def m0001_record(db: Database) -> None:
    """The whole layout, insert-only by trigger, with the station's own service as the first actor."""
    for statement in (*_TABLES, *_INDEXES, *_VIEWS):
        db.conn.execute(statement)
    for table in (*_RECORDS_1, *CHILDREN, "documents"):
        for statement in _insert_only(table):
            db.conn.execute(statement)
    db.conn.execute("INSERT INTO record VALUES (?)", [str(uuid.uuid4())])
    db.conn.execute("INSERT INTO actors VALUES ('service:station', 'service')")
    db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.conn.execute("PRAGMA user_version = 1")


@migrations()
def m0002_chart_decisions(db: Database) -> None:
    """What people decide about charts, in the chain like every other record. Nothing that stood there is touched."""
    db.conn.execute(
        f"""CREATE TABLE chart_decisions ({_LINKED}, id TEXT NOT NULL UNIQUE, {_STAMP}, kind TEXT NOT NULL,
            recipe TEXT NOT NULL, chart TEXT NOT NULL, seq INTEGER NOT NULL, content TEXT NOT NULL,
            reason TEXT NOT NULL, actor TEXT NOT NULL REFERENCES actors, chain BLOB NOT NULL) STRICT"""
    )
    db.conn.execute("CREATE INDEX chart_decisions_of_chart ON chart_decisions (station, recipe, chart)")
    for statement in _insert_only("chart_decisions"):
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 2")


SCHEMA_VERSION = 2
"""What `PRAGMA user_version` reads after the last migration."""


def version_of(connection: sqlite3.Connection) -> int:
    """The layout of this file; a reader may meet one that no writer has brought up to date yet."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def records_of(version: int) -> tuple[str, ...]:
    """The tables of this layout whose rows stand in the chain."""
    return _RECORDS_1 if version < 2 else RECORDS


def make_layout(db: Database, version: int) -> None:
    """Bring a new file to this layout and no further: what `verify` compares a file of that age with."""
    names = [migration.name for migration in migrations.pending(db)]
    migrations.apply(db, stop_before=names[version:])
