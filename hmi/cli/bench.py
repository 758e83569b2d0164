"""`loupe bench`: this machine's limits and ours side by side, in one run, on pre-rendered frames.

May import: hmi.station, click; the window only for its own lap.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import click

_WINDOW_S = 8.0


@click.command(
    "bench",
    epilog="Example: loupe bench --parts 300 --json",
    help="Raw network and whole station side by side, headless and with a window.",
)
@click.option("--model", type=click.Path(path_type=Path), help="Model package; the shipped one unless said.")
@click.option("--provider", type=click.Choice(["auto", "cuda", "tensorrt", "cpu"]), default="auto", show_default=True)
@click.option("--parts", type=click.IntRange(min=20), default=200, show_default=True, help="Parts a lap.")
@click.option("--laps", type=click.IntRange(min=1), default=3, show_default=True, help="Laps of each side, in turns.")
@click.option("--no-window", is_flag=True, help="Leave the window out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(  # noqa: D103
    *, model: Path | None, provider: str, parts: int, laps: int, no_window: bool, as_json: bool
) -> None:
    from hmi.station.bench import headless, run_bench
    from hmi.station.demo import demo_model

    drives = {"pipeline_headless": headless}
    if not no_window:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        from hmi.window.start import drive_with_window

        drives["pipeline_window"] = drive_with_window
    with tempfile.TemporaryDirectory(prefix="loupe-bench-") as folder:
        answer = run_bench(
            model or demo_model(), provider, drives, parts=parts, laps=laps, folder=Path(folder), tell=_tell
        )
        if not no_window:
            answer["window"] = _window(model or demo_model(), provider, Path(folder))
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else _table(answer))


def _window(model: Path, provider: str, folder: Path) -> dict[str, float]:
    from hmi.station.bench import large_pictures
    from hmi.window.start import window_load

    _tell("the window with 2448×2048 pictures at 30 a second and six charts")
    load = window_load(large_pictures(model, provider, 100_000, folder / "large.db"), _WINDOW_S)
    return {
        "qt_busy_fraction": round(load.busy_fraction, 3),
        "longest_ms": round(load.longest_ms, 1),
        "frames_per_s": round(load.frames_shown / _WINDOW_S, 1),
    }


def _tell(line: str) -> None:
    click.echo(line, err=True)


def _table(answer: dict[str, Any]) -> str:
    raw, ratio = answer["raw"], answer["ratio"]
    lines = [
        f"decode of one picture: {raw['decode_ms']:.2f} ms",
        f"bare network: {raw['parts_per_s']:.1f} parts/s on {raw['provider']}, {raw['threads']} thread(s)",
    ]
    lines += [
        f"{name}: {side['parts_per_s']:.1f} parts/s, ratio {ratio[name]:.3f}"
        for name, side in answer["pipeline"].items()
    ]
    if "window" in answer:
        window = answer["window"]
        lines.append(
            f"Qt thread with 2448×2048 pictures: {window['qt_busy_fraction']:.0%} of a core busy, longest stretch "
            f"{window['longest_ms']:.0f} ms, {window['frames_per_s']:.0f} pictures/s shown"
        )
    lines.append(f"our own CPU time: {answer['overhead_cpu_ms_per_part']:.2f} ms a part")
    return "\n".join(lines)
