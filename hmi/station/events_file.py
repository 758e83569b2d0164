"""The events file: a JSON line for each part, appended after its commit, for whoever follows the station.

Promises: a line stands only for a part that is in the record; after a crash the lines of parts that were recorded but
not yet told are added at the next start; a half-written last line is completed by a line break, never overwritten.
May import: inference, the standard library.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from inference.inspection import JudgedPart

log = logging.getLogger(__name__)

Line = dict[str, str | int]
"""Keys `seq id serial verdict at`."""
_TAIL_BYTES = 64 * 1024


class EventsFile:
    """Appends to one file. Used on the storage thread."""

    def __init__(self, path: Path, recorded_after: Callable[[int], Iterable[Line]]) -> None:
        """`recorded_after(seq)` gives the lines of all recorded parts after `seq`, oldest first."""
        self._path = path
        self._recorded_after = recorded_after
        self._file: BinaryIO | None = None
        self._waiting: list[bytes] = []

    def __call__(self, parts: Sequence[JudgedPart]) -> None:
        """Tell of these parts. A file that cannot be written is tried again with the next parts."""
        self._waiting += [_encode(_line(part)) for part in parts]
        if not self._waiting:
            return
        try:
            self._write(b"".join(self._waiting))
        except OSError as error:
            self._file = None
            log.error("the events file %s cannot be written (%s); its lines wait", self._path, error.strerror)
        else:
            self._waiting.clear()

    def catch_up(self) -> None:
        """Open the file and tell what was recorded but not told. Raises OSError."""
        told = last_seq(self._path)
        self._file = self._path.open("ab", buffering=0)
        if told is not None:
            for line in self._recorded_after(told):
                self._write(_encode(line))

    def _write(self, lines: bytes) -> None:
        if self._file is None:
            self._file = self._path.open("ab", buffering=0)
        self._file.write(lines)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def last_seq(path: Path) -> int | None:
    """The last whole line's sequence number; None where there is none. Ends a half-written line."""
    try:
        with path.open("r+b") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL_BYTES))
            lines = file.read().split(b"\n")
            if lines[-1]:
                file.write(b"\n")
    except FileNotFoundError:
        return None
    for line in reversed(lines):
        try:
            return int(json.loads(line)["seq"])
        except (ValueError, KeyError, TypeError):
            continue
    return None


def _line(part: JudgedPart) -> Line:
    inspection = part.inspection
    return {
        "seq": inspection.seq,
        "id": inspection.id,
        "serial": inspection.serial,
        "verdict": str(inspection.verdict),
        "at": inspection.at.utc.isoformat(timespec="milliseconds"),
    }


def _encode(line: Line) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"
