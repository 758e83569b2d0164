"""The benchmark: this machine's limits and ours side by side, in one run, on the same pre-rendered frames.

Promises: both sides of every ratio are measured in turns within one run, so that a machine that changes its speed
changes both; medians of the turns are given.
May import: camera, inference, hmi.station.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from camera.frame import Picture
from camera.memory import MemorySource
from camera.synthetic import SyntheticSettings, SyntheticSource, render
from camera.vision import cv2
from hmi.station.compose import compose
from hmi.station.demo import demo_recipe
from hmi.station.order import Order
from inference.model.package import load_package
from inference.model.providers import default_threads
from inference.model.session import ModelSession
from inference.pipeline.state import StationState
from inference.pipeline.station import Station
from inference.recipe import CircleStep, JudgeStep

Drive = Callable[[Station], None]
"""Runs a started station to its end: headless, or with a window that looks at it."""


@dataclass(frozen=True, slots=True)
class Lap:
    """One measured stretch of work."""

    parts_per_s: float
    cpu_ms_per_part: float


@dataclass(slots=True)
class Side:
    """All laps of one contestant."""

    laps: list[Lap] = field(default_factory=list[Lap])

    @property
    def parts_per_s(self) -> float:
        """Median over the laps."""
        return statistics.median(lap.parts_per_s for lap in self.laps)

    @property
    def cpu_ms_per_part(self) -> float:
        """Median over the laps: CPU time of the whole process."""
        return statistics.median(lap.cpu_ms_per_part for lap in self.laps)


def decode_ms(picture: Picture, times: int = 40) -> float:
    """Median milliseconds to decode this picture from a JPEG of quality 90."""
    _, coded = cv2.imencode(".jpg", picture.image, [cv2.IMWRITE_JPEG_QUALITY, 90])
    took: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        cv2.imdecode(coded, cv2.IMREAD_UNCHANGED)
        took.append((time.perf_counter() - began) * 1e3)
    return statistics.median(took)


def raw_lap(session: ModelSession, pictures: Sequence[Picture], parts: int) -> Lap:
    """Bare `session.run` on these pictures, in a plain loop."""
    images = [np.ascontiguousarray(p.image) for p in pictures]

    def work() -> None:
        for k in range(parts):
            session.raw(images[k % len(images)])

    return _lap(work, parts)


def station_lap(station: Station, drive: Drive, parts: int) -> Lap:
    """The whole station, prepared beforehand (model loaded, record open): from its start to its orderly end."""
    station.prepare()
    while station.snapshot().state is not StationState.READY:
        if station.failure is not None:
            raise station.failure
        time.sleep(0.01)
    return _lap(lambda: drive(station), parts)


def _lap(work: Callable[[], None], parts: int) -> Lap:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Lap(parts / wall, cpu / parts * 1e3)


def headless(station: Station) -> None:
    """Drive a prepared station to its end without a screen."""
    station.start()
    station.wait()


def run_bench(
    model: Path,
    provider: str,
    drives: Mapping[str, Drive],
    *,
    parts: int,
    laps: int,
    folder: Path,
    tell: Callable[[str], None],
) -> dict[str, Any]:
    """Measure all sides in turns and return CONTRACT's answer."""
    pictures = prerendered()
    threads = default_threads()
    session = ModelSession(load_package(model), provider, threads)
    report = session.open((pictures[0].image.shape[1], pictures[0].image.shape[0]))
    sides = {name: Side() for name in ("raw", *drives)}
    for lap in range(laps):
        for name, drive in drives.items():
            tell(f"lap {lap + 1} of {laps}: bare network, then {name}")
            sides["raw"].laps.append(raw_lap(session, pictures, parts))
            order = _order(model, provider, pictures, parts, folder / f"{name}-{lap}.db")
            sides[name].laps.append(station_lap(compose(order).station, drive, parts))
    session.close()
    raw = sides.pop("raw")
    ours = sides["pipeline_headless"]
    return {
        "raw": {
            "parts_per_s": round(raw.parts_per_s, 2),
            "ms": round(1e3 / raw.parts_per_s, 3),
            "decode_ms": round(decode_ms(pictures[0]), 3),
            "provider": report.provider,
            "threads": threads,
            "cpu_ms_per_part": round(raw.cpu_ms_per_part, 3),
        },
        "pipeline": {
            name: {"parts_per_s": round(s.parts_per_s, 2), "cpu_ms_per_part": round(s.cpu_ms_per_part, 3)}
            for name, s in sides.items()
        },
        "ratio": {name: round(side.parts_per_s / raw.parts_per_s, 4) for name, side in sides.items()},
        "overhead_cpu_ms_per_part": round(ours.cpu_ms_per_part - raw.cpu_ms_per_part, 3),
    }


def prerendered(count: int = 32) -> list[Picture]:
    """Pictures of the simulated line, rendered beforehand: neither side pays for making them."""
    source = SyntheticSource(SyntheticSettings(seed=3))
    source.open()
    pictures = [source.grab(1.0) for _ in range(count)]
    source.close()
    return pictures


def large_pictures(model: Path, provider: str, parts: int, db: Path) -> Order:
    """A station with 2448×2048 pictures at 30 a second and six charts, without the network: what a screen must bear."""
    settings = SyntheticSettings(seed=3, width=2448, height=2048)
    pictures = [render(settings, number) for number in (1, 2)]
    demo, scale = demo_recipe(), SyntheticSettings().mm_per_px / settings.mm_per_px
    steps = tuple(
        step.model_copy(update={"nominal_px": step.nominal_px * scale}) if isinstance(step, CircleStep) else step
        for step in demo.steps
        if not isinstance(step, JudgeStep)
    )
    order = _order(model, provider, pictures, parts, db)
    return replace(order, recipe=demo.model_copy(update={"steps": steps}), period_s=1 / 30)


def _order(model: Path, provider: str, pictures: Sequence[Picture], parts: int, db: Path) -> Order:
    return Order(
        source=lambda: MemorySource(pictures, parts, "prerendered"),
        model=model,
        db=db,
        recipe=demo_recipe(),
        station_id="bench",
        provider=provider,
        threads=default_threads(),
    )
