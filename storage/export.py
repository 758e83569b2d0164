"""Records out: one row an inspection, as CSV (RFC 4180, UTF-8 without a byte order mark) or JSON Lines.

Promises: the file is whole or not there; all rows are of one moment of the record; memory stays flat.
May import: inference, storage.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from storage import cells, rows
from storage.database import explain, open_for_reading, reading
from storage.errors import ExportFailed, ExportRefused, RecordUnavailable
from storage.filters import Filters

FORMATS = ("csv", "jsonl")
_LATER = ("xlsx", "parquet")
_CHUNK = 500
_ALL = Filters()
_UNCHANGED = (
    *("seq", "id", "product", "lot", "serial", "recipe", "recipe_digest", "model", "model_digest", "label", "score"),
    *("threshold", "duration_ms", "operator", "override_by", "override_reason"),
)
_SOURCES = "SELECT inspection, source FROM views WHERE inspection IN ({}) ORDER BY inspection, view_number"
_IMAGES = "SELECT inspection, path FROM images WHERE inspection IN ({}) ORDER BY inspection, view_number"

Progress = Callable[[int, int], None]
"""Called with rows written and rows in all."""


@dataclass(frozen=True, slots=True)
class ExportAnswer:
    """What was written."""

    rows: int
    file: str
    sha256: str


def station_zone(db: Path) -> tzinfo:
    """The zone of the record's (first) station: what a time without a zone is meant in. Raises as `export`."""
    opened = open_for_reading(db)
    try:
        found = opened.conn.execute("SELECT zone FROM stations ORDER BY last_seq = 0, id LIMIT 1").fetchone()
        name = "UTC" if found is None else str(found[0])
        return UTC if name == "UTC" else ZoneInfo(name)
    except ZoneInfoNotFoundError as error:
        raise RecordUnavailable("the station's time zone is not known here: give times with an offset") from error
    except sqlite3.Error as error:
        raise RecordUnavailable(explain(error, db)) from error
    finally:
        opened.close()


def format_of(out: Path, asked: str | None = None) -> str:
    """The format asked for, or the one that the file's ending names.

    Raises:
        ExportRefused: it is none that this version writes.

    """
    name = (asked or out.suffix.lstrip(".")).lower()
    if name in _LATER:
        raise ExportRefused(f"{name} is not written by this version: choose csv or jsonl")
    if name not in FORMATS:
        raise ExportRefused(f"the format {name!r} of {out} is not known: choose csv or jsonl, or give --format")
    return name


def export(
    db: Path, out: Path, format_name: str | None = None, filters: Filters = _ALL, progress: Progress | None = None
) -> ExportAnswer:
    """Write the records that the filters leave to `out`, replacing it only when all is written.

    Raises:
        NotARecord, RecordUnavailable: `db` cannot be read.
        ExportRefused: what was asked for makes no sense.
        ExportFailed: `out` could not be written; what stood there before still does.

    """
    kind = format_of(out, format_name)
    if out.is_dir() or out.resolve() == db.resolve():
        raise ExportRefused(f"{out} is the database or a folder: name a new file")
    if not out.parent.is_dir():
        raise ExportRefused(f"the folder {out.parent} does not exist: make it first")
    half = out.with_name(f".{out.name}.{os.getpid()}.part")
    opened = open_for_reading(db)
    try:
        with half.open("wb") as file, reading(opened):
            sink = _Hashed(file)
            written = _write(opened.conn, sink, kind, filters, progress)
            file.flush()
            os.fsync(file.fileno())
        half.replace(out)
    except OSError as error:
        raise ExportFailed(f"{out} could not be written ({error.strerror}): check the room left") from error
    except sqlite3.Error as error:
        raise RecordUnavailable(explain(error, db)) from error
    finally:
        opened.close()
        half.unlink(missing_ok=True)
    return ExportAnswer(written, str(out), sink.hexdigest())


class _Hashed(io.RawIOBase):
    """A file that knows the SHA-256 of what went into it."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._hash = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._hash.update(data)
        return self._file.write(data)

    def hexdigest(self) -> str:
        """Of everything written so far."""
        return self._hash.hexdigest()


def _write(
    connection: sqlite3.Connection, sink: _Hashed, kind: str, filters: Filters, progress: Progress | None
) -> int:
    condition, values = filters.where()
    total = int(connection.execute(f"SELECT count(*) FROM results WHERE {condition}", values).fetchone()[0])  # noqa: S608 (parameters)
    names = _characteristics(connection, condition, values)
    stream = io.TextIOWrapper(io.BufferedWriter(sink, 1 << 20), "utf-8", "backslashreplace", newline="")
    put = _csv_writer(stream, names) if kind == "csv" else _json_writer(stream, names)
    written = 0
    for chunk in _chunks(connection, condition, values):
        for row in chunk:
            put(row)
        written += len(chunk)
        if progress is not None:
            progress(written, total)
    stream.flush()
    stream.detach().detach()
    return written


def _csv_writer(stream: io.TextIOBase, names: Sequence[str]) -> Callable[[dict[str, Any]], None]:
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([*cells.COLUMNS, *(cells.harmless(cells.characteristic_column(name)) for name in names)])

    def put(row: dict[str, Any]) -> None:
        writer.writerow(cells.as_csv(row, names))

    return put


def _json_writer(stream: io.TextIOBase, names: Sequence[str]) -> Callable[[dict[str, Any]], None]:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

    def put(row: dict[str, Any]) -> None:
        stream.write(encode(cells.as_json(row, names)) + "\n")

    return put


def _characteristics(connection: sqlite3.Connection, condition: str, values: Sequence[Any]) -> list[str]:
    query = f"""SELECT DISTINCT characteristic FROM measurements
        WHERE inspection IN (SELECT record FROM results WHERE {condition}) ORDER BY 1"""  # noqa: S608 (parameters)
    return [name for (name,) in connection.execute(query, values)]


def _chunks(connection: sqlite3.Connection, condition: str, values: Sequence[Any]) -> Iterator[list[dict[str, Any]]]:
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row  # type: ignore[assignment] (typeshed forgets that a cursor may have its own)
    cursor.execute(f"SELECT * FROM results WHERE {condition} ORDER BY station_id, seq", values)  # noqa: S608 (parameters)
    while found := cursor.fetchmany(_CHUNK):
        records = [row["record"] for row in found]
        sources = _joined(connection, _SOURCES, records)
        images = _joined(connection, _IMAGES, records)
        measured = _measured(connection, records)
        yield [_flat(row, sources[row["record"]], images[row["record"]], measured[row["record"]]) for row in found]


def _joined(connection: sqlite3.Connection, query: str, records: Sequence[int]) -> defaultdict[int, list[str]]:
    grouped: defaultdict[int, list[str]] = defaultdict(list)
    for record, text in connection.execute(query.format(_marks(records)), records):
        grouped[record].append(text)
    return grouped


def _measured(connection: sqlite3.Connection, records: Sequence[int]) -> defaultdict[int, dict[str, float]]:
    query = f"""SELECT inspection, characteristic, value FROM measurements
        WHERE inspection IN ({_marks(records)}) ORDER BY inspection, view_number, number"""  # noqa: S608 (question marks)
    grouped: defaultdict[int, dict[str, float]] = defaultdict(dict)
    for record, name, value in connection.execute(query, records):
        grouped[record][cells.characteristic_column(name)] = value
    return grouped


def _marks(values: Sequence[int]) -> str:
    return ",".join("?" * len(values))


def _flat(
    row: sqlite3.Row, sources: Sequence[str], images: Sequence[str], measured: dict[str, float]
) -> dict[str, Any]:
    return {
        **{name: row[name] for name in _UNCHANGED},
        "station": row["station_id"],
        "at": rows.moment(row["at_us"], row["offset_s"]).isoformat(timespec="microseconds"),
        "job": row["job_id"],
        "verdict": row["effective_verdict"],
        "machine_verdict": row["verdict"],
        "reasons": rows.read_messages(row["reasons"]),
        "source": " | ".join(sources),
        "image": " | ".join(images),
        **measured,
    }
