"""The demonstration's order: the simulated line with the recipe and the model that ship with the program.

Promises: the same seed gives the same parts.
May import: camera, inference.recipe, hmi.station.order, resources.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from camera.process import parse_drift
from camera.source import FrameSource
from camera.synthetic import SyntheticSettings, SyntheticSource
from hmi.station.order import Order
from inference.recipe import Recipe

DEMO_PERIOD_S = 0.1
"""With a window the demonstration runs at the pace of a line: ten parts a second."""


def demo_recipe() -> Recipe:
    """What is checked on the simulated ring, with the frozen baselines of its charts."""
    text = (files("resources.recipes") / "ring_demo.json").read_text("utf-8")
    return Recipe.model_validate_json(text)


def demo_model() -> Path:
    """Folder of the shipped model package."""
    with as_file(files("resources.models") / "ring_demo") as folder:
        return folder


def demo_order(*, seed: int, drift: str | None, db: Path, parts: int | None) -> Order:
    """The simulated line, on demand.

    Raises:
        ValueError: the drift has no such name.

    """
    settings = SyntheticSettings(seed=seed, drift=parse_drift(drift) if drift else None)

    def source() -> FrameSource:
        return SyntheticSource(settings)

    return Order(
        source=source,
        model=demo_model(),
        db=db,
        recipe=demo_recipe(),
        station_id="demo",
        station_name="Ring line (simulated)",
        parts=parts,
        lot=f"SIM-{seed:04d}",
        operator_id="operator:demo",
        serial_pattern="R25-{n:06d}",
    )
