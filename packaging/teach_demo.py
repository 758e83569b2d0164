"""Teach the model that is shipped with the demo, from pictures of the simulated line. A developer's script.

    python packaging/teach_demo.py resources/models/ring_demo [--check]

The pictures come from seeds that no demo and no test uses. Lamp and bore vary: a dimming lamp and a worn tool are no
defects that can be seen.
`--check` then judges parts the model has not seen and prints what `docs` and the card say about it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from camera.frame import Picture
from camera.process import BORE_MM, DEFECT_LABELS, SimulatedPart, make_part
from camera.synthetic import SyntheticSettings, render_part
from camera.vision import cv2
from inference.model.package import load_package
from inference.model.postprocess import find_defects
from inference.model.session import ModelSession
from inference.teach.build import teach

TEACHING_SEED, CHECKING_SEED = 900_001, 900_002
GOOD, EACH_DEFECT = 1000, 200
LIGHT = (0.78, 1.04)
# A worn tool makes larger bores: out of tolerance perhaps, but no defect that can be seen.
BORE_OFF_MM = (-0.05, 0.12)
SIZE = (320, 256)


def parts(seed: int, good: int, each_defect: int) -> Iterator[SimulatedPart]:
    """So many good parts and so many of each defect, lamp and bore anywhere in their range."""
    wanted = [None] * good + [label for label in DEFECT_LABELS for _ in range(each_defect)]
    random = np.random.default_rng(seed)
    for number, defect in enumerate(wanted, start=1):
        part = make_part(seed, number, 0.0, None)
        bore_mm = BORE_MM + random.uniform(*BORE_OFF_MM)
        yield replace(part, defect=defect, bore_mm=bore_mm, light=part.light * random.uniform(*LIGHT))


def draw_set(root: Path) -> None:
    """Render the teaching pictures as a folder per class."""
    settings = SyntheticSettings(seed=TEACHING_SEED)
    for part in parts(TEACHING_SEED, GOOD, EACH_DEFECT):
        folder = root / (part.defect or "good")
        folder.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / f"{part.number:05d}.png"), render_part(settings, part).image)


def check(package: Path, good: int = 600, each_defect: int = 100) -> None:
    """Judge unseen parts and print the figures."""
    session = ModelSession(load_package(package), "cpu", threads=1)
    settings = SyntheticSettings(seed=CHECKING_SEED)
    session.open((settings.width, settings.height), 3)
    escapes, rejects, labels, peaks, boxes, times = 0, 0, 0, [], [], []
    for part in parts(CHECKING_SEED, good, each_defect):
        picture = render_part(settings, part)
        began = time.perf_counter()
        judgement = session.judge(picture.image)
        times.append((time.perf_counter() - began) * 1e3)
        escapes += part.defect is not None and judgement.verdict_ok
        rejects += part.defect is None and not judgement.verdict_ok
        labels += judgement.label == (part.defect or "good")
        if part.defect is not None and judgement.heatmap is not None:
            peaks.append(peak_inside(picture, judgement.heatmap))
            found = find_defects(judgement, (settings.width, settings.height))
            boxes.append(len(found))
    n = good + each_defect * len(DEFECT_LABELS)
    print(f"{n} unseen parts: {escapes} escapes, {rejects} false rejects, right label {labels / n:.4f}")
    print(f"heat peak inside the true box: {np.mean(peaks):.4f}; regions a defect part: {np.mean(boxes):.2f}")
    print(f"one picture on one thread: {np.median(times):.1f} ms; parity {session.parity()}")


def peak_inside(picture: Picture, heatmap: np.ndarray) -> bool:
    """Whether the hottest cell touches the true box."""
    assert picture.truth is not None
    box = picture.truth.defects[0].region
    row, column = np.unravel_index(int(heatmap.argmax()), heatmap.shape)
    cell_w, cell_h = picture.image.shape[1] / heatmap.shape[1], picture.image.shape[0] / heatmap.shape[0]
    across = column * cell_w < box.x + box.w and (column + 1) * cell_w > box.x
    down = row * cell_h < box.y + box.h and (row + 1) * cell_h > box.y
    return bool(across and down)


def main() -> None:
    """Render, teach, check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--check", action="store_true", help="Judge unseen parts afterwards.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "ring_demo"
        draw_set(root)
        report = teach(root, arguments.out, 0, lambda *_: None, SIZE)
    print(f"{report.seconds:.0f} s, threshold {report.threshold:.4f}, out of fold {report.metrics.accuracy:.4f}")
    print(f"escapes {report.metrics.escapes}, false rejects {report.metrics.false_rejects}")
    if arguments.check:
        check(arguments.out)


if __name__ == "__main__":
    main()
