"""Another program that reads the record of a running station, and closes it, takes nothing away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from storage.database import open_for_reading
from storage.errors import NotARecord
from storage.history import History
from tests.unit.storage_parts import job, journal, part, started

_PASSER_BY = """
import sqlite3, sys
there = sqlite3.connect(sys.argv[1])
print(there.execute("SELECT count(*) FROM inspections").fetchone()[0])
there.close()
"""


def passer_by(path: Path) -> str:
    """What another program counts, that may write and leaves in order."""
    done = subprocess.run(
        [sys.executable, "-c", _PASSER_BY, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_the_log_of_a_running_station_outlives_a_window_that_looks_and_a_program_that_passes_by(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    sink.append([started(job("j", "L")), part(1, of=job("j", "L"))])
    log = sink.path.with_name(sink.path.name + "-wal")
    for seq in (2, 3):
        with History(sink.path) as history:
            assert len(history.recent(9, 0)) == seq - 1
        assert passer_by(sink.path) == str(seq - 1)
        assert log.exists()
        sink.append([part(seq, of=job("j", "L"))])
    assert passer_by(sink.path) == "3"
    sink.close()


def test_a_file_put_in_the_place_of_a_record_is_looked_into(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    sink.close()
    open_for_reading(sink.path).close()
    other = tmp_path / "other"
    other.write_bytes(b"no database, but long enough to be one")
    other.replace(sink.path)
    with pytest.raises(NotARecord, match="not a SQLite database"):
        open_for_reading(sink.path)
