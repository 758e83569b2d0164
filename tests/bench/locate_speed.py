"""How long finding a part takes, and how well it is found, on one thread.

    python tests/bench/locate_speed.py [--pictures 40] [--seed 0]

Parts are turned by any angle, shifted up to 20 % of the picture and lit between 0.7 and 1.2 times as brightly; noise
of 2 grey values is added. Errors are those of the part's middle, against the turn and shift that were made. Empty
frames take longest: every way is tried. Real figures are added where the folder `shared` lies beside the checkout.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from camera.vision import cv2  # noqa: E402 (after the path)
from inference.locate.fixture import find_part  # noqa: E402
from inference.locate.geometry import then  # noqa: E402
from inference.locate.region import warped  # noqa: E402
from inference.locate.template import make_template  # noqa: E402
from tests.unit.locate_parts import bracket, error, moved, small_ring  # noqa: E402

LARGE = (2448, 2048)


def references() -> dict[str, tuple[np.ndarray, tuple[int, ...] | None, float]]:
    """Name → reference, ground, and the turn after which the part looks the same (degrees)."""
    ring = small_ring(colour=True)
    made: dict[str, tuple[np.ndarray, tuple[int, ...] | None, float]] = {
        "bracket 640x512 grey": (bracket(), (60,), 360.0),
        "ring 640x512 colour": (ring, None, 60.0),
        "bracket 2448x2048 grey": (bracket(LARGE), (60,), 360.0),
        "bracket 2448x2048 colour": (cv2.merge([bracket(LARGE)] * 3), (60, 60, 60), 360.0),
    }
    figures = ROOT.parent / "shared" / "data" / "l4v_aliens" / "train" / "good"
    if figures.is_dir():
        figure = cv2.imread(str(min(figures.iterdir())))
        small = cv2.resize(figure, None, fx=0.55, fy=0.55, interpolation=cv2.INTER_AREA)
        image = cv2.copyMakeBorder(small, 150, 153, 150, 188, cv2.BORDER_REPLICATE)
        made["real figure 640x512 colour"] = (image, (254, 254, 254), 360.0)
    return made


def told(name: str, reference: np.ndarray, ground: tuple[int, ...] | None, turn: float, count: int, seed: int) -> None:
    """Print one line."""
    rng = np.random.default_rng(seed)
    height, width = reference.shape[:2]
    began = time.perf_counter()
    template = make_template(reference, (width, height))
    prepared = (time.perf_counter() - began) * 1e3
    taken, cuts, pixels, degrees, sure = [], [], [], [], []
    for k in range(count):
        x, y = rng.uniform(-0.2, 0.2, 2) * (width, height)
        light = rng.uniform(0.7, 1.2)
        image, true = moved(reference, rng.uniform(0, 360), x, y, gain=light, noise=2.0, seed=k, ground=ground)
        began = time.perf_counter()
        found = find_part(template, image)
        taken.append((time.perf_counter() - began) * 1e3)
        if found is None:
            sure.append(0.0)
            continue
        began = time.perf_counter()
        warped(image, then(found.matrix, np.eye(2, 3)), (width * 3 // 5, height * 3 // 5))
        cuts.append((time.perf_counter() - began) * 1e3)
        off, degree = error(true, found.matrix, ((width - 1) / 2, (height - 1) / 2))
        pixels.append(off)
        degrees.append(abs((degree + turn / 2) % turn - turn / 2))
        sure.append(found.confidence)
    empty = np.full_like(reference, 60)
    noisy = np.clip(empty + rng.normal(0, 3, empty.shape), 0, 255).astype(np.uint8)
    began = time.perf_counter()
    nothing = find_part(template, noisy)
    missing = (time.perf_counter() - began) * 1e3
    sys.stdout.write(
        f"{name:28s} found in {statistics.median(taken):5.1f} ms (95 % {np.percentile(taken, 95):5.1f}), "
        f"cut {statistics.median(cuts):4.1f} ms, empty {missing:5.1f} ms, prepared {prepared:4.0f} ms | "
        f"error median {np.median(pixels):.3f} px {np.median(degrees):.3f} deg, "
        f"95 % {np.percentile(pixels, 95):.2f} px {np.percentile(degrees, 95):.2f} deg | "
        f"confidence from {min(sure):.2f}, empty {nothing.confidence if nothing else 0.0:.2f}\n"
    )
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    sys.stdout.write(f"{asked.pictures} pictures each, seed {asked.seed}, OpenCV {cv2.__version__}, one thread\n")
    for name, (reference, ground, turn) in references().items():
        told(name, reference, ground, turn, asked.pictures, asked.seed)


if __name__ == "__main__":
    main()
