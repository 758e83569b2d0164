"""Figures of teaching from good parts only, on the real pictures beside the checkout: how good, how quick, how large.

Run: python tests/bench/teach_figures.py [--seed N] [--only papers|figures|screws|few|speed|memory ...]
Prints Markdown tables; docs/teaching.md holds those of one machine.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

# Before numpy: a teaching thread more would make the seconds those of another machine.
os.environ.setdefault("OMP_NUM_THREADS", "2")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402 (after the threads)

from camera.vision import cv2  # noqa: E402
from inference.model.package import load_package  # noqa: E402
from inference.model.session import ModelSession  # noqa: E402
from inference.teach.build import teach  # noqa: E402
from inference.teach.challenge import challenge  # noqa: E402
from inference.teach.evaluate import Evaluation  # noqa: E402

SHARED = Path(os.environ.get("LOUPE_SHARED") or ROOT.parent / "shared") / "data"
HEAD = "| set | good parts | input | seconds | AUROC | AP | pixel AUROC | escapes | false rejects |\n|" + "---|" * 9


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def quiet(_what: str, _done: int, _of: int) -> None:
    """No bar."""


def measure(root: Path, seed: int, parts: int | None = None) -> Evaluation:
    """Teach from the first `parts` good pictures (all unless said), judge the test pictures, print a row."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = root, Path(folder) / "package"
        if parts is not None:
            source = Path(folder) / root.name
            (source / "train" / "good").mkdir(parents=True)
            for picture in spread(sorted((root / "train" / "good").iterdir()), parts):
                (source / "train" / "good" / picture.name).symlink_to(picture)
        report = teach(source, out, seed, quiet, task="anomaly")
        figures = challenge(out, root, "cpu", quiet)
    rejects, escapes = figures.false_reject_rate, figures.escape_rate
    assert figures.auroc is not None
    assert figures.average_precision is not None
    assert rejects is not None
    assert escapes is not None
    pixels = "" if figures.pixel_auroc is None else f"{figures.pixel_auroc:.4f}"
    size = f"{report.input[0]} x {report.input[1]}"
    say(
        f"| {root.name} | {report.images.train} | {size} | {report.seconds:.1f} | {figures.auroc:.4f} "
        f"| {figures.average_precision:.4f} | {pixels} | {escapes.value:.1%} | {rejects.value:.1%} |",
    )
    return figures


def spread(items: list[Path], count: int) -> list[Path]:
    """So many of them, evenly."""
    return [items[k] for k in np.linspace(0, len(items) - 1, min(count, len(items))).round().astype(int)]


def papers() -> list[Path]:
    """The six papers."""
    return sorted(path for path in (SHARED / "piped_paper").iterdir() if path.is_dir())


def of_papers(seed: int, parts: int | None = None) -> None:
    """Six papers and their mean."""
    aurocs = [measure(paper, seed, parts).auroc or 0.0 for paper in papers()]
    say(f"| six papers: mean {statistics.mean(aurocs):.4f}, worst {min(aurocs):.4f} |" + " |" * 8)


def of_few(seed: int) -> None:
    """1, 5 and 20 good parts."""
    for parts in (1, 5, 20):
        of_papers(seed, parts)
        measure(SHARED / "l4v_aliens", seed, parts)


def grainy(seed: int, width: int, height: int) -> np.ndarray:
    """A made-up good part: grain on a soft slope."""
    random = np.random.default_rng(seed)
    slope = np.linspace(100, 160, width)[None, :] + np.linspace(-20, 20, height)[:, None]
    return (slope + random.normal(0, 6, (height, width))).clip(0, 255).astype(np.uint8)


def write_parts(folder: Path, count: int, width: int = 640, height: int = 512) -> Path:
    """A set of made-up good parts."""
    (folder / "good").mkdir(parents=True)
    for number in range(count):
        cv2.imwrite(str(folder / "good" / f"{number:04d}.png"), grainy(number, width, height))
    return folder


def of_speed(seed: int) -> None:
    """Seconds to teach, and milliseconds to judge on one thread."""
    with tempfile.TemporaryDirectory() as folder:
        root = write_parts(Path(folder) / "set", 40)
        for size in (None, (320, 256), (640, 512)):
            out = Path(folder) / f"package-{size}"
            report = teach(root, out, seed, quiet, size, task="anomaly")
            session = ModelSession(load_package(out), "cpu", threads=1)
            session.open((640, 512), 1)
            image = grainy(99, 640, 512)
            taken = sorted(elapsed(lambda: session.judge(image)) for _ in range(30))  # noqa: B023 (called at once)
            session.close()
            width, height = report.input
            judged = f"{taken[0]:.1f} / {taken[15]:.1f} ms"
            say(f"| 40 parts of 640 x 512, input {width} x {height} | {report.seconds:.1f} s | {judged} |")


def elapsed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3


def of_memory(_seed: int) -> None:
    """Most memory of a process that teaches from a thousand pictures."""
    with tempfile.TemporaryDirectory() as folder:
        root = write_parts(Path(folder) / "set", 1000)
        code = (
            "import sys, resource; from pathlib import Path; from inference.teach.build import teach; "
            f"report = teach(Path({str(root)!r}), Path({str(Path(folder) / 'p')!r}), 0, lambda *_: None); "
            "print(report.seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        seconds, kib = answer.stdout.split()
        say(f"| 1000 parts of 640 x 512 | {float(seconds):.0f} s | {int(kib) / 2**20:.2f} GiB |")


WORK: dict[str, tuple[str, Callable[[int], object]]] = {
    "papers": (HEAD, of_papers),
    "figures": (HEAD, lambda seed: measure(SHARED / "l4v_aliens", seed)),
    "screws": (HEAD, lambda seed: measure(SHARED / "bsd_pitting", seed)),
    "few": (HEAD, of_few),
    "speed": ("| work | teach | judge on one thread, least / median |\n|---|---|---|", of_speed),
    "memory": ("| work | teach | most memory |\n|---|---|---|", of_memory),
}


def chosen() -> tuple[int, Iterator[str]]:
    """Seed and names of what is measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", choices=list(WORK), default=list(WORK))
    arguments = parser.parse_args()
    return arguments.seed, iter(arguments.only)


def main() -> None:
    """Measure and print."""
    seed, names = chosen()
    for name in names:
        head, work = WORK[name]
        say(f"\n### {name}\n\n{head}")
        work(seed)
    say(f"\nmost memory so far: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
