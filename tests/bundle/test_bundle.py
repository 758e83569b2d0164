"""The frozen program, built for real and run from another folder; and the licences that go with it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "packaging" / "build.py"
PROGRAM = ROOT / "dist" / "loupe" / ("loupe.exe" if os.name == "nt" else "loupe")
WITHOUT_PYTHON = {"PATH": os.defpath, "HOME": "/nonexistent", "QT_QPA_PLATFORM": "offscreen"}


@pytest.fixture(scope="module")
def told() -> str:
    """Build once and try; what `build.py` printed."""
    answer = subprocess.run([sys.executable, str(BUILD)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def files() -> Iterator[str]:
    return (path.relative_to(PROGRAM.parent).as_posix() for path in PROGRAM.parent.rglob("*"))


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_frozen_program_tests_itself_runs_the_line_teaches_and_inspects(told: str) -> None:
    done = re.findall(r"^ok +([\w-]+)", told, re.MULTILINE)
    assert done == ["self-test", "demo", "verify", "teach", "inspect"]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_nothing_of_the_building_machine_is_inside(told: str) -> None:
    spoiled = re.compile(r"(^|/)(libcud|libnvidia|libstdc\+\+|libgcc_s|libexpat\.|libgtk|libreadline)")
    assert not [name for name in files() if spoiled.search(name)]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_texts_of_the_licences_are_inside(told: str) -> None:
    inside = set(files())
    for text in ("LGPL-3.0.txt", "GPL-3.0.txt", "third-party.md", "numpy/licenses/LICENSE.txt"):
        assert f"_internal/licences/{text}" in inside


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("arguments", "code"), [(["--version"], 0), (["demno"], 2), (["inspect", "nowhere", "--model", "none"], 2)]
)
def test_the_frozen_program_answers_with_a_sentence(told: str, tmp_path: Path, arguments: list[str], code: int) -> None:
    answer = subprocess.run(
        [str(PROGRAM), *arguments],
        cwd=tmp_path,
        env=WITHOUT_PYTHON | ({"SYSTEMROOT": os.environ["SYSTEMROOT"]} if os.name == "nt" else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == code, answer.stderr
    assert "Traceback" not in answer.stderr
    assert (answer.stdout if code == 0 else answer.stderr).strip()


def test_every_package_we_bring_stands_in_the_licence_table() -> None:
    code = [sys.executable, str(ROOT / "packaging" / "licences.py")]
    rows = subprocess.run(code, capture_output=True, text=True, check=True).stdout.splitlines()
    names = {row.split(" | ")[0] for row in rows}
    document = {line.split(" | ")[0] for line in (ROOT / "docs" / "third-party.md").read_text("utf-8").splitlines()}
    assert len(names) > 20
    assert names <= document


def test_every_package_we_bring_names_a_licence_that_allows_a_closed_factory() -> None:
    code = [sys.executable, str(ROOT / "packaging" / "licences.py")]
    rows = subprocess.run(code, capture_output=True, text=True, check=True).stdout.splitlines()
    allowed = re.compile(r"MIT|BSD|Apache|PSF|LGPL|Unlicense|Public Domain", re.IGNORECASE)
    assert not [row for row in rows if not allowed.search(row.split(" | ")[2])]
