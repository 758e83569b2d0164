"""Is the record whole and unaltered? Every check offline, on a copy of the moment it begins.

Promises: a damaged or altered record gives problems, never a traceback; nothing is written. Memory stays flat.
Noticed: pages SQLite cannot read, a changed layout, broken references, gaps in sequence or chain, an edited, deleted or
added record, an end cut off (against the station's head), altered content, a picture gone or changed.
May import: sqlite_utils, storage.
"""

from __future__ import annotations

import hashlib
import heapq
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from inference.document import digest_of
from storage import chain
from storage.database import explain, open_for_reading, reading
from storage.migrations import CHILDREN, make_layout, records_of, version_of
from storage.rows import COLUMNS, Row

_NAMED = 50
"""So many problems are told one by one; the rest is counted."""

Progress = Callable[[int], None]
"""Called with the number of records and pictures checked so far."""


@dataclass(frozen=True, slots=True)
class VerifyAnswer:
    """`records` and `images` were checked; `ok` where no problem was found."""

    ok: bool
    records: int
    images: int
    problems: tuple[str, ...]


@dataclass(slots=True)
class _Findings:
    connection: sqlite3.Connection
    folder: Path
    progress: Progress | None = None
    records: int = 0
    images: int = 0
    problems: list[str] = field(default_factory=list[str])
    untold: int = 0

    def report(self, problem: str) -> None:
        if len(self.problems) < _NAMED:
            self.problems.append(problem)
        else:
            self.untold += 1

    def step(self) -> None:
        if self.progress is not None and not (self.records + self.images) % 1000:
            self.progress(self.records + self.images)


def verify(db: Path, progress: Progress | None = None) -> VerifyAnswer:
    """Check a record, with its pictures.

    Raises:
        NotARecord: the file is missing or no record of ours.
        RecordUnavailable: it cannot be opened now (rights, or damage in its first page).

    """
    opened = open_for_reading(db)
    findings = _Findings(opened.conn, db.parent, progress)
    try:
        with reading(opened):
            for check in (_pages, _layout, _references, _documents, _chains, _counts, _pictures):
                _guarded(check, findings, db)
    finally:
        opened.close()
    if findings.untold:
        findings.problems.append(f"and {findings.untold} more problems")
    return VerifyAnswer(not findings.problems, findings.records, findings.images, tuple(findings.problems))


def _guarded(check: Callable[[_Findings], None], findings: _Findings, db: Path) -> None:
    try:
        check(findings)
    except sqlite3.Error as error:
        findings.report(explain(error, db))
    except (ValueError, TypeError) as error:
        # altered bytes: text that is no UTF-8, a number where a text belongs
        findings.report(f"{db} holds a value that no station wrote ({error})")


def _pages(findings: _Findings) -> None:
    for (said,) in findings.connection.execute(f"PRAGMA integrity_check({_NAMED})"):
        if said != "ok":
            findings.report(f"database: {said}")


def _layout(findings: _Findings) -> None:
    """Tables, views and the triggers that forbid edits are those that the migrations make, up to the file's version."""
    query = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    model = Database(memory=True, execute_plugins=False)
    try:
        make_layout(model, version_of(findings.connection))
        expected = dict(model.conn.execute(query).fetchall())
    finally:
        model.close()
    found = dict(findings.connection.execute(query).fetchall())
    for name in sorted(n for n in {*expected, *found} if expected.get(n) != found.get(n)):
        findings.report(f"layout: {name} was altered, added or taken out")


def _references(findings: _Findings) -> None:
    for table, row, parent, _ in findings.connection.execute("PRAGMA foreign_key_check"):
        findings.report(f"{table} row {row}: what it refers to in {parent} is gone")


def _documents(findings: _Findings) -> None:
    for digest, content in findings.connection.execute("SELECT digest, content FROM documents"):
        if digest_of(content) != digest:
            findings.report(f"document {digest}: its content was altered")


def _chains(findings: _Findings) -> None:
    uid = findings.connection.execute("SELECT uid FROM record").fetchone()[0]
    stations = findings.connection.execute("SELECT id, station_id, last_seq, head_link, head_chain FROM stations")
    for station, name, last_seq, head_link, head in stations.fetchall():
        walked = _walk(findings, station, chain.genesis(uid, name))
        if walked != (last_seq, head_link, head):
            seq, link, _ = walked
            ends = f"its last part is {seq} and its last record {link}, expected {last_seq} and {head_link}"
            findings.report(f"station {name}: the end of the record was cut off or altered ({ends})")


def _walk(findings: _Findings, station: int, before: bytes) -> tuple[int, int, bytes]:
    """Follow one station's chain; returns its last sequence number, link and hash."""
    seq = link = 0
    children = [_Children(findings.connection, table, station) for table in CHILDREN]
    tables = records_of(version_of(findings.connection))
    for table, row, stored in heapq.merge(*(_rows(findings.connection, t, station) for t in tables), key=_link_of):
        findings.records += table == "inspections"
        findings.step()
        owned = [of_table.take(row[0]) for of_table in children] if table == "inspections" else ()
        if row[2] != link + 1:
            findings.report(f"{_name(table, row)}: records {link + 1} to {row[2] - 1} before it are missing or doubled")
        if table == "inspections":
            if row[4] != seq + 1:
                findings.report(f"{_name(table, row)}: part {seq + 1} should stand here")
            seq = row[4]
        if chain.link(before, table, row, owned) != stored:
            findings.report(f"{_name(table, row)}: it, or the record before it, was altered")
        # go on from what is stored, so that one altered record is told once
        link, before = row[2], stored
    return seq, link, before


def _link_of(item: tuple[str, Row, bytes]) -> Any:
    return item[1][2]


def _rows(connection: sqlite3.Connection, table: str, station: int) -> Iterator[tuple[str, Row, bytes]]:
    columns = ", ".join(COLUMNS[table])
    query = f"SELECT {columns}, chain FROM {table} WHERE station = ? ORDER BY record"  # noqa: S608 (names are ours)
    for *row, stored in connection.execute(query, (station,)):
        yield table, tuple(row), stored


class _Children:
    """One table's rows, handed out inspection by inspection as the walk comes by."""

    def __init__(self, connection: sqlite3.Connection, table: str, station: int) -> None:
        columns = ", ".join(f"c.{column}" for column in COLUMNS[table])
        keys = ("inspection", "view_number", "number")
        order = ", ".join(f"c.{key}" for key in keys if key in COLUMNS[table])
        self._rows: Iterator[Row] = iter(
            connection.execute(
                f"""SELECT {columns} FROM {table} AS c JOIN inspections AS i ON i.record = c.inspection
                    WHERE i.station = ? ORDER BY {order}""",  # noqa: S608 (names are ours)
                (station,),
            )
        )
        self._next = next(self._rows, None)

    def take(self, inspection: int) -> Sequence[Row]:
        """The rows of this inspection; those of earlier ones, which nobody took, are passed over."""
        taken: list[Row] = []
        while self._next is not None and self._next[0] <= inspection:
            if self._next[0] == inspection:
                taken.append(self._next)
            self._next = next(self._rows, None)
        return taken


def _name(table: str, row: Row) -> str:
    return f"part {row[4]}" if table == "inspections" else f"{table} {row[3]}"


def _counts(findings: _Findings) -> None:
    query = """SELECT seq, pictures, (SELECT count(*) FROM images WHERE inspection = record) AS images FROM inspections
        WHERE (pictures = 'kept') <> (images > 0)"""
    for seq, pictures, images in findings.connection.execute(query):
        findings.report(f"part {seq}: its pictures are noted as {pictures}, but {images} are recorded")


def _pictures(findings: _Findings) -> None:
    query = """SELECT i.seq, m.path, m.bytes, m.sha256 FROM images AS m
        JOIN inspections AS i ON i.record = m.inspection ORDER BY m.inspection"""
    for seq, path, size, digest in findings.connection.execute(query):
        findings.images += 1
        findings.step()
        problem = _picture_problem(findings.folder, path, size, digest)
        if problem:
            findings.report(f"part {seq}: its picture {path} {problem}")


def _picture_problem(folder: Path, path: str, size: int, digest: str) -> str:
    if ".." in path.split("/") or Path(path).is_absolute():
        return "lies outside the archive"
    try:
        with (folder / path).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            read = file.tell()
    except FileNotFoundError:
        return "is gone"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return "" if (read, found) == (size, digest) else "was altered"
