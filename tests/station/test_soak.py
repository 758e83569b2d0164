"""Memory stays flat over a long run.

Run by `python3 packaging/bootstrap.py test -m slow -k soak` (about eight minutes).
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

PARTS, SETTLED, ALLOWED = 20_000, 2_000, 1.05


def resident_mb(pid: int) -> float:
    """Resident memory without what the kernel may drop at will (mapped files)."""
    fields = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines() if ":" in line
    )
    return int(fields["RssAnon"].split()[0]) / 1024


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="not Linux")
def test_soak_memory_is_flat_over_twenty_thousand_parts(tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-m", "hmi", "demo", "--headless", "--parts", str(PARTS), "--json",
         "--db", str(tmp_path / "soak.db"), "--events", str(events)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    samples: list[tuple[int, float]] = []
    parts = 0
    position = 0
    while process.poll() is None:
        time.sleep(1.0)
        if events.exists():
            with events.open("rb") as file:
                file.seek(position)
                new = file.read()
            position += len(new)
            parts += new.count(b"\n")
        try:
            samples.append((parts, resident_mb(process.pid)))
        except (OSError, KeyError):
            break  # it has just ended
    assert process.wait() == 0
    assert parts == PARTS
    settled = [mb for n, mb in samples if SETTLED <= n < 2 * SETTLED]
    late = [mb for n, mb in samples if n > PARTS - SETTLED]
    first, last = sum(settled) / len(settled), sum(late) / len(late)
    sys.stdout.write(f"\nresident after {SETTLED} parts {first:.1f} MB, at the end {last:.1f} MB, {last / first:.3f}\n")
    assert last <= ALLOWED * first
