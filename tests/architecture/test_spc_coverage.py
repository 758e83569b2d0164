"""The mathematics of SPC is tested to its last branch: every line and every way through it, by its own tests.

Named command: `python3 packaging/bootstrap.py test -m slow -k to_its_last_branch`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def spc_tests() -> list[str]:
    folders = ("golden", "unit", "property")
    return sorted(str(path) for name in folders for path in (ROOT / "tests" / name).glob("test_spc_*.py"))


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_the_mathematics_is_tested_to_its_last_branch(shared: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "COVERAGE_FILE": str(tmp_path / "data"), "LOUPE_SHARED": str(shared)}
    run = [sys.executable, "-m", "coverage", "run", "--branch", "--source=inference/spc", "-m", "pytest", "-q"]
    command = [*run, *spc_tests()]
    tested = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stdout[-2000:]
    report = tmp_path / "report.json"
    write = [sys.executable, "-m", "coverage", "json", "-q", "-o", str(report)]
    subprocess.run(write, cwd=ROOT, env=environment, check=True)
    found = json.loads(report.read_text("utf-8"))["files"]
    partly = {
        name: (file["missing_lines"], file["missing_branches"])
        for name, file in found.items()
        if file["missing_lines"] or file["missing_branches"]
    }
    assert not partly
    assert len(found) > 50
