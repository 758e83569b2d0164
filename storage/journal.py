"""`Journal`: the record's one writer, as the storage stage sees it (`inference.pipeline.ports.InspectionSink`).

Promises: when `append` returns, rows and pictures are on the disk; when it raises `SinkFault`, no row of the batch is
in the record and the same batch may be sent again. Pictures are written before the row that names them.
May import: inference, sqlite_utils, the rest of storage.
"""

from __future__ import annotations

import errno
import logging
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlite_utils import Database

from camera.frame import Frame
from inference.inspection import JudgedPart
from inference.pipeline.events import Entry
from inference.pipeline.ports import Committed, ResumePoint, SinkFault, SinkUnavailable
from storage import chain
from storage.batch import Batch, Head, Pictures, read_head
from storage.database import check_place, explain, open_for_writing, writing
from storage.decisions import decisions_to_resume
from storage.errors import RecordUnavailable
from storage.images import ImageSettings, archive_folder, claim, hour_of, pictures_due, save, sweep
from storage.lock import WriterLock
from storage.observations import last_observations
from storage.rows import moment
from storage.totals import job_totals

_log = logging.getLogger(__name__)

_DEFAULT_IMAGES = ImageSettings()
_LATE = timedelta(hours=1)
"""A part may have been triggered this long before one that was recorded earlier."""


def free_bytes(folder: Path) -> int:
    """Bytes free on the disk that holds `folder`. Raises OSError."""
    return shutil.disk_usage(folder).free


class Journal:
    """One station's writer of one record. Made anywhere; opened, used and closed on one thread.

    Args:
        path: the SQLite file; pictures go to `<stem>_images` beside it.
        station_id: whose parts these are.
        zone: the station's IANA time zone, such as `Europe/Berlin`.
        images: which pictures are kept, and how much room must stay on the disk.
        software: version of this program, kept with every job.
        busy_timeout_s: how long to wait for another program's lock.
        free: bytes free where a folder lies.

    """

    def __init__(
        self,
        path: Path,
        *,
        station_id: str = "station",
        zone: str = "UTC",
        images: ImageSettings = _DEFAULT_IMAGES,
        software: str = "",
        busy_timeout_s: float = 2.0,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self._path = path
        self._station_id = station_id
        self._zone_name = zone
        self._images = images
        self._software = software
        self._busy_timeout_s = busy_timeout_s
        self._free = free
        self._lock = WriterLock(path)
        self._zone: tzinfo = UTC
        self._folder = path.with_name(f"{path.stem}_images")
        self._opened = False
        self._identity = (0, 0)
        self._db: Database | None = None
        self._head: Head | None = None
        self._effective_ok = 0
        self._unrecorded: dict[str, Pictures] = {}
        """Pictures on the disk whose rows are not committed yet: not written again when the batch comes again."""

    @property
    def path(self) -> Path:
        """The database file."""
        return self._path

    @property
    def image_folder(self) -> Path:
        """Where this record's pictures go; settled by `open`."""
        return self._folder

    def open(self) -> None:
        """Open or make the record and sweep what a crash left behind. Raises SinkUnavailable."""
        self._zone = _zone(self._zone_name)
        check_place(self._path)
        try:
            if not self._lock.acquire():
                raise RecordUnavailable(f"{self._path} is in use by another station: stop it, or name another database")
            self._db = open_for_writing(self._path, self._busy_timeout_s)
            self._enter(self._db)
        except (OSError, sqlite3.Error) as error:
            self.close()
            raise RecordUnavailable(_sentence(error, self._path)) from error
        except SinkUnavailable:
            self.close()
            raise
        self._opened = True

    def resume(self, station_id: str, recipe_digest: str, limit: int, *, recipe: str = "") -> ResumePoint:
        """Where to go on: last sequence number, the last `limit` observations, decisions on the charts of `recipe`.

        `recipe` is the recipe's name: its new revisions go on with the decisions made under the old ones.

        Raises:
            SinkUnavailable: the record cannot be read.

        """
        if self._db is None:
            raise RecordUnavailable(f"{self._path} is not open")
        connection = self._db.conn
        try:
            found = connection.execute("SELECT last_seq FROM stations WHERE station_id = ?", (station_id,)).fetchone()
            # one more than asked for tells whether there are older ones
            seen = last_observations(connection, station_id, recipe_digest, limit + 1)
            decisions = decisions_to_resume(connection, station_id, recipe)
        except sqlite3.Error as error:
            raise RecordUnavailable(explain(error, self._path)) from error
        last_seq, older = 0 if found is None else int(found[0]), max(0, len(seen) - limit)
        return ResumePoint(last_seq, seen[older:], older > 0, decisions)

    def append(self, entries: Sequence[Entry]) -> Committed:
        """Commit all entries in their order, or none. On return they are on the disk.

        Raises:
            SinkFault: nothing of the batch is recorded; try the same batch again.
            BadEntry: an entry that may never be recorded; a bug of the caller.

        """
        try:
            free = self._room()
            db, head = self._ready()
            self._save_pictures(entries, head.last_seq, free)
            with writing(db):
                batch = Batch(db.conn, head.copy(), zone=self._zone, software=self._software)
                for entry in entries:
                    batch.add(entry, self._unrecorded)
                batch.flush()
        except SinkUnavailable as error:
            raise SinkFault(str(error)) from error
        except (OSError, sqlite3.Error) as error:
            self._disconnect()
            raise SinkFault(_sentence(error, self._path)) from error
        self._head = batch.head
        self._unrecorded.clear()
        return Committed(batch.recorded, batch.images_written)

    def effective_ok(self) -> int:
        """Parts of the last recorded job that count as OK after overrides; the last known number during a fault."""
        if self._db is not None:
            query = """SELECT max(j.record) FROM jobs AS j JOIN stations AS s ON s.id = j.station
                WHERE s.station_id = ?"""
            try:
                job = self._db.conn.execute(query, (self._station_id,)).fetchone()[0]
                self._effective_ok = job_totals(self._db.conn, job).effective_ok
            except sqlite3.Error as error:
                _log.info("the yield could not be counted anew: %s", error)
        return self._effective_ok

    def disk_free(self) -> int:
        """Bytes free where the record lies; 0 where that cannot be told."""
        try:
            return self._free(self._path.parent)
        except OSError:
            return 0

    def close(self) -> None:
        """Check-point and close. May be called twice."""
        if self._db is not None and self._opened:
            try:
                self._db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except sqlite3.Error as error:
                # nothing is lost: the next start reads the log
                _log.info("the record was closed without a check-point: %s", error)
        self._disconnect()
        self._lock.release()
        self._opened = False

    def _enter(self, db: Database) -> None:
        status = self._path.stat()
        self._identity = (status.st_dev, status.st_ino)
        uid = str(db.conn.execute("SELECT uid FROM record").fetchone()[0])
        with writing(db):
            db.conn.execute(
                """INSERT INTO stations (station_id, zone, last_seq, head_link, head_chain) VALUES (?, ?, 0, 0, ?)
                   ON CONFLICT (station_id) DO UPDATE SET zone = excluded.zone""",
                (self._station_id, self._zone_name, chain.genesis(uid, self._station_id)),
            )
        self._folder = archive_folder(self._path, uid)
        claim(self._folder, uid)
        self._sweep(db)

    def _sweep(self, db: Database) -> None:
        last = db.conn.execute("SELECT at_us FROM inspections ORDER BY record DESC LIMIT 1").fetchone()
        since = "0000" if last is None else hour_of(moment(last[0]) - _LATE)
        named = db.conn.execute("SELECT path FROM images WHERE path >= ?", (f"{self._folder.name}/{since}",))
        removed, moved = sweep(self._folder, since, {path for (path,) in named})
        if removed or moved:
            _log.info(
                "swept after a crash: %d half-written files removed, %d unrecorded pictures moved", removed, moved
            )

    def _room(self) -> int:
        free = self._free(self._path.parent)
        if free < self._images.floor_bytes:
            room = f"{free // 1_000_000} MB left, {self._images.floor_bytes // 1_000_000} MB needed"
            raise SinkFault(f"the disk of {self._path} is nearly full ({room}): free some space")
        return free

    def _ready(self) -> tuple[Database, Head]:
        """The connection and the head; both are made anew after a fault, for nobody knows what a fault left."""
        if not self._opened:
            raise SinkFault(f"{self._path} is not open")
        try:
            status = self._path.stat()
        except FileNotFoundError:
            status = None
        if status is None or (status.st_dev, status.st_ino) != self._identity:
            # SQLite would go on writing into a file that has no name any more
            raise SinkFault(f"{self._path} was moved, deleted or replaced while the station runs: put it back")
        if self._db is None:
            self._db = open_for_writing(self._path, self._busy_timeout_s)
        if self._head is None:
            self._head = read_head(self._db.conn, self._station_id)
        return self._db, self._head

    def _save_pictures(self, entries: Sequence[Entry], last_seq: int, free: int) -> None:
        for entry in entries:
            if not isinstance(entry, JudgedPart) or entry.inspection.seq <= last_seq:
                continue
            inspection = entry.inspection
            if inspection.id not in self._unrecorded:
                frames = sum(isinstance(view, Frame) for view in entry.part.views)
                state = pictures_due(inspection, frames, self._images, free)
                saved = save(entry, self._folder, self._images) if state == "kept" else ()
                self._unrecorded[inspection.id] = Pictures(state, saved)

    def _disconnect(self) -> None:
        self._head = None
        if self._db is not None:
            self._db.close()
            self._db = None


def _zone(name: str) -> tzinfo:
    if name == "UTC":  # needs no time zone database, which Windows lacks
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise RecordUnavailable(
            f"the time zone {name!r} is not known here: use a name such as Europe/Berlin"
        ) from error


def _sentence(error: OSError | sqlite3.Error, path: Path) -> str:
    if isinstance(error, sqlite3.Error):
        return explain(error, path)
    place = error.filename or path.parent
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"there is no room left for {place}: free some space"
    return f"{place} could not be written ({error.strerror}): check the disk and its rights"
