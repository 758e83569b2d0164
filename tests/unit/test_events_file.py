"""The events file: a line a part, none cut, none twice, whatever the disk does."""

from __future__ import annotations

import errno
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hmi.station.events_file import EventsFile, event_line, last_seq
from tests.station.doubles import ListSink, ScriptedSource, picture, run, station

AT = datetime(2026, 1, 1, tzinfo=UTC)


def lines_of(path: Path) -> list[int]:
    return [json.loads(line)["seq"] for line in path.read_bytes().splitlines()]


def judged(count: int) -> list:
    sink = ListSink()
    run(station(ScriptedSource([picture()] * count), sink))
    return sink.parts


def test_parts_that_were_recorded_but_not_told_are_told_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(event_line(1, "a", "S1", "OK", AT) + b'{"seq": 2, "id": "b')  # killed in the middle of a line
    events = EventsFile(path, lambda seq: [event_line(n, "x", "", "OK", AT) for n in range(seq + 1, 4)])
    events.catch_up()
    events.close()
    whole = [line for line in path.read_bytes().split(b"\n") if line.endswith(b"}")]
    assert [json.loads(line)["seq"] for line in whole] == [1, 2, 3]
    assert last_seq(path) == 3


def test_a_new_file_tells_nothing_of_the_past(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    events = EventsFile(path, lambda seq: [event_line(seq + 1, "x", "", "OK", AT)])
    events.catch_up()
    events.close()
    assert path.read_bytes() == b""


@pytest.mark.expects_log
def test_a_disk_that_takes_half_a_line_gets_the_other_half_later(tmp_path: Path) -> None:
    class FillingDisk:
        """Takes 20 bytes, then has no room: what an unbuffered file does on a full disk."""

        room = 20

        def __init__(self, path: Path) -> None:
            self._file = path.open("ab", buffering=0)

        def write(self, data: bytearray) -> int:
            if not self.room:
                raise OSError(errno.ENOSPC, "No space left on device")
            taken = self._file.write(bytes(data[: self.room]))
            self.room -= taken
            return taken

        def close(self) -> None:
            self._file.close()

    path = tmp_path / "events.jsonl"
    events = EventsFile(path, lambda _: [])
    events.catch_up()
    events.close()
    events._file = FillingDisk(path)  # type: ignore[assignment]
    parts = judged(4)
    events(parts[:2])
    assert path.stat().st_size == 20
    events(parts[2:])
    events.close()
    assert lines_of(path) == [1, 2, 3, 4]
