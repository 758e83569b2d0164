"""Kill the program in the middle of a run, again and again: nothing that was told is missing, nothing is doubled.

Run by `python3 packaging/bootstrap.py test -m slow -k crash`.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hmi.station.compose import compose
from hmi.station.demo import demo_order
from inference.pipeline.monitor import SpcMonitor
from storage.history import History
from storage.verify import verify

ROUNDS = 20


def loupe(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "hmi", *map(str, arguments)]


def lines(path: Path) -> list[dict[str, Any]]:
    """All whole lines."""
    if not path.exists():
        return []
    whole = [line for line in path.read_bytes().split(b"\n")[:-1] if line]
    found = []
    for line in whole:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue  # cut by the kill; the next start ended the line
    return found


def killed_run(db: Path, events: Path, seed: int, rng: random.Random) -> None:
    """Start, let it record some parts, kill it at a moment of chance."""
    before = len(lines(events))
    process = subprocess.Popen(
        loupe("demo", "--headless", "--parts", 100000, "--seed", seed, "--db", db, "--events", events),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        deadline = time.monotonic() + 60
        while len(lines(events)) < before + 5:
            assert process.poll() is None, process.stderr.read().decode() if process.stderr else ""
            assert time.monotonic() < deadline, "the run recorded nothing"
            time.sleep(0.02)
        time.sleep(rng.uniform(0.0, 0.4))
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def recorded(db: Path) -> dict[int, tuple[str, str]]:
    """Sequence number → id and verdict, read with nothing of ours."""
    connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT seq, id, verdict FROM inspections").fetchall()
    finally:
        connection.close()
    return {seq: (part_id, verdict) for seq, part_id, verdict in rows}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_twenty_kills_lose_nothing_and_the_charts_go_on(tmp_path: Path) -> None:
    db, events, rng = tmp_path / "crash.db", tmp_path / "events.jsonl", random.Random(1)
    for seed in range(ROUNDS):
        killed_run(db, events, seed, rng)
        in_record = recorded(db)
        for line in lines(events):
            assert in_record[line["seq"]] == (line["id"], line["verdict"])
        assert sorted(in_record) == list(range(1, len(in_record) + 1))
        answer = verify(db)
        assert answer.ok, answer.problems

    order = demo_order(seed=99, drift=None, db=db, parts=40)
    station = compose(order).station
    station.start()
    assert station.wait(120)
    assert station.failure is None
    live = {chart.key: chart for chart in station.charts()}
    with History(db, order.station_id) as history:
        observations = history.observations(order.recipe.digest, 10**6)
    assert len(observations) == len(recorded(db))
    rebuilt = SpcMonitor(order.recipe.charts, {})
    for observation in observations:
        rebuilt.add(observation)
    for chart in rebuilt.snapshot():
        same = live[chart.key]
        for name in ("seqs", "values", "center", "ucl", "lcl", "sizes"):
            np.testing.assert_array_equal(getattr(chart, name), getattr(same, name), err_msg=f"{chart.key} {name}")
        assert chart.violations == same.violations
