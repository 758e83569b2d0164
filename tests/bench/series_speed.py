"""How long a series over a long record takes, beside a bare `SELECT seq, value` in the same run.

Run from the repository's root: `python tests/bench/series_speed.py [parts] [characteristics]`. The record is made in a
temporary folder by the station's own layout, with plain rows: no pictures, no valid chain.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from click import echo

from storage.database import open_for_writing
from storage.filters import Filters
from storage.history import History
from storage.rows import COLUMNS

PARTS_A_JOB = 5_000
START_US = 1_750_000_000_000_000
BARE = """SELECT seq, value FROM inspections JOIN measurements ON inspection = record
    WHERE characteristic = 'c0' ORDER BY record"""


def rows(parts: int, characteristics: int) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Table → rows, in pieces that fit in memory."""
    chance = random.Random(1)
    yield "boots", [(1, 1, 1, "boot", START_US, b"")]
    jobs = range(1, parts // PARTS_A_JOB + 2)
    yield (
        "jobs",
        [
            (n, 1, n, f"job-{n}", "ring", f"L{n % 40}", "ring", None, "", None, None, "", START_US, 0, 1, b"")
            for n in jobs
        ],
    )
    for first in range(1, parts + 1, 20_000):
        seqs = range(first, min(first + 20_000, parts + 1))
        bad = {seq: chance.random() < 0.02 for seq in seqs}
        yield (
            "inspections",
            [
                (
                    *(
                        seq,
                        1,
                        seq,
                        f"id-{seq}",
                        seq,
                        f"t{seq}",
                        seq // PARTS_A_JOB + 1,
                        f"S{seq:08}",
                        START_US + seq * 10**6,
                    ),
                    *(seq, 1, 0, "NOT_OK" if bad[seq] else "OK", "COMPLETED", "good", chance.random(), 0.5, 12.5),
                    *('{"judge":1.25,"total":12.5}', "[]", "none", bytes(32)),
                )
                for seq in seqs
            ],
        )
        yield (
            "measurements",
            [
                (seq, 0, k, f"c{k}", chance.gauss(25.0, 0.01), "mm", 24.9, 25.1, None)
                for seq in seqs
                for k in range(characteristics)
            ],
        )
        yield "defects", [(seq, 0, 0, "scratch", 0.9, 1.0, 2.0, 3.0, 4.0, 5.0, 2) for seq in seqs if bad[seq]]


def make(path: Path, parts: int, characteristics: int) -> None:
    """A record of one station."""
    db = open_for_writing(path)
    db.conn.execute("PRAGMA synchronous = OFF")
    db.conn.execute("BEGIN")
    db.conn.execute("INSERT INTO stations VALUES (1, 'station', 'UTC', ?, ?, ?)", [parts, parts, b""])
    for table, of_table in rows(parts, characteristics):
        marks = ", ".join("?" * len(of_table[0])) if of_table else ""
        db.conn.executemany(f"INSERT INTO {table} VALUES ({marks})", of_table)
        assert not of_table or len(of_table[0]) - len(COLUMNS[table]) in (0, 1)
    db.conn.execute("COMMIT")
    db.close()


def timed(name: str, work: Callable[[], Any], parts: int) -> float:
    """The best of three runs, printed."""
    best = min(_seconds(work) for _ in range(3))
    echo(f"{name:<44} {best:7.2f} s {parts / best:12,.0f} parts/s")
    return best


def _seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main(parts: int, characteristics: int) -> None:
    """Make the record and time what a window asks of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "R.db"
        echo(f"making {parts:,} parts took {_seconds(lambda: make(path, parts, characteristics)):.0f} s")
        with History(path) as history:
            cursor = history._db.conn.cursor()
            cursor.row_factory = None
            bare = timed("bare SELECT seq, value, fetchall", lambda: cursor.execute(BARE).fetchall(), parts)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            for name in ("c0", "score", "reject", "defects"):
                took = timed(f"series({name})", lambda name=name: history.series(name), parts)
                echo(f"{'':<44} {took / bare:7.2f} times the bare SELECT")
            timed("series(c0), one lot of 40", lambda: history.series("c0", Filters(lot="L7")), parts)
            few = Filters(since_seq=parts // 2, until_seq=parts // 2 + 1000)
            timed("series(c0), 1,000 parts by number", lambda: history.series("c0", few), 1000)
            timed("characteristics()", history.characteristics, parts)
            timed("defect_counts()", history.defect_counts, parts)
            after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            echo(f"peak memory {before / 1024:.0f} MB after the bare SELECT, {after / 1024:.0f} MB at the end")


if __name__ == "__main__":
    main(*(int(given) for given in (sys.argv[1:] + ["1000000", "4"][len(sys.argv) - 1 :])))
