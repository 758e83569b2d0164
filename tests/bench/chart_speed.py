"""How fast a chart of a million points moves: ours beside pyqtgraph's own curve, in one run on one machine.

    python tests/bench/chart_speed.py [--points 1000000] [--frames 240] [--rounds 3]

Both show 1280×400 pixels and go the same way: from the whole history down to 100 points at the newest end, back through
the history with the same zoom, and out again. Ours draws the whole chart (points, limits, zones, violations, labels,
the card); pyqtgraph draws its `PlotDataItem` with `autoDownsample`, `clipToView` and peaks, once the values alone and
once with the three limit lines. A frame is counted when the widget has painted it.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph as pg
import PySide6
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from hmi.window.app import application
from hmi.window.theme import LIGHT, Look
from hmi.window.views.chart_view import ChartView
from hmi.window.words import Words
from inference.pipeline.snapshot import ChartPointRules, ChartSnapshot

SIZE = (1280, 400)
FEWEST = 100


def snapshot(count: int, *, varying: bool = False, seed: int = 1) -> ChartSnapshot:
    """A process of `count` points; `varying`: a p chart whose limits change with every point's size."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(40, 60, count) if varying else np.ones(count, np.int64)
    if varying:
        center, sigma = np.full(count, 0.1), np.sqrt(0.1 * 0.9 / sizes)
        values = rng.binomial(sizes, 0.1) / sizes
    else:
        center, sigma = np.full(count, 25.0), np.full(count, 0.004)
        values = rng.normal(center, sigma)
    values[rng.random(count) < 1e-4] = np.nan
    upper, lower = center + 3 * sigma, center - 3 * sigma
    broken = np.flatnonzero((values > upper) | (values < lower)).tolist()
    return ChartSnapshot(
        key="p:reject" if varying else "i:bore_diameter",
        kind="p" if varying else "i",
        characteristic="reject" if varying else "bore_diameter",
        unit="" if varying else "mm",
        transform="none",
        version=1,
        first_number=1,
        seqs=np.arange(1, count + 1, dtype=np.int64),
        utc_s=1.79e9 + np.cumsum(rng.exponential(2.0, count)),
        values=values,
        center=center,
        lcl=np.maximum(lower, 0.0) if varying else lower,
        ucl=upper,
        sizes=sizes.astype(np.int64),
        violations=tuple(ChartPointRules(k, (1,)) for k in broken),
        rules=(1, 2, 3, 4),
        subgroup=50 if varying else 1,
        phase1_remaining=0,
    )


def journey(first: float, last: float, frames: int) -> list[tuple[float, float]]:
    """Whole → 100 points → through the history at growing widths → whole, as (left, right)."""
    whole, third = last - first, frames // 3
    nearer = [(last - width, last) for width in np.geomspace(whole, FEWEST, third)]
    widths = np.geomspace(FEWEST, whole / 8, third)
    through = [(at, at + w) for at, w in zip(np.linspace(last - FEWEST, first, third), widths, strict=True)]
    out = [(first, first + width) for width in np.geomspace(whole / 8, whole, frames - 2 * third)]
    return [(float(left), float(right)) for left, right in (*nearer, *through, *out)]


class Painted(QObject):
    """Counts what a widget paints."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def travel(look_at: Callable[[float, float], None], canvas: QWidget, spans: list[tuple[float, float]]) -> list[float]:
    """Milliseconds of each frame."""
    painted, taken = Painted(canvas), list[float]()
    for left, right in spans:
        before, began = painted.count, time.perf_counter()
        look_at(left, right)
        canvas.update()
        while painted.count == before:
            QApplication.processEvents()
            if time.perf_counter() - began > 10:
                raise RuntimeError("nothing was painted")
        taken.append((time.perf_counter() - began) * 1e3)
    canvas.removeEventFilter(painted)
    return taken


def ours(chart: ChartSnapshot, axis: str, frames: int) -> tuple[float, list[float]]:
    """Seconds to load, milliseconds of each frame."""
    view = ChartView(Look(LIGHT, Words()))
    view.resize(*SIZE)
    view.show()
    view.axis = axis
    QApplication.processEvents()
    began = time.perf_counter()
    view.show_chart(chart)
    view.show_all()
    view.grab()
    loaded = time.perf_counter() - began
    QApplication.processEvents()
    points = np.rint(np.clip(journey(0, len(chart.values) - 1, frames), 0, len(chart.values) - 1)).astype(np.int64)
    spans = [(left, right) for left, right in view.item.axis.at(points).tolist()]
    taken = travel(lambda left, right: view.sight.look_at((left, right)), view.view.viewport(), spans)
    view.deleteLater()
    return loaded, taken


def theirs(chart: ChartSnapshot, frames: int, *, limits: bool) -> tuple[float, list[float]]:
    """The same with pyqtgraph's curves."""
    began = time.perf_counter()
    plot = pg.PlotWidget(background="#FCFCFD")
    plot.resize(*SIZE)
    x = np.arange(len(chart.values)) + float(chart.first_number)
    columns = (chart.values, chart.center, chart.lcl, chart.ucl) if limits else (chart.values,)
    for column in columns:
        curve = plot.plot(x, column, pen=pg.mkPen("#52606B", width=1), connect="finite")
        curve.setDownsampling(auto=True, method="peak")
        curve.setClipToView(state=True)
    plot.setYRange(float(np.nanmin(chart.values)), float(np.nanmax(chart.values)))
    plot.setXRange(1, len(x))
    plot.show()
    plot.grab()
    loaded = time.perf_counter() - began
    QApplication.processEvents()
    spans = journey(0.4, len(x) + 0.6, frames)
    taken = travel(lambda left, right: plot.setXRange(left, right, padding=0), plot.viewport(), spans)
    plot.close()
    plot.deleteLater()
    return loaded, taken


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def told(name: str, rounds: list[tuple[float, list[float]]]) -> float:
    """Print one line; frames a second over the whole way, the median of the rounds."""
    rates = [1e3 * len(taken) / sum(taken) for _, taken in rounds]
    every = [ms for _, taken in rounds for ms in taken]
    rate = statistics.median(rates)
    say(
        f"{name:44s} {rate:8.1f} frames/s   median {statistics.median(every):6.2f} ms   "
        f"95 % {np.percentile(every, 95):6.2f} ms   longest {max(every):7.2f} ms   "
        f"load {statistics.median(s for s, _ in rounds) * 1e3:6.0f} ms"
    )
    return rate


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--frames", type=int, default=240)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    application()
    versions = f"Python {platform.python_version()}, PySide6 {PySide6.__version__}, pyqtgraph {pg.__version__}"
    say(f"{asked.points} points, {SIZE[0]}x{SIZE[1]} px, {os.environ['QT_QPA_PLATFORM']}, {versions}")
    for varying in (False, True):
        chart = snapshot(asked.points, varying=varying)
        sort = "limits that change with every point" if varying else "fixed limits"
        say(f"{sort}, {len(chart.violations)} violated points")
        runs: dict[str, list[tuple[float, list[float]]]] = {}
        for _ in range(asked.rounds):
            runs.setdefault("ours, part axis", []).append(ours(chart, "part", asked.frames))
            runs.setdefault("ours, time axis", []).append(ours(chart, "time", asked.frames))
            runs.setdefault("pyqtgraph, values only", []).append(theirs(chart, asked.frames, limits=False))
            runs.setdefault("pyqtgraph, values and limits", []).append(theirs(chart, asked.frames, limits=True))
        rates = {name: told(name, rounds) for name, rounds in runs.items()}
        values, limits = (
            rates["ours, part axis"] / rates[f"pyqtgraph, values {what}"] for what in ("only", "and limits")
        )
        say(f"ours (part axis) : pyqtgraph = {values:.1f} (its values only), {limits:.1f} (its values and limits)")


if __name__ == "__main__":
    main()
