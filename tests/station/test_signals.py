"""Ctrl-C and SIGTERM end a run in order: what was judged is recorded, and the answer is still given."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.verify import verify


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_in_order(tmp_path: Path, number: signal.Signals) -> None:
    db, events = tmp_path / "r.db", tmp_path / "e.jsonl"
    command = [sys.executable, "-m", "hmi", "demo", "--headless", "--parts", "100000", "--json"]
    process = subprocess.Popen(
        [*command, "--db", str(db), "--events", str(events)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not (events.exists() and events.read_bytes().count(b"\n") >= 5):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(number)
    answer, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    counts = json.loads(answer)
    assert counts["parts"] == counts["recorded"] >= 5
    assert counts["recorded"] == events.read_bytes().count(b"\n")
    checked = verify(db)
    assert checked.ok
    assert checked.records == counts["recorded"]
