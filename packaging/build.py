"""Build the one-folder program and try it as a station would: from another folder, with an empty environment.

    python packaging/build.py                   build into dist/loupe, then try it (one to three minutes)
    python packaging/build.py --with-cuda       the same with ONNX Runtime's GPU providers (271 MB more)
    python packaging/build.py --only-try        try what dist/loupe holds already

Prints sizes and times. Exit code 1 where the build or a trial fails. Needs `pip install -e .[dev]` and nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
PROGRAM = DIST / "loupe" / ("loupe.exe" if os.name == "nt" else "loupe")
PARTS = 50
PICTURES_A_CLASS = 12
LONGEST_TRIAL_S = 300

# What a program needs from its surroundings; everything else is left out so that this machine's Python cannot help.
KEPT_VARIABLES = ("PATH", "SYSTEMROOT", "TEMP", "LOUPE_SHARED", "LANG")


@dataclass(frozen=True, slots=True)
class Trial:
    """One command of the frozen program and what the JSON documents it prints, one a line, must say."""

    arguments: tuple[str, ...]
    holds: Callable[[list[dict[str, Any]]], bool]


TRIALS = (
    Trial(("self-test", "--json"), lambda said: said[0]["ok"]),
    Trial(
        ("demo", "--headless", "--parts", str(PARTS), "--db", "demo.db", "--json"),
        lambda said: said[0]["parts"] == said[0]["recorded"] == PARTS and said[0]["missed"] == 0,
    ),
    Trial(("verify", "demo.db", "--json"), lambda said: said[0]["ok"]),
    Trial(("teach", "pictures", "--out", "taught", "--json"), lambda said: len(said) == 1),
    Trial(("inspect", "pictures/good", "--model", "taught", "--json"), lambda said: len(said) == PICTURES_A_CLASS),
)


def main() -> int:
    """Build, try, print; return the exit code."""
    options = parse()
    if not options.only_try and not build(with_cuda=options.with_cuda):
        return 1
    if not PROGRAM.exists():
        print(f"{PROGRAM} is not there: build it first", file=sys.stderr)
        return 1
    print_sizes(PROGRAM.parent)
    with tempfile.TemporaryDirectory(prefix="loupe-trial-") as folder:
        draw_pictures(Path(folder) / "pictures")
        failed = [trial for trial in TRIALS if not attempt(trial, Path(folder))]
    return 1 if failed else 0


def parse() -> argparse.Namespace:
    """The options as the module's docstring says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--with-cuda", action="store_true")
    parser.add_argument("--only-try", action="store_true")
    return parser.parse_args()


def build(*, with_cuda: bool) -> bool:
    """Run PyInstaller on the spec; True where it made a program."""
    spec = Path(__file__).with_name("loupe.spec")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(DIST), "--workpath", str(ROOT / "build"), str(spec)]
    began = time.perf_counter()
    environment = {**os.environ, "LOUPE_WITH_CUDA": "1" if with_cuda else "0"}
    made = subprocess.run(command, cwd=ROOT, check=False, env=environment).returncode == 0
    print(f"{'built' if made else 'NOT BUILT'} in {time.perf_counter() - began:.0f} s")
    return made


def print_sizes(folder: Path, largest: int = 8) -> None:
    """The whole program and its largest parts."""
    sizes: dict[str, int] = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            parts = path.relative_to(folder).parts
            name = parts[1] if len(parts) > 1 else parts[0]
            sizes[name] = sizes.get(name, 0) + path.stat().st_size
    print(f"{sum(sizes.values()) / 1e6:.0f} MB in {folder.relative_to(ROOT)}")
    for name, size in sorted(sizes.items(), key=lambda item: -item[1])[:largest]:
        print(f"  {size / 1e6:6.1f} MB  {name}")


def draw_pictures(root: Path) -> None:
    """A tiny set for `teach`: rings of the simulated line, good ones and scratched ones."""
    sys.path.insert(0, str(ROOT))
    from dataclasses import replace

    from camera.process import make_part
    from camera.synthetic import SyntheticSettings, render_part
    from camera.vision import cv2

    settings = SyntheticSettings(seed=5, width=320, height=256)
    for label, defect in (("good", None), ("scratch", "scratch")):
        (root / label).mkdir(parents=True)
        for number in range(1, PICTURES_A_CLASS + 1):
            part = replace(make_part(settings.seed, number, 0.0, None), defect=defect)
            cv2.imwrite(str(root / label / f"{number:02d}.png"), render_part(settings, part).image)


def attempt(trial: Trial, folder: Path) -> bool:
    """Run one trial in `folder`; print how it went; True where the program did what it must."""
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    environment |= {"HOME": str(folder), "USERPROFILE": str(folder), "QT_QPA_PLATFORM": "offscreen"}
    began = time.perf_counter()
    try:
        answer = subprocess.run(
            [str(PROGRAM), *trial.arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_TRIAL_S,
        )
    except subprocess.TimeoutExpired:
        print(f"FAILED  {trial.arguments[0]}: no end within {LONGEST_TRIAL_S} s")
        return False
    took_s = time.perf_counter() - began
    good = answer.returncode == 0 and says(trial, answer.stdout)
    print(f"{'ok    ' if good else 'FAILED'}  {trial.arguments[0]} in {took_s:.1f} s")
    if not good:
        print(f"exit code {answer.returncode}\n{answer.stdout}\n{answer.stderr}")
    return good


def says(trial: Trial, stdout: str) -> bool:
    """True where every line is a document, and they say what they must."""
    try:
        return trial.holds([json.loads(line) for line in stdout.splitlines()])
    except (ValueError, LookupError, TypeError):
        return False


if __name__ == "__main__":
    sys.exit(main())
