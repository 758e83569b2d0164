"""Heat maps against masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from camera.vision import cv2
from inference.teach.dataset import read_dataset
from inference.teach.pixels import Masks, PixelRanking, pixel_auroc


def save(path: Path, image: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", image)[1].tobytes())


def test_the_area_is_that_of_all_pixels() -> None:
    random = np.random.default_rng(0)
    ranking, heats, marks = PixelRanking(), [], []
    for _ in range(3):
        mark = random.random((20, 30)) < 0.2
        # Whole steps, so that counting loses nothing.
        heat = (np.floor((random.random((20, 30)) * 0.5 + mark * 0.2) * 64) / 64).astype(np.float32)
        ranking.add(heat, mark)
        heats.append(heat)
        marks.append(mark)
    expected = roc_auc_score(np.concatenate(marks).ravel(), np.concatenate(heats).ravel())
    assert ranking.auroc == pytest.approx(expected, abs=1e-9)


def test_without_defect_pixels_there_is_no_figure() -> None:
    ranking = PixelRanking()
    assert ranking.auroc is None
    ranking.add(np.ones((4, 4), np.float32), np.zeros((8, 8), bool))
    assert ranking.auroc is None


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("place", ["ground_truth/dent/0_mask.png", "ground_truth/0.png", "masks/0.png"])
def test_masks_are_found_by_name_and_their_convention_is_understood(tmp_path: Path, place: str, *, dark: bool) -> None:
    for label in ("good", "dent"):
        save(tmp_path / "test" / label / f"{label == 'good':d}.png", np.zeros((16, 16), np.uint8))
    mask = np.zeros((32, 32), np.uint8)
    mask[:8, :8] = 255
    save(tmp_path / place, 255 - mask if dark else mask)
    dataset = read_dataset(tmp_path, "evaluate")
    marks = Masks(dataset).of(tmp_path / "test" / "dent" / "0.png", "dent", (64, 64))
    assert marks is not None
    assert marks[:16, :16].all()
    assert marks.sum() == 256
    heat = np.zeros((4, 4), np.float32)
    heat[0, 0] = 0.9
    figure = pixel_auroc(dataset, [heat if "dent" in str(s.path) else heat * 0 for s in dataset.samples], (64, 64))
    assert figure is not None
    assert figure > 0.9


def test_a_set_without_masks_or_with_broken_ones_has_no_figure(tmp_path: Path) -> None:
    save(tmp_path / "good" / "0.png", np.zeros((16, 16), np.uint8))
    save(tmp_path / "dent" / "1.png", np.zeros((16, 16), np.uint8))
    heats = [np.zeros((2, 2), np.float32)] * 2
    assert pixel_auroc(read_dataset(tmp_path, "evaluate"), heats, (32, 32)) is None
    (tmp_path / "masks").mkdir()
    assert pixel_auroc(read_dataset(tmp_path, "evaluate"), heats, (32, 32)) is None
    (tmp_path / "masks" / "1.png").write_text("no picture")
    assert pixel_auroc(read_dataset(tmp_path, "evaluate"), heats, (32, 32)) is None
