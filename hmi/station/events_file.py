"""The events file: a JSON line for each part, appended after its commit, for whoever follows the station.

Promises: a line stands only for a part that is in the record; after a crash the lines of parts that were recorded but
not yet told are added at the next start; a half-written last line is completed by a line break, never overwritten.
May import: inference, the standard library.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from io import FileIO
from pathlib import Path

from inference.inspection import JudgedPart

log = logging.getLogger(__name__)

_TAIL_BYTES = 64 * 1024


class EventsFile:
    """Appends to one file. Used on the storage thread."""

    def __init__(self, path: Path, recorded_after: Callable[[int], Iterable[bytes]]) -> None:
        """`recorded_after(seq)` gives the lines of all recorded parts after `seq`, oldest first."""
        self._path = path
        self._recorded_after = recorded_after
        self._file: FileIO | None = None
        self._waiting = bytearray()
        """What is not in the file yet: lines, perhaps without the beginning of the first."""

    def __call__(self, parts: Sequence[JudgedPart]) -> None:
        """Tell of these parts. What cannot be written is tried again with the next parts, from the very byte on."""
        for part in parts:
            i = part.inspection
            self._waiting += event_line(i.seq, i.id, i.serial, i.verdict, i.at.utc)
        try:
            self._write()
        except OSError as error:
            self.close()
            log.error("the events file %s cannot be written (%s); its lines wait", self._path, error.strerror)

    def catch_up(self) -> None:
        """Open the file and tell what was recorded but not told. Raises OSError."""
        told = last_seq(self._path)
        self._file = self._path.open("ab", buffering=0)
        if told is not None:
            for line in self._recorded_after(told):
                self._waiting += line
            self._write()

    def _write(self) -> None:
        """An unbuffered write may take only a part (a disk that fills): the rest stays and is told later."""
        while self._waiting:
            if self._file is None:
                self._file = self._path.open("ab", buffering=0)
            written = self._file.write(self._waiting)
            del self._waiting[:written]

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


def event_line(seq: int, part_id: str, serial: str, verdict: str, utc: datetime) -> bytes:
    """One line: keys `seq id serial verdict at`."""
    at = utc.isoformat(timespec="milliseconds")
    line = {"seq": seq, "id": part_id, "serial": serial, "verdict": str(verdict), "at": at}
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"
