"""Real pictures: seven kinds of defects of hot-rolled steel, as the project's aim states them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from inference.teach.build import teach
from inference.teach.challenge import challenge


@pytest.fixture
def xsdd(shared: Path) -> Path:
    return shared / "data" / "xsdd"


def silent(what: str, done: int, total: int) -> None:
    """No bar in tests."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_taught_on_all_training_pictures_985_of_1000_are_named_rightly(seed: int, xsdd: Path, tmp_path: Path) -> None:
    teach(xsdd, tmp_path / "package", seed, silent)
    figures = challenge(tmp_path / "package", xsdd, "cpu", silent)
    assert figures.images == 399
    assert figures.accuracy >= 0.985
    assert figures.escapes is None


def test_thirty_pictures_a_class_already_teach_most_of_it(xsdd: Path, tmp_path: Path) -> None:
    for folder, step, most in (("train", 1, 30), ("test", 4, 100)):
        for kind in sorted((xsdd / folder).iterdir()):
            (tmp_path / folder / kind.name).mkdir(parents=True)
            for file in sorted(kind.iterdir())[: most * step : step]:
                shutil.copy(file, tmp_path / folder / kind.name)
    teach(tmp_path, tmp_path / "package", 0, silent)
    figures = challenge(tmp_path / "package", tmp_path, "cpu", silent)
    assert figures.images > 90
    assert figures.accuracy >= 0.95
