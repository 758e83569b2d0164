"""Opening the record's file, for the one writer or for any reader, and saying in a sentence why it cannot be.

Promises: a writer's connection has WAL, `synchronous=FULL` and foreign keys on; a reader's cannot write. Whatever is
refused is refused before the file is touched.
May import: sqlite_utils, storage.errors, storage.migrations.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from storage.errors import NotARecord, RecordUnavailable
from storage.migrations import APPLICATION_ID, SCHEMA_VERSION, migrations

_MAGIC = b"SQLite format 3\0"
_ANY_WRITE_BIT = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH

_SENTENCES: tuple[tuple[str, str], ...] = (
    ("locked", "{path} is locked by another program: close it, or wait until it is done"),
    ("full", "there is no room left where {path} lies: free some space"),
    ("readonly", "{path} cannot be written: check its rights and those of its folder"),
    ("disk i/o", "the disk under {path} reported an error: check the disk and its connection"),
    ("malformed", "{path} is damaged: keep it, and restore a backup or start with a new file"),
    ("not a database", "{path} is damaged: keep it, and restore a backup or start with a new file"),
    ("unable to open", "{path} cannot be opened: check that its folder is there and its rights"),
)


def explain(error: sqlite3.Error, path: Path) -> str:
    """One sentence for a person about what SQLite said of `path`."""
    said = str(error)
    for sign, sentence in _SENTENCES:
        if sign in said.lower():
            return sentence.format(path=path)
    return f"{path} could not be used ({said}): run `loupe verify` on it"


def open_for_writing(path: Path, busy_timeout_s: float = 2.0) -> Database:
    """Open or make the record, brought up to this version's layout.

    Raises:
        NotARecord: the file is no record of ours.
        RecordUnavailable: it, or its folder, cannot be used now.

    """
    check_place(path)
    with _refusals(path):
        db = _connect(str(path), busy_timeout_s)
    try:
        _know(path)  # a new file is there now, and not locked yet
        with _refusals(path):
            _check_schema(db, path)
            _prepare_writer(db)
            migrations.apply(db)
    except BaseException:
        db.close()
        raise
    return db


def open_for_reading(path: Path) -> Database:
    """Open the record read-only; works beside a running station and after one was killed.

    Raises:
        NotARecord: the file is missing, no record of ours, or empty.
        RecordUnavailable: it is damaged or cannot be read now.

    """
    if not path.exists():
        raise NotARecord(f"{path} does not exist: name the database of a station")
    _check_kind(path)
    with _refusals(path):
        db = _connect(f"{path.resolve().as_uri()}?{_read_mode(path)}", 5.0, any_thread=True)
    try:
        with _refusals(path):
            _check_filled(db, path)
            db.conn.execute("PRAGMA query_only = ON")
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def writing(db: Database) -> Generator[None]:
    """One transaction that owns the write lock from its first statement on, so that it can only fail at its start.

    (`Database.atomic()` begins deferred: after a read it may be refused in the middle, without waiting.)
    """
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise


@contextmanager
def reading(db: Database) -> Generator[None]:
    """One moment of the record: every query inside sees the same rows, whatever is written meanwhile."""
    db.conn.execute("BEGIN")
    try:
        yield
    finally:
        db.rollback()


def _connect(name: str, busy_timeout_s: float, *, any_thread: bool = False) -> Database:
    connection = sqlite3.connect(
        name,
        timeout=busy_timeout_s,
        isolation_level=None,
        uri=name.startswith("file:"),
        check_same_thread=not any_thread,
    )
    return Database(connection, execute_plugins=False)


def _prepare_writer(db: Database) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        db.conn.execute(f"PRAGMA {pragma}").fetchall()
    if sys.platform == "darwin":
        # plain fsync there leaves the data in the drive's cache
        db.conn.execute("PRAGMA fullfsync = ON")


def _read_mode(path: Path) -> str:
    """A WAL file is read through shared memory beside it; in a folder without write rights only a settled one can."""
    wal = path.with_name(path.name + "-wal")
    settled = not wal.exists() or wal.stat().st_size == 0
    return "mode=ro&immutable=1" if settled and not os.access(path.parent, os.W_OK) else "mode=ro"


def check_place(path: Path) -> None:
    """Refuse a place that cannot hold a record, before anything is made there; makes the folder where it lacks.

    Raises:
        NotARecord: the file is something else.
        RecordUnavailable: the file or its folder cannot be written.

    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordUnavailable(f"the folder {path.parent} cannot be made ({error.strerror}): name another") from error
    _check_kind(path)
    for place in (path.parent, path):
        # the administrator may write anything; a file marked read-only is still meant to stay as it is
        if place.exists() and not (os.access(place, os.W_OK) and place.stat().st_mode & _ANY_WRITE_BIT):
            raise RecordUnavailable(
                f"{place} is read-only: give this user the right to write, or name another database"
            )


_seen: set[tuple[int, int]] = set()
"""Device and inode of the files that this process has looked into."""
_looking = threading.Lock()


def _check_kind(path: Path) -> None:
    """Raises NotARecord where the file's first bytes are not SQLite's; an absent or empty file may become a record.

    A file is looked into once, before SQLite opens it: closing it later would drop the locks that SQLite holds on it
    in this process (https://www.sqlite.org/howtocorrupt.html, 2.2), and another program would then take the log of the
    running station for one that nobody needs any more, and delete it.
    """
    if path.is_dir():
        raise NotARecord(f"{path} is a folder: name a database file")
    try:
        with _looking:
            start = _first_look(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise RecordUnavailable(f"{path} cannot be read ({error.strerror}): check its rights") from error
    if start not in (b"", _MAGIC):
        raise NotARecord(f"{path} is not a SQLite database: name the database of a station, or a new file")


def _know(path: Path) -> None:
    with _looking:
        _seen.add(_file_id(path))


def _file_id(path: Path) -> tuple[int, int]:
    there = path.stat()
    return there.st_dev, there.st_ino


def _first_look(path: Path) -> bytes:
    """The file's first bytes; SQLite's for one that SQLite may have open. Raises OSError."""
    file_id = _file_id(path)
    if file_id in _seen:
        return _MAGIC
    with path.open("rb") as file:
        start = file.read(len(_MAGIC))
    if start in (b"", _MAGIC):
        _seen.add(file_id)
    return start


def _check_schema(db: Database, path: Path) -> int:
    """The layout's version, 0 for an empty file."""
    version = int(db.conn.execute("PRAGMA user_version").fetchone()[0])
    owner = int(db.conn.execute("PRAGMA application_id").fetchone()[0])
    empty = db.conn.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if owner != APPLICATION_ID and not empty and not _is_half_made(db):
        raise NotARecord(f"{path} is the database of another program: name another file")
    if version > SCHEMA_VERSION:
        raise NotARecord(
            f"{path} was made by a newer Loupe (layout {version}, this one knows {SCHEMA_VERSION}): update"
        )
    return version


def _check_filled(db: Database, path: Path) -> None:
    if _check_schema(db, path) == 0:
        raise NotARecord(f"{path} holds no record yet: run the station first")


def _is_half_made(db: Database) -> bool:
    """True where a first start was cut off after sqlite-utils made its own table and before ours."""
    tables = {row[0] for row in db.conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return tables <= {migrations.migrations_table, "sqlite_sequence"}


@contextmanager
def _refusals(path: Path) -> Generator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise RecordUnavailable(explain(error, path)) from error
