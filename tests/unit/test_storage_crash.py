"""A station killed in the middle of its work: what it announced is in the record, and the next start goes on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.history import History
from storage.verify import verify
from tests.unit.storage_parts import RECIPE, journal, part

_WRITER = """
import sys
from pathlib import Path
from inference.inspection import Verdict
from tests.unit.storage_parts import RECIPE, journal, part, started
sink = journal(Path(sys.argv[1]))
seq = sink.resume("station", RECIPE.digest, 1).last_seq
sink.append([started()])
while True:
    batch = [part(seq + n, Verdict.NOT_OK if n % 3 == 0 else Verdict.OK) for n in range(1, 9)]
    sink.append(batch)
    seq += 8
    sys.stdout.write(f"{seq}\\n")
    sys.stdout.flush()
"""


def run_and_kill(folder: Path, after_s: float) -> int:
    """The last number that the killed writer announced."""
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", _WRITER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root, env=environment) as writer:
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(after_s)
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read()
    return int((first + rest).split()[-1])


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_a_killed_writer_loses_nothing_it_announced(tmp_path: Path) -> None:
    chance = random.Random(1)
    for _ in range(4):
        announced = run_and_kill(tmp_path, chance.uniform(0.0, 0.15))
        assert verify(tmp_path / "R.db").ok
        with History(tmp_path / "R.db") as history:
            last = history.recent(1)[0].seq
            assert history.count() == last >= announced
    sink = journal(tmp_path)
    assert sink.resume("station", RECIPE.digest, 1).last_seq == last
    assert sink.append([part(last + 1)]).recorded == 1
    sink.close()
    on_disk = [p for p in (tmp_path / "R_images" / "2026").rglob("*") if p.is_file()]
    answer = verify(tmp_path / "R.db")
    assert (answer.ok, answer.images) == (True, len(on_disk))
